/**
 * The receiving half of an association: from chunks of user data to messages, and to the SACKs that acknowledge them. It
 * lives as long as its association: what the two sides agree on, at first or when the peer restarts, begins it anew.
 * Owns: the wiring of the TSN tracker, assembler, stream ordering, delivery gate, receive buffer and SACK policy; how many
 * streams the peer may use; that streams begin anew at the right TSN.
 * Does not own: what each of them does; packets; the association's state.
 */

import type { AssociationOptions } from "../../base/options.ts";
import { MID_SPACE, SSN_SPACE } from "../../base/sequence-space.ts";
import { tsnAdd, tsnDiff, tsnGt } from "../../base/serial.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import type { PacketWriter } from "../../chunks/packet-writer.ts";
import type { UserDataChunk } from "../../chunks/user-data.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { OpenDelivery } from "../model/events.ts";
import { type ReceivedMessage, wholeMessage } from "../model/received-message.ts";
import { DataAssembler } from "./data-assembler.ts";
import {
  DeferredReset,
  type ResetListener,
  type Waiting,
  type WaitingMessage,
  type WaitingSkip,
} from "./deferred-reset.ts";
import { DeliveryGate } from "./delivery-gate.ts";
import { IDataAssembler } from "./i-data-assembler.ts";
import type { DeliveryOrder, MessageAssembler, SkippedMessage, UnfinishedPart } from "./message-assembler.ts";
import { type BufferGrowth, ReceiveBuffer } from "./receive-buffer.ts";
import { SackPolicy } from "./sack-policy.ts";
import { keepAll, StreamOrdering } from "./stream-ordering.ts";
import { TsnTracker, TsnVerdict } from "./tsn-tracker.ts";

/** What became of a chunk of user data. */
export type DataVerdict =
  | "accepted"
  /** Accepted, and the last one missing of a message in fragments. */
  | "completed"
  | "duplicate"
  | "invalid-stream"
  | "too-far-ahead"
  | "no-room"
  | "violation";

/** A held payload that keeps a datagram of so many times its size in memory is copied out of it. */
const PINNING_FACTOR = 4;
/** Ready messages beyond this number mean a slow reader, whose backlog must not pin whole datagrams either. */
const SLOW_READER_MESSAGES = 64;
/** Small payloads are copied out of datagrams above this size in any case: even a few of these are too much to pin. */
const LARGE_DATAGRAM_BYTES = 4_096;

/** What has come and the user has not been given, by what it waits for. */
export interface Holdings {
  /** For the user. */
  readonly ready: readonly ReceivedMessage[];
  /** For the rest of a message of which the user has the beginning. */
  readonly behindPieces: readonly ReceivedMessage[];
  /** For earlier messages of their streams. */
  readonly early: readonly ReceivedMessage[];
  /** For their streams to begin anew. */
  readonly behindReset: readonly ReceivedMessage[];
  /** For their other fragments. */
  readonly unfinished: readonly UnfinishedPart[];
}

const NO_DELIVERIES: readonly never[] = [];
const NO_TURNS: DeliveryOrder = { isNext: () => false };

interface InboundInit {
  readonly options: AssociationOptions;
  /** Memory for a message that came in fragments. */
  readonly allocate: (lengthBytes: number) => Uint8Array;
}

/** What the peer and this side have agreed on. */
interface InboundTerms {
  /** The peer's Initial TSN. */
  readonly initialTsn: number;
  /** Streams that the peer may use. */
  readonly streamCount: number;
  /** User data comes in I-DATA (RFC 8260 2.2.1). */
  readonly isInterleaved: boolean;
  /** It is acknowledged by NR-SACKs (draft-tuexen-tsvwg-sctp-multipath 4.1). */
  readonly tellsKept: boolean;
}

export class Inbound implements TimedPart {
  readonly tsns: TsnTracker;
  readonly sackPolicy: SackPolicy;
  readonly buffer: ReceiveBuffer;
  /** Chunks of user data that were new. */
  acceptedChunkCount = 0;
  /** Made for the first fragment: most idle associations never saw one, and its maps are a quarter of their memory. */
  #assembler: MessageAssembler | undefined = undefined;
  readonly #ordering: StreamOrdering;
  readonly #gate: DeliveryGate;
  #options: AssociationOptions;
  readonly #allocate: (lengthBytes: number) => Uint8Array;
  /** What the peer agreed to; undefined before `reset`. */
  #streamCount: number | undefined = undefined;
  /** Made once the user has read enough for it (procedures/receive-buffer-growth.ts). */
  growth: BufferGrowth | undefined = undefined;
  /** What is to begin anew once everything from before has come. */
  #deferred: DeferredReset | undefined = undefined;
  /** Payload bytes accepted since the last SACK. */
  #unreportedBytes = 0;
  /** Of any chunk so far: the peer may send no less at a time. */
  #largestPayloadBytes = 0;

  /** What it is told before the first `reset` is without a meaning: nothing has been agreed on. */
  constructor({ options, allocate }: InboundInit) {
    const { minReceiveChargeBytes } = options;
    this.tsns = new TsnTracker(0, options.maxDuplicateTsnsReported);
    this.sackPolicy = new SackPolicy(options.sackDelayMs, options.sackFrequencyPackets);
    this.buffer = new ReceiveBuffer(options.receiveBufferBytes, minReceiveChargeBytes);
    this.#gate = new DeliveryGate(options.interleavedDelivery, this.buffer);
    this.#ordering = new StreamOrdering({
      space: SSN_SPACE,
      minChargeBytes: minReceiveChargeBytes,
      tsns: this.tsns,
    });
    this.#allocate = allocate;
    this.#options = options;
  }

  /** Begins anew; messages that were acknowledged and that the user has not taken stay, ahead of new ones. */
  reset({ initialTsn, streamCount, isInterleaved, tellsKept }: InboundTerms): void {
    const { maxDuplicateTsnsReported, minReceiveChargeBytes } = this.#options;
    this.stopAwaitingNumbers();
    this.growth?.onRestart();
    const undelivered = this.#takeUndelivered();
    this.tsns.reset(initialTsn, maxDuplicateTsnsReported, tellsKept);
    this.sackPolicy.reset();
    this.buffer.reset(minReceiveChargeBytes);
    this.#gate.reset();
    this.#ordering.reset(minReceiveChargeBytes, isInterleaved ? MID_SPACE : SSN_SPACE);
    this.#openGate();
    this.#assembler = undefined;
    this.#deferred = undefined;
    this.acceptedChunkCount = 0;
    this.#unreportedBytes = 0;
    this.#largestPayloadBytes = 0;
    this.#streamCount = streamCount;
    for (const message of undelivered) this.buffer.push(message);
  }

  setOptions(options: AssociationOptions): void {
    this.#options = options;
    this.sackPolicy.configure(options.sackDelayMs, options.sackFrequencyPackets);
    if (this.growth === undefined) this.buffer.capacityBytes = options.receiveBufferBytes;
    this.#openGate();
    this.#countHeld();
    if (this.buffer.windowUpdateDue) this.sackPolicy.sendNow();
  }

  /** User data comes in I-DATA, and not in DATA: then MIDs number the messages. */
  get isInterleaved(): boolean {
    return this.#ordering.space === MID_SPACE;
  }

  /** Where messages come interleaved, none can wait for the last piece of another one. */
  #openGate(): void {
    this.#gate.setInterleaved(this.isInterleaved || this.#options.interleavedDelivery);
  }

  /** When a delayed SACK is due. */
  get deadlineMs(): number {
    return this.sackPolicy.deadlineMs;
  }

  get timer(): TimerName {
    return "delayed-sack";
  }

  onTimeout(nowMs: number): void {
    this.sackPolicy.onTimeout(nowMs);
  }

  /** Streams that the peer may use; before the agreement, those that are offered to it. */
  get streamCount(): number {
    return this.#streamCount ?? this.#options.maxInboundStreams;
  }

  /**
   * Whether a SACK would say what a cumulative acknowledgement alone cannot: gaps, duplicates, or news of the window, where
   * the peer may soon believe it closed: by its own account it has used up half of what it was told of.
   */
  get hasSackNews(): boolean {
    const { hasGaps, duplicateCount } = this.tsns;
    return hasGaps || duplicateCount > 0 || this.#unreportedBytes * 2 >= this.buffer.lastAdvertisedBytes;
  }

  /**
   * Takes one chunk that has user data. Every verdict but "violation" leads to an acknowledgement.
   *
   * Hot: what is seldom needed stands in functions of its own, for V8 inlines neither into nor from a long one.
   */
  onData(chunk: UserDataChunk, datagram: Uint8Array): DataVerdict {
    const { tsn, streamId } = chunk;
    const refusal = this.#refusalOf(chunk);
    if (refusal !== undefined) return this.#refuse(refusal);
    if (streamId >= this.streamCount) {
      this.#acknowledge(tsn, chunk); // RFC 9260 6.5: acknowledged like any other, then discarded.
      return "invalid-stream";
    }
    // What is true of a fragment is true of the message that it completes.
    const isNext = this.#ordering.isNext(streamId, chunk.sequenceNumber, chunk.isUnordered);
    const message = this.#assemble(chunk, datagram, isNext);
    if (message === "violation") return message;
    const isHeld = message === undefined || (this.#deferred !== undefined && this.#isKept(message, chunk));
    if (!isHeld) {
      if (isNext) {
        this.#gate.deliver(message);
        this.#deliverFollowers(message);
      } else if (!this.#hold(message, chunk)) return "violation";
    }
    this.#countHeld();
    this.acceptedChunkCount++;
    this.#acknowledge(tsn, chunk);
    if (this.tsns.tellsKept && !isHeld && isNext) keepAll(this.#waiting(message, chunk), this.tsns);
    if (this.#deferred !== undefined && !this.#reviewDeferred()) return "violation";
    if (this.#assembler !== undefined) this.#passPieces(this.#assembler);
    return message === undefined || (chunk.isBeginning && chunk.isEnding) ? "accepted" : "completed";
  }

  #refuse(verdict: DataVerdict): DataVerdict {
    this.sackPolicy.requestNow();
    return verdict;
  }

  /** Why a chunk is not taken now; undefined where it is. */
  #refusalOf(chunk: UserDataChunk): DataVerdict | undefined {
    const { tsn } = chunk;
    const verdict = this.tsns.classify(tsn);
    if (verdict === TsnVerdict.Duplicate) return "duplicate";
    if (verdict === TsnVerdict.TooFarAhead) return "too-far-ahead";
    if (!this.#makeRoom(tsn, chunk.payloadBytes)) return "no-room";
    // Fragments of I-DATA find one another by their numbers, and those are about to begin anew: they are to come again.
    return this.#deferred !== undefined && this.#isNumberedAnew(chunk, this.#deferred)
      ? "no-room"
      : undefined;
  }

  /**
   * The peer has given up what is missing up to a TSN (RFC 3758 3.6): it counts as received, unfinished messages are dropped,
   * and what has waited for it goes to the user.
   * @param told the last message of each stream that was given up; of I-DATA, ordered and unordered ones apart
   * @returns the messages of which the user has the beginning, and that will not be ended
   */
  skip(throughTsn: number, told: readonly SkippedMessage[]): readonly OpenDelivery[] {
    if (!tsnGt(throughTsn, this.tsns.cumulativeTsn)) {
      this.sackPolicy.requestNow(); // Out of date: maybe the last SACK was lost.
      return NO_DELIVERIES;
    }
    const aborted = this.#passOver(throughTsn, told);
    if (this.#deferred !== undefined) this.#reviewDeferred();
    if (this.#assembler !== undefined) this.#passPieces(this.#assembler);
    return aborted;
  }

  #passOver(throughTsn: number, told: readonly SkippedMessage[]): readonly OpenDelivery[] {
    const { cumulativeTsn } = this.tsns;
    const skipped = (this.isInterleaved ? lastOfEach(told, this.streamCount) : told).filter(
      ({ streamId, ssn, unordered }) =>
        unordered === true || this.#ordering.isPossible(streamId, ssn, throughTsn),
    );
    // The rest of a message that was given up may still come: somebody must know it then.
    if (this.isInterleaved ? skipped.length > 0 : !this.tsns.has(throughTsn)) this.#assemblerInUse();
    const aborted = this.#assembler?.skip(cumulativeTsn, throughTsn, skipped) ?? NO_DELIVERIES;
    const hadGaps = this.tsns.hasGaps;
    const skippedTsnCount = tsnDiff(throughTsn, cumulativeTsn);
    this.tsns.skip(throughTsn);
    for (const { messageKey } of aborted) this.#gate.abort(messageKey);
    for (const { streamId, ssn, unordered } of skipped) {
      if (streamId >= this.streamCount || unordered === true) continue;
      const skip = { streamId, throughNumber: ssn, tsnCount: skippedTsnCount, lastTsn: throughTsn };
      // Nothing gets a new number before the peer has been answered: what it has given up by now has an old one.
      if (this.#deferred?.awaitsNumbers !== true || !this.#deferred.keepsSkip(skip)) this.#skipIn(skip);
    }
    if (hadGaps || this.tsns.hasGaps) this.sackPolicy.requestNow();
    this.#countHeld();
    return aborted;
  }

  // ---- Streams that begin anew (RFC 6525) --------------------------------------------------------------------

  /** The peer has more outbound streams now (5.2.5). */
  addStreams(count: number): void {
    this.#streamCount = this.streamCount + count;
  }

  /** Whether streams have had no ordered message since they last began. @param streamIds none: all */
  areAtStart(streamIds: readonly number[]): boolean {
    const ids = streamIds.length > 0 ? streamIds : this.#ordering.streamIds;
    return ids.every((id) => this.#ordering.isAtStart(id));
  }

  /** Whether a reset waits for TSNs from before it. */
  get isResetDeferred(): boolean {
    return this.#deferred !== undefined;
  }

  /**
   * Resets streams once everything up to a TSN has come (5.2.2 E2 to E4); no other reset may be deferred.
   * @param streamIds none: all
   * @param onReset called once, when it is done: maybe before this returns; it is told of messages that were cut
   */
  resetAt(lastTsn: number, streamIds: readonly number[], onReset: ResetListener): void {
    this.#defer(lastTsn, streamIds, onReset);
    this.#reviewDeferred();
  }

  /** This side has asked for a reset of all numbers: what comes until the answer may be numbered anew; it waits for that. */
  awaitNewNumbers(): void {
    this.#defer(undefined, [], () => {});
  }

  /**
   * There will be no answer any more. What has been acknowledged is delivered all the same: in its turn by the old numbers, or else
   * by the new ones, in the order in which it was sent.
   */
  stopAwaitingNumbers(): void {
    if (this.#deferred?.awaitsNumbers !== true) return;
    const waiting = this.#deferred.take().sort((a, b) => tsnDiff(a.lastTsn, b.lastTsn));
    this.#deferred = undefined;
    for (const each of waiting) {
      const isNew = !this.#take(each) && !tsnGt(each.lastTsn, this.tsns.cumulativeTsn);
      if (isNew && "message" in each) this.#gate.deliver(each.message);
    }
    this.#onTurns();
  }

  /** There will be none: what has waited is as ever. */
  keepNumbers(): void {
    const waiting = this.#deferred?.take() ?? [];
    this.#deferred = undefined;
    for (const each of waiting) this.#take(each);
    this.#onTurns();
  }

  /**
   * The peer has reset all numbers, as this side asked (5.2.7 H5).
   * @param nextTsn of its next DATA
   * @returns the messages of which the user has the beginning, and that will not be ended
   */
  takeNewNumbers(nextTsn: number): readonly OpenDelivery[] {
    const lastTsn = tsnAdd(nextTsn, -1);
    const before = this.#deferred?.setLastTsn(lastTsn) ?? [];
    const after = this.#deferred?.take() ?? [];
    this.#deferred = undefined;
    for (const each of before) this.#take(each);
    const open = this.openDeliveries;
    // Some of what is numbered anew may have come before the answer. Else what is half sent will not be ended, be its last TSN there.
    if (!tsnGt(this.tsns.cumulativeTsn, lastTsn)) this.#passOver(lastTsn, []);
    this.#restart([], lastTsn, after);
    const left = new Set(this.openDeliveries.map(({ messageKey }) => messageKey));
    return open.filter(({ messageKey }) => !left.has(messageKey));
  }

  /**
   * All numbers of the peer begin anew, as it has asked (5.2.4 G4, G5): nothing from before will come.
   * @returns the messages of which the user has the beginning, and that will not be ended
   */
  renumber(nextTsn: number): readonly OpenDelivery[] {
    const aborted = this.openDeliveries;
    this.#assembler = undefined;
    for (const { messageKey } of aborted) this.#gate.abort(messageKey);
    this.tsns.reset(nextTsn, this.#options.maxDuplicateTsnsReported);
    this.#restart([], tsnAdd(nextTsn, -1), []);
    return aborted;
  }

  /** Appends the SACK, or the NR-SACK, that describes this moment. */
  writeSack(writer: PacketWriter): boolean {
    if (!writer.appendSack(this.tsns, this.buffer.advertise(), this.#options.maxGapBlocksReported))
      return false;
    this.#unreportedBytes = 0;
    this.tsns.clearDuplicates();
    this.sackPolicy.onSackSent();
    return true;
  }

  /** The user has taken a message out of the buffer. */
  onTaken(): void {
    this.#relieve();
    if (this.buffer.windowUpdateDue || this.#waitsForPeer) this.sackPolicy.sendNow();
  }

  /** Messages whose beginning the user has, or will have, and whose end has not come. */
  get openDeliveries(): readonly OpenDelivery[] {
    return this.#assembler?.openDeliveries ?? [];
  }

  /** All that is held, put together for whoever looks. */
  get holdings(): Holdings {
    return {
      ready: this.buffer.ready,
      behindPieces: this.#gate.waiting,
      early: this.#ordering.earlyMessages,
      behindReset: this.#deferred?.messages ?? [],
      unfinished: this.#assembler?.unfinishedParts ?? [],
    };
  }

  /** Streams on which something has come in order, or too early. */
  get streamIds(): readonly number[] {
    return this.#ordering.streamIds;
  }

  /** The number of the ordered message that a stream waits for. */
  nextNumberOf(streamId: number): number {
    return this.#ordering.nextNumberOf(streamId);
  }

  compact(): void {
    this.tsns.compact();
    if (this.#assembler?.isEmpty === true) this.#assembler = undefined;
  }

  /** A chunk of I-DATA is known to have a number of those that are to come. */
  #isNumberedAnew(chunk: UserDataChunk, reset: DeferredReset): boolean {
    const { tsn, streamId, isUnordered, sequenceNumber } = chunk;
    if (!this.isInterleaved || streamId >= this.streamCount) return false;
    if (!reset.awaitsNumbers) return reset.isBehind(tsn, streamId);
    // What the old number says was given up may be another message with a new one.
    if (this.#assembler?.isGivenUp(chunk) === true) return true;
    return !isUnordered && MID_SPACE.gt(this.#ordering.nextNumberOf(streamId), sequenceNumber);
  }

  #defer(lastTsn: number | undefined, streamIds: readonly number[], onReset: ResetListener): void {
    const { minReceiveChargeBytes: minChargeBytes } = this.#options;
    this.#deferred = new DeferredReset({ streamIds, lastTsn, minChargeBytes, onReset });
  }

  /** @returns false if what had waited contradicts itself */
  #reviewDeferred(): boolean {
    const deferred = this.#deferred;
    if (deferred?.isDue(this.tsns.cumulativeTsn) !== true) return true;
    this.#deferred = undefined;
    return this.#restart(deferred.streamIds, this.tsns.cumulativeTsn, deferred.take(), deferred.onReset);
  }

  /**
   * Streams begin at 0; what the old numbers kept waiting goes out before.
   * @param streamIds none: all
   * @param lastTsn of what has old numbers
   * @param waiting what has come of the new ones
   * @param onReset called between the two
   */
  #restart(
    streamIds: readonly number[],
    lastTsn: number,
    waiting: readonly Waiting[],
    onReset: ResetListener = () => {},
  ): boolean {
    for (const id of streamIds.length > 0 ? streamIds : this.#ordering.streamIds)
      for (const message of this.#ordering.restart(id, lastTsn)) this.#gate.deliver(message);
    const aborted = this.#assembler?.restart(streamIds, lastTsn) ?? NO_DELIVERIES;
    for (const { messageKey } of aborted) this.#gate.abort(messageKey);
    onReset(aborted);
    let isSound = true;
    for (const each of waiting) isSound = this.#take(each) && isSound;
    this.#onTurns();
    return isSound;
  }

  /** What has waited for numbers is in its place: others may have their turn. */
  #onTurns(): void {
    this.#assembler?.onTurns();
    this.#countHeld();
    this.#relieve();
  }

  /** A whole message takes its place in its stream. @returns false if its number was used before */
  #take(waiting: Waiting): boolean {
    if (!("message" in waiting)) {
      this.#skipIn(waiting);
      return true;
    }
    const { message, lastTsn, tsns } = waiting;
    if (!this.#ordering.isNext(message.streamId, message.ssn, message.unordered))
      return this.#ordering.hold(message, lastTsn, tsns);
    if (this.tsns.tellsKept) keepAll(waiting, this.tsns);
    this.#gate.deliver(message);
    this.#deliverFollowers(message);
    return true;
  }

  /** What is missing of a stream up to a number will not come. */
  #skipIn({ streamId, throughNumber, tsnCount }: WaitingSkip): void {
    for (const message of this.#ordering.skip(streamId, throughNumber, tsnCount)) this.#gate.deliver(message);
    this.#deliverHeld(streamId);
  }

  #acknowledge(tsn: number, chunk: UserDataChunk): void {
    const hadGaps = this.tsns.hasGaps;
    this.tsns.add(tsn);
    this.buffer.onAccepted(chunk.payloadBytes);
    if (chunk.payloadBytes > this.#largestPayloadBytes) this.#largestPayloadBytes = chunk.payloadBytes;
    this.#unreportedBytes += chunk.payloadBytes;
    // RFC 9260 6.7: at once while there is a gap, and when one has just been filled.
    if (hadGaps || this.tsns.hasGaps || chunk.isImmediate) this.sackPolicy.requestNow();
  }

  /** The message that the chunk is, or completes; undefined while others of its fragments are missing. */
  #assemble(
    chunk: UserDataChunk,
    datagram: Uint8Array,
    isNext: boolean,
  ): ReceivedMessage | "violation" | undefined {
    const whole = chunk.isBeginning && chunk.isEnding;
    const payload = this.#payload(chunk, datagram, whole && isNext);
    return whole && this.#assembler?.isEmpty !== false
      ? wholeMessage(chunk, payload)
      : this.#assemblerInUse().add(chunk, payload);
  }

  #assemblerInUse(): MessageAssembler {
    this.#assembler ??= this.#newAssembler();
    return this.#assembler;
  }

  #newAssembler(): MessageAssembler {
    const minChargeBytes = this.#options.minReceiveChargeBytes;
    const init = { minChargeBytes, allocate: this.#allocate, tsns: this.tsns };
    return this.isInterleaved
      ? new IDataAssembler({ ...init, order: this.#ordering })
      : new DataAssembler(init);
  }

  /** Keeps a message until its turn in its stream; false if its number was used before. */
  #hold(message: ReceivedMessage, chunk: UserDataChunk): boolean {
    const { lastTsn, tsns } = this.#waiting(message, chunk);
    return this.#ordering.hold(message, lastTsn, tsns);
  }

  /** @param chunk that the message is, or that completed it */
  #waiting(message: ReceivedMessage, { isBeginning, isEnding }: UserDataChunk): WaitingMessage {
    if ((isBeginning && isEnding) || this.#assembler === undefined)
      return { message, lastTsn: message.tsn, tsns: undefined };
    const { completedTsn, completedTsns } = this.#assembler;
    return { message, lastTsn: completedTsn, tsns: completedTsns };
  }

  /** Whether a whole message waits for its stream to begin anew. */
  #isKept(message: ReceivedMessage, chunk: UserDataChunk): boolean {
    return this.#deferred?.keeps(this.#waiting(message, chunk)) === true;
  }

  /** Gives those to the user that have waited for a message. */
  #deliverFollowers(message: ReceivedMessage): void {
    if (message.unordered) return;
    this.#ordering.advance(message);
    this.#deliverHeld(message.streamId);
  }

  /** Those whose turn it is now in a stream. */
  #deliverHeld(streamId: number): void {
    let next = this.#ordering.takeNext(streamId);
    while (next !== undefined) {
      this.#gate.deliver(next);
      next = this.#ordering.takeNext(streamId);
    }
  }

  /** Whose turn it is to go out in pieces: while it is not known which numbers hold, no message begins to. */
  get #turns(): DeliveryOrder {
    return this.#deferred?.awaitsNumbers === true ? NO_TURNS : this.#ordering;
  }

  /** RFC 6458 8.1.21: an unfinished message goes out in pieces once it is past the point; or else to make room. */
  #passPieces(assembler: MessageAssembler): void {
    const pointBytes = this.#options.partialDeliveryPointBytes;
    if (pointBytes !== 0) this.#deliverPiece(assembler, pointBytes + 1);
    this.#relieve();
  }

  /** @param minBytes what is shorter waits for the rest of it */
  #deliverPiece(assembler: MessageAssembler, minBytes: number): void {
    const piece = assembler.takePartial(this.tsns.cumulativeTsn, this.#turns, minBytes);
    if (piece === undefined) return;
    this.#gate.deliver(piece);
    this.#countHeld();
  }

  /** The chunk's payload, in the datagram's memory unless that would keep far more of it alive than it is worth. */
  #payload(chunk: UserDataChunk, datagram: Uint8Array, isNext: boolean): Uint8Array {
    const { payloadStart, payloadBytes } = chunk;
    const end = payloadStart + payloadBytes;
    const stays =
      !isNext || this.buffer.readyCount > SLOW_READER_MESSAGES || datagram.length > LARGE_DATAGRAM_BYTES;
    return stays && payloadBytes * PINNING_FACTOR < datagram.length
      ? Uint8Array.prototype.slice.call(datagram, payloadStart, end)
      : datagram.subarray(payloadStart, end);
  }

  /**
   * Whether a new TSN may be accepted. With the window closed nothing beyond the highest TSN is; what lies below it
   * displaces what was received out of order (RFC 9260 6.2).
   */
  #makeRoom(tsn: number, payloadBytes: number): boolean {
    const committedBytes = this.growth?.committedBytes ?? this.buffer.capacityBytes;
    // What waits behind a half-delivered message must leave room for the pieces that end it.
    if (this.#gate.heldBytes * 2 > committedBytes && tsnGt(tsn, this.tsns.highestTsn)) return false;
    // So must what waits behind a reset for what comes before it.
    if (this.#deferred?.isBounded === true && this.#deferred.heldBytes * 2 > committedBytes)
      if (tsnGt(tsn, this.tsns.highestTsn)) return false;
    return this.#hasRoom(payloadBytes, committedBytes) || this.#displace(tsn, payloadBytes, committedBytes);
  }

  #hasRoom(payloadBytes: number, committedBytes: number): boolean {
    return !this.buffer.isClosedTo(payloadBytes, committedBytes) && this.#hasFragmentRoom;
  }

  #displace(tsn: number, payloadBytes: number, committedBytes: number): boolean {
    this.#relieve();
    if (this.#hasRoom(payloadBytes, committedBytes)) return true;
    if (tsnGt(tsn, this.tsns.highestTsn)) return false;
    while (this.buffer.freeBytes < payloadBytes || !this.#hasFragmentRoom) {
      if (!this.#renege(tsn)) break;
    }
    return this.buffer.freeBytes > 0 && this.#hasFragmentRoom;
  }

  get #hasFragmentRoom(): boolean {
    if (this.#assembler === undefined) return true;
    return this.#assembler.heldFragmentCount < this.#options.maxReassemblyFragments;
  }

  /** Drops the highest TSN held above `tsn`, with the message or the fragments around it; false if there is none. */
  #renege(tsn: number): boolean {
    const ofMessages = this.#ordering.highestHeldTsn;
    const ofFragments = this.#assembler?.highestHeldTsn;
    const isMessage =
      ofMessages !== undefined && (ofFragments === undefined || tsnGt(ofMessages, ofFragments));
    const dropped =
      (isMessage ? this.#ordering.drop(tsn) : this.#assembler?.drop(tsn) === true) ||
      // Of messages whose TSNs are scattered the other one may lie above where this does not.
      (this.isInterleaved && (isMessage ? this.#assembler?.drop(tsn) === true : this.#ordering.drop(tsn)));
    if (dropped) this.#countHeld();
    return dropped;
  }

  /** The user has taken all that there is, and the peer believes that there is no room for a chunk of its own: there is. */
  get #waitsForPeer(): boolean {
    const { buffer } = this;
    const neededBytes = this.#largestPayloadBytes;
    if (buffer.readyCount > 0 || buffer.lastAdvertisedBytes >= neededBytes) return false;
    return !buffer.isTight && buffer.freeBytes >= neededBytes;
  }

  /** RFC 9260 6.9: no room for a chunk in the middle of a message: its beginning goes to the user to make some. */
  #relieve(): void {
    const { buffer } = this;
    if (this.#assembler === undefined || buffer.readyCount > 0) return;
    if (!buffer.isTight && buffer.freeBytes >= this.#largestPayloadBytes) return;
    this.#deliverPiece(this.#assembler, 0);
  }

  #takeUndelivered(): ReceivedMessage[] {
    const messages: ReceivedMessage[] = [];
    for (let next = this.buffer.shift(); next !== undefined; next = this.buffer.shift()) messages.push(next);
    messages.push(...this.#gate.takeWaiting());
    return messages;
  }

  #countHeld(): void {
    let heldBytes = this.#ordering.heldBytes + this.#gate.heldBytes;
    if (this.#assembler !== undefined) heldBytes += this.#assembler.heldBytes;
    if (this.#deferred !== undefined) heldBytes += this.#deferred.heldBytes;
    this.buffer.heldBytes = heldBytes;
  }
}

/** Of the messages that were given up the last one of each stream and order; streams that there are none of count for nothing. */
function lastOfEach(told: readonly SkippedMessage[], streamCount: number): readonly SkippedMessage[] {
  const last = new Map<number, SkippedMessage>();
  for (const message of told) {
    if (message.streamId >= streamCount) continue;
    const key = 2 * message.streamId + (message.unordered === true ? 1 : 0);
    const known = last.get(key);
    if (known === undefined || MID_SPACE.gt(message.ssn, known.ssn)) last.set(key, message);
  }
  return [...last.values()];
}
