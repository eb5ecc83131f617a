/**
 * In the one file each page brings its own style: a style sheet that a module imports is put into the document when that module
 * runs, and not before. A plugin for Vite.
 * Owns: that. Does not own: the style sheets.
 */
import type { Plugin } from "vite";

const STYLE = "\0style-of-page:";

export function styleOfPage(): Plugin {
  return {
    name: "style-of-page",
    enforce: "pre",
    async resolveId(source, importer) {
      if (!source.endsWith(".css") || importer?.startsWith(STYLE)) return undefined;
      const found = await this.resolve(source, importer, { skipSelf: true });
      return found === null ? undefined : `${STYLE}${found.id}.js`;
    },
    load(id) {
      if (!id.startsWith(STYLE)) return undefined;
      const sheet = id.slice(STYLE.length, -".js".length);
      return [
        `import text from ${JSON.stringify(`${sheet}?inline`)};`,
        'const style = document.createElement("style");',
        "style.textContent = text;",
        "document.head.append(style);",
      ].join("\n");
    },
  };
}
