/**
 * What the worker tells the page after each step: everything that the views show of a moment, as plain data that can be
 * posted between threads.
 * Owns: these types. Does not own: who takes it down (take-snapshot.ts), who shows it (src/views).
 */
import type {
  AssociationState,
  AssociationStats,
  AssociationStatus,
  HeldMessage,
  OutstandingChunk,
  PathInfo,
  StreamSchedulerName,
} from "../../../src/core.ts";

/** A moment of a scenario. */
export interface Snapshot {
  readonly nowMs: number;
  readonly durationMs: number;
  readonly isOver: boolean;
  readonly hosts: readonly HostSnapshot[];
}

export interface HostSnapshot {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly associations: readonly AssociationSnapshot[];
}

/** One end of an association: its control block. */
export interface AssociationSnapshot {
  /** Names the same end in later snapshots. */
  readonly id: number;
  /** The name of the host at the other end; undefined where it is not known. */
  readonly peer: string | undefined;
  readonly state: AssociationState;
  readonly localPort: number;
  readonly remotePort: number;
  readonly localTag: number;
  readonly peerTag: number;
  /** Which stream is served next when it sends. */
  readonly scheduler: StreamSchedulerName;
  readonly tsns: TsnSnapshot;
  readonly status: AssociationStatus;
  readonly stats: AssociationStats;
  readonly paths: readonly PathInfo[];
  readonly timers: readonly TimerSnapshot[];
  /** What has a TSN and is not cumulatively acknowledged: the first of it, in order. */
  readonly outstanding: readonly OutstandingChunk[];
  readonly streams: readonly StreamSnapshot[];
}

/** The numbers of both directions. */
export interface TsnSnapshot {
  /** The next new chunk's. */
  readonly next: number;
  /** The peer has acknowledged everything up to this one. */
  readonly cumulativeAckPoint: number;
  /** Everything of the peer's up to this one has come. */
  readonly peerCumulative: number;
  /** The highest of the peer's that has come. */
  readonly peerHighest: number;
}

/** A timer that runs. */
export interface TimerSnapshot {
  readonly name: string;
  /** Of the path that it is for; undefined where it is for the association. */
  readonly path: string | undefined;
  readonly dueMs: number;
}

/** What one stream has under way, and what it waits for. */
export interface StreamSnapshot {
  readonly streamId: number;
  /** Payload bytes that the user has sent, and nobody has cumulatively acknowledged. */
  readonly bufferedBytes: number;
  /** Messages of which some has not been sent, and their payload bytes that have not: a part of `bufferedBytes`. */
  readonly queuedMessages: number;
  readonly queuedBytes: number;
  /** What share of the association it has, where the scheduler heeds it. */
  readonly priority: number;
  readonly weight: number;
  /** Payload bytes that came, and that the user has not been given. */
  readonly heldBytes: number;
  /** The number of the ordered message that the user is given next. */
  readonly nextNumber: number;
  /** What came and waits, by TSN: the first of it. */
  readonly held: readonly HeldMessage[];
  /** The TSNs of the message that the first of it stands behind, where the other end tells. */
  readonly behindTsns: readonly number[];
  /** In a few words why what is held is not delivered: which message it stands behind. Empty if nothing waits. */
  readonly waitsFor: string;
}
