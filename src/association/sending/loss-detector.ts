/**
 * The seam between what has been acknowledged and what counts as lost.
 * Owns: what a detector is told of the chunks, what it may do to them, what it answers.
 * Does not own: the chunks (sent-log.ts), what a loss does to windows (fast-recovery.ts, src/congestion), T3-rtx (path.ts),
 * the rules themselves (the files beside this).
 *
 * One detector serves one association. The calls for single chunks are made for every DATA chunk; those that are optional are
 * left out by a detector that does not care, and cost the others a look.
 */
import type { AssociationOptions } from "../../base/options.ts";
import type { Path } from "../paths/path.ts";
import type { PathFlight } from "../paths/path-flight.ts";
import type { Recovery } from "./fast-recovery.ts";
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
  /** The highest TSN that the SACK reports; the cumulative ack point if it reports none beyond. */
  readonly highestReportedTsn: number;
  /** Whether the SACK tells if an outstanding TSN has come: beyond the last block that it had room for it does not (RFC 9260 6.7). */
  isKnown(tsn: number): boolean;
  /** Of chunks beyond the cumulative ack that are acknowledged, headers and padding included. */
  readonly gapAckedBytes: number;
  /** The chunk with an outstanding TSN. */
  at(tsn: number): SentChunk;
  /** Takes a chunk out of flight and has it sent again. */
  markLost(chunk: SentChunk): void;
}

/** The same, with what T3-rtx gave up. */
export interface TimedChunks extends OutstandingChunks {
  /**
   * T3-rtx expired on a path for nothing: what waits since then to be sent again is in flight as before.
   * @returns the chunks, in the order of their TSNs
   */
  restoreTimedOut(flight: PathFlight): SentChunk[];
}

/** What a SACK says has come more than once: the peer may report what it likes (RFC 9260 3.3.4). */
export interface DuplicateReports {
  readonly duplicateCount: number;
  duplicateTsn(index: number): number;
}

/** A path whose tail is to be probed, and what is sent again for it; undefined where it is new DATA. */
export interface DueProbe {
  readonly path: Path;
  readonly resentTsn: number | undefined;
}

export interface LossDetector {
  /**
   * Each path recovers by itself, and what is sent on one says nothing of the others: whoever answers losses does so with this. Where it
   * is there, `inFastRecovery` is of no interest.
   */
  readonly recovery?: Recovery;

  setOptions(options: AssociationOptions): void;

  /** A chunk is sent for the first time, and is in flight. `sentAtMs` of a chunk says when it was sent last. */
  onSent(chunk: SentChunk): void;

  /** A chunk is sent again; `nextTsn` is the TSN of the next new one. */
  onResent(chunk: SentChunk, nextTsn: number): void;

  /** The peer took back that it has the chunk, which is in flight again (RFC 9260 6.2.1 D-iii). */
  onReneged(chunk: SentChunk): void;

  /** A chunk is acknowledged for the first time since it was sent last, maybe before it could be sent again. In order of TSN. */
  onAcked?(chunk: SentChunk, nowMs: number): void;

  /** A chunk is no longer in flight, for whatever reason. Called after `onAcked` and in the midst of `markLost`. */
  onLeftFlight?(chunk: SentChunk): void;

  /**
   * A SACK has been settled; marks what counts as lost now, and adds it to `lostBytes` of its path's flight.
   * @param inFastRecovery whether the association was in Fast Recovery when the SACK arrived
   * @returns whether anything was marked
   */
  onSack(sent: TimedChunks, inFastRecovery: boolean, nowMs: number, duplicates: DuplicateReports): boolean;

  /**
   * Of what `onSack` or `onTimeout` marked last on a path, in Fast Recovery, some had been sent again since a loss was last answered: a
   * new sign of congestion there (RFC 8985 9.3).
   */
  hasLostAgain?(path: Path): boolean;

  /** T3-rtx expired on a path, and all that is in flight there is about to be marked. */
  onT3?(sent: OutstandingChunks, flight: PathFlight): void;

  /** When something counts as lost without a SACK, or a path's tail is to be probed; Infinity where nothing will. */
  readonly deadlineMs?: number;

  /** That time has come, maybe to probe: as `onSack`. */
  onTimeout?(sent: OutstandingChunks, inFastRecovery: boolean, nowMs: number): boolean;

  /** Whether it has come for what was waited for. */
  isLossDue?(nowMs: number): boolean;

  /**
   * New DATA has gone out on a path, or the cumulative ack has moved: from now on time counts until a probe is due.
   * @param isSearching no probe is wanted, for losses are found in other ways
   */
  armProbe?(path: Path, isSearching: boolean, nowMs: number): void;

  /** A path whose tail is to be probed now. It counts as tried. */
  takeDueProbe?(nowMs: number): Path | undefined;

  /** The TSN that was sent last on a path of those in flight there; undefined where nothing is. */
  lastInFlight?(path: Path): number | undefined;

  /** The probe that is to go out, whatever the windows say (RFC 8985 7.3): set by the sender, gone with the next SACK. */
  probing?: DueProbe | undefined;

  /** It has gone out. */
  onProbe?(probe: DueProbe, nextTsn: number): void;

  /** A path whose window was last reduced for what was late and not lost, as the SACK has shown that `onSack` was told of last. */
  takeSpurious?(): Path | undefined;

  /** A path where a probe has made good a loss that nothing else tells of, by the SACK that `onSack` was told of last. */
  takeRepaired?(): Path | undefined;

  /** A path has been taken out of the set, and nothing is in flight there: nothing is known of it any more. */
  onPathRemoved?(path: Path): void;

  /** Nothing is outstanding, and the next chunk gets this TSN. */
  reset(initialTsn: number): void;
}
