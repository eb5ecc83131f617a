/**
 * Messages that the user has handed over and that are not yet fully cut into chunks, all streams together.
 * Owns: the streams' queues, how much waits in them, that a message once begun is finished before another one begins (RFC
 * 9260 6.9: the TSNs of a message follow one another).
 * Does not own: the messages and SSNs of one stream (stream-queue.ts), which stream is next (stream-scheduler.ts), fragments
 * that were sent (sent-log.ts), windows (outbound.ts).
 */
import { assert } from "../../base/assert.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

/** Places of messages that were given up may be so many more than messages wait. */
const MAX_GIVEN_UP = 64;

export class SendQueue {
  readonly #makeScheduler: () => StreamScheduler;
  /** Made with the first message: an association that only waits holds none. */
  #scheduler: StreamScheduler | undefined = undefined;
  /** By stream id, made on first use: 65,535 of them cost nothing until then. */
  #streams: (StreamQueue | undefined)[] | undefined = undefined;
  /** The stream whose turn it is: chosen when asked for, kept while its first message is half sent. */
  #current: StreamQueue | undefined = undefined;
  #messageCount = 0;
  /** Places of messages that were given up. */
  #givenUpCount = 0;
  #pendingBytes = 0;

  constructor(makeScheduler: () => StreamScheduler) {
    this.#makeScheduler = makeScheduler;
  }

  /** Payload bytes that no chunk carries yet. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }
  get isEmpty(): boolean {
    return this.#messageCount === 0;
  }
  get messageCount(): number {
    return this.#messageCount;
  }

  push(message: OutboundMessage): void {
    const stream = this.#stream(message.streamId);
    stream.push(message);
    this.#scheduler ??= this.#makeScheduler();
    this.#scheduler.onQueued(stream);
    if (message.limit !== undefined) message.limit.isWaiting = message.sentBytes === 0;
    this.#messageCount++;
    this.#pendingBytes += message.data.length - message.sentBytes;
    // Another order may put it before what was next, but not into the middle of a message.
    if (this.#current?.first?.sentBytes === 0) this.#current = undefined;
  }

  /** The message to cut next; once its first fragment is out it stays here until its last one is. */
  peek(): OutboundMessage | undefined {
    if (this.#messageCount === 0) return undefined;
    for (;;) {
      this.#current ??= this.#scheduler?.next();
      const message = this.#current?.first;
      if (message?.limit?.isGivenUp !== true) return message;
      this.#messageCount++; // It was counted off when it was given up.
      this.#givenUpCount--;
      this.#take(this.#current as StreamQueue, 0, true);
    }
  }

  /** Takes `bytes` off the message that `peek` gave; at its first fragment it gets its SSN, after its last it leaves. */
  consume(message: OutboundMessage, bytes: number): void {
    const stream = this.#current;
    assert(stream?.first === message, "a message is cut that is not next");
    if (message.sentBytes === 0 && !message.unordered) message.ssn = stream.takeSsn();
    message.sentBytes += bytes;
    if (message.limit !== undefined) message.limit.isWaiting = false;
    this.#pendingBytes -= bytes;
    this.#take(stream, bytes, message.sentBytes === message.data.length);
  }

  /** Takes the message that `peek` gave, or what is left of it, out of the queue. */
  drop(message: OutboundMessage): void {
    const stream = this.#current;
    assert(stream?.first === message, "a message is dropped that is not next");
    this.#pendingBytes -= message.data.length - message.sentBytes;
    this.#take(stream, 0, true);
  }

  /** Takes a message out that waits at any place; nothing of it has been sent. Its place stays, and is passed over. */
  giveUp({ limit, data }: OutboundMessage): void {
    assert(limit?.isWaiting === true, "a message is given up that does not wait");
    limit.isWaiting = false;
    limit.isGivenUp = true;
    this.#messageCount--;
    this.#pendingBytes -= data.length;
    if (++this.#givenUpCount > MAX_GIVEN_UP + this.#messageCount) this.#closeRanks();
  }

  /** What waits and may be given up, no order meant. */
  get limited(): OutboundMessage[] {
    const messages: OutboundMessage[] = [];
    for (const stream of this.#streams ?? []) {
      for (let message = stream?.first; message !== undefined; message = message.behind)
        if (message.limit?.isWaiting === true) messages.push(message);
    }
    return messages;
  }

  /** Payload bytes of one stream that no chunk carries yet: looks at every message of the stream. */
  pendingBytesOn(streamId: number): number {
    let bytes = 0;
    for (let message = this.#streams?.[streamId]?.first; message !== undefined; message = message.behind)
      if (message.limit?.isGivenUp !== true) bytes += message.data.length - message.sentBytes;
    return bytes;
  }

  /** Empties the queue; the messages are the caller's to report, in the order in which they would have been sent. */
  drain(): OutboundMessage[] {
    const messages: OutboundMessage[] = [];
    for (let message = this.peek(); message !== undefined; message = this.peek()) {
      messages.push(message);
      this.#take(this.#current as StreamQueue, 0, true);
    }
    this.#pendingBytes = 0;
    return messages;
  }

  /** SSNs begin anew on every stream; nothing must be queued. */
  reset(): void {
    assert(this.isEmpty, "SSNs begin anew while messages are queued");
    this.#streams = undefined;
    this.#scheduler = undefined;
    this.#current = undefined;
    this.#givenUpCount = 0;
  }

  #take(stream: StreamQueue, bytes: number, endOfMessage: boolean): void {
    if (endOfMessage) {
      const { limit } = stream.shift();
      if (limit !== undefined) limit.isWaiting = false;
      this.#messageCount--;
      this.#current = undefined;
    }
    this.#scheduler?.onTaken(stream, bytes, endOfMessage);
  }

  /** The places of what was given up go; what is half sent stays next. */
  #closeRanks(): void {
    const messages = this.drain();
    this.#scheduler = undefined;
    this.#streams?.forEach((stream) => {
      stream?.clear();
    });
    this.#givenUpCount = 0;
    for (const message of messages) this.push(message);
    const [first] = messages;
    if (first !== undefined && first.sentBytes > 0) this.#current = this.#stream(first.streamId);
  }

  #stream(streamId: number): StreamQueue {
    const stream = this.#streams?.[streamId];
    if (stream !== undefined) return stream;
    this.#streams ??= [];
    while (this.#streams.length <= streamId) this.#streams.push(undefined);
    const made = new StreamQueue(streamId);
    this.#streams[streamId] = made;
    return made;
  }
}
