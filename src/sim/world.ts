/**
 * A whole network in virtual time: the same seed gives the same packets.
 * Owns: time, the seed, carrying datagrams between hosts, asking the checkers. Does not own: what links do (network.ts),
 * what hosts do (host.ts), what is right (packet-checker.ts, delivery-checker.ts).
 */
import { SeededRandom } from "../platform/random.ts";
import type { TraceSink } from "../trace/sink.ts";
import { EventQueue } from "./event-queue.ts";
import { type HostWorld, SIM_UDP_PORT, type SimAssociation, SimHost, type SimHostOptions } from "./host.ts";
import { type LinkProfile, Network } from "./network.ts";
import { PacketChecker, type Sent, SimViolation } from "./packet-checker.ts";

export interface SimOptions {
  readonly seed: number;
  /** Sees what every stack does. */
  readonly trace?: TraceSink;
}

export class SimWorld implements HostWorld {
  readonly seed: number;
  readonly random: SeededRandom;
  readonly trace: TraceSink | undefined;
  readonly #network: Network;
  readonly #hosts: SimHost[] = [];
  readonly #queue: EventQueue = new EventQueue();
  readonly #checker: PacketChecker = new PacketChecker();
  #nowMs = 0;
  #hash = 0x811c9dc5;
  #packetCount = 0;

  constructor(options: SimOptions) {
    this.seed = options.seed;
    this.trace = options.trace;
    this.random = new SeededRandom(options.seed);
    this.#network = new Network(new SeededRandom(options.seed ^ 0x5eed));
  }

  get nowMs(): number {
    return this.#nowMs;
  }
  get packetCount(): number {
    return this.#packetCount;
  }
  /** A hash over every packet that was sent, and its time. */
  get traceHash(): string {
    return this.#hash.toString(16).padStart(8, "0");
  }

  host(name: string, addresses: readonly string[], options: SimHostOptions = {}): SimHost {
    const host = new SimHost(this, name, addresses, this.random.uint32(), options);
    this.#hosts.push(host);
    return host;
  }

  /** Joins two addresses. Without `back`, both directions are alike. */
  link(a: string, b: string, there: Partial<LinkProfile> = {}, back: Partial<LinkProfile> = there): void {
    this.#network.link(a, b, there, back);
  }

  /** Cuts both directions. */
  cut(a: string, b: string): void {
    this.#network.cut(a, b);
    this.#network.cut(b, a);
  }

  /** Cuts one direction. */
  cutOneWay(from: string, to: string): void {
    this.#network.cut(from, to);
  }

  /** From now on every link is up and carries everything. */
  heal(): void {
    this.#network.heal();
  }

  /** A host crashes, and comes back knowing nothing. */
  restart(host: SimHost): void {
    this.#checker.forget(host.name);
    host.restart();
  }

  at(ms: number, action: () => void): void {
    this.#queue.push(Math.max(ms, this.#nowMs), action);
  }

  /**
   * Lets time pass until `done`.
   * @throws SimViolation if that has not come true at `limitMs`, or if a checker found something
   */
  runUntil(done: () => boolean, options: { readonly limitMs: number }): void {
    while (!done()) {
      if (!this.#step(options.limitMs)) {
        throw new SimViolation(
          `seed ${this.seed}: not done at ${options.limitMs} ms; nothing more happens before then`,
        );
      }
    }
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.#step(endMs)) {
      // Each step moves the time.
    }
    this.#nowMs = endMs;
  }

  // ---- For hosts ---------------------------------------------------------------------------------------------

  send(host: SimHost, from: string, to: string, toPort: number, datagram: Uint8Array): void {
    this.#packetCount++;
    this.#mix(datagram);
    this.#guard(() => {
      const sent = this.#checker.onSent(host.name, datagram, this.#maxPacketBytes(host, datagram));
      this.#checkCongestionWindow(host, to, datagram, sent);
    });
    for (const { atMs, datagram: copy, corrupted } of this.#network.carry(from, to, datagram, this.#nowMs)) {
      this.at(atMs, () => this.#deliver(host, copy, from, to, toPort, corrupted));
    }
  }

  peerOf(user: SimAssociation): SimAssociation | undefined {
    const { localTag, peerTag } = user.association;
    for (const host of this.#hosts) {
      const peer = host.associations.findLast((other) => other.association.localTag === peerTag);
      if (peer !== undefined && peer.association.peerTag === localTag) return peer;
    }
    return undefined;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  /** Goes to whatever happens next; false if nothing does until `limitMs`. */
  #step(limitMs: number): boolean {
    let deadlineMs = Number.POSITIVE_INFINITY;
    for (const host of this.#hosts) deadlineMs = Math.min(deadlineMs, host.nextDeadlineMs);
    const nextMs = Math.min(this.#queue.nextAtMs, deadlineMs);
    if (nextMs > limitMs) return false;
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    if (this.#queue.nextAtMs <= deadlineMs) {
      this.#guard(() => this.#queue.pop()?.());
    } else {
      for (const host of this.#hosts) this.#guard(() => host.handleTimeout());
    }
    return true;
  }

  #deliver(
    sender: SimHost,
    datagram: Uint8Array,
    from: string,
    to: string,
    toPort: number,
    corrupted: boolean,
  ): void {
    const host = this.#hosts.find(({ addresses }) => addresses.includes(to));
    if (host === undefined || toPort !== SIM_UDP_PORT) return;
    if (!corrupted) this.#checker.onArrived(datagram, sender.name);
    host.receive(datagram, from, SIM_UDP_PORT, to);
  }

  /** What the sender has allowed its association. */
  #maxPacketBytes(host: SimHost, datagram: Uint8Array): number {
    const tag = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength).getUint32(4);
    return host.associationByPeerTag(tag)?.association.options.maxPacketBytes ?? 65_507;
  }

  /** RFC 9260 6.1 B: new DATA only while less than cwnd was in flight; the stack's own account of both is asked. */
  #checkCongestionWindow(host: SimHost, to: string, datagram: Uint8Array, sent: Sent): void {
    if (sent.newDataBytes === 0) return;
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const user = host.associationByPeerTag(view.getUint32(4));
    if (user === undefined) return;
    const { flightBytes, cwndBytes } = user.association.path(to);
    if (sent.retransmittedChunks === 0 && flightBytes - sent.newDataBytes >= cwndBytes) {
      throw new SimViolation(
        `${host.name} sent new DATA with ${flightBytes} bytes in flight and a cwnd of ${cwndBytes}`,
      );
    }
  }

  /** Says with every violation how to see it again. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof SimViolation) || error.message.startsWith("seed ")) throw error;
      throw new SimViolation(`seed ${this.seed}, ${this.#nowMs.toFixed(3)} ms: ${error.message}`);
    }
  }

  /** FNV-1a over the time and the bytes. */
  #mix(datagram: Uint8Array): void {
    let hash = (this.#hash ^ Math.floor(this.#nowMs * 1_000)) >>> 0;
    for (const byte of datagram) hash = Math.imul(hash ^ byte, 0x01000193);
    this.#hash = hash >>> 0;
  }
}
