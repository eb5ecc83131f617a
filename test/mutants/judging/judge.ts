/**
 * Tries mutants: which tests run on each, in what order, on how many processes.
 * Owns: making the coverage map, trying one mutant after another, keeping the results.
 * Does not own: which mutants (../run.ts), running vitest (workspace.ts).
 */
import { createHash } from "node:crypto";
import { type Mutant, sourceOf } from "../mutant.ts";
import { CoverageMap } from "./coverage-map.ts";
import { ImportGraph, type Texts } from "./import-graph.ts";
import { KeptResults } from "./kept-results.ts";
import { Killers } from "./killers.ts";
import { mutate } from "./mutation.ts";
import { filesOfTree, readTree } from "./tree.ts";
import { DOES_NOT_COMPILE } from "./vitest-parts.ts";
import { LIVES, type Verdict, Workspace } from "./workspace.ts";

/**
 * Tests by how long they take: the next kind is tried on what the ones before let live. Those of the mutants' own list would fail on each
 * of them.
 */
const QUICK_TESTS = /^test\/(?:conformance|unit)\/(?!mutants\/).*\.test\.ts$/;
const LONG_TESTS = /^test\/(?:attack|fuzz|sim)\/.*\.test\.ts$/;
const SOCKET_TESTS = /^test\/node\/.*\.test\.ts$/;
/** What the programs of a test execute is not measured. */
const STARTS_PROGRAMS = /from "node:(?:child_process|worker_threads)"/;
/** Test files that are measured before what was seen is kept. */
const MEASURED_AT_ONCE = 32;
/** What decides what tests do and what is measured, beside the tests and what they import. */
const MACHINERY =
  /^(?:package-lock\.json|tsconfig\.base\.json|test\/mutants\/judging\/(?:settings|measure|executed-lines|source-map)\.ts)$/;

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
  /** By kind, as they are tried. */
  readonly #tests: readonly (readonly string[])[];
  readonly #killers = new Killers();

  constructor(judging: Judging) {
    this.#judging = judging;
    this.#tests = [QUICK_TESTS, LONG_TESTS, SOCKET_TESTS].map((kind) =>
      this.#files.filter((file) => kind.test(file)),
    );
    const hash = createHash("sha256").update(process.version);
    for (const file of this.#files) if (MACHINERY.test(file)) hash.update(this.#texts.get(file) ?? "");
    this.#environment = hash.digest("hex");
    this.#map = new CoverageMap(judging.folder);
    this.#results = new KeptResults(judging.folder, {
      environment: this.#environment,
      treeHash: this.#graph.treeHash,
      textOf: (file) => this.#texts.get(file) ?? "",
    });
  }

  /** @returns the first test that fails without any mutant, after which nothing was tried; undefined if all was */
  async judge(): Promise<string | undefined> {
    let alive = this.#judging.mutants.filter((mutant) => !this.#isSettled(mutant));
    for (const tests of this.#tests) {
      if (alive.length === 0) return undefined;
      const failure = await this.#measure(tests);
      if (failure !== undefined) return failure;
      this.#judging.log(`${alive.length} mutants are tried on ${tests.length} test files`);
      alive = await this.#tryAll(alive, tests);
    }
    return undefined;
  }

  /** @returns those that live, and may be killed by tests of the next kind */
  async #tryAll(mutants: readonly Mutant[], tests: readonly string[]): Promise<Mutant[]> {
    const queue = [...mutants];
    const alive: Mutant[] = [];
    const work = async (): Promise<void> => {
      const workspace = new Workspace(this.#files);
      try {
        for (let next = queue.shift(); next !== undefined; next = queue.shift())
          if (await this.#try(next, tests, workspace)) alive.push(next);
      } finally {
        workspace.remove();
      }
    };
    const workerCount = Math.min(this.#judging.workers, queue.length);
    await Promise.all(Array.from({ length: workerCount }, work));
    return alive;
  }

  /** Tells at once what needs no trying. */
  #isSettled(mutant: Mutant): boolean {
    const mutation = mutate(this.#texts.get(sourceOf(mutant)) ?? "", mutant);
    if (typeof mutation === "string") {
      this.#refuse(mutant, mutation);
      return true;
    }
    const kept = this.#judging.resumes ? this.#results.get(mutant) : undefined;
    if (kept === undefined) return false;
    const { killedBy, testFile } = kept;
    if (testFile !== undefined) this.#killers.add(sourceOf(mutant), testFile);
    this.#judging.onOutcome({ mutant, killedBy, testFile, error: undefined, isKept: true });
    return true;
  }

  #refuse(mutant: Mutant, error: string): void {
    this.#judging.onOutcome({ mutant, ...LIVES, error, isKept: false });
  }

  /** @returns whether nothing is certain yet */
  async #try(mutant: Mutant, tests: readonly string[], workspace: Workspace): Promise<boolean> {
    const file = sourceOf(mutant);
    const original = this.#texts.get(file) ?? "";
    const mutation = mutate(original, mutant);
    if (typeof mutation === "string") throw new Error(mutation); // Those were sorted out before.
    const isLast = tests === this.#tests.at(-1);
    const testFiles = this.#testsFor(mutant, tests);
    if (testFiles.length === 0 && !isLast) return true;
    workspace.write(file, mutation.text);
    let verdict = LIVES;
    try {
      if (testFiles.length > 0)
        verdict = await workspace.judge(testFiles, (testFile) => this.#map.durationMs(testFile));
    } finally {
      workspace.write(file, original);
    }
    if (verdict.killedBy === undefined && !isLast) return true;
    if (verdict.killedBy?.endsWith(DOES_NOT_COMPILE) === true) {
      this.#refuse(mutant, "it does not compile");
      return false;
    }
    // An error outside the tests may be the machine's: it does not hold for ever.
    if (verdict.killedBy === undefined || verdict.testFile !== undefined) this.#results.set(mutant, verdict);
    if (verdict.testFile !== undefined) this.#killers.add(file, verdict.testFile);
    this.#judging.onOutcome({ mutant, ...verdict, error: undefined, isKept: false });
    return false;
  }

  /** Those that can see it, in the order in which they are likely to. */
  #testsFor(mutant: Mutant, tests: readonly string[]): string[] {
    let found = this.#reaching(mutant, tests);
    if (tests === this.#tests.at(-1)) {
      const others = this.#tests.slice(0, -1).flat();
      const isReached = found.length > 0 || this.#reaching(mutant, others).length > 0;
      // Where no test seems to reach it, every one may.
      const startsPrograms = (testFile: string): boolean =>
        STARTS_PROGRAMS.test(this.#texts.get(testFile) ?? "");
      found = isReached ? [...new Set([...found, ...tests.filter(startsPrograms)])] : [...others, ...tests];
    }
    return this.#killers.sort(sourceOf(mutant), found, this.#results.lastKiller(mutant));
  }

  #reaching(mutant: Mutant, testFiles: readonly string[]): string[] {
    const file = sourceOf(mutant);
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
    const all = new Set(this.#tests.flat());
    let failure: string | undefined;
    try {
      while (unmeasured.length > 0) {
        const measured = unmeasured.splice(0, MEASURED_AT_ONCE);
        const { folder, failed } = await workspace.measure(measured, this.#judging.workers);
        this.#map.take(folder, (testFile) => all.has(testFile) && !failed.has(testFile), hashOf);
        for (const [testFile, title] of failed) failure ??= `${testFile} > ${title}`;
      }
    } finally {
      workspace.remove();
    }
    if (failure !== undefined) return failure;
    const missing = this.#map.unmeasured(testFiles, hashOf);
    return missing.length === 0 ? undefined : `nothing was measured of ${missing.join(", ")}`;
  }
}
