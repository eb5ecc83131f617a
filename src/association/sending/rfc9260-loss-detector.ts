/**
 * Loss by miss indications: the third SACK that reports what was sent after a chunk, and not the chunk (RFC 9260 7.2.4).
 * Owns: the count of misses, the rule that limits which reports count (HTNA), what may be fast retransmitted again.
 * Does not own: the chunks (sent-log.ts), what a loss does to windows (fast-recovery.ts, src/congestion).
 *
 * Hot, and the peer chooses how much is missing and how often it says so: a SACK must cost what it changes. Misses are
 * therefore not written to each chunk that misses. A report counts against every chunk below it, so what was sent once has
 * three misses where three reports lay above it: it is lost below the third highest report there has been, and each TSN is
 * looked at once, when that passes it. Only what was sent again or reneged on has a count of its own, from then on.
 */
import type { AssociationOptions } from "../../base/options.ts";
import { tsnAdd, tsnDiff, tsnGt, tsnLt, tsnLte } from "../../base/serial.ts";
import type { LossDetector, OutstandingChunks } from "./loss-detector.ts";
import { MissQueue } from "./miss-queue.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";

/** RFC 9260 7.2.4: the third miss indication triggers Fast Retransmit. */
const MISS_INDICATIONS_FOR_FAST_RETRANSMIT = 3;

export class Rfc9260LossDetector implements LossDetector {
  /**
   * RFC 9260 7.2.4 rule 5 has no chunk fast retransmitted twice: a retransmission that is lost waits for T3-rtx. With this
   * it need not: a miss counts again once a TSN is reported that was first sent after the retransmission.
   */
  #repeatsFastRetransmit = true;
  /** Made with the first gap. */
  #reports: HighestReports | undefined = undefined;
  /** Chunks that count their misses alone. Made with the first one. */
  #alone: MissQueue | undefined = undefined;

  setOptions({ repeatFastRetransmit }: Pick<AssociationOptions, "repeatFastRetransmit">): void {
    this.#repeatsFastRetransmit = repeatFastRetransmit;
  }

  onSent(chunk: SentChunk): void {
    chunk.countsAlone = false;
    chunk.fastRetransmitted = false;
    chunk.resentBefore = tsnAdd(chunk.tsn, 1);
  }

  onResent(chunk: SentChunk, nextTsn: number): void {
    chunk.resentBefore = nextTsn;
    this.#countAlone(chunk, 0);
  }

  onReneged(chunk: SentChunk): void {
    this.#countAlone(chunk, 1);
  }

  onSack(sent: OutstandingChunks, inFastRecovery: boolean): boolean {
    const base = sent.cumulativeAckPoint;
    this.#alone?.dropThrough(base);
    this.#reports?.raiseTo(base);
    const ranges = sent.gapRanges;
    if (ranges.length === 0) return false;
    // HTNA: misses count below what was newly acknowledged; in Fast Recovery, when the cumulative ack moves, below
    // everything that was reported (RFC 9260 7.2.4).
    const missLimit =
      inFastRecovery && sent.cumulativeAckAdvanced ? sent.highestReportedTsn : sent.highestNewlyAckedTsn;
    this.#reports ??= new HighestReports(base);
    if (tsnLte(missLimit, base)) return false;
    const from = this.#reports.third;
    this.#reports.add(missLimit);
    const anyOldLost = this.#countMisses(sent, base, missLimit);
    return this.#loseBelow(sent, from, this.#reports.third) || anyOldLost;
  }

  reset(): void {
    this.#reports = undefined;
    this.#alone = undefined;
  }

  /** The least report that counts against a chunk: of what lies above it, or of what was first sent after it. */
  protected countsFrom(chunk: SentChunk): number {
    return chunk.fastRetransmitted ? chunk.resentBefore : tsnAdd(chunk.tsn, 1);
  }

  #countAlone(chunk: SentChunk, missCount: number): void {
    chunk.missCount = missCount;
    chunk.countsAlone = true;
    this.#alone ??= new MissQueue();
    this.#alone.push(this.countsFrom(chunk), chunk.tsn);
  }

  /**
   * Counts a miss for those chunks that count their own, lie below `missLimit` and have not been reported.
   * @returns whether that marked any chunk as lost
   */
  #countMisses(sent: OutstandingChunks, base: number, missLimit: number): boolean {
    const queue = this.#alone;
    if (queue === undefined) return false;
    let anyLost = false;
    for (let from = queue.countsFrom; from !== undefined; from = queue.countsFrom) {
      if (tsnGt(from, missLimit)) break;
      const tsn = queue.shift();
      if (tsnLte(tsn, base)) continue;
      const chunk = sent.at(tsn);
      if (chunk.state !== SentState.InFlight) continue;
      if (chunk.fastRetransmitted && !this.#repeatsFastRetransmit) continue;
      const counts = tsnLte(this.countsFrom(chunk), missLimit); // Not if it has been sent again since it was queued.
      if (counts && ++chunk.missCount >= MISS_INDICATIONS_FOR_FAST_RETRANSMIT) {
        lose(sent, chunk);
        anyLost = true;
        continue;
      }
      queue.defer(this.countsFrom(chunk), tsn);
    }
    queue.restore();
    return anyLost;
  }

  /**
   * Of the TSNs from one on and below another, those that were sent once and have not been reported are lost.
   * @returns whether there was any
   */
  #loseBelow(sent: OutstandingChunks, fromTsn: number, belowTsn: number): boolean {
    const base = sent.cumulativeAckPoint;
    const reported = sent.gapRanges;
    const end = tsnDiff(belowTsn, base);
    let offset = Math.max(1, tsnDiff(fromTsn, base));
    let anyLost = false;
    for (let range = 0; offset < end; offset++) {
      while (range < reported.length && (reported[range] as number) <= offset) {
        offset = Math.max(offset, (reported[range + 1] as number) + 1);
        range += 2;
      }
      if (offset >= end) break;
      const chunk = sent.at(tsnAdd(base, offset));
      if (chunk.state !== SentState.InFlight || chunk.countsAlone) continue;
      lose(sent, chunk);
      anyLost = true;
    }
    return anyLost;
  }
}

/**
 * The three highest TSNs that reports have counted misses below (RFC 9260 7.2.4), each as often as it has: what was sent
 * once and lies below the third has three misses.
 */
class HighestReports {
  #first: number;
  #second: number;
  third: number;

  /** @param base nothing that is outstanding lies at or below it */
  constructor(base: number) {
    this.#first = base;
    this.#second = base;
    this.third = base;
  }

  /** The cumulative ack has moved: what lies at or below it is as good as nothing. */
  raiseTo(base: number): void {
    if (tsnLt(this.third, base)) this.third = base;
    if (tsnLt(this.#second, base)) this.#second = base;
    if (tsnLt(this.#first, base)) this.#first = base;
  }

  add(tsn: number): void {
    if (tsnLte(tsn, this.third)) return;
    this.third = tsn;
    if (tsnGt(this.third, this.#second)) {
      this.third = this.#second;
      this.#second = tsn;
    }
    if (tsnGt(this.#second, this.#first)) {
      this.#second = this.#first;
      this.#first = tsn;
    }
  }
}

/** A third miss has come. It counts none until it is sent again. */
function lose(sent: OutstandingChunks, chunk: SentChunk): void {
  chunk.fastRetransmitted = true;
  if (chunk.flight !== undefined) chunk.flight.lostBytes += chunk.chunkBytes;
  sent.markLost(chunk);
}
