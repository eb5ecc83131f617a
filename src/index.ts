/**
 * The Node entry, `sctpkit`: sockets in the shape of `node:net`, and everything of `sctpkit/core`.
 * Owns: which names are public there.
 */
export * from "./core.ts";
export { ByteDuplex, type ByteDuplexOptions, type OnByteEvent } from "./node/channels/byte-duplex.ts";
export { SctpStream, type StreamDefaults } from "./node/channels/sctp-stream.ts";
export type {
  AssociationDiagnostics,
  PacketDiagnostics,
  WatchedAssociation,
} from "./node/common/diagnostics.ts";
export type { OnDuplexEvent } from "./node/common/duplex-events.ts";
export type { Message, ReceiveInfo, SendInfo } from "./node/common/message.ts";
export { formatSctpAddress, parseSctpAddress, type SctpAddress } from "./node/common/sctp-address.ts";
export type { ServerAddress } from "./node/common/server-address.ts";
export type { AddressInfo, IpFamily, SocketFacts } from "./node/common/socket-facts.ts";
export { type TraceFileOptions, traceFile } from "./node/common/trace-file.ts";
export { DEFAULT_UDP_PORT, type Transports, type UdpPortOptions } from "./node/driver/open-port.ts";
export { UdpPort } from "./node/driver/udp-port.ts";
export {
  createEndpoint,
  Endpoint,
} from "./node/endpoint/endpoint.ts";
export type { OnEndpointEvent } from "./node/endpoint/endpoint-events.ts";
export type { EndpointMessage } from "./node/endpoint/endpoint-messages.ts";
export type {
  ConnectxOptions,
  EndpointBindOptions,
  EndpointOptions,
  PeerAddress,
} from "./node/endpoint/endpoint-options.ts";
export type { ServerListenOptions } from "./node/server/listen-options.ts";
export {
  createServer,
  Server,
  type ServerOptions,
} from "./node/server/server.ts";
export type { DropArgument, OnServerEvent } from "./node/server/server-events.ts";
export type { BufferOptions } from "./node/socket/buffer-options.ts";
export { connect, connect as createConnection } from "./node/socket/connect.ts";
export type { ConnectSocketOptions } from "./node/socket/connect-options.ts";
export type { WritableMessage } from "./node/socket/message-stream.ts";
export { Socket, type SocketOptions } from "./node/socket/socket.ts";
export type {
  LocalAddressChange,
  OnSocketEvent,
  PathChange,
  StreamCounts,
  StreamsReset,
} from "./node/socket/socket-events.ts";
export type { OnSent, Transport, TransportOwner } from "./node/transport/transport.ts";
export type { CreateDgramSocket, DgramSocket } from "./node/transport/udp-transport.ts";
