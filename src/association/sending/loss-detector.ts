/**
 * The seam between what has been acknowledged and what counts as lost.
 * Owns: what a detector is told of the chunks, what it may do to them, what it answers.
 * Does not own: the chunks (sent-log.ts), what a loss does to windows (fast-recovery.ts, src/congestion), T3-rtx (path.ts),
 * the rules themselves (the files beside this).
 *
 * One detector serves one association. It keeps what it needs of a chunk in that chunk's own fields (sent-chunk.ts): the
 * calls for single chunks are made for every DATA chunk.
 */
import type { AssociationOptions } from "../../base/options.ts";
import type { SentChunk } from "./sent-chunk.ts";

/** What a detector sees of the outstanding chunks, once a SACK has been settled. */
export interface OutstandingChunks {
  readonly cumulativeAckPoint: number;
  /** Above every outstanding TSN. */
  readonly nextTsn: number;
  /** The SACK moved the cumulative ack. */
  readonly cumulativeAckAdvanced: boolean;
  /** What the SACK reports beyond it: pairs of offsets from `cumulativeAckPoint`, first and last, ascending. */
  readonly gapRanges: readonly number[];
  /** The highest TSN that this SACK acknowledged and the one before did not; below the cumulative ack point if it has no news. */
  readonly highestNewlyAckedTsn: number;
  /** The chunk with an outstanding TSN. */
  at(tsn: number): SentChunk;
  /** Takes a chunk out of flight and has it sent again. */
  markLost(chunk: SentChunk): void;
}

export interface LossDetector {
  setOptions(options: AssociationOptions): void;

  /** A chunk is sent for the first time. `sentAtMs` of a chunk says when it was sent last. */
  onSent(chunk: SentChunk): void;

  /** A chunk is sent again; `nextTsn` is the TSN of the next new one. */
  onResent(chunk: SentChunk, nextTsn: number): void;

  /** The peer took back that it has the chunk, which is in flight again (RFC 9260 6.2.1 D-iii). */
  onReneged(chunk: SentChunk): void;

  /**
   * A SACK has been settled; marks what counts as lost now, and adds it to `lostBytes` of its path's flight.
   * @param inFastRecovery whether the association was in Fast Recovery when the SACK arrived
   * @returns whether anything was marked
   */
  onSack(sent: OutstandingChunks, inFastRecovery: boolean, nowMs: number): boolean;

  /** Nothing is outstanding, and the next chunk gets this TSN. */
  reset(initialTsn: number): void;
}
