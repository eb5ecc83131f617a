/**
 * The SCTP packages of npm, over a UDP socket each: `werift` and `sctp`. Each is installed apart (../werift, ../npm-sctp)
 * and loaded from there; what is used of them is described here, so that this compiles without them.
 * Owns: both ends, one association one way. Does not own: counting and marks (contract.ts).
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { createRequire } from "node:module";
import { announce, HOST, type Job, type MarkExtras, type Received, SCTP_PORT } from "./contract.ts";

const require = createRequire(import.meta.url);
/** From the folder of the compiled program. */
const PEERS = "../../../../../peers/";
const PPID = 53;
const SOCKET_BUFFER_BYTES = 4_194_304;
/** Promises of werift under way: each resolves when its queue has been sent. */
const WERIFT_SENDERS = 64;

interface WeriftAssociation {
  readonly onReceive: { subscribe(listener: (streamId: number, ppid: number, data: Buffer) => void): void };
  readonly stateChanged: { readonly connected: { asPromise(): Promise<unknown> } };
  start(remotePort: number): Promise<void>;
  send(streamId: number, ppid: number, data: Buffer): Promise<void>;
}

interface Werift {
  readonly SCTP: Record<
    "client" | "server",
    (transport: unknown, port: number) => WeriftAssociation & { setRemotePort(port: number): void }
  >;
  createUdpTransport(socket: Socket, remote: { readonly port: number; readonly address: string }): unknown;
}

interface NpmSctpSocket extends NodeJS.EventEmitter {
  write(data: Buffer): boolean;
}

interface NpmSctp {
  connect(options: Record<string, unknown>): NpmSctpSocket;
}

async function udpSocket(job: Job): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(job.udpPort, HOST);
  await once(socket, "listening");
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
  return socket;
}

async function weriftAssociation(job: Job, role: "client" | "server") {
  const { SCTP, createUdpTransport } = require(
    `${PEERS}werift/node_modules/werift/lib/sctp/src/index.js`,
  ) as Werift;
  const socket = await udpSocket(job);
  return SCTP[role](createUdpTransport(socket, { port: job.remotePort, address: HOST }), SCTP_PORT);
}

export async function weriftSink(job: Job, received: Received): Promise<MarkExtras> {
  const association = await weriftAssociation(job, "server");
  association.onReceive.subscribe((_streamId, _ppid, data) => received.add(data.length));
  await association.start(SCTP_PORT);
  announce("ready");
  return () => ({});
}

export async function weriftSource(job: Job): Promise<MarkExtras> {
  const association = await weriftAssociation(job, "client");
  const connected = association.stateChanged.connected.asPromise();
  await association.start(SCTP_PORT);
  await connected;
  announce("connected");
  const message = Buffer.alloc(job.messageBytes, 0x61);
  const flood = async (): Promise<never> => {
    for (;;) await association.send(0, PPID, message);
  };
  for (let i = 0; i < WERIFT_SENDERS; i++) void flood();
  return () => ({});
}

async function npmSctpSocket(job: Job, passive: boolean): Promise<NpmSctpSocket> {
  const { connect } = require(`${PEERS}npm-sctp/node_modules/sctp`) as NpmSctp;
  return connect({
    passive,
    localPort: SCTP_PORT,
    port: SCTP_PORT,
    udpTransport: await udpSocket(job),
    udpPeer: { address: HOST, host: HOST, port: job.remotePort },
  });
}

export async function npmSctpSink(job: Job, received: Received): Promise<MarkExtras> {
  const socket = await npmSctpSocket(job, true);
  socket.on("data", (data: Buffer) => received.add(data.length));
  socket.on("error", () => {});
  announce("ready");
  return () => ({});
}

export async function npmSctpSource(job: Job): Promise<MarkExtras> {
  const socket = await npmSctpSocket(job, false);
  await once(socket, "connect");
  announce("connected");
  const message = Buffer.alloc(job.messageBytes, 0x61);
  const flood = async (): Promise<never> => {
    for (;;) if (!socket.write(message)) await once(socket, "drain");
  };
  void flood();
  return () => ({});
}
