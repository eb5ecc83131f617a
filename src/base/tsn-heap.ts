/**
 * The highest of many TSNs, for giving up what was received out of order (RFC 9260 6.2).
 * Owns: a binary heap over the keys of a map; keys that have left the map are forgotten when they are met.
 * Does not own: the map. All its keys lie within half the number space of one another.
 *
 * The heap is made when it is first asked and kept up to date from then on, so that a peer cannot make each of its
 * packets cost a walk over everything that is held, and a transfer that never lacks memory pays nothing.
 */
import { tsnGt } from "./serial.ts";

/** Forgotten keys that the heap may hold beside as many as there are live ones. */
const SLACK = 64;

export class TsnHeap {
  readonly #live: ReadonlyMap<number, unknown>;
  #heap: number[] | undefined = undefined;

  constructor(live: ReadonlyMap<number, unknown>) {
    this.#live = live;
  }

  /** `tsn` has become a key of the map. */
  onAdded(tsn: number): void {
    const heap = this.#heap;
    if (heap === undefined) return;
    heap.push(tsn);
    if (heap.length > 2 * this.#live.size + SLACK) this.#heap = undefined;
    else siftUp(heap);
  }

  /** The highest key of the map; undefined while it is empty. */
  get highest(): number | undefined {
    if (this.#live.size === 0) {
      this.#heap = undefined;
      return undefined;
    }
    // Keys in descending order are a heap.
    this.#heap ??= [...this.#live.keys()].sort((a, b) => (tsnGt(a, b) ? -1 : 1));
    const heap = this.#heap;
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (this.#live.has(top)) return top;
      removeTop(heap);
    }
    return undefined;
  }
}

function siftUp(heap: number[]): void {
  let at = heap.length - 1;
  const tsn = heap[at] as number;
  while (at > 0) {
    const parentAt = (at - 1) >>> 1;
    const parent = heap[parentAt] as number;
    if (!tsnGt(tsn, parent)) break;
    heap[at] = parent;
    at = parentAt;
  }
  heap[at] = tsn;
}

function removeTop(heap: number[]): void {
  const tsn = heap.pop() as number;
  const { length } = heap;
  if (length === 0) return;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    const right = child + 1;
    if (right < length && tsnGt(heap[right] as number, heap[child] as number)) child = right;
    if (!tsnGt(heap[child] as number, tsn)) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = tsn;
}
