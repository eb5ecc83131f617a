/**
 * The moment from which an association is one, whichever side asked for it (RFC 9260 5.1).
 * Owns: what an agreement and what the end of the handshake do to the parts. Does not own: the handshake (setup.ts and
 * acceptance.ts: the two sides of it).
 */
import type { Agreement } from "../model/agreement.ts";
import { type Capabilities, ExtensionId } from "../model/capabilities.ts";
import type { Identity } from "../model/identity.ts";
import type { Lifecycle } from "../model/lifecycle.ts";
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

export interface EstablishmentParts extends CapabilityObserver {
  readonly identity: Identity;
  readonly lifecycle: Lifecycle;
  readonly inbound: Inbound;
  readonly outbound: Outbound;
  readonly events: UserEvents;
  readonly monitor: PathMonitor;
  readonly shutdown: Shutdown;
  readonly idleCloser: IdleCloser;
  /** The user has heard of the association: extensions may have more to tell. */
  onAnnounced(): void;
  /** The search for the largest packet of each path begins, where it is wanted. */
  discoverPathMtu(nowMs: number): void;
}

export class Establishment {
  readonly #parts: EstablishmentParts;

  constructor(parts: EstablishmentParts) {
    this.#parts = parts;
  }

  /** Both halves of the data transfer begin; what the user queued before is kept, and sent anew if it was sent. */
  agree(agreement: Agreement): void {
    const isInterleaved = agreement.capabilities.has(ExtensionId.Interleaving);
    this.#parts.identity.agree(agreement);
    this.#parts.inbound.reset({
      initialTsn: agreement.peerInitialTsn,
      streamCount: agreement.inboundStreams,
      isInterleaved,
      tellsKept: agreement.capabilities.has(ExtensionId.NonRenegableSack),
    });
    this.#parts.outbound.reset({
      initialTsn: agreement.localInitialTsn,
      peerRwndBytes: agreement.peerRwndBytes,
      streamCount: agreement.outboundStreams,
      isInterleaved,
    });
    this.#parts.onAgreement(agreement.capabilities);
  }

  /** The handshake is complete. */
  complete(nowMs: number): void {
    this.#parts.lifecycle.enter("ESTABLISHED");
    this.#parts.monitor.onPeerHeard();
    this.#parts.outbound.onEstablished(nowMs);
    this.#parts.monitor.start(nowMs);
    this.#parts.discoverPathMtu(nowMs);
    this.#parts.idleCloser.onActivity(true, nowMs);
    this.#parts.events.established();
    this.#parts.onAnnounced();
    if (this.#parts.shutdown.isRequested) this.#parts.shutdown.request(nowMs);
  }

  /** The peer began anew (RFC 9260 5.2.4 A); its paths have been reset. What the user has ended ends all the same. */
  restart(agreement: Agreement, nowMs: number): void {
    this.#parts.monitor.onPeerHeard();
    this.#parts.identity.setTieTags(0, 0); // 5.2.4 A: a cookie from before this restart, come late, is none of a later one.
    this.agree(agreement);
    this.#parts.lifecycle.enter("ESTABLISHED");
    this.#parts.monitor.start(nowMs);
    this.#parts.discoverPathMtu(nowMs);
    this.#parts.idleCloser.onActivity(true, nowMs);
    if (this.#parts.shutdown.isRequested) this.#parts.shutdown.request(nowMs);
  }
}
