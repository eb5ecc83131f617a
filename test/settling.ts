/**
 * The sent log with its loss detector and Fast Recovery, put together as the sending half puts them (outbound.ts), for tests
 * that need nothing else of it. Does not own: paths, windows, packets.
 */
import { FastRecovery } from "../src/association/sending/fast-recovery.ts";
import type { LossDetector } from "../src/association/sending/loss-detector.ts";
import { Rfc9260LossDetector } from "../src/association/sending/rfc9260-loss-detector.ts";
import { type SackVerdict, SentLog } from "../src/association/sending/sent-log.ts";
import { tsnAdd } from "../src/base/serial.ts";
import type { SackView } from "../src/chunks/sack.ts";

export class Settling {
  readonly detector: LossDetector;
  readonly recovery: FastRecovery = new FastRecovery();
  readonly log: SentLog;
  /** The last accepted SACK had something counted as lost. */
  lossDetected = false;

  constructor(initialTsn: number, detector: LossDetector = new Rfc9260LossDetector()) {
    this.detector = detector;
    this.log = new SentLog(initialTsn, this.detector);
  }

  onSack(sack: SackView, nowMs: number): SackVerdict {
    const verdict = this.log.onSack(sack, nowMs);
    if (verdict !== "accepted") return verdict;
    this.lossDetected = this.detector.onSack(this.log, this.recovery.isActive, nowMs, sack);
    this.recovery.onCumulativeAck(this.log.cumulativeAckPoint);
    return verdict;
  }

  onCumulativeAck(cumulative: number, nowMs: number): SackVerdict {
    const verdict = this.log.onCumulativeAck(cumulative, nowMs);
    if (verdict !== "accepted") return verdict;
    this.lossDetected = false;
    this.recovery.onCumulativeAck(cumulative);
    return verdict;
  }

  enterFastRecovery(): void {
    this.recovery.enter(tsnAdd(this.log.nextTsn, -1));
  }
}
