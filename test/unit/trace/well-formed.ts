/**
 * Whether a text is well-formed XML, as far as pictures use it.
 * Owns: tags that match, attributes in quotes, escaping, ids that are there once. Does not own: what is drawn.
 */

const TOKEN = /<(\/?)([A-Za-z][\w:-]*)((?:\s+[A-Za-z_:][\w:.-]*="[^"<]*")*)\s*(\/?)>|([^<]+)|(<)/g;
const REFERENCE = /&(?:#\d+|#x[0-9a-f]+|amp|lt|gt|quot|apos);/gi;

/** What is wrong; empty if nothing is. */
export function xmlFaults(text: string): string[] {
  const faults: string[] = [];
  const open: string[] = [];
  const ids = new Set<string>();
  let roots = 0;
  for (const [, close, name = "", attributes = "", alone, between, stray] of text.matchAll(TOKEN)) {
    if (stray !== undefined) faults.push("a < that begins no tag");
    const words = between ?? attributes;
    if (words.replace(REFERENCE, "").includes("&")) faults.push(`a bare & in ${words}`);
    if (/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(words))
      faults.push("a character that is none");
    if (between !== undefined) {
      if (open.length === 0 && between.trim() !== "") faults.push(`text outside: ${between}`);
      continue;
    }
    if (stray !== undefined) continue;
    const id = / id="([^"]*)"/.exec(attributes)?.[1];
    if (id !== undefined && ids.has(id)) faults.push(`two ids ${id}`);
    if (id !== undefined) ids.add(id);
    if (close === "/") {
      const last = open.pop();
      if (last !== name) faults.push(`</${name}> closes ${last}`);
      continue;
    }
    if (open.length === 0) roots++;
    if (alone !== "/") open.push(name);
  }
  if (open.length > 0) faults.push(`not closed: ${open.join(", ")}`);
  if (roots !== 1) faults.push(`${roots} roots`);
  return faults;
}

/** The text of an SVG's elements of a name, references resolved. */
export function textsOf(svg: string, name: string): string[] {
  return [...svg.matchAll(new RegExp(`<${name}[^>]*>([^<]*)</${name}>`, "g"))].map(([, text = ""]) =>
    text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
  );
}
