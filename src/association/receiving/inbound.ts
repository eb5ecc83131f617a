/**
 * The receiving half of an association: from DATA chunks to messages, and to the SACKs that acknowledge them.
 * Owns: the wiring of the TSN tracker, reassembly, stream ordering, the receive buffer and the SACK policy.
 * Does not own: what each of them does; packets; the association's state.
 */

import type { AssociationOptions } from "../../base/options.ts";
import { tsnAdd, tsnGt } from "../../base/serial.ts";
import type { DataChunkView } from "../../chunks/data.ts";
import type { PacketWriter } from "../../chunks/packet-writer.ts";
import type { OpenDelivery } from "../model/events.ts";
import type { ReceivedMessage } from "../model/received-message.ts";
import { DeliveryGate } from "./delivery-gate.ts";
import { Reassembly } from "./reassembly.ts";
import { ReceiveBuffer } from "./receive-buffer.ts";
import { SackPolicy } from "./sack-policy.ts";
import { StreamOrdering } from "./stream-ordering.ts";
import { TsnTracker, TsnVerdict } from "./tsn-tracker.ts";

/** What became of a DATA chunk. */
export type DataVerdict =
  | "accepted"
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

export interface InboundInit {
  readonly options: AssociationOptions;
  readonly allocate: (lengthBytes: number) => Uint8Array;
}

/** What both sides agreed on that concerns receiving. */
export interface InboundAgreement {
  readonly initialTsn: number;
  readonly streamCount: number;
}

export class Inbound {
  tsns: TsnTracker;
  sackPolicy: SackPolicy;
  buffer: ReceiveBuffer;
  /** DATA chunks that were new. */
  acceptedChunkCount = 0;
  /** Made for the first fragment: most idle associations never saw one, and its maps are a quarter of their memory. */
  #reassembly: Reassembly | undefined = undefined;
  #ordering: StreamOrdering;
  #gate: DeliveryGate;
  #options: AssociationOptions;
  readonly #allocate: (lengthBytes: number) => Uint8Array;
  #streamCount: number;
  #agreed = false;
  /** Payload bytes accepted since the last SACK. */
  #unreportedBytes = 0;

  constructor({ options, allocate }: InboundInit) {
    this.tsns = new TsnTracker(0, options.maxDuplicateTsnsReported);
    this.sackPolicy = new SackPolicy(options.sackDelayMs, options.sackFrequencyPackets);
    const { minReceiveChargeBytes } = options;
    this.buffer = new ReceiveBuffer(options.receiveBufferBytes, minReceiveChargeBytes);
    this.#gate = new DeliveryGate(options.interleavedDelivery, minReceiveChargeBytes, this.buffer);
    this.#ordering = new StreamOrdering(minReceiveChargeBytes);
    this.#allocate = allocate;
    this.#options = options;
    this.#streamCount = options.maxInboundStreams;
  }

  reset({ initialTsn, streamCount }: InboundAgreement): void {
    const undelivered = this.takeUndelivered();
    const options = this.#options;
    this.tsns = new TsnTracker(initialTsn, options.maxDuplicateTsnsReported);
    this.sackPolicy = new SackPolicy(options.sackDelayMs, options.sackFrequencyPackets);
    const { minReceiveChargeBytes } = options;
    this.buffer = new ReceiveBuffer(options.receiveBufferBytes, minReceiveChargeBytes);
    this.#gate = new DeliveryGate(options.interleavedDelivery, minReceiveChargeBytes, this.buffer);
    this.#ordering = new StreamOrdering(minReceiveChargeBytes);
    this.#reassembly = undefined;
    this.#streamCount = streamCount;
    this.#agreed = true;
    this.acceptedChunkCount = 0;
    this.#unreportedBytes = 0;
    for (const message of undelivered) this.buffer.push(message);
  }

  setOptions(options: AssociationOptions): void {
    this.#options = options;
    if (!this.#agreed) this.#streamCount = options.maxInboundStreams;
    this.sackPolicy.configure(options.sackDelayMs, options.sackFrequencyPackets);
    this.buffer.capacityBytes = options.receiveBufferBytes;
    this.#gate.setInterleaved(options.interleavedDelivery);
    this.#countHeld();
    if (this.buffer.windowUpdateDue) this.sackPolicy.sendNow();
  }

  get streamCount(): number {
    return this.#streamCount;
  }

  /** Whether the peer may soon believe the window closed: by its own account it has used up half of what it was told of. */
  get windowNewsDue(): boolean {
    return this.#unreportedBytes * 2 >= this.buffer.lastAdvertisedBytes;
  }

  /** Takes one DATA chunk that has user data. Every verdict but "violation" leads to an acknowledgement. */
  onData(chunk: DataChunkView, datagram: Uint8Array): DataVerdict {
    const { tsn, streamId } = chunk;
    switch (this.tsns.classify(tsn)) {
      case TsnVerdict.Duplicate:
        this.sackPolicy.requestNow();
        return "duplicate";
      case TsnVerdict.TooFarAhead:
        this.sackPolicy.requestNow();
        return "too-far-ahead";
    }
    if (!this.#makeRoom(tsn, chunk.payloadBytes)) {
      this.sackPolicy.requestNow();
      return "no-room";
    }
    if (streamId >= this.#streamCount) {
      this.#acknowledge(tsn, chunk); // RFC 9260 6.5: acknowledged like any other, then discarded.
      return "invalid-stream";
    }
    const verdict = this.#deliver(chunk, datagram);
    if (verdict !== "accepted") return verdict;
    this.acceptedChunkCount++;
    this.#acknowledge(tsn, chunk);
    this.#deliverPiece();
    this.#relieve();
    return verdict;
  }

  /** Appends the SACK that describes this moment. */
  writeSack(writer: PacketWriter): boolean {
    if (!writer.appendSack(this.tsns, this.buffer.advertise(), this.#options.maxGapBlocksReported))
      return false;
    this.#unreportedBytes = 0;
    this.tsns.clearDuplicates();
    this.sackPolicy.onSackSent();
    return true;
  }

  /** The next message for the user. */
  takeMessage(): ReceivedMessage | undefined {
    const message = this.buffer.shift();
    if (message === undefined) return undefined;
    this.#relieve();
    if (this.buffer.windowUpdateDue) this.sackPolicy.sendNow();
    return message;
  }

  /** Messages that were acknowledged and that the user has not taken: they outlive a restart of the peer. */
  takeUndelivered(): ReceivedMessage[] {
    const messages: ReceivedMessage[] = [];
    for (let next = this.buffer.shift(); next !== undefined; next = this.buffer.shift()) messages.push(next);
    messages.push(...this.#gate.takeWaiting());
    return messages;
  }

  /** Messages whose beginning the user has, or will have, and whose end has not come. */
  get openDeliveries(): readonly OpenDelivery[] {
    return this.#reassembly?.openDeliveries ?? [];
  }

  compact(): void {
    this.tsns.compact();
    if (this.#reassembly?.isEmpty === true) this.#reassembly = undefined;
  }

  #acknowledge(tsn: number, chunk: DataChunkView): void {
    const hadGaps = this.tsns.hasGaps;
    this.tsns.add(tsn);
    this.#unreportedBytes += chunk.payloadBytes;
    // RFC 9260 6.7: at once while there is a gap, and when one has just been filled.
    if (hadGaps || this.tsns.hasGaps || chunk.isImmediate) this.sackPolicy.requestNow();
  }

  #deliver(chunk: DataChunkView, datagram: Uint8Array): DataVerdict {
    const { tsn, streamId, ssn, isUnordered } = chunk;
    const whole = chunk.isBeginning && chunk.isEnding;
    // With no fragments about, a whole message has nothing to contradict; fragments are checked as they are added.
    if (whole && this.#reassembly?.isEmpty === false && this.#reassembly.contradicts(tsn, true, true))
      return "violation";
    const isNext = whole && this.#ordering.isNext(streamId, ssn, isUnordered);
    const payload = this.#payload(chunk, datagram, isNext);
    let message: ReceivedMessage | undefined;
    if (whole) {
      message = {
        data: payload,
        streamId,
        ppid: chunk.ppid,
        unordered: isUnordered,
        ssn: isUnordered ? 0 : ssn,
        tsn,
        lastTsn: tsn,
        endOfMessage: true,
      };
    } else {
      const { ppid, isBeginning, isEnding } = chunk;
      this.#reassembly ??= new Reassembly(this.#options.minReceiveChargeBytes, this.#allocate, (received) =>
        this.tsns.has(received),
      );
      const joined = this.#reassembly.add(
        tsn,
        payload,
        streamId,
        ssn,
        ppid,
        isUnordered,
        isBeginning,
        isEnding,
      );
      if (joined === "violation") return "violation";
      message = joined;
    }
    const delivered = message === undefined || this.#order(message);
    this.#countHeld();
    return delivered ? "accepted" : "violation";
  }

  /** Gives a whole message, and those that waited for it, to the user; or keeps it until its turn. */
  #order(message: ReceivedMessage): boolean {
    if (!this.#ordering.isNext(message.streamId, message.ssn, message.unordered))
      return this.#ordering.hold(message);
    this.#gate.deliver(message);
    if (message.unordered) return true;
    this.#ordering.advance(message);
    let next = this.#ordering.takeNext(message.streamId);
    while (next !== undefined) {
      this.#gate.deliver(next);
      next = this.#ordering.takeNext(message.streamId);
    }
    return true;
  }

  /** RFC 6458 8.1.21: an unfinished message goes out in pieces once it is past the point. */
  #deliverPiece(): void {
    const pointBytes = this.#options.partialDeliveryPointBytes;
    if (pointBytes === 0) return;
    const piece = this.#reassembly?.takePartial(this.tsns.cumulativeTsn, this.#ordering, pointBytes + 1);
    if (piece === undefined) return;
    this.#gate.deliver(piece);
    this.#countHeld();
  }

  /** The chunk's payload, in the datagram's memory unless that would keep far more of it alive than it is worth. */
  #payload(chunk: DataChunkView, datagram: Uint8Array, isNext: boolean): Uint8Array {
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
    // What waits behind a half-delivered message must leave room for the pieces that end it.
    if (this.#gate.heldBytes * 2 > this.buffer.capacityBytes && tsnGt(tsn, this.tsns.highestTsn))
      return false;
    if (!this.buffer.isClosed && this.#hasFragmentRoom) return true;
    this.#relieve();
    if (!this.buffer.isClosed && this.#hasFragmentRoom) return true;
    if (tsnGt(tsn, this.tsns.highestTsn)) return false;
    while (this.buffer.freeBytes < payloadBytes || !this.#hasFragmentRoom) {
      if (!this.#renege(tsn)) break;
    }
    return this.buffer.freeBytes > 0 && this.#hasFragmentRoom;
  }

  get #hasFragmentRoom(): boolean {
    return (this.#reassembly?.heldFragmentCount ?? 0) < this.#options.maxReassemblyFragments;
  }

  /** Drops the highest TSN held above `tsn`, with the message or the run of fragments it is in; false if there is none. */
  #renege(tsn: number): boolean {
    const message = this.#ordering.highestHeld;
    const run = this.#reassembly?.highestRun;
    if (message !== undefined && (run === undefined || tsnGt(message.lastTsn, run.lastTsn))) {
      if (!tsnGt(message.tsn, tsn)) return false;
      this.#ordering.drop(message);
      for (let t = message.tsn; !tsnGt(t, message.lastTsn); t = tsnAdd(t, 1)) this.tsns.remove(t);
    } else {
      if (run === undefined || run.continued || !tsnGt(run.firstTsn, tsn)) return false;
      this.#reassembly?.drop(run);
      for (let t = run.firstTsn; !tsnGt(t, run.lastTsn); t = tsnAdd(t, 1)) this.tsns.remove(t);
    }
    this.#countHeld();
    return true;
  }

  /** RFC 9260 6.9: out of memory in the middle of a message, its beginning goes to the user to make room. */
  #relieve(): void {
    if (!this.buffer.isTight || this.buffer.readyCount > 0) return;
    const piece = this.#reassembly?.takePartial(this.tsns.cumulativeTsn, this.#ordering);
    if (piece === undefined) return;
    this.#gate.deliver(piece);
    this.#countHeld();
  }

  #countHeld(): void {
    const { heldBytes = 0 } = this.#reassembly ?? {};
    this.buffer.heldBytes = heldBytes + this.#ordering.heldBytes + this.#gate.heldBytes;
  }
}
