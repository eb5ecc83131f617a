/**
 * The associations of a stack: making one, finding it again, letting it go.
 * Owns: their ids and tags, their seats, what they share (timer wheel, events, scratch).
 * Does not own: whether one is to be made (stack.ts, cookie-receiver.ts), the look-up (association-table.ts).
 */
import type { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/association-event.ts";
import { AssociationEngine } from "../association/engine.ts";
import type { AssociationExtension } from "../association/extensions/association-extension.ts";
import { GrowthBudget } from "../association/model/growth-budget.ts";
import type { IdentityInit } from "../association/model/identity.ts";
import { Negotiation } from "../association/model/negotiation.ts";
import { Scratch } from "../association/model/scratch.ts";
import { Fifo } from "../base/fifo.ts";
import type { AssociationOptions, StackOptions } from "../base/options.ts";
import type { TraceSink } from "../base/trace-sink.ts";
import type { Platform } from "../platform/platform.ts";
import { TimerWheel } from "../timer/timer-wheel.ts";
import { AssociationSeat, type SeatedStack } from "./association-seat.ts";
import { AssociationTable } from "./association-table.ts";
import { ClosedTags } from "./closed-tags.ts";
import { DropCounter } from "./drop-counter.ts";
import { LocalAddresses } from "./local-addresses.ts";
import { Outbox } from "./outbox.ts";
import { RateLimit } from "./rate-limit.ts";
import type { SharedPort } from "./shared-port.ts";
import { StackStats } from "./stack-stats.ts";

export interface ResidentsInit {
  readonly platform: Platform;
  readonly options: StackOptions;
  readonly udpPort: number;
  readonly trace: TraceSink | undefined;
  readonly shared: SharedPort | undefined;
  /** Those that associations may agree on. */
  readonly extensions: readonly AssociationExtension[];
}

export class Residents implements SeatedStack {
  readonly platform: Platform;
  readonly allocate: (lengthBytes: number) => Uint8Array;
  readonly trace: TraceSink | undefined;
  readonly scratch: Scratch = new Scratch();
  readonly growth: GrowthBudget;
  readonly negotiation: Negotiation<AssociationExtension>;
  readonly local: LocalAddresses = new LocalAddresses();
  readonly table: AssociationTable;
  readonly wheel: TimerWheel<AssociationEngine> = new TimerWheel();
  readonly drops: DropCounter;
  readonly stats: StackStats = new StackStats();
  readonly outbox: Outbox;
  readonly probeLimit: RateLimit;
  /** Private, so that the page of collections must list it (docs/security.md). */
  readonly #events: Fifo<AssociationEvent> = new Fifo();
  readonly #shared: SharedPort | undefined;
  readonly #closedTags: ClosedTags;
  #nowMs = 0;
  #nextId = 1;

  constructor({ platform, options, udpPort, trace, shared, extensions }: ResidentsInit) {
    this.platform = platform;
    this.allocate = (lengthBytes) => platform.allocate(lengthBytes);
    this.trace = trace;
    this.#shared = shared;
    this.growth = new GrowthBudget(options.maxBufferGrowthBytes);
    this.negotiation = new Negotiation(extensions);
    this.table = new AssociationTable(shared);
    this.drops = new DropCounter(trace);
    const { wheel, drops } = this;
    const { maxQueuedAnswers } = options;
    this.outbox = new Outbox({ wheel, drops, trace, udpPort, maxQueuedAnswers });
    const { cookieLifeMs, maxCookiePreservativeMs, maxClosedTags } = options;
    this.#closedTags = new ClosedTags(cookieLifeMs + maxCookiePreservativeMs, maxClosedTags);
    this.probeLimit = new RateLimit(options.maxProbesPerSecond);
  }

  /** What the user must hear of. */
  get events(): Fifo<AssociationEvent> {
    return this.#events;
  }

  /** The time of the call at hand. */
  set nowMs(nowMs: number) {
    this.#nowMs = nowMs;
    this.drops.nowMs = nowMs;
  }

  create(
    { localPort, remotePort, localTag, localInitialTsn }: IdentityInit,
    options: AssociationOptions,
    boundAddresses: readonly string[] | undefined,
  ): AssociationEngine {
    const seat = new AssociationSeat(this);
    const engine = new AssociationEngine(seat, {
      localPort,
      remotePort,
      localTag,
      localInitialTsn,
      id: this.#nextId++,
      options,
      boundAddresses,
      negotiation: this.negotiation,
    });
    seat.take(engine);
    this.table.add(engine);
    return engine;
  }

  /** Each as its user sees it. */
  *associations(): Generator<Association> {
    for (const { association } of this.table.all) yield association;
  }

  /** A tag that no association has, nor had not long ago (RFC 9260 5.3.1). */
  newTag(): number {
    for (;;) {
      const tag = this.#shared?.newTag() ?? this.platform.random.uint32();
      if (tag !== 0 && !this.isTagTaken(tag)) return tag;
    }
  }

  /** Whether a tag is an association's, or was one's not long ago. */
  isTagTaken(tag: number): boolean {
    return this.table.hasTag(tag) || this.#closedTags.has(tag, this.#nowMs);
  }

  /** The association answers to another tag; the one it had stays taken for as long as a cookie may carry it. */
  retag(engine: AssociationEngine, tag: number): void {
    this.#closedTags.add(engine.identity.localTag, this.#nowMs);
    this.table.retag(engine, tag);
  }

  release(engine: AssociationEngine): void {
    this.wheel.cancel(engine.timer);
    this.table.remove(engine);
    this.#closedTags.add(engine.identity.localTag, this.#nowMs);
  }
}
