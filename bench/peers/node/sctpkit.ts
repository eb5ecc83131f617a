/**
 * sctpkit itself, through the API that its users have.
 * Owns: both ends of every measure. Does not own: counting and marks (contract.ts).
 */
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { type AssociationOptions, connect, createServer, type Socket, UdpPort } from "../../../src/index.ts";
import { BurstAnswers, type BurstConnection, sendBursts } from "./bursts.ts";
import { announce, type Job, type Mark, type MarkExtras, type Received, SCTP_PORT } from "./contract.ts";
import { CONCURRENT_HANDSHAKES } from "./tcp.ts";

/** Messages handed over before the sender waits for room. */
const BATCH = 32;

function associationOptions({
  streams,
  packetBytes,
  bufferBytes,
  options,
}: Job): Partial<AssociationOptions> {
  return {
    outboundStreams: Math.max(10, streams),
    ...(packetBytes === 0 ? {} : { maxPacketBytes: packetBytes }),
    ...(bufferBytes === 0 ? {} : { sendBufferBytes: bufferBytes, receiveBufferBytes: bufferBytes }),
    ...options,
  };
}

function packetCount(udp: UdpPort): MarkExtras {
  return () => ({
    packets: (udp.counters["received-packets"] ?? 0) + (udp.counters["sent-packets"] ?? 0),
  });
}

export async function sctpkitSink(job: Job, received: Received): Promise<MarkExtras> {
  const udp = new UdpPort({ localUdpPort: job.udpPort, localAddresses: [job.localAddress] });
  const server = createServer(associationOptions(job), (socket) => {
    socket.on("error", () => {});
    const bursts = job.measure === "bursts" ? new BurstAnswers(job) : undefined;
    socket.on("message", ({ data, info }) => {
      received.add(data.length);
      const answer = bursts?.onBytes(data.length);
      if (answer !== undefined) void socket.send(answer);
      if (job.measure === "pingpong") void socket.send(data, { streamId: info.streamId });
    });
    if (job.measure === "both") void flood(socket, job);
  });
  server.listen({ port: SCTP_PORT, udp });
  await once(server, "listening");
  announce("ready");
  return packetCount(udp);
}

export async function sctpkitSource(job: Job, received: Received): Promise<MarkExtras> {
  if (job.measure === "handshakes" && job.udpPort === 0) {
    announce("connected");
    for (let i = 0; i < CONCURRENT_HANDSHAKES; i++) void handshakes(undefined, job, received);
    return () => ({});
  }
  const udp = new UdpPort({ localUdpPort: job.udpPort, localAddresses: [job.localAddress] });
  if (job.measure === "handshakes") {
    announce("connected");
    for (let i = 0; i < CONCURRENT_HANDSHAKES; i++) void handshakes(udp, job, received);
    return packetCount(udp);
  }
  if (job.measure === "bursts") {
    announce("connected");
    void sendBursts(job, received, () => openForBursts(udp, job));
    return packetCount(udp);
  }
  const sockets: Socket[] = [];
  for (let i = 0; i < job.associations; i++) sockets.push(await open(udp, job).opened);
  announce("connected");
  for (const socket of sockets) {
    if (job.measure === "pingpong") {
      pingPong(socket, job, received);
    } else {
      socket.on("message", ({ data }) => received.add(data.length));
      void flood(socket, job);
    }
  }
  const count = packetCount(udp);
  return () => ({ ...count(), ...pathState(sockets[0]) });
}

function pathState(socket: Socket | undefined): Partial<Mark> {
  const path = socket?.paths().find(({ carriesData }) => carriesData);
  return path === undefined
    ? {}
    : { cwndBytes: path.cwndBytes, flightBytes: path.flightBytes, srttMs: path.srttMs };
}

/** @param udp undefined: what `connect()` takes by itself */
function open(udp: UdpPort | undefined, job: Job): Socket {
  return connect({
    port: SCTP_PORT,
    host: job.remoteAddress,
    remoteUdpPort: job.remotePort,
    udp,
    ...associationOptions(job),
  });
}

async function openForBursts(udp: UdpPort, job: Job): Promise<BurstConnection> {
  const socket = await open(udp, job).opened;
  return {
    send: (message) => void socket.send(message),
    answered: () => once(socket, "message"),
    end: () => void socket.end(),
  };
}

async function flood(socket: Socket, job: Job): Promise<void> {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  const onStream = Array.from({ length: job.streams }, (_, streamId) => ({ streamId }));
  let next = 0;
  const takeTurn = (): { streamId: number } | undefined => onStream[next++ % job.streams];
  // A message of the sender's whole buffer or more needs no batch.
  const batch = Math.max(0, Math.min(BATCH, Math.floor(1_048_576 / job.messageBytes)) - 1);
  while (!socket.destroyed) {
    for (let i = 0; i < batch; i++) void socket.send(message, takeTurn());
    await socket.send(message, takeTurn());
  }
}

function pingPong(socket: Socket, job: Job, received: Received): void {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  let sentMs = performance.now();
  socket.on("message", ({ data }) => {
    const nowMs = performance.now();
    received.latency.add(nowMs - sentMs);
    received.add(data.length);
    sentMs = nowMs;
    void socket.send(message);
  });
  void socket.send(message);
}

async function handshakes(udp: UdpPort | undefined, job: Job, received: Received): Promise<void> {
  for (;;) {
    const socket = await open(udp, job).opened;
    received.add(0);
    socket.abort();
    await once(socket, "close");
  }
}
