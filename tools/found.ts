/**
 * `npm run found -- FILE`: which rows of a list of faults have a test that passes.
 * Owns: the command line, the account. Does not own: what a row is (rows.ts), the report of the tests (test-report.ts).
 */
import { existsSync, readFileSync } from "node:fs";
import { list, readCommand, refuse, text } from "./command-line.ts";
import { isShown, numbersOf, type Row, rowNumbers, rowsOf, select, type Titled } from "./rows.ts";
import { readTestReport, TEST_REPORT } from "./test-report.ts";

const COMMAND = {
  name: "found",
  about:
    "Prints, for every row of FILE such as `| A15 | ...`, the tests that pass and whose titles end in its number, like " +
    "[A15], and the rows that have none. Exit code 0 if every row that was asked for has one, and none that fails.",
  options: {
    rows: list("these rows; a letter stands for all of its rows", { otherwise: "all", placeholder: "ROW" }),
    report: text("the report that CI=true npm test writes", TEST_REPORT, { placeholder: "FILE" }),
    interop: text("what npm run interop printed, if there is such a file", "interop-report.txt", {
      placeholder: "FILE",
    }),
  },
  words: { placeholder: "FILE", about: "the list of faults, in Markdown" },
} as const;

/** A line of `npm run interop`: the case, us as client and as server. */
const INTEROP_LINE = /^(.*\S)\s{2,}(pass|2nd try|FAIL)\s{2,}(pass|2nd try|FAIL)\s/gm;

function interopResults(path: string): Titled[] {
  if (!existsSync(path)) return [];
  return [...readFileSync(path, "utf8").matchAll(INTEROP_LINE)].map(([, title = "", client, server]) => ({
    title,
    fullTitle: title,
    file: "interop",
    passed: client !== "FAIL" && server !== "FAIL",
  }));
}

function textOf({ number, tests }: Row): string {
  if (tests.length === 0) return `${number}: none`;
  const lines = tests.map(
    ({ file, fullTitle, passed }) => `  ${passed ? "" : "DOES NOT PASS: "}${file}: ${fullTitle}`,
  );
  return [`${number}:`, ...lines].join("\n");
}

function rowsAskedFor(): { readonly rows: readonly Row[]; readonly strays: readonly Titled[] } {
  const { values, words } = readCommand(COMMAND);
  const [path] = words;
  if (path === undefined || words.length > 1) refuse(COMMAND, "wants one FILE: the list of faults");
  if (!existsSync(path)) refuse(COMMAND, `there is no ${path}`);
  try {
    const all = rowNumbers(readFileSync(path, "utf8"));
    if (all.length === 0) refuse(COMMAND, `${path} has no row such as "| A15 | ..."`);
    const tests = [...readTestReport(values.report), ...interopResults(values.interop)];
    const strays = tests.filter(({ title }) => numbersOf(title).some((number) => !all.includes(number)));
    return { rows: rowsOf(select(all, values.rows ?? all), tests), strays };
  } catch (error) {
    refuse(COMMAND, error instanceof Error ? error.message : String(error));
  }
}

const { rows, strays } = rowsAskedFor();
for (const row of rows) console.log(textOf(row));
for (const { file, fullTitle } of strays) console.log(`of no row: ${file}: ${fullTitle}`);
const missing = rows.filter((row) => !isShown(row)).map(({ number }) => number);
console.log(`${rows.length - missing.length} rows have a test that passes, ${missing.length} have none`);
if (missing.length > 0) console.log(`none: ${missing.join(", ")}`);
process.exitCode = missing.length === 0 ? 0 : 1;
