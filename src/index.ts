/**
 * The Node entry, `sctpkit`: sockets in the shape of `node:net`, and everything of `sctpkit/core`.
 * Owns: which names are public there.
 */
export * from "./core.ts";
export type { BufferOptions } from "./node/association-duplex.ts";
export { ByteDuplex, type ByteDuplexOptions } from "./node/byte-duplex.ts";
export { connect, connect as createConnection } from "./node/connect.ts";
export type { AssociationDiagnostics, PacketDiagnostics } from "./node/diagnostics.ts";
export {
  createEndpoint,
  Endpoint,
  type EndpointBindOptions,
  type EndpointEvents,
  type EndpointOptions,
  type PeerAddress,
} from "./node/endpoint.ts";
export type { EndpointMessage, EndpointSendInfo } from "./node/endpoint-messages.ts";
export type { ServerListenOptions } from "./node/listen-options.ts";
export type { Message, ReceiveInfo, SendOptions } from "./node/message.ts";
export type { ConnectSocketOptions } from "./node/open-association.ts";
export { formatSctpAddress, parseSctpAddress, type SctpAddress } from "./node/sctp-address.ts";
export { SctpStream, type StreamDefaults } from "./node/sctp-stream.ts";
export {
  createServer,
  type DropArgument,
  Server,
  type ServerEvents,
  type ServerOptions,
} from "./node/server.ts";
export type { ServerAddress } from "./node/server-address.ts";
export { Socket, type SocketOptions } from "./node/socket.ts";
export type { SocketEvents } from "./node/socket-events.ts";
export type { AddressInfo, IpFamily, SocketFacts } from "./node/socket-facts.ts";
export { DEFAULT_UDP_PORT, UdpPort, type UdpPortOptions } from "./node/udp-port.ts";
