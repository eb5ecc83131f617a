/**
 * The parts of one association, made and handed to one another.
 * Owns: which parts there are and who gets whom. Does not own: what any of them does; who asks them: the user through
 * association.ts, the stack through engine.ts.
 *
 * Read the constructor from the top: each part knows only what stands above it.
 */
import type { AssociationOptions } from "../base/options.ts";
import type { AssociationExtension, ExtensionHost } from "./extensions/association-extension.ts";
import { type ExtensionsAtWork, NO_EXTENSIONS } from "./extensions/extensions-at-work.ts";
import type { Capabilities } from "./model/capabilities.ts";
import { ControlQueue } from "./model/control-queue.ts";
import { Deadlines } from "./model/deadlines.ts";
import { Identity, type IdentityInit } from "./model/identity.ts";
import { Lifecycle } from "./model/lifecycle.ts";
import type { Negotiation } from "./model/negotiation.ts";
import type { Seat } from "./model/seat.ts";
import { Settings } from "./model/settings.ts";
import { ChunkReceiver } from "./packets/chunk-receiver.ts";
import { DataReceiver } from "./packets/data-receiver.ts";
import { PacketScheduler } from "./packets/packet-scheduler.ts";
import { LocalSources } from "./paths/local-sources.ts";
import type { Path } from "./paths/path.ts";
import { PathSet } from "./paths/path-set.ts";
import { PeerAddresses } from "./paths/peer-addresses.ts";
import { ReplyPaths } from "./paths/reply-paths.ts";
import { Acceptance } from "./procedures/acceptance.ts";
import { Acknowledgements } from "./procedures/acknowledgements.ts";
import { ErrorReceiver } from "./procedures/error-receiver.ts";
import { type CapabilityObserver, Establishment } from "./procedures/establishment.ts";
import { IdleCloser } from "./procedures/idle-closer.ts";
import { PathMonitor } from "./procedures/path-monitor.ts";
import { beginPathMtuDiscovery } from "./procedures/path-mtu-discovery.ts";
import { Shutdown } from "./procedures/shutdown.ts";
import { ShutdownReceiver } from "./procedures/shutdown-receiver.ts";
import { Termination } from "./procedures/termination.ts";
import { Inbound } from "./receiving/inbound.ts";
import { Facts } from "./reporting/facts.ts";
import { type Counters, emptyCounters } from "./reporting/status.ts";
import { Tracer } from "./reporting/tracer.ts";
import { UserEvents } from "./reporting/user-events.ts";
import { Outbound } from "./sending/outbound.ts";

export interface AssociationInit extends IdentityInit {
  /** Unique in its stack, above 0. */
  readonly id: number;
  readonly options: AssociationOptions;
  /** The local addresses that its endpoint is bound to; undefined for all of the stack's. */
  readonly boundAddresses: readonly string[] | undefined;
  /** The extensions that are built in. */
  readonly negotiation: Negotiation<AssociationExtension>;
}

export class AssociationParts implements CapabilityObserver {
  readonly id: number;
  /** Replaced where another one is added (RFC 5061). */
  boundAddresses: readonly string[] | undefined;
  readonly seat: Seat;
  readonly negotiation: Negotiation<AssociationExtension>;
  /** None until something has been agreed on. */
  extensions: ExtensionsAtWork = NO_EXTENSIONS;
  readonly stats: Counters = emptyCounters();
  readonly settings: Settings;
  readonly identity: Identity;
  readonly tracer: Tracer;
  readonly lifecycle: Lifecycle;
  readonly control: ControlQueue<Path>;
  readonly paths: PathSet;
  readonly replyPaths: ReplyPaths;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly events: UserEvents;
  readonly termination: Termination;
  readonly monitor: PathMonitor;
  readonly shutdown: Shutdown;
  readonly idleCloser: IdleCloser;
  readonly acknowledgements: Acknowledgements;
  readonly errorChunks: ErrorReceiver;
  readonly data: DataReceiver;
  readonly deadlines: Deadlines;
  readonly receiver: ChunkReceiver;
  readonly scheduler: PacketScheduler;

  constructor(seat: Seat, init: AssociationInit) {
    const { options } = init;
    this.id = init.id;
    this.boundAddresses = init.boundAddresses;
    this.seat = seat;
    this.negotiation = init.negotiation;
    this.settings = new Settings(options);
    this.identity = new Identity(init);
    this.tracer = new Tracer(seat.trace, init.id, this.stats);
    this.lifecycle = new Lifecycle(this.tracer);
    this.control = new ControlQueue(options);
    this.paths = new PathSet();
    this.replyPaths = new ReplyPaths(this.paths);
    this.inbound = new Inbound({ options, allocate: seat.allocate });
    const { paths, tracer } = this;
    this.outbound = new Outbound({ initialTsn: init.localInitialTsn, options, paths, observer: tracer });
    this.events = new UserEvents(this);
    paths.observer = this.events;
    this.termination = new Termination(this);
    this.monitor = new PathMonitor(this);
    this.shutdown = new Shutdown(this);
    this.idleCloser = new IdleCloser(this);
    this.acknowledgements = new Acknowledgements(this);
    this.errorChunks = new ErrorReceiver(this);
    this.data = new DataReceiver(this);
    this.deadlines = new Deadlines(this);
    this.receiver = new ChunkReceiver(this);
    this.scheduler = new PacketScheduler(this);
  }

  // Parts without anything of their own are made when they are asked: there may be a hundred thousand associations.

  get addresses(): PeerAddresses {
    return new PeerAddresses(this);
  }
  get sources(): LocalSources {
    return new LocalSources(this);
  }
  get shutdownChunks(): ShutdownReceiver {
    return new ShutdownReceiver(this);
  }
  get facts(): Facts {
    return new Facts(this);
  }
  get establishment(): Establishment {
    return new Establishment(this);
  }
  get acceptance(): Acceptance {
    return new Acceptance(this);
  }

  /** What extensions see of the association. */
  get extensionHost(): ExtensionHost {
    return this;
  }

  onAgreement(capabilities: Capabilities): void {
    this.extensions = this.extensions.giveWayTo(capabilities, this);
  }

  onAnnounced(): void {
    this.extensions.onEstablished(this);
  }

  discoverPathMtu(nowMs: number): void {
    beginPathMtuDiscovery(this, nowMs);
  }

  /** Something has changed: there may be something to send, or a deadline has moved. */
  touch(nowMs: number): void {
    this.tracer.nowMs = nowMs;
    this.seat.touch();
  }
}
