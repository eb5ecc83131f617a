/**
 * HyStart++ (RFC 9406): when the first slow start ends, so that it does not end by overflowing a queue.
 * Owns: the rounds, their least round trips, the phase: slow start, Conservative Slow Start (CSS), over.
 * Does not own: the window (cubic.ts), which slow start is the first one.
 *
 * A round ends when something is acknowledged that was sent after it began (4.2), which the delivery sample of each SACK tells:
 * no TSNs are needed. That sample's time is also the round trip: one per SACK, and none of what was sent twice.
 *
 * Not of RFC 9406: CSS also begins once the window holds more than what is delivered in the least round trip and the threshold, at the
 * rate of the round. The first packets of a round find the queue empty until the window is larger than the path holds. Their round trips
 * tell of it a round later, with the window doubled once more, and a queue of one bandwidth-delay product has overflowed by then. A CSS
 * that began so ends with the first round of longer round trips; after a round whose rate does not tell so, slow start goes on. A round in
 * which acknowledgements pause has no rate: event loops stall, radios send in bursts, users stop for a while.
 */
import type { AckEvent } from "../base/congestion-control.ts";

// RFC 9406 4.3.
const MIN_RTT_THRESH_MS = 4;
const MAX_RTT_THRESH_MS = 16;
const MIN_RTT_DIVISOR = 8;
const N_RTT_SAMPLE = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;
/** The rate is that of a third of a window at least: a pause of either side's event loop weighs little in it. */
const LEAST_RATE_DIVISOR = 3;

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
  #roundStartMs = 0;
  #lastAckMs = 0;
  /** Nothing was acknowledged for a while in the midst of the round: its rate is not the path's. */
  #hasPaused = false;
  /** The window has held more than comes, at some time of the round. */
  #hasOverfilled = false;
  /** CSS has begun by the rate. */
  #isByRate = false;
  /** Of all rounds. */
  #leastMs: number = Number.POSITIVE_INFINITY;
  #cssBaselineMs: number = Number.POSITIVE_INFINITY;
  #cssRoundCount = 0;
  readonly #heedsRate: boolean;

  /** @param heedsRate whether the rate of a round counts, too */
  constructor(heedsRate: boolean) {
    this.#heedsRate = heedsRate;
  }

  /** A SACK, whether or not the window grows by it. */
  onAck(event: AckEvent, cwndBytes: number): void {
    const { intervalMs } = event;
    this.#deliveredBytes += event.ackedBytes;
    if (Number.isNaN(intervalMs)) return;
    if (this.#deliveredBytes - event.deliveredBytes >= this.#roundStartBytes) this.#beginRound(event.nowMs);
    else if (event.nowMs - this.#lastAckMs > thresholdMs(this.#leastMs) / 2) this.#hasPaused = true;
    this.#lastAckMs = event.nowMs;
    this.#roundMinMs = Math.min(this.#roundMinMs, intervalMs);
    this.#leastMs = Math.min(this.#leastMs, intervalMs);
    if (++this.#sampleCount < N_RTT_SAMPLE) return;
    const overfills = this.#overfills(event, cwndBytes);
    if (overfills) this.#hasOverfilled = true;
    if (this.growthDivisor === 1) this.#lookForIncrease(overfills);
    else if (this.#roundMinMs < this.#cssBaselineMs)
      this.growthDivisor = 1; // It was no queue: back to slow start.
    else if (overfills && this.#isByRate && this.#isDelayed(this.#leastMs)) this.isOver = true;
  }

  #beginRound(nowMs: number): void {
    if (this.growthDivisor > 1 && this.#isByRate && !this.#hasOverfilled) this.growthDivisor = 1;
    this.#hasPaused = false;
    this.#hasOverfilled = false;
    if (this.growthDivisor > 1 && ++this.#cssRoundCount >= CSS_ROUNDS) this.isOver = true;
    this.#roundStartBytes = this.#deliveredBytes;
    this.#roundStartMs = nowMs;
    this.#lastRoundMinMs = this.#roundMinMs;
    this.#roundMinMs = Number.POSITIVE_INFINITY;
    this.#sampleCount = 0;
  }

  /** Before the second round there is nothing to compare with: the threshold is infinite, too. */
  #lookForIncrease(overfills: boolean): void {
    const isDelayed = this.#isDelayed(this.#lastRoundMinMs);
    if (!isDelayed && !overfills) return;
    this.#isByRate = !isDelayed;
    this.#cssBaselineMs = isDelayed ? this.#roundMinMs : 0;
    this.#cssRoundCount = 0;
    this.growthDivisor = CSS_GROWTH_DIVISOR;
  }

  #isDelayed(beforeMs: number): boolean {
    return this.#roundMinMs >= beforeMs + thresholdMs(beforeMs);
  }

  /**
   * The window holds more than what comes, at the rate of this round, in the least round trip and the threshold. Where it is not full the
   * rate is the user's, or the peer's buffer's.
   */
  #overfills({ windowFilled, nowMs }: AckEvent, cwndBytes: number): boolean {
    if (!windowFilled || !this.#heedsRate || this.#hasPaused) return false;
    const limitMs = thresholdMs(this.#leastMs);
    const elapsedMs = nowMs - this.#roundStartMs;
    const roundBytes = this.#deliveredBytes - this.#roundStartBytes;
    if (elapsedMs < limitMs || roundBytes * LEAST_RATE_DIVISOR < cwndBytes) return false;
    return cwndBytes * elapsedMs >= roundBytes * (this.#leastMs + limitMs);
  }
}

function thresholdMs(rttMs: number): number {
  return Math.max(MIN_RTT_THRESH_MS, Math.min(rttMs / MIN_RTT_DIVISOR, MAX_RTT_THRESH_MS));
}
