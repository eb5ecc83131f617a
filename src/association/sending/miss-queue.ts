/**
 * Chunks that count their misses one by one, because they were sent again or reneged on: each by its TSN, in the order of
 * the least report that counts against it.
 * Owns: that order. Does not own: what counts (rfc9260-loss-detector.ts), the chunks (sent-log.ts).
 *
 * A binary heap, so that a SACK looks at those that its report counts against and at no others, whatever the peer reports,
 * takes back and reports again. Both numbers are TSNs; those in the queue lie within half the number space of one another.
 */
import { tsnLt, tsnLte } from "../../base/serial.ts";

export class MissQueue {
  /** Pairs: from which TSN on a report counts, and the chunk's own TSN. */
  readonly #heap: number[] = [];
  /** Pairs that are to come back. */
  readonly #deferred: number[] = [];
  /** The TSNs in the heap. */
  readonly #tsns = new Set<number>();

  /** From which TSN on a report counts against the first chunk; undefined if there is none. */
  get countsFrom(): number | undefined {
    return this.#heap[0];
  }

  /** Forgets chunks that lie at or below an acknowledged TSN; those that are left are met later. */
  dropThrough(ackedTsn: number): void {
    for (let from = this.countsFrom; from !== undefined; from = this.countsFrom) {
      if (!tsnLte(from, ackedTsn)) return;
      this.shift();
    }
  }

  /**
   * One that is there already stays where it is: before the place that it is to have, for that moves up only. Whoever takes it out finds
   * that out. It may have been on another path meanwhile, where its misses were not counted here (split-miss-detector.ts).
   */
  push(countsFrom: number, tsn: number): void {
    if (this.#tsns.has(tsn)) return;
    this.#tsns.add(tsn);
    const heap = this.#heap;
    let at = heap.length;
    heap.push(countsFrom, tsn);
    while (at > 0) {
      const parent = ((at >>> 1) - 1) & ~1;
      if (!tsnLt(countsFrom, heap[parent] as number)) break;
      heap[at] = heap[parent] as number;
      heap[at + 1] = heap[parent + 1] as number;
      at = parent;
    }
    heap[at] = countsFrom;
    heap[at + 1] = tsn;
  }

  /** Puts a chunk back as `push` does, but not before `restore`: the same report does not count twice. */
  defer(countsFrom: number, tsn: number): void {
    this.#deferred.push(countsFrom, tsn);
  }

  restore(): void {
    const deferred = this.#deferred;
    for (let i = 0; i < deferred.length; i += 2) this.push(deferred[i] as number, deferred[i + 1] as number);
    deferred.length = 0;
  }

  /** Takes out the first chunk, which there must be; returns its TSN. */
  shift(): number {
    const heap = this.#heap;
    const first = heap[1] as number;
    this.#tsns.delete(first);
    const tsn = heap.pop() as number;
    const countsFrom = heap.pop() as number;
    const { length } = heap;
    if (length === 0) return first;
    let at = 0;
    for (let child = 2; child < length; child = 2 * at + 2) {
      const right = child + 2;
      if (right < length && tsnLt(heap[right] as number, heap[child] as number)) child = right;
      if (!tsnLt(heap[child] as number, countsFrom)) break;
      heap[at] = heap[child] as number;
      heap[at + 1] = heap[child + 1] as number;
      at = child;
    }
    heap[at] = countsFrom;
    heap[at + 1] = tsn;
    return first;
  }
}
