/**
 * Fragments of I-DATA chunks on their way to becoming messages (RFC 8260 2.2.3).
 * Owns: fragments that arrived, by stream, U bit, MID and FSN; the check that they belong together; which messages the peer has
 * given up.
 * Does not own: which TSNs are new (tsn-tracker.ts), the order of messages in a stream (stream-ordering.ts), DATA
 * (data-assembler.ts).
 *
 * Nothing follows from a TSN but what may be taken back. Fragments of many messages come in any order; each costs a constant
 * number of steps. Of the messages of one stream the user has the beginning of one at most: a peer sends one after the other
 * (2.2.2), so that as many can be open as there are streams.
 */
import { MID_SPACE } from "../../base/sequence-space.ts";
import { tsnGt } from "../../base/serial.ts";
import { TsnHeap } from "../../base/tsn-heap.ts";
import type { UserDataChunk } from "../../chunks/user-data.ts";
import type { OpenDelivery } from "../model/events.ts";
import { messageKeyOf, type ReceivedMessage, wholeMessage } from "../model/received-message.ts";
import type {
  DeliveryOrder,
  MessageAssembler,
  ReceivedTsns,
  SkippedMessage,
  UnfinishedPart,
} from "./message-assembler.ts";

/** Which ordered message each stream waits for. */
interface StreamNumbers {
  nextNumberOf(streamId: number): number;
}

/** Of one message no more fragments can be in flight: from here on a number is taken for an old one (2.1). */
const HALF_SPACE = 0x8000_0000;
/** A mark of what was given up that lies so far behind is moved along, so that it never looks like one ahead. */
const MAX_MARK_DISTANCE = 0x4000_0000;

interface Fragment {
  readonly tsn: number;
  readonly number: number;
  readonly data: Uint8Array;
  readonly message: UnfinishedMessage;
}

class UnfinishedMessage {
  readonly streamId: number;
  readonly mid: number;
  readonly unordered: boolean;
  /** Of the first fragment, which may come last. */
  ppid = 0;
  /** The TSN of the first fragment; undefined until it has come. */
  firstTsn: number | undefined = undefined;
  /** Those that are held, by their numbers. */
  readonly fragments = new Map<number, Fragment>();
  payloadBytes = 0;
  /** The first fragment that the user does not have. */
  nextNumber = 0;
  highestNumber = 0;
  /** Of the last fragment; undefined until it has come. */
  endNumber: number | undefined = undefined;
  /** The user has the beginning. */
  isOpen = false;
  /** Its neighbours among those of its stream and order. */
  older: UnfinishedMessage | undefined = undefined;
  newer: UnfinishedMessage | undefined = undefined;

  constructor(streamId: number, mid: number, unordered: boolean) {
    this.streamId = streamId;
    this.mid = mid;
    this.unordered = unordered;
  }

  /** Whether all that the user does not have is held. */
  get isWhole(): boolean {
    if (this.endNumber === undefined || this.firstTsn === undefined) return false;
    return this.fragments.size === MID_SPACE.add(this.endNumber, 1 - this.nextNumber);
  }

  /** Whether a piece of it could go to the user. */
  get hasPiece(): boolean {
    return this.firstTsn !== undefined && this.fragments.has(this.nextNumber);
  }

  get delivery(): OpenDelivery {
    const { streamId, unordered, mid, firstTsn = 0 } = this;
    return { messageKey: messageKeyOf(firstTsn), streamId, unordered, ssn: mid };
  }

  /** Whether a new fragment contradicts those that came. */
  contradicts(number: number, isBeginning: boolean, isEnding: boolean): boolean {
    if (this.fragments.has(number)) return true;
    if (MID_SPACE.add(number, -this.nextNumber) >= HALF_SPACE) return true;
    const hasBegun = this.firstTsn !== undefined;
    if (isBeginning ? hasBegun : !hasBegun && number === 0) return true;
    if (this.endNumber === undefined) return isEnding && MID_SPACE.gt(this.highestNumber, number);
    return isEnding !== (number === this.endNumber) || MID_SPACE.gt(number, this.endNumber);
  }
}

/** The unfinished messages of one stream and order. Which is the oldest is known without a walk over those that have gone. */
class Siblings {
  readonly byMid = new Map<number, UnfinishedMessage>();
  oldest: UnfinishedMessage | undefined = undefined;
  #newest: UnfinishedMessage | undefined = undefined;

  add(message: UnfinishedMessage): void {
    this.byMid.set(message.mid, message);
    message.older = this.#newest;
    if (this.#newest === undefined) this.oldest = message;
    else this.#newest.newer = message;
    this.#newest = message;
  }

  delete(message: UnfinishedMessage): void {
    const { older, newer } = message;
    this.byMid.delete(message.mid);
    if (older === undefined) this.oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
  }
}

interface IDataAssemblerInit {
  /** The least that a fragment counts, however small it is. */
  readonly minChargeBytes: number;
  /** Memory for a whole message. */
  readonly allocate: (lengthBytes: number) => Uint8Array;
  /** A fragment that is given up takes its TSN with it. */
  readonly tsns: ReceivedTsns;
  readonly order: StreamNumbers;
}

export class IDataAssembler implements MessageAssembler {
  heldBytes = 0;
  completedTsn = 0;
  readonly #fragments = new Map<number, Fragment>();
  readonly #fragmentTsns: TsnHeap = new TsnHeap(this.#fragments);
  /** By stream and U bit. */
  readonly #unfinished = new Map<number, Siblings>();
  /** Messages of which the user has the beginning, by stream. */
  readonly #open = new Map<number, UnfinishedMessage>();
  /** Streams of which a piece may be there to be handed out. */
  readonly #promising = new Set<number>();
  /** The stream of the last fragment. */
  #lastStreamId = 0;
  /** The MIDs through which the peer has given up what is unfinished, by stream and U bit. */
  readonly #givenUpThrough = new Map<number, number>();
  /** The TSNs of the last message that was put together. */
  #completed: readonly number[] | undefined = undefined;
  readonly #minChargeBytes: number;
  readonly #allocate: (lengthBytes: number) => Uint8Array;
  readonly #tsns: ReceivedTsns;
  readonly #order: StreamNumbers;

  constructor({ minChargeBytes, allocate, tsns, order }: IDataAssemblerInit) {
    this.#minChargeBytes = minChargeBytes;
    this.#allocate = allocate;
    this.#tsns = tsns;
    this.#order = order;
  }

  get heldFragmentCount(): number {
    return this.#fragments.size;
  }
  get isEmpty(): boolean {
    return this.#fragments.size === 0 && this.#open.size === 0 && this.#givenUpThrough.size === 0;
  }
  get openDeliveries(): readonly OpenDelivery[] {
    return Array.from(this.#open.values(), ({ delivery }) => delivery);
  }
  get unfinishedParts(): readonly UnfinishedPart[] {
    const messages = [...this.#unfinished.values()].flatMap(({ byMid }) => [...byMid.values()]);
    return messages.flatMap(({ streamId, unordered, mid, payloadBytes, fragments }) => {
      const tsns = Array.from(fragments.values(), ({ tsn }) => tsn);
      if (tsns.length === 0) return []; // The user has all that came of it.
      const tsn = tsns.reduce((lowest, each) => (tsnGt(lowest, each) ? each : lowest));
      return [{ streamId, unordered, ssn: mid, tsn, payloadBytes }];
    });
  }
  get completedTsns(): readonly number[] | undefined {
    return this.#completed;
  }
  get highestHeldTsn(): number | undefined {
    return this.#fragmentTsns.highest;
  }

  add(chunk: UserDataChunk, payload: Uint8Array): ReceivedMessage | undefined | "violation" {
    const { tsn, streamId, isBeginning, isEnding, isUnordered, fragmentNumber } = chunk;
    const mid = chunk.sequenceNumber;
    const place = placeOf(streamId, isUnordered);
    this.#promising.add(streamId);
    this.#lastStreamId = streamId;
    if (this.isGivenUp(chunk)) return undefined;
    if (!isUnordered && MID_SPACE.gt(this.#order.nextNumberOf(streamId), mid)) return "violation";
    const known = this.#unfinished.get(place)?.byMid.get(mid);
    if (isBeginning && isEnding) {
      this.#completed = undefined;
      this.completedTsn = tsn;
      return known === undefined ? wholeMessage(chunk, payload) : "violation";
    }
    const message = known ?? new UnfinishedMessage(streamId, mid, isUnordered);
    if (message.contradicts(fragmentNumber, isBeginning, isEnding)) return "violation";
    if (known === undefined) this.#file(place, message);
    if (isBeginning) {
      message.firstTsn = tsn;
      message.ppid = chunk.ppid;
    }
    if (isEnding) message.endNumber = fragmentNumber;
    this.#keep({ tsn, number: fragmentNumber, data: payload, message });
    return message.isWhole ? this.#take(message, true) : undefined;
  }

  /** With a bound, of the stream that a fragment came on; without one, of any stream. */
  takePartial(_cumulativeTsn: number, order: DeliveryOrder, minBytes: number): ReceivedMessage | undefined {
    if (minBytes > 0) {
      const message = this.#candidate(this.#lastStreamId, order);
      if (message === undefined || (!message.isOpen && message.payloadBytes < minBytes)) return undefined;
      return this.#take(message, false);
    }
    for (const streamId of this.#promising) {
      const message = this.#candidate(streamId, order);
      if (message !== undefined) return this.#take(message, false);
      this.#promising.delete(streamId); // Until something comes on it again.
    }
    return undefined;
  }

  /** One fragment at a time. */
  drop(aboveTsn: number): boolean {
    const tsn = this.highestHeldTsn;
    const fragment = tsn === undefined ? undefined : this.#fragments.get(tsn);
    if (tsn === undefined || fragment === undefined || !tsnGt(tsn, aboveTsn)) return false;
    const { message } = fragment;
    this.#forget(fragment);
    if (message.firstTsn === tsn) message.firstTsn = undefined; // Where it ends stays known.
    if (message.fragments.size === 0 && !message.isOpen) this.#unfile(message);
    this.#tsns.remove(tsn);
    return true;
  }

  skip(
    _cumulativeTsn: number,
    _throughTsn: number,
    skipped: readonly SkippedMessage[],
  ): readonly OpenDelivery[] {
    const aborted: OpenDelivery[] = [];
    for (const { streamId, unordered = false, ssn } of skipped) {
      const place = placeOf(streamId, unordered);
      const mark = this.#givenUpThrough.get(place);
      if (mark === undefined || MID_SPACE.gt(ssn, mark)) this.#givenUpThrough.set(place, ssn);
      this.#promising.add(streamId);
      for (const message of this.#unfinished.get(place)?.byMid.values() ?? []) {
        if (MID_SPACE.gt(message.mid, ssn)) continue;
        if (message.isOpen) aborted.push(message.delivery);
        for (const fragment of message.fragments.values()) this.#forget(fragment);
        this.#unfile(message);
      }
    }
    return aborted;
  }

  restart(streamIds: readonly number[], lastTsn: number): readonly OpenDelivery[] {
    const aborted: OpenDelivery[] = [];
    const places = new Set([...this.#unfinished.keys(), ...this.#givenUpThrough.keys()]);
    for (const place of places) {
      if (streamIds.length > 0 && !streamIds.includes(place >>> 1)) continue;
      this.#givenUpThrough.delete(place);
      for (const message of [...(this.#unfinished.get(place)?.byMid.values() ?? [])]) {
        const fragments = [...message.fragments.values()];
        if (fragments.some(({ tsn }) => tsnGt(tsn, lastTsn))) continue;
        if (message.isOpen) aborted.push(message.delivery);
        for (const fragment of fragments) this.#forget(fragment);
        this.#unfile(message);
      }
    }
    return aborted;
  }

  onTurns(): void {
    for (const place of this.#unfinished.keys()) this.#promising.add(place >>> 1);
  }

  /** Whether a fragment is the rest of a message that was given up. */
  isGivenUp({ streamId, isUnordered, sequenceNumber: mid }: UserDataChunk): boolean {
    const place = placeOf(streamId, isUnordered);
    const mark = this.#givenUpThrough.get(place);
    if (mark === undefined) return false;
    if (!MID_SPACE.gt(mid, mark)) return true;
    if (MID_SPACE.add(mid, -mark) > MAX_MARK_DISTANCE)
      this.#givenUpThrough.set(place, MID_SPACE.add(mid, -MAX_MARK_DISTANCE));
    return false;
  }

  /** The message of a stream of which a piece may go to the user now. */
  #candidate(streamId: number, order: DeliveryOrder): UnfinishedMessage | undefined {
    const open = this.#open.get(streamId);
    if (open !== undefined) return open.hasPiece ? open : undefined;
    if (!order.isNext(streamId, this.#order.nextNumberOf(streamId), false)) return undefined;
    const next = this.#unfinished
      .get(placeOf(streamId, false))
      ?.byMid.get(this.#order.nextNumberOf(streamId));
    if (next?.hasPiece === true) return next;
    const oldest = this.#unfinished.get(placeOf(streamId, true))?.oldest;
    return oldest?.hasPiece === true ? oldest : undefined;
  }

  /** Hands out what there is from the first fragment on that the user does not have. */
  #take(message: UnfinishedMessage, complete: boolean): ReceivedMessage {
    const { streamId, mid, unordered, ppid, firstTsn = 0 } = message;
    const taken: Fragment[] = [];
    for (;;) {
      const fragment = message.fragments.get(message.nextNumber);
      if (fragment === undefined) break;
      taken.push(fragment);
      this.#forget(fragment);
      message.nextNumber = MID_SPACE.add(message.nextNumber, 1);
    }
    if (complete) this.#complete(message, taken);
    else {
      for (const { tsn } of taken) this.#tsns.keep(tsn);
      message.isOpen = true;
      this.#open.set(streamId, message);
    }
    return {
      data: this.#concatenate(taken),
      streamId,
      ppid,
      unordered,
      ssn: mid,
      tsn: taken[0]?.tsn ?? firstTsn,
      messageKey: messageKeyOf(firstTsn),
      endOfMessage: complete,
    };
  }

  #complete(message: UnfinishedMessage, taken: readonly Fragment[]): void {
    const tsns = taken.map(({ tsn }) => tsn);
    this.#completed = tsns;
    this.completedTsn = tsns.reduce((highest, tsn) => (tsnGt(tsn, highest) ? tsn : highest));
    this.#unfile(message);
  }

  #concatenate(fragments: readonly Fragment[]): Uint8Array {
    const [only] = fragments;
    if (only !== undefined && fragments.length === 1) return only.data;
    const data = this.#allocate(fragments.reduce((sum, { data: part }) => sum + part.length, 0));
    let at = 0;
    for (const { data: part } of fragments) {
      data.set(part, at);
      at += part.length;
    }
    return data;
  }

  #keep(fragment: Fragment): void {
    const { tsn, number, data, message } = fragment;
    if (message.fragments.size === 0 || MID_SPACE.gt(number, message.highestNumber))
      message.highestNumber = number;
    message.fragments.set(number, fragment);
    message.payloadBytes += data.length;
    this.#fragments.set(tsn, fragment);
    this.#fragmentTsns.onAdded(tsn);
    this.heldBytes += Math.max(data.length, this.#minChargeBytes);
  }

  #forget({ tsn, number, data, message }: Fragment): void {
    message.fragments.delete(number);
    message.payloadBytes -= data.length;
    this.#fragments.delete(tsn);
    this.heldBytes -= Math.max(data.length, this.#minChargeBytes);
  }

  #file(place: number, message: UnfinishedMessage): void {
    const siblings = this.#unfinished.get(place) ?? new Siblings();
    siblings.add(message);
    this.#unfinished.set(place, siblings);
  }

  #unfile(message: UnfinishedMessage): void {
    const { streamId, unordered, isOpen } = message;
    const place = placeOf(streamId, unordered);
    const siblings = this.#unfinished.get(place);
    siblings?.delete(message);
    if (siblings?.byMid.size === 0) this.#unfinished.delete(place);
    if (isOpen) this.#open.delete(streamId);
  }
}

/** Ordered and unordered messages of a stream are numbered by themselves (2.1). */
const placeOf = (streamId: number, unordered: boolean): number => 2 * streamId + (unordered ? 1 : 0);
