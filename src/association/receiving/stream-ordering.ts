/**
 * Whole messages waiting for their turn in a stream (RFC 9260 6.6).
 * Owns: the SSN that each inbound stream expects next, and messages that came too early.
 * Does not own: fragments (reassembly.ts), messages that are ready for the user (receive-buffer.ts).
 */
import { ssnAdd, ssnGt } from "../../base/serial.ts";
import { TsnHeap } from "../../base/tsn-heap.ts";
import type { ReceivedMessage } from "../model/received-message.ts";

interface InboundStream {
  nextSsn: number;
  early: Map<number, ReceivedMessage> | undefined;
}

export class StreamOrdering {
  /** What messages that came too early count: their payload, and never less than a minimum for each. */
  heldBytes = 0;
  readonly #minChargeBytes: number;
  /** Streams exist from their first message on: 65,535 of them cost nothing until then. */
  #streams: Map<number, InboundStream> | undefined = undefined;
  /** Made for the first message that comes too early: most associations never see one. */
  #heldByLastTsn: Map<number, ReceivedMessage> | undefined = undefined;
  #lastTsns: TsnHeap | undefined = undefined;

  /** @param minChargeBytes the least that a held message counts, however small it is */
  constructor(minChargeBytes: number) {
    this.#minChargeBytes = minChargeBytes;
  }

  /** Whether the message with this SSN is the one that the stream waits for; always so for an unordered one. */
  isNext(streamId: number, ssn: number, unordered: boolean): boolean {
    return unordered || (this.#streams?.get(streamId)?.nextSsn ?? 0) === ssn;
  }

  /** Counts an ordered message, or the last piece of one, as delivered. */
  advance(message: ReceivedMessage): void {
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
    this.heldBytes += this.#charge(message);
    this.#heldByLastTsn ??= new Map();
    this.#heldByLastTsn.set(message.lastTsn, message);
    this.#lastTsns ??= new TsnHeap(this.#heldByLastTsn);
    this.#lastTsns.onAdded(message.lastTsn);
    return true;
  }

  /** The message whose turn it now is in a stream, if it is held; it is no longer held then, and counts as delivered. */
  takeNext(streamId: number): ReceivedMessage | undefined {
    if (this.heldBytes === 0) return undefined;
    const stream = this.#streams?.get(streamId);
    const message = stream?.early?.get(stream.nextSsn);
    if (stream === undefined || message === undefined) return undefined;
    this.#forget(stream, message);
    stream.nextSsn = ssnAdd(stream.nextSsn, 1);
    return message;
  }

  /** The held message with the highest TSN. */
  get highestHeld(): ReceivedMessage | undefined {
    const highest = this.#lastTsns?.highest;
    return highest === undefined ? undefined : this.#heldByLastTsn?.get(highest);
  }

  /** Gives up a held message: its data is to come again. */
  drop(message: ReceivedMessage): void {
    this.#forget(this.#stream(message.streamId), message);
  }

  #forget(stream: InboundStream, message: ReceivedMessage): void {
    stream.early?.delete(message.ssn);
    if (stream.early?.size === 0) stream.early = undefined;
    this.heldBytes -= this.#charge(message);
    this.#heldByLastTsn?.delete(message.lastTsn);
  }

  #charge(message: ReceivedMessage): number {
    return Math.max(message.data.length, this.#minChargeBytes);
  }

  #stream(streamId: number): InboundStream {
    this.#streams ??= new Map();
    let stream = this.#streams.get(streamId);
    if (stream === undefined) {
      stream = { nextSsn: 0, early: undefined };
      this.#streams.set(streamId, stream);
    }
    return stream;
  }
}
