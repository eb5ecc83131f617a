/**
 * Pacing: packets with DATA leave at the rate that a path's controller names, and not as fast as its window has room.
 * Owns: when the next packet may leave on each path that is paced, and when packets are to be asked for again.
 * Does not own: the rate (base/congestion-control.ts), the windows, what a packet holds (outbound.ts), timers.
 *
 * There is no timer for a packet: a path has a quantum of what its rate sends in a millisecond, two packets at least, and what
 * is left of it goes out whenever packets are asked for. Where no packet fits in it any more, the path waits until a whole one
 * is there again (draft-ietf-ccwg-bbr-06 5.6.2, 5.6.3). A host that comes late for that makes up for it, within limits.
 */
import type { Path } from "../paths/path.ts";

const NEVER = Number.POSITIVE_INFINITY;
const QUANTUM_MS = 1;
const MAX_QUANTUM_BYTES = 65_536;
const MIN_QUANTUM_PACKETS = 2;
/** A timer of the host is some milliseconds late now and then: so much of what was not sent meanwhile may follow at once. */
const MAX_LATENESS_MS = 4;

/** One path. */
interface Pace {
  /** Sent, and not yet worn off at the rate; below 0 where the host is late. */
  debtBytes: number;
  /** When packets were asked for last, and the rate since then. */
  askedAtMs: number;
  bytesPerMs: number;
  /** A packet was held back then. */
  isHeld: boolean;
}

export class Pacing {
  /** When packets are to be asked for again; Infinity where none was held back. */
  deadlineMs: number = NEVER;
  readonly #paces = new Map<Path, Pace>();

  /** Whether packets on a path are paced now. */
  static isPaced({ congestion }: Path): boolean {
    return congestion.pacingBytesPerMs !== undefined && congestion.pacingBytesPerMs < NEVER;
  }

  /** Packets are asked for: whatever was held back may have its time now. */
  begin(): void {
    this.deadlineMs = NEVER;
  }

  /** Whether a packet that may go out otherwise has to wait. */
  holds(path: Path, nowMs: number): boolean {
    const rate = path.congestion.pacingBytesPerMs;
    const pace = this.#paces.get(path);
    if (pace === undefined || rate === undefined || !(rate < NEVER)) return false;
    if (pace.askedAtMs !== nowMs) {
      const leastBytes = pace.isHeld ? -MAX_LATENESS_MS * pace.bytesPerMs : 0;
      pace.debtBytes = Math.max(pace.debtBytes - pace.bytesPerMs * (nowMs - pace.askedAtMs), leastBytes);
      pace.askedAtMs = nowMs;
    }
    pace.bytesPerMs = rate;
    pace.isHeld = pace.debtBytes + path.maxPacketBytes > quantumBytes(path, rate);
    if (pace.isHeld) this.deadlineMs = Math.min(this.deadlineMs, nowMs + pace.debtBytes / rate);
    return pace.isHeld;
  }

  /** A packet with so much DATA has gone out on a path that is paced. */
  onPacket(path: Path, sentBytes: number, bytesPerMs: number, nowMs: number): void {
    const pace = this.#paces.get(path);
    if (pace !== undefined) pace.debtBytes += sentBytes;
    else this.#paces.set(path, { debtBytes: sentBytes, askedAtMs: nowMs, bytesPerMs, isHeld: false });
  }

  onPathRemoved(path: Path): void {
    this.#paces.delete(path);
  }
}

function quantumBytes({ maxPacketBytes }: Path, rateBytesPerMs: number): number {
  const bytes = Math.min(rateBytesPerMs * QUANTUM_MS, MAX_QUANTUM_BYTES);
  return Math.max(bytes, MIN_QUANTUM_PACKETS * maxPacketBytes);
}
