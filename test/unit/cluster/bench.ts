/**
 * Workers of a cluster on a bench: real stacks, a scripted peer, messages that wait until the test delivers them.
 * Owns: carrying between the workers, and what each took and sent. Does not own: what is right.
 */
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { decodePacket, encodePacket, type Packet } from "../../../src/chunks/packet.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import { ClusterMember, type DirectoryMessage, NO_WORKER } from "../../../src/cluster/member.ts";
import { LAYOUT_KEY_BYTES, TagLayout } from "../../../src/cluster/tag-layout.ts";
import { PortableHmac } from "../../../src/platform/portable-hmac.ts";
import { SeededRandom } from "../../../src/platform/random.ts";
import { Stack } from "../../../src/stack/stack.ts";

export const LOCAL = "10.0.0.1";
export const PORT = 7;
export const PEER_PORT = 5_001;
const UDP_PORT = 9_899;

export interface BenchWorker {
  readonly member: ClusterMember;
  readonly stack: Stack;
}

export interface Answer {
  readonly worker: number;
  readonly packet: Packet;
}

export class Bench {
  readonly layout: TagLayout;
  readonly workers: BenchWorker[] = [];
  /** Who took what came in, in order. */
  readonly taken: number[] = [];
  passedCount = 0;
  readonly #mail: Array<{ from: number; to: number; message: DirectoryMessage }> = [];
  readonly #random: SeededRandom;
  readonly #slab = new PacketSlab();
  nowMs = 1_000;

  constructor(workerCount: number, seed = 1) {
    this.#random = new SeededRandom(seed);
    const key = new Uint8Array(LAYOUT_KEY_BYTES);
    this.#random.fill(key);
    this.layout = new TagLayout(key, workerCount);
    for (let index = 0; index < workerCount; index++) this.workers.push(this.#worker(index));
  }

  worker(index: number): BenchWorker {
    const worker = this.workers[index];
    if (worker === undefined) throw new Error(`there is no worker ${index}`);
    return worker;
  }

  /** How many associations each worker has. */
  get counts(): readonly number[] {
    return this.workers.map(({ stack }) => stack.associationCount);
  }

  /** Messages that have not been delivered. */
  get waiting(): number {
    return this.#mail.length;
  }

  /** All others hear that a worker has died, or that one has begun in its place. */
  tellOthers(news: "onWorkerGone" | "onWorkerStarted", index: number): void {
    for (const { member } of this.workers) if (member.index !== index) member[news](index, this.nowMs);
  }

  /** The first of some addresses whose home is the worker. */
  addressAt(home: number, net = "10.9.0"): string {
    for (let i = 1; i < 255; i++) {
      const address = `${net}.${i}`;
      if (this.layout.homeOf(PORT, PEER_PORT, address) === home) return address;
    }
    throw new Error("no such address");
  }

  /** The peer's packet reaches a worker's socket, or a parent's where `ingress` is `NO_WORKER`. */
  arrive(worker: number, from: string, tag: number, chunks: readonly Chunk[], ingress = worker): Answer[] {
    const packet = { sourcePort: PEER_PORT, destinationPort: PORT, verificationTag: tag, chunks };
    return this.arriveBytes(worker, from, encodePacket(packet), ingress);
  }

  arriveBytes(worker: number, from: string, datagram: Uint8Array, ingress = worker): Answer[] {
    const passage = { address: from, port: UDP_PORT, localIndex: 0, ingress, step: 0, settled: false };
    this.worker(worker).member.receive(datagram, passage);
    return this.flush();
  }

  /** Delivers what workers have told one another, and what follows from it. */
  deliver(): Answer[] {
    const answers: Answer[] = [];
    for (let mail = this.#mail.shift(); mail !== undefined; mail = this.#mail.shift()) {
      this.worker(mail.to).member.onMessage(mail.from, mail.message, this.nowMs);
      answers.push(...this.flush());
    }
    return answers;
  }

  flush(): Answer[] {
    const answers: Answer[] = [];
    for (const [worker, { stack }] of this.workers.entries()) {
      for (;;) {
        while (stack.pollEvent() !== undefined);
        const transmit = stack.pollTransmit(this.#slab, this.nowMs);
        if (transmit === undefined) break;
        answers.push({ worker, packet: decodePacket(this.#slab.bytes.slice(0, transmit.lengthBytes)) });
      }
    }
    return answers;
  }

  #worker(index: number): BenchWorker {
    const member = new ClusterMember({
      index,
      layout: this.layout,
      host: {
        take: (datagram, { address, port }) => {
          this.taken.push(index);
          this.worker(index).stack.receive(datagram, { address, port }, LOCAL, this.nowMs);
        },
        pass: (to, datagram, passage) => {
          if (++this.passedCount > 1_000) throw new Error("a datagram goes in circles");
          this.worker(to).member.receive(datagram, passage);
        },
        tell: (to, message) => this.#mail.push({ from: index, to, message }),
      },
      random: this.#random,
      cookieSecrets: { id: 0, current: new Uint8Array(32).fill(1), previous: new Uint8Array(32) },
      clockOffsetMs: 0,
      startedAtMs: 0,
    });
    const stack = new Stack({
      platform: {
        random: this.#random,
        hmac: new PortableHmac(),
        allocate: (lengthBytes) => new Uint8Array(lengthBytes),
      },
      udpPort: UDP_PORT,
      shared: member,
    });
    stack.addLocalAddress(LOCAL);
    stack.listen({ port: PORT });
    member.attach(stack);
    return { member, stack };
  }
}

export { NO_WORKER };
