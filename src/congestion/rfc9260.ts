/**
 * The congestion control of RFC 9260 section 7.2: slow start, congestion avoidance, one halving per loss event.
 * Owns: cwnd, ssthresh and partial_bytes_acked of one path.
 * Does not own: when a loss counts as an event of its own (Fast Recovery: src/association/sending/fast-recovery.ts), the
 * initial windows and their decay (windows.ts).
 */
import type { AckEvent, CongestionController } from "../base/congestion-control.ts";
import {
  decayedCwndBytes,
  INITIAL_SSTHRESH_BYTES,
  leastSsthreshBytes,
  rfc9260InitialCwndBytes,
} from "./windows.ts";

export class Rfc9260Controller implements CongestionController {
  cwndBytes: number;
  ssthreshBytes: number = INITIAL_SSTHRESH_BYTES;
  partialBytesAcked = 0;
  readonly #family: 4 | 6;
  #pmdcsBytes: number;

  /** @param pmdcsBytes largest DATA chunk, header included, that fits in a packet on the path */
  constructor(pmdcsBytes: number, family: 4 | 6) {
    this.#pmdcsBytes = pmdcsBytes;
    this.#family = family;
    this.cwndBytes = rfc9260InitialCwndBytes(pmdcsBytes, family);
  }

  onAck(event: AckEvent): void {
    const { ackedBytes, windowFilled, flightBytes, inFastRecovery } = event;
    if (this.cwndBytes <= this.ssthreshBytes) {
      // 7.2.1, with L = 1: bounded by what was acknowledged against ACK splitting.
      if (windowFilled && !inFastRecovery) this.cwndBytes += Math.min(ackedBytes, this.#pmdcsBytes);
    } else {
      this.avoidCongestion(event);
    }
    if (flightBytes === 0) this.partialBytesAcked = 0;
  }

  onFastRetransmit(): void {
    this.ssthreshBytes = Math.max(this.cwndBytes >>> 1, leastSsthreshBytes(this.#pmdcsBytes));
    this.cwndBytes = this.ssthreshBytes;
    this.partialBytesAcked = 0;
  }

  onTimeout(): void {
    this.ssthreshBytes = Math.max(this.cwndBytes >>> 1, leastSsthreshBytes(this.#pmdcsBytes));
    this.cwndBytes = this.#pmdcsBytes;
    this.partialBytesAcked = 0;
  }

  onIdle(rtoCount: number): void {
    const decayedBytes = decayedCwndBytes(this.cwndBytes, leastSsthreshBytes(this.#pmdcsBytes), rtoCount);
    if (decayedBytes === this.cwndBytes) return;
    this.ssthreshBytes = this.cwndBytes;
    this.cwndBytes = decayedBytes;
  }

  setPmdcs(pmdcsBytes: number): void {
    this.#pmdcsBytes = pmdcsBytes;
  }

  reset(): void {
    this.cwndBytes = rfc9260InitialCwndBytes(this.#pmdcsBytes, this.#family);
    this.ssthreshBytes = INITIAL_SSTHRESH_BYTES;
    this.partialBytesAcked = 0;
  }

  protected avoidCongestion({ ackedBytes, windowFilled }: AckEvent): void {
    this.countAcked(ackedBytes, windowFilled);
  }

  /** RFC 9260 7.2.2: one PMDCS per window acknowledged, and only while the window is in use. */
  protected countAcked(ackedBytes: number, windowFilled: boolean): void {
    this.partialBytesAcked += ackedBytes;
    if (this.partialBytesAcked < this.cwndBytes) return;
    if (windowFilled) {
      this.partialBytesAcked -= this.cwndBytes;
      this.cwndBytes += this.#pmdcsBytes;
    } else {
      this.partialBytesAcked = this.cwndBytes;
    }
  }
}
