/**
 * What became of each mutant when it was last tried, for as long as that may be told again.
 * Owns: keeping results, knowing which still hold. Does not own: trying (workspace.ts).
 *
 * A mutant stays killed while it, the file that it is in and the test file that killed it are the same: what else that test
 * depends on is mutated by mutants of its own. It lives on only while nothing in the tree has changed: any test may be the
 * one that kills it.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Mutant, sourceOf } from "../mutant.ts";
import { readJson, writeJson } from "./coverage-map.ts";
import type { Verdict } from "./workspace.ts";

interface Kept extends Verdict {
  readonly key: string;
}

/** What a result may depend on. */
export interface Dependencies {
  /** Of the machine's part: the runtime, the installed packages, how tests are run. */
  readonly environment: string;
  readonly treeHash: string;
  textOf(file: string): string;
}

export class KeptResults {
  readonly #path: string;
  readonly #dependencies: Dependencies;
  readonly #kept: Map<string, Kept>;

  constructor(folder: string, dependencies: Dependencies) {
    this.#path = join(folder, "results.json");
    this.#dependencies = dependencies;
    this.#kept = new Map(Object.entries(readJson<Record<string, Kept>>(this.#path) ?? {}));
  }

  /** The result, if what it rests on is as it was. */
  get(mutant: Mutant): Verdict | undefined {
    const kept = this.#kept.get(mutant.id);
    return kept !== undefined && kept.key === this.#keyOf(mutant, kept) ? kept : undefined;
  }

  /** The test file that killed the mutant when it was last tried, whatever has changed since. */
  lastKiller(mutant: Mutant): string | undefined {
    return this.#kept.get(mutant.id)?.testFile;
  }

  set(mutant: Mutant, verdict: Verdict): void {
    this.#kept.set(mutant.id, { ...verdict, key: this.#keyOf(mutant, verdict) });
    writeJson(this.#path, Object.fromEntries(this.#kept));
  }

  #keyOf({ file, find, replace }: Mutant, { testFile }: Verdict): string {
    const { environment, treeHash, textOf } = this.#dependencies;
    const on = testFile === undefined ? [treeHash] : [textOf(testFile), textOf(sourceOf({ file }))];
    return createHash("sha256")
      .update(JSON.stringify([environment, file, find, replace, ...on]))
      .digest("hex");
  }
}
