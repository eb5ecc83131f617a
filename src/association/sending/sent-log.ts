/**
 * Chunks that were assigned a TSN and are not yet cumulatively acknowledged.
 * Owns: TSN assignment, the state of every outstanding chunk, validation of SACKs and what they settle, which round trip is
 * measured, and which chunk is retransmitted next.
 * Does not own: what is remembered of a chunk (sent-chunk.ts) and where (sent-ring.ts), what counts as lost (loss-detector.ts),
 * Fast Recovery (fast-recovery.ts), cwnd (src/congestion), T3-rtx deadlines (path.ts), the peer's window (peer-window.ts), packets.
 *
 * Hot: every DATA chunk and every SACK passes here, and none walks over what is outstanding: which chunks wait for
 * retransmission, and which ones are outstanding on which of several paths, is kept in bits, of which 32 are one step.
 */
import { assert } from "../../base/assert.ts";
import { tsnAdd, tsnDiff, tsnGt, tsnGte, tsnLt, tsnLte } from "../../base/serial.ts";
import { TsnSet } from "../../base/tsn-set.ts";
import { DataFlag } from "../../chunks/data.ts";
import type { SackView } from "../../chunks/sack.ts";
import { GapReports, type GapVerdict, judgeGapBlocks } from "../model/gap-reports.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { PathFlight } from "../paths/path-flight.ts";
import type { LossDetector, TimedChunks } from "./loss-detector.ts";
import type { ReleaseWatch } from "./release-watch.ts";
import { RenegeLimit } from "./renege-limit.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";
import { SentRing } from "./sent-ring.ts";

/** Gap Ack Blocks reach 65,535 TSNs beyond the cumulative ack (RFC 9260 3.3.4): more could not be reported. */
const MAX_CAPACITY = 65_536;
/** An empty ring above this size is given back when the association falls idle. */
const IDLE_CAPACITY = 64;
const NO_RANGES: readonly number[] = [];

export type SackVerdict = GapVerdict | "stale" | "reneges-too-much" | "breaks-promise";

export class SentLog implements TimedChunks {
  /** What the last accepted SACK did, beside what it did to each PathFlight. */
  cumulativeAckAdvanced = false;
  /** Payload bytes that the last accepted SACK acknowledged for good: the user's memory that came free. */
  releasedBytes = 0;
  /** DATA chunks that the last accepted SACK acknowledged for the first time since they were last sent. */
  newlyAckedChunkCount = 0;
  highestNewlyAckedTsn = 0;
  /** Payload bytes in flight on all paths: what is taken off the peer's a_rwnd (RFC 9260 6.2.1 D-ii). */
  inFlightPayloadBytes = 0;
  /** Who wants to hear of it (outbound.ts). */
  watch: ReleaseWatch | undefined = undefined;

  readonly #detector: LossDetector;
  readonly #ring: SentRing = new SentRing();
  #cumulativeAckPoint = 0;
  #nextTsn = 0;
  /** Of chunks beyond the cumulative ack point that a gap block has acknowledged. */
  gapAckedBytes = 0;
  /** Made with the first gap. */
  #gaps: GapReports | undefined = undefined;
  /** The chunks that wait for retransmission. Made with the first one. */
  #toRetransmit: TsnSet | undefined = undefined;
  /** No chunk below this TSN waits for retransmission. */
  #retransmitHintTsn = 0;
  #flights: PathFlight[] = [];
  /** Made when the peer takes something back for the first time. */
  #renegeLimit: RenegeLimit | undefined = undefined;

  /** @param detector is told of what is sent and reneged on; after each SACK whoever gives it to `onSack` asks it */
  constructor(initialTsn: number, detector: LossDetector) {
    this.#detector = detector;
    detector.reset(initialTsn);
    this.#beginAt(initialTsn);
  }

  /** Nothing is outstanding, and the next chunk gets this TSN. */
  reset(initialTsn: number): void {
    this.drain();
    this.#gaps = undefined;
    this.#renegeLimit = undefined;
    this.#beginSack();
    this.#beginAt(initialTsn);
    this.#detector.reset(initialTsn);
  }

  get cumulativeAckPoint(): number {
    return this.#cumulativeAckPoint;
  }
  get nextTsn(): number {
    return this.#nextTsn;
  }
  /** Chunks sent and not cumulatively acknowledged. */
  get outstandingCount(): number {
    return tsnDiff(this.#nextTsn, this.#cumulativeAckPoint) - 1;
  }
  get isEmpty(): boolean {
    return this.outstandingCount === 0;
  }
  /** The chunk that is outstanding, if there is no other. */
  get onlyChunk(): SentChunk | undefined {
    return this.outstandingCount === 1 ? this.#ring.at(tsnAdd(this.#cumulativeAckPoint, 1)) : undefined;
  }
  /** No further TSN can be assigned until the peer acknowledges. */
  get isFull(): boolean {
    return this.outstandingCount >= MAX_CAPACITY - 1;
  }
  get hasRetransmissions(): boolean {
    return this.#toRetransmit !== undefined && this.#toRetransmit.size > 0;
  }
  get gapRanges(): readonly number[] {
    return this.#gaps === undefined ? NO_RANGES : this.#gaps.ranges;
  }

  get highestReportedTsn(): number {
    const ranges = this.gapRanges;
    const highest = tsnAdd(this.#cumulativeAckPoint, ranges[ranges.length - 1] ?? 0);
    return this.isKnown(highest) ? highest : (this.#gaps?.knownThroughTsn ?? highest);
  }

  /** The last SACK says nothing of what an earlier one has said to be kept for good: it was sent before that. */
  get leavesOutKept(): boolean {
    return this.#gaps?.leavesOutKept === true;
  }

  isKnown(tsn: number): boolean {
    const last = this.#gaps?.knownThroughTsn;
    return last === undefined || tsnLte(tsn, last);
  }

  at(tsn: number): SentChunk {
    return this.#ring.at(tsn);
  }

  /** A path whose chunks this queue counts from now on; nothing is in flight there. */
  addFlight(flight: PathFlight): void {
    flight.reset();
    this.#flights = this.#flights.concat(flight); // Not pushed: that would reserve room for seventeen.
    if (this.#flights.length > 1) for (const each of this.#flights) this.#listOutstanding(each);
  }

  /** Forgets a path. Its chunks in flight are marked for retransmission elsewhere; nothing is outstanding there any more. */
  removeFlight(flight: PathFlight): void {
    this.markPathLost(flight);
    for (let tsn = tsnAdd(this.#cumulativeAckPoint, 1); tsnLt(tsn, this.#nextTsn); tsn = tsnAdd(tsn, 1)) {
      const chunk = this.#ring.at(tsn);
      if (chunk.flight === flight) chunk.flight = undefined;
    }
    flight.outstanding?.clear();
    const index = this.#flights.indexOf(flight);
    if (index !== -1) this.#flights.splice(index, 1);
  }

  /** Assigns the next TSN to a fragment and counts it as in flight. */
  send(
    message: OutboundMessage,
    flags: number,
    payloadStart: number,
    payloadBytes: number,
    chunkBytes: number,
    flight: PathFlight,
    nowMs: number,
  ): SentChunk {
    const tsn = this.#nextTsn;
    const before = this.outstandingCount;
    assert(before < MAX_CAPACITY - 1, "sent log overflow");
    const chunk = this.#ring.take(tsn, before);
    chunk.state = SentState.InFlight;
    chunk.transmitCount = 1;
    chunk.sentElsewhere = false;
    chunk.sentAtMs = nowMs;
    chunk.deliveredBefore = flight.deliveredBytes;
    chunk.timedOut = false;
    chunk.credited = false;
    chunk.flags = flags;
    chunk.streamId = message.streamId;
    chunk.ssn = message.ssn;
    chunk.fragmentNumber = message.fragmentCount++;
    chunk.payloadStart = payloadStart;
    chunk.payloadBytes = payloadBytes;
    chunk.chunkBytes = chunkBytes;
    chunk.message = message;
    this.#nextTsn = tsnAdd(tsn, 1);
    this.#enterFlight(chunk, flight);
    flight.sampler?.onSent(tsn, before + 1, chunkBytes, flight.flightBytes, nowMs);
    this.#detector.onSent(chunk);
    if (!flight.isTiming) {
      flight.isTiming = true;
      flight.timedTsn = tsn;
    }
    return chunk;
  }

  /** The lowest chunk that is marked for retransmission. */
  nextToRetransmit(): SentChunk | undefined {
    if (!this.hasRetransmissions) return undefined;
    const tsn = this.#toRetransmit?.first(this.#retransmitHintTsn);
    assert(tsn !== undefined, "a chunk marked for retransmission is not listed");
    this.#retransmitHintTsn = tsn;
    return this.#ring.at(tsn);
  }

  /** Counts `chunk`, which `nextToRetransmit` gave, as in flight again. */
  resend(chunk: SentChunk, flight: PathFlight, nowMs: number): void {
    assert(chunk.state === SentState.ToRetransmit, "resend of a chunk that was not marked");
    const isSplit = this.#detector.recovery !== undefined;
    this.#toRetransmit?.delete(chunk.tsn);
    chunk.state = SentState.InFlight;
    chunk.timedOut = false;
    chunk.credited = false;
    chunk.transmitCount++;
    if (chunk.flight !== flight) chunk.sentElsewhere = true;
    chunk.sentAtMs = nowMs;
    this.#enterFlight(chunk, flight);
    flight.sampler?.onSent(chunk.tsn, this.outstandingCount, chunk.chunkBytes, flight.flightBytes, nowMs);
    this.#detector.onResent(chunk, this.#nextTsn);
    // RFC 9260 6.3.1 C5, the strict form: nothing at or above a retransmitted TSN can be timed; of one path, where many are in use.
    for (const other of this.#flights) {
      if (isSplit && other !== flight && other.timedTsn !== chunk.tsn) continue;
      if (other.isTiming && tsnLte(chunk.tsn, other.timedTsn)) other.isTiming = false;
    }
  }

  /**
   * T3-rtx expired: everything outstanding on the path is to be sent again (RFC 9260 6.3.3 E3), what waits for that already
   * no longer where it went before (6.4).
   */
  markPathLost(flight: PathFlight): void {
    flight.isTiming = false;
    let tsn = this.#firstOutstandingOn(flight, tsnAdd(this.#cumulativeAckPoint, 1));
    while (tsn !== undefined) {
      const chunk = this.#ring.at(tsn);
      chunk.timedOut = true;
      if (chunk.state === SentState.InFlight) this.markLost(chunk);
      tsn = this.#firstOutstandingOn(flight, tsnAdd(tsn, 1));
    }
  }

  restoreTimedOut(flight: PathFlight): SentChunk[] {
    const restored: SentChunk[] = [];
    let tsn = this.earliestOn(flight);
    for (; tsn !== undefined; tsn = this.#firstOutstandingOn(flight, tsnAdd(tsn, 1))) {
      const chunk = this.#ring.at(tsn);
      const { state, timedOut, fastRetransmitted } = chunk;
      if (state !== SentState.ToRetransmit || !timedOut || fastRetransmitted) continue;
      this.#toRetransmit?.delete(tsn);
      chunk.timedOut = false;
      this.#returnToFlight(chunk, flight);
      restored.push(chunk);
    }
    return restored;
  }

  markLost(chunk: SentChunk): void {
    chunk.flight?.sampler?.onLost(chunk.tsn, chunk.chunkBytes);
    this.recall(chunk);
  }

  /** A chunk in flight is to be sent again, and nobody knows it to be lost: it does not count as such (C.lost of BBR's draft). */
  recall(chunk: SentChunk): void {
    this.#leaveFlight(chunk);
    this.#awaitRetransmission(chunk);
  }

  /** As `recall`, on whatever path: it says nothing of the one that it is under way on. */
  detach(chunk: SentChunk): void {
    const { tsn, flight } = chunk;
    if (flight === undefined) return;
    flight.sampler?.forget(tsn);
    this.recall(chunk);
    flight.outstanding?.delete(tsn);
    chunk.flight = undefined;
  }

  /**
   * Gives up all chunks of a message (RFC 3758 3.5 A2, A3). Where not all of it has been sent, one more TSN stands for the rest:
   * by that the peer knows that its message will not be ended.
   * @param tsn of a chunk of the message; undefined for what was sent last
   * @param hasRest whether some of the message has not been sent; there must be a free TSN then
   * @returns payload bytes that need not be kept any more
   */
  abandon(message: OutboundMessage, tsn: number | undefined, hasRest: boolean): number {
    const from = tsn ?? tsnAdd(this.#nextTsn, -1);
    const isEdge = (chunk: SentChunk, flag: number): boolean =>
      (chunk.flags & flag) !== 0 && chunk.isOf(message);
    let first = from;
    while (tsnGt(first, this.#cumulativeAckPoint) && !isEdge(this.#ring.at(first), DataFlag.Beginning))
      first = tsnAdd(first, -1);
    if (tsnLte(first, this.#cumulativeAckPoint)) first = tsnAdd(this.#cumulativeAckPoint, 1);
    message.acknowledgedBytes = message.sentBytes;
    let releasedBytes = 0;
    for (let at = first; tsnLt(at, this.#nextTsn); at = tsnAdd(at, 1)) {
      const chunk = this.#ring.at(at);
      if (!chunk.isOf(message)) continue;
      if (!chunk.isLetGo) message.acknowledgedBytes = Math.min(message.acknowledgedBytes, chunk.payloadStart);
      releasedBytes += chunk.payloadBytes;
      const isLast = isEdge(chunk, DataFlag.Ending);
      this.#giveUp(chunk);
      if (isLast) break;
    }
    if (hasRest) this.#standInFor(message);
    return releasedBytes;
  }

  /** The lowest TSN that is outstanding on `flight`; undefined where nothing is. */
  earliestOn(flight: PathFlight): number | undefined {
    return this.#firstOutstandingOn(flight, tsnAdd(this.#cumulativeAckPoint, 1));
  }

  /** Whether `tsn` is the earliest chunk that is outstanding on `flight` (RFC 9260 6.1, T3-rtx restart). */
  isEarliestOn(flight: PathFlight, tsn: number): boolean {
    const first = this.earliestOn(flight);
    return first === undefined || tsnGte(first, tsn);
  }

  /** Validates a SACK whole, then applies it. Nothing changes unless the verdict is "accepted". */
  onSack(sack: SackView, nowMs: number): SackVerdict {
    const cumulative = sack.cumulativeTsnAck;
    if (tsnLt(cumulative, this.#cumulativeAckPoint)) return "stale"; // RFC 9260 6.2.1 D-i
    if (tsnGte(cumulative, this.#nextTsn)) return "acks-unsent";
    const verdict = judgeGapBlocks(sack, tsnDiff(this.#nextTsn, cumulative) - 1);
    if (verdict !== "accepted") return verdict;
    if (this.#isPromised(cumulative)) return "breaks-promise";
    if (this.#renegeLimit?.isExceeded(nowMs) === true) return "reneges-too-much";
    this.#beginSack();
    this.#ackThrough(cumulative, nowMs);
    if (sack.gapBlockCount > 0 || this.gapAckedBytes > 0) this.#applyGapBlocks(sack, nowMs);
    else this.#gaps = undefined;
    if (sack.firstNonRenegable < sack.gapBlockCount) this.#letGo(sack, nowMs);
    return "accepted";
  }

  /**
   * The Cumulative TSN Ack of a SHUTDOWN chunk: says nothing about gaps (RFC 9260 3.3.8), but that the next TSN is not
   * there. If a gap block had reported it, the peer has reneged; nothing else would ever ask for it again.
   */
  onCumulativeAck(cumulative: number, nowMs: number): SackVerdict {
    if (tsnLt(cumulative, this.#cumulativeAckPoint)) return "stale";
    if (tsnGte(cumulative, this.#nextTsn)) return "acks-unsent";
    if (this.#isPromised(cumulative)) return "breaks-promise";
    this.#beginSack();
    this.#ackThrough(cumulative, nowMs);
    const next = this.isEmpty ? undefined : this.#ring.at(tsnAdd(cumulative, 1));
    if (next?.state === SentState.Acked) {
      this.#gaps?.withdrawFirst(cumulative);
      this.#renege(next, nowMs);
    }
    return "accepted";
  }

  /** Gives memory back while nothing is outstanding. */
  compact(): void {
    if (!this.isEmpty || this.#ring.capacity <= IDLE_CAPACITY) return;
    this.#ring.clear();
    this.#toRetransmit = undefined;
    for (const { outstanding } of this.#flights) outstanding?.clear();
  }

  /** Payload bytes of one stream that are not cumulatively acknowledged: looks at everything outstanding. */
  bufferedBytesOn(streamId: number): number {
    let bytes = 0;
    for (let tsn = tsnAdd(this.#cumulativeAckPoint, 1); tsnLt(tsn, this.#nextTsn); tsn = tsnAdd(tsn, 1)) {
      const chunk = this.#ring.at(tsn);
      if (chunk.streamId === streamId) bytes += chunk.payloadBytes;
    }
    return bytes;
  }

  /** Whether a message with a chunk that is not cumulatively acknowledged is such a one. The oldest are looked at first. */
  someMessage(isSuch: (message: OutboundMessage) => boolean): boolean {
    for (let tsn = tsnAdd(this.#cumulativeAckPoint, 1); tsnLt(tsn, this.#nextTsn); tsn = tsnAdd(tsn, 1)) {
      const { message } = this.#ring.at(tsn);
      if (message !== undefined && isSuch(message)) return true;
    }
    return false;
  }

  /** Every message with a chunk that the peer has not cumulatively acknowledged, in TSN order, each once; all are let go. */
  drain(): OutboundMessage[] {
    const messages = new Set<OutboundMessage>();
    for (let tsn = tsnAdd(this.#cumulativeAckPoint, 1); tsnLt(tsn, this.#nextTsn); tsn = tsnAdd(tsn, 1)) {
      const { message, payloadStart } = this.#ring.at(tsn);
      if (message === undefined || messages.has(message)) continue;
      message.acknowledgedBytes = payloadStart; // Its fragments were sent in order.
      messages.add(message);
    }
    this.#ring.clear();
    this.#detector.reset(this.#nextTsn);
    this.#cumulativeAckPoint = tsnAdd(this.#nextTsn, -1);
    this.gapAckedBytes = 0;
    this.#toRetransmit = undefined;
    this.inFlightPayloadBytes = 0;
    for (const flight of this.#flights) flight.reset();
    return [...messages];
  }

  #beginAt(initialTsn: number): void {
    this.#nextTsn = initialTsn;
    this.#cumulativeAckPoint = tsnAdd(initialTsn, -1);
  }

  #beginSack(): void {
    this.cumulativeAckAdvanced = false;
    this.releasedBytes = 0;
    this.newlyAckedChunkCount = 0;
    for (const flight of this.#flights) flight.beginSack();
  }

  #ackThrough(cumulative: number, nowMs: number): void {
    while (this.#cumulativeAckPoint !== cumulative) {
      const tsn = tsnAdd(this.#cumulativeAckPoint, 1);
      const chunk = this.#ring.at(tsn);
      if (chunk.state === SentState.Acked) {
        this.gapAckedBytes -= chunk.chunkBytes;
      } else if (chunk.state === SentState.Abandoned) {
        this.newlyAckedChunkCount++; // The peer has heard that it was given up, or has it after all.
      } else {
        const flight = chunk.flight;
        if (flight !== undefined) flight.ackedEarliest = true;
        this.#ack(chunk, nowMs);
      }
      this.#release(chunk);
      chunk.state = SentState.Free;
      chunk.message = undefined;
      chunk.flight = undefined;
      this.#cumulativeAckPoint = tsn;
      this.cumulativeAckAdvanced = true;
    }
    if (tsnLte(this.#retransmitHintTsn, cumulative)) this.#retransmitHintTsn = tsnAdd(cumulative, 1);
    this.highestNewlyAckedTsn = this.cumulativeAckAdvanced ? cumulative : tsnAdd(cumulative, -1);
  }

  /** Takes back what the blocks no longer cover, acknowledges what they cover now. */
  #applyGapBlocks(sack: SackView, nowMs: number): void {
    const base = this.#cumulativeAckPoint;
    this.#gaps ??= new GapReports();
    const gaps = this.#gaps;
    gaps.read(sack, base);
    const withdrawn = gaps.withdrawn();
    for (let i = 0; i < withdrawn.length; i += 2) {
      const last = withdrawn[i + 1] as number;
      for (let offset = withdrawn[i] as number; offset <= last; offset++)
        this.#renege(this.#ring.at(tsnAdd(base, offset)), nowMs);
    }
    const added = gaps.added();
    for (let i = 0; i < added.length; i += 2) {
      const last = added[i + 1] as number;
      for (let offset = added[i] as number; offset <= last; offset++) {
        const chunk = this.#ring.at(tsnAdd(base, offset));
        if (chunk.isLetGo) continue; // Acknowledged for good before, and left out since: that is no news.
        this.#ackByGap(chunk, nowMs);
        this.highestNewlyAckedTsn = chunk.tsn;
      }
    }
  }

  /**
   * Whether the peer says that it lacks the TSN behind its Cumulative TSN Ack, and has said before that it will not take it back.
   * Nobody has that data any more. What it says of its gaps alone may leave such a TSN out: it came late, or has no room.
   */
  #isPromised(cumulative: number): boolean {
    const tsn = tsnAdd(cumulative, 1);
    return this.gapAckedBytes > 0 && tsnLt(tsn, this.#nextTsn) && this.#ring.at(tsn).isLetGo;
  }

  /** What the peer will not take back is kept no longer (draft-tuexen-tsvwg-sctp-multipath 4.4.2). */
  #letGo(sack: SackView, nowMs: number): void {
    const base = this.#cumulativeAckPoint;
    const ranges = this.#gaps?.madeNonRenegable(sack, base) ?? NO_RANGES;
    for (let i = 0; i < ranges.length; i += 2) {
      const last = ranges[i + 1] as number;
      for (let offset = ranges[i] as number; offset <= last; offset++) {
        const chunk = this.#ring.at(tsnAdd(base, offset));
        if (chunk.isLetGo) this.#countReneged(nowMs); // It was told before, and not between.
        if (chunk.state !== SentState.Acked || chunk.message === undefined) continue;
        this.#release(chunk);
        chunk.payloadBytes = 0;
        chunk.message = undefined;
      }
    }
  }

  /** The user's memory comes free. */
  #release(chunk: SentChunk): void {
    this.releasedBytes += chunk.payloadBytes;
    if (this.watch !== undefined) this.watch.onReleased(chunk);
  }

  #ackByGap(chunk: SentChunk, nowMs: number): void {
    if (chunk.state === SentState.Abandoned) return;
    const flight = chunk.flight;
    this.#ack(chunk, nowMs);
    this.gapAckedBytes += chunk.chunkBytes;
    // Chunks come in TSN order, so the first one of a path settles the question for the whole SACK.
    if (flight !== undefined && flight.ackedEarliest === undefined)
      flight.ackedEarliest = this.isEarliestOn(flight, chunk.tsn);
  }

  /** RFC 9260 6.2.1 D-iii: the peer dropped what it had reported; the chunk is in flight again, with one miss. */
  #renege(chunk: SentChunk, nowMs: number): void {
    if (chunk.state === SentState.Abandoned) return;
    this.#countReneged(nowMs);
    if (chunk.isLetGo) {
      // It is said not to be taken back: to be told of it again, or to be acknowledged cumulatively.
      if (this.#gaps !== undefined) this.#gaps.leavesOutKept = true;
      return;
    }
    const flight = chunk.flight;
    this.gapAckedBytes -= chunk.chunkBytes;
    if (flight === undefined) return this.#awaitRetransmission(chunk); // Its path has gone: no T3-rtx would bring it back.
    this.#returnToFlight(chunk, flight);
    this.#detector.onReneged(chunk);
  }

  /** A SACK tells that it is in flight on the path that it was sent on last: it was so when that came. */
  #returnToFlight(chunk: SentChunk, flight: PathFlight): void {
    chunk.state = SentState.InFlight;
    this.#enterFlight(chunk, flight);
    flight.flightBytesBefore += chunk.chunkBytes;
  }

  #countReneged(nowMs: number): void {
    this.#renegeLimit ??= new RenegeLimit(nowMs);
    this.#renegeLimit.onReneged();
  }

  #ack(chunk: SentChunk, nowMs: number): void {
    const flight = chunk.flight;
    if (!chunk.credited) this.#detector.onAcked?.(chunk, nowMs);
    if (chunk.state === SentState.ToRetransmit) {
      this.#toRetransmit?.delete(chunk.tsn);
    } else {
      this.#leaveFlight(chunk);
    }
    chunk.state = SentState.Acked;
    flight?.outstanding?.delete(chunk.tsn);
    if (!chunk.credited) {
      chunk.credited = true;
      this.newlyAckedChunkCount++;
      if (chunk.transmitCount === 1)
        flight?.onAckedOnce(chunk.chunkBytes, chunk.sentAtMs, chunk.deliveredBefore);
      else flight?.onAckedAgain(chunk.chunkBytes, chunk.sentElsewhere);
      if (flight?.sampler !== undefined) {
        const { tsn, chunkBytes, sentAtMs, transmitCount } = chunk;
        flight.sampler.onAcked(tsn, chunkBytes, sentAtMs, transmitCount === 1, nowMs);
      }
    }
    if (flight === undefined) return;
    if (flight.isTiming && flight.timedTsn === chunk.tsn) {
      flight.isTiming = false;
      flight.rttSampleMs = nowMs - chunk.sentAtMs;
    }
  }

  #giveUp(chunk: SentChunk): void {
    const { tsn, flight } = chunk;
    if (chunk.state === SentState.InFlight) this.#leaveFlight(chunk);
    else if (chunk.state === SentState.Acked) this.gapAckedBytes -= chunk.chunkBytes;
    else this.#toRetransmit?.delete(tsn);
    if (flight !== undefined) {
      flight.outstanding?.delete(tsn);
      if (flight.timedTsn === tsn) flight.isTiming = false;
    }
    chunk.state = SentState.Abandoned;
    chunk.payloadBytes = 0;
    chunk.message = undefined;
    chunk.flight = undefined;
  }

  /** A TSN for what of an abandoned message has no chunk: nothing is sent under it, ever. */
  #standInFor({ streamId, ssn, unordered }: OutboundMessage): void {
    assert(!this.isFull, "sent log overflow");
    const tsn = this.#nextTsn;
    const chunk = this.#ring.take(tsn, this.outstandingCount);
    chunk.state = SentState.Abandoned;
    chunk.flags = DataFlag.Ending | (unordered ? DataFlag.Unordered : 0);
    chunk.streamId = streamId;
    chunk.ssn = ssn;
    chunk.payloadBytes = 0;
    chunk.message = undefined;
    chunk.flight = undefined;
    this.#nextTsn = tsnAdd(tsn, 1);
  }

  #awaitRetransmission(chunk: SentChunk): void {
    chunk.state = SentState.ToRetransmit;
    this.#toRetransmit ??= new TsnSet();
    if (this.#toRetransmit.size === 0 || tsnLt(chunk.tsn, this.#retransmitHintTsn))
      this.#retransmitHintTsn = chunk.tsn;
    this.#toRetransmit.add(chunk.tsn, tsnAdd(this.#cumulativeAckPoint, 1));
  }

  /** The lowest TSN from `fromTsn` on that went to `flight` last and has not been acknowledged. */
  #firstOutstandingOn(flight: PathFlight, fromTsn: number): number | undefined {
    if (flight.outstanding !== undefined) return flight.outstanding.first(fromTsn);
    for (let tsn = fromTsn; tsnLt(tsn, this.#nextTsn); tsn = tsnAdd(tsn, 1)) {
      const chunk = this.#ring.at(tsn);
      if (chunk.flight === flight && chunk.state !== SentState.Acked) return tsn;
    }
    return undefined;
  }

  /** With several paths: which chunks are outstanding on this one is listed from now on. */
  #listOutstanding(flight: PathFlight): void {
    if (flight.outstanding !== undefined) return;
    const listed = new TsnSet();
    const lowest = tsnAdd(this.#cumulativeAckPoint, 1);
    let tsn = this.#firstOutstandingOn(flight, lowest);
    for (; tsn !== undefined; tsn = this.#firstOutstandingOn(flight, tsnAdd(tsn, 1))) listed.add(tsn, lowest);
    flight.outstanding = listed;
  }

  #enterFlight(chunk: SentChunk, flight: PathFlight): void {
    if (flight.outstanding !== undefined && chunk.flight !== flight)
      chunk.flight?.outstanding?.delete(chunk.tsn);
    flight.outstanding?.add(chunk.tsn, tsnAdd(this.#cumulativeAckPoint, 1));
    chunk.flight = flight;
    flight.flightBytes += chunk.chunkBytes;
    flight.flightChunkCount++;
    this.inFlightPayloadBytes += chunk.payloadBytes;
  }

  #leaveFlight(chunk: SentChunk): void {
    const flight = chunk.flight;
    this.#detector.onLeftFlight?.(chunk);
    this.inFlightPayloadBytes -= chunk.payloadBytes;
    if (flight === undefined) return;
    flight.flightBytes -= chunk.chunkBytes;
    flight.flightChunkCount--;
    assert(flight.flightBytes >= 0, "bytes in flight went negative");
  }
}
