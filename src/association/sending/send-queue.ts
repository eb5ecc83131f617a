/**
 * Messages that the user has handed over and that are not yet fully cut into chunks.
 * Owns: the order in which messages leave (first come, first served), and the stream sequence numbers (RFC 9260 6.5).
 * Does not own: fragments that were sent (retransmission-queue.ts), windows (outbound.ts).
 */
import { Fifo } from "../../base/fifo.ts";
import { ssnAdd } from "../../base/serial.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";

export class SendQueue {
  readonly #messages = new Fifo<OutboundMessage>();
  #pendingBytes = 0;
  readonly #nextSsnByStream: number[] = [];

  /** Payload bytes that no chunk carries yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }
  get isEmpty(): boolean {
    return this.#messages.length === 0;
  }
  get messageCount(): number {
    return this.#messages.length;
  }

  push(message: OutboundMessage): void {
    this.#messages.push(message);
    this.#pendingBytes += message.data.length;
  }

  /** The message to cut next; once its first fragment is out it stays here until its last one is. */
  peek(): OutboundMessage | undefined {
    return this.#messages.peek();
  }

  /** Takes `bytes` off the message that `peek` gave; at its first fragment it gets its SSN, after its last it leaves. */
  consume(message: OutboundMessage, bytes: number): void {
    if (message.sentBytes === 0 && !message.unordered) message.ssn = this.#takeSsn(message.streamId);
    message.sentBytes += bytes;
    this.#pendingBytes -= bytes;
    if (message.sentBytes < message.data.length) return;
    this.#messages.shift();
  }

  /** Takes the message that `peek` gave out of the queue; nothing of it has been sent. */
  drop(message: OutboundMessage): void {
    this.#pendingBytes -= message.data.length;
    this.#messages.shift();
  }

  /** Empties the queue; the messages are the caller's to report. */
  drain(): OutboundMessage[] {
    this.#pendingBytes = 0;
    return this.#messages.drain();
  }

  #takeSsn(streamId: number): number {
    // Streams are counted on first use: 65,535 of them cost nothing until then.
    while (this.#nextSsnByStream.length <= streamId) this.#nextSsnByStream.push(0);
    const ssn = this.#nextSsnByStream[streamId] ?? 0;
    this.#nextSsnByStream[streamId] = ssnAdd(ssn, 1);
    return ssn;
  }
}
