/**
 * The parts of one association, made and handed to one another.
 * Owns: which parts there are and who gets whom. Does not own: what any of them does; who asks them: the user through
 * association.ts, the stack through engine.ts.
 *
 * Read the constructor from the top: each part knows only what stands above it.
 */
import type { AssociationOptions } from "../base/options.ts";
import type { AssociationExtension } from "./extensions/association-extension.ts";
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
import { AssociationErrors } from "./paths/association-errors.ts";
import type { Path } from "./paths/path.ts";
import { type PathObserver, PathSet } from "./paths/path-set.ts";
import { PeerAddresses } from "./paths/peer-addresses.ts";
import { ReplyPaths } from "./paths/reply-paths.ts";
import { Acceptance } from "./procedures/acceptance.ts";
import { Acknowledgements } from "./procedures/acknowledgements.ts";
import { ErrorReceiver } from "./procedures/error-receiver.ts";
import { type CapabilityObserver, Establishment } from "./procedures/establishment.ts";
import { IdleCloser } from "./procedures/idle-closer.ts";
import { PathMonitor } from "./procedures/path-monitor.ts";
import { Shutdown } from "./procedures/shutdown.ts";
import { ShutdownReceiver } from "./procedures/shutdown-receiver.ts";
import { Termination } from "./procedures/termination.ts";
import { Inbound } from "./receiving/inbound.ts";
import { Facts } from "./reporting/facts.ts";
import { type AssociationStats, emptyStats } from "./reporting/status.ts";
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

export class AssociationParts implements PathObserver, CapabilityObserver {
  readonly id: number;
  readonly boundAddresses: readonly string[] | undefined;
  readonly seat: Seat;
  readonly negotiation: Negotiation<AssociationExtension>;
  /** None until something has been agreed on. */
  extensions: ExtensionsAtWork = NO_EXTENSIONS;
  readonly stats: AssociationStats = emptyStats();
  readonly settings: Settings;
  readonly identity: Identity;
  readonly tracer: Tracer;
  readonly lifecycle: Lifecycle;
  readonly control: ControlQueue<Path>;
  readonly paths: PathSet;
  readonly replyPaths: ReplyPaths;
  readonly errors: AssociationErrors;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly addresses: PeerAddresses;
  readonly facts: Facts;
  readonly events: UserEvents;
  readonly termination: Termination;
  readonly monitor: PathMonitor;
  readonly shutdown: Shutdown;
  readonly idleCloser: IdleCloser;
  readonly establishment: Establishment;
  readonly acceptance: Acceptance;
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
    this.paths = new PathSet(this);
    this.replyPaths = new ReplyPaths(this.paths);
    this.errors = new AssociationErrors(this.settings);
    this.inbound = new Inbound({ options, allocate: seat.allocate });
    const { paths, tracer } = this;
    this.outbound = new Outbound({ initialTsn: init.localInitialTsn, options, paths, observer: tracer });
    this.addresses = new PeerAddresses(this);
    this.facts = new Facts(this);
    this.events = new UserEvents(this);
    this.termination = new Termination(this);
    this.monitor = new PathMonitor(this);
    this.shutdown = new Shutdown(this);
    this.idleCloser = new IdleCloser(this);
    this.establishment = new Establishment(this);
    this.acceptance = new Acceptance(this);
    this.acknowledgements = new Acknowledgements(this);
    this.errorChunks = new ErrorReceiver(this);
    this.data = new DataReceiver(this);
    const { inbound, outbound, acknowledgements, idleCloser, shutdown, monitor } = this;
    this.deadlines = new Deadlines([
      inbound.sackPolicy,
      outbound.peerWindow,
      acknowledgements,
      idleCloser,
      shutdown,
      monitor,
    ]);
    const shutdownChunks = new ShutdownReceiver(this);
    this.receiver = new ChunkReceiver(this, [monitor, this.termination, this.errorChunks, shutdownChunks]);
    this.scheduler = new PacketScheduler(this);
  }

  onPathStateChange(path: Path, reason: string): void {
    this.tracer.onPathStateChange(path, reason);
    this.events.pathChanged(path);
  }

  onAgreement(capabilities: Capabilities): void {
    this.extensions = this.extensions.giveWayTo(capabilities, this);
  }

  /** Something has changed: there may be something to send, or a deadline has moved. */
  touch(nowMs: number): void {
    this.tracer.nowMs = nowMs;
    this.seat.touch();
  }
}
