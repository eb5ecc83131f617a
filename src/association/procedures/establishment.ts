/**
 * The moment from which an association is one, whichever side asked for it (RFC 9260 5.1).
 * Owns: what an agreement and what the end of the handshake do to the parts. Does not own: the handshake (setup.ts and
 * acceptance.ts: the two sides of it).
 */
import type { Agreement } from "../model/agreement.ts";
import type { Capabilities } from "../model/capabilities.ts";
import type { Identity } from "../model/identity.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
import type { AssociationErrors } from "../paths/association-errors.ts";
import type { Inbound } from "../receiving/inbound.ts";
import type { UserEvents } from "../reporting/user-events.ts";
import type { Outbound } from "../sending/outbound.ts";
import type { IdleCloser } from "./idle-closer.ts";
import type { PathMonitor } from "./path-monitor.ts";
import type { Shutdown } from "./shutdown.ts";

/** Told of what both sides agreed on beyond RFC 9260, once both halves of the data transfer stand as agreed. */
export interface CapabilityObserver {
  onAgreement(capabilities: Capabilities): void;
}

export interface EstablishmentInit extends CapabilityObserver {
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly errors: AssociationErrors;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly events: UserEvents;
  readonly monitor: PathMonitor;
  readonly shutdown: Shutdown;
  readonly idleCloser: IdleCloser;
}

export class Establishment {
  readonly #identity: Identity;
  readonly #lifecycle: Lifecycle;
  readonly #errors: AssociationErrors;
  readonly #inbound: Inbound;
  readonly #outbound: Outbound;
  readonly #events: UserEvents;
  readonly #monitor: PathMonitor;
  readonly #shutdown: Shutdown;
  readonly #idleCloser: IdleCloser;
  readonly #observer: CapabilityObserver;
  #askedByPeer = true;

  constructor(init: EstablishmentInit) {
    this.#identity = init.identity;
    this.#lifecycle = init.lifecycle;
    this.#errors = init.errors;
    this.#inbound = init.inbound;
    this.#outbound = init.outbound;
    this.#events = init.events;
    this.#monitor = init.monitor;
    this.#shutdown = init.shutdown;
    this.#idleCloser = init.idleCloser;
    this.#observer = init;
  }

  /** This side asks for the association. */
  begin(): void {
    this.#askedByPeer = false;
  }

  /** Both halves of the data transfer begin; what the user queued before is kept, and sent anew if it was sent. */
  agree(agreement: Agreement): void {
    this.#identity.agree(agreement);
    this.#inbound.reset({
      initialTsn: agreement.peerInitialTsn,
      streamCount: agreement.inboundStreams,
    });
    this.#outbound.reset({
      initialTsn: agreement.localInitialTsn,
      peerRwndBytes: agreement.peerRwndBytes,
      streamCount: agreement.outboundStreams,
    });
    this.#observer.onAgreement(agreement.capabilities);
  }

  /** The handshake is complete. */
  complete(nowMs: number): void {
    this.#lifecycle.enter("ESTABLISHED");
    this.#errors.clear();
    this.#outbound.onEstablished(nowMs);
    this.#monitor.start(nowMs);
    this.#idleCloser.onActivity(true, nowMs);
    this.#events.established(this.#askedByPeer);
    if (this.#shutdown.isRequested) this.#shutdown.request(nowMs);
  }

  /** The peer began anew (RFC 9260 5.2.4 A); its paths have been reset. */
  restart(agreement: Agreement, nowMs: number): void {
    this.#errors.clear();
    this.agree(agreement);
    this.#lifecycle.enter("ESTABLISHED");
    this.#monitor.start(nowMs);
  }
}
