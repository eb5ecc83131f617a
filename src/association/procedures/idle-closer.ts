/**
 * Shutting down an association that carries no user data (RFC 6458 8.1.8).
 * Owns: when user data last moved, and when the association has been idle for too long.
 * Does not own: the shutdown (shutdown.ts).
 */
import type { TimerName } from "../../base/trace-sink.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { Settings } from "../model/settings.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { Shutdown } from "./shutdown.ts";

const NEVER = Number.POSITIVE_INFINITY;

export interface IdleCloserParts {
  readonly settings: Settings;
  readonly lifecycle: Lifecycle;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly shutdown: Shutdown;
  readonly tracer: Tracer;
}

export class IdleCloser implements TimedPart {
  readonly #parts: IdleCloserParts;
  #lastDataMs = 0;
  #seenChunkCount = 0;

  constructor(parts: IdleCloserParts) {
    this.#parts = parts;
  }

  get deadlineMs(): number {
    const { autoCloseMs } = this.#parts.settings.options;
    if (autoCloseMs === 0 || this.#parts.lifecycle.state !== "ESTABLISHED") return NEVER;
    return this.#lastDataMs + autoCloseMs;
  }

  get timer(): TimerName {
    return "auto-close";
  }

  /** The association was established, user data was queued, or a packet has been read to its end. */
  onActivity(isUserData: boolean, nowMs: number): void {
    const { acceptedChunkCount } = this.#parts.inbound;
    if (!isUserData && acceptedChunkCount === this.#seenChunkCount) return;
    this.#seenChunkCount = acceptedChunkCount;
    this.#lastDataMs = nowMs;
  }

  onTimeout(nowMs: number): void {
    if (!this.#parts.outbound.isIdle) {
      this.#lastDataMs = nowMs; // User data is on its way: not idle.
      return;
    }
    this.#parts.tracer.onTimer("auto-close");
    this.#parts.shutdown.begin(nowMs);
  }
}
