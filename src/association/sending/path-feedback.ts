/**
 * What a settled SACK or a timeout means for the paths.
 * Owns: telling each path's congestion control in bytes, time and round trip; round-trip samples, T3-rtx, the end of a path's
 * errors. Does not own: what was acknowledged or lost (sent-log.ts, loss-detector.ts), Max.Burst and the order of these steps
 * (loss-recovery.ts, outbound.ts), the algorithms (src/congestion).
 */
import type { AckEvent, LossEvent } from "../../base/congestion-control.ts";
import type { Path } from "../paths/path.ts";
import type { PathSet } from "../paths/path-set.ts";
import { provesReachable } from "../paths/quick-failover.ts";
import type { SourceAddresses } from "../paths/source-addresses.ts";
import type { Recovery } from "./fast-recovery.ts";

export type CongestionReason = "acknowledged" | "fast retransmit" | "T3-rtx expired";

export interface FeedbackObserver {
  onCongestionChange(path: Path, reason: CongestionReason): void;
  onRttSample(path: Path, sampleMs: number): void;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Told to one controller after another, of whatever association: a SACK allocates nothing. */
const ACK: Mutable<AckEvent> = {
  nowMs: Number.NaN,
  ackedBytes: 0,
  flightBytesBefore: 0,
  flightBytes: 0,
  windowFilled: false,
  inFastRecovery: false,
  lostBytes: 0,
  cumulativeAckAdvanced: false,
  rttMs: Number.NaN,
  srttMs: Number.NaN,
  deliveredBytes: 0,
  intervalMs: Number.NaN,
  sample: undefined,
};
const LOSS: Mutable<LossEvent> = {
  nowMs: Number.NaN,
  lostBytes: 0,
  flightBytesBefore: 0,
  flightBytes: 0,
  srttMs: Number.NaN,
};

export class PathFeedback {
  readonly #paths: PathSet;
  readonly #observer: FeedbackObserver;

  constructor(paths: PathSet, observer: FeedbackObserver) {
    this.#paths = paths;
    this.#observer = observer;
  }

  /**
   * A SACK, or the cumulative ack of a SHUTDOWN, has been settled.
   * @param recovery from the first loss on
   * @param cumulativeAckAdvanced whether it moved the cumulative ack
   * @param isSplit each path has a cumulative ack of its own: what was sent there in order has come
   * @param maxChunkBytes of a full chunk, header and padding included
   * @returns packets' worth of DATA that it acknowledged
   */
  onAcknowledged(
    recovery: Recovery | undefined,
    cumulativeAckAdvanced: boolean,
    isSplit: boolean,
    maxChunkBytes: number,
    nowMs: number,
  ): number {
    let ackedPackets = 0;
    for (const path of this.#paths.all) {
      const { flight } = path;
      if (flight.ackedBytes > 0) {
        ackedPackets += Math.ceil(flight.ackedBytes / maxChunkBytes);
        ACK.inFastRecovery = recovery?.wasActiveOn(path) === true;
        ACK.cumulativeAckAdvanced = isSplit ? flight.ackedEarliest === true : cumulativeAckAdvanced;
        this.#onPathAcked(path, nowMs);
      }
      if (flight.flightChunkCount === 0)
        path.stopT3(); // 6.3.2 R2
      else if (flight.ackedEarliest || !path.t3Running) path.startT3(nowMs); // R3, R4
    }
    return ackedPackets;
  }

  /** Gap reports showed losses outside of Fast Recovery: each path that had one reduces its window (RFC 9260 7.2.4). */
  onLoss(recovery: Recovery, nowMs: number): void {
    for (const path of this.#paths.all) {
      const { flight } = path;
      if (flight.lostBytes === 0 || recovery.isActiveOn(path)) continue;
      path.congestion.onFastRetransmit(this.#lossOf(path, flight.lostBytes, flight.flightBytesBefore, nowMs));
      this.#observer.onCongestionChange(path, "fast retransmit");
    }
  }

  /**
   * Retransmissions were lost on a path: another reduction where the first is not spread over all of Fast Recovery, as it is by a
   * controller that wants to hear of its end (RFC 8985 9.3).
   */
  onLossAgain(path: Path, nowMs: number): void {
    const { flight, congestion } = path;
    if (congestion.onFastRecoveryEnd !== undefined) return;
    congestion.onFastRetransmit(this.#lossOf(path, flight.lostBytes, flight.flightBytesBefore, nowMs));
    this.#observer.onCongestionChange(path, "fast retransmit");
  }

  /** What a window was last reduced for was late, and not lost. */
  onSpurious(path: Path): void {
    const { congestion } = path;
    const cwndBefore = congestion.cwndBytes;
    congestion.onSpuriousReduction?.();
    if (congestion.cwndBytes !== cwndBefore) this.#observer.onCongestionChange(path, "acknowledged");
  }

  /** A probe has made good a loss on a path: answered like those that SACKs tell of, and done with (RFC 8985 7.4.2). */
  onRepaired(path: Path, nowMs: number): void {
    const { flight, congestion } = path;
    const lostBytes = Math.min(path.maxPacketBytes, flight.flightBytesBefore);
    congestion.onFastRetransmit(this.#lossOf(path, lostBytes, flight.flightBytesBefore, nowMs));
    congestion.onFastRecoveryEnd?.();
    this.#observer.onCongestionChange(path, "fast retransmit");
  }

  /** Fast Recovery has ended where it was before: that of the association began with a loss on any of the paths. */
  onFastRecoveryEnd(recovery: Recovery): void {
    for (const path of this.#paths.all) {
      if (!recovery.wasActiveOn(path) || recovery.isActiveOn(path)) continue;
      const { congestion } = path;
      const cwndBefore = congestion.cwndBytes;
      congestion.onFastRecoveryEnd?.();
      if (congestion.cwndBytes !== cwndBefore) this.#observer.onCongestionChange(path, "acknowledged");
    }
  }

  /** T3-rtx expired on a path, and the chunks that were in flight there have been marked as lost (RFC 9260 6.3.3, 7.2.3). */
  onTimeout(path: Path, flightBytesBefore: number, nowMs: number): void {
    const lostBytes = flightBytesBefore - path.flight.flightBytes;
    path.congestion.onTimeout(this.#lossOf(path, lostBytes, flightBytesBefore, nowMs));
    path.onePacketOnly = true;
    this.#observer.onCongestionChange(path, "T3-rtx expired");
  }

  #onPathAcked(path: Path, nowMs: number): void {
    const { flight, congestion } = path;
    const cwndBefore = congestion.cwndBytes;
    const measured = !Number.isNaN(flight.rttSampleMs);
    path.onePacketOnly = false;
    if (measured) path.rto.sample(flight.rttSampleMs);
    congestion.onAck(this.#ackOf(path, nowMs));
    if (congestion.cwndBytes !== cwndBefore) this.#observer.onCongestionChange(path, "acknowledged");
    if (measured) this.#observer.onRttSample(path, flight.rttSampleMs);
    if (path.sources !== undefined) this.#onSourceAcked(path, path.sources, nowMs);
    if (provesReachable(path)) this.#paths.clearErrors(path, "DATA acknowledged");
  }

  /** What was sent before the path left from where it does now says nothing of that address. */
  #onSourceAcked(path: Path, sources: SourceAddresses, nowMs: number): void {
    if (path.flight.newestSentAtMs < sources.sinceMs) return;
    this.#paths.sourceAnswered(path, sources.of(path.localAddress), path.flight.rttSampleMs, nowMs);
  }

  #ackOf({ flight, rto }: Path, nowMs: number): AckEvent {
    const event = ACK;
    const hasSample = flight.newestSentAtMs >= 0;
    event.nowMs = nowMs;
    event.ackedBytes = flight.ackedBytes;
    event.flightBytesBefore = flight.flightBytesBefore;
    event.flightBytes = flight.flightBytes;
    event.windowFilled = flight.filledWindow;
    event.lostBytes = flight.lostBytes;
    event.rttMs = flight.rttSampleMs;
    event.srttMs = rto.srttMs;
    event.deliveredBytes = hasSample ? flight.deliveredBytes - flight.newestDeliveredBefore : 0;
    event.intervalMs = hasSample ? nowMs - flight.newestSentAtMs : Number.NaN;
    event.sample = flight.sampler?.takeSample();
    return event;
  }

  #lossOf({ flight, rto }: Path, lostBytes: number, flightBytesBefore: number, nowMs: number): LossEvent {
    const event = LOSS;
    event.nowMs = nowMs;
    event.lostBytes = lostBytes;
    event.flightBytesBefore = flightBytesBefore;
    event.flightBytes = flight.flightBytes;
    event.srttMs = rto.srttMs;
    return event;
  }
}
