/**
 * What a test file depends on, as one hash.
 * Owns: finding everything that a file imports, directly or not; seeing where a test reaches beyond its imports.
 * Does not own: reading the tree (tree.ts), what the hash decides (coverage-map.ts, kept-results.ts).
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";

/** The whole tree: texts by path, with "/" and from the root. */
export type Texts = ReadonlyMap<string, string>;

/** More than is imported does no harm: whatever looks like a path counts. */
const PATH_LITERAL = /["'`](\.\.?\/[^"'`\n]*)["'`]/g;
const BARE_IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*)["']([@\w][\w@./:-]*)["']/g;
/** An import whose name is not written there. */
const COMPUTED_IMPORT = /\bimport\s*\(\s*[^"'\s]|\bimport\.meta\.(?:glob|resolve)\b/;
/** What a test may import without its outcome depending on other files than those it imports. */
const SELF_CONTAINED: ReadonlySet<string> = new Set([
  "fast-check",
  "vitest",
  "node:assert",
  "node:assert/strict",
  "node:buffer",
  "node:crypto",
  "node:dgram",
  "node:diagnostics_channel",
  "node:dns",
  "node:events",
  "node:net",
  "node:os",
  "node:path",
  "node:perf_hooks",
  "node:process",
  "node:stream",
  "node:stream/promises",
  "node:stream/web",
  "node:timers",
  "node:timers/promises",
  "node:url",
  "node:util",
]);

export class ImportGraph {
  readonly #texts: Texts;
  readonly #hashes = new Map<string, string>();
  #treeHash: string | undefined;

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** Of everything that the outcome of the file may depend on: what it imports, or the whole tree where that is not all. */
  hashOf(file: string): string {
    let hash = this.#hashes.get(file);
    if (hash === undefined) {
      const imported = this.#closureOf(file);
      hash = imported === undefined ? this.treeHash : this.#hashAll(imported);
      this.#hashes.set(file, hash);
    }
    return hash;
  }

  get treeHash(): string {
    this.#treeHash ??= this.#hashAll(this.#texts.keys());
    return this.#treeHash;
  }

  /** The file and all that it imports; undefined where it reaches beyond that: reads files, starts programs. */
  #closureOf(file: string): ReadonlySet<string> | undefined {
    const found = new Set<string>([file]);
    // A set that grows is walked to its end.
    for (const name of found) {
      const text = this.#texts.get(name) ?? "";
      if (COMPUTED_IMPORT.test(text)) return undefined;
      for (const [, bare = ""] of text.matchAll(BARE_IMPORT)) if (!SELF_CONTAINED.has(bare)) return undefined;
      for (const [, path = ""] of text.matchAll(PATH_LITERAL)) {
        const target = posix.join(posix.dirname(name), path);
        if (this.#texts.has(target)) found.add(target);
      }
    }
    return found;
  }

  #hashAll(files: Iterable<string>): string {
    const hash = createHash("sha256");
    for (const file of [...files].sort()) {
      const text = this.#texts.get(file) ?? "";
      hash.update(`${file}\n${text.length}\n${text}\n`);
    }
    return hash.digest("hex");
  }
}
