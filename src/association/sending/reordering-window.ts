/**
 * How long a chunk is waited for after one that was sent later has come (RFC 8985 6.2, step 4).
 * Owns: whether a path has reordered, how far the window has grown, how long it stays so.
 * Does not own: what is measured and what is lost (rack-loss-detector.ts).
 */
import { tsnGte } from "../../base/serial.ts";

/** So many packets beyond a missing one, and no reordering ever seen: it is not waited for. */
const PACKETS_FOR_NO_WINDOW = 3;
/** Recoveries after which a window that has grown begins anew. */
const RECOVERIES_KEPT = 16;
const SHARE_OF_RTT = 1 / 4;

export class ReorderingWindow {
  /** Something that was sent once has come after what was sent later. */
  hasSeenReordering = false;
  #steps = 1;
  #recoveriesLeft = RECOVERIES_KEPT;
  /** The window has grown for what had been sent by then; undefined once that is acknowledged. */
  #grownForTsn: number | undefined = undefined;
  #wasRecovering = false;

  /**
   * A SACK has been settled.
   * @param sentTooOften it reports duplicates, and something had been sent again: maybe before it was lost
   */
  onSack(
    cumulativeAckPoint: number,
    highestSentTsn: number,
    sentTooOften: boolean,
    recovering: boolean,
  ): void {
    if (this.#grownForTsn !== undefined && tsnGte(cumulativeAckPoint, this.#grownForTsn))
      this.#grownForTsn = undefined;
    const hasRecovered = this.#wasRecovering && !recovering;
    this.#wasRecovering = recovering;
    if (sentTooOften && this.#grownForTsn === undefined) {
      this.#grownForTsn = highestSentTsn;
      this.#steps++;
      this.#recoveriesLeft = RECOVERIES_KEPT;
      this.#wasRecovering = false; // The recovery that it may end is not the first of those.
    } else if (hasRecovered && --this.#recoveriesLeft <= 0) {
      this.#steps = 1;
    }
  }

  /**
   * @param packets at least so many have come of those that were sent after what is missing
   * @param srttMs NaN before the first measurement
   */
  widthMs(minRttMs: number, srttMs: number, recovering: boolean, packets: number): number {
    if (!this.hasSeenReordering && (recovering || packets >= PACKETS_FOR_NO_WINDOW)) return 0;
    const widthMs = this.#steps * minRttMs * SHARE_OF_RTT;
    return Number.isNaN(srttMs) ? widthMs : Math.min(widthMs, srttMs);
  }
}
