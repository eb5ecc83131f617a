/**
 * A bottleneck between sources and sinks: one link each way, shared by all flows (bottleneck.ts says what a link does).
 *
 *   relay --front PORT[,PORT] --back PORT[,PORT] --sinks PORT[,PORT] --rate MBITS --rtt MS --loss PERCENT
 *         --reorder PERCENT --largest BYTES --seed N
 *
 * Flow i's source sends to its front port, its sink hears from its back port. Datagrams whose payload is larger than
 * `--largest` (1472) are dropped, and counted by themselves. Datagrams leave up to a millisecond late: the host timer's grain.
 *
 * Owns: the sockets and the timer. Does not own: the link (bottleneck.ts); who talks over it: it takes part in no protocol.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Bottleneck, type BottleneckOptions } from "./bottleneck.ts";
import { announce, answerMarks, HOST, type Mark, Received } from "./contract.ts";

const SOCKET_BUFFER_BYTES = 4_194_304;

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    front: text,
    back: text,
    sinks: text,
    rate: { ...text, default: "100" },
    rtt: { ...text, default: "20" },
    loss: { ...text, default: "0" },
    reorder: { ...text, default: "0" },
    largest: text,
    seed: { ...text, default: "1" },
  },
});

const ports = (list: string | undefined): number[] => (list ?? "").split(",").map(Number);
const options: BottleneckOptions = {
  megabitsPerSecond: Number(values.rate),
  roundTripMs: Number(values.rtt),
  lossPercent: Number(values.loss),
  reorderPercent: Number(values.reorder),
  largestDatagramBytes: values.largest === undefined ? undefined : Number(values.largest),
};
const toSinks = new Bottleneck(options, 2 * Number(values.seed));
const toSources = new Bottleneck(options, 2 * Number(values.seed) + 1);
let isArmed = false;

function flush(): void {
  isArmed = false;
  const nowMs = performance.now();
  for (const link of [toSinks, toSources]) link.flush(nowMs);
  const nextMs = Math.min(toSinks.nextArrivalMs, toSources.nextArrivalMs);
  if (nextMs < Number.POSITIVE_INFINITY) arm(nextMs - nowMs);
}

function arm(waitMs: number): void {
  if (isArmed) return;
  isArmed = true;
  setTimeout(flush, Math.max(1, waitMs));
}

async function open(port: number): Promise<Socket> {
  const socket = createSocket({ type: "udp4", lookup: (host, _options, done) => done(null, host, 4) });
  const listening = once(socket, "listening"); // With such a lookup it comes before bind() returns.
  socket.bind(port, HOST);
  await listening;
  socket.setRecvBufferSize(SOCKET_BUFFER_BYTES);
  socket.on("error", () => {});
  return socket;
}

async function joinFlow(frontPort: number, backPort: number, sinkPort: number): Promise<void> {
  const front = await open(frontPort);
  const back = await open(backPort);
  let source = { port: 0, address: HOST };
  const deliverToSink = (datagram: Uint8Array): void => back.send(datagram, sinkPort, HOST);
  const deliverToSource = (datagram: Uint8Array): void => front.send(datagram, source.port, source.address);
  front.on("message", (datagram, remote) => {
    source = remote;
    toSinks.send(datagram, performance.now(), deliverToSink);
    arm(1);
  });
  back.on("message", (datagram) => {
    toSources.send(datagram, performance.now(), deliverToSource);
    arm(1);
  });
}

const [fronts, backs, sinks] = [ports(values.front), ports(values.back), ports(values.sinks)];
for (const [i, front] of fronts.entries()) await joinFlow(front, backs[i] ?? 0, sinks[i] ?? 0);
announce("ready");
answerMarks(new Received(), droppedBothWays);

function droppedBothWays(): Partial<Mark> {
  const [there, back] = [toSinks.dropped, toSources.dropped];
  return {
    droppedAtRandom: there.atRandom + back.atRandom,
    droppedByQueue: there.byQueue + back.byQueue,
    droppedTooLarge: there.tooLarge + back.tooLarge,
  };
}
