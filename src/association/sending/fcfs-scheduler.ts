/**
 * First come, first served (RFC 8260 3.1): messages leave in the order in which the user gave them, whatever their stream.
 * Owns: that order. Does not own: the messages (stream-queue.ts).
 */
import { Fifo } from "../../base/fifo.ts";
import type { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

export class FcfsScheduler implements StreamScheduler {
  readonly isPerPacket = false;
  /** A stream stands here once for each of its messages, at the message's place. */
  readonly #turns = new Fifo<StreamQueue>();

  onQueued(stream: StreamQueue): void {
    this.#turns.push(stream);
  }

  next(): StreamQueue | undefined {
    return this.#turns.peek();
  }

  onTaken(stream: StreamQueue, _bytes: number, endOfMessage: boolean): void {
    if (!endOfMessage) return;
    if (this.#turns.peek() === stream) this.#turns.shift();
    else this.#leave(stream);
  }

  /** The first message of a stream has left that was begun by another order. */
  #leave(stream: StreamQueue): void {
    const turns = this.#turns.drain();
    const left = turns.indexOf(stream);
    for (const [at, turn] of turns.entries()) if (at !== left) this.#turns.push(turn);
  }
}
