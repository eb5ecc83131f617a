/**
 * The JSON report of the tests, which vitest writes where CI is set.
 * Owns: reading it. Does not own: what is asked of it (found.ts, test-durations.ts).
 */
import { readFileSync } from "node:fs";
import { relative } from "node:path";

export const TEST_REPORT = "test-report.json";

export interface TestResult {
  /** From the root. */
  readonly file: string;
  readonly title: string;
  /** With the titles of the suites around it. */
  readonly fullTitle: string;
  readonly passed: boolean;
  readonly durationMs: number;
  /** Of the process that ran it; undefined where it was not measured. */
  readonly cpuMs: number | undefined;
}

/** The parts of the report that are used. */
export interface JsonReport {
  readonly testResults: ReadonlyArray<{
    readonly name: string;
    readonly assertionResults: ReadonlyArray<{
      readonly title: string;
      readonly fullName: string;
      readonly status: string;
      readonly duration?: number | null;
      readonly meta?: { readonly cpuMs?: number };
    }>;
  }>;
}

/** @param root the folder that the report's paths are below */
export function resultsOf(report: JsonReport, root: string): TestResult[] {
  return report.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, fullName, status, duration, meta }) => ({
      file: relative(root, name).replaceAll("\\", "/"),
      title,
      fullTitle: fullName,
      passed: status === "passed",
      durationMs: duration ?? 0,
      cpuMs: meta?.cpuMs,
    })),
  );
}

/** @throws Error that says how to make a report, if there is none to be read */
export function readTestReport(path: string): TestResult[] {
  try {
    return resultsOf(JSON.parse(readFileSync(path, "utf8")) as JsonReport, process.cwd());
  } catch (cause) {
    throw new Error(`${path} is no report of the tests: CI=true npm test writes one`, { cause });
  }
}
