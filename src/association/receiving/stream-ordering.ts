/**
 * Whole messages waiting for their turn in a stream (RFC 9260 6.6).
 * Owns: the number that each inbound stream expects next, and messages that came too early.
 * Does not own: fragments (message-assembler.ts), messages that are ready for the user (receive-buffer.ts), how many bits
 * the numbers have (sequence-space.ts).
 */

import type { SequenceSpace } from "../../base/sequence-space.ts";
import { tsnAdd, tsnGt } from "../../base/serial.ts";
import { TsnHeap } from "../../base/tsn-heap.ts";
import type { ReceivedMessage } from "../model/received-message.ts";
import type { WaitingMessage } from "./deferred-reset.ts";
import type { DeliveryOrder, ReceivedTsns } from "./message-assembler.ts";

interface InboundStream {
  nextSsn: number;
  /** The last TSNs of messages that came too early, by their numbers. */
  early: Map<number, number> | undefined;
  /**
   * It has begun anew behind this TSN, and its first number has not had its turn yet; undefined otherwise. Streams that never did
   * have no room for it: they are many.
   */
  beganBehindTsn?: number | undefined;
}

/** Messages that came too early. */
class EarlyMessages {
  readonly byLastTsn = new Map<number, ReceivedMessage>();
  readonly lastTsns: TsnHeap = new TsnHeap(this.byLastTsn);
  /** All TSNs of those whose TSNs are not consecutive, by the last one. */
  readonly scattered = new Map<number, readonly number[]>();
}

interface StreamOrderingInit {
  /** What the peer numbers the messages of a stream with, until `reset` names another. */
  readonly space: SequenceSpace;
  /** The least that a held message counts, however small it is. */
  readonly minChargeBytes: number;
  readonly tsns: OrderedTsns;
}

/** What is known of the TSNs that came, and how far they have come without a gap. */
interface OrderedTsns extends ReceivedTsns {
  readonly cumulativeTsn: number;
  /** Whether anybody asks which of them will not be taken back. */
  readonly tellsKept: boolean;
}

export class StreamOrdering implements DeliveryOrder {
  /** What messages that came too early count: their payload, and never less than a minimum for each. */
  heldBytes = 0;
  /** What the peer numbers the messages of a stream with. */
  space: SequenceSpace;
  readonly #tsns: OrderedTsns;
  #minChargeBytes: number;
  /** Streams exist from their first message on: 65,535 of them cost nothing until then. */
  #streams: Map<number, InboundStream> | undefined = undefined;
  /** Made for the first one that came too early: most associations never see any. */
  #held: EarlyMessages | undefined = undefined;

  constructor({ space, minChargeBytes, tsns }: StreamOrderingInit) {
    this.space = space;
    this.#minChargeBytes = minChargeBytes;
    this.#tsns = tsns;
  }

  /** Every stream begins at 0 again, and nothing is held. */
  reset(minChargeBytes: number, space: SequenceSpace): void {
    this.#minChargeBytes = minChargeBytes;
    this.space = space;
    this.heldBytes = 0;
    this.#streams = undefined;
    this.#held = undefined;
  }

  /** Whether the message with this number is the one that the stream waits for; always so for an unordered one. */
  isNext(streamId: number, sequenceNumber: number, unordered: boolean): boolean {
    return unordered || this.nextNumberOf(streamId) === sequenceNumber;
  }

  /** The number of the ordered message that a stream waits for. */
  nextNumberOf(streamId: number): number {
    return this.#streams?.get(streamId)?.nextSsn ?? 0;
  }

  /** Whether the stream has begun, or begun anew, and nothing of it has come since. */
  isAtStart(streamId: number): boolean {
    return this.nextNumberOf(streamId) === 0 && this.#streams?.get(streamId)?.early === undefined;
  }

  /** Counts an ordered message, or the last piece of one, as delivered. */
  advance(message: ReceivedMessage): void {
    const stream = this.#stream(message.streamId);
    stream.nextSsn = this.space.add(message.ssn, 1);
    if (stream.beganBehindTsn !== undefined) stream.beganBehindTsn = undefined;
  }

  /**
   * Keeps a message whose turn has not come.
   * @param lastTsn the highest of its TSNs
   * @param tsns all of them; undefined where they are consecutive
   * @returns false if its number has been delivered or is held already: the peer used it twice
   */
  hold(message: ReceivedMessage, lastTsn: number, tsns?: readonly number[]): boolean {
    const stream = this.#stream(message.streamId);
    if (!this.space.gt(message.ssn, stream.nextSsn) && !this.#fitsBefore(stream, message)) return false;
    stream.early ??= new Map();
    if (stream.early.has(message.ssn)) return false;
    stream.early.set(message.ssn, lastTsn);
    this.heldBytes += this.#charge(message);
    this.#held ??= new EarlyMessages();
    this.#held.byLastTsn.set(lastTsn, message);
    this.#held.lastTsns.onAdded(lastTsn);
    if (tsns !== undefined) this.#held.scattered.set(lastTsn, tsns);
    return true;
  }

  /** The message whose turn it now is in a stream, if it is held; it is no longer held then, and counts as delivered. */
  takeNext(streamId: number): ReceivedMessage | undefined {
    if (this.heldBytes === 0) return undefined;
    const stream = this.#streams?.get(streamId);
    const lastTsn = stream?.early?.get(stream.nextSsn);
    const message = this.#heldAt(lastTsn);
    if (stream === undefined || lastTsn === undefined || message === undefined) return undefined;
    this.#release(stream, message, lastTsn);
    stream.nextSsn = this.space.add(stream.nextSsn, 1);
    return message;
  }

  /**
   * The peer has given up what is missing in a stream up to a number (RFC 3758 3.6).
   * @param skippedTsnCount TSNs that are given up with it: what fits into them is no old number, be it half of their space ahead
   * @returns what was held up to there, in its order, and counts as delivered: `takeNext` gives what follows
   */
  skip(streamId: number, throughNumber: number, skippedTsnCount: number): readonly ReceivedMessage[] {
    const next = this.nextNumberOf(streamId);
    const distance = this.space.add(throughNumber, -next);
    if (distance > skippedTsnCount && !this.space.gt(throughNumber, next)) return [];
    const stream = this.#stream(streamId);
    stream.nextSsn = this.space.add(throughNumber, 1);
    if (stream.beganBehindTsn !== undefined) stream.beganBehindTsn = undefined;
    const early = stream.early;
    if (early === undefined) return [];
    const freed: ReceivedMessage[] = [];
    for (const number of this.#earlyThrough(early, next, distance)) {
      const lastTsn = early.get(number);
      const message = this.#heldAt(lastTsn);
      if (lastTsn === undefined || message === undefined) continue;
      this.#release(stream, message, lastTsn);
      freed.push(message);
    }
    return freed;
  }

  /**
   * Whether a number can be one of those that its stream began anew with: each message takes a TSN at least. What the peer gave up
   * before it heard of the reset it may tell of once more, by the old numbers.
   * @param throughTsn the last TSN that the message may have
   */
  isPossible(streamId: number, number: number, throughTsn: number): boolean {
    const behindTsn = this.#streams?.get(streamId)?.beganBehindTsn;
    return behindTsn === undefined || number < tsnAdd(throughTsn, -behindTsn);
  }

  /** Messages that came too early, no order meant. */
  get earlyMessages(): readonly ReceivedMessage[] {
    return [...(this.#held?.byLastTsn.values() ?? [])];
  }

  /** Streams that have had messages. */
  get streamIds(): readonly number[] {
    return [...(this.#streams?.keys() ?? [])];
  }

  /**
   * A stream begins at 0 again (RFC 6525 5.2.2 E3).
   * @param lastTsn what comes from now on lies behind it
   * @returns what was held, in its order: whatever it waited for will not come any more
   */
  restart(streamId: number, lastTsn: number): readonly ReceivedMessage[] {
    const stream = this.#streams?.get(streamId);
    if (stream === undefined) return [];
    const ahead = (number: number): number => this.space.add(number, -stream.nextSsn);
    const freed: ReceivedMessage[] = [];
    for (const [, lastTsn] of [...(stream.early ?? [])].sort(([a], [b]) => ahead(a) - ahead(b))) {
      const message = this.#heldAt(lastTsn);
      if (message === undefined) continue;
      this.#release(stream, message, lastTsn);
      freed.push(message);
    }
    stream.nextSsn = 0;
    stream.beganBehindTsn = lastTsn;
    return freed;
  }

  /** The numbers of what is held from one number on, up to `distance` beyond: in as few steps as either of them takes. */
  #earlyThrough(early: ReadonlyMap<number, number>, next: number, distance: number): number[] {
    const beyond = (number: number): number => this.space.add(number, -next);
    if (distance >= early.size)
      return [...early.keys()]
        .filter((number) => beyond(number) <= distance)
        .sort((a, b) => beyond(a) - beyond(b));
    const numbers: number[] = [];
    for (let step = 0; step <= distance; step++) numbers.push(this.space.add(next, step));
    return numbers;
  }

  /** The highest TSN of what is held. */
  get highestHeldTsn(): number | undefined {
    return this.#held?.lastTsns.highest;
  }

  /**
   * Gives up the message with the highest TSN, if all its TSNs are above `aboveTsn`, and takes them back: its data is to
   * come again.
   * @returns whether it did
   */
  drop(aboveTsn: number): boolean {
    const lastTsn = this.highestHeldTsn;
    const message = this.#heldAt(lastTsn);
    if (lastTsn === undefined || message === undefined || !tsnGt(message.tsn, aboveTsn)) return false;
    const scattered = this.#held?.scattered.get(lastTsn);
    if (scattered?.every((tsn) => tsnGt(tsn, aboveTsn)) === false) return false;
    this.#forget(this.#stream(message.streamId), message, lastTsn);
    if (scattered !== undefined) {
      for (const tsn of scattered) this.#tsns.remove(tsn);
      return true;
    }
    for (let tsn = message.tsn; !tsnGt(tsn, lastTsn); tsn = tsnAdd(tsn, 1)) this.#tsns.remove(tsn);
    return true;
  }

  #heldAt(lastTsn: number | undefined): ReceivedMessage | undefined {
    return lastTsn === undefined ? undefined : this.#held?.byLastTsn.get(lastTsn);
  }

  /**
   * Whether what is missing in the stream before a message fits into the TSNs that are missing before it. Numbers half of
   * their space ahead look like old ones, and a peer with many small messages out gets there.
   */
  #fitsBefore(stream: InboundStream, message: ReceivedMessage): boolean {
    const missingTsnCount = tsnAdd(message.tsn, -1 - this.#tsns.cumulativeTsn);
    return (
      this.space.add(message.ssn, -stream.nextSsn) <= missingTsnCount &&
      tsnGt(message.tsn, this.#tsns.cumulativeTsn)
    );
  }

  /** Its turn has come: it will not be given up any more. */
  #release(stream: InboundStream, message: ReceivedMessage, lastTsn: number): void {
    if (this.#tsns.tellsKept)
      keepAll({ message, lastTsn, tsns: this.#held?.scattered.get(lastTsn) }, this.#tsns);
    this.#forget(stream, message, lastTsn);
  }

  #forget(stream: InboundStream, message: ReceivedMessage, lastTsn: number): void {
    stream.early?.delete(message.ssn);
    if (stream.early?.size === 0) stream.early = undefined;
    this.heldBytes -= this.#charge(message);
    this.#held?.byLastTsn.delete(lastTsn);
    this.#held?.scattered.delete(lastTsn);
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

/** A message goes to the user: none of its TSNs will be taken back. */
export function keepAll({ message, lastTsn, tsns }: WaitingMessage, received: OrderedTsns): void {
  if (!tsnGt(lastTsn, received.cumulativeTsn)) return;
  if (tsns !== undefined) for (const tsn of tsns) received.keep(tsn);
  else for (let tsn = message.tsn; !tsnGt(tsn, lastTsn); tsn = tsnAdd(tsn, 1)) received.keep(tsn);
}
