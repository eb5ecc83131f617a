/**
 * One worker's part of a UDP port that a cluster shares.
 * Owns: what becomes of a datagram that this worker holds: taken, or passed to another; the account of the addresses
 * whose home is here; the tags of this worker's associations.
 * Does not own: carrying datagrams and messages between workers (src/node/cluster), the protocol (src/stack).
 *
 * How the association is found that a packet is for:
 * - Its tag names the worker (tag-layout.ts). That is all for nearly every packet, and for every packet of an
 *   association that has moved with its peer's NAT, or comes by another of its paths.
 * - An INIT, a COOKIE ECHO and what reflects the peer's own tag go by the peer's address: to the association that has
 *   it, wherever that is (RFC 9260 5.2, 8.5.1). Every address has a home, a worker chosen by a keyed hash, and each
 *   worker tells the homes which addresses its associations have. So the home of the packet's source is asked, and of an
 *   INIT's listed addresses one after another (5.1.2 D). An INIT of which nobody knows is taken by the worker where it
 *   came in, or by the first home where a parent holds the sockets; a COOKIE ECHO by the worker that its tag names.
 * - For a worker that does not live the next one stands in, as home, and to answer what came out of the blue for want of
 *   it (8.4). Whoever hears of a death or a birth tells the homes that this gives its addresses; a home forgets what is
 *   its business no more. A claim that comes from before such news is ignored: it will be made again, elsewhere.
 * - Two workers that take a cookie of the same peer at the same moment both claim its address; the home keeps the first,
 *   and the other gives its association up.
 *
 * Hot: `isOwn`, once per datagram; it allocates nothing.
 */
import { destinationPort, sourcePort, verificationTag } from "../chunks/common-header.ts";
import type { RandomSource } from "../platform/random.ts";
import type { CookieSecrets, SharedPort } from "../stack/shared-port.ts";
import type { Stack } from "../stack/stack.ts";
import {
  addressesNamed,
  carriesOurTag,
  homesOf,
  isCookieEcho,
  isInit,
  MIN_PACKET_BYTES,
} from "./addressee.ts";
import { addressKey, Directory, type PeerAddress, peerAddressOf } from "./directory.ts";
import type { TagLayout } from "./tag-layout.ts";

/** What is known of a datagram on its way through the cluster. */
export interface Passage {
  /** Canonical address and UDP port that it came from. */
  readonly address: string;
  readonly port: number;
  /** Which of the cluster's local addresses it came to. */
  readonly localIndex: number;
  /** The worker whose socket it came in by; `NO_WORKER` where a parent holds the sockets. */
  readonly ingress: number;
  /** How many homes have been asked. */
  readonly step: number;
  /** Somebody who knows has decided that the receiver is to take it. */
  readonly settled: boolean;
}

/** In place of a worker's number. */
export const NO_WORKER = 255;
/** The most workers of a cluster. */
export const MAX_WORKERS = 128;

/** What workers tell one another about the peer's addresses; keys are those of `addressKey`. */
export interface DirectoryMessage {
  /** "refused" answers a "claim". */
  readonly kind: "claim" | "release" | "refused";
  readonly keys: readonly string[];
}

/** What a member asks of whoever carries things between workers. Order between two workers is to be kept. */
export interface MemberHost {
  /** To the stack of this worker. */
  take(datagram: Uint8Array, passage: Passage): void;
  /** To another worker; may be lost, as any datagram. */
  pass(worker: number, datagram: Uint8Array, passage: Passage): void;
  /** To another worker; not to be lost while that worker lives. */
  tell(worker: number, message: DirectoryMessage): void;
}

export interface MemberConfig {
  /** 0 to the layout's `workerCount` - 1. */
  readonly index: number;
  readonly layout: TagLayout;
  readonly host: MemberHost;
  readonly random: RandomSource;
  readonly cookieSecrets: CookieSecrets;
  readonly clockOffsetMs: number;
  readonly startedAtMs: number;
  /** Workers that do not live at this moment; none if absent. */
  readonly down?: Iterable<number>;
}

export class ClusterMember implements SharedPort {
  readonly index: number;
  readonly clockOffsetMs: number;
  readonly startedAtMs: number;
  cookieSecrets: CookieSecrets;
  readonly #layout: TagLayout;
  readonly #host: MemberHost;
  readonly #random: RandomSource;
  readonly #directory: Directory = new Directory();
  #down: ReadonlySet<number>;
  #stack: Stack | undefined;

  constructor(config: MemberConfig) {
    this.index = config.index;
    this.clockOffsetMs = config.clockOffsetMs;
    this.startedAtMs = config.startedAtMs;
    this.cookieSecrets = config.cookieSecrets;
    this.#layout = config.layout;
    this.#host = config.host;
    this.#random = config.random;
    this.#down = new Set(config.down);
  }

  /** The stack that was made with this member as its `shared`. */
  attach(stack: Stack): void {
    this.#stack = stack;
  }

  /** Addresses whose home is here. */
  get directorySize(): number {
    return this.#directory.size;
  }

  // ---- Datagrams ---------------------------------------------------------------------------------------------

  /** A datagram came in by this worker's socket, or another worker or the parent passed it here. */
  receive(datagram: Uint8Array, passage: Passage): void {
    if (passage.settled || datagram.length < MIN_PACKET_BYTES) return this.#host.take(datagram, passage);
    if (this.isOwn(datagram)) return this.#host.take(datagram, passage);
    if (carriesOurTag(datagram)) {
      const owner = this.#layout.workerOf(verificationTag(datagram));
      return this.#settle(this.#down.has(owner) ? this.index : owner, datagram, passage);
    }
    this.#ask(datagram, passage);
  }

  /** Whether a datagram carries the tag of an association of this worker's: then nothing need be asked. */
  isOwn(datagram: Uint8Array): boolean {
    return (
      datagram.length >= MIN_PACKET_BYTES &&
      carriesOurTag(datagram) &&
      this.#stack?.hasTag(verificationTag(datagram)) === true
    );
  }

  /** Goes from home to home until one knows the peer. */
  #ask(datagram: Uint8Array, passage: Passage): void {
    const [localPort, remotePort] = [destinationPort(datagram), sourcePort(datagram)];
    if (this.#stack?.associationAt(localPort, remotePort, passage.address) !== undefined)
      return this.#host.take(datagram, passage);
    const addresses = addressesNamed(datagram, passage.address);
    const homes = homesOf(this.#layout, datagram, addresses, this.#down);
    for (let step = passage.step; step < homes.length; step++) {
      const home = homes[step] ?? this.index;
      if (home !== this.index) return this.#host.pass(home, datagram, { ...passage, step });
      for (const address of addresses) {
        const owner = this.#directory.ownerOf(addressKey(localPort, remotePort, address));
        if (owner !== undefined) return this.#settle(owner, datagram, passage);
      }
    }
    this.#settle(this.#newcomer(datagram, passage, homes[0] ?? this.index), datagram, passage);
  }

  /** Who takes what no association is known for. */
  #newcomer(datagram: Uint8Array, { ingress }: Passage, firstHome: number): number {
    if (isCookieEcho(datagram)) return this.#layout.workerOf(verificationTag(datagram));
    if (isInit(datagram)) return ingress === NO_WORKER ? firstHome : ingress;
    return this.index; // The T bit, but nothing that it could end: anybody may count it.
  }

  #settle(worker: number, datagram: Uint8Array, passage: Passage): void {
    if (worker === this.index) this.#host.take(datagram, passage);
    else this.#host.pass(worker, datagram, { ...passage, settled: true });
  }

  // ---- What workers tell one another -------------------------------------------------------------------------

  onMessage(from: number, { kind, keys }: DirectoryMessage, nowMs: number): void {
    switch (kind) {
      case "claim": {
        const ours = keys.filter((key) => this.#homeOf(peerAddressOf(key)) === this.index);
        const refused = ours.filter((key) => !this.#directory.claim(key, from));
        if (refused.length > 0) this.#host.tell(from, { kind: "refused", keys: refused });
        return;
      }
      case "release":
        for (const key of keys) this.#directory.release(key, from);
        return;
      case "refused":
        for (const key of keys) this.#yield(key, nowMs);
    }
  }

  /** A worker died: another stands in for it as a home. To be heard before anything that follows from it elsewhere. */
  onWorkerGone(worker: number, nowMs: number): void {
    this.#directory.forgetWorker(worker);
    this.#moveHomes(new Set([...this.#down, worker]), nowMs);
  }

  /** A worker began, knowing nothing. To be heard before anything that follows from it elsewhere. */
  onWorkerStarted(worker: number, nowMs: number): void {
    this.#moveHomes(new Set([...this.#down].filter((other) => other !== worker)), nowMs);
  }

  #moveHomes(down: ReadonlySet<number>, nowMs: number): void {
    const before = this.#down;
    this.#down = down;
    this.#directory.keepOnly((key) => this.#homeOf(peerAddressOf(key)) === this.index);
    const moved = new Map<number, string[]>();
    for (const { localPort, remotePort, remoteAddresses } of this.#stack?.associations ?? []) {
      for (const address of remoteAddresses) {
        const home = this.#layout.homeOf(localPort, remotePort, address, down);
        if (home === this.#layout.homeOf(localPort, remotePort, address, before)) continue;
        const keys = moved.get(home) ?? [];
        keys.push(addressKey(localPort, remotePort, address));
        moved.set(home, keys);
      }
    }
    for (const [home, keys] of moved) {
      if (home !== this.index) this.#host.tell(home, { kind: "claim", keys });
      else for (const key of keys) if (!this.#directory.claim(key, this.index)) this.#yield(key, nowMs);
    }
  }

  #homeOf({ localPort, remotePort, address }: PeerAddress): number {
    return this.#layout.homeOf(localPort, remotePort, address, this.#down);
  }

  #yield(key: string, nowMs: number): void {
    const { localPort, remotePort, address } = peerAddressOf(key);
    this.#stack?.yieldAddress(localPort, remotePort, address, nowMs);
  }

  // ---- For the stack -----------------------------------------------------------------------------------------

  newTag(): number {
    return this.#layout.newTag(this.index, this.#random);
  }

  mayPickPort(port: number): boolean {
    return port % this.#layout.workerCount === this.index;
  }

  claim(localPort: number, remotePort: number, address: string): boolean {
    const home = this.#homeOf({ localPort, remotePort, address });
    const key = addressKey(localPort, remotePort, address);
    if (home === this.index) return this.#directory.claim(key, this.index);
    this.#host.tell(home, { kind: "claim", keys: [key] });
    return true;
  }

  unclaim(localPort: number, remotePort: number, address: string): void {
    const home = this.#homeOf({ localPort, remotePort, address });
    const key = addressKey(localPort, remotePort, address);
    if (home === this.index) this.#directory.release(key, this.index);
    else this.#host.tell(home, { kind: "release", keys: [key] });
  }
}
