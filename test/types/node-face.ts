/**
 * What must not compile: wrong names, wrong fields, wrong arguments of the Node side. `npm run check:types` compiles this
 * file; a line marked `@ts-expect-error` that compiles is an error there. Nothing here is run.
 */

import type { Values } from "../../src/base/option-spec.ts";
import { connect as compatConnect, PPID } from "../../src/compat/sctp.ts";
import {
  type ASSOCIATION_OPTIONS,
  type AssociationDiagnostics,
  type AssociationOptions,
  type AssociationOptionsInput,
  type AssociationStats,
  type ByteDuplex,
  connect,
  createEndpoint,
  createServer,
  type Endpoint,
  formatSctpAddress,
  type Message,
  type PathInfo,
  type ReceiveInfo,
  type SctpError,
  type SctpErrorCode,
  type SctpStream,
  type SendInfo,
  type Server,
  type ServerAddress,
  Socket,
  type STACK_OPTIONS,
  type StackOptions,
  type StackOptionsInput,
  UdpPort,
} from "../../src/index.ts";

/** Compiles only if both types are one and the same, `any` included. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
function same<A, B>(_yes: Same<A, B>): void {}

export function optionNames(): void {
  connect({ port: 7, host: "a/b", rtoMinMs: 1, noDelay: true, highWaterMark: 1, timeout: 5, family: 4 });
  // @ts-expect-error: there is no such option
  connect({ port: 7, rtoMin: 1 });
  // @ts-expect-error: the port is missing
  connect({ host: "127.0.0.1" });
  // @ts-expect-error: a port is a number in options
  connect({ port: "7" });
  // @ts-expect-error: a family is 0, 4 or 6
  connect({ port: 7, family: 5 });
  connect({ port: 7, allowHalfOpen: false, hints: 0, keepAlive: true, keepAliveInitialDelay: 5 });
  createServer().listen({ port: 7, exclusive: true });
  // @ts-expect-error: options of TCP that SCTP has no use for
  connect({ port: 7, allowHalfOpen: true });
  // @ts-expect-error: a flag
  connect({ port: 7, noDelay: 1 });
  // @ts-expect-error: an option of listen(), not of connect()
  connect({ port: 7, backlog: 1 });
  // @ts-expect-error: an option of listen(), not of the server
  createServer({ backlog: 1 });
  // @ts-expect-error: an option of connect(), not of listen()
  createServer().listen({ port: 7, localPort: 1 });
  // @ts-expect-error: no such option
  createServer({ maxConnection: 1 });
  // @ts-expect-error: the peer's UDP port is remoteUdpPort, ours localUdpPort
  connect({ port: 7, udpPort: 9899 });
  // @ts-expect-error: `udp` is an open UdpPort
  connect({ port: 7, udp: 9899 });
  // @ts-expect-error: the addresses of this side are localAddresses
  createServer().listen({ port: 7, hosts: ["127.0.0.1"] });
  // @ts-expect-error: no such option
  new UdpPort({ ports: [1] });
  // @ts-expect-error: no such option of a stack
  new UdpPort({ stack: { cookieLife: 1 } });
  // @ts-expect-error: no such option
  new Socket({ readHighWaterMark: 1 });
}

export function optionTables(): void {
  same<AssociationOptions, Values<typeof ASSOCIATION_OPTIONS>>(true);
  same<StackOptions, Values<typeof STACK_OPTIONS>>(true);
  same<AssociationOptionsInput, Partial<AssociationOptions>>(true);
  same<StackOptionsInput, Partial<StackOptions>>(true);
}

export function optionValues(udp: UdpPort): void {
  // @ts-expect-error: milliseconds are a number
  connect({ port: 7, rtoMinMs: "200" });
  // @ts-expect-error: no such congestion control
  createServer({ congestionControl: "reno" });
  // @ts-expect-error: a list
  connect({ port: 7, hosts: "127.0.0.1" });
  // @ts-expect-error: a port
  createServer().listen({ port: 7, localUdpPort: "9899" });
  // @ts-expect-error: an option of associations, which belongs to createServer()
  createServer().listen({ port: 7, rtoMinMs: 200 });
  // @ts-expect-error: an option of a stack
  connect({ port: 7, cookieLifeMs: 1 });
  // @ts-expect-error: a number
  new UdpPort({ stack: { cookieLifeMs: "1" } });
  // @ts-expect-error: a UdpPort
  connect({ port: 7, udp: udp.localUdpPort });
  // @ts-expect-error: the name of a notification
  createEndpoint({ notifications: ["SCTP_NONSENSE"] });
  // @ts-expect-error: a list
  void createEndpoint().bind({ port: 7, localAddresses: "127.0.0.1" });
}

export async function messages(socket: Socket, stream: SctpStream): Promise<void> {
  await socket.send("text", { streamId: 1, ppid: 46, unordered: true, context: 1 });
  await socket.send(new Uint8Array(1));
  // @ts-expect-error: bytes or text
  await socket.send(7);
  // @ts-expect-error: no such field
  await socket.send("x", { stream: 1 });
  // @ts-expect-error: a number
  await socket.send("x", { ppid: "46" });
  // @ts-expect-error: no signal ends what has been sent to all
  await createEndpoint().sendAll("x", { signal: new AbortController().signal });
  same<Parameters<Socket["send"]>[1], SendInfo | undefined>(true);
  same<Parameters<Endpoint["send"]>[2], SendInfo | undefined>(true);
  // @ts-expect-error: a stream sends on itself
  await stream.send("x", { streamId: 1 });
  // @ts-expect-error: a stream has a number
  socket.stream("one");
  // @ts-expect-error: no such default
  socket.stream(1, { signal: new AbortController().signal });
  // @ts-expect-error: no such option
  stream.toNode({ halfOpen: true });
  for await (const message of socket.messages()) same<typeof message, Message>(true);
  for await (const message of stream) same<typeof message, Message>(true);
}

export function events(socket: Socket): void {
  socket.on("message", (message) => same<typeof message, Message>(true));
  socket.on("data", ({ data, info }) => {
    same<typeof data, Buffer>(true);
    same<typeof info, ReceiveInfo>(true);
  });
  socket.once("stream", (stream) => same<typeof stream, SctpStream>(true));
  socket.on("path", ({ state }) => same<typeof state, PathInfo["state"] | "added">(true));
  socket.on("close", (hadError) => same<typeof hadError, boolean>(true));
  // @ts-expect-error: no such event
  socket.on("messages", () => {});
  socket.on("error", (error) => {
    same<typeof error, SctpError>(true);
    if (error.code === "ECONNREFUSED" || error.sctpCode === "ERR_SCTP_ABORTED_BY_PEER")
      return error.causeCodes;
    // @ts-expect-error: a code of our own that does not exist
    return error.sctpCode === "ERR_SCTP_NONSENSE";
  });
  createServer().on("error", (error) => same<typeof error, SctpError>(true));
  // @ts-expect-error: 'connect' has no arguments
  socket.on("connect", (one: number) => one);
  createServer().on("connection", (accepted) => same<typeof accepted, Socket>(true));
  createServer((accepted) => same<typeof accepted, Socket>(true));
  for (const event of ["end", "error"] as const) socket.on(event, () => {});
}

export function eventsOfOthers(socket: Socket, server: Server, endpoint: Endpoint, bytes: ByteDuplex): void {
  server.on("drop", ({ remotePort }) => same<typeof remotePort, number>(true));
  endpoint.on("message", ({ info }) => same<typeof info.endOfMessage, boolean>(true));
  bytes.on("data", (data: Buffer) => data).on("data", (text: string) => text);
  bytes.on("close", (hadError) => same<typeof hadError, boolean>(true));
  // @ts-expect-error: a server has no messages
  server.on("message", () => {});
  // @ts-expect-error: no such event
  server.once("connections", () => {});
  // @ts-expect-error: an accepted socket
  server.on("connection", (port: number) => port);
  // @ts-expect-error: an endpoint has no sockets
  endpoint.on("connection", () => {});
  // @ts-expect-error: a message
  endpoint.once("message", (text: string) => text);
  // @ts-expect-error: a byte stream has no messages
  bytes.on("message", () => {});
  // @ts-expect-error: bytes or text
  bytes.on("data", (data: Message) => data);
  // @ts-expect-error: a message
  socket.once("message", (data: Buffer) => data);
  // @ts-expect-error: an SctpError
  socket.off("error", (text: string) => text);
  // @ts-expect-error: no such event
  socket.addListener("closed", () => {});
  // @ts-expect-error: a change of a path
  socket.prependListener("path", (address: string) => address);
}

export function results(socket: Socket): void {
  same<ReturnType<Socket["pathInfo"]>, PathInfo>(true);
  same<ReturnType<Socket["stats"]>, Readonly<AssociationStats>>(true);
  same<Socket["remoteAddresses"], readonly string[]>(true);
  same<ReturnType<ReturnType<typeof createServer>["address"]>, ServerAddress | null>(true);
  same<ReturnType<Socket["read"]>, Message | null>(true);
  // @ts-expect-error: read-only
  socket.bytesRead = 0;
  // @ts-expect-error: read-only
  socket.stats().sentMessages = 0;
  // @ts-expect-error: a code that does not exist
  const code: SctpErrorCode = "ERR_SCTP_NONSENSE";
  formatSctpAddress({ hosts: [code], port: undefined });
  // @ts-expect-error: the port is said, even if it is undefined
  formatSctpAddress({ hosts: [] });
}

export function inside(socket: Socket, server: Server, udp: UdpPort, told: AssociationDiagnostics): void {
  // @ts-expect-error: nobody's business
  socket.association;
  // @ts-expect-error: nobody's business
  socket.attach;
  // @ts-expect-error: nobody's business
  server.onAccept;
  // @ts-expect-error: nobody's business
  udp.stack;
  // @ts-expect-error: whoever watches does not interfere
  told.association.abort();
}

export function socketOptions(socket: Socket): void {
  socket.setOption("SCTP_NODELAY", true).setOption("SCTP_RTOINFO", { minMs: 200 });
  same<ReturnType<typeof socket.getOption<"SCTP_NODELAY">>, boolean>(true);
  // @ts-expect-error: no such option
  socket.setOption("SCTP_NO_DELAY", true);
  // @ts-expect-error: no such field
  socket.setOption("SCTP_RTOINFO", { min: 200 });
  // @ts-expect-error: it can only be read
  socket.setOption("SCTP_STATUS", {});
  socket.on("notification", ({ type }) => same<typeof type extends string ? true : false, true>(true));
}

export function compat(): void {
  const socket = compatConnect({ port: 7, ppid: PPID.M3UA });
  socket.on("data", (data) => same<typeof data, Buffer & { ppid?: number }>(true));
  // @ts-expect-error: no such protocol
  compatConnect({ port: 7, ppid: PPID.M9UA });
  // @ts-expect-error: a stream has a number
  socket.createStream("one");
}
