/**
 * docs/conformance.md, made from the titles of the tests beside this file and from what explained/ says.
 * Owns: collecting titles, the page, telling gaps. Does not own: the tests, the explanations, the list of sections.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { DEVIATIONS } from "./explained/deviations.ts";
import { EXPLAINED as RFC_3758 } from "./explained/rfc3758.ts";
import { EXPLAINED as RFC_4820 } from "./explained/rfc4820.ts";
import { EXPLAINED as RFC_4895 } from "./explained/rfc4895.ts";
import { EXPLAINED as RFC_5061 } from "./explained/rfc5061.ts";
import { EXPLAINED as RFC_6525 } from "./explained/rfc6525.ts";
import { EXPLAINED as RFC_6951 } from "./explained/rfc6951.ts";
import { EXPLAINED as RFC_7829 } from "./explained/rfc7829.ts";
import { EXPLAINED as RFC_8260 } from "./explained/rfc8260.ts";
import { EXPLAINED as RFC_8899 } from "./explained/rfc8899.ts";
import { EXPLAINED as RFC_8985 } from "./explained/rfc8985.ts";
import { EXPLAINED as REST } from "./explained/rfc9260-rest.ts";
import { EXPLAINED as TRANSFER } from "./explained/rfc9260-transfer.ts";
import { EXPLAINED as RFC_9438 } from "./explained/rfc9438.ts";
import type { Explained } from "./explained/types.ts";
import { NORMATIVE_SECTIONS } from "./sections.ts";

const EXPLAINED: readonly Explained[] = [
  ...TRANSFER,
  ...REST,
  ...RFC_6951,
  ...RFC_3758,
  ...RFC_4820,
  ...RFC_4895,
  ...RFC_5061,
  ...RFC_6525,
  ...RFC_7829,
  ...RFC_8260,
  ...RFC_8899,
  ...RFC_8985,
  ...RFC_9438,
];
const FOLDER = fileURLToPath(new URL("./", import.meta.url));
const LEVELS = ["MUST", "MUST NOT", "SHOULD", "SHOULD NOT", "MAY"];

interface TestedRequirement {
  /** "RFC 9260 5.2.4". */
  readonly section: string;
  /** What the describe says behind the section. */
  readonly heading: string;
  /** "MUST: ...". */
  readonly title: string;
  readonly file: string;
}

/** Every test of this folder whose describe names a section, in the order of the files. */
export function testedRequirements(): TestedRequirement[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith(".test.ts") && name.startsWith("rfc"));
  return files.sort().flatMap((file) => {
    let section = "";
    let heading = "";
    const found: TestedRequirement[] = [];
    const titles = /^\s*(describe|it)\(\s*(["'])((?:(?!\2)[^\\]|\\.)*)\2/gm;
    for (const [, call, , text = ""] of readFileSync(FOLDER + file, "utf8").matchAll(titles)) {
      const title = text.replaceAll(/\\(.)/g, "$1");
      if (call === "describe") {
        section = /^RFC \d+ [\d.]+/.exec(title)?.[0] ?? "";
        heading = title.slice(section.length);
      } else found.push({ section, heading, title, file });
    }
    return found;
  });
}

/** Sections that ask for something and have neither a test nor an explanation. */
export function gaps(): string[] {
  const covered = new Set([...testedRequirements(), ...EXPLAINED].map(({ section }) => section));
  return NORMATIVE_SECTIONS.map(({ rfc, section }) => `RFC ${rfc} ${section}`).filter(
    (name) => !covered.has(name),
  );
}

/** Tests whose titles do not say which section they are about, or how strong the requirement is. */
export function misnamed(): string[] {
  return testedRequirements()
    .filter(({ section, title }) => section === "" || !LEVELS.some((level) => title.startsWith(`${level}: `)))
    .map(({ file, title }) => `${file}: ${title}`);
}

/** The page. */
export function conformanceReport(): string {
  const tested = testedRequirements();
  const lines = [
    "# Conformance",
    "",
    "Made by `npm run docs` from the titles of the tests in `test/conformance`; do not edit it by hand. Every section of RFC 9260,",
    "RFC 6951, RFC 3758, RFC 4820, RFC 4895, RFC 5061, RFC 6525, RFC 7496, RFC 7765, RFC 8260, RFC 8899, RFC 8985, RFC 9406,",
    "RFC 9438 and RFC 9937 that states a requirement is here, with the tests that hold this stack to it; what no test covers says why.",
    "RFC 5062 asks in lower case; what it asks for is here too.",
    "",
    `${tested.length} tests, ${EXPLAINED.length} explanations, ${DEVIATIONS.length} deviations.`,
    "",
    "## Deviations",
    "",
    "What is done otherwise, on purpose, and the option that keeps to the letter.",
    "",
    ...DEVIATIONS.map(
      ({ section, what, why, exact }) => `- ${section}: ${what} ${why} To the letter: ${exact}.`,
    ),
    "",
  ];
  for (const name of sectionNames(tested)) {
    const { title, asks } = headingOf(name, tested);
    lines.push(`## ${name}${title}`, "");
    if (asks !== "") lines.push(asks, "");
    for (const { section, title: requirement } of tested)
      if (section === name) lines.push(`- ${requirement}`);
    for (const { section, level, requirement, why } of EXPLAINED)
      if (section === name) lines.push(`- *${level}: ${requirement}* No test: ${why}`);
    lines.push("");
  }
  return `${lines.join("\n").trimEnd()}\n`;
}

/** Every section that is tested, explained or asks for something, by RFC and by number. */
function sectionNames(tested: readonly TestedRequirement[]): string[] {
  const names = new Set([
    ...NORMATIVE_SECTIONS.map(({ rfc, section }) => `RFC ${rfc} ${section}`),
    ...tested.map(({ section }) => section),
    ...EXPLAINED.map(({ section }) => section),
  ]);
  names.delete("");
  return [...names].sort(bySectionNumber);
}

function bySectionNumber(a: string, b: string): number {
  const numbers = (name: string): number[] => (name.match(/\d+/g) ?? []).map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  // RFC 9260 comes first: the others build on it.
  const rank = (rfc: number | undefined): number => (rfc === 9260 ? 0 : (rfc ?? 0));
  if (left[0] !== right[0]) return rank(left[0]) - rank(right[0]);
  for (let i = 1; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? -1) - (right[i] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

function headingOf(
  name: string,
  tested: readonly TestedRequirement[],
): { readonly title: string; readonly asks: string } {
  const known = NORMATIVE_SECTIONS.find(({ rfc, section }) => `RFC ${rfc} ${section}` === name);
  if (known === undefined)
    return { title: tested.find(({ section }) => section === name)?.heading ?? "", asks: "" };
  const times = known.keywordCount === 1 ? "once" : `${known.keywordCount} times`;
  return { title: ` ${known.title}`, asks: `The section says MUST, SHOULD or the like ${times}.` };
}
