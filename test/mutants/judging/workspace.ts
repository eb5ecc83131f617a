/**
 * One copy of the tree, in which tests run on a mutant.
 * Owns: the copy, running vitest in it, ending tests that never end. Does not own: which tests (judge.ts).
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { copyTree, ROOT } from "./tree.ts";
import { TOLD, type Told } from "./vitest-parts.ts";

export interface Verdict {
  /** Why the mutant is dead; undefined if it lives. */
  readonly killedBy: string | undefined;
  /** The test file that killed it; undefined if it lives, or if something else than a failing test did. */
  readonly testFile: string | undefined;
}

export const LIVES: Verdict = { killedBy: undefined, testFile: undefined };

/** What a test file may take on a mutant: a machine may be busy, but a loop without an end is to be found soon. */
const LIMIT_FACTOR = 10;
const LIMIT_MS = 60_000;
/** Output that is shown where vitest fails without saying which test did. */
const TAIL_CHARACTERS = 2_000;

const running: Set<ChildProcessByStdio<null, Readable, Readable>> = new Set();
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
function end(child: ChildProcessByStdio<null, Readable, Readable>): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, "SIGKILL");
}

export class Workspace {
  // The real path: it is the one that test files know each other by.
  readonly #folder: string = realpathSync(mkdtempSync(join(tmpdir(), "sctpkit-mutant-")));

  constructor(files: readonly string[]) {
    folders.add(this.#folder);
    copyTree(files, this.#folder);
  }

  /** @param file below the root */
  write(file: string, text: string): void {
    writeFileSync(join(this.#folder, file), text, "latin1");
  }

  /**
   * Runs the test files until the first one fails.
   * @param durationMs what a test file usually takes
   */
  judge(testFiles: readonly string[], durationMs: (testFile: string) => number): Promise<Verdict> {
    return this.#run(testFiles, ["--bail=1", "--maxWorkers=1"], {}, durationMs);
  }

  /** Runs all of the test files on counters. @returns the folder with what each of them did, and what failed */
  async measure(
    testFiles: readonly string[],
    workers: number,
  ): Promise<{ folder: string; failed: Verdict; seconds: number }> {
    const folder = join(this.#folder, "measured");
    mkdirSync(folder);
    const beganMs = performance.now();
    const failed = await this.#run(testFiles, [`--maxWorkers=${workers}`], { MUTANTS_MEASURE_TO: folder });
    return { folder, failed, seconds: Math.round((performance.now() - beganMs) / 1_000) };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
    folders.delete(this.#folder);
  }

  #run(
    testFiles: readonly string[],
    options: readonly string[],
    environment: NodeJS.ProcessEnv,
    durationMs?: (testFile: string) => number,
  ): Promise<Verdict> {
    const { SIM_SEED: _, ...inherited } = process.env;
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const config = "--config=test/mutants/judging/vitest.config.ts";
    const child = spawn(process.execPath, [vitest, "run", config, ...options, ...testFiles], {
      cwd: this.#folder,
      detached: true, // A group of its own, to be ended as one.
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...inherited,
        CI: "",
        SIM_SEEDS: "8",
        NO_COLOR: "1",
        MUTANTS_TEST_FILES: JSON.stringify(testFiles),
        ...environment,
      },
    });
    running.add(child);
    return new Promise((resolve, reject) => {
      let verdict: Verdict | undefined;
      let tail = "";
      let timer: NodeJS.Timeout | undefined;
      const settle = (found: Verdict): void => {
        verdict ??= found;
        end(child);
      };
      const limit = (testFile?: string): void => {
        clearTimeout(timer);
        if (durationMs === undefined) return;
        const limitMs = LIMIT_MS + LIMIT_FACTOR * (testFile === undefined ? 0 : durationMs(testFile));
        const found = { killedBy: `no end of ${testFile ?? "the tests"}`, testFile: undefined };
        timer = setTimeout(() => settle(found), limitMs);
      };
      limit();
      const onLine = (line: string): void => {
        if (!line.startsWith(TOLD)) {
          tail = `${tail}${line}\n`.slice(-TAIL_CHARACTERS);
          return;
        }
        const told = JSON.parse(line.slice(TOLD.length)) as Told;
        if (told.kind === "fails")
          settle({ killedBy: `${told.testFile} > ${told.title}`, testFile: told.testFile });
        else limit(told.kind === "begins" ? told.testFile : undefined);
      };
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", onLine);
      child.on("error", reject);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        running.delete(child);
        if (verdict !== undefined) resolve(verdict);
        else if (code === 0) resolve(LIVES);
        else if (code === null) reject(new Error(`somebody ended the tests by ${signal}`));
        else resolve({ killedBy: `an error outside the tests: ${tail.trim()}`, testFile: undefined });
      });
    });
  }
}
