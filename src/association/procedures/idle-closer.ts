/**
 * Shutting down an association that carries no user data (RFC 6458 8.1.8).
 * Owns: when user data last moved, and when the association has been idle for too long.
 * Does not own: the shutdown (teardown.ts).
 */
import type { Tcb } from "../tcb.ts";

const NEVER = Number.POSITIVE_INFINITY;

export class IdleCloser {
  readonly #tcb: Tcb;
  #lastDataMs = 0;
  #seenChunkCount = 0;

  constructor(tcb: Tcb) {
    this.#tcb = tcb;
  }

  get deadlineMs(): number {
    const { autoCloseMs } = this.#tcb.options;
    return autoCloseMs === 0 || this.#tcb.state !== "ESTABLISHED" ? NEVER : this.#lastDataMs + autoCloseMs;
  }

  /** The association was established, user data was queued, or a packet has been read to its end. */
  onActivity(isUserData: boolean, nowMs: number): void {
    const { acceptedChunkCount } = this.#tcb.inbound;
    if (!isUserData && acceptedChunkCount === this.#seenChunkCount) return;
    this.#seenChunkCount = acceptedChunkCount;
    this.#lastDataMs = nowMs;
  }

  /** @returns whether the association is to be shut down now */
  isDue(nowMs: number): boolean {
    if (nowMs < this.deadlineMs) return false;
    if (this.#tcb.outbound.isIdle) return true;
    this.#lastDataMs = nowMs; // User data is on its way: not idle.
    return false;
  }
}
