/**
 * The sending half of an association: from messages to DATA chunks in packets, and what SACKs do to them.
 * Owns: the wiring of the send queue, the sent log, loss recovery, the peer's window, Max.Burst, pacing, the send buffer and
 * the paths; Nagle; whether the windows let a packet with DATA be started.
 * Does not own: what each of those parts does; control chunks; the association's state.
 */

import type { AssociationOptions } from "../../base/options.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import type { PacketWriter } from "../../chunks/packet-writer.ts";
import type { SackView } from "../../chunks/sack.ts";
import { padded } from "../../chunks/tlv.ts";
import {
  behindAuth,
  DATA_FORMAT,
  I_DATA_FORMAT,
  type UserDataFormat,
} from "../../chunks/user-data-format.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { GrowthBudget } from "../model/growth-budget.ts";
import type { OutboundMessage } from "../model/outbound-message.ts";
import { MultipathScheduler, type PathRoom } from "../paths/multipath-scheduler.ts";
import type { Path } from "../paths/path.ts";
import type { PathScheduler } from "../paths/path-scheduler.ts";
import type { PathSet } from "../paths/path-set.ts";
import { mayOutrunSack } from "../paths/quick-failover.ts";
import { Rfc9260PathScheduler } from "../paths/rfc9260-path-scheduler.ts";
import type { Abandonment } from "./abandonment.ts";
import { BurstLimit } from "./burst-limit.ts";
import { rescheduleEarliest } from "./chunk-rescheduling.ts";
import { noteRunDry, sampleDelivery } from "./delivery-sampling.ts";
import { fragmentFlags, fullPayloadBytes, payloadFor } from "./fragmentation.ts";
import type { LossDetector } from "./loss-detector.ts";
import { createLossDetector } from "./loss-detectors.ts";
import { type LossObserver, LossRecovery } from "./loss-recovery.ts";
import { Pacing } from "./pacing.ts";
import { PeerWindow } from "./peer-window.ts";
import { ReleaseWatch } from "./release-watch.ts";
import type { Renumbering } from "./renumbering.ts";
import { SendBufferGrowth } from "./send-buffer-growth.ts";
import { SendQueue } from "./send-queue.ts";
import type { SentChunk } from "./sent-chunk.ts";
import { type SackVerdict, SentLog } from "./sent-log.ts";
import { SCHEDULER_MAKERS } from "./stream-schedulers.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** Told of what tracing shows and of what needs the association. */
export interface OutboundObserver extends LossObserver {
  onTimer(timer: "zero-window-probe" | "reordering" | "tail-loss-probe", path?: Path): void;
}

export interface OutboundInit {
  /** Of the first DATA chunk, until `reset` names another. */
  readonly initialTsn: number;
  readonly options: AssociationOptions;
  /** The paths that there are already, and those that `onPathAdded` tells of. */
  readonly paths: PathSet;
  readonly observer: OutboundObserver;
}

/** What both sides have agreed on for this half of the data transfer. */
export interface OutboundTerms {
  readonly initialTsn: number;
  readonly peerRwndBytes: number;
  readonly streamCount: number;
  /** User data goes in I-DATA (RFC 8260 2.2.1). */
  readonly isInterleaved: boolean;
}

export class Outbound implements TimedPart, PathRoom {
  readonly queue: SendQueue;
  readonly sent: SentLog;
  /** Payload bytes accepted from the user and not yet acknowledged for good: cumulatively, or as what is never taken back. */
  bufferedBytes = 0;
  readonly peerWindow: PeerWindow;
  /** Made by whoever gives messages up, with the first one that may be. */
  abandonment: Abandonment | undefined = undefined;
  /** Made when either side asks for the first time that numbers begin anew. */
  renumbering: Renumbering | undefined = undefined;

  #options: AssociationOptions;
  /** What the peer agreed to; undefined before `reset`. */
  #streamCount: number | undefined = undefined;
  /** Made when the send buffer is full for the first time. */
  #growth: SendBufferGrowth | undefined = undefined;
  readonly #detector: LossDetector;
  /** Made with the first SACK, timeout or loss. */
  #madeRecovery: LossRecovery | undefined = undefined;
  readonly #paths: PathSet;
  readonly #pathScheduler: PathScheduler;
  readonly #observer: OutboundObserver;
  /** How user data is written, and how large its header is. */
  #format: UserDataFormat = DATA_FORMAT;
  /** Payload of a full chunk. */
  #maxPayloadBytes = 0;
  /** Made with the first packet. */
  #burst: BurstLimit | undefined = undefined;
  /** Made with the first packet of a path that is paced. */
  #pacing: Pacing | undefined = undefined;

  constructor({ initialTsn, options, paths, observer }: OutboundInit) {
    this.#detector = createLossDetector(options, paths);
    this.#detector.setOptions(options);
    this.queue = new SendQueue(SCHEDULER_MAKERS[options.streamScheduler]);
    this.sent = new SentLog(initialTsn, this.#detector);
    this.peerWindow = new PeerWindow(this.sent);
    for (const path of paths.all) this.sent.addFlight(path.flight);
    this.#options = options;
    this.#paths = paths;
    const isSplit = this.#detector.recovery !== undefined;
    this.#pathScheduler = isSplit ? new MultipathScheduler(paths, this) : new Rfc9260PathScheduler(paths);
    this.#observer = observer;
    this.onPacketSizeChanged();
  }

  /**
   * An agreement with the peer, the first one or that of a restart (RFC 9260 5.1, 5.2.4): TSNs, SSNs and windows begin anew.
   * What the user has queued is kept, and what was sent and is not acknowledged goes out again as if it never had been.
   */
  reset({ initialTsn, peerRwndBytes, streamCount, isInterleaved }: OutboundTerms): void {
    const unsent = this.drain();
    this.queue.reset(isInterleaved);
    this.#format = isInterleaved ? I_DATA_FORMAT : DATA_FORMAT;
    this.onPacketSizeChanged();
    this.sent.reset(initialTsn);
    this.abandonment?.reset();
    this.renumbering?.reset();
    this.peerWindow.reset(peerRwndBytes);
    this.#burst = undefined;
    this.#pacing = undefined;
    this.#streamCount = streamCount;
    for (const message of unsent) {
      message.rewind();
      this.enqueue(message);
    }
  }

  /** Each packet with user data has an AUTH chunk from now on, until `reset`; its bytes are kept free (RFC 4895 6.2). */
  reserve(authBytes: number): void {
    this.#format = behindAuth(this.#format, authBytes);
    this.onPacketSizeChanged();
  }

  /** The peer has more inbound streams now (RFC 6525 5.2.7 H6). */
  addStreams(count: number): void {
    this.#streamCount = this.streamCount + count;
  }

  /** TSNs and SSNs begin anew; nothing may be outstanding (RFC 6525 5.2.4, 5.2.7 H5). @param nextTsn of the next DATA chunk */
  renumber(nextTsn: number): void {
    this.sent.reset(nextTsn);
    this.#madeRecovery?.reset();
    this.abandonment?.onRenumbered();
    this.queue.restart(undefined);
  }

  /** When a zero-window probe is due, something counts as lost, a path's tail is to be probed, or what was held back may leave. */
  get deadlineMs(): number {
    const lossMs = this.#detector.deadlineMs ?? NEVER;
    const pacedMs = this.#pacing?.deadlineMs ?? NEVER;
    return Math.min(this.peerWindow.deadlineMs, lossMs, pacedMs);
  }

  get timer(): TimerName | undefined {
    return this.peerWindow.deadlineMs <= this.deadlineMs ? "zero-window-probe" : undefined;
  }

  onTimeout(nowMs: number): void {
    this.#pacing?.begin(); // Packets are asked for whenever a deadline has come.
    if (nowMs >= this.peerWindow.deadlineMs) {
      this.#observer.onTimer("zero-window-probe");
      this.peerWindow.onTimeout();
    }
    if (this.#detector.isLossDue?.(nowMs) === true) this.#recovery.onReorderingTimeout(nowMs);
    const path = this.#detector.takeDueProbe?.(nowMs);
    if (path !== undefined && this.#recovery.beginProbe(path, nowMs) && !this.#mayFillNew(path, nowMs))
      this.#recovery.probeAgain(path, nowMs);
  }

  /** User data goes in I-DATA, and not in DATA. */
  get isInterleaved(): boolean {
    return this.#format.isInterleaved;
  }

  /** The type of the chunks that user data goes in. */
  get userDataType(): number {
    return this.#format.chunkType;
  }

  /** Whether a message that is not cumulatively acknowledged is to be authenticated with that key (RFC 6458 8.3.5). */
  usesKey(keyId: number): boolean {
    const uses = ({ authKeyId }: OutboundMessage): boolean => authKeyId === keyId;
    return this.sent.someMessage(uses) || this.queue.someMessage(uses);
  }

  /** Streams that messages may go out on; before `reset`, those asked for. */
  get streamCount(): number {
    return this.#streamCount ?? this.#options.outboundStreams;
  }

  /** Nothing is queued and nothing is unacknowledged. */
  get isIdle(): boolean {
    return this.queue.isEmpty && this.sent.isEmpty;
  }

  /** Messages up to this size travel in one chunk. */
  get fragmentationPointBytes(): number {
    return this.#maxPayloadBytes;
  }

  setOptions(options: AssociationOptions): void {
    this.#options = options;
    this.#detector.setOptions(options);
    this.queue.schedule(SCHEDULER_MAKERS[options.streamScheduler]);
    this.onPacketSizeChanged();
  }

  onPathAdded(path: Path): void {
    this.sent.addFlight(path.flight);
    this.onPacketSizeChanged();
  }

  /** A path has been taken out of the set: what is in flight there goes out again elsewhere. */
  onPathRemoved(path: Path): void {
    this.sent.removeFlight(path.flight);
    this.#detector.onPathRemoved?.(path);
    this.#pacing?.onPathRemoved(path);
    this.#madeRecovery?.onPathRemoved(path);
    this.onPacketSizeChanged();
  }

  /** Packets of another size travel on a path. What was cut already stays as it is (RFC 9260 6.9). */
  onPacketSizeChanged(): void {
    this.#maxPayloadBytes = fullPayloadBytes(this.#paths, this.#options, this.#format);
  }

  enqueue(message: OutboundMessage): void {
    this.queue.push(message);
    this.bufferedBytes += message.data.length;
    if (message.receipt !== undefined) this.sent.watch ??= new ReleaseWatch();
    this.sent.watch?.onQueued(message);
    if (message.limit !== undefined) this.abandonment?.onQueued(message);
  }

  /** `bufferedBytes` above which the user is asked to wait. */
  get sendBufferBytes(): number {
    return this.#options.sendBufferBytes + (this.#growth?.grownBytes ?? 0);
  }

  /** The user needs so much more room: where there is none, the buffer grows as far as the flow is worth it. */
  makeRoom(neededBytes: number, budget: GrowthBudget): void {
    if (this.bufferedBytes + neededBytes < this.sendBufferBytes) return;
    this.#growth ??= new SendBufferGrowth(this.#paths, this.peerWindow);
    this.#growth.grow(this.#options, budget);
  }

  /** Other options hold, or the flow has come to an end: what has grown is given back, down to what those allow. */
  shrink(budget: GrowthBudget): void {
    this.#growth?.shrink(this.bufferedBytes === 0, this.#options, budget);
  }

  /** Payload bytes of one stream that are not cumulatively acknowledged: looks at all that is queued and outstanding on it. */
  bufferedBytesOn(streamId: number): number {
    return this.queue.pendingBytesOn(streamId) + this.sent.bufferedBytesOn(streamId);
  }

  /** The receipts and marks of whoever watches; made for the first of them. */
  get releaseWatch(): ReleaseWatch {
    this.sent.watch ??= new ReleaseWatch();
    return this.sent.watch;
  }

  /**
   * Gives up a message (RFC 3758 3.5): what of it was sent counts as acknowledged, nothing of it is sent any more.
   * @param tsn of a chunk of it; undefined where none may be outstanding, or the message waits
   * @returns false where that must wait, for there is no TSN left for the rest of it
   */
  abandon(message: OutboundMessage, tsn?: number): boolean {
    const restBytes = message.data.length - message.sentBytes;
    if (message.limit?.isWaiting === true) {
      this.queue.giveUp(message);
      this.#free(message, restBytes);
      return true;
    }
    if (restBytes > 0) {
      if (this.sent.isFull) return false;
      this.queue.drop(message);
    }
    this.#free(message, restBytes + this.sent.abandon(message, tsn, restBytes > 0));
    if (!this.sent.hasRetransmissions) this.#madeRecovery?.cancelRetransmit();
    return true;
  }

  /**
   * The path that a packet with DATA would go to now; undefined if windows, timers or emptiness forbid one. Asking means
   * that packets can be sent: the SACKs that come from now on find the windows as they are left.
   */
  nextPath(nowMs: number): Path | undefined {
    this.#burst?.begin(nowMs, this.#options.maxBurst);
    this.#pacing?.begin();
    for (const { flight, congestion } of this.#paths.all)
      flight.filledWindow = flight.flightBytes >= congestion.cwndBytes;
    const lost = this.sent.hasRetransmissions ? this.#recovery.nextLost(nowMs) : undefined;
    if (this.#detector.probing !== undefined) this.#keepProbe(lost);
    if (lost !== undefined) return this.#pathForLost(lost, nowMs);
    const next = this.queue.peek();
    const path = next === undefined ? undefined : this.#pathScheduler.pathFor(next, nowMs);
    if (path !== undefined && this.#mayStartPacket(path, nowMs)) return this.#unlessHeld(path, nowMs);
    return this.#onNothingToSend(nowMs);
  }

  /** A probe of a path's tail is not to be sent any more once something else goes first. */
  #keepProbe(lost: SentChunk | undefined): void {
    if (lost?.tsn !== this.#detector.probing?.resentTsn) this.#detector.probing = undefined;
  }

  #pathForLost(lost: SentChunk, nowMs: number): Path | undefined {
    const path = this.#pathScheduler.retransmissionPath(lost.flight, lost.timedOut, nowMs);
    if (!path.confirmed) return undefined; // RFC 9260 5.4: the peer has left every address that is.
    const may = this.#recovery.retransmitDueOn(path) || this.#hasCwnd(path);
    return may ? this.#unlessHeld(path, nowMs) : undefined;
  }

  /** No new DATA can be sent. @returns where something is to be sent again meanwhile */
  #onNothingToSend(nowMs: number): Path | undefined {
    if (this.queue.pendingBytes < this.#maxPayloadBytes) noteRunDry(this.#paths);
    if (this.#detector.recovery === undefined || !this.#isBlocked) return undefined;
    return rescheduleEarliest(this, this.#paths, this.#pathScheduler, nowMs);
  }

  /**
   * Appends DATA for `path`, which `nextPath` has just given, to a packet: retransmissions first (RFC 9260 6.1 C), in TSN order.
   * @param askForSack set the I bit on the last chunk of the queue (RFC 9260 6.1, SHUTDOWN-PENDING)
   */
  fill(writer: PacketWriter, path: Path, askForSack: boolean, nowMs: number): void {
    const { flight, congestion } = path;
    path.decayIdleWindow(nowMs);
    sampleDelivery(path);
    const flightBytesBefore = flight.flightBytes;
    const anyCwnd = this.#hasCwnd(path);
    // Where nothing is lost it was for new DATA that the path was given.
    const mayFillNew =
      !this.sent.hasRetransmissions ||
      (this.#recovery.fillLost(writer, this.#format, path, anyCwnd, nowMs) && this.#mayFillNew(path, nowMs));
    if (mayFillNew && anyCwnd) this.#fillNew(writer, path, askForSack, nowMs);
    const sentBytes = flight.flightBytes - flightBytesBefore;
    if (sentBytes === 0) return;
    congestion.onSent?.(sentBytes, flight.flightBytes, nowMs, flight.sampler?.isAppLimited === true);
    const rate = congestion.pacingBytesPerMs;
    if (rate !== undefined) this.#pace(path, sentBytes, rate, nowMs);
    const { probing } = this.#detector;
    if (probing?.path === path) this.#recovery.onProbeSent(probing, writer);
  }

  /** Size of the chunk that `fill` would write next, and of the AUTH chunk before it, without padding; 0 where there is none. */
  get nextChunkBytes(): number {
    const headerBytes = this.#format.headerBytes + this.#format.authBytes;
    const lost = this.sent.nextToRetransmit();
    if (lost !== undefined) return headerBytes + lost.payloadBytes;
    const message = this.queue.peek();
    if (message === undefined) return 0;
    return headerBytes + Math.min(message.data.length - message.sentBytes, this.#maxPayloadBytes);
  }

  /** A SACK arrived. Nothing changes unless it is accepted. */
  onSack(sack: SackView, nowMs: number): SackVerdict {
    const { sent } = this;
    const verdict = sent.onSack(sack, nowMs);
    if (verdict !== "accepted") return verdict;
    this.bufferedBytes -= sent.releasedBytes;
    this.#earnBursts(this.#recovery.onSack(sack, this.#maxChunkBytes, nowMs));
    this.abandonment?.onAcknowledged();
    return verdict;
  }

  /** The cumulative ack in a SHUTDOWN chunk (RFC 9260 9.2). */
  onCumulativeAck(cumulativeTsnAck: number, nowMs: number): SackVerdict {
    const { sent } = this;
    const verdict = sent.onCumulativeAck(cumulativeTsnAck, nowMs);
    if (verdict !== "accepted") return verdict;
    this.peerWindow.onShutdown(sent.newlyAckedChunkCount > 0, sent.isEmpty);
    this.bufferedBytes -= sent.releasedBytes;
    this.#earnBursts(this.#recovery.onCumulativeAck(this.#maxChunkBytes, nowMs));
    this.abandonment?.onAcknowledged();
    return verdict;
  }

  /** T3-rtx expired on a path. @returns whether this is an error of the path */
  onT3(path: Path, nowMs: number): boolean {
    return this.#recovery.onT3(path, nowMs);
  }

  /** T1-cookie expired: the DATA that went with the COOKIE ECHO goes with the next one (RFC 9260 5.1.4). */
  onSetupTimeout(nowMs: number): void {
    for (const path of this.#paths.all) if (path.flight.flightChunkCount > 0) this.onT3(path, nowMs);
  }

  /** The COOKIE ACK has come: from here T3-rtx watches over what went with the COOKIE ECHO, not T1-cookie. */
  onEstablished(nowMs: number): void {
    for (const path of this.#paths.all) {
      if (path.flight.flightChunkCount === 0) continue;
      path.startT3(nowMs);
      this.#recovery.armProbe(path, nowMs);
    }
  }

  /** When the life of the message that is next ends, if none of it has been sent. */
  get expiryDeadlineMs(): number {
    const next = this.queue.peek();
    return next === undefined || next.sentBytes > 0 ? NEVER : next.expiresAtMs;
  }

  /** Takes out the messages whose life has ended before any of them was sent (RFC 9260 11.1.5). */
  takeExpired(nowMs: number): OutboundMessage[] {
    const expired: OutboundMessage[] = [];
    for (let next = this.queue.peek(); next?.hasExpired(nowMs); next = this.queue.peek()) {
      this.queue.drop(next);
      this.#free(next, next.data.length);
      if (next.limit !== undefined) this.abandonment?.onExpired(next);
      expired.push(next);
    }
    return expired;
  }

  /** Everything not cumulatively acknowledged, oldest first, for SEND FAILURE; the queues are empty afterwards. */
  drain(): OutboundMessage[] {
    const unacknowledged = this.sent.drain();
    const queued = this.queue.drain();
    this.#madeRecovery?.reset();
    this.bufferedBytes = 0;
    this.sent.watch?.onDrained();
    if (queued.length === 0) return unacknowledged;
    // A message that is partly sent is in both, unless all that was sent of it has been acknowledged.
    const messages = new Set(unacknowledged);
    for (const message of queued) {
      if (!messages.has(message)) message.acknowledgedBytes = message.sentBytes;
      messages.add(message);
    }
    return [...messages];
  }

  /** Payload bytes of a message are kept no longer, though nobody has acknowledged them. */
  #free({ streamId }: OutboundMessage, bytes: number): void {
    this.bufferedBytes -= bytes;
    this.sent.watch?.onFreed(streamId, bytes);
  }

  /** Of a full chunk, header and padding included. */
  get #maxChunkBytes(): number {
    return padded(this.#format.headerBytes + this.#maxPayloadBytes);
  }

  /** A SACK for every second packet is an opportunity each time; one that stands for several earns their bursts. */
  #earnBursts(ackedPackets: number): void {
    const sacksWorth = Math.max(1, Math.ceil(ackedPackets / this.#options.sackFrequencyPackets));
    this.#burst?.onSack(this.#options.maxBurst * sacksWorth);
  }

  get #recovery(): LossRecovery {
    this.#madeRecovery ??= new LossRecovery({
      sender: this,
      detector: this.#detector,
      paths: this.#paths,
      pathScheduler: this.#pathScheduler,
      observer: this.#observer,
    });
    return this.#madeRecovery;
  }

  /** Whether the next message goes to the path, and may. */
  #mayFillNew(path: Path, nowMs: number): boolean {
    const next = this.queue.peek();
    if (next === undefined || path !== this.#pathScheduler.pathFor(next, nowMs)) return false;
    return this.#mayStartPacket(path, nowMs);
  }

  #fillNew(writer: PacketWriter, path: Path, askForSack: boolean, nowMs: number): void {
    const { isPerPacket } = this.queue;
    const signs = this.#format.authBytes > 0;
    let message = this.queue.peek();
    let wrote = false;
    while (message !== undefined && !this.sent.isFull) {
      const payloadBytes = payloadFor(writer, this.#format, message, this.#maxPayloadBytes);
      if (payloadBytes === 0 || !this.peerWindow.admits(payloadBytes)) break;
      if (signs && !writer.takesKey(this.#format, message.authKeyId)) break;
      const start = message.sentBytes;
      this.queue.consume(message, payloadBytes);
      const flags = fragmentFlags(message, start, askForSack && this.queue.isEmpty);
      const chunkBytes = padded(this.#format.headerBytes + payloadBytes);
      const chunk = this.sent.send(message, flags, start, payloadBytes, chunkBytes, path.flight, nowMs);
      writer.appendData(this.#format, chunk, message.ppid, message.data);
      this.peerWindow.onSentNew();
      wrote = true;
      message = this.queue.peek();
      if (message === undefined || message.hasExpired(nowMs)) break;
      if (isPerPacket && message.streamId !== chunk.streamId) break;
      if (!this.#pathScheduler.mayJoin(message, path)) break;
    }
    if (!wrote) return;
    if (isPerPacket) this.queue.onPacketEnd();
    this.#burst ??= new BurstLimit(this.#options.maxBurst, nowMs);
    this.#burst.onPacket();
    path.lastDataSentMs = nowMs;
    path.lastTransmissionMs = nowMs;
    if (!path.t3Running) path.startT3(nowMs);
    if (this.#detector.armProbe !== undefined) this.#recovery.armProbe(path, nowMs);
    if (this.#waitsForSack(path, nowMs)) writer.askForSack();
  }

  /**
   * RFC 9260 6.1: whether nothing more can be sent until a SACK comes, because a window is full or because the user is
   * not given more room before that, or whether T3-rtx might come first. Without the I bit a receiver with an odd packet would
   * let us wait for SACK.Delay.
   */
  #waitsForSack(path: Path, nowMs: number): boolean {
    if (this.queue.isEmpty) return this.bufferedBytes * 2 > this.sendBufferBytes || mayOutrunSack(path);
    return !this.#mayStartPacket(path, nowMs);
  }

  mayStart(path: Path, nowMs: number): boolean {
    return this.#hasCwnd(path) && this.#unlessHeld(path, nowMs) !== undefined;
  }

  mayResend(path: Path, nowMs: number): boolean {
    const may = this.#madeRecovery?.retransmitDueOn(path) === true || this.#hasCwnd(path);
    return may && this.#unlessHeld(path, nowMs) !== undefined;
  }

  /** What the peer had room for when it last said so, with what it holds for want of something earlier. */
  get windowBytes(): number {
    return Math.min(this.peerWindow.advertisedBytes + this.sent.gapAckedBytes, this.sendBufferBytes);
  }

  /** New DATA waits for the earliest to be acknowledged: the peer's buffer is full, or our own. */
  get #isBlocked(): boolean {
    const next = this.queue.peek();
    if (next === undefined) return this.bufferedBytes >= this.sendBufferBytes;
    return !this.peerWindow.admits(Math.min(next.data.length - next.sentBytes, this.#maxPayloadBytes));
  }

  #hasCwnd(path: Path): boolean {
    const { flightBytes } = path.flight;
    const isAlone = path.onePacketOnly && flightBytes > 0;
    if (!isAlone && flightBytes < path.congestion.cwndBytes) return true; // 6.1 B: the last packet may exceed it
    return this.#detector.probing?.path === path;
  }

  #unlessHeld(path: Path, nowMs: number): Path | undefined {
    return this.#pacing?.holds(path, nowMs) === true ? undefined : path;
  }

  #pace(path: Path, sentBytes: number, bytesPerMs: number, nowMs: number): void {
    this.#pacing ??= new Pacing();
    this.#pacing.onPacket(path, sentBytes, bytesPerMs, nowMs);
  }

  /** Whether the windows let a packet with new DATA be started on the path. */
  #mayStartPacket(path: Path, nowMs: number): boolean {
    const message = this.queue.peek();
    if (message === undefined || this.sent.isFull || !this.#hasCwnd(path)) return false;
    if (message.hasExpired(nowMs)) return false; // Its deadline has come; whoever sees to that takes it away.
    if (this.#burst?.isSpent === true && !Pacing.isPaced(path)) return false;
    const payloadBytes = Math.min(message.data.length - message.sentBytes, this.#maxPayloadBytes);
    if (!this.peerWindow.admits(payloadBytes)) {
      if (this.sent.isEmpty) this.peerWindow.armProbe(path.rto.rtoMs, this.#options.rtoMaxMs, nowMs);
      return false;
    }
    return this.#options.noDelay || this.sent.isEmpty || this.queue.pendingBytes >= this.#maxPayloadBytes;
  }
}
