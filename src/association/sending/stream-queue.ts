/**
 * What waits to be sent on one stream.
 * Owns: the messages of the stream in the order in which the user gave them; its next stream sequence number (RFC 9260 6.5), or
 * its next message identifiers (RFC 8260 2.1); what share of the association the user gives it (RFC 8260 3).
 * Does not own: which stream is served next (stream-scheduler.ts), all streams together (send-queue.ts).
 *
 * The messages are chained through themselves: a stream that is not in use holds no memory for them.
 */
import { assert } from "../../base/assert.ts";
import { ssnAdd, tsnAdd } from "../../base/serial.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import { DEFAULT_SHARE, type StreamShare } from "../model/stream-share.ts";

export class StreamQueue implements StreamShare {
  readonly streamId: number;
  priority: number = DEFAULT_SHARE.priority;
  weight: number = DEFAULT_SHARE.weight;
  #first: OutboundMessage | undefined = undefined;
  #last: OutboundMessage | undefined = undefined;
  /** Of ordered messages: an SSN or a MID. */
  #nextOrdered = 0;
  /** The MID of unordered ones, which are counted by themselves. */
  #nextUnordered = 0;

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

  /** The places of messages that were given up go. */
  closeRanks(): void {
    let message = this.#first;
    this.#first = undefined;
    this.#last = undefined;
    while (message !== undefined) {
      const { behind } = message;
      message.behind = undefined;
      if (message.limit?.isGivenUp !== true) this.push(message);
      message = behind;
    }
  }

  /** Nothing is left that may still be sent. */
  get isDrained(): boolean {
    let message = this.#first;
    while (message?.limit?.isGivenUp === true) message = message.behind;
    return message === undefined;
  }

  /** No message has got a number since they last began. */
  get isAtStart(): boolean {
    return this.#nextOrdered === 0 && this.#nextUnordered === 0;
  }

  /** The SSN of the ordered message that is begun now. */
  takeSsn(): number {
    const ssn = this.#nextOrdered;
    this.#nextOrdered = ssnAdd(ssn, 1);
    return ssn;
  }

  /** The MID of the message that is begun now. */
  takeMid(unordered: boolean): number {
    const mid = unordered ? this.#nextUnordered : this.#nextOrdered;
    if (unordered) this.#nextUnordered = tsnAdd(mid, 1);
    else this.#nextOrdered = tsnAdd(mid, 1);
    return mid;
  }

  /** All numbers begin at 0 again (RFC 6525 5.2.7 H4, RFC 8260 2.3.2); no message may be half sent. */
  restart(): void {
    this.#nextOrdered = 0;
    this.#nextUnordered = 0;
  }
}
