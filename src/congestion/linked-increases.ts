/**
 * The Linked Increases Algorithm (RFC 6356 3): the windows of one association's paths grow together as one would on the best of them.
 * Owns: by how much the window of one path grows in congestion avoidance, for what was acknowledged there.
 * Does not own: the windows, slow start and reductions, which are as on a single path (linked-controllers.ts), the paths.
 *
 * The RFC's cwnd_total is of the paths that something is in flight on: one that is not used has no window to speak of (3, "app
 * limited"). Of a path whose window is being reduced it is ssthresh that counts. Alpha is computed once in a smoothed round trip and
 * after each reduction (4.1), here for each path by itself.
 */

/** One path, as the others see it. */
export interface LinkedFlow {
  readonly congestion: {
    readonly cwndBytes: number;
    readonly ssthreshBytes: number;
    /** The window is on its way to ssthresh, after a loss. */
    readonly isReducing?: boolean;
  };
  readonly rto: { readonly srttMs: number };
  readonly flight: { readonly flightBytes: number };
}

/** All paths of an association. */
export interface LinkedFlows {
  readonly all: readonly LinkedFlow[];
}

export class LinkedIncreases {
  readonly #flows: LinkedFlows;
  /** Alpha divided by cwnd_total. */
  #alphaPerByte = 0;
  /** When that is to be computed anew. */
  #validUntilMs: number = Number.NEGATIVE_INFINITY;

  constructor(flows: LinkedFlows) {
    this.#flows = flows;
  }

  /** A window has been reduced: what was computed holds no more. */
  onReduction(): void {
    this.#validUntilMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * RFC 6356 3, equation (1), for one full chunk.
   * @param cwndBytes of the path
   * @param srttMs of the path; NaN before the first measurement
   * @returns which part of a full chunk the window grows by, at most what it would grow by alone
   */
  chunksFor(cwndBytes: number, ackedBytes: number, srttMs: number, nowMs: number): number {
    if (nowMs >= this.#validUntilMs) {
      this.#alphaPerByte = alphaPerByte(this.#flows.all);
      this.#validUntilMs = nowMs + (srttMs || 0);
    }
    return ackedBytes * Math.min(this.#alphaPerByte, 1 / cwndBytes);
  }
}

/** RFC 6356 3, equation (2), divided by cwnd_total; Infinity where nothing is known of any path. */
function alphaPerByte(flows: readonly LinkedFlow[]): number {
  let best = 0;
  let bytesPerMs = 0;
  for (const { congestion, rto, flight } of flows) {
    const { srttMs } = rto;
    if (flight.flightBytes === 0 || !(srttMs > 0)) continue;
    const { cwndBytes, ssthreshBytes, isReducing } = congestion;
    const windowBytes = isReducing === true ? Math.min(cwndBytes, ssthreshBytes) : cwndBytes;
    best = Math.max(best, windowBytes / (srttMs * srttMs));
    bytesPerMs += windowBytes / srttMs;
  }
  return bytesPerMs === 0 ? Number.POSITIVE_INFINITY : best / (bytesPerMs * bytesPerMs);
}
