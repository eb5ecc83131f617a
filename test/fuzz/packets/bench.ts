/**
 * One stack in virtual time, its user, and everything it sent.
 * Owns: driving the stack as a driver would, recording what brought it to a state and playing that again.
 * Does not own: what must hold (watch.ts), the peer (peer.ts), the states (states.ts).
 *
 * Fast rather than secure: tags, TSNs and MACs are cheap and predictable, and begin just below a wrap.
 */
import type { Association } from "../../../src/association/association.ts";
import type { AssociationEvent } from "../../../src/association/association-event.ts";
import type { AssociationOptions, StackOptions } from "../../../src/base/options.ts";
import type { TraceSink } from "../../../src/base/trace-sink.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { crc32c } from "../../../src/chunks/crc32c.ts";
import { decodePacket } from "../../../src/chunks/packet.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import type { TransportAddress } from "../../../src/platform/address.ts";
import type { HmacKey } from "../../../src/platform/hmac.ts";
import type { Platform } from "../../../src/platform/platform.ts";
import type { RandomSource } from "../../../src/platform/random.ts";
import { Stack } from "../../../src/stack/stack.ts";
import { OUR_ADDRESS, OUR_PORT, OUR_SECOND_ADDRESS, UDP_PORT } from "../../conformance/lab.ts";
import { Broken } from "../target.ts";
import { isSealed } from "./checksum.ts";

export const OUR_ADDRESSES = [OUR_ADDRESS, OUR_SECOND_ADDRESS] as const;
/** More polls than any input can justify: the stack would be sending without end. */
const MAX_POLLS = 5_000;

/** A packet that the stack sent. */
export interface Sent {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly toUdpPort: number;
  readonly tag: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly lengthBytes: number;
  readonly checksumValid: boolean;
  readonly chunks: readonly Chunk[];
}

export interface BenchOptions {
  readonly stack: Partial<StackOptions>;
  readonly association: Partial<AssociationOptions>;
  readonly listens: boolean;
  readonly trace?: TraceSink | undefined;
}

/** Numbers that go up by one, from just below the wrap of 32 bits. */
class RisingNumbers implements RandomSource {
  #next = 0xffff_fff0;

  uint32(): number {
    const value = this.#next;
    this.#next = (value + 1) >>> 0;
    return value;
  }

  fill(bytes: Uint8Array): void {
    bytes.fill(0x5a);
  }
}

/** A checksum in place of a MAC: whoever mutates a cookie by chance does not get past it either. */
export const CHEAP_KEY: HmacKey = {
  sign(data): Uint8Array {
    const mac = new Uint8Array(32);
    new DataView(mac.buffer).setUint32(0, crc32c(data) ^ 0x5ca1ab1e);
    return mac;
  },
};

const CHEAP_SHA1_KEY: HmacKey = { sign: (data) => CHEAP_KEY.sign(data).subarray(0, 20) };

const PLATFORM = {
  hmac: { createKey: () => CHEAP_KEY, createSha1Key: () => CHEAP_SHA1_KEY },
  allocate: (lengthBytes: number) => new Uint8Array(lengthBytes),
} as const satisfies Partial<Platform>;

/** One slab for all benches of a process: they never overlap. */
const slab = new PacketSlab();

type Operation = (bench: Bench) => void;

export class Bench {
  readonly stack: Stack;
  nowMs = 1_000.25;
  /** Whether the user takes messages as soon as it hears of them. */
  autoRead = true;
  readonly events: AssociationEvent[] = [];
  /** Payloads that the user took, in order. */
  readonly messages: Uint8Array[] = [];
  /** What was sent and nobody has looked at yet. */
  sent: Sent[] = [];
  /** False while a recording is played: nobody looks at what is sent then. */
  looksAtSent = true;
  #recording: Operation[] | undefined = undefined;

  constructor(options: BenchOptions) {
    const platform = { ...PLATFORM, random: new RisingNumbers() };
    const { trace } = options;
    this.stack = new Stack({ platform, udpPort: UDP_PORT, options: options.stack, trace });
    for (const address of OUR_ADDRESSES) this.stack.addLocalAddress(address);
    if (options.listens) this.stack.listen({ port: OUR_PORT, options: options.association });
  }

  /** Remembers from now on what is done to the stack. */
  record(): void {
    this.#recording = [];
  }

  /** What was done since `record`, to be done to a fresh bench. */
  recorded(): Operation {
    const operations = this.#recording ?? [];
    return (bench) => {
      bench.looksAtSent = false;
      for (const operation of operations) operation(bench);
      bench.looksAtSent = true;
    };
  }

  get associations(): readonly Association[] {
    return [...this.stack.associations];
  }

  /** The association at hand: the oldest that lives. */
  get association(): Association | undefined {
    for (const association of this.stack.associations) return association;
    return undefined;
  }

  receive(datagram: Uint8Array, from: TransportAddress, to: string): void {
    this.#recording?.push((bench) => bench.receive(datagram, from, to));
    this.stack.receive(datagram, from, to, this.nowMs);
  }

  /** A call of the user's. */
  act(action: (bench: Bench) => void): void {
    this.#recording?.push((bench) => bench.act(action));
    action(this);
  }

  /** Polls events and packets until there are none. */
  flush(): void {
    this.#recording?.push((bench) => bench.flush());
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      this.#pollEvents();
      const transmit = this.stack.pollTransmit(slab, this.nowMs);
      if (transmit === undefined) return;
      if (!this.looksAtSent) continue;
      const { lengthBytes, localAddress, remoteAddress, remoteUdpPort } = transmit;
      const bytes = slab.bytes.slice(0, lengthBytes);
      const packet = decodePacket(bytes);
      this.sent.push({
        ...packet,
        checksumValid: isSealed(bytes),
        atMs: this.nowMs,
        from: localAddress,
        to: remoteAddress,
        toUdpPort: remoteUdpPort,
        tag: packet.verificationTag,
        lengthBytes,
      });
    }
    throw new Broken(`the stack sends without end: ${MAX_POLLS} packets at ${this.nowMs} ms`);
  }

  /** Lets time go on to the next deadline, but not beyond `limitMs`; false if there is none before. */
  toNextDeadline(limitMs: number): boolean {
    const deadlineMs = this.stack.nextDeadlineMs();
    if (Number.isNaN(deadlineMs)) throw new Broken("nextDeadlineMs is NaN");
    if (deadlineMs > limitMs) return false;
    this.handleTimeout(Math.max(this.nowMs, deadlineMs));
    this.flush();
    const nextMs = this.stack.nextDeadlineMs();
    if (nextMs <= this.nowMs)
      throw new Broken(`after the timeout at ${this.nowMs} ms the next deadline is ${nextMs} ms`);
    return true;
  }

  handleTimeout(nowMs: number): void {
    this.#recording?.push((bench) => bench.handleTimeout(nowMs));
    this.nowMs = nowMs;
    this.stack.handleTimeout(nowMs);
  }

  /** Time goes on, and nothing is due meanwhile. */
  passTo(nowMs: number): void {
    this.#recording?.push((bench) => bench.passTo(nowMs));
    this.nowMs = nowMs;
  }

  /** The user takes everything that waits. */
  readAll(): void {
    for (const association of this.associations) this.#read(association);
  }

  #read(association: Association): void {
    for (;;) {
      const message = association.receiveMessage(this.nowMs);
      if (message === undefined) return;
      if (this.looksAtSent) this.messages.push(message.data);
    }
  }

  #pollEvents(): void {
    for (let event = this.stack.pollEvent(); event !== undefined; event = this.stack.pollEvent()) {
      this.events.push(event);
      if (this.autoRead) this.#read(event.association);
    }
  }
}
