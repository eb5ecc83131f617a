/**
 * docs/features.md: what is built in, how it is negotiated, and what shows that it works.
 * Owns: how the table is put on a page, with what the code, the tests and the last interoperability run say.
 * Does not own: the table (features.ts).
 */
import { readFileSync } from "node:fs";
import { chunkTypeName } from "../src/chunks/codes.ts";
import type { Parameter } from "../src/chunks/parameters.ts";
import { Lab, only } from "../test/conformance/lab.ts";
import { testedRequirements } from "../test/conformance/report.ts";
import { FEATURES, type Feature, REFUSALS } from "./features.ts";

const RESULTS = new URL("../interop/results.json", import.meta.url);

const INTRODUCTION = `# Features

Made by \`npm run docs\` from the table in \`docs/features.ts\`, the code, the titles of the tests and the last recorded run of
\`npm run interop -- --record\`; do not edit.

"In an INIT" is what this side says when it sets an association up with all options default. A peer that does not know what is
said ignores it. What is not said is off the wire.
`;

/** How the page names what an INIT says. */
export function wordsOf(parameter: Parameter): string[] {
  if (parameter.kind !== "Supported Extensions") return [parameter.kind];
  return parameter.chunkTypes.map(chunkTypeName);
}

/** What an INIT says by default. */
export function defaultInit(): string[] {
  const lab = new Lab();
  lab.connect();
  return only(lab.flush(), "INIT").parameters.flatMap(wordsOf);
}

/** The cells of a row, in the order of the columns. */
export function cellsOf({ rfc, name, said, option, sections, tests, interop }: Feature): string[] {
  return [rfc, name, inInit(said), option, tests ?? testsOf(rfc, sections), resultsOf(interop)];
}

export function featuresPage(): string {
  const columns = ["RFC", "feature", "in an INIT", "how", "conformance tests", "against usrsctp, as client / as server"];
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    INTRODUCTION,
    row(columns),
    row(columns.map(() => "---")),
    ...FEATURES.map((feature) => row(cellsOf(feature))),
    "\n## Not built in, and why\n",
    row(["where it is defined", "what", "why not"]),
    row(["---", "---", "---"]),
    ...REFUSALS.map(({ rfc, name, why }) => row([rfc, name, why])),
    "",
  ].join("\n");
}

function inInit(said: readonly string[]): string {
  if (said.length === 0) return "nothing to say";
  const byDefault = defaultInit();
  return said.map((word) => (byDefault.includes(word) ? `yes: ${word}` : `by option: ${word}`)).join(", ");
}

/** The sections with how many tests each has. */
function testsOf(rfc: string, sections: readonly string[]): string {
  const isMeant = (section: string): boolean =>
    section.startsWith(`${rfc} `) &&
    (sections.length === 0 || sections.some((wanted) => isWithin(section.slice(rfc.length + 1), wanted)));
  const counts = new Map<string, number>();
  for (const { section } of testedRequirements())
    if (isMeant(section)) counts.set(section, (counts.get(section) ?? 0) + 1);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return "";
  const names = [...counts].map(([section, count]) => `${section.slice(rfc.length + 1)} (${count})`);
  return `${total}: ${names.join(", ")}`;
}

const isWithin = (section: string, wanted: string): boolean =>
  section === wanted || section.startsWith(`${wanted}.`);

/** Each case with its two outcomes. */
function resultsOf(interop: Feature["interop"]): string {
  if (typeof interop === "string") return interop;
  const results = JSON.parse(readFileSync(RESULTS, "utf8")) as Record<string, readonly string[]>;
  return interop
    .flatMap((begin) => Object.entries(results).filter(([name]) => name.startsWith(begin)))
    .map(([name, cells]) => `${name.replace(/ \[[A-Z]\d+\]$/, "")}: ${cells.join(" / ")}`)
    .join("; ");
}
