/**
 * A whole network in virtual time: the same seed gives the same packets.
 * Owns: time, the seed, carrying datagrams between hosts, asking the checkers. Does not own: what links do (network.ts),
 * what hosts do (host.ts), what is right (packet-checker.ts, delivery-checker.ts).
 */

import {
  checkOptions,
  hasMethods,
  isFlag,
  isFunction,
  isNumeric,
  type Kind,
  type OptionNames,
} from "../../base/option-check.ts";
import type { TransportAddress } from "../../platform/address.ts";
import { SeededRandom } from "../../platform/random.ts";
import { PacketChecker, type Sent, SimViolation } from "../checks/packet-checker.ts";
import type { PeerOptions } from "../peer/peer.ts";
import { EventQueue } from "./event-queue.ts";
import {
  type FarEnd,
  type HostWorld,
  SIM_UDP_PORT,
  type SimAssociation,
  SimHost,
  type SimHostOptions,
} from "./host.ts";
import { NatTable } from "./nat.ts";
import { type Arrival, type Fate, type LinkProfile, type LossReason, Network } from "./network.ts";
import { PacketMemory } from "./packet-memory.ts";
import { type ChunkName, type PlannedFate, PlannedFaults, type PlannedLoss } from "./planned-faults.ts";
import { SimPeer } from "./sim-peer.ts";
import {
  type Disturbance,
  damaged,
  type PacketCopy,
  type PacketObserver,
  type SimPacket,
  UnderWay,
} from "./under-way.ts";

export interface SimOptions {
  readonly seed: number;
  /** Asked about every datagram; they are counted from 1 in the order in which they are sent, by whichever host. */
  readonly fate?: (datagramNumber: number) => Fate;
  /** Sees every packet, and what becomes of it. */
  readonly observer?: PacketObserver;
  /**
   * False: packets and deliveries are not judged, and `traceHash` stays as it is. The packets are the same, and take half the time:
   * for watching what is known to be right.
   */
  readonly isChecked?: boolean;
}

const isObserver: Kind = (value) =>
  hasMethods(value, ["onSent", "onArrived", "onLost"]) ? undefined : "a PacketObserver";

const NAMES: OptionNames<SimOptions> = {
  of: "SimWorld",
  see: "SimOptions",
  kinds: { seed: isNumeric, fate: isFunction, observer: isObserver, isChecked: isFlag },
};
/** Of packets that belong to no association. */
const ANY_SIZE = { pathMtuDiscovery: false, maxPacketBytes: 65_507 };
/** More than any burst takes: somebody waits for a time that has come, and does nothing about it. */
const MAX_STEPS_AT_ONCE = 100_000;

/** Whoever is on the network: a host with a stack, or a scripted peer. */
interface Station {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly nextDeadlineMs: number;
  receive(datagram: Uint8Array, from: string, fromPort: number, to: string): void;
  handleTimeout(): void;
}

export class SimWorld implements HostWorld {
  readonly seed: number;
  readonly random: SeededRandom;
  /** Whether packets and deliveries are judged. */
  readonly isChecked: boolean;
  readonly packetMemory: PacketMemory = new PacketMemory();
  readonly #fate: SimOptions["fate"];
  readonly #network: Network;
  readonly #nats: NatTable = new NatTable();
  readonly #hosts: SimHost[] = [];
  readonly #peers: SimPeer[] = [];
  /** Hosts and peers. */
  readonly #stations: Station[] = [];
  readonly #queue: EventQueue = new EventQueue();
  readonly #checker: PacketChecker = new PacketChecker();
  readonly #faults: PlannedFaults = new PlannedFaults();
  readonly #underWay: UnderWay = new UnderWay();
  readonly #observer: PacketObserver | undefined;
  /** When a packet went beyond cwnd, by sender, tag and address. */
  readonly #probedAtMs = new Map<string, number>();
  #nowMs = 0;
  /** Two lanes of 32 bits. */
  #hash: [number, number] = [0x811c9dc5, 0x01000193];
  #packetCount = 0;
  #stepsAtOnce = 0;
  #stepCount = 0;

  /** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
  constructor(options: SimOptions) {
    checkOptions(options, NAMES);
    this.seed = options.seed;
    this.isChecked = options.isChecked ?? true;
    this.#fate = options.fate;
    this.#observer = options.observer;
    this.random = new SeededRandom(options.seed);
    this.#network = new Network(new SeededRandom(options.seed ^ 0x5eed));
  }

  get nowMs(): number {
    return this.#nowMs;
  }
  get packetCount(): number {
    return this.#packetCount;
  }
  /** So many things have happened: with the seed it names a moment more exactly than the time does. */
  get stepCount(): number {
    return this.#stepCount;
  }
  /** When the next thing happens; Infinity if nothing will. */
  get nextAtMs(): number {
    return Math.min(this.#queue.nextAtMs, this.#deadlineMs);
  }
  /** The packets on the wire, the next to arrive first. */
  get packetsUnderWay(): readonly PacketCopy[] {
    return this.#underWay.all;
  }
  /** A hash over every packet that was sent, and its time. */
  get traceHash(): string {
    return this.#hash.map((lane) => lane.toString(16).padStart(8, "0")).join("");
  }

  host(name: string, addresses: readonly string[], options: SimHostOptions = {}): SimHost {
    const host = new SimHost(this, name, addresses, this.random.uint32(), options);
    this.#hosts.push(host);
    this.#stations.push(host);
    return host;
  }

  /** A scripted peer: an endpoint that is not the stack. What it sends is not judged, what it is sent is. */
  peer(name: string, address: string, options: PeerOptions = {}): SimPeer {
    const peer = new SimPeer(this, name, address, new SeededRandom(this.random.uint32()), options);
    this.#peers.push(peer);
    this.#stations.push(peer);
    return peer;
  }

  /** Joins two addresses. Without `back`, both directions are alike. */
  link(a: string, b: string, there: Partial<LinkProfile> = {}, back: Partial<LinkProfile> = there): void {
    this.#network.link(a, b, there, back);
  }

  /**
   * These ways, each from one address to another, meet in one bottleneck: what goes over any of them waits in the same queue. Their
   * links must be there, with the same rate and queue.
   */
  shareBottleneck(ways: ReadonlyArray<readonly [from: string, to: string]>): void {
    this.#network.share(ways);
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

  /** Undoes a cut of both directions. */
  mend(a: string, b: string): void {
    this.#network.mend(a, b);
    this.#network.mend(b, a);
  }

  /** Undoes a cut of one direction. */
  mendOneWay(from: string, to: string): void {
    this.#network.mend(from, to);
  }

  /** From now on every link is up and carries everything. */
  heal(): void {
    this.#network.heal();
  }

  /** Changes what a link does from now on. */
  adjust(from: string, to: string, profile: Partial<LinkProfile>): void {
    this.#network.adjust(from, to, profile);
  }

  /**
   * Loses packets by what is in them: `world.lose("SACK", { nth: 3 })` is the third packet with a SACK from now on.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  lose(chunk: ChunkName, which: PlannedLoss = {}): void {
    this.#faults.add(chunk, "lost", which);
  }

  /**
   * The same for other fates: `world.strike("DATA", { lateMs: 50 }, { nth: 2, from: alice })`.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  strike(chunk: ChunkName, fate: PlannedFate, which: PlannedLoss = {}): void {
    this.#faults.add(chunk, fate, which);
  }

  /**
   * Reaches for a packet on the wire: it is lost, comes twice, damaged or later.
   * @param id of the copy, from `packetsUnderWay`
   * @returns false if it has arrived, or is lost already
   */
  disturb(id: number, what: Disturbance): boolean {
    const copy = this.#underWay.copy(id);
    if (copy === undefined) return false;
    if (what === "lost") {
      this.#underWay.land(copy);
      this.#observer?.onLost(copy, "plan");
    } else if (what === "doubled") {
      const { packet, datagram, isDamaged: corrupted, arrivesAtMs: atMs } = copy;
      this.#await(this.#underWay.launch(packet, { atMs, datagram, corrupted }));
    } else if (what === "corrupted") {
      this.#await(this.#underWay.replace(copy, { datagram: damaged(copy.datagram), isDamaged: true }));
    } else {
      this.#await(this.#underWay.replace(copy, { arrivesAtMs: copy.arrivesAtMs + Math.max(0, what.lateMs) }));
    }
    return true;
  }

  /** Puts a NAT in front of a host's address; links lead to `outerAddress`. */
  nat(innerAddress: string, outerAddress: string): void {
    this.#nats.add(innerAddress, outerAddress);
  }

  /** The NAT in front of an address gives it another UDP port. */
  rebind(innerAddress: string): void {
    this.#nats.rebind(innerAddress);
  }

  /** A host or a peer crashes, and comes back knowing nothing. */
  restart(station: SimHost | SimPeer): void {
    this.#checker.forget(station.name);
    const farEnds: readonly FarEnd[] = station.associations;
    for (const user of this.#hosts.flatMap(({ associations }) => associations)) {
      // Still waiting for the COOKIE ACK: its user will not hear of a restart, and all that it sent goes to the new one.
      const farEnd = user.state === "COOKIE-ECHOED" ? this.peerOf(user) : undefined;
      if (farEnd !== undefined && farEnds.includes(farEnd)) user.delivery.forgetDeliveries();
    }
    station.restart();
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
      if (!this.step(options.limitMs)) {
        throw new SimViolation(
          `seed ${this.seed}: not done at ${options.limitMs} ms; nothing more happens before then`,
        );
      }
    }
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.step(endMs)) {
      // Each step moves the time.
    }
    this.#nowMs = endMs;
  }

  /**
   * Goes to whatever happens next.
   * @returns false if nothing does until `limitMs`, in virtual time
   * @throws SimViolation if a checker found something
   */
  step(limitMs: number = Number.POSITIVE_INFINITY): boolean {
    const deadlineMs = this.#deadlineMs;
    const nextMs = Math.min(this.#queue.nextAtMs, deadlineMs);
    if (nextMs > limitMs || nextMs === Number.POSITIVE_INFINITY) return false;
    this.#stepsAtOnce = nextMs > this.#nowMs ? 0 : this.#stepsAtOnce + 1;
    if (this.#stepsAtOnce > MAX_STEPS_AT_ONCE)
      throw new SimViolation(`seed ${this.seed}: time stands still at ${this.#nowMs} ms`);
    this.#stepCount++;
    this.#nowMs = Math.max(this.#nowMs, nextMs);
    if (this.#queue.nextAtMs <= deadlineMs) {
      this.#guard(() => this.#queue.pop()?.());
    } else {
      for (const station of this.#stations) this.#guard(() => station.handleTimeout());
    }
    return true;
  }

  /** The end at a host of an association that a peer has the other end of. */
  userOf(localTag: number, peerTag: number): SimAssociation | undefined {
    for (const { associations } of this.#hosts) {
      const user = associations.findLast(
        ({ association }) => association.localTag === localTag && association.peerTag === peerTag,
      );
      if (user !== undefined) return user;
    }
    return undefined;
  }

  // ---- For hosts and peers ---------------------------------------------------------------------------------------------

  send(host: SimHost, from: string, to: string, toPort: number, datagram: Uint8Array): boolean {
    this.#packetCount++;
    if (this.isChecked) {
      this.#mix(datagram);
      this.#guard(() => {
        const sent = this.#checker.onSent(host.name, datagram, this.#maxPacketBytes(host, datagram));
        this.#checkCongestionWindow(host, to, datagram, sent);
      });
    }
    return this.#carry(host, from, { address: to, port: toPort }, datagram);
  }

  mayAbandon(host: SimHost): void {
    this.#checker.onMayAbandon(host.name);
  }

  /** What a scripted peer sends. */
  sendAsPeer(peer: SimPeer, from: string, to: TransportAddress, datagram: Uint8Array): void {
    this.#packetCount++;
    if (this.isChecked) {
      this.#mix(datagram);
      this.#checker.onSeen(peer.name, datagram);
    }
    this.#carry(peer, from, to, datagram);
  }

  /** @returns whether anything of it will arrive */
  #carry(sender: Station, from: string, to: TransportAddress, datagram: Uint8Array): boolean {
    const source = this.#nats.outward(from, SIM_UDP_PORT);
    const reached = this.#nats.inward(to.address, to.port)?.address ?? to.address;
    const receiver = this.#stations.find(({ addresses }) => addresses.includes(reached));
    const packet: SimPacket = {
      number: this.#packetCount,
      sender: sender.name,
      receiver: receiver?.name,
      from: source,
      to,
      sentAtMs: this.#nowMs,
      datagram,
    };
    if (!sender.addresses.includes(from)) return this.#launch(packet, [], "lost address"); // It knows no other yet.
    const fate = this.#faults.take(sender, receiver, datagram) ?? this.#fate?.(this.#packetCount);
    const isWhole = !(sender instanceof SimHost) || datagram.length <= sender.interfaceBytes;
    const carried = this.#network.carry(source.address, to.address, datagram, this.#nowMs, fate, isWhole);
    const isUnderWay = this.#launch(packet, carried.arrivals, carried.lostBy);
    if (!isUnderWay && receiver instanceof SimHost) receiver.traceMissed(datagram, reached, source);
    return isUnderWay;
  }

  /** @returns whether there is anything to launch */
  #launch(packet: SimPacket, arrivals: readonly Arrival[], lostBy: LossReason | undefined): boolean {
    const copies = arrivals.map((arrival) => this.#underWay.launch(packet, arrival));
    this.#observer?.onSent(packet, copies, lostBy);
    for (const copy of copies) this.#await(copy);
    return copies.length > 0;
  }

  #await(copy: PacketCopy): void {
    this.at(copy.arrivesAtMs, () => {
      if (this.#underWay.land(copy)) this.#deliver(copy);
    });
  }

  peerOf(user: SimAssociation): FarEnd | undefined {
    const { localTag, peerTag } = user.association;
    for (const { associations } of this.#peers) {
      const end = associations.findLast(({ tags }) => tags.local === peerTag && tags.peer === localTag);
      if (end !== undefined) return end;
    }
    for (const host of this.#hosts) {
      const peer = host.associations.findLast((other) => other.association.localTag === peerTag);
      if (peer !== undefined && peer.association.peerTag === localTag) return peer;
    }
    return undefined;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  /** When the first timer of anybody is due. */
  get #deadlineMs(): number {
    let deadlineMs = Number.POSITIVE_INFINITY;
    for (const station of this.#stations) deadlineMs = Math.min(deadlineMs, station.nextDeadlineMs);
    return deadlineMs;
  }

  #deliver(copy: PacketCopy): void {
    const { packet, datagram, isDamaged } = copy;
    const { from, to, sender } = packet;
    const reached = this.#nats.inward(to.address, to.port);
    const station = this.#stations.find(
      ({ addresses }) => reached !== undefined && addresses.includes(reached.address),
    );
    if (
      reached === undefined ||
      station === undefined ||
      (!reached.isTranslated && to.port !== SIM_UDP_PORT)
    ) {
      this.#observer?.onLost(copy, "nobody there");
      return;
    }
    this.#observer?.onArrived(copy);
    if (this.isChecked && !isDamaged) {
      const isStray = station instanceof SimHost && station.takesForStray(datagram, from.address);
      if (!isStray) this.#checker.onArrived(datagram, sender);
    }
    station.receive(datagram, from.address, from.port, reached.address);
  }

  /** What the sender has allowed its association. */
  #maxPacketBytes(host: SimHost, datagram: Uint8Array): number {
    const tag = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength).getUint32(4);
    const { pathMtuDiscovery, maxPacketBytes } =
      host.associationByPeerTag(tag)?.association.options ?? ANY_SIZE;
    return pathMtuDiscovery ? 65_507 : maxPacketBytes; // What the path carries is found out; the network sees to the rest.
  }

  /**
   * RFC 9260 6.1 B: new DATA only while less than cwnd was in flight; the stack's own account of both is asked. With RACK-TLP one
   * packet may go beyond it that asks for a SACK, and no other before a round trip has passed (RFC 8985 7.3).
   */
  #checkCongestionWindow(host: SimHost, to: string, datagram: Uint8Array, sent: Sent): void {
    if (sent.newDataBytes === 0) return;
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const user = host.associationByPeerTag(view.getUint32(4));
    if (user === undefined) return;
    const { flightBytes, cwndBytes, srttMs = 0 } = user.association.path(to);
    if (sent.retransmittedChunks === 0 && flightBytes - sent.newDataBytes >= cwndBytes) {
      const way = `${host.name} ${view.getUint32(4)} ${to}`;
      const sinceMs = this.#nowMs - (this.#probedAtMs.get(way) ?? Number.NEGATIVE_INFINITY);
      this.#probedAtMs.set(way, this.#nowMs);
      const { lossDetection } = user.association.options;
      if (lossDetection === "rack" && sent.asksForSack && sinceMs >= srttMs) return;
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

  /** FNV-1a over the time and the bytes, in two lanes that begin and multiply differently. */
  #mix(datagram: Uint8Array): void {
    const time = Math.floor(this.#nowMs * 1_000);
    let [a, b] = [this.#hash[0] ^ time, this.#hash[1] ^ time];
    for (let i = 0; i < datagram.length; i++) {
      const byte = datagram[i] as number;
      a = Math.imul(a ^ byte, 0x01000193);
      b = Math.imul(b ^ byte, 0x5bd1e995);
    }
    this.#hash = [a >>> 0, b >>> 0];
  }
}
