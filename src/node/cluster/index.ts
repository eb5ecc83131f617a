/**
 * The entry `sctpkit/cluster`: a server on more than one core.
 * Owns: which names are public there.
 *
 * In the parent, `createClusterServer({ worker }).listen({ port })`; in the worker's program,
 * `(await joinCluster()).createServer(...)`. The workers share one UDP port and are one host to their peers.
 */
export type { WorkerKind } from "./cluster-channel.ts";
export type { ClusterWorkerInfo, OnClusterEvent } from "./cluster-events.ts";
export type { SocketHolder } from "./cluster-protocol.ts";
export {
  type ClusterListenOptions,
  ClusterServer,
  type ClusterServerOptions,
  createClusterServer,
} from "./cluster-server.ts";
export { type ClusterCounters, ClusterWorker, type JoinOptions, joinCluster } from "./cluster-worker.ts";
