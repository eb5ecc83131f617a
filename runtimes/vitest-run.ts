/**
 * The tests of one file or folder on one runtime.
 * Owns: starting vitest there, reading its report. Does not own: what a failure means (lacks.ts).
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { INSTALLED, type InstalledRuntime } from "./catalogue.ts";
import { runProgram } from "./process-group.ts";

export interface Failure {
  /** From the root. */
  readonly file: string;
  /** With the titles of the suites around it; empty if the file itself failed. */
  readonly title: string;
  readonly message: string;
}

export interface TestOutcome {
  readonly passedCount: number;
  readonly failures: readonly Failure[];
  /** Full titles of tests that were not run. */
  readonly leftOut: readonly string[];
}

/** What takes a second on Node takes Deno one minute, and more on a busy host. */
const TEST_LIMIT_MS = 180_000;
const NOTHING: TestOutcome = { passedCount: 0, failures: [], leftOut: [] };

/**
 * @param suite a file or folder, from the root
 * @param pattern of full titles; all tests if undefined
 */
export async function runTests(
  runtime: InstalledRuntime,
  root: string,
  suite: string,
  { limitMs, pattern }: { readonly limitMs: number; readonly pattern: string | undefined },
): Promise<TestOutcome> {
  const report = `${INSTALLED}/${runtime.name}/report-${suite.replaceAll("/", "-")}.json`;
  rmSync(report, { force: true });
  const { status, output, outOfTime } = await runProgram(
    runtime.path,
    [
      ...runtime.flags,
      "node_modules/vitest/vitest.mjs",
      "run",
      suite,
      `--testTimeout=${TEST_LIMIT_MS}`,
      "--reporter=json",
      `--outputFile=${report}`,
      ...(pattern === undefined ? [] : ["--testNamePattern", pattern]),
    ],
    { cwd: root, limitMs },
  );
  const hasReport = existsSync(report);
  const outcome = hasReport ? readReport(report, root) : NOTHING;
  const failure = (message: string): TestOutcome => {
    const failures = [...outcome.failures, { file: suite, title: "", message }];
    return { ...outcome, failures };
  };
  if (outOfTime) return failure(`did not end in ${limitMs / 60_000} minutes`);
  if (!hasReport) return failure(`wrote no report, and ended with ${status}: ${output.trim()}`);
  // An error outside of any test fails the run as well, and is in no report.
  if (status !== 0 && outcome.failures.length === 0) return failure(`ended with ${status}: ${output.trim()}`);
  return outcome;
}

function readReport(report: string, root: string): TestOutcome {
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: ReadonlyArray<{
      readonly name: string;
      readonly message: string;
      readonly assertionResults: ReadonlyArray<{
        readonly status: string;
        readonly fullName: string;
        readonly failureMessages: readonly string[];
      }>;
    }>;
  };
  let passedCount = 0;
  const failures: Failure[] = [];
  const leftOut: string[] = [];
  for (const { name, message, assertionResults } of testResults) {
    const file = relative(root, name).replaceAll("\\", "/");
    if (assertionResults.length === 0) failures.push({ file, title: "", message });
    for (const { status, fullName, failureMessages } of assertionResults) {
      if (status === "passed") passedCount++;
      else if (status === "failed")
        failures.push({ file, title: fullName.trim(), message: failureMessages.join("\n") });
      else leftOut.push(fullName.trim());
    }
  }
  return { passedCount, failures, leftOut };
}
