/**
 * The congestion control of RFC 9260 section 7.2: slow start, congestion avoidance, one halving per loss event.
 * Owns: cwnd, ssthresh and partial_bytes_acked of one path.
 * Does not own: when a loss counts as an event of its own (Fast Recovery: src/association/sending/fast-recovery.ts).
 */
import type { AckEvent, CongestionController } from "../base/congestion-control.ts";

/** RFC 9260 7.2.1: the byte bound of the initial window. */
const INITIAL_WINDOW_BYTES = { 4: 4404, 6: 4344 } as const;
/** "Arbitrarily high" (RFC 9260 7.2.1). */
const INITIAL_SSTHRESH_BYTES = 0xffff_ffff;

export class Rfc9260Controller implements CongestionController {
  cwndBytes: number;
  ssthreshBytes: number = INITIAL_SSTHRESH_BYTES;
  partialBytesAcked = 0;
  readonly #initialWindowBytes: number;
  #pmdcsBytes: number;

  /** @param pmdcsBytes largest DATA chunk, header included, that fits in a packet on the path */
  constructor(pmdcsBytes: number, family: 4 | 6) {
    this.#pmdcsBytes = pmdcsBytes;
    this.#initialWindowBytes = INITIAL_WINDOW_BYTES[family];
    this.cwndBytes = this.#initialCwndBytes();
  }

  onAck({ ackedBytes, windowFilled, flightBytes, inFastRecovery }: AckEvent): void {
    if (this.cwndBytes <= this.ssthreshBytes) {
      // 7.2.1, with L = 1: bounded by what was acknowledged against ACK splitting.
      if (windowFilled && !inFastRecovery) this.cwndBytes += Math.min(ackedBytes, this.#pmdcsBytes);
    } else {
      this.#avoidCongestion(ackedBytes, windowFilled);
    }
    if (flightBytes === 0) this.partialBytesAcked = 0;
  }

  onFastRetransmit(): void {
    this.ssthreshBytes = Math.max(this.cwndBytes >>> 1, 4 * this.#pmdcsBytes);
    this.cwndBytes = this.ssthreshBytes;
    this.partialBytesAcked = 0;
  }

  onTimeout(): void {
    this.ssthreshBytes = Math.max(this.cwndBytes >>> 1, 4 * this.#pmdcsBytes);
    this.cwndBytes = this.#pmdcsBytes;
    this.partialBytesAcked = 0;
  }

  onIdle(rtoCount: number): void {
    if (rtoCount <= 0) return;
    const floorBytes = 4 * this.#pmdcsBytes;
    if (this.cwndBytes <= floorBytes) return;
    this.ssthreshBytes = this.cwndBytes;
    for (let i = 0; i < rtoCount && this.cwndBytes > floorBytes; i++) {
      this.cwndBytes = Math.max(this.cwndBytes >>> 1, floorBytes);
    }
  }

  setPmdcs(pmdcsBytes: number): void {
    this.#pmdcsBytes = pmdcsBytes;
  }

  reset(): void {
    this.cwndBytes = this.#initialCwndBytes();
    this.ssthreshBytes = INITIAL_SSTHRESH_BYTES;
    this.partialBytesAcked = 0;
  }

  /** RFC 9260 7.2.2: one PMDCS per window acknowledged, and only while the window is in use. */
  #avoidCongestion(ackedBytes: number, windowFilled: boolean): void {
    this.partialBytesAcked += ackedBytes;
    if (this.partialBytesAcked < this.cwndBytes) return;
    if (windowFilled) {
      this.partialBytesAcked -= this.cwndBytes;
      this.cwndBytes += this.#pmdcsBytes;
    } else {
      this.partialBytesAcked = this.cwndBytes;
    }
  }

  #initialCwndBytes(): number {
    return Math.min(4 * this.#pmdcsBytes, Math.max(2 * this.#pmdcsBytes, this.#initialWindowBytes));
  }
}
