/**
 * The imports of the tree.
 * Owns: finding them, type imports and re-exports included, and the circles that they make.
 * Does not own: which of them are allowed (law.ts).
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, posix } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** `import ... from "x"`, `export ... from "x"`, `import "x"`, `import("x")`. */
const IMPORT = /(?:^|[;\s])(?:import|export)\b[^"'`;]*?(?:from\s*)?\(?\s*["']([^"'\n]+)["']/g;
const COMMENTS = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;

/** One file names another; `to` is a path from the root, or the name of a package. */
export interface Import {
  readonly from: string;
  readonly to: string;
}

/** All of the tree's own TypeScript files. */
export function allImports(): Import[] {
  const files = execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.ts", "*.tsx"],
    {
      cwd: ROOT,
      encoding: "utf8",
    },
  );
  return files
    .trim()
    .split("\n")
    .filter((file) => existsSync(ROOT + file)) // Deleted, and git not told yet.
    .flatMap((from) => importsOf(from, readFileSync(ROOT + from, "utf8")));
}

export function importsOf(from: string, text: string): Import[] {
  return [...text.replace(COMMENTS, "").matchAll(IMPORT)].map(([, name = ""]) => ({
    from,
    to: name.startsWith(".") ? posix.normalize(posix.join(dirname(from), name)) : name,
  }));
}

/** The groups of nodes that can all be reached from one another; a node alone is none. */
export function circlesOf(edges: readonly Import[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of edges) {
    if (from === to) continue;
    targets.set(from, [...(targets.get(from) ?? []), to]);
  }
  const reach = new Map([...targets.keys()].map((node) => [node, reachableFrom(targets, node)] as const));
  const circles = new Map<string, string[]>();
  for (const [node, reached] of reach) {
    if (!reached.has(node)) continue;
    const circle = [...reached].filter((other) => reach.get(other)?.has(node) === true).sort();
    circles.set(circle.join(), circle);
  }
  return [...circles.values()];
}

function reachableFrom(targets: ReadonlyMap<string, readonly string[]>, start: string): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(targets.get(start) ?? [])];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    waiting.push(...(targets.get(node) ?? []));
  }
  return reached;
}
