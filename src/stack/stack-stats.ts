/**
 * The counters of a stack, under the names that RFC 3873 gives them in the SCTP MIB.
 * Owns: what is counted once in an association's life. Does not own: packets, chunks and drops, which are counted where they
 * pass (stack.ts, outbox.ts, drop-counter.ts, packet-writer.ts, scratch.ts).
 */
import type { AssociationNews } from "../association/model/events.ts";

/** Since the UDP port was opened, all of its associations together (RFC 3873, sctpStats). */
export interface SctpStats {
  /** Associations that are established now, or about to shut down with data still to come or to go. */
  readonly sctpCurrEstab: number;
  /** Associations that this side asked for and that were established. */
  readonly sctpActiveEstabs: number;
  /** Associations that peers asked for and that were established. */
  readonly sctpPassiveEstabs: number;
  /** Associations that ended ungracefully: by an ABORT of either side, or because the peer did not answer. */
  readonly sctpAborteds: number;
  /** Associations that ended gracefully. */
  readonly sctpShutdowns: number;
  /** Packets that belonged to no association and began none (RFC 9260 8.4). */
  readonly sctpOutOfBlues: number;
  /** Packets whose checksum was wrong. */
  readonly sctpChecksumErrors: number;
  /** Control chunks sent, which are all but DATA; those that a timer repeats are not counted again. */
  readonly sctpOutCtrlChunks: number;
  /** DATA chunks of ordered messages sent, retransmissions not included. */
  readonly sctpOutOrderChunks: number;
  /** DATA chunks of unordered messages sent, retransmissions not included. */
  readonly sctpOutUnorderChunks: number;
  /** Control chunks received, out-of-the-blue packets not included. */
  readonly sctpInCtrlChunks: number;
  /** DATA chunks of ordered messages received, duplicates and what was not accepted not included. */
  readonly sctpInOrderChunks: number;
  /** DATA chunks of unordered messages received, duplicates and what was not accepted not included. */
  readonly sctpInUnorderChunks: number;
  /** Messages that were sent in more than one chunk. */
  readonly sctpFragUsrMsgs: number;
  /** Messages that were put together from more than one chunk. */
  readonly sctpReasmUsrMsgs: number;
  /** Packets sent, retransmissions included. */
  readonly sctpOutSCTPPacks: number;
  /** Packets received, whatever became of them. */
  readonly sctpInSCTPPacks: number;
}

export class StackStats {
  #activeEstabs = 0;
  #passiveEstabs = 0;
  #aborteds = 0;
  #shutdowns = 0;

  /** An association told its user something. */
  count(news: AssociationNews): void {
    if (news.kind === "established") {
      if (news.inbound) this.#passiveEstabs++;
      else this.#activeEstabs++;
    } else if (news.kind === "closed") {
      if (news.reason.kind === "shutdown") this.#shutdowns++;
      else this.#aborteds++;
    }
  }

  /** With what others count. */
  with(
    others: Omit<SctpStats, "sctpActiveEstabs" | "sctpPassiveEstabs" | "sctpAborteds" | "sctpShutdowns">,
  ): SctpStats {
    return {
      ...others,
      sctpActiveEstabs: this.#activeEstabs,
      sctpPassiveEstabs: this.#passiveEstabs,
      sctpAborteds: this.#aborteds,
      sctpShutdowns: this.#shutdowns,
    };
  }
}
