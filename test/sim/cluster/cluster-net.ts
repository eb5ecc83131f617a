/**
 * A server of several workers behind one address and UDP port of a simulated world.
 * Owns: whose socket a datagram comes in by, the channels between workers, a worker's death and replacement, and the
 * check that no address of a peer has associations in two workers. Does not own: time, links, NATs (SimWorld).
 */

import type { AssociationOptions, StackOptions } from "../../../src/base/options.ts";
import { firstWorkerFor } from "../../../src/cluster/addressee.ts";
import {
  ClusterMember,
  type DirectoryMessage,
  type MemberHost,
  NO_WORKER,
  type Passage,
} from "../../../src/cluster/member.ts";
import { LAYOUT_KEY_BYTES, TagLayout } from "../../../src/cluster/tag-layout.ts";
import { SeededRandom } from "../../../src/platform/random.ts";
import { type SimAssociation, type SimHost, SimViolation, type SimWorld } from "../../../src/sim/index.ts";
import type { CookieSecrets } from "../../../src/stack/shared-port.ts";

/** Who holds the sockets: each worker one of its own, or a parent that hands datagrams on. */
export type Sockets = "workers" | "parent";

export interface ClusterOptions {
  readonly workers: number;
  readonly sockets: Sockets;
  readonly stack?: Partial<StackOptions>;
}

export class SimWorker {
  readonly index: number;
  readonly host: SimHost;
  isDown = false;
  member: ClusterMember;

  constructor(index: number, host: SimHost, member: ClusterMember) {
    this.index = index;
    this.host = host;
    this.member = member;
  }

  /** Of the worker's present life. */
  get associations(): readonly SimAssociation[] {
    return this.host.associations.filter(
      ({ bootCount, state }) => bootCount === this.host.bootCount && state !== "CLOSED",
    );
  }
}

export class SimCluster {
  readonly workers: SimWorker[] = [];
  /** Datagrams and messages that went from one worker to another. */
  passedCount = 0;
  toldCount = 0;
  readonly #world: SimWorld;
  readonly #addresses: readonly string[];
  readonly #sockets: Sockets;
  readonly #layout: TagLayout;
  readonly #random: SeededRandom;
  #secrets: CookieSecrets;
  /** The workers' sockets in the order in which the kernel holds them. */
  #group: SimWorker[] = [];
  readonly #down = new Set<number>();
  /** When the last thing between two workers arrives: they keep their order. */
  readonly #lastAtMs = new Map<string, number>();
  #listening: [port: number, options: Partial<AssociationOptions>] | undefined;

  constructor(world: SimWorld, addresses: readonly string[], options: ClusterOptions) {
    this.#world = world;
    this.#addresses = addresses;
    this.#sockets = options.sockets;
    this.#random = new SeededRandom(world.seed ^ 0xc1);
    const key = new Uint8Array(LAYOUT_KEY_BYTES);
    this.#random.fill(key);
    this.#layout = new TagLayout(key, options.workers);
    this.#secrets = { id: 0, current: this.#secret(), previous: this.#secret() };
    // The world looks for the host by its address and finds this one; it has no traffic of its own.
    const door = world.host("door", addresses);
    door.receive = (datagram, from, fromPort, to) => this.#arrive(datagram, from, fromPort, to);
    for (let index = 0; index < options.workers; index++) this.#addWorker(index, options.stack ?? {});
    this.#group = [...this.workers];
  }

  listen(port: number, options: Partial<AssociationOptions> = {}): void {
    this.#listening = [port, options];
    for (const { host } of this.workers) host.listen(port, options);
  }

  /** Every association that lives, in any worker. */
  get associations(): readonly SimAssociation[] {
    return this.workers.flatMap(({ associations }) => associations);
  }

  /** The worker that has the association with this one at its other end. */
  workerOf(client: SimAssociation): SimWorker | undefined {
    return this.workers.find(({ associations }) =>
      associations.some(({ association }) => association.localTag === client.association.peerTag),
    );
  }

  /** The association at the other end. */
  peerOf(client: SimAssociation): SimAssociation | undefined {
    return this.associations.find(({ association }) => association.localTag === client.association.peerTag);
  }

  turnSecrets(): void {
    this.#secrets = {
      id: (this.#secrets.id + 1) & 0xff,
      current: this.#secret(),
      previous: this.#secrets.current,
    };
    for (const { member } of this.workers) member.cookieSecrets = this.#secrets;
  }

  /** The kernel spreads peers over the sockets in another way from now on. */
  reshuffle(): void {
    this.#group = [...this.#group.slice(1), ...this.#group.slice(0, 1)];
  }

  /** A worker dies; `afterMs` later another takes its place, knowing nothing; Infinity: none does. */
  kill(index: number, afterMs: number): void {
    const worker = this.workers[index];
    if (worker === undefined || worker.isDown) return;
    worker.isDown = true;
    const place = this.#group.indexOf(worker);
    const last = this.#group.pop(); // The kernel fills the gap with the last socket.
    if (last !== undefined && last !== worker) this.#group[place] = last;
    this.#down.add(index);
    worker.host.restart();
    for (const other of this.workers) {
      if (other === worker || other.isDown) continue;
      other.member.onWorkerGone(index, this.#world.nowMs);
      other.host.flush();
    }
    if (afterMs === Number.POSITIVE_INFINITY) return;
    this.#world.at(this.#world.nowMs + afterMs, () => {
      worker.isDown = false;
      this.#down.delete(index);
      worker.host.restart(); // So that its stack begins at this moment.
      if (this.#listening !== undefined) worker.host.listen(...this.#listening);
      this.#group.push(worker);
      for (const other of this.workers) {
        if (other === worker || other.isDown) continue;
        other.member.onWorkerStarted(index, this.#world.nowMs);
        other.host.flush();
      }
    });
  }

  /** @throws SimViolation if an address of a peer has associations in two workers, or an account is wrong */
  check(): void {
    const owners = new Map<string, number>();
    for (const { index, associations } of this.workers) {
      for (const { association } of associations) {
        const { localPort, remotePort, localTag } = association;
        if (this.#layout.workerOf(localTag) !== index)
          throw new SimViolation(`worker ${index} has the tag ${localTag}, which names another`);
        for (const address of association.remoteAddresses) {
          const key = `${localPort},${remotePort},${address}`;
          if (owners.has(key))
            throw new SimViolation(`${key} is with workers ${owners.get(key)} and ${index}`);
          owners.set(key, index);
        }
      }
    }
    const accounts = this.workers.reduce(
      (sum, { member, isDown }) => sum + (isDown ? 0 : member.directorySize),
      0,
    );
    if (accounts !== owners.size)
      throw new SimViolation(`${owners.size} addresses are in use, ${accounts} are accounted for`);
  }

  #addWorker(index: number, stack: Partial<StackOptions>): void {
    let worker: SimWorker | undefined;
    let member: ClusterMember | undefined;
    const shared = (): ClusterMember => {
      member = new ClusterMember({
        index,
        layout: this.#layout,
        host: this.#hostOf(() => worker),
        random: this.#random,
        cookieSecrets: this.#secrets,
        clockOffsetMs: 0,
        startedAtMs: this.#world.nowMs,
        down: this.#down,
      });
      if (worker !== undefined) worker.member = member;
      // The stack is being made by whoever asks; the host has it by the time that anything happens.
      this.#world.at(this.#world.nowMs, () => {
        if (worker !== undefined) worker.member.attach(worker.host.stack);
      });
      return member;
    };
    const host = this.#world.host("server", this.#addresses, { ...stack, shared });
    if (member === undefined) throw new Error("the host did not ask for its share of the port");
    worker = new SimWorker(index, host, member);
    member.attach(host.stack);
    this.workers.push(worker);
  }

  /**
   * Datagrams pass at once, for the world's checkers take them for arrived; messages take their time. So a datagram may
   * overtake what was told before it, which real channels do not let it.
   */
  #hostOf(self: () => SimWorker | undefined): MemberHost {
    return {
      take: (datagram, { address, port, localIndex }) =>
        self()?.host.receive(datagram, address, port, this.#addresses[localIndex] ?? ""),
      pass: (to, datagram, passage) => {
        this.passedCount++;
        const worker = this.#reach(self(), to);
        if (worker?.isDown === false) worker.member.receive(datagram, passage);
      },
      tell: (to, message) => {
        this.toldCount++;
        this.#tell(self(), to, message);
      },
    };
  }

  #tell(from: SimWorker | undefined, to: number, message: DirectoryMessage): void {
    const worker = this.#reach(from, to);
    if (worker === undefined || worker.isDown) return;
    const boot = worker.host.bootCount;
    const pair = `${from?.index},${to}`;
    const atMs = Math.max(this.#lastAtMs.get(pair) ?? 0, this.#world.nowMs + 3 * this.#random.fraction());
    this.#lastAtMs.set(pair, atMs);
    this.#world.at(atMs, () => {
      if (worker.host.bootCount !== boot) return;
      worker.member.onMessage(from?.index ?? 0, message, this.#world.nowMs);
      worker.host.flush();
    });
  }

  #reach(from: SimWorker | undefined, to: number): SimWorker | undefined {
    const worker = this.workers[to];
    if (worker === undefined || worker === from)
      throw new SimViolation(`worker ${from?.index} sent something to ${to}`);
    return worker;
  }

  #arrive(datagram: Uint8Array, from: string, fromPort: number, to: string): void {
    const localIndex = this.#addresses.indexOf(to);
    const passage: Passage = {
      address: from,
      port: fromPort,
      localIndex,
      ingress: NO_WORKER,
      step: 0,
      settled: false,
    };
    if (this.#sockets === "parent") {
      const first = this.#reach(undefined, firstWorkerFor(this.#layout, datagram, from, this.#down));
      if (first?.isDown === false) first.member.receive(datagram, passage);
      return;
    }
    const worker = this.#group[hash(`${from} ${fromPort} ${to}`) % this.#group.length];
    worker?.member.receive(datagram, { ...passage, ingress: worker.index });
  }

  #secret(): Uint8Array {
    const secret = new Uint8Array(32);
    this.#random.fill(secret);
    return secret;
  }
}

/** As the kernel's: the same addresses and ports always give the same socket. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ letter.charCodeAt(0), 0x01000193);
  return (value ^ (value >>> 15)) >>> 0;
}
