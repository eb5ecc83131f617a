/**
 * The sending half of an association: from messages to DATA chunks in packets, and what SACKs do to them.
 * Owns: the wiring of the send queue, the sent log, loss detection, Fast Recovery, the peer's window, Max.Burst, pacing and
 * the paths; Nagle, fragmentation.
 * Does not own: what each of those parts does; control chunks; the association's state.
 */

import type { AssociationOptions } from "../../base/options.ts";
import { tsnAdd } from "../../base/serial.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { DataFlag } from "../../chunks/data.ts";
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
import { DeliverySampler } from "../paths/delivery-sampler.ts";
import type { Path } from "../paths/path.ts";
import type { PathScheduler } from "../paths/path-scheduler.ts";
import type { PathSet } from "../paths/path-set.ts";
import { mayOutrunSack } from "../paths/quick-failover.ts";
import { Rfc9260PathScheduler } from "../paths/rfc9260-path-scheduler.ts";
import type { Abandonment } from "./abandonment.ts";
import { BurstLimit } from "./burst-limit.ts";
import { FastRecovery } from "./fast-recovery.ts";
import type { DueProbe, LossDetector } from "./loss-detector.ts";
import { createLossDetector } from "./loss-detectors.ts";
import { Pacing } from "./pacing.ts";
import { type FeedbackObserver, PathFeedback } from "./path-feedback.ts";
import { PeerWindow } from "./peer-window.ts";
import { ReleaseWatch } from "./release-watch.ts";
import type { Renumbering } from "./renumbering.ts";
import { sendBufferWorth } from "./send-buffer-worth.ts";
import { SendQueue } from "./send-queue.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";
import { type SackVerdict, SentLog } from "./sent-log.ts";
import { SCHEDULER_MAKERS } from "./stream-schedulers.ts";

const NEVER = Number.POSITIVE_INFINITY;
/** A packet is filled up with a fragment if that carries at least this part of a full one: less is not worth a chunk. */
const MIN_FILLING_SHARE = 1 / 8;

export type RetransmitReason = "T3-rtx" | "fast-retransmit" | "tail-loss-probe";

/** Told of what tracing shows and of what needs the association. */
export interface OutboundObserver extends FeedbackObserver {
  onRetransmit(path: Path, chunk: SentChunk, reason: RetransmitReason): void;
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

export class Outbound implements TimedPart {
  readonly queue: SendQueue;
  readonly sent: SentLog;
  /** Payload bytes accepted from the user and not yet cumulatively acknowledged. */
  bufferedBytes = 0;
  readonly peerWindow: PeerWindow;
  /** Made by whoever gives messages up, with the first one that may be. */
  abandonment: Abandonment | undefined = undefined;
  /** Made when either side asks for the first time that numbers begin anew. */
  renumbering: Renumbering | undefined = undefined;

  #options: AssociationOptions;
  /** What the peer agreed to; undefined before `reset`. */
  #streamCount: number | undefined = undefined;
  /** By how much the send buffer has grown, of what all associations share. */
  #grownBytes = 0;
  readonly #detector: LossDetector;
  /** Made with the first loss. */
  #recovery: FastRecovery | undefined = undefined;
  readonly #paths: PathSet;
  readonly #pathScheduler: PathScheduler;
  readonly #observer: OutboundObserver;
  /** Made with the first SACK or timeout. */
  #madeFeedback: PathFeedback | undefined = undefined;
  /** How user data is written, and how large its header is. */
  #format: UserDataFormat = DATA_FORMAT;
  /** Payload of a full chunk: what the smallest path packet allows (AMDCS, RFC 9260 7.3). */
  #maxPayloadBytes = 0;
  /** Made with the first packet. */
  #burst: BurstLimit | undefined = undefined;
  /** Made with the first packet of a path that is paced. */
  #pacing: Pacing | undefined = undefined;

  constructor({ initialTsn, options, paths, observer }: OutboundInit) {
    this.#detector = createLossDetector(options.lossDetection, paths);
    this.#detector.setOptions(options);
    this.queue = new SendQueue(SCHEDULER_MAKERS[options.streamScheduler]);
    this.sent = new SentLog(initialTsn, this.#detector);
    this.peerWindow = new PeerWindow(this.sent);
    for (const path of paths.all) this.sent.addFlight(path.flight);
    this.#options = options;
    this.#paths = paths;
    this.#pathScheduler = new Rfc9260PathScheduler(paths);
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
    this.#recovery?.reset();
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
    if (this.#detector.isLossDue?.(nowMs) === true) this.#onLossTimeout(nowMs);
    const path = this.#detector.takeDueProbe?.(nowMs);
    if (path !== undefined) this.#onProbeDue(path, nowMs);
  }

  /**
   * RFC 8985 7.3: new DATA makes the peer tell what has come, or what was sent last does, sent again. T3-rtx counts from here:
   * it is for the probe that is lost, too.
   */
  #onProbeDue(path: Path, nowMs: number): void {
    path.startT3(nowMs);
    if (this.#looksForLosses) return;
    this.#observer.onTimer("tail-loss-probe", path);
    this.#detector.probing = { path, resentTsn: undefined };
    if (this.#mayFillNew(path, nowMs)) return;
    const resentTsn = this.#detector.lastInFlight?.(path);
    this.#detector.probing = resentTsn === undefined ? undefined : { path, resentTsn };
    if (resentTsn !== undefined) this.sent.markLost(this.sent.at(resentTsn));
  }

  #onProbeSent(probe: DueProbe, writer: PacketWriter, nowMs: number): void {
    this.#detector.probing = undefined;
    this.#detector.onProbe?.(probe, this.sent.nextTsn);
    probe.path.startT3(nowMs);
    writer.askForSack();
  }

  #armProbe(path: Path, nowMs: number): void {
    if (this.#detector.armProbe !== undefined)
      this.#detector.armProbe(path, this.sent, this.#looksForLosses, nowMs);
  }

  /** Otherwise than by a probe of a path's tail; or what is out is a probe of the peer's window. */
  get #looksForLosses(): boolean {
    if (this.#recovery?.isActive === true || this.sent.hasRetransmissions) return true;
    return this.sent.inFlightPayloadBytes > this.peerWindow.advertisedBytes;
  }

  /** What was missing has been waited for (RFC 8985 6.2). */
  #onLossTimeout(nowMs: number): void {
    this.#observer.onTimer("reordering");
    for (const { flight } of this.#paths.all) flight.beginSack();
    if (this.#detector.onTimeout?.(this.sent, this.#recovery?.isActive === true, nowMs) === true)
      this.#onLost(nowMs);
  }

  /** Something was found to be lost: windows are reduced, once for all that is outstanding (RFC 9260 7.2.4). */
  #onLost(nowMs: number): void {
    if (this.#recovery?.isActive === true) {
      if (this.#detector.hasLostAgain === true) this.#feedback.onLossAgain(nowMs);
      return;
    }
    this.#feedback.onLoss(nowMs);
    this.#recovery ??= new FastRecovery();
    this.#recovery.enter(tsnAdd(this.sent.nextTsn, -1));
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
    this.#pacing?.onPathRemoved(path);
    this.#recovery?.cancelRetransmit();
    this.onPacketSizeChanged();
  }

  /** Packets of another size travel on a path. What was cut already stays as it is (RFC 9260 6.9). */
  onPacketSizeChanged(): void {
    let smallest = this.#paths.all[0]?.maxPacketBytes ?? this.#options.maxPacketBytes;
    for (const { maxPacketBytes } of this.#paths.all) smallest = Math.min(smallest, maxPacketBytes);
    const { maxFragmentBytes } = this.#options;
    const byPath = fragmentPayloadBytes(smallest, this.#format);
    this.#maxPayloadBytes = maxFragmentBytes === 0 ? byPath : Math.min(byPath, maxFragmentBytes);
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
    return this.#options.sendBufferBytes + this.#grownBytes;
  }

  /** The user needs so much more room: where there is none, the buffer grows as far as the flow is worth it. */
  makeRoom(neededBytes: number, budget: GrowthBudget): void {
    if (this.bufferedBytes + neededBytes < this.sendBufferBytes) return;
    const { sendBufferBytes, sendBufferLimitBytes } = this.#options;
    const worthBytes = Math.min(sendBufferWorth(this.#paths, this.peerWindow), sendBufferLimitBytes);
    const wantedBytes = Math.max(this.#grownBytes, worthBytes - sendBufferBytes);
    this.#grownBytes = budget.resize(this.#grownBytes, wantedBytes);
  }

  /** Other options hold, or the flow has come to an end: what has grown is given back, down to what those allow. */
  shrink(budget: GrowthBudget): void {
    const { sendBufferBytes, sendBufferLimitBytes } = this.#options;
    const mostBytes = this.bufferedBytes === 0 ? 0 : sendBufferLimitBytes - sendBufferBytes;
    this.#grownBytes = budget.resize(this.#grownBytes, Math.min(this.#grownBytes, mostBytes));
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
    if (!this.sent.hasRetransmissions) this.#recovery?.cancelRetransmit();
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
    const lost = this.#nextLost(nowMs);
    const { probing } = this.#detector;
    if (probing !== undefined && lost?.tsn !== probing.resentTsn) this.#detector.probing = undefined;
    if (lost !== undefined) {
      const path = this.#pathScheduler.retransmissionPath(lost.flight, lost.timedOut);
      if (!path.confirmed) return undefined; // RFC 9260 5.4: the peer has left every address that is.
      const may = this.#recovery?.retransmitDue === true || this.#hasCwnd(path);
      return may ? this.#unlessHeld(path, nowMs) : undefined;
    }
    const next = this.queue.peek();
    const path = next === undefined ? undefined : this.#pathScheduler.pathFor(next);
    if (path !== undefined && this.#mayStartPacket(path, nowMs)) return this.#unlessHeld(path, nowMs);
    if (this.queue.pendingBytes < this.#maxPayloadBytes) this.#noteRunDry();
    return undefined;
  }

  /** There is no full chunk to send: samples of the delivery rate tell of that, where a window has room. */
  #noteRunDry(): void {
    for (const { flight, congestion } of this.#paths.all) {
      if (flight.sampler !== undefined && flight.flightBytes < congestion.cwndBytes)
        flight.sampler.onRanDry(flight.flightBytes);
    }
  }

  #samplerFor(path: Path): DeliverySampler {
    return new DeliverySampler((lost) => path.congestion.onLost?.(lost));
  }

  /**
   * Appends DATA for `path` to a packet, retransmissions first (RFC 9260 6.1 C), in TSN order.
   * @param askForSack set the I bit on the last chunk of the queue (RFC 9260 6.1, SHUTDOWN-PENDING)
   */
  fill(writer: PacketWriter, path: Path, askForSack: boolean, nowMs: number): void {
    const { flight, congestion } = path;
    path.decayIdleWindow(nowMs);
    if (congestion.samplesDelivery === true) flight.sampler ??= this.#samplerFor(path);
    const flightBytesBefore = flight.flightBytes;
    const anyCwnd = this.#hasCwnd(path);
    if (this.#fillLost(writer, path, anyCwnd, nowMs) && anyCwnd && this.#mayFillNew(path, nowMs))
      this.#fillNew(writer, path, askForSack, nowMs);
    const sentBytes = flight.flightBytes - flightBytesBefore;
    if (sentBytes === 0) return;
    congestion.onSent?.(sentBytes, flight.flightBytes, nowMs, flight.sampler?.isAppLimited === true);
    const rate = congestion.pacingBytesPerMs;
    if (rate !== undefined) this.#pace(path, sentBytes, rate, nowMs);
    const { probing } = this.#detector;
    if (probing?.path === path) this.#onProbeSent(probing, writer, nowMs);
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
    const inFastRecovery = this.#recovery?.isActive === true;
    const anyLost = this.#detector.onSack(sent, inFastRecovery, nowMs, sack);
    this.#recovery?.onCumulativeAck(sent.cumulativeAckPoint);
    const refused = this.peerWindow.isProbeAnswered ? sent.onlyChunk : undefined;
    this.peerWindow.onSack(sack.aRwndBytes);
    this.#settleAcknowledged(inFastRecovery, nowMs);
    if (refused !== undefined) this.#repeatProbe(refused, sack.aRwndBytes);
    this.#undoSpurious();
    if (anyLost) this.#onLost(nowMs);
    else if (this.#recovery?.isActive !== true) this.#answerRepaired(nowMs);
    this.abandonment?.onAcknowledged();
    return verdict;
  }

  /** What windows were reduced for was late, and not lost. */
  #undoSpurious(): void {
    for (
      let path = this.#detector.takeSpurious?.();
      path !== undefined;
      path = this.#detector.takeSpurious?.()
    )
      this.#feedback.onSpurious(path);
  }

  /** RFC 8985 7.4.2: what a probe has made good was lost all the same. */
  #answerRepaired(nowMs: number): void {
    for (
      let path = this.#detector.takeRepaired?.();
      path !== undefined;
      path = this.#detector.takeRepaired?.()
    )
      this.#feedback.onRepaired(path, nowMs);
  }

  /** A probe that was answered and not taken need not wait for its T3-rtx, backed off as it is, once there is room for it. */
  #repeatProbe(probe: SentChunk, aRwndBytes: number): void {
    if (probe.state !== SentState.InFlight || probe.payloadBytes > aRwndBytes) return;
    probe.flight?.sampler?.forget(probe.tsn); // It was refused: that tells nothing of the path.
    this.sent.markLost(probe);
    this.peerWindow.onProbeRepeated();
  }

  /** The cumulative ack in a SHUTDOWN chunk (RFC 9260 9.2). */
  onCumulativeAck(cumulativeTsnAck: number, nowMs: number): SackVerdict {
    const { sent } = this;
    const verdict = sent.onCumulativeAck(cumulativeTsnAck, nowMs);
    if (verdict !== "accepted") return verdict;
    this.peerWindow.onShutdown(sent.newlyAckedChunkCount > 0, sent.isEmpty);
    const inFastRecovery = this.#recovery?.isActive === true;
    this.#recovery?.onCumulativeAck(cumulativeTsnAck);
    this.#settleAcknowledged(inFastRecovery, nowMs);
    this.abandonment?.onAcknowledged();
    return verdict;
  }

  /**
   * T3-rtx expired on a path (RFC 9260 6.3.3). Whatever Fast Recovery was to make good is sent anew from here, in slow
   * start: it ends, as RFC 6582 3.2 has it for TCP.
   * @returns whether this is an error of the path: what the peer keeps answering by a closed window is none (6.1 A)
   */
  onT3(path: Path, nowMs: number): boolean {
    path.stopT3();
    path.rto.backOff();
    const { onlyChunk } = this.sent;
    const probing = onlyChunk !== undefined && this.peerWindow.isAnsweredProbe(onlyChunk.payloadBytes);
    const { flightBytes } = path.flight;
    if (probing) path.flight.sampler?.forget(onlyChunk.tsn);
    this.#detector.onT3?.(this.sent, path.flight);
    this.sent.markPathLost(path.flight);
    this.abandonment?.onTimeout();
    if (this.#recovery?.isActive === true) this.#feedback.onFastRecoveryEnd();
    this.#recovery?.reset();
    if (!probing) this.#feedback.onTimeout(path, flightBytes, nowMs);
    return !probing && !this.peerWindow.hasRefusedAgain;
  }

  /** T1-cookie expired: the DATA that went with the COOKIE ECHO goes with the next one (RFC 9260 5.1.4). */
  onSetupTimeout(nowMs: number): void {
    for (const path of this.#paths.all) if (path.flight.flightChunkCount > 0) this.onT3(path, nowMs);
  }

  /** The COOKIE ACK has come: from here T3-rtx watches over what went with the COOKIE ECHO, not T1-cookie. */
  onEstablished(nowMs: number): void {
    for (const path of this.#paths.all) {
      if (path.flight.flightChunkCount > 0) path.startT3(nowMs);
      this.#armProbe(path, nowMs);
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
    this.#recovery?.reset();
    this.bufferedBytes = 0;
    this.sent.watch?.onDrained();
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

  #settleAcknowledged(inFastRecovery: boolean, nowMs: number): void {
    this.bufferedBytes -= this.sent.releasedBytes;
    const { cumulativeAckAdvanced } = this.sent;
    const maxBytes = this.#maxPayloadBytes;
    const ackedPackets = this.#feedback.onAcknowledged(
      inFastRecovery,
      cumulativeAckAdvanced,
      maxBytes,
      nowMs,
    );
    if (inFastRecovery && this.#recovery?.isActive === false) this.#feedback.onFastRecoveryEnd();
    if (cumulativeAckAdvanced) for (const path of this.#paths.all) this.#armProbe(path, nowMs);
    // A SACK for every second packet is an opportunity each time; one that stands for several earns their bursts.
    const sacksWorth = Math.max(1, Math.ceil(ackedPackets / this.#options.sackFrequencyPackets));
    this.#burst?.onSack(this.#options.maxBurst * sacksWorth);
  }

  get #feedback(): PathFeedback {
    this.#madeFeedback ??= new PathFeedback(this.#paths, this.#observer);
    return this.#madeFeedback;
  }

  /** The chunk to send again now, if there is one: those whose messages are given up meanwhile are passed over. */
  #nextLost(nowMs: number): SentChunk | undefined {
    let chunk = this.sent.nextToRetransmit();
    while (chunk !== undefined && this.abandonment?.givesUp(chunk, nowMs) === true)
      chunk = this.sent.nextToRetransmit();
    return chunk;
  }

  /** @returns whether no chunk is left that is marked for retransmission, so that new DATA may follow */
  #fillLost(writer: PacketWriter, path: Path, anyCwnd: boolean, nowMs: number): boolean {
    if (!this.sent.hasRetransmissions) return true;
    const ignoreCwnd = this.#recovery?.retransmitDue === true;
    if (!ignoreCwnd && !anyCwnd) return false;
    const signs = this.#format.authBytes > 0;
    let chunk = this.#nextLost(nowMs);
    let wrote = false;
    while (chunk !== undefined) {
      if (this.#pathScheduler.retransmissionPath(chunk.flight, chunk.timedOut) !== path) break;
      const { message } = chunk;
      if (message === undefined || !writer.hasRoomForData(this.#format, chunk.payloadBytes)) break;
      if (signs && !writer.takesKey(this.#format, message.authKeyId)) break;
      const isProbe = this.#detector.probing?.resentTsn === chunk.tsn;
      const reason = chunk.timedOut ? "T3-rtx" : isProbe ? "tail-loss-probe" : "fast-retransmit";
      writer.appendData(this.#format, chunk, message.ppid, message.data);
      writer.discountRepeatedData(chunk.flags);
      this.sent.resend(chunk, path.flight, nowMs);
      this.peerWindow.onResent();
      path.lastTransmissionMs = nowMs;
      if (!path.t3Running || this.sent.isEarliestOn(path.flight, chunk.tsn)) path.startT3(nowMs); // 6.1
      this.#observer.onRetransmit(path, chunk, reason);
      wrote = true;
      chunk = this.#nextLost(nowMs);
    }
    if (wrote && mayOutrunSack(path)) writer.askForSack();
    if (wrote && ignoreCwnd) this.#recovery?.cancelRetransmit();
    return chunk === undefined;
  }

  /** Whether the next message goes to the path, and may. */
  #mayFillNew(path: Path, nowMs: number): boolean {
    const next = this.queue.peek();
    if (next === undefined || path !== this.#pathScheduler.pathFor(next)) return false;
    return this.#mayStartPacket(path, nowMs);
  }

  #fillNew(writer: PacketWriter, path: Path, askForSack: boolean, nowMs: number): void {
    const { isPerPacket } = this.queue;
    const signs = this.#format.authBytes > 0;
    let message = this.queue.peek();
    let wrote = false;
    while (message !== undefined && !this.sent.isFull) {
      const payloadBytes = this.#payloadFor(writer, message);
      if (payloadBytes === 0 || !this.peerWindow.admits(payloadBytes)) break;
      if (signs && !writer.takesKey(this.#format, message.authKeyId)) break;
      const start = message.sentBytes;
      this.queue.consume(message, payloadBytes);
      const flags = this.#flagsOf(message, start, askForSack);
      const chunkBytes = padded(this.#format.headerBytes + payloadBytes);
      const chunk = this.sent.send(message, flags, start, payloadBytes, chunkBytes, path.flight, nowMs);
      writer.appendData(this.#format, chunk, message.ppid, message.data);
      this.peerWindow.onSentNew();
      wrote = true;
      message = this.queue.peek();
      if (message === undefined || message.hasExpired(nowMs)) break;
      if (isPerPacket && message.streamId !== chunk.streamId) break;
      if (path !== this.#pathScheduler.pathFor(message)) break;
    }
    if (!wrote) return;
    if (isPerPacket) this.queue.onPacketEnd();
    this.#burst ??= new BurstLimit(this.#options.maxBurst, nowMs);
    this.#burst.onPacket();
    path.lastDataSentMs = nowMs;
    path.lastTransmissionMs = nowMs;
    if (!path.t3Running) path.startT3(nowMs);
    this.#armProbe(path, nowMs);
    if (this.#waitsForSack(path, nowMs)) writer.askForSack();
  }

  /**
   * How much of a message the packet takes; 0 if it is full. What must be cut anyway is cut to the room that is left behind
   * other chunks, if that is worth a chunk; a message that fits into one is never cut.
   */
  #payloadFor(writer: PacketWriter, message: OutboundMessage): number {
    const maxBytes = this.#maxPayloadBytes;
    const payloadBytes = Math.min(message.data.length - message.sentBytes, maxBytes);
    if (writer.hasRoomForData(this.#format, payloadBytes)) return payloadBytes;
    if (message.data.length <= maxBytes) return 0;
    const room = (writer.remainingBytesFor(this.#format) & ~3) - this.#format.headerBytes;
    return room >= maxBytes * MIN_FILLING_SHARE ? room : 0;
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

  /** Of the fragment from `start` to where the message has been cut now. */
  #flagsOf(message: OutboundMessage, start: number, askForSack: boolean): number {
    let flags = message.unordered ? DataFlag.Unordered : 0;
    if (start === 0) flags |= DataFlag.Beginning;
    if (message.sentBytes < message.data.length) return flags;
    flags |= DataFlag.Ending;
    if (message.sackImmediately || (askForSack && this.queue.isEmpty)) flags |= DataFlag.Immediate;
    return flags;
  }

  #hasCwnd(path: Path): boolean {
    if (this.#detector.probing?.path === path) return true;
    const { flightBytes } = path.flight;
    if (path.onePacketOnly && flightBytes > 0) return false;
    return flightBytes < path.congestion.cwndBytes; // 6.1 B: the last packet may exceed it
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

/** The largest payload of one DATA chunk in a packet of `maxPacketBytes`, a multiple of four. */
function fragmentPayloadBytes(maxPacketBytes: number, { headerBytes, authBytes }: UserDataFormat): number {
  return ((maxPacketBytes - COMMON_HEADER_BYTES - authBytes) & ~3) - headerBytes;
}
