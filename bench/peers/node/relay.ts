/**
 * A bottleneck between sources and sinks: one link each way, shared by all flows, with a rate, a delay, a queue of one
 * bandwidth-delay product that drops what does not fit, random loss and reordering from a seed.
 *
 *   relay --front PORT[,PORT] --back PORT[,PORT] --sinks PORT[,PORT] --rate MBITS --rtt MS --loss PERCENT
 *         --reorder PERCENT --seed N
 *
 * Flow i's source sends to its front port, its sink hears from its back port. A datagram weighs what it does on Ethernet's
 * IP layer, 28 bytes more than its payload. Datagrams leave up to a millisecond late: the host timer's grain.
 *
 * Owns: the link. Does not own: who talks over it; it takes part in no protocol.
 */
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { SeededRandom } from "../../../src/index.ts";
import { announce, answerMarks, HOST, Received } from "./contract.ts";

const IP_UDP_HEADER_BYTES = 28;
const SOCKET_BUFFER_BYTES = 4_194_304;
/** How much later than its turn a reordered datagram arrives: some thirty full packets of 100 Mbit/s. */
const REORDER_MS = 4;

interface LinkOptions {
  readonly bytesPerMs: number;
  readonly delayMs: number;
  readonly queueBytes: number;
  readonly lossShare: number;
  readonly reorderShare: number;
}

interface Parcel {
  readonly datagram: Buffer;
  readonly arrivalMs: number;
  readonly deliver: (datagram: Buffer) => void;
}

class Link {
  droppedByQueue = 0;
  droppedAtRandom = 0;
  readonly #options: LinkOptions;
  readonly #random: SeededRandom;
  /** Each of the two is in order of arrival; the second holds what was chosen to come late. */
  readonly #queues: readonly [Parcel[], Parcel[]] = [[], []];
  #freeMs = 0;

  constructor(options: LinkOptions, seed: number) {
    this.#options = options;
    this.#random = new SeededRandom(seed);
  }

  send(datagram: Buffer, nowMs: number, deliver: (datagram: Buffer) => void): void {
    const { bytesPerMs, delayMs, queueBytes, lossShare, reorderShare } = this.#options;
    if (this.#chance(lossShare)) {
      this.droppedAtRandom++;
      return;
    }
    const startMs = Math.max(nowMs, this.#freeMs);
    const sizeBytes = datagram.length + IP_UDP_HEADER_BYTES;
    if ((startMs - nowMs) * bytesPerMs + sizeBytes > queueBytes) {
      this.droppedByQueue++;
      return;
    }
    this.#freeMs = startMs + sizeBytes / bytesPerMs;
    const isLate = this.#chance(reorderShare);
    const arrivalMs = this.#freeMs + delayMs + (isLate ? REORDER_MS : 0);
    this.#queues[isLate ? 1 : 0].push({ datagram, arrivalMs, deliver });
  }

  /** Delivers what has arrived; the time of the next arrival. */
  flush(nowMs: number): number {
    let nextMs = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues) {
      let due = 0;
      for (let parcel = queue[due]; parcel !== undefined && parcel.arrivalMs <= nowMs; parcel = queue[due]) {
        parcel.deliver(parcel.datagram);
        due++;
      }
      queue.splice(0, due);
      nextMs = Math.min(nextMs, queue[0]?.arrivalMs ?? nextMs);
    }
    return nextMs;
  }

  #chance(share: number): boolean {
    return this.#random.fraction() < share;
  }
}

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
    seed: { ...text, default: "1" },
  },
});

const ports = (list: string | undefined): number[] => (list ?? "").split(",").map(Number);
const bytesPerMs = (Number(values.rate) * 1e6) / 8 / 1_000;
const options: LinkOptions = {
  bytesPerMs,
  delayMs: Number(values.rtt) / 2,
  queueBytes: bytesPerMs * Number(values.rtt),
  lossShare: Number(values.loss) / 100,
  reorderShare: Number(values.reorder) / 100,
};
const toSinks = new Link(options, 2 * Number(values.seed));
const toSources = new Link(options, 2 * Number(values.seed) + 1);
let isArmed = false;

function flush(): void {
  isArmed = false;
  const nowMs = performance.now();
  const nextMs = Math.min(toSinks.flush(nowMs), toSources.flush(nowMs));
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
  const deliverToSink = (datagram: Buffer): void => back.send(datagram, sinkPort, HOST);
  const deliverToSource = (datagram: Buffer): void => front.send(datagram, source.port, source.address);
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
answerMarks(new Received(), () => ({ packets: toSinks.droppedByQueue + toSinks.droppedAtRandom }));
