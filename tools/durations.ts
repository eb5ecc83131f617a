/**
 * How long a test may take.
 * Owns: which tests have a limit, and which are past it. Does not own: the report (test-report.ts).
 */
import type { TestResult } from "./test-report.ts";

/** A test of one part, made to be run again and again while one works on the part. */
const UNIT = /^test\/unit\//;
export const UNIT_LIMIT_MS = 2_000;

/** CPU time where it was measured: how long a test takes by the clock depends on what else the machine does. */
export function timeOf({ cpuMs, durationMs }: TestResult): number {
  return cpuMs ?? durationMs;
}

/** The longest first. */
export function tooLong(results: readonly TestResult[], limitMs: number = UNIT_LIMIT_MS): TestResult[] {
  return results
    .filter((result) => UNIT.test(result.file) && timeOf(result) > limitMs)
    .sort((a, b) => timeOf(b) - timeOf(a));
}
