/**
 * Numbered rows of a list of faults, and the tests that bear their numbers.
 * Owns: finding the rows of a text, the numbers at the end of a title, which row has which test.
 * Does not own: where they come from (found.ts).
 */

/** A test, or whatever else has a title and an outcome. */
export interface Titled {
  readonly title: string;
  readonly fullTitle: string;
  readonly file: string;
  readonly passed: boolean;
}

export interface Row {
  readonly number: string;
  readonly tests: readonly Titled[];
}

/** A row of a table. */
const TABLE_ROW = /^\| *([A-Z][0-9]+) *\|/gm;
/** A number in a list within a sentence: "Mistakes: M1 this; M2 that". */
const LISTED = /[:;]\s+(M[0-9]+)\s/g;
/** `[A15]`, `[A15] [C6]` and `[A15, C6]`. */
const NUMBERS_AT_END = /(?:\[[A-Z][0-9]+(?:, ?[A-Z][0-9]+)*\]\s*)+$/;
const NUMBER = /[A-Z][0-9]+/g;

/** In the order of the text, each once. */
export function rowNumbers(text: string): string[] {
  return [
    ...new Set([...text.matchAll(TABLE_ROW), ...text.matchAll(LISTED)].map(([, number = ""]) => number)),
  ];
}

export function numbersOf(title: string): string[] {
  return NUMBERS_AT_END.exec(title)?.[0].match(NUMBER) ?? [];
}

export function rowsOf(numbers: readonly string[], tests: readonly Titled[]): Row[] {
  const byNumber = new Map<string, Titled[]>(numbers.map((number) => [number, []]));
  for (const test of tests) for (const number of numbersOf(test.title)) byNumber.get(number)?.push(test);
  return numbers.map((number) => ({ number, tests: byNumber.get(number) ?? [] }));
}

/** Some test bears the number, and all that do pass. */
export function isShown({ tests }: Row): boolean {
  return tests.length > 0 && tests.every(({ passed }) => passed);
}

/** @param selection letters and numbers: "A" stands for every row of that letter */
export function isSelected(number: string, selection: readonly string[]): boolean {
  return selection.some((one) => (/^[A-Z]$/.test(one) ? number.startsWith(one) : number === one));
}

/**
 * @param selection as for `isSelected`
 * @throws Error naming what stands for no row
 */
export function select(numbers: readonly string[], selection: readonly string[]): string[] {
  const stray = selection.filter((one) => !numbers.some((number) => isSelected(number, [one])));
  if (stray.length > 0) throw new Error(`there is no row ${stray.join(", ")}`);
  return numbers.filter((number) => isSelected(number, selection));
}
