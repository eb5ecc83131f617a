/**
 * What is said of this revision beside another one, from costs that were measured in pairs, round by round.
 * Owns: when a difference is real, and the sentences. Does not own: the measurements (../run.ts, ../core.ts), the
 * interval (statistics.ts).
 */
import { bootstrapInterval, type Interval } from "./statistics.ts";

/** With fewer pairs than this the interval of a median covers less than 95 %, whatever the numbers are. */
const MIN_ROUNDS = 6;

/** One figure of both revisions. */
export interface Compared {
  readonly what: string;
  /** What this revision costs, as a share of what the other one does, in each round: above 1 is worse. */
  readonly costRatios: readonly number[];
}

/** "unclear": the interval reaches beyond the limit without lying above it; "unknown": too few rounds. */
export type Verdict = "SLOWER" | "faster" | "same" | "unclear" | "unknown";

/**
 * @param limit a median above it, 1.03 say, is worse if the whole interval is
 */
export function verdictOf(costRatios: readonly number[], limit: number): Verdict {
  if (costRatios.filter(Number.isFinite).length < MIN_ROUNDS) return "unknown";
  const { low, high } = bootstrapInterval(costRatios);
  if (low > limit) return "SLOWER";
  if (high < 1 / limit) return "faster";
  return high > limit ? "unclear" : "same";
}

/** Each figure with its interval, and then what is slower; `isWorse` tells whether anything is. */
export function comparison(
  figures: readonly Compared[],
  limit: number,
): { readonly lines: readonly string[]; readonly isWorse: boolean } {
  const judged = figures.map(({ what, costRatios }) => ({
    what,
    interval: bootstrapInterval(costRatios),
    verdict: verdictOf(costRatios, limit),
  }));
  const slower = judged.filter(({ verdict }) => verdict === "SLOWER");
  const isKnown = judged.every(({ verdict }) => verdict !== "unknown");
  const unclear = judged.filter(({ verdict }) => verdict === "unclear");
  const percent = (100 * (limit - 1)).toFixed(0);
  return {
    lines: [
      "cost of this / of the baseline, median and 95 % interval:",
      ...judged.map(({ what, interval, verdict }) => `${cells(interval)}  ${verdict.padEnd(7)}  ${what}`),
      isKnown
        ? `Nothing ${slower.length === 0 ? "" : "else "}is surely slower than the baseline by more than ${percent} %.`
        : `What has fewer than ${MIN_ROUNDS} rounds is not judged.`,
      ...(unclear.length === 0
        ? []
        : [
            `${unclear.length} of ${judged.length} may be, by their intervals: more rounds or a quieter host would tell.`,
          ]),
      ...slower.map(({ what }) => `SLOWER by more than ${percent} %: ${what}`),
    ],
    isWorse: slower.length > 0,
  };
}

function cells({ median, low, high }: Interval): string {
  return `${median.toFixed(3).padStart(7)}  ${low.toFixed(3)} to ${high.toFixed(3)}`;
}
