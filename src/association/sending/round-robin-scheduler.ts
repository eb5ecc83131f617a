/**
 * Round robin (RFC 8260 3.2, 3.3): streams with something to send have a turn each, one after the other: a message, an I-DATA chunk
 * where fragments are interleaved, or what one packet holds.
 * Owns: whose turn it is. Does not own: the messages (stream-queue.ts).
 */
import { Fifo } from "../../base/fifo.ts";
import type { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

/** Streams in a ring, each once. One that has nothing left leaves it when its turn comes. */
export class StreamRing {
  readonly #turns = new Fifo<StreamQueue>();
  readonly #members = new Set<StreamQueue>();

  /** The stream whose turn it is; undefined where none has anything. */
  get first(): StreamQueue | undefined {
    let stream = this.#turns.peek();
    while (stream !== undefined && stream.first === undefined) {
      this.#turns.shift();
      this.#members.delete(stream);
      stream = this.#turns.peek();
    }
    return stream;
  }

  /** The stream has something, and its turn comes behind those of the others. */
  add(stream: StreamQueue): void {
    if (this.#members.has(stream)) return;
    this.#members.add(stream);
    this.#turns.push(stream);
  }

  /** The turn of the stream is over, if it has it. */
  pass(stream: StreamQueue): void {
    if (this.#turns.peek() !== stream) return;
    this.#turns.shift();
    this.#turns.push(stream);
  }
}

/** A turn is a message, or a chunk where fragments are interleaved (3.2). */
export class RoundRobinScheduler implements StreamScheduler {
  readonly isPerPacket = false;
  readonly #ring = new StreamRing();

  onQueued(stream: StreamQueue): void {
    this.#ring.add(stream);
  }

  next(): StreamQueue | undefined {
    return this.#ring.first;
  }

  onTaken(stream: StreamQueue, bytes: number, _endOfMessage: boolean, endOfTurn: boolean): void {
    if (endOfTurn && bytes > 0) this.#ring.pass(stream);
  }
}

/** A turn is a packet; a message of DATA that does not fit into it is finished in the next ones first (3.3). */
export class PacketRoundRobinScheduler implements StreamScheduler {
  readonly isPerPacket = true;
  readonly #ring = new StreamRing();
  /** What the packet at hand is of. */
  #served: StreamQueue | undefined = undefined;

  onQueued(stream: StreamQueue): void {
    this.#ring.add(stream);
  }

  next(): StreamQueue | undefined {
    return this.#ring.first;
  }

  onTaken(stream: StreamQueue, bytes: number): void {
    if (bytes > 0) this.#served = stream;
  }

  onPacketEnd(): void {
    if (this.#served !== undefined) this.#ring.pass(this.#served);
  }
}
