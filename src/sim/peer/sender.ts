/**
 * The sending half of a scripted peer: from messages to DATA or I-DATA chunks, and what SACKs do to them.
 * Owns: TSNs, SSNs, MIDs, fragments, the two windows, what is lost, T3-rtx. Does not own: packets (association.ts).
 */

import { ssnAdd, tsnAdd, tsnGt, tsnLt, tsnLte } from "../../base/serial.ts";
import type {
  DataChunk,
  ForwardTsnChunk,
  IDataChunk,
  IForwardTsnChunk,
  SackChunk,
} from "../../chunks/chunk.ts";
import { arrivedBlocks, type NrSackChunk } from "../../chunks/nr-sack.ts";
import type { GapBlock } from "../../chunks/sack-lists.ts";
import type { Habits } from "./behaviours.ts";
import type { PeerMessage } from "./receiver.ts";

type UserData = DataChunk | IDataChunk;

/** A message that is being cut, and how far it has been. */
interface Cutting {
  readonly message: PeerMessage;
  /** Its SSN or MID. */
  readonly number: number;
  at: number;
  fragmentCount: number;
}

interface Outstanding {
  readonly chunk: UserData;
  readonly message: PeerMessage;
  isGivenUp: boolean;
  sentAtMs: number;
  wasSentAgain: boolean;
  /** The last SACK had it in a Gap Ack Block. */
  isReported: boolean;
  /** The other side has promised to keep it: it counts as reported from then on, and cannot be sent again. */
  isPromised: boolean;
  missCount: number;
  isLost: boolean;
  wasFastRetransmitted: boolean;
}

/** DATA chunks with their headers fill a packet up to this. */
export const PACKET_BYTES = 1_200;
const COMMON_HEADER_BYTES = 12;
const DATA_HEADER_BYTES = 16;
const I_DATA_HEADER_BYTES = 20;
/** Packets that one SACK lets go under the habit of that name: usrsctp's Max.Burst. */
const BURST_PACKETS = 4;
/** How long DATA may wait for company under late bundling. */
const COMPANY_MS = 500;
const RTO_MIN_MS = 1_000;
const RTO_MAX_MS = 60_000;

export class Sender {
  /** When T3-rtx expires; Infinity while nothing is outstanding. */
  t3AtMs = Number.POSITIVE_INFINITY;
  /** Expiries of T3-rtx without an answer between them. */
  errorCount = 0;
  readonly #habits: Habits;
  readonly #queues = new Map<number, PeerMessage[]>();
  /** By stream, of I-DATA by order as well: the number of the next message. */
  readonly #nextNumber = new Map<string, number>();
  #isInterleaved = false;
  /** With I-DATA: messages that have been begun, by stream. */
  readonly #halfSent = new Map<number, Cutting>();
  /** By ascending TSN. */
  #outstanding: Outstanding[] = [];
  #current: Cutting | undefined;
  #nextTsn: number;
  #cumulativeTsnAck: number;
  #peerWindowBytes: number;
  #cwndBytes = 4 * PACKET_BYTES;
  #ssthreshBytes = 1_000_000;
  #rtoMs = RTO_MIN_MS;
  #srttMs = 0;
  #rttvarMs = 0;
  #burstLeft = BURST_PACKETS;
  /** What has been given up is to be told. */
  #forwardDue = false;
  /** Until when what is next waits for company: Infinity before it waits, and when it has. */
  #companyAtMs = Number.POSITIVE_INFINITY;
  #hasWaited = false;
  /** Streams that are being reset: none of them means all. */
  #heldStreams: ReadonlySet<number> | undefined;
  /** What waits for that. */
  readonly #kept: PeerMessage[] = [];

  constructor(initialTsn: number, habits: Habits) {
    this.#nextTsn = initialTsn;
    this.#cumulativeTsnAck = tsnAdd(initialTsn, -1);
    this.#peerWindowBytes = 0;
    this.#habits = habits;
  }

  /** @param windowBytes what the other side announces when it introduces itself. @param isInterleaved both know I-DATA */
  begin(windowBytes: number, isInterleaved: boolean): void {
    this.#peerWindowBytes = windowBytes;
    this.#isInterleaved = isInterleaved;
  }

  get #headerBytes(): number {
    return this.#isInterleaved ? I_DATA_HEADER_BYTES : DATA_HEADER_BYTES;
  }
  get #maxPayloadBytes(): number {
    return PACKET_BYTES - COMMON_HEADER_BYTES - this.#headerBytes;
  }

  get isIdle(): boolean {
    return this.#outstanding.length === 0 && !this.#hasNew && this.#kept.length === 0;
  }
  /** When DATA that waits for company goes without. */
  get companyAtMs(): number {
    return this.#companyAtMs;
  }
  get #hasNew(): boolean {
    return this.#current !== undefined || this.#queues.size > 0 || this.#halfSent.size > 0;
  }

  /** The last TSN that was given out. */
  get lastTsn(): number {
    return tsnAdd(this.#nextTsn, -1);
  }

  /** What is sent on these streams from now on waits (RFC 6525 5.1.2 A1). @param streamIds none: all */
  hold(streamIds: readonly number[]): void {
    this.#heldStreams = new Set(streamIds);
  }

  /** Whether nothing is left of what was sent on them before. */
  get isHeldDrained(): boolean {
    const left = [
      ...this.#queues.keys(),
      ...this.#halfSent.keys(),
      ...(this.#current === undefined ? [] : [this.#current.message.streamId]),
    ];
    return !left.some((id) => this.#isHeld(id));
  }

  /** @param isReset they begin at 0 */
  letGo(isReset: boolean): void {
    const held = this.#heldStreams ?? new Set();
    if (isReset && held.size === 0) this.#nextNumber.clear();
    if (isReset)
      for (const id of held)
        for (const unordered of [true, false]) this.#nextNumber.delete(`${id} ${unordered}`);
    this.#heldStreams = undefined;
    for (const message of this.#kept.splice(0)) this.enqueue(message);
  }

  #isHeld(streamId: number): boolean {
    return (
      this.#heldStreams !== undefined && (this.#heldStreams.size === 0 || this.#heldStreams.has(streamId))
    );
  }

  enqueue(message: PeerMessage): void {
    if (this.#isHeld(message.streamId)) {
      this.#kept.push(message);
      return;
    }
    const queue = this.#queues.get(message.streamId) ?? [];
    queue.push(message);
    this.#queues.set(message.streamId, queue);
  }

  /**
   * The DATA chunks of one packet, lost ones first; none where nothing may go.
   * @param isAlone nothing else is in the packet yet, so that there is no company
   */
  takePacket(roomBytes: number, nowMs: number, isAlone: boolean): UserData[] {
    if (this.#outstanding.length === 0) this.#burstLeft = BURST_PACKETS;
    if (this.#burstLeft <= 0 && this.#habits.does("burst-per-sack")) return [];
    const chunks: UserData[] = [];
    let leftBytes = roomBytes;
    const take = (chunk: UserData | undefined): boolean => {
      if (chunk === undefined) return false;
      chunks.push(chunk);
      leftBytes -= paddedBytes(chunk);
      return true;
    };
    while (take(this.#nextLost(leftBytes, nowMs))) {
      // As many as there is room for.
    }
    if (chunks.length > 0 || !isAlone || !this.#waitsForCompany(leftBytes, nowMs)) {
      while (take(this.#nextNew(leftBytes, nowMs))) this.#hasWaited = false;
    }
    if (chunks.length > 0) this.#burstLeft--;
    // A packet has its TSNs in ascending order (6.10).
    return chunks.sort((a, b) => (tsnLt(a.tsn, b.tsn) ? -1 : 1));
  }

  onSack(chunk: SackChunk | NrSackChunk, nowMs: number): void {
    const { cumulativeTsnAck, aRwndBytes } = chunk;
    const arrived = arrivedBlocks(chunk);
    const promised = chunk.kind === "NR-SACK" ? chunk.nonRenegableBlocks : [];
    if (tsnLt(cumulativeTsnAck, this.#cumulativeTsnAck)) return;
    this.#burstLeft = BURST_PACKETS;
    this.#forwardDue = this.#habits.has("skips");
    const ackedBytes = this.#settle(cumulativeTsnAck, nowMs);
    this.#peerWindowBytes = aRwndBytes;
    this.errorCount = 0;
    let highestNew = cumulativeTsnAck;
    for (const item of this.#outstanding) {
      const offset = (item.chunk.tsn - cumulativeTsnAck) >>> 0;
      const isIn = ({ start, end }: GapBlock): boolean => offset >= start && offset <= end;
      item.isPromised ||= promised.some(isIn);
      const isReported = item.isPromised || arrived.some(isIn);
      if (isReported && !item.isReported && tsnGt(item.chunk.tsn, highestNew)) highestNew = item.chunk.tsn;
      item.isReported = isReported;
      if (isReported) item.isLost = false;
    }
    this.#countMisses(highestNew);
    this.#grow(ackedBytes);
  }

  /** What the other side must know that is given up at the head of what is outstanding (RFC 3758 3.5 C2 to C4). */
  takeForwardTsn(): ForwardTsnChunk | IForwardTsnChunk | undefined {
    if (!this.#forwardDue) return undefined;
    this.#forwardDue = false;
    const end = this.#outstanding.findIndex(({ isGivenUp }) => !isGivenUp);
    const head = end === -1 ? this.#outstanding : this.#outstanding.slice(0, end);
    const last = head.at(-1);
    if (last === undefined) return undefined;
    const newCumulativeTsn = last.chunk.tsn;
    if (this.#isInterleaved) return { kind: "I-FORWARD-TSN", newCumulativeTsn, skipped: this.#midsOf(head) };
    const ssns = new Map<number, number>();
    for (const { chunk } of head)
      if (chunk.kind === "DATA" && !chunk.unordered) ssns.set(chunk.streamId, chunk.ssn);
    const skipped = this.#habits.shuffled([...ssns]).map(([streamId, ssn]) => ({ streamId, ssn }));
    return { kind: "FORWARD TSN", newCumulativeTsn, skipped };
  }

  #midsOf(head: readonly Outstanding[]): IForwardTsnChunk["skipped"] {
    const mids = new Map<string, IForwardTsnChunk["skipped"][number]>();
    for (const { chunk } of head) {
      const { streamId, unordered } = chunk;
      if (chunk.kind === "I-DATA")
        mids.set(`${streamId} ${unordered}`, { streamId, unordered, mid: chunk.mid });
    }
    return this.#habits.shuffled([...mids.values()]);
  }

  /** A SHUTDOWN acknowledges, too. */
  onCumulativeTsnAck(cumulativeTsnAck: number, nowMs: number): void {
    if (tsnLt(cumulativeTsnAck, this.#cumulativeTsnAck)) return;
    this.errorCount = 0;
    this.#burstLeft = BURST_PACKETS;
    this.#grow(this.#settle(cumulativeTsnAck, nowMs));
  }

  /** DATA has waited long enough for company. */
  onCompanyLate(): void {
    this.#companyAtMs = Number.POSITIVE_INFINITY;
    this.#hasWaited = true;
  }

  /** T3-rtx has expired: all that is outstanding counts as lost (6.3.3). */
  onT3(nowMs: number): void {
    this.errorCount++;
    this.#rtoMs = Math.min(2 * this.#rtoMs, RTO_MAX_MS);
    this.#ssthreshBytes = Math.max(this.#cwndBytes / 2, 4 * PACKET_BYTES);
    this.#cwndBytes = PACKET_BYTES;
    this.#burstLeft = BURST_PACKETS;
    if (this.#habits.has("skips")) this.#giveUp();
    for (const item of this.#outstanding) if (!item.isReported && !item.isGivenUp) item.isLost = true;
    this.t3AtMs = nowMs + this.#rtoMs;
  }

  /** Of the messages that may be given up, those of which something is outstanding are. */
  #giveUp(): void {
    this.#forwardDue = true;
    for (const item of this.#outstanding) {
      if (item.message.isLimited !== true) continue;
      item.isGivenUp = true;
      item.isLost = false;
    }
    for (const cutting of [...this.#halfSent.values(), this.#current]) {
      const last = this.#outstanding.findLast(({ message }) => message === cutting?.message);
      if (cutting === undefined || last?.isGivenUp !== true) continue;
      // One TSN stands for the rest of it.
      const rest = { ...last.chunk, tsn: this.#nextTsn, beginning: false, ending: true };
      this.#outstanding.push({ ...last, chunk: rest });
      this.#nextTsn = tsnAdd(this.#nextTsn, 1);
      this.#halfSent.delete(cutting.message.streamId);
      if (this.#current === cutting) this.#current = undefined;
    }
  }

  /** Begins T3-rtx where something is outstanding: COOKIE ECHO has a timer of its own. */
  startT3(nowMs: number): void {
    if (this.#outstanding.length > 0) this.t3AtMs = nowMs + this.#rtoMs;
  }

  get #flightBytes(): number {
    let bytes = 0;
    for (const { chunk, isReported, isLost, isGivenUp } of this.#outstanding)
      if (!isReported && !isLost && !isGivenUp) bytes += chunk.payload.length;
    return bytes;
  }

  #nextLost(roomBytes: number, nowMs: number): UserData | undefined {
    if (this.#flightBytes >= this.#cwndBytes) return undefined;
    const item = this.#outstanding.find(({ isLost }) => isLost);
    if (item === undefined || paddedBytes(item.chunk) > roomBytes) return undefined;
    item.isLost = false;
    item.wasSentAgain = true;
    item.sentAtMs = nowMs;
    if (this.t3AtMs === Number.POSITIVE_INFINITY) this.startT3(nowMs);
    return item.chunk;
  }

  #nextNew(roomBytes: number, nowMs: number): UserData | undefined {
    if (!this.#hasNew || this.#flightBytes >= this.#cwndBytes) return undefined;
    if (this.#outstanding.some(({ isLost }) => isLost)) return undefined;
    const maxPayloadBytes = this.#maxPayloadBytes;
    const room = Math.min(roomBytes - this.#headerBytes, maxPayloadBytes);
    const outstandingBytes = this.#outstanding.reduce(
      (sum, { chunk, isReported, isGivenUp }) => sum + (isReported || isGivenUp ? 0 : chunk.payload.length),
      0,
    );
    const windowBytes = this.#peerWindowBytes - outstandingBytes;
    // One chunk may probe a window that is too small, when nothing is outstanding (6.1 A).
    const isProbe = this.#outstanding.length === 0;
    const most = Math.min(room & ~3, isProbe ? maxPayloadBytes : windowBytes);
    if (most < 1) return undefined;
    this.#current ??= this.#isInterleaved ? this.#anyMessage() : this.#nextMessage();
    if (this.#current === undefined) return undefined;
    const left = this.#current.message.data.length - this.#current.at;
    // Without the habit, no fragment is smaller than it must be.
    if (left > most && most < maxPayloadBytes && !this.#habits.has("tiny-fragments") && !isProbe)
      return undefined;
    const size = this.#fragmentBytes(Math.min(left, most));
    const { message } = this.#current;
    const chunk = this.#cut(this.#current, size);
    this.#outstanding.push({
      chunk,
      message,
      isGivenUp: false,
      sentAtMs: nowMs,
      wasSentAgain: false,
      isReported: false,
      isPromised: false,
      missCount: 0,
      isLost: false,
      wasFastRetransmitted: false,
    });
    if (this.t3AtMs === Number.POSITIVE_INFINITY) this.startT3(nowMs);
    return chunk;
  }

  #fragmentBytes(mostBytes: number): number {
    if (mostBytes < 40 || !this.#habits.does("tiny-fragments")) return mostBytes;
    return this.#habits.random.integer(20, mostBytes);
  }

  /** With I-DATA: of any stream, whatever of others is half sent (RFC 8260 2.2.2). */
  #anyMessage(): Cutting | undefined {
    const streamIds = [...new Set([...this.#halfSent.keys(), ...this.#queues.keys()])];
    const streamId = streamIds[this.#habits.random.integer(0, Math.max(0, streamIds.length - 1))];
    if (streamId === undefined) return undefined;
    return this.#halfSent.get(streamId) ?? this.#firstOf(streamId);
  }

  #nextMessage(): Cutting | undefined {
    const streamIds = [...this.#queues.keys()];
    const isShuffled = streamIds.length > 1 && this.#habits.has("shuffled-packets");
    const streamId = streamIds[isShuffled ? this.#habits.random.integer(0, streamIds.length - 1) : 0];
    return streamId === undefined ? undefined : this.#firstOf(streamId);
  }

  #firstOf(streamId: number): Cutting | undefined {
    const queue = this.#queues.get(streamId);
    const message = queue?.shift();
    if (message === undefined) return undefined;
    if (queue?.length === 0) this.#queues.delete(streamId);
    return { message, number: this.#takeNumber(message), at: 0, fragmentCount: 0 };
  }

  /** DATA without an order has no number; I-DATA counts those by themselves. */
  #takeNumber({ streamId, unordered }: PeerMessage): number {
    if (unordered && !this.#isInterleaved) return 0;
    const counter = `${streamId} ${unordered}`;
    const number = this.#nextNumber.get(counter) ?? 0;
    this.#nextNumber.set(counter, this.#isInterleaved ? tsnAdd(number, 1) : ssnAdd(number, 1));
    return number;
  }

  #cut(current: Cutting, size: number): UserData {
    const { message, number, at } = current;
    const end = at + size;
    const isLast = end === message.data.length;
    current.at = end;
    if (isLast || this.#isInterleaved) this.#current = undefined;
    if (isLast) this.#halfSent.delete(message.streamId);
    else if (this.#isInterleaved) this.#halfSent.set(message.streamId, current);
    const tsn = this.#nextTsn;
    this.#nextTsn = tsnAdd(tsn, 1);
    const common = {
      beginning: at === 0,
      ending: isLast,
      unordered: message.unordered,
      immediate: false,
      tsn,
      streamId: message.streamId,
      payload: message.data.subarray(at, end),
    };
    return this.#isInterleaved
      ? { kind: "I-DATA", ...common, mid: number, ppidOrFsn: current.fragmentCount++ }
      : { kind: "DATA", ...common, ssn: number, ppid: 0 };
  }

  /** Whether what waits should go on waiting for more: it fills no packet, and something is outstanding. */
  #waitsForCompany(roomBytes: number, nowMs: number): boolean {
    if (!this.#habits.has("late-bundling") || !this.#hasNew || this.#outstanding.length === 0) return false;
    let waitingBytes = 0;
    for (const cutting of [...this.#halfSent.values(), this.#current])
      if (cutting !== undefined) waitingBytes += cutting.message.data.length - cutting.at;
    for (const queue of this.#queues.values())
      for (const { data } of queue) waitingBytes += this.#headerBytes + data.length;
    if (waitingBytes >= roomBytes || this.#hasWaited) return false;
    this.#habits.does("late-bundling");
    this.#companyAtMs = Math.min(this.#companyAtMs, nowMs + COMPANY_MS);
    return true;
  }

  /** Forgets what has been acknowledged for good. @returns its bytes */
  #settle(cumulativeTsnAck: number, nowMs: number): number {
    let bytes = 0;
    let sample: number | undefined;
    const isAcked = ({ chunk }: Outstanding): boolean => tsnLte(chunk.tsn, cumulativeTsnAck);
    for (const item of this.#outstanding.filter(isAcked)) {
      if (item.isGivenUp) continue;
      bytes += item.chunk.payload.length;
      // Karn: what was sent twice measures nothing (6.3.1 C5).
      if (!item.wasSentAgain) sample = nowMs - item.sentAtMs;
    }
    if (bytes === 0 && !this.#outstanding.some(isAcked)) return 0;
    this.#cumulativeTsnAck = cumulativeTsnAck;
    this.#outstanding = this.#outstanding.filter((item) => !isAcked(item));
    if (sample !== undefined) this.#measure(sample);
    this.t3AtMs = Number.POSITIVE_INFINITY;
    this.startT3(nowMs);
    return bytes;
  }

  /** RFC 9260 6.3.1. */
  #measure(sampleMs: number): void {
    if (this.#srttMs === 0) {
      this.#srttMs = sampleMs;
      this.#rttvarMs = sampleMs / 2;
    } else {
      this.#rttvarMs = 0.75 * this.#rttvarMs + 0.25 * Math.abs(this.#srttMs - sampleMs);
      this.#srttMs = 0.875 * this.#srttMs + 0.125 * sampleMs;
    }
    this.#rtoMs = Math.min(Math.max(this.#srttMs + 4 * this.#rttvarMs, RTO_MIN_MS), RTO_MAX_MS);
  }

  /** Three SACKs that report something behind a chunk make it lost, once (7.2.4). */
  #countMisses(highestNew: number): void {
    let isAnyLost = false;
    for (const item of this.#outstanding) {
      if (
        item.isReported ||
        item.isLost ||
        item.isGivenUp ||
        item.wasFastRetransmitted ||
        !tsnLt(item.chunk.tsn, highestNew)
      )
        continue;
      if (++item.missCount < 3) continue;
      item.isLost = true;
      item.wasFastRetransmitted = true;
      isAnyLost = true;
    }
    if (!isAnyLost) return;
    this.#ssthreshBytes = Math.max(this.#cwndBytes / 2, 4 * PACKET_BYTES);
    this.#cwndBytes = this.#ssthreshBytes;
  }

  /** Slow start, then a packet for each window (7.2.1, 7.2.2). */
  #grow(ackedBytes: number): void {
    if (ackedBytes === 0) return;
    const isSlowStart = this.#cwndBytes <= this.#ssthreshBytes;
    const most = isSlowStart ? PACKET_BYTES : (PACKET_BYTES * PACKET_BYTES) / this.#cwndBytes;
    this.#cwndBytes += Math.min(ackedBytes, most);
  }
}

function paddedBytes({ kind, payload }: UserData): number {
  const headerBytes = kind === "DATA" ? DATA_HEADER_BYTES : I_DATA_HEADER_BYTES;
  return headerBytes + ((payload.length + 3) & ~3);
}
