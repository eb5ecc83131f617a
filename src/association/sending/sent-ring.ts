/**
 * The outstanding DATA chunks, by TSN.
 * Owns: their slots, and how many there are. Does not own: what a slot holds (sent-chunk.ts), which TSNs are outstanding
 * (sent-log.ts).
 *
 * Hot: every DATA chunk takes a slot, every SACK looks at some. Slots are made once and reused, so that a chunk in steady
 * state costs no allocation; their number is a power of two, so that `tsn & mask` is right across a wrap.
 */
import { assert } from "../../base/assert.ts";
import { tsnAdd, tsnLt } from "../../base/serial.ts";
import { SentChunk } from "./sent-chunk.ts";

const INITIAL_CAPACITY = 16;
const NO_SLOTS: readonly SentChunk[] = [];

export class SentRing {
  #slots: readonly SentChunk[] = NO_SLOTS;
  #mask = -1;

  /** Chunks that there is room for; it grows as needed. */
  get capacity(): number {
    return this.#mask + 1;
  }

  /** The chunk with this TSN, which must be outstanding. */
  at(tsn: number): SentChunk {
    const chunk = this.#slots[tsn & this.#mask];
    assert(chunk !== undefined && chunk.tsn === tsn, "TSN outside the outstanding window");
    return chunk;
  }

  /** The slot for a TSN, whatever it held before; the `outstandingCount` TSNs before it keep theirs. */
  take(tsn: number, outstandingCount: number): SentChunk {
    if (outstandingCount > this.#mask) this.#grow(tsn, outstandingCount);
    const slot = this.#slots[tsn & this.#mask] as SentChunk;
    slot.tsn = tsn;
    return slot;
  }

  /** Gives the memory back; nothing may be outstanding. */
  clear(): void {
    this.#slots = NO_SLOTS;
    this.#mask = -1;
  }

  /** Doubles the ring; the outstanding slots move to their places in it. */
  #grow(nextTsn: number, outstandingCount: number): void {
    const old = this.#slots;
    const oldMask = this.#mask;
    const capacity = oldMask < 0 ? INITIAL_CAPACITY : (oldMask + 1) * 2;
    const slots: SentChunk[] = [];
    for (let i = 0; i < capacity; i++) slots.push(new SentChunk());
    for (let tsn = tsnAdd(nextTsn, -outstandingCount); tsnLt(tsn, nextTsn); tsn = tsnAdd(tsn, 1)) {
      const chunk = old[tsn & oldMask];
      if (chunk !== undefined) slots[tsn & (capacity - 1)] = chunk;
    }
    this.#slots = slots;
    this.#mask = capacity - 1;
  }
}
