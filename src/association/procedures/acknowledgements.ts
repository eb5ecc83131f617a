/**
 * What follows from an acknowledgement, in a SACK or in a SHUTDOWN, beyond the sending half.
 * Owns: what a verdict on it means for the association; telling the user and the shutdown that something has left the send
 * buffer, by acknowledgement or because its life has ended.
 * Does not own: what is settled, lost or grown (sending/outbound.ts, loss-recovery.ts).
 */
import type { TimerName } from "../../base/trace-sink.ts";
import type { SackView } from "../../chunks/sack.ts";
import type { ChunkOutcome } from "../model/chunk-handler.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { Seat } from "../model/seat.ts";
import type { Tracer } from "../reporting/tracer.ts";
import type { UserEvents } from "../reporting/user-events.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { SackVerdict } from "../sending/sent-log.ts";
import type { PathMonitor } from "./path-monitor.ts";
import type { Shutdown } from "./shutdown.ts";
import type { Termination } from "./termination.ts";

export interface AcknowledgementsParts {
  readonly seat: Seat;
  readonly outbound: Outbound;
  readonly monitor: PathMonitor;
  readonly events: UserEvents;
  readonly shutdown: Shutdown;
  readonly termination: Termination;
  readonly tracer: Tracer;
}

export class Acknowledgements implements TimedPart {
  readonly #parts: AcknowledgementsParts;

  constructor(parts: AcknowledgementsParts) {
    this.#parts = parts;
  }

  onSack(sack: SackView, nowMs: number): ChunkOutcome {
    return this.#judged(this.#parts.outbound.onSack(sack, nowMs), sack.cumulativeTsnAck, nowMs);
  }

  /** The Cumulative TSN Ack of a SHUTDOWN (RFC 9260 9.2). */
  onCumulativeAck(cumulativeTsnAck: number, nowMs: number): ChunkOutcome {
    return this.#judged(
      this.#parts.outbound.onCumulativeAck(cumulativeTsnAck, nowMs),
      cumulativeTsnAck,
      nowMs,
    );
  }

  /** When the life of the message that is next ends (RFC 9260 11.1.5). */
  get deadlineMs(): number {
    return this.#parts.outbound.expiryDeadlineMs;
  }

  get timer(): TimerName {
    return "message-lifetime";
  }

  onTimeout(nowMs: number): void {
    this.#parts.tracer.onTimer("message-lifetime");
    this.#parts.events.failExpired(nowMs);
    this.#onBufferFreed(nowMs);
  }

  #judged(verdict: SackVerdict, cumulativeTsnAck: number, nowMs: number): ChunkOutcome {
    switch (verdict) {
      case "accepted":
        if (this.#parts.outbound.sent.newlyAckedChunkCount > 0) this.#parts.monitor.onPeerHeard(); // 8.1
        if (nowMs >= this.deadlineMs) this.onTimeout(nowMs);
        else this.#onBufferFreed(nowMs);
        return "continue";
      case "stale":
        this.#parts.seat.countDrop("stale-sack", "its Cumulative TSN Ack lies behind");
        return "continue";
      case "reneges-too-much":
        this.#parts.seat.countDrop("limit-reached", "DATA that the peer takes back");
        return "continue";
      case "malformed":
        this.#parts.seat.countDrop(
          "invalid-sack",
          "a Gap Ack Block runs backwards or touches the Cumulative TSN Ack",
        );
        return "continue";
      case "breaks-promise":
        this.#parts.termination.abortForViolation("a TSN was taken back that was non-renegable");
        return "stop";
      case "acks-unsent":
        // RFC 6525 5.2.4: the peer has reset all numbers, and its answer is late or lost, or this is late itself.
        if (this.#isOfOtherTsns(cumulativeTsnAck)) {
          this.#parts.seat.countDrop(
            "stale-sack",
            "it speaks of TSNs that are not agreed on yet, or no more",
          );
          return "continue";
        }
        this.#parts.termination.abortForViolation("a TSN was acknowledged that was never sent");
        return "stop";
    }
  }

  #isOfOtherTsns(tsn: number): boolean {
    const { renumbering } = this.#parts.outbound;
    return renumbering !== undefined && (renumbering.awaitsTsns || renumbering.isAckFromBefore(tsn));
  }

  #onBufferFreed(nowMs: number): void {
    this.#parts.events.onBufferFreed();
    this.#parts.shutdown.advance(nowMs);
  }
}
