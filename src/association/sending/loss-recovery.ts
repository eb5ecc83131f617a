/**
 * What follows once SACKs, or their absence, tell of losses.
 * Owns: the order in which a SACK or a timeout reaches the detector, Fast Recovery and the paths; probes of a path's tail; which
 * chunks go out again, and writing them.
 * Does not own: what counts as lost (loss-detector.ts), the chunks (sent-log.ts), what windows make of it (path-feedback.ts,
 * src/congestion), whether they let a packet be started, new DATA (outbound.ts).
 */
import { tsnAdd, tsnGte } from "../../base/serial.ts";
import type { PacketWriter } from "../../chunks/packet-writer.ts";
import type { SackView } from "../../chunks/sack.ts";
import type { UserDataFormat } from "../../chunks/user-data-format.ts";
import type { Path } from "../paths/path.ts";
import type { PathScheduler } from "../paths/path-scheduler.ts";
import type { PathSet } from "../paths/path-set.ts";
import { mayOutrunSack } from "../paths/quick-failover.ts";
import type { Abandonment } from "./abandonment.ts";
import { FastRecovery, type Recovery } from "./fast-recovery.ts";
import type { DueProbe, LossDetector } from "./loss-detector.ts";
import { type FeedbackObserver, PathFeedback } from "./path-feedback.ts";
import type { PeerWindow } from "./peer-window.ts";
import { type SentChunk, SentState } from "./sent-chunk.ts";
import type { SentLog } from "./sent-log.ts";

export type RetransmitReason = "T3-rtx" | "fast-retransmit" | "tail-loss-probe" | "rescheduled";

export interface LossObserver extends FeedbackObserver {
  onRetransmit(path: Path, chunk: SentChunk, reason: RetransmitReason): void;
  onTimer(timer: "reordering" | "tail-loss-probe", path?: Path): void;
}

/** Behind so few packets the earliest of them cannot be reported missing three times: one less than rrthresh (RFC 7765 4). */
const RTO_RESTART_PACKETS = 3;

/** What it acts upon of the sending half. */
export interface RecoveringSender {
  readonly queue: { readonly isEmpty: boolean };
  readonly sent: SentLog;
  readonly peerWindow: PeerWindow;
  readonly abandonment: Abandonment | undefined;
}

export interface LossRecoveryInit {
  readonly sender: RecoveringSender;
  readonly detector: LossDetector;
  readonly paths: PathSet;
  readonly pathScheduler: PathScheduler;
  readonly observer: LossObserver;
}

export class LossRecovery {
  readonly #sender: RecoveringSender;
  readonly #detector: LossDetector;
  readonly #paths: PathSet;
  readonly #pathScheduler: PathScheduler;
  readonly #observer: LossObserver;
  readonly #feedback: PathFeedback;
  /** Made with the first loss, unless each path has its own. */
  #recovery: Recovery | undefined;

  constructor({ sender, detector, paths, pathScheduler, observer }: LossRecoveryInit) {
    this.#sender = sender;
    this.#detector = detector;
    this.#paths = paths;
    this.#pathScheduler = pathScheduler;
    this.#observer = observer;
    this.#feedback = new PathFeedback(paths, observer);
    this.#recovery = detector.recovery;
  }

  /** The next packet on a path goes out whatever cwnd says (RFC 9260 7.2.4 rule 3). */
  retransmitDueOn(path: Path): boolean {
    return this.#recovery?.retransmitDueOn(path) === true;
  }

  /** What the next packet was to send again is given up. */
  cancelRetransmit(): void {
    this.#recovery?.cancelRetransmit();
  }

  /** What was to be sent again has left its path. */
  onPathRemoved(path: Path): void {
    this.#recovery?.forget(path);
  }

  /** Nothing is outstanding. */
  reset(): void {
    this.#recovery?.reset();
  }

  /**
   * The sent log has settled a SACK.
   * @param maxChunkBytes of a full chunk, header and padding included
   * @returns packets' worth of DATA that it acknowledged
   */
  onSack(sack: SackView, maxChunkBytes: number, nowMs: number): number {
    const { sent, peerWindow } = this.#sender;
    this.#recovery?.beginSack();
    const anyLost = this.#detector.onSack(sent, this.#isActive, nowMs, sack);
    const refused = peerWindow.isProbeAnswered ? sent.onlyChunk : undefined;
    peerWindow.onSack(this.#windowOf(sack));
    const ackedPackets = this.#settle(maxChunkBytes, nowMs);
    if (refused !== undefined) this.#repeatProbe(refused, sack.aRwndBytes);
    this.#undoSpurious();
    if (anyLost) this.#onLost(nowMs);
    else this.#answerRepaired(nowMs);
    return ackedPackets;
  }

  /**
   * The window of a SACK that has been settled. One that says nothing new may have been sent before another that has come: what that one
   * reported, and this one has no room for, or what is never taken back, is kept as acknowledged, and then the window that goes with it
   * is, too.
   */
  #windowOf({ aRwndBytes }: SackView): number {
    const { sent, peerWindow } = this.#sender;
    const { cumulativeAckPoint, highestNewlyAckedTsn, gapRanges } = sent;
    if (tsnGte(highestNewlyAckedTsn, cumulativeAckPoint)) return aRwndBytes;
    const isWhole = sent.isKnown(tsnAdd(cumulativeAckPoint, gapRanges[gapRanges.length - 1] ?? 0));
    if (isWhole && !sent.leavesOutKept) return aRwndBytes;
    return Math.min(aRwndBytes, peerWindow.advertisedBytes);
  }

  /** The sent log has settled the cumulative ack of a SHUTDOWN. @returns as `onSack` */
  onCumulativeAck(maxChunkBytes: number, nowMs: number): number {
    this.#recovery?.beginSack();
    return this.#settle(maxChunkBytes, nowMs);
  }

  /**
   * T3-rtx expired on a path (RFC 9260 6.3.3). Whatever Fast Recovery was to make good is sent anew from here, in slow
   * start: it ends, as RFC 6582 3.2 has it for TCP.
   * @returns whether this is an error of the path: what the peer keeps answering by a closed window is none (6.1 A)
   */
  onT3(path: Path, nowMs: number): boolean {
    const { sent, peerWindow, abandonment } = this.#sender;
    path.stopT3();
    path.rto.backOff();
    const { onlyChunk } = sent;
    const probing = onlyChunk !== undefined && peerWindow.isAnsweredProbe(onlyChunk.payloadBytes);
    const { flightBytes } = path.flight;
    this.#detector.onT3?.(sent, path.flight);
    const isInFlight = onlyChunk?.state === SentState.InFlight && onlyChunk.flight === path.flight;
    if (probing && isInFlight) this.#recallRefused(onlyChunk);
    sent.markPathLost(path.flight);
    abandonment?.onTimeout();
    this.#endRecovery(path);
    if (!probing) this.#feedback.onTimeout(path, flightBytes, nowMs);
    return !probing && !peerWindow.hasRefusedAgain;
  }

  /** What was missing has been waited for (RFC 8985 6.2). */
  onReorderingTimeout(nowMs: number): void {
    this.#observer.onTimer("reordering");
    for (const { flight } of this.#paths.all) flight.beginSack();
    if (this.#detector.onTimeout?.(this.#sender.sent, this.#isActive, nowMs) === true) this.#onLost(nowMs);
  }

  armProbe(path: Path, nowMs: number): void {
    this.#detector.armProbe?.(path, this.#looksForLosses(path), nowMs);
  }

  /**
   * RFC 8985 7.3: a path's tail is to be probed, by new DATA if there is any: it makes the peer tell what has come. T3-rtx runs on,
   * for a path that has gone is to be left as soon as ever; but the probe has the time to be answered.
   * @returns whether it is; a packet with new DATA may go out beyond the path's window now
   */
  beginProbe(path: Path, nowMs: number): boolean {
    if (this.#looksForLosses(path)) return false;
    path.postponeT3(2 * path.rto.srttMs, nowMs);
    this.#observer.onTimer("tail-loss-probe", path);
    this.#detector.probing = { path, resentTsn: undefined };
    return true;
  }

  /**
   * There is no new DATA to probe the path with: what was sent last there does, sent again; unless it would be given up for that,
   * for nobody knows that it is lost.
   */
  probeAgain(path: Path, nowMs: number): void {
    const { sent, abandonment } = this.#sender;
    this.#detector.probing = undefined;
    const resentTsn = this.#detector.lastInFlight?.(path);
    if (resentTsn === undefined) return;
    const chunk = sent.at(resentTsn);
    if (abandonment?.wouldGiveUp(chunk, nowMs) === true) return;
    this.#detector.probing = { path, resentTsn };
    sent.recall(chunk);
  }

  onProbeSent(probe: DueProbe, writer: PacketWriter): void {
    this.#detector.probing = undefined;
    this.#detector.onProbe?.(probe, this.#sender.sent.nextTsn);
    writer.askForSack();
  }

  /** The chunk to send again now, if there is one: those whose messages are given up meanwhile are passed over. */
  nextLost(nowMs: number): SentChunk | undefined {
    const { sent, abandonment } = this.#sender;
    let chunk = sent.nextToRetransmit();
    while (chunk !== undefined && abandonment?.givesUp(chunk, nowMs) === true)
      chunk = sent.nextToRetransmit();
    return chunk;
  }

  /**
   * Appends what is to be sent again on a path.
   * @param hasCwnd whether its window has room
   * @returns whether no chunk is left that is marked for retransmission, so that new DATA may follow
   */
  fillLost(
    writer: PacketWriter,
    format: UserDataFormat,
    path: Path,
    hasCwnd: boolean,
    nowMs: number,
  ): boolean {
    const { sent, peerWindow } = this.#sender;
    const ignoreCwnd = this.retransmitDueOn(path);
    if (!ignoreCwnd && !hasCwnd) return false;
    const signs = format.authBytes > 0;
    let chunk = this.nextLost(nowMs);
    let wrote = false;
    while (chunk !== undefined) {
      if (this.#pathScheduler.retransmissionPath(chunk.flight, chunk.timedOut, nowMs) !== path) break;
      const { message } = chunk;
      if (message === undefined || !writer.hasRoomForData(format, chunk.payloadBytes)) break;
      if (signs && !writer.takesKey(format, message.authKeyId)) break;
      const reason = this.#reasonFor(chunk);
      writer.appendData(format, chunk, message.ppid, message.data);
      writer.discountRepeatedData(chunk.flags);
      sent.resend(chunk, path.flight, nowMs);
      peerWindow.onResent();
      path.lastTransmissionMs = nowMs;
      if (!path.t3Running || sent.isEarliestOn(path.flight, chunk.tsn)) path.startT3(nowMs); // 6.1
      this.#observer.onRetransmit(path, chunk, reason);
      wrote = true;
      chunk = this.nextLost(nowMs);
    }
    if (wrote && mayOutrunSack(path)) writer.askForSack();
    if (wrote && ignoreCwnd) this.#recovery?.cancelRetransmit(path);
    return chunk === undefined;
  }

  get #isActive(): boolean {
    return this.#recovery?.isActive === true;
  }

  /** Each path recovers by itself. */
  get #isSplit(): boolean {
    return this.#detector.recovery !== undefined;
  }

  #reasonFor({ tsn, flight, timedOut }: SentChunk): RetransmitReason {
    if (timedOut) return "T3-rtx";
    if (this.#detector.probing?.resentTsn === tsn) return "tail-loss-probe";
    return flight === undefined && this.#isSplit ? "rescheduled" : "fast-retransmit";
  }

  #settle(maxChunkBytes: number, nowMs: number): number {
    const { sent } = this.#sender;
    const { cumulativeAckAdvanced } = sent;
    const isSplit = this.#isSplit;
    const recovery = this.#recovery;
    recovery?.onSettled(sent);
    const ackedPackets = this.#feedback.onAcknowledged(
      recovery,
      cumulativeAckAdvanced,
      isSplit,
      maxChunkBytes,
      nowMs,
    );
    if (recovery !== undefined) this.#feedback.onFastRecoveryEnd(recovery);
    if (this.#detector.armProbe !== undefined && (cumulativeAckAdvanced || isSplit)) {
      for (const path of this.#paths.all) {
        if (path.flight.ackedEarliest === true) this.#restartT3Early(path, nowMs);
        if (cumulativeAckAdvanced || path.flight.ackedEarliest === true) this.armProbe(path, nowMs);
      }
    }
    return ackedPackets;
  }

  /**
   * RFC 7765 4: T3-rtx, which has been restarted, counts from when the earliest chunk was sent, if few are left to be acknowledged.
   * A probe that may be under way keeps its time to be answered.
   */
  #restartT3Early(path: Path, nowMs: number): void {
    const { sent, queue } = this.#sender;
    const { flight } = path;
    if (flight.flightBytes > RTO_RESTART_PACKETS * path.maxPacketBytes) return;
    if (!queue.isEmpty || sent.hasRetransmissions) return;
    const earliest = sent.earliestOn(flight);
    if (earliest === undefined) return;
    const { state, sentAtMs } = sent.at(earliest);
    if (state !== SentState.InFlight) return;
    path.advanceT3(sentAtMs, nowMs);
    const { srttMs } = path.rto;
    if (srttMs > 0) path.postponeT3(path.lastTransmissionMs + 2 * srttMs - nowMs, nowMs);
  }

  /** T3-rtx has expired on a path, or there was nothing to recover from. */
  #endRecovery(path: Path): void {
    const recovery = this.#recovery;
    if (recovery === undefined) return;
    recovery.beginSack();
    recovery.reset(path);
    this.#feedback.onFastRecoveryEnd(recovery);
  }

  /** Otherwise than by a probe of the path's tail; or what is out is a probe of the peer's window. */
  #looksForLosses(path: Path): boolean {
    const { sent, peerWindow } = this.#sender;
    if (this.#recovery?.isActiveOn(path) === true || sent.hasRetransmissions) return true;
    return sent.inFlightPayloadBytes > peerWindow.advertisedBytes;
  }

  /** Something was found to be lost: windows are reduced, once for all that is outstanding (RFC 9260 7.2.4). */
  #onLost(nowMs: number): void {
    this.#recovery ??= new FastRecovery();
    const recovery = this.#recovery;
    for (const path of this.#paths.all)
      if (recovery.isActiveOn(path) && this.#detector.hasLostAgain?.(path) === true)
        this.#feedback.onLossAgain(path, nowMs);
    this.#feedback.onLoss(recovery, nowMs);
    const highestTsn = tsnAdd(this.#sender.sent.nextTsn, -1);
    for (const path of this.#paths.all)
      if (path.flight.lostBytes > 0 && !recovery.isActiveOn(path)) recovery.enter(highestTsn, path);
  }

  /** What windows were reduced for was late, and not lost: what is lost from here on is a sign of its own. */
  #undoSpurious(): void {
    for (
      let path = this.#detector.takeSpurious?.();
      path !== undefined;
      path = this.#detector.takeSpurious?.()
    ) {
      this.#feedback.onSpurious(path);
      this.#endRecovery(path);
    }
  }

  /** RFC 8985 7.4.2: what a probe has made good was lost all the same. */
  #answerRepaired(nowMs: number): void {
    for (
      let path = this.#detector.takeRepaired?.();
      path !== undefined;
      path = this.#detector.takeRepaired?.()
    )
      if (this.#recovery?.isActiveOn(path) !== true) this.#feedback.onRepaired(path, nowMs);
  }

  /** A probe that was answered and not taken need not wait for its T3-rtx, backed off as it is, once there is room for it. */
  #repeatProbe(probe: SentChunk, aRwndBytes: number): void {
    if (probe.state !== SentState.InFlight || probe.payloadBytes > aRwndBytes) return;
    this.#recallRefused(probe);
    this.#sender.peerWindow.onProbeRepeated();
  }

  /** What the peer had no room for tells nothing of the path. */
  #recallRefused(chunk: SentChunk): void {
    chunk.flight?.sampler?.forget(chunk.tsn);
    this.#sender.sent.recall(chunk);
  }
}
