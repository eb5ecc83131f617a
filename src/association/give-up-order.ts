/**
 * In what order held data is given up when memory is short: the highest TSN first (RFC 9260 6.2).
 * Owns: that order. Does not own: what is held (reassembly.ts, stream-ordering.ts), when it is given up (inbound.ts).
 *
 * A peer chooses how much is held and how often room is short, so looking at all of it each time would cost the square.
 * Much of it is sorted once and then taken from the top; what has come since waits for the next sorting.
 */
import { tsnDiff } from "../serial.ts";

/** So little is sorted anew each time: the order is exact then. */
const EXACT_COUNT = 64;

export class GiveUpOrder<T extends { readonly lastTsn: number }> {
  /** The highest last. Some of it may no longer be held. */
  #sorted: T[] = [];

  /**
   * What is to be given up next; undefined if nothing is held.
   * @param count how much is held
   */
  next(count: number, held: () => Iterable<T>, isHeld: (item: T) => boolean): T | undefined {
    if (count > EXACT_COUNT) {
      for (let item = this.#sorted.at(-1); item !== undefined; item = this.#sorted.at(-1)) {
        if (isHeld(item)) return item;
        this.#sorted.pop();
      }
    }
    this.#sorted = [...held()].sort((a, b) => tsnDiff(a.lastTsn, b.lastTsn));
    return this.#sorted.at(-1);
  }

  /** Keeps nothing in memory that may have gone. */
  clear(): void {
    this.#sorted = [];
  }
}
