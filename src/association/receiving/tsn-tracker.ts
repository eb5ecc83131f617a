/**
 * Which TSNs have been received.
 * Owns: the cumulative TSN, the bitmap of what lies beyond it, duplicates since the last SACK, and writing all three
 * into a SACK (RFC 9260 3.3.4, 6.7).
 * Does not own: the data (data-assembler.ts), when a SACK is sent (sack-policy.ts).
 *
 * Hot: in order, a TSN costs two comparisons; the bitmap is made when the first gap appears.
 */
import { tsnAdd, tsnDiff, tsnGt, tsnLt } from "../../base/serial.ts";

const INITIAL_CAPACITY_BITS = 1_024;
/** Gap Ack Blocks are 16-bit offsets; a power of two, so that `tsn & mask` is right across a wrap. */
const MAX_CAPACITY_BITS = 65_536;

/** What a TSN turned out to be. */
export const TsnVerdict = { New: 0, Duplicate: 1, TooFarAhead: 2 } as const;

export class TsnTracker {
  #cumulativeTsn: number;
  #highestTsn: number;
  /** Bit `tsn & mask` is set for every received TSN above the cumulative one. */
  #bitmap: Uint32Array | undefined = undefined;
  #maskBits = 0;
  #maxDuplicates: number;
  /** Made for the first one. */
  #duplicates: number[] | undefined = undefined;

  /**
   * @param initialTsn the peer's Initial TSN
   * @param maxDuplicates duplicates remembered for the next SACK
   */
  constructor(initialTsn: number, maxDuplicates: number) {
    this.#cumulativeTsn = tsnAdd(initialTsn, -1);
    this.#highestTsn = this.#cumulativeTsn;
    this.#maxDuplicates = maxDuplicates;
  }

  /** Nothing has been received yet; the arguments are the constructor's. */
  reset(initialTsn: number, maxDuplicates: number): void {
    this.#cumulativeTsn = tsnAdd(initialTsn, -1);
    this.#highestTsn = this.#cumulativeTsn;
    this.#maxDuplicates = maxDuplicates;
    this.clearDuplicates();
    this.compact();
  }

  /** All TSNs up to this one have been received. */
  get cumulativeTsn(): number {
    return this.#cumulativeTsn;
  }
  /** The highest TSN received; the cumulative TSN where there is no gap. */
  get highestTsn(): number {
    return this.#highestTsn;
  }
  get hasGaps(): boolean {
    return this.#highestTsn !== this.#cumulativeTsn;
  }
  get duplicateCount(): number {
    return this.#duplicates?.length ?? 0;
  }

  /** What `tsn` would be; records a duplicate as such, but a new TSN only when `add` says so. */
  classify(tsn: number): number {
    const offset = tsnDiff(tsn, this.#cumulativeTsn);
    if (offset > 0) {
      if (offset >= MAX_CAPACITY_BITS) return TsnVerdict.TooFarAhead;
      if (tsnGt(tsn, this.#highestTsn) || !this.#isSet(tsn)) return TsnVerdict.New;
    }
    if (this.duplicateCount < this.#maxDuplicates) {
      this.#duplicates ??= [];
      this.#duplicates.push(tsn);
    }
    return TsnVerdict.Duplicate;
  }

  /** Whether `tsn` has been received, and has not been given up since. */
  has(tsn: number): boolean {
    if (!tsnGt(tsn, this.#cumulativeTsn)) return true;
    return !tsnGt(tsn, this.#highestTsn) && this.#isSet(tsn);
  }

  /** Records a TSN that `classify` found new. */
  add(tsn: number): void {
    if (tsn === tsnAdd(this.#cumulativeTsn, 1)) {
      this.#cumulativeTsn = tsn;
      if (this.#highestTsn === tsnAdd(tsn, -1)) {
        this.#highestTsn = tsn;
        return;
      }
      this.#advanceOverReceived();
      return;
    }
    this.#ensureCapacity(tsnDiff(tsn, this.#cumulativeTsn));
    this.#set(tsn);
    if (tsnGt(tsn, this.#highestTsn)) this.#highestTsn = tsn;
  }

  /** Takes back a TSN above the cumulative one: its data was dropped for lack of memory (RFC 9260 6.2). */
  remove(tsn: number): void {
    if (!tsnGt(tsn, this.#cumulativeTsn) || tsnGt(tsn, this.#highestTsn)) return;
    this.#clear(tsn);
    if (tsn === this.#highestTsn) this.#highestTsn = this.#highestReceivedBelow(tsn);
  }

  /** What is missing up to this TSN, which lies ahead of the cumulative one, counts as received: it will not come (RFC 3758 3.6). */
  skip(throughTsn: number): void {
    if (tsnGt(throughTsn, this.#highestTsn)) {
      // However far ahead it lies: beyond the highest TSN no bit is set.
      if (this.hasGaps) this.#bitmap?.fill(0);
      this.#cumulativeTsn = throughTsn;
      this.#highestTsn = throughTsn;
      return;
    }
    const span = tsnDiff(throughTsn, this.#cumulativeTsn);
    for (let offset = this.#nextInState(1, span, true); offset <= span; ) {
      this.#clear(tsnAdd(this.#cumulativeTsn, offset));
      offset = this.#nextInState(offset + 1, span, true);
    }
    this.#cumulativeTsn = throughTsn;
    this.#advanceOverReceived();
  }

  clearDuplicates(): void {
    this.#duplicates = undefined;
  }

  /**
   * Writes Gap Ack Blocks, lowest first, at `at`; at most `maxBlocks` of them (RFC 9260 6.7).
   * @returns how many were written, 4 bytes each
   */
  writeGapBlocks(out: DataView, at: number, maxBlocks: number): number {
    let written = 0;
    const span = tsnDiff(this.#highestTsn, this.#cumulativeTsn);
    let offset = 1;
    while (offset <= span && written < maxBlocks) {
      offset = this.#nextInState(offset, span, true);
      if (offset > span) break;
      const start = offset;
      offset = this.#nextInState(offset, span, false);
      out.setUint16(at + 4 * written, start);
      out.setUint16(at + 4 * written + 2, offset - 1);
      written++;
    }
    return written;
  }

  /** Writes the duplicates, at most `maxCount` of them, at `at`; returns how many. */
  writeDuplicates(out: DataView, at: number, maxCount: number): number {
    const count = Math.min(maxCount, this.duplicateCount);
    for (let i = 0; i < count; i++) out.setUint32(at + 4 * i, this.#duplicates?.[i] ?? 0);
    return count;
  }

  /** Gives the bitmap back while there is no gap. */
  compact(): void {
    if (this.hasGaps) return;
    this.#bitmap = undefined;
    this.#maskBits = 0;
  }

  /** The first offset from `offset` on whose bit is `state`; `span + 1` where there is none. Skips words at a time. */
  #nextInState(offset: number, span: number, state: boolean): number {
    const bitmap = this.#bitmap;
    if (bitmap === undefined) return span + 1;
    const skipWord = state ? 0 : -1;
    let at = offset;
    while (at <= span) {
      const bit = tsnAdd(this.#cumulativeTsn, at) & this.#maskBits;
      const word = (bitmap[bit >>> 5] ?? 0) | 0;
      if ((bit & 31) === 0 && word === skipWord) {
        at += 32;
        continue;
      }
      if (((word >>> (bit & 31)) & 1) === (state ? 1 : 0)) return at;
      at++;
    }
    return span + 1;
  }

  /** The highest received TSN below `tsn`; the cumulative one where there is none. Skips words at a time. */
  #highestReceivedBelow(tsn: number): number {
    const bitmap = this.#bitmap;
    let offset = tsnDiff(tsn, this.#cumulativeTsn) - 1;
    while (bitmap !== undefined && offset > 0) {
      const bit = tsnAdd(this.#cumulativeTsn, offset) & this.#maskBits;
      const word = bitmap[bit >>> 5] ?? 0;
      if ((bit & 31) === 31 && word === 0) {
        offset -= 32;
        continue;
      }
      if (((word >>> (bit & 31)) & 1) === 1) return tsnAdd(this.#cumulativeTsn, offset);
      offset--;
    }
    return this.#cumulativeTsn;
  }

  #advanceOverReceived(): void {
    while (tsnLt(this.#cumulativeTsn, this.#highestTsn)) {
      const next = tsnAdd(this.#cumulativeTsn, 1);
      if (!this.#isSet(next)) return;
      this.#clear(next);
      this.#cumulativeTsn = next;
    }
  }

  #isSet(tsn: number): boolean {
    const bit = tsn & this.#maskBits;
    return (((this.#bitmap?.[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
  }

  #set(tsn: number): void {
    const bit = tsn & this.#maskBits;
    if (this.#bitmap !== undefined)
      this.#bitmap[bit >>> 5] = (this.#bitmap[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }

  #clear(tsn: number): void {
    const bit = tsn & this.#maskBits;
    if (this.#bitmap !== undefined)
      this.#bitmap[bit >>> 5] = (this.#bitmap[bit >>> 5] ?? 0) & ~(1 << (bit & 31));
  }

  /** Makes room for a TSN `offset` beyond the cumulative one. */
  #ensureCapacity(offset: number): void {
    if (this.#bitmap !== undefined && offset <= this.#maskBits) return;
    let capacity = this.#bitmap === undefined ? INITIAL_CAPACITY_BITS : this.#maskBits + 1;
    while (capacity <= offset) capacity *= 2;
    const received: number[] = [];
    for (
      let tsn = tsnAdd(this.#cumulativeTsn, 1);
      tsnLt(tsn, tsnAdd(this.#highestTsn, 1));
      tsn = tsnAdd(tsn, 1)
    ) {
      if (this.#isSet(tsn)) received.push(tsn);
    }
    this.#bitmap = new Uint32Array(capacity >>> 5);
    this.#maskBits = capacity - 1;
    for (const tsn of received) this.#set(tsn);
  }
}
