/**
 * Which TSNs have been received.
 * Owns: the cumulative TSN, the bitmap of what lies beyond it, duplicates since the last SACK, and writing all three
 * into a SACK (RFC 9260 3.3.4, 6.7); where the peer is to know it, which of them will not be taken back.
 * Does not own: the data (data-assembler.ts), when a SACK is sent (sack-policy.ts).
 *
 * Hot: in order, a TSN costs two comparisons; the bitmaps are made when the first gap appears.
 */

import { tsnAdd, tsnDiff, tsnGt, tsnLt } from "../../base/serial.ts";
import type { BlockCounts } from "../../chunks/nr-sack.ts";

const INITIAL_CAPACITY_BITS = 1_024;
/** Gap Ack Blocks are 16-bit offsets; a power of two, so that `tsn & mask` is right across a wrap. */
const MAX_CAPACITY_BITS = 65_536;
const NO_BITS = new Uint32Array(0);

/** What a TSN turned out to be. */
export const TsnVerdict = { New: 0, Duplicate: 1, TooFarAhead: 2 } as const;

export class TsnTracker {
  #cumulativeTsn: number;
  #highestTsn: number;
  /** Bit `tsn & mask` is set for every received TSN above the cumulative one. */
  #bitmap: Uint32Array | undefined = undefined;
  /** Of the same size: those that will not be taken back. Undefined where nobody is told of them. */
  #kept: Uint32Array | undefined = undefined;
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

  /**
   * Nothing has been received yet; the other arguments are the constructor's.
   * @param tellsKept whether the peer is told from now on what will not be taken back
   */
  reset(initialTsn: number, maxDuplicates: number, tellsKept = this.tellsKept): void {
    this.#kept = tellsKept ? NO_BITS : undefined;
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
  /** Whether the peer is told what will not be taken back: by NR-SACKs (draft-tuexen-tsvwg-sctp-multipath 4.1). */
  get tellsKept(): boolean {
    return this.#kept !== undefined;
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

  /** A TSN that has been received will not be taken back: the user has its data, or will (draft-tuexen-tsvwg-sctp-multipath 4.4.1). */
  keep(tsn: number): void {
    if (this.#kept === undefined || !tsnGt(tsn, this.#cumulativeTsn)) return;
    setIn(this.#kept, tsn);
  }

  /** What is missing up to this TSN, which lies ahead of the cumulative one, counts as received: it will not come (RFC 3758 3.6). */
  skip(throughTsn: number): void {
    if (tsnGt(throughTsn, this.#highestTsn)) {
      // However far ahead it lies: beyond the highest TSN no bit is set.
      if (this.hasGaps) {
        this.#bitmap?.fill(0);
        this.#kept?.fill(0);
      }
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
      writeBlock(out, at + 4 * written, start, offset - 1);
      written++;
    }
    return written;
  }

  /**
   * The same in blocks of two kinds: what may be taken back, and behind those what will not (draft-tuexen-tsvwg-sctp-multipath 4.2).
   * @param maxBlocks of both kinds together
   */
  writeBlocksByKind(out: DataView, at: number, maxBlocks: number): BlockCounts {
    const kept: number[] = [];
    let renegable = 0;
    const span = tsnDiff(this.#highestTsn, this.#cumulativeTsn);
    let offset = this.#nextInState(1, span, true);
    while (offset <= span && renegable + kept.length / 2 < maxBlocks) {
      const start = offset;
      const isKept = isSetIn(this.#kept, tsnAdd(this.#cumulativeTsn, start));
      const end = Math.min(
        this.#nextInState(start, span, false),
        this.#nextInState(start, span, !isKept, this.#kept ?? NO_BITS),
      );
      if (isKept) kept.push(start, end - 1);
      else writeBlock(out, at + 4 * renegable++, start, end - 1);
      offset = this.#nextInState(end, span, true);
    }
    const keptAt = at + 4 * renegable;
    for (let i = 0; i < kept.length; i += 2)
      writeBlock(out, keptAt + 2 * i, kept[i] as number, kept[i + 1] as number);
    return { renegable, nonRenegable: kept.length / 2 };
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
    if (this.#kept !== undefined) this.#kept = NO_BITS;
  }

  /** The first offset from `offset` on whose bit is `state`; `span + 1` where there is none. Skips words at a time. */
  #nextInState(offset: number, span: number, state: boolean, bitmap = this.#bitmap): number {
    if (bitmap === undefined) return span + 1;
    const mask = bitmap.length * 32 - 1;
    const skipWord = state ? 0 : -1;
    let at = offset;
    while (at <= span) {
      const bit = tsnAdd(this.#cumulativeTsn, at) & mask;
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
      const bit = tsnAdd(this.#cumulativeTsn, offset) & (bitmap.length * 32 - 1);
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
    return isSetIn(this.#bitmap, tsn);
  }

  #set(tsn: number): void {
    if (this.#bitmap !== undefined) setIn(this.#bitmap, tsn);
  }

  #clear(tsn: number): void {
    if (this.#bitmap !== undefined) clearIn(this.#bitmap, tsn);
    if (this.#kept !== undefined) clearIn(this.#kept, tsn);
  }

  /** Makes room for a TSN `offset` beyond the cumulative one. */
  #ensureCapacity(offset: number): void {
    if (this.#bitmap !== undefined && offset < this.#bitmap.length * 32) return;
    let capacity = this.#bitmap === undefined ? INITIAL_CAPACITY_BITS : this.#bitmap.length * 32;
    while (capacity <= offset) capacity *= 2;
    this.#bitmap = this.#moved(this.#bitmap, capacity);
    if (this.#kept !== undefined) this.#kept = this.#moved(this.#kept, capacity);
  }

  /** A larger bitmap with the bits of a smaller one. */
  #moved(from: Uint32Array | undefined, capacity: number): Uint32Array {
    const bitmap = new Uint32Array(capacity >>> 5);
    const end = tsnAdd(this.#highestTsn, 1);
    for (let tsn = tsnAdd(this.#cumulativeTsn, 1); tsnLt(tsn, end); tsn = tsnAdd(tsn, 1))
      if (isSetIn(from, tsn)) setIn(bitmap, tsn);
    return bitmap;
  }
}

// Rings of bits: their sizes are powers of two.

function isSetIn(bitmap: Uint32Array | undefined, tsn: number): boolean {
  if (bitmap === undefined) return false;
  const bit = tsn & (bitmap.length * 32 - 1);
  return (((bitmap[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1;
}

function setIn(bitmap: Uint32Array, tsn: number): void {
  const bit = tsn & (bitmap.length * 32 - 1);
  bitmap[bit >>> 5] = (bitmap[bit >>> 5] ?? 0) | (1 << (bit & 31));
}

function clearIn(bitmap: Uint32Array, tsn: number): void {
  const bit = tsn & (bitmap.length * 32 - 1);
  bitmap[bit >>> 5] = (bitmap[bit >>> 5] ?? 0) & ~(1 << (bit & 31));
}

function writeBlock(out: DataView, at: number, start: number, end: number): void {
  out.setUint16(at, start);
  out.setUint16(at + 2, end);
}
