/**
 * One copy of the tree, in which tests run on one mutant after another.
 * Owns: the copy, the process that runs vitest in it, ending tests that never end. Does not own: which tests (judge.ts),
 * how vitest runs them (warm-vitest.ts).
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TEST_ENVIRONMENT } from "./settings.ts";
import { copyTree } from "./tree.ts";
import type { Told } from "./vitest-parts.ts";
import type { Asked } from "./warm-vitest.ts";

export interface Verdict {
  /** Why the mutant is dead; undefined if it lives. */
  readonly killedBy: string | undefined;
  /** The test file that killed it; undefined if it lives, or if something else than a failing test did. */
  readonly testFile: string | undefined;
}

export const LIVES: Verdict = { killedBy: undefined, testFile: undefined };

/** What a test file may take on a mutant: a machine may be busy, but a loop without an end is to be found soon. */
const LIMIT_FACTOR = 10;
const LIMIT_MS = 20_000;
/** Vitest itself, the first time with the code of all that is imported. */
const START_LIMIT_MS = 120_000;
/** Output that is shown where vitest ends without saying why. */
const TAIL_CHARACTERS = 2_000;

const running: Set<ChildProcess> = new Set();
const folders: Set<string> = new Set();

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => {
    for (const child of running) end(child);
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    process.exit(code);
  });
}

/** Ends vitest and its workers: one that is in a loop without an end does not hear that its parent is gone. */
function end(child: ChildProcess): void {
  running.delete(child);
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
}

export interface MeasuredTests {
  /** With what each test file did. */
  readonly folder: string;
  /** Test files, with their first test that failed. */
  readonly failed: ReadonlyMap<string, string>;
}

export class Workspace {
  // The real path: it is the one that test files know each other by.
  readonly #folder: string = realpathSync(mkdtempSync(join(tmpdir(), "sctpkit-mutant-")));
  #vitest: ChildProcess | undefined;
  readonly #changed = new Set<string>();

  constructor(files: readonly string[]) {
    folders.add(this.#folder);
    copyTree(files, this.#folder);
  }

  /** @param file below the root */
  write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), text, "latin1");
    this.#changed.add(file);
  }

  /**
   * Runs the test files until the first one fails.
   * @param durationMs what a test file usually takes
   */
  async judge(testFiles: readonly string[], durationMs: (testFile: string) => number): Promise<Verdict> {
    let verdict: Verdict | undefined;
    let timer: NodeJS.Timeout | undefined;
    const limit = (limitMs: number, testFile?: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        verdict ??= { killedBy: `no end of ${testFile ?? "vitest"}`, testFile };
        this.#end();
      }, limitMs);
    };
    limit(START_LIMIT_MS);
    const error = await this.#ask(testFiles, (told) => {
      if (told.kind === "fails")
        verdict ??= { killedBy: `${told.testFile} > ${told.title}`, testFile: told.testFile };
      const isBegun = told.kind === "begins";
      limit(isBegun ? LIMIT_MS + LIMIT_FACTOR * durationMs(told.testFile) : START_LIMIT_MS, told.testFile);
    });
    clearTimeout(timer);
    if (error === undefined || verdict !== undefined) return verdict ?? LIVES;
    return { killedBy: `an error outside the tests: ${error.trim()}`, testFile: undefined };
  }

  /** Runs all of the test files on counters, each in a process of its own. Not in a workspace where mutants are judged. */
  async measure(testFiles: readonly string[], workers: number): Promise<MeasuredTests> {
    const folder = join(this.#folder, "measured");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    const failed = new Map<string, string>();
    if (this.#vitest === undefined) this.#start(workers, { MUTANTS_MEASURE_TO: folder });
    const error = await this.#ask(testFiles, (told) => {
      if (told.kind === "fails" && !failed.has(told.testFile)) failed.set(told.testFile, told.title);
    });
    if (error !== undefined) failed.set("an error outside the tests", error);
    return { folder, failed };
  }

  remove(): void {
    this.#end();
    rmSync(this.#folder, { recursive: true, force: true });
    folders.delete(this.#folder);
  }

  #end(): void {
    if (this.#vitest !== undefined) end(this.#vitest);
    this.#vitest = undefined;
  }

  #start(workers: number, environment: NodeJS.ProcessEnv): ChildProcess {
    const { SIM_SEED: _, ...inherited } = process.env;
    const child = fork(join(import.meta.dirname, "warm-vitest.ts"), {
      cwd: this.#folder,
      detached: true, // A group of its own, to be ended as one.
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: {
        ...inherited,
        ...TEST_ENVIRONMENT,
        MUTANTS_WORKERS: `${workers}`,
        ...environment,
      },
    });
    running.add(child);
    this.#vitest = child;
    this.#changed.clear();
    return child;
  }

  /** @returns an error outside the tests, if there is one */
  #ask(
    testFiles: readonly string[],
    onTold: (told: Exclude<Told, { kind: "done" }>) => void,
  ): Promise<string | undefined> {
    const child = this.#vitest ?? this.#start(1, {});
    return new Promise((resolve, reject) => {
      let tail = "";
      const onOutput = (text: Buffer): void => {
        tail = `${tail}${text}`.slice(-TAIL_CHARACTERS);
      };
      const onMessage = (told: Told): void => {
        if (told.kind === "done") settle(told.error);
        else onTold(told);
      };
      const onExit = (_code: number | null, signal: string | null): void => {
        this.#end();
        settle(`vitest was ended${signal === null ? "" : ` by ${signal}`}: ${tail}`);
      };
      const settle = (error: string | undefined): void => {
        child.stderr?.off("data", onOutput);
        child.off("message", onMessage).off("exit", onExit).off("error", reject);
        resolve(error);
      };
      child.stderr?.on("data", onOutput);
      child.on("message", onMessage).on("exit", onExit).on("error", reject);
      const asked: Asked = { testFiles, changed: [...this.#changed] };
      this.#changed.clear();
      child.send(asked);
    });
  }
}
