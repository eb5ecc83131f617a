/**
 * Plain `node:net`: what the kernel's own transport does for Node, as a ceiling.
 * Owns: both ends; a message is `messageBytes` of the byte stream. Does not own: counting and marks (contract.ts).
 */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { BurstAnswers, type BurstConnection, sendBursts } from "./bursts.ts";
import { announce, type Job, type MarkExtras, type Received } from "./contract.ts";

/** Messages written between two turns of the event loop. */
const BATCH = 256;
const NOTHING: MarkExtras = () => ({});

export async function tcpSink(job: Job, received: Received): Promise<MarkExtras> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    const bursts = job.measure === "bursts" ? new BurstAnswers(job) : undefined;
    socket.on("data", (bytes) => {
      count(received, bytes.length, job);
      const answer = bursts?.onBytes(bytes.length);
      if (answer !== undefined) socket.write(answer);
      if (job.measure === "pingpong") socket.write(bytes);
    });
    if (job.measure === "both") void flood(socket, job);
  });
  server.listen(job.udpPort, job.localAddress);
  await once(server, "listening");
  announce("ready");
  return NOTHING;
}

export async function tcpSource(job: Job, received: Received): Promise<MarkExtras> {
  if (job.measure === "handshakes") {
    announce("connected");
    for (let i = 0; i < CONCURRENT_HANDSHAKES; i++) void handshakes(job, received);
    return NOTHING;
  }
  if (job.measure === "bursts") {
    announce("connected");
    void sendBursts(job, received, () => openForBursts(job));
    return NOTHING;
  }
  const sockets = await Promise.all(Array.from({ length: job.associations }, () => open(job)));
  announce("connected");
  for (const socket of sockets) {
    if (job.measure === "pingpong") {
      pingPong(socket, job, received);
    } else {
      socket.on("data", (bytes) => count(received, bytes.length, job));
      void flood(socket, job);
    }
  }
  return NOTHING;
}

/** Set-ups under way at once in the handshake measure. */
export const CONCURRENT_HANDSHAKES = 16;

/** TCP tells bytes, not messages. */
function count(received: Received, bytes: number, job: Job): void {
  received.bytes += bytes;
  received.messages = Math.floor(received.bytes / job.messageBytes);
}

async function open(job: Job): Promise<Socket> {
  const socket = connect({ port: job.remotePort, host: job.remoteAddress, noDelay: true });
  socket.on("error", () => {});
  await once(socket, "connect");
  return socket;
}

async function openForBursts(job: Job): Promise<BurstConnection> {
  const socket = await open(job);
  return {
    send: (message) => void socket.write(message),
    answered: () => once(socket, "data"),
    end: () => void socket.end(),
  };
}

/** A socket that the kernel empties at once is never full: the event loop must have its turn all the same. */
async function flood(socket: Socket, job: Job): Promise<void> {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  while (!socket.destroyed) {
    for (let i = 0; i < BATCH; i++) if (!socket.write(message)) await once(socket, "drain");
    await nextTurn();
  }
}

function pingPong(socket: Socket, job: Job, received: Received): void {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  let sentMs = performance.now();
  let missing = job.messageBytes;
  socket.on("data", (bytes) => {
    missing -= bytes.length;
    if (missing > 0) return;
    missing = job.messageBytes;
    const nowMs = performance.now();
    received.latency.add(nowMs - sentMs);
    received.add(job.messageBytes);
    sentMs = nowMs;
    socket.write(message);
  });
  socket.write(message);
}

async function handshakes(job: Job, received: Received): Promise<void> {
  for (;;) {
    const socket = await open(job);
    received.add(0);
    socket.resetAndDestroy();
  }
}
