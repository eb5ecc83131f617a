/**
 * BBR's model of the path, as far as it is measured (draft-ietf-ccwg-bbr-06 5.5.1 to 5.5.9).
 * Owns: packet-timed rounds, max_bw, min_rtt and when it needs to be probed, extra_acked.
 * Does not own: bounds by loss (bbr-bounds.ts), what is done about the model (bbr-machine.ts, bbr-control.ts).
 *
 * Otherwise than in 5.5.5, what max_bw keeps is one sample of each round, its first. All of them count while a probe lasts, which so
 * finds more as fast. Thousands of samples of which the highest counts are a search for the most wrong one: event loops at both ends
 * are late by a millisecond now and then, which is some percent of a short round trip. With the rate too high by more than the one
 * percent that pacing stays below it, a queue grows until the next probe, and is never seen to.
 */
import type { BbrAck } from "./bbr-ack.ts";

const EXTRA_ACKED_FILTER_ROUNDS = 10;
const MIN_RTT_FILTER_MS = 10_000;
const PROBE_RTT_INTERVAL_MS = 5_000;

export class BbrModel {
  /** C.delivered. */
  deliveredBytes: number;
  roundCount = 0;
  /** The SACK at hand ended a round. */
  isRoundStart = false;
  /** Infinity before the first measurement. */
  minRttMs: number = Number.POSITIVE_INFINITY;
  /** For five seconds no round trip was as short as the least before. */
  isProbeRttDue = false;
  /** The maximum of the recent rounds. */
  extraAckedBytes = 0;

  #roundEndBytes: number;
  /** Of the ProbeBW cycle at hand and of the one before: the filter's window has two cycles (5.5.6). */
  #cycleBytesPerMs = 0;
  #lastCycleBytesPerMs = 0;
  /** Of all samples of the probe at hand, Startup or PROBE_UP; 0 otherwise. */
  #probeBytesPerMs = 0;
  #minRttAtMs: number = Number.NaN;
  #probeRttMinMs: number = Number.POSITIVE_INFINITY;
  #probeRttMinAtMs: number = Number.NaN;

  #extraSinceMs: number = Number.NaN;
  #extraDeliveredBytes = 0;
  /** The maximum of each round, by its number. */
  readonly #extraOfRounds: number[] = new Array<number>(EXTRA_ACKED_FILTER_ROUNDS).fill(0);

  /** @param deliveredBytes on the path so far */
  constructor(deliveredBytes: number) {
    this.deliveredBytes = deliveredBytes;
    this.#roundEndBytes = deliveredBytes;
  }

  get maxBytesPerMs(): number {
    return Math.max(this.#cycleBytesPerMs, this.#lastCycleBytesPerMs, this.#probeBytesPerMs);
  }

  /** A round begins now (5.5.1). */
  startRound(): void {
    this.#roundEndBytes = this.deliveredBytes;
  }

  /**
   * 5.5.1, 5.5.5: a sample that the application limited tells only that there is more.
   * @param isProbing more bandwidth is looked for
   */
  updateMaxBw({ priorBytes, bytesPerMs, isAppLimited }: BbrAck, isProbing: boolean): void {
    this.isRoundStart = priorBytes >= this.#roundEndBytes;
    if (this.isRoundStart) {
      this.startRound();
      this.roundCount++;
      this.#extraOfRounds[this.roundCount % EXTRA_ACKED_FILTER_ROUNDS] = 0;
    }
    if (bytesPerMs < this.maxBytesPerMs && isAppLimited) return;
    if (this.isRoundStart) this.#cycleBytesPerMs = Math.max(this.#cycleBytesPerMs, bytesPerMs);
    if (isProbing) this.#probeBytesPerMs = Math.max(this.#probeBytesPerMs, bytesPerMs);
  }

  /** What its rounds have shown is left. */
  endProbe(): void {
    this.#probeBytesPerMs = 0;
  }

  /** A ProbeBW cycle is over (5.5.6). */
  advanceMaxBwFilter(): void {
    this.#lastCycleBytesPerMs = this.#cycleBytesPerMs;
    this.#cycleBytesPerMs = 0;
  }

  /**
   * How much more is acknowledged at a time than the rate explains (5.5.9).
   * @param bytesPerMs BBR.bw
   * @param hasFilledPipe before that the path changes too fast for more than the last round to tell
   */
  updateExtraAcked(
    { ackedBytes, nowMs }: BbrAck,
    bytesPerMs: number,
    cwndBytes: number,
    hasFilledPipe: boolean,
  ): void {
    let expectedBytes = bytesPerMs * (nowMs - this.#extraSinceMs);
    if (!(this.#extraDeliveredBytes > expectedBytes)) {
      this.#extraDeliveredBytes = 0;
      this.#extraSinceMs = nowMs;
      expectedBytes = 0;
    }
    this.#extraDeliveredBytes += ackedBytes;
    const extraBytes = Math.min(this.#extraDeliveredBytes - expectedBytes, cwndBytes);
    const rounds = this.#extraOfRounds;
    const current = this.roundCount % EXTRA_ACKED_FILTER_ROUNDS;
    const roundBytes = Math.max(rounds[current] ?? 0, extraBytes);
    rounds[current] = roundBytes;
    this.extraAckedBytes = roundBytes;
    if (!hasFilledPipe) return;
    for (const ofRound of rounds) this.extraAckedBytes = Math.max(this.extraAckedBytes, ofRound);
  }

  /** A pause has ended, in which nothing could be acknowledged (5.4.1). */
  restartExtraAcked(nowMs: number): void {
    this.#extraSinceMs = nowMs;
  }

  /** 5.3.4.3. */
  updateMinRtt({ rttMs, nowMs }: BbrAck): void {
    this.isProbeRttDue = nowMs > this.#probeRttMinAtMs + PROBE_RTT_INTERVAL_MS;
    if (rttMs < this.#probeRttMinMs || (this.isProbeRttDue && rttMs >= 0)) {
      this.#probeRttMinMs = rttMs;
      this.#probeRttMinAtMs = nowMs;
    }
    const isExpired = nowMs > this.#minRttAtMs + MIN_RTT_FILTER_MS;
    if (this.#probeRttMinMs < this.minRttMs || isExpired) {
      this.minRttMs = this.#probeRttMinMs;
      this.#minRttAtMs = this.#probeRttMinAtMs;
    }
  }

  /** The path has been probed for its least round trip: the next time is five seconds from now. */
  onProbedRtt(nowMs: number): void {
    this.#probeRttMinAtMs = nowMs;
  }
}
