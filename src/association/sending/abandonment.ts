/**
 * The seam between the sending half and whoever gives messages up that the peer has not acknowledged (RFC 3758 3.4).
 * Owns: what it is asked and told. Does not own: when a message is given up, what the peer is told of it
 * (src/association/extensions/partial-reliability), what giving up does to the chunks (sent-log.ts).
 *
 * There is none until a message has been sent that may be given up, to a peer that knows of it.
 */
import type { OutboundMessage } from "../model/outbound-message.ts";
import type { SentChunk } from "./sent-chunk.ts";

export interface Abandonment {
  /** Packets are about to be asked for: the time to give up what is to be given up, and to say so. */
  review(nowMs: number): void;
  /** A chunk is to be sent again. @returns whether its message has been given up instead, by `Outbound.abandon` */
  givesUp(chunk: SentChunk, nowMs: number): boolean;
  /** A chunk that may not be lost is to be sent again. @returns whether its message would be given up instead; it is not */
  wouldGiveUp(chunk: SentChunk, nowMs: number): boolean;
  /** A message was queued that may be given up. */
  onQueued(message: OutboundMessage): void;
  /** The life of one has ended before any of it was sent; it has left the queue. */
  onExpired(message: OutboundMessage): void;
  /** A cumulative acknowledgement has been settled. */
  onAcknowledged(): void;
  /** T3-rtx expired, on whichever path. */
  onTimeout(): void;
  /** The peer is asked to begin streams anew behind this TSN, the last that has been given out (RFC 6525 5.1.2). */
  onStreamsReset(lastTsn: number): void;
  /** TSNs begin anew, with the same peer; nothing is outstanding (RFC 6525 5.2.7 H5). */
  onRenumbered(): void;
  /** TSNs begin anew, with a peer of which nothing is known yet. */
  reset(): void;
}
