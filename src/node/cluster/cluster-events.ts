/**
 * The events of a cluster.
 * Owns: their names, arguments and texts. Does not own: when they come (cluster-server.ts).
 */
import type { OnListenerEvent } from "../common/duplex-events.ts";

/** A worker as the parent sees it. */
export interface ClusterWorkerInfo {
  readonly index: number;
  /** Process id, or thread id. */
  readonly id: number;
  readonly listening: boolean;
}

/** `on`, `once` and their like: one call for each event. */
export interface OnClusterEvent<Self> extends OnListenerEvent<Self> {
  /** Every worker listens. */
  (event: "listening", listener: () => void): Self;
  /** A worker listens. */
  (event: "online", listener: (worker: ClusterWorkerInfo) => void): Self;
  /** A worker has ended, and its associations with it; `error` is what it threw, if it did. */
  (
    event: "exit",
    listener: (worker: ClusterWorkerInfo, code: number | null, error: Error | undefined) => void,
  ): Self;
  /** The cluster could not start, or a worker that ended could not be replaced. */
  (event: "error", listener: (error: Error) => void): Self;
  /** The cluster was closed, and its last worker has ended. */
  (event: "close", listener: () => void): Self;
  /** One of several events, where nothing matters but that it came. */
  (event: ClusterEventName, listener: () => void): Self;
}

type ClusterEventName =
  | "listening"
  | "online"
  | "exit"
  | "error"
  | "close"
  | "newListener"
  | "removeListener";
