import { expect, it } from "vitest";
import { bootstrapInterval, jainIndex, median, quantile, spread } from "../../../bench/runner/statistics.ts";

const ONE_TO_THIRTEEN = Array.from({ length: 13 }, (_, i) => i + 1);

it("a median is the middle, or between the two in the middle", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([2, Number.NaN, 4])).toBe(3);
  expect(median([])).toBeNaN();
});

it("a quantile is the number that a share of them is below", () => {
  expect(quantile(ONE_TO_THIRTEEN, 0.5)).toBe(7);
  expect(quantile([3, 1, Number.NaN, 2], 0)).toBe(1);
  expect(quantile([3, 1, 2], 1)).toBe(3);
  expect(quantile([], 0.5)).toBeNaN();
});

it("Jain's index tells how even a sharing is", () => {
  expect(jainIndex([5, 5, 5])).toBe(1);
  expect(jainIndex([5, 0])).toBe(0.5);
  expect(jainIndex([3, 1])).toBeCloseTo(0.8);
});

it("a spread is half the range, as a share of the median", () => {
  expect(spread([9, 10, 12])).toBeCloseTo(0.15);
  expect(spread([7, Number.NaN])).toBe(0);
});

it("numbers that are all the same leave no doubt", () => {
  expect(bootstrapInterval([1.02, 1.02, 1.02])).toEqual({ median: 1.02, low: 1.02, high: 1.02 });
});

/**
 * The median of 13 draws from 1 .. 13 is k or less if 7 of them are: with k = 3 once in 64 times, with k = 4 once in 14. So the
 * 2.5 % quantile is 4, and by symmetry the 97.5 % quantile 10.
 */
it("the interval is the one that binomial probabilities give", () => {
  for (const seed of [1, 2, 3])
    expect(bootstrapInterval(ONE_TO_THIRTEEN, seed)).toEqual({ median: 7, low: 4, high: 10 });
});

/** All of three draws are the smallest once in 27 times, and the median is if two of them are: seven times in 27. */
it("three numbers say no more than their extremes", () => {
  expect(bootstrapInterval([3, 1, 2])).toEqual({ median: 2, low: 1, high: 3 });
});

it("an outlier moves neither the median nor its interval", () => {
  const calm = [0.99, 1, 1, 1, 1, 1, 1, 1.01];
  const { median: middle, low, high } = bootstrapInterval([...calm, 40]);
  expect(middle).toBe(1);
  expect(low).toBeGreaterThanOrEqual(0.99);
  expect(high).toBeLessThanOrEqual(1.01);
});

it("the same numbers and seed give the same interval, numbers that are none have no part in it", () => {
  const noisy = ONE_TO_THIRTEEN.map((i) => Math.sin(i) + 2);
  expect(bootstrapInterval(noisy, 7)).toEqual(bootstrapInterval([...noisy, Number.NaN], 7));
  expect(bootstrapInterval([Number.NaN]).low).toBeNaN();
});
