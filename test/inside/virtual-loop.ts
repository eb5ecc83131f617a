/**
 * The Node driver in virtual time: an event loop that reads datagrams in batches, and the links between its ports.
 * Owns: the clock, timers and immediates of the loop, rate, delay and loss of a link, ports that are driven in either of the
 * two ways. Does not own: what is sent, what is right (the tests).
 */
import { performance } from "node:perf_hooks";
import { vi } from "vitest";
import { PacketSlab } from "../../src/chunks/slab.ts";
import { type Association, PortableHmac, SeededRandom, Stack } from "../../src/core.ts";
import { PortDriver } from "../../src/node/driver/port-driver.ts";
import type { OnSent, Transport, TransportOwner } from "../../src/node/transport/transport.ts";

export const UDP_PORT = 9_899;
export const SCTP_PORT = 7;
/** `dgram` reads no more datagrams of a socket in one turn. */
const BATCH = 32;
/** Headers of IP and UDP. */
const HEADER_BYTES = 28;
const START_MS = 1_000;

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Stands in for the event loop of this process while a test runs; `leave` gives that back. */
export class VirtualLoop {
  nowMs: number = START_MS;
  readonly #turnMs: number;
  #immediates: Array<() => void> = [];
  readonly #timers = new Set<Timer>();

  /** @param turnMs how long a turn takes: what arrives meanwhile is one batch */
  constructor(turnMs: number) {
    this.#turnMs = turnMs;
    vi.spyOn(performance, "now").mockImplementation(() => this.nowMs);
    vi.stubGlobal("setImmediate", (callback: () => void) => this.#immediates.push(callback));
    vi.stubGlobal("setTimeout", (callback: () => void, waitMs: number) => {
      const timer = { atMs: this.nowMs + waitMs, callback, unref: () => timer };
      this.#timers.add(timer);
      return timer;
    });
    vi.stubGlobal("clearTimeout", (timer: Timer) => this.#timers.delete(timer));
  }

  leave(): void {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }

  /** One turn after another until all is done or so much time has passed; returns the time that it took. */
  run(limitMs: number, ports: readonly Port[], isDone: () => boolean = () => false): number {
    const startMs = this.nowMs;
    while (this.nowMs < startMs + limitMs && !isDone()) {
      for (const timer of this.#timers) {
        if (timer.atMs > this.nowMs) continue;
        this.#timers.delete(timer);
        timer.callback();
      }
      for (const port of ports) port.read(this.nowMs);
      const immediates = this.#immediates;
      this.#immediates = [];
      for (const callback of immediates) callback();
      this.nowMs += this.#turnMs;
    }
    return this.nowMs - startMs;
  }
}

export interface LinkWays {
  readonly megabitsPerSecond: number;
  /** One way. */
  readonly delayMs: number;
  readonly lossPercent?: number;
}

interface Parcel {
  readonly datagram: Uint8Array;
  readonly arrivalMs: number;
}

/** One direction. Nothing overtakes anything, and its queue has no end. */
export class Link {
  readonly #ways: LinkWays;
  readonly #random: SeededRandom;
  #parcels: Parcel[] = [];
  #freeMs = 0;

  constructor(ways: LinkWays, seed: number) {
    this.#ways = ways;
    this.#random = new SeededRandom(seed);
  }

  send(datagram: Uint8Array, nowMs: number): void {
    const { megabitsPerSecond, delayMs, lossPercent = 0 } = this.#ways;
    if (this.#random.fraction() * 100 < lossPercent) return;
    const busyMs = ((datagram.length + HEADER_BYTES) * 8) / (megabitsPerSecond * 1_000);
    this.#freeMs = Math.max(nowMs, this.#freeMs) + busyMs;
    this.#parcels.push({ datagram: Uint8Array.from(datagram), arrivalMs: this.#freeMs + delayMs });
  }

  /** What has arrived, but no more than is read at a time. */
  take(nowMs: number): Uint8Array[] {
    let count = 0;
    while (count < BATCH && (this.#parcels[count]?.arrivalMs ?? Number.POSITIVE_INFINITY) <= nowMs) count++;
    return this.#parcels.splice(0, count).map(({ datagram }) => datagram);
  }
}

/** Who takes part in the loop. */
export interface Port {
  /** Takes what has arrived, at most a batch of it. */
  read(nowMs: number): void;
}

/** An end of two links. */
export interface Ends {
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly incoming: Link;
  readonly outgoing: Link;
}

/** Takes every message as soon as it is told of it, and counts. */
class Reader {
  receivedBytes = 0;

  read(association: Association, nowMs: number): void {
    for (;;) {
      const message = association.receiveMessage(nowMs);
      if (message === undefined) return;
      this.receivedBytes += message.data.length;
    }
  }
}

/** A port as Node drives it: events and packets once per turn. */
export class DriverPort implements Port, Transport {
  readonly localAddress: string;
  readonly localUdpPort: number = UDP_PORT;
  readonly maxDatagramBytes = 1_472;
  readonly driver: PortDriver;
  readonly reader: Reader = new Reader();
  owner: TransportOwner | undefined = undefined;
  /** Told of every datagram that leaves. */
  onSending: (datagram: Uint8Array) => void = () => {};
  readonly #loop: VirtualLoop;
  readonly #ends: Ends;

  constructor(loop: VirtualLoop, ends: Ends) {
    this.#loop = loop;
    this.#ends = ends;
    this.localAddress = ends.localAddress;
    this.driver = new PortDriver({}, [this]);
  }

  listen(): void {
    const onAccept = (association: Association) => ({
      onAssociationEvent: () => this.reader.read(association, this.driver.nowMs()),
    });
    this.driver.listen({ port: SCTP_PORT }, { onAccept });
  }

  connect(): Association {
    const peer = {
      remoteAddresses: [this.#ends.remoteAddress],
      remotePort: SCTP_PORT,
      remoteUdpPort: UDP_PORT,
    };
    return this.driver.connect(peer, { onAssociationEvent: () => {} });
  }

  read(nowMs: number): void {
    const remote = { address: this.#ends.remoteAddress, port: UDP_PORT };
    for (const datagram of this.#ends.incoming.take(nowMs)) this.owner?.onDatagram(datagram, remote, this);
  }

  send(datagram: Uint8Array, _address: string, _port: number, onSent: OnSent): void {
    this.onSending(datagram);
    this.#ends.outgoing.send(datagram, this.#loop.nowMs);
    setImmediate(() => onSent(null));
  }

  ref(): void {}
  unref(): void {}
  close(): void {}
}

/** A listening port that follows the RFC to the letter: events and packets after every datagram. */
export class PromptPort implements Port {
  readonly reader: Reader = new Reader();
  readonly #stack: Stack;
  readonly #slab = new PacketSlab();
  readonly #ends: Ends;

  constructor(ends: Ends) {
    const platform = {
      random: new SeededRandom(1),
      hmac: new PortableHmac(),
      allocate: (lengthBytes: number) => new Uint8Array(lengthBytes),
    };
    this.#ends = ends;
    this.#stack = new Stack({ platform, udpPort: UDP_PORT });
    this.#stack.addLocalAddress(ends.localAddress);
    this.#stack.listen({ port: SCTP_PORT });
  }

  read(nowMs: number): void {
    const { incoming, localAddress, remoteAddress } = this.#ends;
    const remote = { address: remoteAddress, port: UDP_PORT };
    for (const datagram of incoming.take(nowMs)) {
      this.#stack.receive(datagram, remote, localAddress, nowMs);
      this.#flush(nowMs);
    }
    if (this.#stack.nextDeadlineMs() > nowMs) return;
    this.#stack.handleTimeout(nowMs);
    this.#flush(nowMs);
  }

  #flush(nowMs: number): void {
    for (let event = this.#stack.pollEvent(); event !== undefined; event = this.#stack.pollEvent())
      this.reader.read(event.association, nowMs);
    for (;;) {
      const transmit = this.#stack.pollTransmit(this.#slab, nowMs);
      if (transmit === undefined) return;
      this.#ends.outgoing.send(this.#slab.bytes.subarray(0, transmit.lengthBytes), nowMs);
    }
  }
}
