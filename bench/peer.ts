/**
 * One process of a benchmark: the source or the sink of messages, over plain UDP or over sctpkit.
 * Owns: sending as fast as the transport takes it, counting what arrives. Does not own: the parent (measure.ts).
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { connect, createServer } from "../src/index.ts";
import type { Job, Order, SinkReport, SourceReport } from "./measure.ts";

const HOST = "127.0.0.1";
const SCTP_PORT = 5_001;
/** The answer to every second datagram, as large as a SACK. */
const ANSWER = Buffer.alloc(28);
/** Datagrams handed to the socket per turn of the event loop, and outstanding answers, as a window would allow. */
const RAW_BURST = 32;
const RAW_WINDOW = 128;

let cpuAtStart = process.cpuUsage();

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage(cpuAtStart);
  return (user + system) / 1e6;
}

/** Counts from the first message to the last. */
class Count {
  messages = 0;
  bytes = 0;
  #firstMs = 0;
  #lastMs = 0;

  add(bytes: number): void {
    this.messages++;
    this.bytes += bytes;
    if (this.messages === 1) {
      this.#firstMs = performance.now();
      cpuAtStart = process.cpuUsage();
    }
    if ((this.messages & 63) === 0) this.#lastMs = performance.now();
  }

  report(): SinkReport {
    const elapsedMs = Math.max(1, this.#lastMs - this.#firstMs);
    return { messages: this.messages, bytes: this.bytes, elapsedMs, cpuSeconds: cpuSeconds() };
  }
}

async function rawSink(job: Job): Promise<void> {
  const count = new Count();
  const socket = createSocket("udp4");
  socket.on("message", (datagram, { port, address }) => {
    count.add(datagram.length);
    if (job.transport === "raw-answered" && (count.messages & 1) === 0) socket.send(ANSWER, port, address);
  });
  socket.bind(0, HOST);
  await once(socket, "listening");
  socket.setRecvBufferSize(4_194_304);
  process.send?.({ udpPort: socket.address().port });
  await once(process, "message");
  process.send?.(count.report());
  socket.close();
}

async function rawSource(job: Job, udpPort: number): Promise<void> {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  const socket = createSocket("udp4");
  socket.connect(udpPort, HOST);
  await once(socket, "connect");
  const endMs = performance.now() + job.durationMs;
  let sent = 0;
  let answered = 0;
  let inFlight = 0;
  socket.on("message", () => {
    answered += 2;
  });
  const onSent = (): void => {
    inFlight--;
  };
  let stalledTurns = 0;
  await new Promise<void>((resolve) => {
    const turn = (): void => {
      if (performance.now() >= endMs) return resolve();
      const open = job.transport === "raw" || sent - answered < RAW_WINDOW;
      // A lost answer must not stop the source for good.
      if (!open && ++stalledTurns > 1_000) answered = sent;
      for (let i = 0; open && i < RAW_BURST && inFlight < 2 * RAW_BURST; i++) {
        stalledTurns = 0;
        sent++;
        inFlight++;
        socket.send(message, onSent);
      }
      setImmediate(turn);
    };
    turn();
  });
  process.send?.({ cpuSeconds: cpuSeconds() } satisfies SourceReport);
  socket.close();
}

async function sctpSink(job: Job): Promise<void> {
  const count = new Count();
  const { maxPacketBytes } = job;
  const server = createServer({ maxPacketBytes }, (socket) => {
    socket.on("message", ({ data }) => count.add(data.length));
    socket.on("error", () => {});
  });
  server.listen({ port: SCTP_PORT, host: HOST, udpPort: 0 });
  await once(server, "listening");
  process.send?.({ udpPort: server.address()?.udpPort });
  await once(process, "message");
  process.send?.(count.report());
  setTimeout(() => process.exit(0), 200).unref();
}

async function sctpSource(job: Job, udpPort: number): Promise<void> {
  const message = Buffer.alloc(job.messageBytes, 0x61);
  const { maxPacketBytes } = job;
  const socket = await connect({ port: SCTP_PORT, host: HOST, udpPort, maxPacketBytes }).opened;
  cpuAtStart = process.cpuUsage();
  const endMs = performance.now() + job.durationMs;
  while (performance.now() < endMs) {
    for (let i = 0; i < 32; i++) void socket.send(message);
    await socket.send(message);
  }
  socket.end();
  await once(socket, "close");
  process.send?.({ cpuSeconds: cpuSeconds() } satisfies SourceReport);
}

const [order] = (await once(process, "message")) as [Order];
if (order.role === "sink") await (order.job.transport === "sctp" ? sctpSink(order.job) : rawSink(order.job));
else
  await (order.job.transport === "sctp"
    ? sctpSource(order.job, order.udpPort)
    : rawSource(order.job, order.udpPort));
process.disconnect();
