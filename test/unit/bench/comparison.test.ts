import { expect, it } from "vitest";
import { comparison, verdictOf } from "../../../bench/runner/comparison.ts";

/** Fifteen rounds around a ratio, with a spread of 2 % to either side. */
const around = (ratio: number): number[] =>
  Array.from({ length: 15 }, (_, i) => ratio * (1 + 0.02 * Math.sin(i)));

it.each([
  [1, 1.03, "same"],
  [1.03, 1.03, "unclear"],
  [1.04, 1.03, "unclear"],
  [1.06, 1.03, "SLOWER"],
  [1.06, 1.08, "same"],
  [1.12, 1.08, "SLOWER"],
  [0.94, 1.03, "faster"],
  [0.98, 1.03, "same"],
] as const)("a cost of %d of the baseline's, limit %d: %s", (ratio, limit, verdict) => {
  expect(verdictOf(around(ratio), limit)).toBe(verdict);
});

/** Of 13 draws 7 or more are among 4 of 13 rounds once in 14 times, among 3 once in 64. */
it("is slower only where the whole interval lies above the limit", () => {
  const roundsOf = (quick: number): number[] =>
    Array.from({ length: 13 }, (_, i) => (i < quick ? 1.02 : 1.2));
  expect(verdictOf(roundsOf(4), 1.03)).toBe("unclear");
  expect(verdictOf(roundsOf(3), 1.03)).toBe("SLOWER");
});

it("says nothing of few rounds, however clear they look", () => {
  const failed = Number.NaN;
  expect(verdictOf([2, 2, 2, 2, 2], 1.03)).toBe("unknown");
  expect(verdictOf([2, 2, 2, 2, 2, failed], 1.03)).toBe("unknown");
  expect(verdictOf([2, 2, 2, 2, 2, 2], 1.03)).toBe("SLOWER");
  const { lines, isWorse } = comparison([{ what: "oneway 64", costRatios: [2, 2] }], 1.08);
  expect(isWorse).toBe(false);
  expect(lines.at(-1)).toBe("What has fewer than 6 rounds is not judged.");
});

it("tells each figure, and names at the end what is slower", () => {
  const same = { what: "64 B", costRatios: around(1) };
  const worse = { what: "1000 B", costRatios: around(1.25) };
  const { lines, isWorse } = comparison([same, worse], 1.03);
  expect(isWorse).toBe(true);
  expect(lines[1]).toMatch(/^ +1\.0\d\d {2}0\.9\d\d to 1\.0\d\d {2}same +64 B$/);
  expect(lines.slice(-2)).toEqual([
    "Nothing else is surely slower than the baseline by more than 3 %.",
    "SLOWER by more than 3 %: 1000 B",
  ]);
  const unclear = comparison([same, { what: "1400 B", costRatios: around(1.03) }], 1.03);
  expect(unclear.isWorse).toBe(false);
  expect(unclear.lines.at(-1)).toContain("1 of 2 may be");
  const fine = comparison([same], 1.03);
  expect(fine.isWorse).toBe(false);
  expect(fine.lines.at(-1)).toBe("Nothing is surely slower than the baseline by more than 3 %.");
});
