/**
 * How much of what it had reported a peer may take back (RFC 9260 6.2.1 D-iii).
 * Owns: the account. Does not own: what becomes of a chunk that was taken back (sent-log.ts).
 *
 * Each chunk that is taken back costs a step, and each of many SACKs in one packet may take back all: without a bound one
 * datagram would cost a second of CPU time. A peer that is short of memory stays far below it.
 */

/** A whole window, at once and again each second. */
const MAX_CHUNKS = 65_536;
const CHUNKS_PER_MS = MAX_CHUNKS / 1_000;

export class RenegeLimit {
  #chunks = 0;
  #countedAtMs: number;

  constructor(nowMs: number) {
    this.#countedAtMs = nowMs;
  }

  onReneged(): void {
    this.#chunks++;
  }

  /** Whether the peer has taken back too much: what it says is as good as lost for a while, a second at most. */
  isExceeded(nowMs: number): boolean {
    this.#chunks = Math.max(0, this.#chunks - (nowMs - this.#countedAtMs) * CHUNKS_PER_MS);
    this.#countedAtMs = nowMs;
    return this.#chunks >= MAX_CHUNKS;
  }
}
