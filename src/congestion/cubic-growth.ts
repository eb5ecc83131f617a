/**
 * How CUBIC's window grows in congestion avoidance (RFC 9438 4.2 to 4.5).
 * Owns: W_max, K, W_est and the time that counts of the current congestion avoidance stage; which region it is in.
 * Does not own: cwnd and ssthresh, when the window may grow at all (cubic.ts).
 *
 * The RFC counts windows in segments and time in seconds. Here windows are bytes, and a segment is the largest DATA chunk that
 * fits in a packet (PMDCS): what the RFC adds for each segment is added for the bytes that were acknowledged.
 */

/** RFC 9438 5.1, in segments per cubic second. */
const C = 0.4;
/** RFC 9438 4.6. */
export const BETA = 0.7;
/** RFC 9438 4.3: what makes AIMD with `BETA` as fast as Reno's. */
const ALPHA = (3 * (1 - BETA)) / (1 + BETA);
/** In a round trip the window grows by half of it at most (RFC 9438 4.2). */
const MAX_GROWTH = 1.5;

/** What a reduction of the window may have to be taken back to (RFC 9438 4.9.2). @template Other what leads the first slow start */
export interface BeforeReduction<Other> {
  readonly cwndBytes: number;
  readonly ssthreshBytes: number;
  readonly guide: CubicGrowth<Other> | Other | undefined;
}

export class CubicGrowth<Other = never> {
  /** Of the last reduction; undefined where nothing is to be taken back. */
  before: BeforeReduction<Other> | undefined = undefined;
  /** W_max: where the window was too large; 0 where that is not known (RFC 9438 4.8, 4.10). */
  #wMaxBytes = 0;
  /** cwnd_prior: the window when it was last reduced; 0 before, so that Reno's window grows as fast as Reno's. */
  #priorBytes = 0;

  // The current stage, once the window has grown in it.
  #hasBegun = false;
  #kSeconds = 0;
  /** W_est: what Reno's window would be by now. */
  #renoBytes = 0;
  /** How long the stage has lasted, less the time in which the window was not used (RFC 9438 5.8). */
  #elapsedMs = 0;
  /** Up to here time has been counted, or left out. */
  #clockMs = 0;
  /** What the window grew by and cannot show, as it is counted in whole bytes. */
  #restBytes = 0;

  /** The window is about to be reduced, because of a loss (RFC 9438 4.6, 4.7). */
  onReduction(cwndBytes: number): void {
    const isConverging = cwndBytes < this.#wMaxBytes;
    this.#wMaxBytes = isConverging ? (cwndBytes * (1 + BETA)) / 2 : cwndBytes;
    this.#priorBytes = cwndBytes;
    this.endStage();
  }

  /** A timeout: the next stage begins its curve where its window is (RFC 9438 4.8). */
  onTimeout(cwndBytes: number): void {
    this.#wMaxBytes = 0;
    this.#priorBytes = cwndBytes;
    this.endStage();
  }

  /** As it is now. */
  copy(): CubicGrowth<Other> {
    const copy = new CubicGrowth<Other>();
    copy.#wMaxBytes = this.#wMaxBytes;
    copy.#priorBytes = this.#priorBytes;
    copy.#hasBegun = this.#hasBegun;
    copy.#kSeconds = this.#kSeconds;
    copy.#renoBytes = this.#renoBytes;
    copy.#elapsedMs = this.#elapsedMs;
    copy.#clockMs = this.#clockMs;
    copy.#restBytes = this.#restBytes;
    return copy;
  }

  /** The last reduction was by a timeout, and there has been no congestion avoidance since: either would tell of a maximum. */
  get hasTimedOut(): boolean {
    return this.#wMaxBytes === 0;
  }

  /** What follows, after whatever else, is a stage of its own. */
  endStage(): void {
    this.#hasBegun = false;
  }

  /** The time up to now does not count: the window was not used (RFC 9438 4.2, 5.8). */
  skipTime(nowMs: number): void {
    this.#clockMs = nowMs;
  }

  /**
   * A SACK for a window that was used.
   * @param srttMs NaN before the first measurement
   * @returns the window that it leads to, never a smaller one
   */
  grow(cwndBytes: number, ackedBytes: number, pmdcsBytes: number, srttMs: number, nowMs: number): number {
    if (this.#hasBegun) this.#elapsedMs += nowMs - this.#clockMs;
    else this.#beginStage(cwndBytes, pmdcsBytes);
    this.#clockMs = nowMs;
    const windowShare = Math.min(1, ackedBytes / cwndBytes);
    const alpha = this.#renoBytes < this.#priorBytes ? ALPHA : 1;
    this.#renoBytes += alpha * windowShare * pmdcsBytes;
    if (this.#wCubicBytes(this.#elapsedMs, pmdcsBytes) < this.#renoBytes)
      return Math.max(cwndBytes, Math.floor(this.#renoBytes));
    const aheadBytes = this.#wCubicBytes(this.#elapsedMs + (srttMs || 0), pmdcsBytes);
    const targetBytes = Math.min(Math.max(aheadBytes, cwndBytes), MAX_GROWTH * cwndBytes);
    this.#restBytes += (targetBytes - cwndBytes) * windowShare;
    const wholeBytes = Math.floor(this.#restBytes);
    this.#restBytes -= wholeBytes;
    return cwndBytes + wholeBytes;
  }

  /** A window at or beyond W_max has nothing to return to: it grows from where it is. */
  #beginStage(cwndBytes: number, pmdcsBytes: number): void {
    this.#hasBegun = true;
    this.#wMaxBytes = Math.max(this.#wMaxBytes, cwndBytes);
    this.#kSeconds = Math.cbrt((this.#wMaxBytes - cwndBytes) / (C * pmdcsBytes));
    this.#renoBytes = cwndBytes;
    this.#elapsedMs = 0;
    this.#restBytes = 0;
  }

  /** RFC 9438, Figure 1. */
  #wCubicBytes(elapsedMs: number, pmdcsBytes: number): number {
    const seconds = elapsedMs / 1_000 - this.#kSeconds;
    return C * pmdcsBytes * seconds * seconds * seconds + this.#wMaxBytes;
  }
}
