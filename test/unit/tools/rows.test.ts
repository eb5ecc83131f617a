import { describe, expect, it } from "vitest";
import { isShown, numbersOf, rowNumbers, rowsOf, select } from "../../../tools/rows.ts";

const TEXT = `# What was found

| # | input |
|---|---|
| A1 | RFC 9260 6.3.3 E3: an open window; see A2 |
| A15 | another |
Weak tests:
| W2 | 6.1 |

Mistakes (each a killed mutant): M1 half the window; M2 one TSN late;
M3 always 1; T3 is no row.
`;

const test = (title: string, passed = true) => ({
  title,
  fullTitle: title,
  file: "test/a.test.ts",
  passed,
});

describe("the rows of a list of faults", () => {
  it("are those of its tables, and the mistakes that a sentence lists", () => {
    expect(rowNumbers(TEXT)).toEqual(["A1", "A15", "W2", "M1", "M2", "M3"]);
  });

  it("are chosen by number, or by letter", () => {
    expect(select(["A1", "A15", "W2", "M1"], ["A", "M1"])).toEqual(["A1", "A15", "M1"]);
    expect(() => select(["A1", "A15"], ["A15", "A2", "B"])).toThrow("there is no row A2, B");
  });
});

describe("a title", () => {
  it("bears the numbers at its end", () => {
    expect(numbersOf("survives the loss of a pair [A15]")).toEqual(["A15"]);
    expect(numbersOf("both at once [A15] [C6]")).toEqual(["A15", "C6"]);
    expect(numbersOf("both at once [A15, C6]")).toEqual(["A15", "C6"]);
    expect(numbersOf("[A15] is not at the end")).toEqual([]);
    expect(numbersOf("A15")).toEqual([]);
  });
});

describe("a row is shown", () => {
  const isRowShown = (...tests: Parameters<typeof rowsOf>[1]): boolean =>
    rowsOf(["A1"], tests).every(isShown);

  it("by a test that passes, and not if one of its tests does not", () => {
    expect(isRowShown(test("mended [A1]"))).toBe(true);
    expect(isRowShown(test("mended [A1]"), test("the other half [A1]", false))).toBe(false);
    expect(isRowShown()).toBe(false);
    expect(isRowShown(test("another [A11]"))).toBe(false);
  });
});
