/**
 * Goodput over a bottleneck in virtual time: `npm run bench:link`. What the protocol alone allows on the link of the
 * benchmark (100 Mbit/s, a round trip of 20 ms, a queue of one bandwidth-delay product), whatever this host is busy with.
 *
 *   --seconds N   of virtual time: 20
 *
 * Owns: the link and the table. Does not own: real sockets and other stacks on the same link (run.ts).
 */
import { parseArgs } from "node:util";
import { type Association, PacketSlab, SeededRandom, Stack } from "../src/index.ts";
import { nodePlatform } from "../src/node/common/platform.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "20" } } });
const UDP_PORT = 9_899;
const SCTP_PORT = 7;
const [CLIENT, SERVER] = ["10.0.0.1", "10.0.0.2"];
const OPTIONS = { maxPacketBytes: 1_472 };
const IP_UDP_HEADER_BYTES = 28;
const BYTES_PER_MS = 12_500;
const RTT_MS = 20;
const START_MS = 1_000;
const MESSAGE = new Uint8Array(16_384).fill(0x61);
const slab = new PacketSlab();

class Link {
  readonly #random: SeededRandom;
  readonly #lossShare: number;
  readonly #underWay: { readonly arrivalMs: number; readonly datagram: Uint8Array }[] = [];
  #freeMs = 0;

  constructor(lossShare: number, seed: number) {
    this.#lossShare = lossShare;
    this.#random = new SeededRandom(seed);
  }

  get nextArrivalMs(): number {
    return this.#underWay[0]?.arrivalMs ?? Number.POSITIVE_INFINITY;
  }

  /** Takes all that a stack has to send. */
  load(sender: Stack, nowMs: number): void {
    for (;;) {
      const transmit = sender.pollTransmit(slab, nowMs);
      if (transmit === undefined) return;
      const sizeBytes = transmit.lengthBytes + IP_UDP_HEADER_BYTES;
      const startMs = Math.max(nowMs, this.#freeMs);
      const isFull = (startMs - nowMs) * BYTES_PER_MS + sizeBytes > RTT_MS * BYTES_PER_MS;
      if (this.#random.fraction() < this.#lossShare || isFull) continue;
      this.#freeMs = startMs + sizeBytes / BYTES_PER_MS;
      const arrivalMs = this.#freeMs + RTT_MS / 2;
      this.#underWay.push({ arrivalMs, datagram: slab.bytes.slice(0, transmit.lengthBytes) });
    }
  }

  take(nowMs: number): Uint8Array | undefined {
    return this.nextArrivalMs <= nowMs ? this.#underWay.shift()?.datagram : undefined;
  }
}

class World {
  receivedBytes = 0;
  readonly association: Association;
  readonly #client = newStack(1, CLIENT);
  readonly #server = newStack(2, SERVER);
  readonly #there: Link;
  readonly #back: Link;
  #nowMs = START_MS;

  constructor(lossShare: number) {
    this.#there = new Link(lossShare, 3);
    this.#back = new Link(lossShare, 4);
    this.#server.listen({ port: SCTP_PORT, options: OPTIONS });
    const peer = { remoteAddresses: [SERVER], remotePort: SCTP_PORT, remoteUdpPort: UDP_PORT };
    this.association = this.#client.connect({ ...peer, options: OPTIONS }, this.#nowMs);
  }

  run(durationMs: number): void {
    while (this.#nowMs < START_MS + durationMs) {
      if (this.association.state === "ESTABLISHED") {
        while (this.association.isWritable) this.association.send(MESSAGE, {}, this.#nowMs);
      }
      this.#there.load(this.#client, this.#nowMs);
      this.#back.load(this.#server, this.#nowMs);
      const arrivalMs = Math.min(this.#there.nextArrivalMs, this.#back.nextArrivalMs);
      const deadlineMs = Math.min(this.#client.nextDeadlineMs(), this.#server.nextDeadlineMs());
      this.#nowMs = Math.max(this.#nowMs, Math.min(arrivalMs, deadlineMs));
      this.#deliver(this.#there, this.#server, CLIENT, SERVER, this.#back);
      this.#deliver(this.#back, this.#client, SERVER, CLIENT, this.#there);
      for (const stack of [this.#client, this.#server]) stack.handleTimeout(this.#nowMs);
    }
  }

  /** A flush after each datagram, as the RFC counts packets. */
  #deliver(link: Link, receiver: Stack, from: string, to: string, answers: Link): void {
    for (let datagram = link.take(this.#nowMs); datagram !== undefined; datagram = link.take(this.#nowMs)) {
      receiver.receive(datagram, { address: from, port: UDP_PORT }, to, this.#nowMs);
      for (let event = receiver.pollEvent(); event !== undefined; event = receiver.pollEvent()) {
        if (event.kind === "readable") this.#read(event.association);
      }
      answers.load(receiver, this.#nowMs);
    }
  }

  #read(association: Association): void {
    for (;;) {
      const message = association.receiveMessage(this.#nowMs);
      if (message === undefined) return;
      this.receivedBytes += message.data.length;
    }
  }
}

function newStack(seed: number, address: string): Stack {
  const stack = new Stack({
    platform: { ...nodePlatform, random: new SeededRandom(seed) },
    udpPort: UDP_PORT,
  });
  stack.addLocalAddress(address);
  return stack;
}

console.log("  loss    MB/s  of the link  fast retransmits  T3-rtx");
for (const lossPercent of [0, 0.1, 1, 4]) {
  const world = new World(lossPercent / 100);
  const seconds = Number(values.seconds);
  world.run(seconds * 1_000);
  const bytesPerMs = world.receivedBytes / seconds / 1_000;
  const { fastRetransmits, timeouts } = world.association.stats;
  const cells = [
    `${lossPercent} %`,
    (bytesPerMs / 1_000).toFixed(2),
    `${((100 * bytesPerMs) / BYTES_PER_MS).toFixed(1)} %`,
    String(fastRetransmits),
    String(timeouts),
  ];
  const widths = [6, 6, 11, 16, 6];
  console.log(cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "));
}
