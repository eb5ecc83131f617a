/**
 * Round-trip times in a histogram.
 * Owns: buckets of a tenth of a microsecond up to 10 ms, each time above, and the quantiles. Does not own: the clock.
 */
const BUCKETS_PER_US = 10;
const BUCKETS = 100_000;

export class LatencyRecorder {
  readonly #counts = new Uint32Array(BUCKETS);
  readonly #slowMs: number[] = [];
  #total = 0;

  add(milliseconds: number): void {
    const bucket = Math.floor(milliseconds * 1_000 * BUCKETS_PER_US);
    if (bucket < BUCKETS) this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    else this.#slowMs.push(milliseconds);
    this.#total++;
  }

  /** The quantiles since the last call; nothing if there was no round trip. */
  take(): { readonly p50Us?: number; readonly p99Us?: number; readonly p999Us?: number } {
    if (this.#total === 0) return {};
    this.#slowMs.sort((a, b) => a - b);
    const quantiles = {
      p50Us: this.#quantile(0.5),
      p99Us: this.#quantile(0.99),
      p999Us: this.#quantile(0.999),
    };
    this.#counts.fill(0);
    this.#slowMs.length = 0;
    this.#total = 0;
    return quantiles;
  }

  #quantile(share: number): number {
    const rank = share * this.#total;
    let seen = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return bucket / BUCKETS_PER_US;
    }
    const index = Math.min(this.#slowMs.length - 1, Math.max(0, Math.ceil(rank - seen) - 1));
    return 1_000 * (this.#slowMs[index] ?? Number.NaN);
  }
}
