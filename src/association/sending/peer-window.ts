/**
 * What the peer can still take, by our own account, and how it is asked again when that is too little.
 * Owns: the peer's receive window (RFC 9260 6.2.1), the deadline and the back-off of zero-window probes (6.1 A).
 * Does not own: what goes out as a probe (outbound.ts), our own receive window (receive-buffer.ts).
 */

const NEVER = Number.POSITIVE_INFINITY;
/** Zero-window probes back off this far and no further, beyond what RTO.Max allows. */
const MAX_PROBE_BACKOFF_EXPONENT = 10;

export class PeerWindow {
  /** Payload bytes that the peer has room for beyond what is in flight. */
  freeBytes: number;
  /** When a probe is due. */
  deadlineMs: number = NEVER;
  #advertisedBytes: number;
  #probeDue = false;
  #probeCount = 0;
  /** The peer answered since the last probe: an unacknowledged probe is no error then (RFC 9260 6.1 A). */
  #heardSinceProbe = false;

  constructor(advertisedBytes: number) {
    this.freeBytes = advertisedBytes;
    this.#advertisedBytes = advertisedBytes;
  }

  /** A peer that has just said so is there, and has been sent nothing. */
  reset(advertisedBytes: number): void {
    this.freeBytes = advertisedBytes;
    this.#advertisedBytes = advertisedBytes;
    this.deadlineMs = NEVER;
    this.#probeDue = false;
    this.#probeCount = 0;
    this.#heardSinceProbe = false;
  }

  /**
   * Whether so much may be sent: it fits, or it is the probe (RFC 9260 6.1 A). A fragment is never cut short to fit a small
   * window: that is our half of avoiding silly ones.
   */
  admits(payloadBytes: number): boolean {
    return payloadBytes <= this.freeBytes || this.#probeDue;
  }

  /** A SACK told of the window; so much is in flight after it. */
  onSack(advertisedBytes: number, inFlightBytes: number): void {
    this.#advertisedBytes = advertisedBytes;
    this.freeBytes = Math.max(0, advertisedBytes - inFlightBytes);
    this.#heardSinceProbe = true;
    if (advertisedBytes > 0) this.#probeCount = 0;
  }

  onRetransmitted(payloadBytes: number): void {
    this.freeBytes = Math.max(0, this.freeBytes - payloadBytes);
  }

  /** New DATA was sent. Whatever is sent asks the peer for its window: a probe on top would be a second one (6.1 A). */
  onSent(payloadBytes: number): void {
    this.onRetransmitted(payloadBytes);
    this.#probeDue = false;
    this.deadlineMs = NEVER;
  }

  /** So much counts as in flight no longer, though the peer does not have it (RFC 9260 6.2.1 C). */
  onLost(payloadBytes: number): void {
    this.freeBytes += payloadBytes;
  }

  /**
   * T3-rtx expired.
   * @returns whether what timed out is a probe of a closed window that the peer keeps answering
   */
  onT3(): boolean {
    const probing = this.#advertisedBytes === 0 && this.#heardSinceProbe;
    this.#heardSinceProbe = false;
    return probing;
  }

  /** RFC 9260 6.1 A: with nothing in flight and no room at the peer, ask again after an RTO, then ever more slowly. */
  armProbe(rtoMs: number, rtoMaxMs: number, nowMs: number): void {
    if (this.deadlineMs === NEVER)
      this.deadlineMs = nowMs + Math.min(rtoMs * 2 ** this.#probeCount, rtoMaxMs);
  }

  /** The deadline of `deadlineMs` has passed. */
  onTimeout(): void {
    this.deadlineMs = NEVER;
    this.#probeDue = true;
    this.#heardSinceProbe = false;
    this.#probeCount = Math.min(this.#probeCount + 1, MAX_PROBE_BACKOFF_EXPONENT);
  }
}
