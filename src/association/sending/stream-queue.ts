/**
 * What waits to be sent on one stream.
 * Owns: the messages of the stream in the order in which the user gave them, and its next stream sequence number (RFC 9260
 * 6.5). Does not own: which stream is served next (stream-scheduler.ts), all streams together (send-queue.ts).
 *
 * The messages are chained through themselves: a stream that is not in use holds no memory for them.
 */
import { assert } from "../../base/assert.ts";
import { ssnAdd } from "../../base/serial.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";

export class StreamQueue {
  readonly streamId: number;
  #first: OutboundMessage | undefined = undefined;
  #last: OutboundMessage | undefined = undefined;
  #nextSsn = 0;

  constructor(streamId: number) {
    this.streamId = streamId;
  }

  /** The message whose turn it is on this stream; undefined where nothing waits. */
  get first(): OutboundMessage | undefined {
    return this.#first;
  }

  push(message: OutboundMessage): void {
    if (this.#last === undefined) this.#first = message;
    else this.#last.behind = message;
    this.#last = message;
  }

  /** Takes the first message out; there must be one. */
  shift(): OutboundMessage {
    const message = this.#first;
    assert(message !== undefined, "a message is taken from a stream where none waits");
    this.#first = message.behind;
    if (this.#first === undefined) this.#last = undefined;
    message.behind = undefined; // A message that waits for its acknowledgement must not keep those behind it alive.
    return message;
  }

  /** Only places of messages that were given up are left: they go. */
  clear(): void {
    this.#first = undefined;
    this.#last = undefined;
  }

  /** The SSN of the ordered message that is begun now. */
  takeSsn(): number {
    const ssn = this.#nextSsn;
    this.#nextSsn = ssnAdd(ssn, 1);
    return ssn;
  }
}
