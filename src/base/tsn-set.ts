/**
 * Some of the TSNs of a window, each one bit.
 * Owns: the bits, and finding the next one that is set, 32 at a step: what the peer can make us look for costs at most the
 * words of 65,536 bits. Does not own: the window. Whoever adds says where it begins; it only ever moves upwards.
 *
 * A ring of bits whose size is a power of two, so that `tsn & mask` is right across a wrap; it grows with the window.
 */
import { tsnAdd, tsnDiff, tsnGte, tsnLt } from "./serial.ts";

const INITIAL_CAPACITY = 64;
const NO_WORDS = new Uint32Array(0);

export class TsnSet {
  #words: Uint32Array = NO_WORDS;
  #mask = -1;
  #size = 0;
  /** No member is at or above this TSN. */
  #endTsn = 0;

  get size(): number {
    return this.#size;
  }

  /** @param lowestTsn where the window begins: no member lies below, nor will one that is added later */
  add(tsn: number, lowestTsn: number): void {
    if (this.#size === 0 || tsnGte(tsn, this.#endTsn)) this.#endTsn = tsnAdd(tsn, 1);
    const span = tsnDiff(this.#endTsn, lowestTsn);
    if (span > this.#mask + 1) this.#grow(span, lowestTsn);
    const bit = 1 << (tsn & 31);
    const at = (tsn & this.#mask) >>> 5;
    const word = this.#words[at] as number;
    if ((word & bit) !== 0) return;
    this.#words[at] = word | bit;
    this.#size++;
  }

  /** Takes out a member. */
  delete(tsn: number): void {
    const bit = 1 << (tsn & 31);
    const at = (tsn & this.#mask) >>> 5;
    const word = this.#words[at] as number;
    if ((word & bit) === 0) return;
    this.#words[at] = word & ~bit;
    this.#size--;
  }

  /** The lowest member from `fromTsn` on, which does not lie below the window. */
  first(fromTsn: number): number | undefined {
    if (this.#size === 0) return undefined;
    for (let tsn = fromTsn; tsnLt(tsn, this.#endTsn); ) {
      const word = (this.#words[(tsn & this.#mask) >>> 5] as number) >>> (tsn & 31);
      if (word !== 0) {
        const found = tsnAdd(tsn, 31 - Math.clz32(word & -word));
        return tsnLt(found, this.#endTsn) ? found : undefined; // A bit beyond the end is one of the window's beginning.
      }
      tsn = tsnAdd(tsn, 32 - (tsn & 31));
    }
    return undefined;
  }

  /** Takes out all members, and gives the memory back. */
  clear(): void {
    this.#words = NO_WORDS;
    this.#mask = -1;
    this.#size = 0;
  }

  #grow(span: number, lowestTsn: number): void {
    const old = this.#words;
    const oldMask = this.#mask;
    let capacity = Math.max(INITIAL_CAPACITY, oldMask + 1);
    while (capacity < span) capacity *= 2;
    this.#words = new Uint32Array(capacity >>> 5);
    this.#mask = capacity - 1;
    for (let offset = 0; offset <= oldMask; offset++) {
      const tsn = tsnAdd(lowestTsn, offset);
      const bit = 1 << (tsn & 31);
      if (((old[(tsn & oldMask) >>> 5] as number) & bit) === 0) continue;
      const at = (tsn & this.#mask) >>> 5;
      this.#words[at] = (this.#words[at] as number) | bit;
    }
  }
}
