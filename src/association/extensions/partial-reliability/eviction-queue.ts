/**
 * Waiting messages that may make room for others (RFC 7496 3.2).
 * Owns: which of them is the first to go: the least important one, of equals the one that has waited longest.
 * Does not own: when room is needed (partial-reliability.ts), the send queue.
 *
 * A heap. What has left the send queue by itself stays in it until it comes to the top, or until it is most of the heap.
 */
import type { OutboundMessage } from "../../model/outbound-message.ts";

interface Entry {
  readonly message: OutboundMessage;
  /** Its priority: the larger, the less important. */
  readonly value: number;
  readonly number: number;
}

/** A heap up to this size is never cleared of what is gone. */
const MIN_CLEARED = 64;

export class EvictionQueue {
  #heap: Entry[] = [];
  #clearAt: number = MIN_CLEARED;
  #nextNumber = 0;

  get size(): number {
    return this.#heap.length;
  }

  clear(): void {
    this.#heap = [];
    this.#clearAt = MIN_CLEARED;
  }

  /** @param value its priority */
  push(message: OutboundMessage, value: number): void {
    if (this.#heap.length >= this.#clearAt) this.#dropGone();
    this.#heap.push({ message, value, number: this.#nextNumber++ });
    this.#rise(this.#heap.length - 1);
  }

  /** Takes out the first to go, if it is less important than `value`. */
  takeBelow(value: number): OutboundMessage | undefined {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      const isWaiting = first.message.limit?.isWaiting === true;
      if (isWaiting && first.value <= value) return undefined;
      this.#shift();
      if (isWaiting) return first.message;
    }
    return undefined;
  }

  #dropGone(): void {
    // A list in the order of a heap is one.
    this.#heap = this.#heap
      .filter(({ message }) => message.limit?.isWaiting === true)
      .sort((a, b) => (goesBefore(a, b) ? -1 : 1));
    this.#clearAt = Math.max(MIN_CLEARED, 2 * this.#heap.length);
  }

  #rise(from: number): void {
    const heap = this.#heap;
    const entry = heap[from] as Entry;
    let at = from;
    while (at > 0) {
      const above = (at - 1) >>> 1;
      const parent = heap[above] as Entry;
      if (!goesBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  /** Takes out the top. */
  #shift(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (let below = 1; below < heap.length; below = 2 * at + 1) {
      const right = heap[below + 1];
      const child = right !== undefined && goesBefore(right, heap[below] as Entry) ? below + 1 : below;
      if (!goesBefore(heap[child] as Entry, last)) break;
      heap[at] = heap[child] as Entry;
      at = child;
    }
    heap[at] = last;
  }
}

function goesBefore(a: Entry, b: Entry): boolean {
  return a.value > b.value || (a.value === b.value && a.number < b.number);
}
