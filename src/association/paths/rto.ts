/**
 * The retransmission timeout of one path (RFC 9260 6.3.1).
 * Owns: SRTT, RTTVAR, RTO and its back-off. Does not own: which round trips are measured, the timers.
 */

const ALPHA = 1 / 8;
const BETA = 1 / 4;
/** RFC 9260 6.3.1 G1: the clock's granularity. */
const GRANULARITY_MS = 1;

export class RetransmissionTimeout {
  /** Smoothed round-trip time; NaN before the first measurement. */
  srttMs: number = Number.NaN;
  rttvarMs: number = Number.NaN;
  rtoMs: number;
  #initialMs: number;
  #minMs: number;
  #maxMs: number;

  constructor(initialMs: number, minMs: number, maxMs: number) {
    this.#initialMs = initialMs;
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.rtoMs = this.#bounded(initialMs);
  }

  /** Other bounds hold from now on; an RTO that nothing has been measured for begins anew. */
  setBounds(initialMs: number, minMs: number, maxMs: number): void {
    const isUntouched = Number.isNaN(this.srttMs) && this.rtoMs === this.#bounded(this.#initialMs);
    this.#initialMs = initialMs;
    this.#minMs = minMs;
    this.#maxMs = maxMs;
    this.rtoMs = this.#bounded(isUntouched ? initialMs : this.rtoMs);
  }

  /** Rules C2, C3, C6 and C7. A measurement undoes every back-off. */
  sample(rttMs: number): void {
    if (Number.isNaN(this.srttMs)) {
      this.srttMs = rttMs;
      this.rttvarMs = rttMs / 2;
    } else {
      this.rttvarMs = (1 - BETA) * this.rttvarMs + BETA * Math.abs(this.srttMs - rttMs);
      this.srttMs = (1 - ALPHA) * this.srttMs + ALPHA * rttMs;
    }
    if (this.rttvarMs === 0) this.rttvarMs = GRANULARITY_MS;
    this.rtoMs = this.#bounded(this.srttMs + 4 * this.rttvarMs);
  }

  /** Rule E2 of RFC 9260 6.3.3. */
  backOff(): void {
    this.rtoMs = Math.min(this.rtoMs * 2, this.#maxMs);
  }

  /** A restarted peer is measured anew (RFC 9260 5.2.4 A). */
  reset(): void {
    this.srttMs = Number.NaN;
    this.rttvarMs = Number.NaN;
    this.rtoMs = this.#bounded(this.#initialMs);
  }

  #bounded(ms: number): number {
    return Math.min(Math.max(ms, this.#minMs), this.#maxMs);
  }
}
