/**
 * `npm run found:before -- REV`: today's tests over the sources of another revision, so that a test is seen to fail where the
 * fault that it shows still is.
 * Owns: putting the two together in a folder of their own, the account. Does not own: the rows (rows.ts), the tests.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { list, readCommand, refuse } from "./command-line.ts";
import { commitOf, extract } from "./revision.ts";
import { isSelected, numbersOf } from "./rows.ts";
import { type JsonReport, resultsOf } from "./test-report.ts";

const COMMAND = {
  name: "found:before",
  about:
    "Runs the tests whose titles end in a row's number, like [A15], over the sources of another revision, and prints which of " +
    "them fail there, as a test of a mended fault must. Tests that do not fit to those sources are listed apart.",
  options: {
    rows: list("these rows; a letter stands for all of its rows", { otherwise: "all", placeholder: "ROW" }),
  },
  words: { placeholder: "REV", about: "the revision whose src is used" },
} as const;

const MARK = /\[[A-Z]\d+(?:, ?[A-Z]\d+)*\]/;
const REPORT = "before-report.json";

const { values, words } = readCommand(COMMAND);
const [revision] = words;
if (revision === undefined || words.length > 1)
  refuse(COMMAND, "wants one REV: the revision whose src is used");
const commit = commitOf(revision);
if (commit === undefined) refuse(COMMAND, `there is no revision "${revision}"`);

const folder = mkdtempSync(join(tmpdir(), "sctpkit-before-"));
try {
  lay(folder, commit);
  const files = markedFiles(folder);
  const args = ["vitest", "run", "--reporter=json", `--outputFile=${REPORT}`, "-t", MARK.source, ...files];
  spawnSync("npx", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  report(JSON.parse(readFileSync(join(folder, REPORT), "utf8")) as JsonReport, folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Everything as it is committed, but for `src`. */
function lay(folder: string, commit: string): void {
  extract("HEAD", [], folder);
  rmSync(join(folder, "src"), { recursive: true });
  extract(commit, ["src"], folder);
  symlinkSync(join(process.cwd(), "node_modules"), join(folder, "node_modules"));
}

function markedFiles(folder: string): string[] {
  return readdirSync(join(folder, "test"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .map((name) => join("test", name))
    .filter((name) => MARK.test(readFileSync(join(folder, name), "utf8")));
}

function report({ testResults }: JsonReport, folder: string): void {
  const isAsked = (number: string): boolean => values.rows === undefined || isSelected(number, values.rows);
  const failing = new Set<string>();
  const passing = new Set<string>();
  for (const { title, file, passed } of resultsOf({ testResults }, folder)) {
    for (const number of numbersOf(title).filter(isAsked)) {
      (passed ? passing : failing).add(number);
      console.log(`${number}: ${passed ? "passes" : "FAILS "}  ${file}: ${title}`);
    }
  }
  for (const { name, assertionResults } of testResults)
    if (assertionResults.length === 0) console.log(`does not fit: ${relative(folder, name)}`);
  const never = [...passing].filter((number) => !failing.has(number));
  console.log(
    `${failing.size} rows have a test that fails over the sources of ${revision}, ${never.length} have none`,
  );
  if (never.length > 0) console.log(`none: ${never.join(", ")}`);
  process.exitCode = never.length === 0 ? 0 : 1;
}
