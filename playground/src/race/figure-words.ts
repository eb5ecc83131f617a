/**
 * How the race's figures are written.
 * Owns: that. Does not own: the figures (figures.ts).
 */

export function seconds(ms: number | undefined): string {
  return ms === undefined ? "–" : `${(ms / 1_000).toFixed(2)} s`;
}

/** How much sooner the second is than the first. */
export function sooner(one: number | undefined, other: number | undefined): string {
  if (one === undefined || other === undefined) return "–";
  const percent = Math.round(100 * (1 - other / one));
  if (percent === 0) return "the same";
  return percent > 0 ? `${percent} % sooner` : `${-percent} % later`;
}
