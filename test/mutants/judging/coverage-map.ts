/**
 * Which test files execute which lines of the sources, and how long each takes.
 * Owns: keeping what was measured for as long as it holds, the order in which test files are tried on a mutant.
 * Does not own: measuring (measure.ts), running anything (workspace.ts).
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceLines } from "./executed-lines.ts";

/** What one test file was seen to do. */
export interface Measured {
  readonly testFile: string;
  /** With the start of its imports, on counters that make it slower. */
  readonly durationMs: number;
  /** By path from the root. */
  readonly sources: Readonly<Record<string, SourceLines>>;
}

interface Kept extends Measured {
  /** Of everything that the test depends on. */
  readonly hash: string;
}

export class CoverageMap {
  readonly #path: string;
  readonly #kept = new Map<string, Kept>();

  /** @param folder where what was measured is kept between runs */
  constructor(folder: string) {
    this.#path = join(folder, "coverage.json");
    mkdirSync(folder, { recursive: true });
    for (const one of readJson<readonly Kept[]>(this.#path) ?? []) this.#kept.set(one.testFile, one);
  }

  /** Those of the test files that were never measured as they are now. */
  unmeasured(testFiles: readonly string[], hashOf: (testFile: string) => string): string[] {
    return testFiles.filter((testFile) => this.#kept.get(testFile)?.hash !== hashOf(testFile));
  }

  /** Takes what the tests wrote into the folder, and forgets test files that are gone or fail. */
  take(folder: string, isGood: (testFile: string) => boolean, hashOf: (testFile: string) => string): void {
    for (const name of readdirSync(folder)) {
      const measured = readJson<Measured>(join(folder, name));
      if (measured !== undefined)
        this.#kept.set(measured.testFile, { ...measured, hash: hashOf(measured.testFile) });
    }
    for (const testFile of this.#kept.keys()) if (!isGood(testFile)) this.#kept.delete(testFile);
    writeJson(this.#path, [...this.#kept.values()]);
  }

  durationMs(testFile: string): number {
    return this.#kept.get(testFile)?.durationMs ?? 0;
  }

  /** Those of the test files that can tell a mutant in these lines from the original, quick ones first. */
  reaching(testFiles: readonly string[], source: string, firstLine: number, lastLine: number): string[] {
    return testFiles
      .filter((testFile) => executes(this.#kept.get(testFile)?.sources[source], firstLine, lastLine))
      .sort((a, b) => this.durationMs(a) - this.durationMs(b));
  }
}

/** Where V8 knows of no code in the lines, whoever loads the file may execute them. */
function executes(lines: SourceLines | undefined, firstLine: number, lastLine: number): boolean {
  if (lines === undefined) return false;
  const isThere = (line: number): boolean => line >= firstLine && line <= lastLine;
  return lines.executed.some(isThere) || !lines.idle.some(isThere);
}

export function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch {
    return undefined; // Not there yet, or half written: it is made again.
  }
}

/** In one step: whoever is interrupted leaves the old text or the new one. */
export function writeJson(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, JSON.stringify(value));
  renameSync(`${path}.new`, path);
}
