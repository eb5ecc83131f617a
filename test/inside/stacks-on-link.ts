/**
 * Two whole stacks on a link with a rate, a round trip and a queue, in virtual time, without a checker: megabytes cost little.
 * Owns: the driving of both, a user that always sends and one that always reads. Does not own: the link (bench/peers/node/bottleneck.ts),
 * what is right (the tests).
 */
import { Bottleneck } from "../../bench/peers/node/bottleneck.ts";
import {
  type Association,
  type AssociationOptions,
  PacketSlab,
  PortableHmac,
  SeededRandom,
  Stack,
  type StackOptions,
} from "../../src/core.ts";

const UDP_PORT = 9_899;
const SCTP_PORT = 7;
const [CLIENT, SERVER] = ["10.0.0.1", "10.0.0.2"] as const;
const START_MS = 1_000;
const MESSAGE = new Uint8Array(16_384);

export interface StacksInit {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  readonly client?: Partial<AssociationOptions>;
  readonly server?: Partial<AssociationOptions>;
  readonly stack?: Partial<StackOptions>;
  /** Who sends; the client, unless said otherwise. */
  readonly sender?: "client" | "server";
}

export class StacksOnLink {
  nowMs = START_MS;
  readBytes = 0;
  /** Whether the user who reads does so. */
  reads = true;
  /** Whether the other one sends. */
  sends = true;
  readonly #slab: PacketSlab = new PacketSlab();
  readonly #stacks: readonly [Stack, Stack];
  readonly #links: readonly [Bottleneck, Bottleneck];
  readonly #associations: [Association, Association | undefined];
  readonly #senderIndex: 0 | 1;

  constructor({ client = {}, server = {}, stack = {}, sender = "client", ...link }: StacksInit) {
    const conditions = { ...link, lossPercent: 0, reorderPercent: 0 };
    this.#links = [new Bottleneck(conditions, 1), new Bottleneck(conditions, 2)];
    this.#stacks = [openStack(1, CLIENT, stack), openStack(2, SERVER, stack)];
    this.#senderIndex = sender === "client" ? 0 : 1;
    this.#stacks[1].listen({ port: SCTP_PORT, options: server });
    const peer = { remoteAddresses: [SERVER], remotePort: SCTP_PORT, remoteUdpPort: UDP_PORT };
    this.#associations = [this.#stacks[0].connect({ ...peer, options: client }, START_MS), undefined];
  }

  get sender(): Association {
    return this.#established(this.#senderIndex);
  }
  get receiver(): Association {
    return this.#established(this.#senderIndex === 0 ? 1 : 0);
  }

  /** @returns bytes per millisecond that arrived meanwhile, be they read or not */
  run(durationMs: number): number {
    const endMs = this.nowMs + durationMs;
    const before = this.#arrivedBytes;
    for (;;) {
      this.#send();
      this.#flush(0);
      this.#flush(1);
      const nextMs = Math.min(
        ...this.#links.map(({ nextArrivalMs }) => nextArrivalMs),
        ...this.#stacks.map((stack) => stack.nextDeadlineMs()),
      );
      if (nextMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      for (const link of this.#links) link.flush(this.nowMs);
      for (const stack of this.#stacks) stack.handleTimeout(this.nowMs);
    }
    this.nowMs = endMs;
    return (this.#arrivedBytes - before) / durationMs;
  }

  /** The receiving user takes the next message. @returns whether there was one */
  readOne(): boolean {
    const message = this.receiver.receiveMessage(this.nowMs);
    this.readBytes += message?.data.length ?? 0;
    return message !== undefined;
  }

  get #arrivedBytes(): number {
    return this.readBytes + (this.#associations[this.#senderIndex === 0 ? 1 : 0]?.heldBytes ?? 0);
  }

  #send(): void {
    const association = this.#associations[this.#senderIndex];
    if (!this.sends || association?.state !== "ESTABLISHED") return;
    while (association.isWritable) association.send(MESSAGE, {}, this.nowMs);
  }

  #established(index: 0 | 1): Association {
    const association = this.#associations[index];
    if (association === undefined) throw new Error("there is no association yet");
    return association;
  }

  #flush(index: 0 | 1): void {
    const stack = this.#stacks[index];
    for (;;) {
      this.#hear(index);
      const transmit = stack.pollTransmit(this.#slab, this.nowMs);
      if (transmit === undefined) return;
      const datagram = this.#slab.bytes.slice(0, transmit.lengthBytes);
      this.#links[index].send(datagram, this.nowMs, (bytes) => this.#receive(index === 0 ? 1 : 0, bytes));
    }
  }

  #receive(index: 0 | 1, datagram: Uint8Array): void {
    const from = index === 0 ? SERVER : CLIENT;
    const to = index === 0 ? CLIENT : SERVER;
    this.#stacks[index].receive(datagram, { address: from, port: UDP_PORT }, to, this.nowMs);
    this.#flush(index);
  }

  #hear(index: 0 | 1): void {
    const stack = this.#stacks[index];
    for (let event = stack.pollEvent(); event !== undefined; event = stack.pollEvent()) {
      this.#associations[index] ??= event.association;
      if (event.kind === "readable" && index !== this.#senderIndex && this.reads) while (this.readOne());
    }
  }
}

function openStack(seed: number, address: string, options: Partial<StackOptions>): Stack {
  const platform = {
    random: new SeededRandom(seed),
    hmac: new PortableHmac(),
    allocate: (lengthBytes: number): Uint8Array => new Uint8Array(lengthBytes),
  };
  const stack = new Stack({ platform, udpPort: UDP_PORT, options });
  stack.addLocalAddress(address);
  return stack;
}
