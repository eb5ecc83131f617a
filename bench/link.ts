/**
 * Goodput over a bottleneck in virtual time: `npm run bench:link`. What the protocol alone allows on the link of the
 * benchmark (100 Mbit/s, a round trip of 20 ms, a queue of one bandwidth-delay product), whatever this host is busy with;
 * what comes of it that a receiver reads datagrams in batches, as Node does, on a faster link with losses; and with `--matrix`
 * the share of a link that is used, by round trip and queue.
 *
 * Owns: two stacks on the link, and the tables. Does not own: the link (peers/node/bottleneck.ts), real sockets and other
 * stacks on the same link (run.ts).
 */
import { type Association, type AssociationOptionsInput, PacketSlab, type Stack } from "../src/core.ts";
import {
  flag,
  jsonObject,
  numbers,
  positiveNumber,
  readCommand,
  wholeNumber,
} from "../tools/command-line.ts";
import { Bottleneck } from "./peers/node/bottleneck.ts";
import { CLIENT, openStack, SCTP_PORT, SERVER, UDP_PORT } from "./peers/node/memory-pair.ts";
import { FAST_LINK_MBITS, LINK_MBITS, LINK_RTT_MS } from "./runner/cases.ts";

const COMMAND = {
  name: "bench:link",
  about:
    "Goodput over a link of 100 Mbit/s with a round trip of 20 ms, in virtual time, by the share of packets lost; then over " +
    "1 Gbit/s with 1 % lost, by the round trip, for a receiver that reads in batches and for one that answers each packet.",
  options: {
    seconds: positiveNumber("of virtual time", 20),
    packet: wholeNumber("largest packet of the stacks, in bytes", 1_472, { from: 512 }),
    largest: wholeNumber("the link drops datagrams with a larger payload", 1_472, { from: 1 }),
    options: jsonObject("what both stacks are told beside the size of packets"),
    matrix: flag(
      "the other table: the share of a link that is used, by round trip and queue; minutes of CPU time",
    ),
    rate: positiveNumber("Mbit/s of the matrix", FAST_LINK_MBITS),
    loss: positiveNumber("percent lost in each direction, in the matrix", 0, { mayBeZero: true }),
    rtt: numbers("round trips of the matrix, in ms", [1, 10, 100, 300]),
    buffer: wholeNumber("bytes of each end's buffers in the matrix; 0: the stack's own", undefined, {
      otherwise: "twice what link and queue hold",
    }),
    queue: numbers("queues of the matrix, in products of rate and round trip", [0.1, 0.5, 1, 4]),
  },
};
const { values } = readCommand(COMMAND);
const OPTIONS: AssociationOptionsInput = { maxPacketBytes: values.packet, ...values.options };
const BYTES_PER_MS = (LINK_MBITS * 1_000) / 8;
const START_MS = 1_000;
/** A queue that holds less than a turn's packets carries nothing but gaps. */
const LEAST_QUEUE_BYTES = 65_536;
const MESSAGE = new Uint8Array(16_384).fill(0x61);
const slab = new PacketSlab();

/** A turn of an event loop: what arrives meanwhile is one batch. */
const TURN_MS = 0.2;

interface Conditions {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  readonly lossPercent: number;
  /** How long a turn of both ends takes; 0: everything is answered when it comes. */
  readonly turnMs: number;
  /** Absent: one product of rate and round trip. */
  readonly queueBytes?: number;
}

function openLink(conditions: Conditions, seed: number): Bottleneck {
  return new Bottleneck({ ...conditions, reorderPercent: 0, largestDatagramBytes: values.largest }, seed);
}

class World {
  receivedBytes = 0;
  readonly association: Association;
  readonly #client = openStack(1, CLIENT);
  readonly #server = openStack(2, SERVER);
  readonly #there: Bottleneck;
  readonly #back: Bottleneck;
  readonly #turnMs: number;
  #nowMs = START_MS;

  constructor(conditions: Conditions, options: AssociationOptionsInput = OPTIONS) {
    this.#turnMs = conditions.turnMs;
    this.#there = openLink(conditions, 3);
    this.#back = openLink(conditions, 4);
    this.#server.listen({ port: SCTP_PORT, options });
    const peer = { remoteAddresses: [SERVER], remotePort: SCTP_PORT, remoteUdpPort: UDP_PORT };
    this.association = this.#client.connect({ ...peer, options }, this.#nowMs);
  }

  run(durationMs: number): void {
    while (this.#nowMs < START_MS + durationMs) {
      if (this.association.state === "ESTABLISHED") {
        while (this.association.isWritable) this.association.send(MESSAGE, {}, this.#nowMs);
      }
      this.#loadClients();
      this.#loadServers();
      const arrivalMs = Math.min(this.#there.nextArrivalMs, this.#back.nextArrivalMs);
      const deadlineMs = Math.min(this.#client.nextDeadlineMs(), this.#server.nextDeadlineMs());
      this.#nowMs = Math.max(this.#nowMs + this.#turnMs, Math.min(arrivalMs, deadlineMs));
      this.#there.flush(this.#nowMs);
      this.#back.flush(this.#nowMs);
      for (const stack of [this.#client, this.#server]) stack.handleTimeout(this.#nowMs);
    }
  }

  get droppedTooLarge(): number {
    return this.#there.dropped.tooLarge + this.#back.dropped.tooLarge;
  }

  #loadClients(): void {
    this.#load(this.#client, this.#there, (datagram) => {
      this.#receive(this.#server, datagram, CLIENT, SERVER);
      if (this.#turnMs === 0) this.#loadServers();
      else this.#acknowledge();
    });
  }

  #loadServers(): void {
    this.#load(this.#server, this.#back, (datagram) => {
      this.#receive(this.#client, datagram, SERVER, CLIENT);
      if (this.#turnMs === 0) this.#loadClients();
    });
  }

  /** As the Node driver does in the middle of a batch: only the SACK that is due leaves. */
  #acknowledge(): void {
    const transmit = this.#server.pollSack(slab, this.#nowMs);
    if (transmit === undefined) return;
    this.#back.send(slab.bytes.slice(0, transmit.lengthBytes), this.#nowMs, (datagram) =>
      this.#receive(this.#client, datagram, SERVER, CLIENT),
    );
  }

  /** Puts all that a stack has to send on the link; after each datagram that arrives, too, as the RFC counts packets. */
  #load(sender: Stack, link: Bottleneck, deliver: (datagram: Uint8Array) => void): void {
    for (;;) {
      const transmit = sender.pollTransmit(slab, this.#nowMs);
      if (transmit === undefined) return;
      link.send(slab.bytes.slice(0, transmit.lengthBytes), this.#nowMs, deliver);
    }
  }

  #receive(receiver: Stack, datagram: Uint8Array, from: string, to: string): void {
    receiver.receive(datagram, { address: from, port: UDP_PORT }, to, this.#nowMs);
    for (let event = receiver.pollEvent(); event !== undefined; event = receiver.pollEvent()) {
      if (event.kind === "readable") this.#read(event.association);
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

if (values.matrix) tellMatrix();
else {
  tellLosses();
  tellBatches();
}

function tellLosses(): void {
  const SLOW = { megabitsPerSecond: LINK_MBITS, roundTripMs: LINK_RTT_MS, turnMs: 0 };
  console.log("  loss    MB/s  of the link  fast retransmits  T3-rtx  too large");
  for (const lossPercent of [0, 0.1, 1, 4]) {
    const world = new World({ ...SLOW, lossPercent });
    world.run(values.seconds * 1_000);
    const bytesPerMs = world.receivedBytes / values.seconds / 1_000;
    const { fastRetransmits, timeouts } = world.association.stats;
    const cells = [
      `${lossPercent} %`,
      (bytesPerMs / 1_000).toFixed(2),
      `${((100 * bytesPerMs) / BYTES_PER_MS).toFixed(1)} %`,
      String(fastRetransmits),
      String(timeouts),
      String(world.droppedTooLarge),
    ];
    const widths = [6, 6, 11, 16, 6, 9];
    console.log(cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join("  "));
  }
}

function megabytesPerSecond(conditions: Conditions, options?: AssociationOptionsInput): number {
  const world = new World(conditions, options);
  world.run(values.seconds * 1_000);
  return world.receivedBytes / values.seconds / 1e6;
}

function tellBatches(): void {
  console.log("\n   RTT  MB/s in batches  answered one by one  ratio");
  for (const roundTripMs of [0, 1, 5]) {
    const fast = { megabitsPerSecond: FAST_LINK_MBITS, roundTripMs, lossPercent: 1 };
    const inBatches = megabytesPerSecond({ ...fast, turnMs: TURN_MS });
    // The turn takes its time there, too.
    const oneByOne = megabytesPerSecond({ ...fast, roundTripMs: roundTripMs + 2 * TURN_MS, turnMs: 0 });
    const cells = [
      `${roundTripMs} ms`,
      inBatches.toFixed(2),
      oneByOne.toFixed(2),
      (inBatches / oneByOne).toFixed(2),
    ];
    console.log(cells.map((cell, i) => cell.padStart([6, 15, 19, 5][i] ?? 0)).join("  "));
  }
}

/** Its set-up and slow start are counted: what a transfer of so many seconds gets. */
function tellMatrix(): void {
  const row = (cells: readonly string[]): string => cells.map((cell) => cell.padStart(9)).join("");
  console.log(
    `Share of ${values.rate} Mbit/s in the first ${values.seconds} s, by round trip and products in the queue`,
  );
  console.log(row(["RTT", ...values.queue.map((products) => `${products}`)]));
  for (const roundTripMs of values.rtt) {
    const productBytes = (values.rate * 1e6 * roundTripMs) / 8 / 1_000;
    const shares = values.queue.map((products) => {
      const queueBytes = Math.max(LEAST_QUEUE_BYTES, products * productBytes);
      const bufferBytes = values.buffer ?? Math.ceil(2 * (productBytes + queueBytes));
      const buffers = { sendBufferBytes: bufferBytes, receiveBufferBytes: bufferBytes };
      const conditions = {
        megabitsPerSecond: values.rate,
        roundTripMs,
        lossPercent: values.loss,
        turnMs: TURN_MS,
        queueBytes,
      };
      const rate = megabytesPerSecond(conditions, { ...(bufferBytes === 0 ? {} : buffers), ...OPTIONS });
      return `${((800 * rate) / values.rate).toFixed(1)} %`;
    });
    console.log(row([`${roundTripMs} ms`, ...shares]));
  }
}
