/**
 * Tries mutants: which tests run on each, in what order, on how many processes.
 * Owns: making the coverage map, trying one mutant after another, keeping the results.
 * Does not own: which mutants (../run.ts), running vitest (workspace.ts).
 */
import { createHash } from "node:crypto";
import type { Mutant } from "../mutant.ts";
import { CoverageMap } from "./coverage-map.ts";
import { ImportGraph, type Texts } from "./import-graph.ts";
import { KeptResults } from "./kept-results.ts";
import { mutate } from "./mutation.ts";
import { filesOfTree, readTree } from "./tree.ts";
import { type Verdict, Workspace } from "./workspace.ts";

/** Tests in virtual time, and those of real sockets: they are slow, and tried only where no other reaches a line. */
const TESTS = /^test\/(?:attack|conformance|fuzz|sim|unit)\/.*\.test\.ts$/;
const TESTS_OF_SOCKETS = /^test\/node\/.*\.test\.ts$/;
/** What decides how tests run and what is measured, beside the tests and what they import. */
const MACHINERY = /^(?:package-lock\.json|tsconfig\.base\.json|test\/mutants\/judging\/.*)$/;

export interface Outcome extends Verdict {
  readonly mutant: Mutant;
  /** Why it could not be tried. */
  readonly error: string | undefined;
  /** The result was kept from an earlier run. */
  readonly isKept: boolean;
}

export interface Judging {
  readonly mutants: readonly Mutant[];
  readonly workers: number;
  /** Results that are certain to hold are not made again. */
  readonly resumes: boolean;
  /** Where the map and the results are kept between runs. */
  readonly folder: string;
  onOutcome(outcome: Outcome): void;
  log(line: string): void;
}

export class Judge {
  readonly #judging: Judging;
  readonly #files: readonly string[] = filesOfTree();
  readonly #texts: Texts = readTree(this.#files);
  readonly #graph = new ImportGraph(this.#texts);
  readonly #map: CoverageMap;
  readonly #results: KeptResults;
  readonly #environment: string;
  readonly #tests: readonly string[];
  readonly #socketTests: readonly string[];

  constructor(judging: Judging) {
    this.#judging = judging;
    this.#tests = this.#files.filter((file) => TESTS.test(file));
    this.#socketTests = this.#files.filter((file) => TESTS_OF_SOCKETS.test(file));
    const hash = createHash("sha256").update(process.version);
    for (const file of this.#files) if (MACHINERY.test(file)) hash.update(this.#texts.get(file) ?? "");
    this.#environment = hash.digest("hex");
    this.#map = new CoverageMap(judging.folder);
    this.#results = new KeptResults(judging.folder, {
      environment: this.#environment,
      treeHash: this.#graph.treeHash,
      hashOf: (file) => this.#graph.hashOf(file),
    });
  }

  /** @returns the first test that fails without any mutant, after which nothing was tried; undefined if all was */
  async judge(): Promise<string | undefined> {
    const queue = this.#judging.mutants.filter((mutant) => !this.#isSettled(mutant));
    if (queue.length === 0) return undefined;
    const failure = await this.#measure(this.#tests);
    if (failure !== undefined) return failure;
    if (queue.some((mutant) => this.#reaching(mutant, this.#tests).length === 0)) {
      const failureOfSockets = await this.#measure([...this.#tests, ...this.#socketTests]);
      if (failureOfSockets !== undefined) return failureOfSockets;
    }
    const work = async (): Promise<void> => {
      const workspace = new Workspace(this.#files);
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift())
          await this.#try(next, workspace);
      } finally {
        workspace.remove();
      }
    };
    const workerCount = Math.min(this.#judging.workers, queue.length);
    await Promise.all(Array.from({ length: workerCount }, work));
    return undefined;
  }

  /** Tells at once what needs no trying. */
  #isSettled(mutant: Mutant): boolean {
    const mutation = mutate(this.#texts.get(`src/${mutant.file}`) ?? "", mutant);
    if (typeof mutation === "string") {
      const outcome = { killedBy: undefined, testFile: undefined, error: mutation, isKept: false };
      this.#judging.onOutcome({ mutant, ...outcome });
      return true;
    }
    const kept = this.#judging.resumes ? this.#results.get(mutant) : undefined;
    if (kept === undefined) return false;
    const { killedBy, testFile } = kept;
    this.#judging.onOutcome({ mutant, killedBy, testFile, error: undefined, isKept: true });
    return true;
  }

  async #try(mutant: Mutant, workspace: Workspace): Promise<void> {
    const file = `src/${mutant.file}`;
    const original = this.#texts.get(file) ?? "";
    const mutation = mutate(original, mutant);
    if (typeof mutation === "string") throw new Error(mutation); // Those were sorted out before.
    workspace.write(file, mutation.text);
    try {
      const verdict = await workspace.judge(this.#testsFor(mutant), (testFile) =>
        this.#map.durationMs(testFile),
      );
      // A loop without an end, or an error outside the tests, may be the machine's: it does not hold for ever.
      if (verdict.killedBy === undefined || verdict.testFile !== undefined)
        this.#results.set(mutant, verdict);
      this.#judging.onOutcome({ mutant, ...verdict, error: undefined, isKept: false });
    } finally {
      workspace.write(file, original);
    }
  }

  /** Those that can see it, the one that killed it last before all; every test there is if none seems to reach it. */
  #testsFor(mutant: Mutant): string[] {
    let found = this.#reaching(mutant, this.#tests);
    if (found.length === 0) found = this.#reaching(mutant, this.#socketTests);
    if (found.length === 0) found = [...this.#tests, ...this.#socketTests];
    const killer = this.#results.lastKiller(mutant);
    return killer === undefined || !found.includes(killer)
      ? found
      : [killer, ...found.filter((testFile) => testFile !== killer)];
  }

  #reaching(mutant: Mutant, testFiles: readonly string[]): string[] {
    const file = `src/${mutant.file}`;
    const mutation = mutate(this.#texts.get(file) ?? "", mutant);
    if (typeof mutation === "string") return [];
    return this.#map.reaching(testFiles, file, mutation.firstLine, mutation.lastLine);
  }

  /** Sees that the tests pass without any mutant, and what each of them executes: once for each state of the tree. */
  async #measure(testFiles: readonly string[]): Promise<string | undefined> {
    const hashOf = (testFile: string): string => this.#environment + this.#graph.hashOf(testFile);
    const unmeasured = this.#map.unmeasured(testFiles, hashOf);
    if (unmeasured.length === 0) return undefined;
    this.#judging.log(`${unmeasured.length} test files run without any mutant, to see what they execute`);
    const workspace = new Workspace(this.#files);
    try {
      const { folder, failed, seconds } = await workspace.measure(unmeasured, this.#judging.workers);
      if (failed.killedBy !== undefined) return failed.killedBy;
      this.#map.take(folder, [...this.#tests, ...this.#socketTests], hashOf);
      this.#judging.log(`they pass; ${seconds} s`);
    } finally {
      workspace.remove();
    }
    const missing = this.#map.unmeasured(testFiles, hashOf);
    return missing.length === 0 ? undefined : `nothing was measured of ${missing.join(", ")}`;
  }
}
