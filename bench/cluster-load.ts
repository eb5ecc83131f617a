/**
 * The load of the cluster's benchmark, a process of its own.
 * Owns: many associations that send as fast as they may, and handshakes one after another. Does not own: the server.
 */
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { connect, type Socket } from "../src/index.ts";

export interface LoadOrder {
  readonly udpPort: number;
  readonly associations: number;
  readonly messageBytes: number;
  readonly durationMs: number;
}

/** Told twice: of bytes that the server acknowledged, then of handshakes. */
export interface LoadReport {
  readonly count: number;
  readonly elapsedMs: number;
}

/** Handshakes under way at once. */
const CALLERS = 16;

let lastPort = 0;

/** From a UDP port of its own, as another host would; all share one address, so each needs an SCTP port of its own. */
async function call(udpPort: number): Promise<Socket> {
  lastPort = (lastPort % 60_000) + 1;
  const own = { localPort: lastPort, localUdpPort: 0 }; // As from another host: the kernel spreads peers by their UDP ports.
  const socket = connect({ port: 7, host: "127.0.0.1", remoteUdpPort: udpPort, ...own });
  await socket.opened;
  return socket.on("error", () => {});
}

const acknowledged = (sockets: readonly Socket[]): number =>
  sockets.reduce((sum, socket) => sum + socket.bytesWritten - socket.bufferedAmount, 0);

async function send({ udpPort, associations, messageBytes, durationMs }: LoadOrder): Promise<LoadReport> {
  const sockets = await Promise.all(Array.from({ length: associations }, () => call(udpPort)));
  const message = Buffer.alloc(messageBytes, 0x61);
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  await Promise.all(
    sockets.map(async (socket) => {
      while (performance.now() < endMs) {
        for (let i = 0; i < 15; i++) void socket.send(message);
        await socket.send(message);
      }
    }),
  );
  const report = { count: acknowledged(sockets), elapsedMs: performance.now() - startMs };
  for (const socket of sockets) socket.abort();
  return report;
}

async function shakeHands({ udpPort, durationMs }: LoadOrder): Promise<LoadReport> {
  const startMs = performance.now();
  let count = 0;
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      while (performance.now() < startMs + durationMs) {
        (await call(udpPort)).abort();
        count++;
      }
    }),
  );
  return { count, elapsedMs: performance.now() - startMs };
}

const [order] = (await once(process, "message")) as [LoadOrder];
process.send?.(await send(order));
process.send?.(await shakeHands(order));
process.disconnect();
