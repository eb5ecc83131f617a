/**
 * `sctpkit/compat/sctp`: the interface of the npm package `sctp` 1.0.0, so that its users change one line.
 * Owns: which names are public there. Does not own: sockets (sctp-socket.ts), servers (sctp-server.ts).
 *
 * What differs: that package runs on raw IP unless it is given a UDP transport; here SCTP is always in UDP, on the ports
 * that `defaults` calls `udp_port` and `encap_port`, as Linux' net.sctp does.
 */
export { connect, connect as createConnection } from "./connect.ts";
export { type Defaults, defaults } from "./sctp-defaults.ts";
export { PPID } from "./sctp-ppid.ts";
export { createServer, type ListenOptions, Server, type ServerOptions } from "./sctp-server.ts";
export {
  type CompatSocketEvents,
  type ConnectOptions,
  type IncomingStream,
  type OutgoingStream,
  Socket,
  type SocketOptions,
  type TaggedBuffer,
} from "./sctp-socket.ts";
export type { UdpPeer, UdpTransportLike } from "./udp-adapter.ts";
