/**
 * Loss by miss indications: the third SACK that reports what was sent after a chunk, and not the chunk (RFC 9260 7.2.4).
 * Owns: the count of misses, the rule that limits which reports count (HTNA), what may be fast retransmitted again.
 * Does not own: the chunks (sent-log.ts), what a loss does to windows (fast-recovery.ts, src/congestion).
 *
 * Hot: what must look at many chunks begins at a hint below which there is nothing to be found.
 */
import type { AssociationOptions } from "../../base/options.ts";
import { tsnAdd, tsnDiff, tsnGt, tsnGte, tsnLt, tsnLte } from "../../base/serial.ts";
import type { LossDetector, OutstandingChunks } from "./loss-detector.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";

/** RFC 9260 7.2.4: the third miss indication triggers Fast Retransmit. */
const MISS_INDICATIONS_FOR_FAST_RETRANSMIT = 3;

export class Rfc9260LossDetector implements LossDetector {
  /**
   * RFC 9260 7.2.4 rule 5 has no chunk fast retransmitted twice: a retransmission that is lost waits for T3-rtx. With this
   * it need not: a miss counts again once a TSN is reported that was first sent after the retransmission.
   */
  #repeatsFastRetransmit = true;
  /** No chunk below this TSN can count a miss. */
  #missHintTsn = 0;

  setOptions({ repeatFastRetransmit }: Pick<AssociationOptions, "repeatFastRetransmit">): void {
    this.#repeatsFastRetransmit = repeatFastRetransmit;
  }

  onSent(chunk: SentChunk): void {
    chunk.missCount = 0;
    chunk.fastRetransmitted = false;
    chunk.resentBefore = chunk.tsn; // It never was: any report of a later TSN counts.
  }

  onResent(chunk: SentChunk, nextTsn: number): void {
    chunk.missCount = 0;
    chunk.resentBefore = nextTsn;
    this.#lowerMissHint(chunk.tsn);
  }

  onReneged(chunk: SentChunk): void {
    chunk.missCount = 1;
    this.#lowerMissHint(chunk.tsn);
  }

  onSack(sent: OutstandingChunks, inFastRecovery: boolean): boolean {
    const base = sent.cumulativeAckPoint;
    if (tsnLte(this.#missHintTsn, base)) this.#missHintTsn = tsnAdd(base, 1);
    const ranges = sent.gapRanges;
    if (ranges.length === 0) return false;
    // HTNA: misses count below what was newly acknowledged; in Fast Recovery, when the cumulative ack moves, below
    // everything that was reported (RFC 9260 7.2.4).
    const highestCovered = tsnAdd(base, ranges[ranges.length - 1] as number);
    const missLimit =
      inFastRecovery && sent.cumulativeAckAdvanced ? highestCovered : sent.highestNewlyAckedTsn;
    return this.#countMisses(sent, ranges, base, missLimit);
  }

  reset(initialTsn: number): void {
    this.#missHintTsn = initialTsn;
  }

  /**
   * Counts a miss for what lies between the reported ranges and below `missLimit`.
   * @returns whether that marked any chunk as lost
   */
  #countMisses(
    sent: OutstandingChunks,
    reported: readonly number[],
    base: number,
    missLimit: number,
  ): boolean {
    const end = tsnDiff(missLimit, base);
    let offset = Math.max(1, tsnDiff(this.#missHintTsn, base));
    let settled = true;
    let anyLost = false;
    for (let range = 0; offset < end; offset++) {
      while (range < reported.length && (reported[range] as number) <= offset) {
        offset = Math.max(offset, (reported[range + 1] as number) + 1);
        range += 2;
      }
      if (offset >= end) break;
      const chunk = sent.at(tsnAdd(base, offset));
      if (chunk.state !== SentState.InFlight) continue;
      if (chunk.fastRetransmitted && !this.#repeatsFastRetransmit) continue;
      const counts = !chunk.fastRetransmitted || tsnGte(missLimit, chunk.resentBefore);
      if (counts) chunk.missCount++;
      if (chunk.missCount < MISS_INDICATIONS_FOR_FAST_RETRANSMIT) {
        if (settled) this.#missHintTsn = chunk.tsn;
        settled = false;
        continue;
      }
      chunk.fastRetransmitted = true;
      if (chunk.flight !== undefined) chunk.flight.lostBytes += chunk.chunkBytes;
      sent.markLost(chunk);
      anyLost = true;
    }
    // What has had three misses counts none until it is sent again: what lies below here need not be visited before.
    if (settled && tsnGt(missLimit, this.#missHintTsn)) this.#missHintTsn = missLimit;
    return anyLost;
  }

  #lowerMissHint(tsn: number): void {
    if (tsnLt(tsn, this.#missHintTsn)) this.#missHintTsn = tsn;
  }
}
