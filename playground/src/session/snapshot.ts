/**
 * What the worker tells the page after each step: everything that the views show of a moment, as plain data that can be
 * posted between threads.
 * Owns: these types. Does not own: who takes it down (take-snapshot.ts), who shows it (src/views).
 */
import type { AssociationState, AssociationStats, AssociationStatus, PathInfo } from "../../../src/core.ts";

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
  readonly status: AssociationStatus;
  readonly stats: AssociationStats;
  readonly paths: readonly PathInfo[];
  readonly timers: readonly TimerSnapshot[];
  readonly streams: readonly StreamSnapshot[];
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
  /** Payload bytes that came, and that the user has not been given. */
  readonly heldBytes: number;
  /** In a few words why what is held is not delivered: which message it stands behind. Empty if nothing waits. */
  readonly waitsFor: string;
}
