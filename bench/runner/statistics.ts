/**
 * Medians, spreads, and how sure a median is.
 * Owns: what is computed of numbers. Does not own: which numbers, or what is said of them (comparison.ts).
 */
import { SeededRandom } from "../../src/core.ts";

const RESAMPLES = 10_000;
/** The middle 95 % of what the resampled medians are. */
const TAIL_SHARE = 0.025;
const SEED = 1;

/** NaN where there is no number. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  const upper = sorted[sorted.length >>> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >>> 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** The number below which a share of them lies; NaN where there is no number. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Jain's index: 1 where all have as much, one part in so many where one has it all. */
export function jainIndex(numbers: readonly number[]): number {
  const sum = numbers.reduce((total, number) => total + number, 0);
  const squares = numbers.reduce((total, number) => total + number * number, 0);
  return (sum * sum) / (numbers.length * squares);
}

/** Half of the distance from the smallest to the largest, as a share of the median. */
export function spread(numbers: readonly number[]): number {
  const finite = numbers.filter(Number.isFinite);
  return (Math.max(...finite) - Math.min(...finite)) / 2 / median(finite);
}

/** Where a median lies; all NaN where there is no number. */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % interval of the median, by the percentile bootstrap: as many of the numbers are drawn with replacement as there
 * are, ten thousand times. The same numbers and seed give the same interval.
 */
export function bootstrapInterval(numbers: readonly number[], seed = SEED): Interval {
  const finite = numbers.filter(Number.isFinite);
  if (finite.length === 0) return { median: Number.NaN, low: Number.NaN, high: Number.NaN };
  const random = new SeededRandom(seed);
  const draw = (): number => finite[Math.floor(random.fraction() * finite.length)] as number;
  const medians = Array.from({ length: RESAMPLES }, () => median(finite.map(draw))).sort((a, b) => a - b);
  const at = (share: number): number => medians[Math.round(share * (RESAMPLES - 1))] as number;
  return { median: median(finite), low: at(TAIL_SHARE), high: at(1 - TAIL_SHARE) };
}
