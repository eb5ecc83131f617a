/**
 * The stack's side of the seat that each association has (association/model/seat.ts).
 * Owns: adding whose call it is. Does not own: what the stack does then.
 */
import type { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/association-event.ts";
import type { AssociationEngine } from "../association/engine.ts";
import type { AssociationNews } from "../association/model/events.ts";
import type { GrowthBudget } from "../association/model/growth-budget.ts";
import type { PacketLimits } from "../association/model/packet-limits.ts";
import type { Scratch } from "../association/model/scratch.ts";
import type { Route, Seat } from "../association/model/seat.ts";
import { factsOf } from "../association/reporting/news-facts.ts";
import type { Fifo } from "../base/fifo.ts";
import type { DropReason, TraceSink } from "../base/trace-sink.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { type AddressFamily, addressFamily } from "../platform/address.ts";
import type { Platform } from "../platform/platform.ts";
import type { AssociationTable } from "./association-table.ts";
import type { DropCounter } from "./drop-counter.ts";
import type { LocalAddresses } from "./local-addresses.ts";
import type { Outbox } from "./outbox.ts";
import type { RateLimit } from "./rate-limit.ts";
import type { StackStats } from "./stack-stats.ts";

/** What all seats of a stack have in common. */
export interface SeatedStack {
  readonly platform: Platform;
  readonly allocate: (lengthBytes: number) => Uint8Array;
  readonly trace: TraceSink | undefined;
  readonly scratch: Scratch;
  readonly growth: GrowthBudget;
  readonly table: AssociationTable;
  readonly local: LocalAddresses;
  readonly outbox: Outbox;
  readonly drops: DropCounter;
  readonly stats: StackStats;
  readonly events: Fifo<AssociationEvent>;
  readonly probeLimit: RateLimit;
  /** The association is over. */
  release(engine: AssociationEngine): void;
}

const NONE: readonly string[] = [];

export class AssociationSeat implements Seat {
  readonly #stack: SeatedStack;
  #engine: AssociationEngine | undefined = undefined;
  /** The local addresses that the peer was told of, or has written to; empty where there is one only, or before the set-up. */
  #told: readonly string[] = NONE;

  constructor(stack: SeatedStack) {
    this.#stack = stack;
  }

  /** Whose seat it is, once that exists. */
  take(engine: AssociationEngine): void {
    this.#engine = engine;
  }

  get platform(): Platform {
    return this.#stack.platform;
  }
  get allocate(): (lengthBytes: number) => Uint8Array {
    return this.#stack.allocate;
  }
  get trace(): TraceSink | undefined {
    return this.#stack.trace;
  }
  get scratch(): Scratch {
    return this.#stack.scratch;
  }
  get growth(): GrowthBudget {
    return this.#stack.growth;
  }

  touch(): void {
    if (this.#engine !== undefined) this.#stack.outbox.touch(this.#engine);
  }

  /** Hot: a copy of the news with one more field takes a microsecond; they were made for this call, so they get it. */
  emit(news: AssociationNews): void {
    if (this.#engine === undefined) return;
    const event = news as AssociationNews & { association: Association };
    event.association = this.#engine.association;
    this.#stack.stats.count(news);
    if (this.#stack.trace?.detail !== undefined) traceNews(this.#stack, news, this.#engine.id);
    this.#stack.events.push(event);
  }

  sendDetached(verificationTag: number, chunks: readonly Chunk[], route: Route): void {
    if (this.#engine === undefined) return;
    const { localPort, remotePort } = this.#engine.identity;
    this.#stack.outbox.sendLastWord({ localPort, remotePort, verificationTag, chunks, route });
  }

  claimAddress(address: string): boolean {
    return this.#engine !== undefined && this.#stack.table.claim(this.#engine, address);
  }

  unclaimAddress(address: string): void {
    if (this.#engine !== undefined) this.#stack.table.unclaim(this.#engine, address);
  }

  release(): void {
    if (this.#engine !== undefined) this.#stack.release(this.#engine);
  }

  countDrop(reason: DropReason, detail: string): void {
    this.#stack.drops.count(this.#engine?.id, reason, detail);
  }

  mayProbe(nowMs: number): boolean {
    return this.#stack.probeLimit.take(nowMs);
  }

  localAddressFor(remoteAddress: string): string {
    const { local } = this.#stack;
    const family = addressFamily(remoteAddress);
    const told = this.#told.filter((own) => addressFamily(own) === family && local.all.includes(own));
    return local.towards(remoteAddress, told.length > 0 ? told : this.#engine?.association.boundAddresses);
  }

  tell(addresses: readonly string[], anew = false): void {
    if (this.#told.length > 0 || this.#stack.local.all.length > 1)
      this.#told = [...new Set(anew ? addresses : [...this.#told, ...addresses])];
  }

  get told(): readonly string[] {
    return this.#told;
  }

  hasAddress(localAddress: string): boolean {
    return this.#stack.local.all.includes(localAddress);
  }

  /** Our addresses are about to change: the peer knows those that there were. */
  beforeChange(): void {
    if (this.#told.length > 0) return;
    const bound = this.#engine?.association.boundAddresses;
    this.#told = this.#stack.local.all.filter((address) => bound?.includes(address) !== false);
  }

  isTold(localAddress: string): boolean {
    return this.#told.length === 0 || this.#told.includes(localAddress);
  }

  canReach(remoteAddress: string): boolean {
    const family = addressFamily(remoteAddress);
    return this.#told.length === 0 || this.#told.some((own) => addressFamily(own) === family);
  }

  advertisedAddresses(peerAddresses: readonly string[]): readonly string[] {
    return this.#stack.local.advertised(peerAddresses, this.#engine?.association.boundAddresses);
  }

  packetLimits(localAddress: string, remoteAddress: string): PacketLimits {
    return this.#stack.local.packetLimits(localAddress, remoteAddress);
  }

  addressFamilies(): readonly AddressFamily[] {
    return this.#stack.local.families(this.#engine?.association.boundAddresses);
  }
}

/** No method of the seat: a class with private methods has a slot more in each object. */
function traceNews({ trace, drops }: SeatedStack, news: AssociationNews, association: number): void {
  trace?.detail?.({ kind: "told", association, news: news.kind, facts: factsOf(news) }, drops.nowMs);
}
