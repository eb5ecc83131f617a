/**
 * Messages that the user has handed over and that are not yet fully cut into chunks, all streams together.
 * Owns: the streams' queues, how much waits in them, that a message of DATA once begun is finished before another one begins
 * (RFC 9260 6.9: the TSNs of a message follow one another), and one of I-DATA before another one of its stream (RFC 8260 2.2.2).
 * Does not own: the messages and numbers of one stream (stream-queue.ts), which stream is next (stream-scheduler.ts), what waits
 * for the reset of a stream (stream-hold.ts), fragments that were sent (sent-log.ts), windows (outbound.ts).
 */
import { assert } from "../../base/assert.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import { DEFAULT_SHARE, type StreamShare } from "../model/stream-share.ts";
import { PausedScheduler } from "./paused-scheduler.ts";
import { StreamHold } from "./stream-hold.ts";
import { StreamQueue } from "./stream-queue.ts";
import type { StreamScheduler } from "./stream-scheduler.ts";

/** Places of messages that were given up may be so many more than messages wait. */
const MAX_GIVEN_UP = 64;
const NO_MESSAGES: readonly never[] = [];

export class SendQueue {
  #makeScheduler: () => StreamScheduler;
  /** Made with the first message: an association that only waits holds none. */
  #scheduler: StreamScheduler | undefined = undefined;
  /** By stream id, made on first use: 65,535 of them cost nothing until then. */
  #streams: (StreamQueue | undefined)[] | undefined = undefined;
  /** The stream whose turn it is: chosen when asked for, kept while its first message must be finished. */
  #current: StreamQueue | undefined = undefined;
  #isInterleaved = false;
  #messageCount = 0;
  /** Of the message that was queued last. */
  #lastPlace = 0;
  /** Places of messages that were given up. */
  #givenUpCount = 0;
  #pendingBytes = 0;
  /** Half-sent messages that may be given up. Made for the first one. */
  #halfSent: Set<OutboundMessage> | undefined = undefined;
  /** The newest last; undefined where there is none. */
  #holds: readonly StreamHold[] | undefined = undefined;

  /** @param makeScheduler one function for all associations that are served in the same order */
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

  /** Another order holds from now on, for what waits as well. */
  schedule(makeScheduler: () => StreamScheduler): void {
    if (makeScheduler === this.#makeScheduler) return;
    this.#makeScheduler = makeScheduler;
    this.#reschedule();
  }

  /** What share a stream gets, where the scheduler heeds it. */
  setShare(streamId: number, { priority, weight }: Partial<StreamShare>): void {
    const stream = this.#stream(streamId);
    stream.priority = priority ?? stream.priority;
    stream.weight = weight ?? stream.weight;
    this.#reschedule();
  }

  shareOf(streamId: number): StreamShare {
    return this.#streams?.[streamId] ?? DEFAULT_SHARE;
  }

  push(message: OutboundMessage): void {
    if (this.#holds !== undefined && this.#keepsBack(message)) return;
    const stream = this.#stream(message.streamId);
    message.place = ++this.#lastPlace;
    stream.push(message);
    this.#scheduler ??= this.#makeScheduler();
    this.#scheduler.onQueued(stream);
    if (message.limit !== undefined) message.limit.isWaiting = message.sentBytes === 0;
    this.#messageCount++;
    this.#pendingBytes += message.data.length - message.sentBytes;
    this.#chooseAnew();
  }

  /** The message to cut next; one of DATA stays here once its first fragment is out, until its last one is. */
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

  /** Takes `bytes` off the message that `peek` gave; at its first fragment it gets its number, after its last it leaves. */
  consume(message: OutboundMessage, bytes: number): void {
    const stream = this.#current;
    assert(stream?.first === message, "a message is cut that is not next");
    if (message.sentBytes === 0) {
      if (this.#isInterleaved) message.ssn = stream.takeMid(message.unordered);
      else if (!message.unordered) message.ssn = stream.takeSsn();
    }
    message.sentBytes += bytes;
    const isCut = message.sentBytes === message.data.length;
    if (message.limit !== undefined) {
      message.limit.isWaiting = false;
      if (!isCut) this.#halfSent = (this.#halfSent ?? new Set()).add(message);
    }
    this.#pendingBytes -= bytes;
    this.#take(stream, bytes, isCut);
  }

  /** Takes the message that `peek` gave, or what is left of one that is half sent, out of the queue. */
  drop(message: OutboundMessage): void {
    const stream = this.#streams?.[message.streamId];
    assert(stream?.first === message, "a message is dropped that is not next in its stream");
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

  /** Whether a message that waits, or is half sent, is such a one. */
  someMessage(isSuch: (message: OutboundMessage) => boolean): boolean {
    const isWaiting = (message: OutboundMessage): boolean =>
      message.limit?.isGivenUp !== true && isSuch(message);
    for (const stream of this.#streams ?? [])
      for (let message = stream?.first; message !== undefined; message = message.behind)
        if (isWaiting(message)) return true;
    return this.#holds?.some(({ messages }) => messages.some(isWaiting)) ?? false;
  }

  /** What waits and may be given up, no order meant. */
  get limited(): OutboundMessage[] {
    const messages: OutboundMessage[] = [];
    for (const stream of this.#streams ?? []) {
      for (let message = stream?.first; message !== undefined; message = message.behind)
        if (message.limit?.isWaiting === true) messages.push(message);
    }
    for (const hold of this.#holds ?? [])
      for (const message of hold.messages) if (message.limit?.isWaiting === true) messages.push(message);
    return messages;
  }

  /** What waits or is half sent, stream by stream; what waits for the reset of its stream comes last. */
  get waiting(): OutboundMessage[] {
    const messages: OutboundMessage[] = [];
    for (const stream of this.#streams ?? [])
      for (let message = stream?.first; message !== undefined; message = message.behind)
        messages.push(message);
    for (const hold of this.#holds ?? []) messages.push(...hold.messages);
    return messages.filter(({ limit }) => limit?.isGivenUp !== true);
  }

  /** Payload bytes of one stream that no chunk carries yet: looks at every message of the stream. */
  pendingBytesOn(streamId: number): number {
    let bytes = 0;
    for (let message = this.#streams?.[streamId]?.first; message !== undefined; message = message.behind)
      if (message.limit?.isGivenUp !== true) bytes += message.data.length - message.sentBytes;
    for (const hold of this.#holds ?? []) bytes += hold.bytesOn(streamId);
    return bytes;
  }

  /** What is half sent and may be given up; a message that is dropped meanwhile leaves it. */
  get halfSent(): Iterable<OutboundMessage> {
    return this.#halfSent ?? NO_MESSAGES;
  }

  /** New chunks of a packet must be of one stream, and `onPacketEnd` is to be called. */
  get isPerPacket(): boolean {
    return this.#scheduler?.isPerPacket === true;
  }

  /** No more goes into the packet at hand: that was the turn of its stream. */
  onPacketEnd(): void {
    this.#scheduler?.onPacketEnd?.();
    this.#chooseAnew();
  }

  /** Empties the queue; the messages are the caller's to report, in the order in which they would have been sent. */
  drain(): OutboundMessage[] {
    const messages = this.#drainStreams();
    for (const hold of this.#holds ?? [])
      for (const message of hold.take()) if (this.#leave(message)) messages.push(message);
    this.#pendingBytes = 0;
    return messages;
  }

  // ---- Streams that begin anew (RFC 6525) --------------------------------------------------------------------

  /** What is queued on these streams from now on waits until it is let go. @param streamIds undefined for all */
  hold(streamIds: readonly number[] | undefined): StreamHold {
    const hold = new StreamHold(streamIds);
    this.#holds = [...(this.#holds ?? []), hold];
    return hold;
  }

  /** Whether all that was queued on the streams before the hold has got its TSNs. */
  isDrained(hold: StreamHold): boolean {
    return hold.isDrained(this.#streams ?? []);
  }

  /** What a hold has kept back is queued now. */
  letGo(hold: StreamHold): void {
    const others = (this.#holds ?? []).filter((other) => other !== hold);
    this.#holds = undefined; // What was queued before another hold began is none of its business.
    for (const message of hold.take()) if (this.#leave(message)) this.push(message);
    this.#holds = others.length > 0 ? others : undefined;
  }

  /** Nothing is begun any more. What has been begun is finished. */
  pause(): void {
    if (this.#scheduler instanceof PausedScheduler) return;
    const behind = this.#scheduler ?? this.#makeScheduler();
    this.#scheduler = new PausedScheduler(behind, () => this.#halfSentStream());
    this.#chooseAnew();
  }

  /** Messages get their turns again. */
  resume(): void {
    if (this.#scheduler instanceof PausedScheduler) this.#scheduler = this.#scheduler.behind;
  }

  /** Whether a message has been begun, and not finished. */
  get isHalfSent(): boolean {
    return this.#halfSentStream() !== undefined;
  }

  /** Numbers begin anew. @param streamIds of these streams; undefined for all */
  restart(streamIds: readonly number[] | undefined): void {
    if (streamIds === undefined) for (const stream of this.#streams ?? []) stream?.restart();
    else for (const id of streamIds) this.#streams?.[id]?.restart();
  }

  /** Whether nothing is queued on these streams, and their numbers have not left 0. @param streamIds undefined for all */
  areAtStart(streamIds: readonly number[] | undefined): boolean {
    const isFresh = (stream: StreamQueue | undefined): boolean =>
      stream === undefined || (stream.isAtStart && stream.isDrained);
    const streams = this.#streams ?? [];
    return streamIds === undefined ? streams.every(isFresh) : streamIds.every((id) => isFresh(streams[id]));
  }

  /** Numbers begin anew on every stream; nothing must be queued. @param isInterleaved whether what follows goes in I-DATA */
  reset(isInterleaved: boolean): void {
    assert(this.isEmpty, "numbers begin anew while messages are queued");
    for (const stream of this.#streams ?? []) {
      stream?.closeRanks();
      stream?.restart();
    }
    this.#isInterleaved = isInterleaved;
    this.#scheduler = undefined;
    this.#current = undefined;
    this.#givenUpCount = 0;
    this.#holds = undefined;
  }

  /** Whether a message waits for the reset of its stream. */
  #keepsBack(message: OutboundMessage): boolean {
    const hold = this.#holds?.findLast((each) => each.covers(message.streamId));
    if (hold === undefined) return false;
    hold.keep(message);
    if (message.limit !== undefined) message.limit.isWaiting = message.sentBytes === 0;
    this.#messageCount++;
    this.#pendingBytes += message.data.length - message.sentBytes;
    return true;
  }

  /** A message is held no more. @returns false where it was given up meanwhile */
  #leave(message: OutboundMessage): boolean {
    if (message.limit?.isGivenUp === true) {
      this.#givenUpCount--; // It was counted off when it was given up.
      return false;
    }
    this.#messageCount--;
    this.#pendingBytes -= message.data.length - message.sentBytes;
    return true;
  }

  #drainStreams(): OutboundMessage[] {
    const messages: OutboundMessage[] = [];
    this.resume();
    for (let message = this.peek(); message !== undefined; message = this.peek()) {
      messages.push(message);
      this.#pendingBytes -= message.data.length - message.sentBytes;
      this.#take(this.#current as StreamQueue, 0, true);
    }
    return messages;
  }

  #take(stream: StreamQueue, bytes: number, endOfMessage: boolean): void {
    if (endOfMessage) {
      const message = stream.shift();
      if (message.limit !== undefined) {
        message.limit.isWaiting = false;
        this.#halfSent?.delete(message);
      }
      this.#messageCount--;
    }
    const endOfTurn = endOfMessage || this.#isInterleaved;
    if (endOfTurn) this.#current = undefined;
    this.#scheduler?.onTaken(stream, bytes, endOfMessage, endOfTurn);
  }

  /** Another stream may be next now, but not in the middle of a message of DATA: all that waited on this one may have gone. */
  #chooseAnew(): void {
    if (this.#isInterleaved || (this.#current?.first?.sentBytes ?? 0) === 0) this.#current = undefined;
  }

  /** The places of what was given up go. */
  #closeRanks(): void {
    for (const stream of this.#streams ?? []) stream?.closeRanks();
    for (const hold of this.#holds ?? []) hold.dropGivenUp();
    this.#givenUpCount = 0;
    this.#reschedule();
  }

  /** A new scheduler hears of all that waits, in the order in which the user gave it. */
  #reschedule(): void {
    if (this.#scheduler === undefined) return;
    const isPaused = this.#scheduler instanceof PausedScheduler;
    this.#scheduler = this.#makeScheduler();
    const waiting: OutboundMessage[] = [];
    for (const stream of this.#streams ?? [])
      for (let message = stream?.first; message !== undefined; message = message.behind)
        waiting.push(message);
    for (const { streamId } of waiting.sort((a, b) => a.place - b.place))
      this.#scheduler.onQueued(this.#stream(streamId));
    if (isPaused) this.pause();
    else this.#chooseAnew();
  }

  /** One of which the first message has been begun, and not finished. */
  #halfSentStream(): StreamQueue | undefined {
    const isHalfSent = (stream: StreamQueue | undefined): boolean => (stream?.first?.sentBytes ?? 0) > 0;
    if (this.#isInterleaved) return this.#streams?.find(isHalfSent);
    return isHalfSent(this.#current) ? this.#current : undefined;
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
