/**
 * Weighted fair queueing (RFC 8260 3.6), and the fair share of all where the weights count for nothing (3.5).
 * Owns: how much each stream has had. Does not own: the streams' weights and messages (stream-queue.ts).
 *
 * Start-time fair queueing: each stream has a clock that runs by what it sends, the slower the more it weighs, and the one
 * whose clock is behind all others is next. One that had nothing to send cannot save its share up: its clock is set forward to
 * that of the stream that is served.
 */
import type { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

class Share {
  readonly stream: StreamQueue;
  /** What it has had by its weight, in bytes. */
  clock = 0;
  /** Where it stands in the heap; -1 while it has nothing to send. */
  at = -1;
  /** Of equals the one that has waited longer is next. */
  turn = 0;

  constructor(stream: StreamQueue) {
    this.stream = stream;
  }
}

export class WeightedFairScheduler implements StreamScheduler {
  readonly isPerPacket = false;
  readonly #isWeighted: boolean;
  readonly #shares = new Map<StreamQueue, Share>();
  /** The streams that have something, by their clocks. */
  readonly #heap: Share[] = [];
  /** Of the stream that was served last, before that. */
  #clock = 0;
  #turns = 0;

  /** @param isWeighted false where all streams weigh the same */
  constructor(isWeighted: boolean) {
    this.#isWeighted = isWeighted;
  }

  onQueued(stream: StreamQueue): void {
    const share = this.#shares.get(stream) ?? new Share(stream);
    this.#shares.set(stream, share);
    if (share.at !== -1) return;
    share.clock = Math.max(share.clock, this.#clock);
    this.#wait(share);
  }

  next(): StreamQueue | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (first.stream.first !== undefined) return first.stream;
      this.#leave(first);
    }
    return undefined;
  }

  onTaken(stream: StreamQueue, bytes: number): void {
    const share = this.#shares.get(stream);
    if (share === undefined) return;
    if (bytes > 0) {
      this.#clock = Math.max(this.#clock, share.clock);
      share.clock += bytes / (this.#isWeighted ? stream.weight : 1);
      share.turn = ++this.#turns;
    }
    if (share.at === -1) return;
    if (stream.first === undefined) this.#leave(share);
    else this.#sink(share.at);
  }

  #wait(share: Share): void {
    share.turn = ++this.#turns;
    share.at = this.#heap.length;
    this.#heap.push(share);
    this.#rise(share.at);
  }

  #leave(share: Share): void {
    const { at } = share;
    const last = this.#heap.pop() as Share;
    share.at = -1;
    if (last !== share) {
      this.#put(last, at);
      this.#rise(at);
      this.#sink(last.at);
    }
    if (this.#heap.length > 0) return;
    this.#shares.clear(); // All have had what they wanted: nobody is owed anything.
    this.#clock = 0;
  }

  #rise(from: number): void {
    const share = this.#heap[from] as Share;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = this.#heap[above] as Share;
      if (!goesBefore(share, parent)) break;
      this.#put(parent, at);
      at = above;
    }
    this.#put(share, at);
  }

  #sink(from: number): void {
    const heap = this.#heap;
    const share = heap[from] as Share;
    let at = from;
    for (let below = 2 * at + 1; below < heap.length; below = 2 * at + 1) {
      const right = heap[below + 1];
      const child = right !== undefined && goesBefore(right, heap[below] as Share) ? below + 1 : below;
      if (!goesBefore(heap[child] as Share, share)) break;
      this.#put(heap[child] as Share, at);
      at = child;
    }
    this.#put(share, at);
  }

  #put(share: Share, at: number): void {
    this.#heap[at] = share;
    share.at = at;
  }
}

function goesBefore(a: Share, b: Share): boolean {
  return a.clock < b.clock || (a.clock === b.clock && a.turn < b.turn);
}
