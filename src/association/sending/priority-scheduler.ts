/**
 * Strict priorities (RFC 8260 3.4): a stream is served while no other one with a smaller number has anything to send; those with
 * the same number take turns.
 * Owns: that order. Does not own: the streams' priorities and messages (stream-queue.ts), turns (round-robin-scheduler.ts).
 */
import { StreamRing } from "./round-robin-scheduler.ts";
import type { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

interface Level {
  readonly priority: number;
  readonly ring: StreamRing;
}

export class PriorityScheduler implements StreamScheduler {
  readonly isPerPacket = false;
  /** Those with streams in them, the first to be served in front. */
  #levels: Level[] = [];

  onQueued(stream: StreamQueue): void {
    this.#ringOf(stream.priority).add(stream);
  }

  next(): StreamQueue | undefined {
    for (let level = this.#levels[0]; level !== undefined; level = this.#levels[0]) {
      const stream = level.ring.first;
      if (stream !== undefined) return stream;
      this.#levels.shift();
    }
    return undefined;
  }

  onTaken(stream: StreamQueue, bytes: number, _endOfMessage: boolean, endOfTurn: boolean): void {
    if (endOfTurn && bytes > 0) this.#ringOf(stream.priority).pass(stream);
  }

  #ringOf(priority: number): StreamRing {
    const levels = this.#levels;
    let low = 0;
    for (let high = levels.length; low < high; ) {
      const middle = (low + high) >>> 1;
      if ((levels[middle] as Level).priority < priority) low = middle + 1;
      else high = middle;
    }
    const known = levels[low];
    if (known?.priority === priority) return known.ring;
    const ring = new StreamRing();
    levels.splice(low, 0, { priority, ring });
    return ring;
  }
}
