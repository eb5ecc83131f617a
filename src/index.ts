/**
 * The Node entry, `sctpkit`: sockets in the shape of `node:net`, and everything of `sctpkit/core`.
 * Owns: which names are public there.
 */
export * from "./core.ts";
export { type ConnectSocketOptions, connect, connect as createConnection } from "./node/connect.ts";
export {
  createEndpoint,
  Endpoint,
  type EndpointBindOptions,
  type EndpointEvents,
  type EndpointOptions,
  type PeerAddress,
} from "./node/endpoint.ts";
export type { EndpointMessage, EndpointSendInfo } from "./node/endpoint-messages.ts";
export type { LookupFunction } from "./node/resolve.ts";
export {
  createServer,
  Server,
  type ServerAddress,
  type ServerEvents,
  type ServerListenOptions,
  type ServerOptions,
} from "./node/server.ts";
export {
  type Message,
  type ReceiveInfo,
  type SendOptions,
  Socket,
  type SocketEvents,
} from "./node/socket.ts";
export { DEFAULT_UDP_PORT, UdpPort, type UdpPortOptions } from "./node/udp-port.ts";
