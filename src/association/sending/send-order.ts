/**
 * The chunks in flight in the order in which they were sent, those of each path by themselves.
 * Owns: that order. Does not own: the chunks (sent-log.ts), what follows from it (rack-loss-detector.ts).
 *
 * Hot: every DATA chunk is appended and taken out, each in constant time. The links are TSNs in typed arrays, a power of two
 * of them as in the sent log's ring, so that nothing is allocated per chunk and nothing is added to the chunks of those who do
 * without this.
 */
import { tsnAdd } from "../../base/serial.ts";

/** Where a TSN is asked for and there is none. */
export const NO_TSN = -1;
const INITIAL_CAPACITY = 16;
/** A typed array costs some hundred bytes, however short it is: those that have nothing in flight share these. */
const NO_TSNS = new Float64Array(0);
const NO_FLAGS = new Uint8Array(0);

/** Where the chunks of one path begin and end. */
export class OrderEnds {
  firstTsn: number = NO_TSN;
  lastTsn: number = NO_TSN;
}

export class SendOrder {
  #mask = -1;
  /** How many transmissions of the association there had been, that of the chunk included. */
  #places = NO_TSNS;
  #earlier = NO_TSNS;
  #later = NO_TSNS;
  #isListed = NO_FLAGS;
  #transmissions = 0;

  /** A new chunk goes out. @param outstandingCount TSNs from the lowest that is outstanding to this one */
  appendNew(ends: OrderEnds, tsn: number, outstandingCount: number): void {
    if (outstandingCount > this.#mask + 1) this.#grow(tsn, outstandingCount);
    this.append(ends, tsn);
  }

  /** A chunk that is not in flight goes out again, or counts as if it did. */
  append(ends: OrderEnds, tsn: number): void {
    const at = tsn & this.#mask;
    const { lastTsn } = ends;
    this.#places[at] = ++this.#transmissions;
    this.#isListed[at] = 1;
    this.#earlier[at] = lastTsn;
    this.#later[at] = NO_TSN;
    if (lastTsn === NO_TSN) ends.firstTsn = tsn;
    else this.#later[lastTsn & this.#mask] = tsn;
    ends.lastTsn = tsn;
  }

  /** Chunks are in flight again that were before, each at its former place. @param tsns are put in another order */
  restore(ends: OrderEnds, tsns: number[]): void {
    let later = NO_TSN;
    let earlier = ends.lastTsn;
    for (const tsn of tsns.sort((a, b) => this.placeOf(b) - this.placeOf(a))) {
      while (earlier !== NO_TSN && this.placeOf(earlier) > this.placeOf(tsn)) {
        later = earlier;
        earlier = this.#earlier[later & this.#mask] as number;
      }
      const at = tsn & this.#mask;
      this.#isListed[at] = 1;
      this.#earlier[at] = earlier;
      this.#later[at] = later;
      if (earlier === NO_TSN) ends.firstTsn = tsn;
      else this.#later[earlier & this.#mask] = tsn;
      if (later === NO_TSN) ends.lastTsn = tsn;
      else this.#earlier[later & this.#mask] = tsn;
      later = tsn;
    }
  }

  /** The place of whatever was sent last. */
  get lastPlace(): number {
    return this.#transmissions;
  }

  /** A chunk is no longer in flight. */
  remove(ends: OrderEnds, tsn: number): void {
    const at = tsn & this.#mask;
    if (this.#isListed[at] !== 1) return;
    this.#isListed[at] = 0;
    const earlier = this.#earlier[at] as number;
    const later = this.#later[at] as number;
    if (earlier === NO_TSN) ends.firstTsn = later;
    else this.#later[earlier & this.#mask] = later;
    if (later === NO_TSN) ends.lastTsn = earlier;
    else this.#earlier[later & this.#mask] = earlier;
  }

  /** Higher for what was sent later, whatever the clock says; also of a chunk that is no longer in flight, while it is outstanding. */
  placeOf(tsn: number): number {
    return this.#places[tsn & this.#mask] as number;
  }

  /** Nothing is outstanding: memory is given back. */
  clear(): void {
    this.#mask = -1;
    this.#places = NO_TSNS;
    this.#earlier = NO_TSNS;
    this.#later = NO_TSNS;
    this.#isListed = NO_FLAGS;
  }

  #resize(capacity: number): void {
    this.#places = new Float64Array(capacity);
    this.#earlier = new Float64Array(capacity);
    this.#later = new Float64Array(capacity);
    this.#isListed = new Uint8Array(capacity);
  }

  #grow(tsn: number, outstandingCount: number): void {
    const oldMask = this.#mask;
    const places = this.#places;
    const earlier = this.#earlier;
    const later = this.#later;
    const isListed = this.#isListed;
    let capacity = Math.max(INITIAL_CAPACITY, oldMask + 1);
    while (capacity < outstandingCount) capacity *= 2;
    this.#resize(capacity);
    this.#mask = capacity - 1;
    const lowestTsn = tsnAdd(tsn, 1 - outstandingCount);
    for (let i = 0; i <= oldMask; i++) {
      const from = (lowestTsn + i) & oldMask;
      const to = (lowestTsn + i) & this.#mask;
      this.#places[to] = places[from] as number;
      this.#earlier[to] = earlier[from] as number;
      this.#later[to] = later[from] as number;
      this.#isListed[to] = isListed[from] as number;
    }
  }
}
