/** Medians and spreads. Owns: nothing else. */

/** NaN where there is no number. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.filter(Number.isFinite).sort((a, b) => a - b);
  const upper = sorted[sorted.length >>> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >>> 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** Half of the distance from the smallest to the largest, as a share of the median. */
export function spread(numbers: readonly number[]): number {
  const finite = numbers.filter(Number.isFinite);
  return (Math.max(...finite) - Math.min(...finite)) / 2 / median(finite);
}
