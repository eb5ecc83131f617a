/**
 * `sctpkit/compat/sctp`: the interface of the npm package `sctp` 1.0.0, so that its users change one line.
 * Owns: which names are public there. Does not own: sockets (sctp-socket.ts), servers (sctp-server.ts).
 *
 * What differs: that package runs on raw IP unless it is given a UDP transport; here SCTP is always in UDP, on the ports
 * that `defaults` calls `udp_port` and `encap_port`, as Linux' net.sctp does.
 */
import { Server as SctpServer, type ServerOptions } from "./sctp-server.ts";
import { type ConnectOptions, Socket as SctpSocket } from "./sctp-socket.ts";

export { type Defaults, defaults } from "./sctp-defaults.ts";
export { PPID } from "./sctp-ppid.ts";
export { type ListenOptions, Server, type ServerOptions } from "./sctp-server.ts";
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

/** A server; `listen` says where. */
export function createServer(
  options?: ServerOptions | ((socket: SctpSocket) => void),
  onConnection?: (socket: SctpSocket) => void,
): SctpServer {
  return new SctpServer(options, onConnection);
}

/** A socket that connects, or with `passive` waits to be connected to; `'connect'` or `'error'` follows. */
export function connect(options: ConnectOptions, onConnect?: () => void): SctpSocket {
  return new SctpSocket(options).connect(options, onConnect);
}

export const createConnection: typeof connect = connect;
