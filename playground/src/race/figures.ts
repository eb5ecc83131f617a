/**
 * What is told of one side of the race, in numbers.
 * Owns: the figures, from what has become of each resource. Does not own: measuring (transfer.ts), showing (race-page.tsx).
 */
import type { Progress } from "./transfer.ts";

/** Times in ms from the first packet of the handshake; what has not come true is undefined. */
export interface Figures {
  /** When the text was whole: the first resource. */
  readonly textAtMs: number | undefined;
  /** When the first picture was whole, the second, and so on. */
  readonly picturesAtMs: readonly number[];
  /** When half of the pictures were whole. */
  readonly medianPictureAtMs: number | undefined;
  readonly allAtMs: number | undefined;
  /** How long a resource stood behind others, in the mean. */
  readonly meanHeldMs: number;
}

export function figuresOf(progress: readonly Progress[]): Figures {
  const [text, ...pictures] = progress;
  const picturesAtMs = pictures.flatMap(({ wholeAtMs }) => wholeAtMs ?? []).sort((a, b) => a - b);
  const wholeAtMs = progress.map((each) => each.wholeAtMs ?? Number.POSITIVE_INFINITY);
  const lastMs = Math.max(...wholeAtMs);
  return {
    textAtMs: text?.wholeAtMs,
    picturesAtMs,
    medianPictureAtMs: picturesAtMs[Math.ceil(pictures.length / 2) - 1],
    allAtMs: lastMs === Number.POSITIVE_INFINITY ? undefined : lastMs,
    meanHeldMs: progress.reduce((sum, { heldMs }) => sum + heldMs, 0) / progress.length,
  };
}
