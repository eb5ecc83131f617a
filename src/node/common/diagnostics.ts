/**
 * What a program can listen to without holding a socket: diagnostics channels, and NODE_DEBUG=sctp.
 * Owns: the channels' names and the shapes of their messages, and that these give away nothing but what users may see.
 * Does not own: when something happens (port-driver.ts).
 *
 * Hot: publishers ask `hasSubscribers` first, so that a packet costs nothing while nobody listens.
 */
import { type Channel, channel } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { CloseReason } from "../../association/model/events.ts";
import type { AssociationState } from "../../association/model/state.ts";
import type { AssociationStats, AssociationStatus, PathInfo } from "../../association/reporting/status.ts";
import type { TransportAddress } from "../../platform/address.ts";

/** Prints to standard error when NODE_DEBUG names `sctp`. */
export const debug = debuglog("sctp");

/** An association as those see it who watch: facts of this moment, one object for each association. */
export class WatchedAssociation {
  readonly #association: Association;

  /** For the channels. */
  constructor(association: Association) {
    this.#association = association;
  }

  /** Unique in its UDP port. */
  get id(): number {
    return this.#association.id;
  }
  get state(): AssociationState {
    return this.#association.state;
  }
  /** SCTP port. */
  get localPort(): number {
    return this.#association.localPort;
  }
  /** SCTP port. */
  get remotePort(): number {
    return this.#association.remotePort;
  }
  get localAddresses(): readonly string[] {
    return this.#association.localAddresses;
  }
  get remoteAddresses(): readonly string[] {
    return this.#association.remoteAddresses;
  }
  status(): AssociationStatus {
    return this.#association.status();
  }
  paths(): readonly PathInfo[] {
    return this.#association.paths();
  }
  /** Counters since the association began. */
  stats(): Readonly<AssociationStats> {
    return { ...this.#association.stats };
  }
}

/** The message of the `sctp.association.*` channels. */
export interface AssociationDiagnostics {
  readonly association: WatchedAssociation;
  /** The socket or endpoint that has the association; undefined if there is none (yet). */
  readonly user: unknown;
  /**
   * With `sctp.association.path`: the address of the peer whose path changed, the state it is in now, and the local addresses
   * that reach it.
   */
  readonly path?: {
    readonly address: string;
    readonly state: string;
    readonly reachedFrom: readonly string[];
  };
  /** With `sctp.association.closed`: why it ended. */
  readonly reason?: CloseReason;
}

/** The message of `sctp.packet.sent` and `sctp.packet.received`. */
export interface PacketDiagnostics {
  /** The UDP payload. Valid during the call only: copy what you keep. */
  readonly datagram: Uint8Array;
  /** Local address and UDP port. */
  readonly local: TransportAddress;
  /** The peer's address and UDP port. */
  readonly remote: TransportAddress;
}

const connecting = channel("sctp.association.connecting");
const byKind: Partial<Record<AssociationEvent["kind"], Channel>> = {
  established: channel("sctp.association.established"),
  restarted: channel("sctp.association.restarted"),
  path: channel("sctp.association.path"),
  closed: channel("sctp.association.closed"),
};
export const packetSent: Channel = channel("sctp.packet.sent");
export const packetReceived: Channel = channel("sctp.packet.received");

/** Whom users know, on what gets the events of an association: a WeakMap would cost the collector much of a short life. */
const FACE = Symbol("face");

interface Faced {
  [FACE]?: object;
}

/** Made when somebody first hears of an association. */
const watched = new WeakMap<Association, WatchedAssociation>();

/**
 * Says what stands for the receiver of an association's events.
 * @param receiver what `userData` of the association is
 * @param face the socket or endpoint that has the association
 */
export function presentAs(receiver: object, face: object): void {
  (receiver as Faced)[FACE] = face;
}

function messageOf(association: Association): AssociationDiagnostics {
  const receiver = association.userData;
  const user = typeof receiver === "object" && receiver !== null ? (receiver as Faced)[FACE] : undefined;
  let facts = watched.get(association);
  if (facts === undefined) {
    facts = new WatchedAssociation(association);
    watched.set(association, facts);
  }
  return { association: facts, user };
}

export function publishConnecting(association: Association): void {
  const { id, remoteAddresses, remotePort } = association;
  debug("association %d: connecting to %j port %d", id, remoteAddresses, remotePort);
  if (!connecting.hasSubscribers) return;
  connecting.publish(messageOf(association));
}

/** Publishes what an association tells its user, where there is a channel for it. */
export function publishEvent(event: AssociationEvent): void {
  const to = byKind[event.kind];
  if (to === undefined) return;
  // Bun does not say whether it is enabled.
  if (debug.enabled !== false) debug("association %d: %s", event.association.id, describe(event));
  if (!to.hasSubscribers) return;
  to.publish({
    ...messageOf(event.association),
    ...(event.kind === "path" ? { path: pathChange(event) } : {}),
    ...(event.kind === "closed" ? { reason: event.reason } : {}),
  } satisfies AssociationDiagnostics);
}

export function publishPacket(
  to: Channel,
  datagram: Uint8Array,
  local: TransportAddress,
  remote: TransportAddress,
): void {
  to.publish({ datagram, local, remote } satisfies PacketDiagnostics);
}

function pathChange(
  event: Extract<AssociationEvent, { kind: "path" }>,
): NonNullable<AssociationDiagnostics["path"]> {
  const { address, state, reachedFrom } = event;
  return { address, state, reachedFrom };
}

function describe(event: AssociationEvent): string {
  switch (event.kind) {
    case "path":
      return `path to ${event.address} is ${event.state}, reached from ${event.reachedFrom.join(", ") || "nowhere"}`;
    case "closed":
      return `closed (${event.reason.kind === "aborted" ? event.reason.detail : event.reason.kind})`;
    default:
      return event.kind;
  }
}
