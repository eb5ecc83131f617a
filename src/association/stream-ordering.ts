/**
 * Whole messages waiting for their turn in a stream (RFC 9260 6.6).
 * Owns: the SSN that each inbound stream expects next, and messages that came too early.
 * Does not own: fragments (reassembly.ts), messages that are ready for the user (receive-buffer.ts).
 */
import { ssnAdd, ssnGt } from "../serial.ts";
import { bufferedBytesOf, type ReceivedMessage } from "./received-message.ts";

interface InboundStream {
  nextSsn: number;
  early: Map<number, ReceivedMessage> | undefined;
}

export class StreamOrdering {
  /** What messages that came too early count against the receive buffer. */
  heldBytes = 0;
  heldMessageCount = 0;
  /** Streams exist from their first message on: 65,535 of them cost nothing until then. */
  readonly #streams = new Map<number, InboundStream>();

  /** Whether the message with this SSN is the one that the stream waits for; always so for an unordered one. */
  isNext(streamId: number, ssn: number, unordered: boolean): boolean {
    return unordered || (this.#streams.get(streamId)?.nextSsn ?? 0) === ssn;
  }

  /**
   * Counts a message as delivered, if it is the one that its stream waits for.
   * A piece that does not end its message leaves the stream where it is.
   */
  advance(message: ReceivedMessage): void {
    if (message.unordered || !message.endOfMessage) return;
    this.#stream(message.streamId).nextSsn = ssnAdd(message.ssn, 1);
  }

  /**
   * Keeps a message whose turn has not come.
   * @returns false if its SSN has been delivered or is held already: the peer used it twice
   */
  hold(message: ReceivedMessage): boolean {
    const stream = this.#stream(message.streamId);
    if (!ssnGt(message.ssn, stream.nextSsn)) return false;
    stream.early ??= new Map();
    if (stream.early.has(message.ssn)) return false;
    stream.early.set(message.ssn, message);
    this.heldBytes += bufferedBytesOf(message);
    this.heldMessageCount++;
    return true;
  }

  /** The message whose turn it now is in a stream, if it is held; it is no longer held then, and counts as delivered. */
  takeNext(streamId: number): ReceivedMessage | undefined {
    if (this.heldMessageCount === 0) return undefined;
    const stream = this.#streams.get(streamId);
    const message = stream?.early?.get(stream.nextSsn);
    if (stream === undefined || message === undefined) return undefined;
    this.#forget(stream, message);
    stream.nextSsn = ssnAdd(stream.nextSsn, 1);
    return message;
  }

  /** Every message that is held, in no order. */
  *held(): Generator<ReceivedMessage> {
    for (const stream of this.#streams.values()) yield* stream.early?.values() ?? [];
  }

  /** Whether a message that `held` gave is held still. */
  isHeld(message: ReceivedMessage): boolean {
    return this.#streams.get(message.streamId)?.early?.get(message.ssn) === message;
  }

  /** Gives up a held message: its data is to come again. */
  drop(message: ReceivedMessage): void {
    this.#forget(this.#stream(message.streamId), message);
  }

  #forget(stream: InboundStream, message: ReceivedMessage): void {
    stream.early?.delete(message.ssn);
    if (stream.early?.size === 0) stream.early = undefined;
    this.heldBytes -= bufferedBytesOf(message);
    this.heldMessageCount--;
  }

  #stream(streamId: number): InboundStream {
    let stream = this.#streams.get(streamId);
    if (stream === undefined) {
      stream = { nextSsn: 0, early: undefined };
      this.#streams.set(streamId, stream);
    }
    return stream;
  }
}
