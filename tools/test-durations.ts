/**
 * `npm run test:durations`: sees that no test under test/unit takes longer than it may.
 * Owns: the command line, the account. Does not own: the limit (durations.ts).
 */
import { readCommand, refuse, text } from "./command-line.ts";
import { timeOf, tooLong, UNIT_LIMIT_MS } from "./durations.ts";
import { readTestReport, TEST_REPORT, type TestResult } from "./test-report.ts";

const COMMAND = {
  name: "test:durations",
  about: `Reads the report of the tests; exit code 1 if a test under test/unit took more than ${UNIT_LIMIT_MS} ms.`,
  options: {
    report: text("the report that CI=true npm test writes", TEST_REPORT, { placeholder: "FILE" }),
  },
} as const;

function read(): TestResult[] {
  const { values } = readCommand(COMMAND);
  try {
    return readTestReport(values.report);
  } catch (error) {
    refuse(COMMAND, error instanceof Error ? error.message : String(error));
  }
}

const results = read();
const late = tooLong(results);
for (const result of late)
  console.log(`${Math.round(timeOf(result))} ms: ${result.file}: ${result.fullTitle}`);
const seconds = Math.round(results.reduce((sum, result) => sum + timeOf(result), 0) / 1_000);
console.log(
  `${results.length} tests took ${seconds} s; ${late.length} under test/unit more than ${UNIT_LIMIT_MS} ms`,
);
process.exitCode = late.length === 0 && results.length > 0 ? 0 : 1;
