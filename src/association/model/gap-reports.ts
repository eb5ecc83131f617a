/**
 * What the peer's Gap Ack Blocks report now, against what they reported before (RFC 9260 3.3.4).
 * Owns: whether blocks are valid; those of the last two SACKs and their differences, so that a SACK costs what it
 * changes and not what is outstanding: the peer chooses both the blocks and how often it sends them; how far a SACK may have had
 * room to report. By themselves, which of them an NR-SACK says will not be taken back.
 * Does not own: the chunks (sent-log.ts).
 *
 * Ranges are pairs of offsets in one list, first and last, ascending, beyond the cumulative ack.
 */

import { tsnAdd, tsnDiff } from "../../base/serial.ts";
import type { SackView } from "../../chunks/sack.ts";

/**
 * A SACK has room for so many blocks, and what lies beyond them it leaves out (RFC 9260 6.7). By the path MTU that is some hundreds;
 * Linux never reports more than sixteen.
 */
const LEAST_ROOM_BLOCKS = 16;

export type GapVerdict = "accepted" | "malformed" | "acks-unsent";

/**
 * RFC 9260 3.3.4: blocks lie above the Cumulative TSN Ack and within what was sent, and none runs backwards. That they are
 * isolated is a SHOULD, and nothing is said of their order.
 * @param highestOffset of the last TSN that was sent, from the Cumulative TSN Ack
 */
export function judgeGapBlocks(sack: SackView, highestOffset: number): GapVerdict {
  const count = sack.gapBlockCount;
  if (count === 0) return "accepted";
  let highestEnd = 0;
  for (let i = 0; i < count; i++) {
    const start = sack.gapStart(i);
    const end = sack.gapEnd(i);
    // A block right behind the Cumulative TSN Ack contradicts it, and would leave nothing outstanding to be asked for.
    if (start <= 1 || end < start) return "malformed";
    if (end > highestEnd) highestEnd = end;
  }
  return highestEnd > highestOffset ? "acks-unsent" : "accepted";
}

export class GapReports {
  #current: number[] = [];
  #previous: number[] = [];
  /** The Cumulative TSN Ack that `#current` counts from. */
  #base = 0;
  /** The SACK that was read last may have left out what has come beyond this TSN; undefined where it has not. */
  knownThroughTsn: number | undefined = undefined;
  /** The SACK that was read last leaves out what is never taken back (draft-tuexen-tsvwg-sctp-multipath 4.4.2): it is an old one. */
  leavesOutKept = false;
  readonly #difference: number[] = [];
  /** Of the last NR-SACK that said so; made for the first one. */
  #nonRenegable: GapReports | undefined = undefined;

  /** The ranges of the SACK that was read last, and what was reported before beyond those that it had room for. */
  get ranges(): readonly number[] {
    return this.#current;
  }

  /**
   * Takes the blocks of a valid SACK, whose Cumulative TSN Ack is `base`.
   * @param from the first block that is read
   */
  read(sack: SackView, base: number, from = 0): void {
    this.#rebase(base);
    this.leavesOutKept = false;
    const ranges = this.#previous;
    this.#previous = this.#current;
    this.#current = ranges;
    ranges.length = 0;
    const count = sack.gapBlockCount;
    let isAscending = true;
    let previousEnd = 0;
    for (let i = from; i < count; i++) {
      const start = sack.gapStart(i);
      if (start <= previousEnd) isAscending = false;
      previousEnd = sack.gapEnd(i);
      ranges.push(start, previousEnd);
    }
    if (!isAscending) sortAndJoin(ranges);
    this.knownThroughTsn = undefined;
    if (count - from < LEAST_ROOM_BLOCKS) return;
    this.#keepBeyond(ranges);
    // The second list of an NR-SACK may be the one that was cut.
    const { firstNonRenegable } = sack;
    if (firstNonRenegable <= from || firstNonRenegable >= count) return;
    const end = Math.min(sack.gapEnd(firstNonRenegable - 1), sack.gapEnd(count - 1));
    this.knownThroughTsn = tsnAdd(base, end);
  }

  /**
   * What was reported before beyond the last of these blocks is not taken back: there was no room for more. As many are kept as the SACK
   * has itself, so that none costs more than it says.
   */
  #keepBeyond(ranges: number[]): void {
    const last = ranges[ranges.length - 1] as number;
    this.knownThroughTsn = tsnAdd(this.#base, last);
    const before = this.#previous;
    const room = 2 * ranges.length;
    for (let i = 0; i < before.length && ranges.length < room; i += 2) {
      const end = before[i + 1] as number;
      if (end > last) ranges.push(Math.max(last + 1, before[i] as number), end);
    }
  }

  /** What the last SACK reports and the one before did not. Valid until the next call of this or `withdrawn`. */
  added(): readonly number[] {
    return subtract(this.#current, this.#previous, this.#difference);
  }

  /** What the last SACK no longer reports: the peer reneged. Valid until the next call of this or `added`. */
  withdrawn(): readonly number[] {
    return subtract(this.#previous, this.#current, this.#difference);
  }

  /** What this SACK says will not be taken back, and the last one that said so of anything did not. Valid until the next call. */
  madeNonRenegable(sack: SackView, base: number): readonly number[] {
    this.#nonRenegable ??= new GapReports();
    this.#nonRenegable.read(sack, base, sack.firstNonRenegable);
    return this.#nonRenegable.added();
  }

  /** Takes back the report of the TSN after `base`, if there is one. */
  withdrawFirst(base: number): void {
    this.#rebase(base);
    const ranges = this.#current;
    if (ranges[0] !== 1) return;
    if (ranges[1] === 1) ranges.splice(0, 2);
    else ranges[0] = 2;
  }

  /** What was reported is to be counted from `base`; what has been acknowledged cumulatively since is no gap any more. */
  #rebase(base: number): void {
    const shift = tsnDiff(base, this.#base);
    this.#base = base;
    if (shift === 0) return;
    const ranges = this.#current;
    let kept = 0;
    for (let i = 0; i < ranges.length; i += 2) {
      const last = (ranges[i + 1] as number) - shift;
      if (last < 1) continue;
      ranges[kept] = Math.max(1, (ranges[i] as number) - shift);
      ranges[kept + 1] = last;
      kept += 2;
    }
    ranges.length = kept;
  }
}

/** Makes ascending ranges of the same offsets. */
function sortAndJoin(ranges: number[]): void {
  const pairs: Array<readonly [first: number, last: number]> = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] as number, ranges[i + 1] as number]);
  pairs.sort(([a], [b]) => a - b);
  ranges.length = 0;
  for (const [first, last] of pairs) {
    const end = ranges.length - 1;
    if (end < 0 || first > (ranges[end] as number) + 1) ranges.push(first, last);
    else ranges[end] = Math.max(last, ranges[end] as number);
  }
}

/** The ranges of `a` without those of `b`, in `out`. */
function subtract(a: readonly number[], b: readonly number[], out: number[]): readonly number[] {
  out.length = 0;
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    const last = a[i + 1] as number;
    for (let at = a[i] as number; at <= last; ) {
      while (j < b.length && (b[j + 1] as number) < at) j += 2;
      const next = j < b.length ? (b[j] as number) : last + 1;
      if (next > at) out.push(at, Math.min(next - 1, last));
      if (next > last) break;
      at = (b[j + 1] as number) + 1;
    }
  }
  return out;
}
