/**
 * What the user hears of reconfigurations (RFC 6525 6.1).
 * Owns: what is told when, where among the messages it stands, what is counted.
 * Does not own: the shapes of the events (model/events.ts), what they are about (requester.ts, responder.ts).
 */
import type { ReconfigurationOutcome } from "../../model/events.ts";
import type { ExtensionHost } from "../association-extension.ts";
import type { Part } from "./request.ts";

/** What an association has done of RFC 6525. */
export interface ReconfigurationCounts {
  /** Resets of outgoing streams that the peer has performed, each of as many streams as it named. */
  readonly outgoingResetCount: number;
  /** Resets of incoming streams that this side has performed. */
  readonly incomingResetCount: number;
  /** Requests of the peer that were not performed. */
  readonly refusedCount: number;
  /** RE-CONFIG chunks with requests that were sent again. */
  readonly retransmittedCount: number;
}

export class Announcer implements ReconfigurationCounts {
  outgoingResetCount = 0;
  incomingResetCount = 0;
  refusedCount = 0;
  retransmittedCount = 0;
  readonly #host: ExtensionHost;

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  /** Streams begin at 0 again. @param streamIds none: all */
  onReset(direction: "incoming" | "outgoing", streamIds: readonly number[]): void {
    if (direction === "incoming") this.incomingResetCount++;
    else this.outgoingResetCount++;
    this.#tellReset(direction, streamIds, "performed");
  }

  /** All numbers begin anew. */
  onAssociationReset(outcome: ReconfigurationOutcome): void {
    const { seat, outbound, inbound } = this.#host;
    const position = this.#position();
    const [localTsn, remoteTsn] = [outbound.sent.nextTsn, (inbound.tsns.cumulativeTsn + 1) >>> 0];
    seat.emit({ kind: "association-reset", outcome, localTsn, remoteTsn, position });
  }

  /** There are more streams, or there were to be. */
  onStreamsChanged(outcome: ReconfigurationOutcome): void {
    const { seat, outbound, inbound } = this.#host;
    const [inboundStreams, outboundStreams] = [inbound.streamCount, outbound.streamCount];
    seat.emit({ kind: "streams-changed", outcome, inboundStreams, outboundStreams });
  }

  /** A part of what this side has asked for is done, or will not be. */
  onPartEnded(part: Part, outcome: ReconfigurationOutcome): void {
    const isPerformed = outcome === "performed";
    switch (part.kind) {
      case "outgoing":
        if (isPerformed) this.onReset("outgoing", part.streamIds);
        else this.#tellReset("outgoing", part.streamIds, outcome);
        break;
      case "incoming": // What the peer resets is told when it is reset.
        if (!isPerformed) this.#tellReset("incoming", part.streamIds, outcome);
        break;
      case "association":
        this.onAssociationReset(outcome);
        break;
      case "add-outgoing":
        this.onStreamsChanged(outcome);
        break;
      case "add-incoming": // So are streams that it adds.
        if (!isPerformed) this.onStreamsChanged(outcome);
        break;
    }
    const { asked } = part;
    if (asked === undefined) return;
    if (asked.outcome === "performed") asked.outcome = outcome;
    if (--asked.partsLeft > 0) return;
    this.#host.seat.emit({ kind: "reconfigured", request: asked.number, outcome: asked.outcome });
  }

  #tellReset(
    direction: "incoming" | "outgoing",
    streamIds: readonly number[],
    outcome: ReconfigurationOutcome,
  ): void {
    const position = this.#position();
    this.#host.seat.emit({ kind: "streams-reset", direction, streamIds, outcome, position });
  }

  /** Behind the messages that have come so far, of which the user hears first. */
  #position(): number {
    const { events, stats, inbound } = this.#host;
    events.tellReadable();
    return stats.receivedMessages + inbound.buffer.readyCount;
  }
}
