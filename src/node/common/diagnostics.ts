/**
 * What a program can listen to without holding a socket: diagnostics channels, and NODE_DEBUG=sctp.
 * Owns: the channels' names and the shapes of their messages. Does not own: when something happens (udp-port.ts).
 *
 * Hot: publishers ask `hasSubscribers` first, so that a packet costs nothing while nobody listens.
 */
import { type Channel, channel } from "node:diagnostics_channel";
import { debuglog } from "node:util";
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { CloseReason } from "../../association/model/events.ts";
import type { TransportAddress } from "../../platform/address.ts";

/** Prints to standard error when NODE_DEBUG names `sctp`. */
export const debug = debuglog("sctp");

/** The message of the `sctp.association.*` channels. */
export interface AssociationDiagnostics {
  readonly association: Association;
  /** The socket or endpoint that has the association; undefined if there is none (yet). */
  readonly user: unknown;
  /** With `sctp.association.path`: the address of the peer whose path changed, and the state it is in now. */
  readonly path?: { readonly address: string; readonly state: string };
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

export function publishConnecting(association: Association): void {
  const { id, remoteAddresses, remotePort } = association;
  debug("association %d: connecting to %s port %d", id, remoteAddresses, remotePort);
  if (!connecting.hasSubscribers) return;
  connecting.publish({ association, user: association.userData } satisfies AssociationDiagnostics);
}

/** Publishes what an association tells its user, where there is a channel for it. */
export function publishEvent(event: AssociationEvent): void {
  const to = byKind[event.kind];
  if (to === undefined) return;
  if (debug.enabled) debug("association %d: %s", event.association.id, describe(event));
  if (!to.hasSubscribers) return;
  const { association } = event;
  to.publish({
    association,
    user: association.userData,
    ...(event.kind === "path" ? { path: { address: event.address, state: event.state } } : {}),
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

function describe(event: AssociationEvent): string {
  switch (event.kind) {
    case "path":
      return `path to ${event.address} is ${event.state}`;
    case "closed":
      return `closed (${event.reason.kind === "aborted" ? event.reason.detail : event.reason.kind})`;
    default:
      return event.kind;
  }
}
