/**
 * Plain `node:dgram`: the ceilings. "raw" only sends; "raw-answered" gets a small datagram back for every second one, as
 * SACKs would come; the ping-pong is what a round trip costs without a protocol.
 * Owns: both ends. Does not own: counting and marks (contract.ts).
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { announce, type Job, type MarkExtras, type Received } from "./contract.ts";

/** As large as a SACK in its packet. */
const ANSWER = Buffer.alloc(28);
/** Datagrams handed to the socket per turn of the event loop: what a receiver reads in one of its own. */
const BURST = 32;
/** Datagrams that may wait for their answers, as a window would allow. */
const WINDOW = 128;
const SOCKET_BUFFER_BYTES = 4_194_304;

async function open({ udpPort, localAddress }: Job): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(udpPort, localAddress);
  await once(socket, "listening");
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
  return socket;
}

export async function rawSink(job: Job, received: Received): Promise<MarkExtras> {
  const socket = await open(job);
  let sent = 0;
  const answers = job.transport === "raw-answered";
  const echoes = job.measure === "pingpong";
  socket.on("message", (datagram, { port, address }) => {
    received.add(datagram.length);
    const answer = echoes ? datagram : answers && (received.messages & 1) === 0 ? ANSWER : undefined;
    if (answer === undefined) return;
    sent++;
    socket.send(answer, port, address);
  });
  announce("ready");
  return () => ({ packets: received.messages + sent });
}

export async function rawSource(job: Job, received: Received): Promise<MarkExtras> {
  const socket = await open(job);
  socket.connect(job.remotePort, job.remoteAddress);
  await once(socket, "connect");
  announce("connected");
  const message = Buffer.alloc(job.messageBytes, 0x61);
  if (job.measure === "pingpong") return pingPong(socket, message, received);
  return flood(socket, message, job.transport === "raw-answered");
}

function pingPong(socket: Socket, message: Buffer, received: Received): MarkExtras {
  let sentMs = performance.now();
  socket.on("message", (datagram) => {
    const nowMs = performance.now();
    received.latency.add(nowMs - sentMs);
    received.add(datagram.length);
    sentMs = nowMs;
    socket.send(message);
  });
  socket.send(message);
  return () => ({ packets: 2 * received.messages });
}

function flood(socket: Socket, message: Buffer, answered: boolean): MarkExtras {
  let sent = 0;
  let acknowledged = 0;
  let inFlight = 0;
  let stalledTurns = 0;
  let answers = 0;
  socket.on("message", () => {
    acknowledged += 2;
    answers++;
  });
  const onSent = (): void => {
    inFlight--;
  };
  const turn = (): void => {
    const open = !answered || sent - acknowledged < WINDOW;
    // A lost answer must not stop the source for good.
    if (!open && ++stalledTurns > 1_000) acknowledged = sent;
    for (let i = 0; open && i < BURST && inFlight < 2 * BURST; i++) {
      stalledTurns = 0;
      sent++;
      inFlight++;
      socket.send(message, onSent);
    }
    setImmediate(turn);
  };
  turn();
  return () => ({ packets: sent + answers });
}
