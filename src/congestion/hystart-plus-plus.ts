/**
 * HyStart++ (RFC 9406): when the first slow start ends, so that it does not end by overflowing a queue.
 * Owns: the rounds, their least round trips, the phase: slow start, Conservative Slow Start (CSS), over.
 * Does not own: the window (cubic.ts), which slow start is the first one.
 *
 * A round ends when something is acknowledged that was sent after it began (4.2), which the delivery sample of each SACK tells:
 * no TSNs are needed. That sample's time is also the round trip: one per SACK, and none of what was sent twice.
 */
import type { AckEvent } from "../base/congestion-control.ts";

// RFC 9406 4.3.
const MIN_RTT_THRESH_MS = 4;
const MAX_RTT_THRESH_MS = 16;
const MIN_RTT_DIVISOR = 8;
const N_RTT_SAMPLE = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;

export class HystartPlusPlus {
  /** By how much less than in slow start the window grows: 1 in slow start, more in CSS. */
  growthDivisor = 1;
  /** Round trips have stayed long for all of CSS: congestion avoidance follows. */
  isOver = false;

  /** Acknowledged since this was made. */
  #deliveredBytes = 0;
  /** What is sent when so much or more has been acknowledged is sent after the round began. */
  #roundStartBytes = 0;
  #lastRoundMinMs: number = Number.POSITIVE_INFINITY;
  #roundMinMs: number = Number.POSITIVE_INFINITY;
  #sampleCount = 0;
  #cssBaselineMs: number = Number.POSITIVE_INFINITY;
  #cssRoundCount = 0;

  /** A SACK, whether or not the window grows by it. */
  onAck({ ackedBytes, deliveredBytes, intervalMs }: AckEvent): void {
    this.#deliveredBytes += ackedBytes;
    if (Number.isNaN(intervalMs)) return;
    if (this.#deliveredBytes - deliveredBytes >= this.#roundStartBytes) this.#beginRound();
    this.#roundMinMs = Math.min(this.#roundMinMs, intervalMs);
    if (++this.#sampleCount < N_RTT_SAMPLE) return;
    if (this.growthDivisor === 1) this.#lookForIncrease();
    else if (this.#roundMinMs < this.#cssBaselineMs) this.growthDivisor = 1; // It was no queue: back to slow start.
  }

  #beginRound(): void {
    if (this.growthDivisor > 1 && ++this.#cssRoundCount >= CSS_ROUNDS) this.isOver = true;
    this.#roundStartBytes = this.#deliveredBytes;
    this.#lastRoundMinMs = this.#roundMinMs;
    this.#roundMinMs = Number.POSITIVE_INFINITY;
    this.#sampleCount = 0;
  }

  /** Before the second round there is nothing to compare with: the threshold is infinite, too. */
  #lookForIncrease(): void {
    const shareMs = Math.min(this.#lastRoundMinMs / MIN_RTT_DIVISOR, MAX_RTT_THRESH_MS);
    if (this.#roundMinMs < this.#lastRoundMinMs + Math.max(MIN_RTT_THRESH_MS, shareMs)) return;
    this.#cssBaselineMs = this.#roundMinMs;
    this.#cssRoundCount = 0;
    this.growthDivisor = CSS_GROWTH_DIVISOR;
  }
}
