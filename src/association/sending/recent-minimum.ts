/**
 * The least round trip of the last minutes (RFC 8985 6.2, step 1).
 * Owns: what of the past still counts. Does not own: what is measured (rack-loss-detector.ts).
 *
 * Two halves: a minimum counts for five to ten minutes, and costs two numbers.
 */
const HALF_MS = 300_000;

export class RecentMinimum {
  #current: number = Number.NaN;
  #previous: number = Number.POSITIVE_INFINITY;
  #endsAtMs: number = Number.NEGATIVE_INFINITY;

  /** NaN before the first sample. */
  get valueMs(): number {
    return Math.min(this.#previous, this.#current);
  }

  sample(rttMs: number, nowMs: number): void {
    if (nowMs >= this.#endsAtMs) {
      this.#previous = nowMs < this.#endsAtMs + HALF_MS ? this.#current : Number.POSITIVE_INFINITY;
      this.#current = rttMs;
      this.#endsAtMs = nowMs + HALF_MS;
    } else if (rttMs < this.#current) {
      this.#current = rttMs;
    }
  }
}
