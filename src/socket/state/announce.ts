/**
 * From what the core tells to notifications.
 * Owns: which event becomes which notification, and what it says.
 * Does not own: whether anybody wants it (association-entry.ts), where it is queued (socket-core.ts).
 */
import type { AssociationEvent } from "../../association/association-event.ts";
import type {
  CloseReason,
  PathNewsName,
  ReconfigurationOutcome,
  UnsentMessage,
} from "../../association/model/events.ts";
import type { SndInfo } from "../terms/ancillary.ts";
import type {
  AssociationChangeNotification,
  AssociationFeature,
  AuthenticationNotification,
  Notification,
  PeerAddressChangeNotification,
  SendFailedEventNotification,
} from "../terms/notifications.ts";
import type { AssociationEntry } from "./association-entry.ts";

const EMPTY = new Uint8Array(0);

const PATH_STATES: Readonly<Record<PathNewsName, PeerAddressChangeNotification["state"]>> = {
  active: "SCTP_ADDR_AVAILABLE",
  "potentially-failed": "SCTP_ADDR_POTENTIALLY_FAILED",
  inactive: "SCTP_ADDR_UNREACHABLE",
  unconfirmed: "SCTP_ADDR_UNREACHABLE", // It could not be confirmed (RFC 9260 5.4).
  removed: "SCTP_ADDR_REMOVED",
  added: "SCTP_ADDR_ADDED",
};

/** Every notification that an event gives rise to, in order; those that nobody wants are not kept. */
export function announce(
  entry: AssociationEntry,
  event: AssociationEvent,
  isOneToMany: boolean,
): readonly Notification[] {
  const { id: associationId } = entry;
  switch (event.kind) {
    case "established":
      return entry.association.authentication
        ? [change(entry, "SCTP_COMM_UP", isOneToMany)]
        : [change(entry, "SCTP_COMM_UP", isOneToMany), keyNews("SCTP_AUTH_NO_AUTH", 0, associationId)];
    case "adaptation":
      return [{ type: "SCTP_ADAPTATION_INDICATION", adaptationIndication: event.indication, associationId }];
    case "restarted":
      return [change(entry, "SCTP_RESTART", isOneToMany)];
    case "shutdown-received":
      return [{ type: "SCTP_SHUTDOWN_EVENT", associationId }];
    case "dry":
      return [{ type: "SCTP_SENDER_DRY_EVENT", associationId }];
    case "path":
      if (!event.isNewState || isHidden(entry, event.address, event.state)) return [];
      return [pathChange(event.address, PATH_STATES[event.state], associationId)];
    case "primary":
      return [pathChange(event.address, "SCTP_ADDR_MADE_PRIM", associationId)];
    case "remote-error":
      return [
        { type: "SCTP_REMOTE_ERROR", error: event.causeCodes[0] ?? 0, associationId, data: event.chunk },
      ];
    case "send-failed": {
      const failure = sendFailure(event.message, associationId);
      return [failure, { ...failure, type: "SCTP_SEND_FAILED" }];
    }
    case "delivery-aborted": {
      const { streamId, ssn } = event.delivery;
      return [
        {
          type: "SCTP_PARTIAL_DELIVERY_EVENT",
          indication: "SCTP_PARTIAL_DELIVERY_ABORTED",
          streamId,
          ssn: ssn & 0xffff, // RFC 8260 4.1
          associationId,
        },
      ];
    }
    case "streams-reset": {
      const ssn =
        event.direction === "incoming" ? "SCTP_STREAM_RESET_INCOMING_SSN" : "SCTP_STREAM_RESET_OUTGOING_SSN";
      const flags = [ssn, ...withOutcome("SCTP_STREAM_RESET", event.outcome)] as const;
      return [{ type: "SCTP_STREAM_RESET_EVENT", flags, associationId, streams: event.streamIds }];
    }
    case "association-reset": {
      const { localTsn, remoteTsn, outcome } = event;
      const flags = withOutcome("SCTP_ASSOC_RESET", outcome);
      return [{ type: "SCTP_ASSOC_RESET_EVENT", flags, associationId, localTsn, remoteTsn }];
    }
    case "streams-changed": {
      const { inboundStreams, outboundStreams, outcome } = event;
      const flags = withOutcome("SCTP_STREAM_CHANGE", outcome);
      return [{ type: "SCTP_STREAM_CHANGE_EVENT", flags, associationId, inboundStreams, outboundStreams }];
    }
    case "shared-key": {
      const indication = event.news === "free" ? "SCTP_AUTH_FREE_KEY" : "SCTP_AUTH_NEW_KEY";
      return [keyNews(indication, event.keyId, associationId)];
    }
    case "closed":
      return [ended(entry, event.reason)];
    case "readable":
    case "writable":
    case "delivered":
    case "buffered-low":
    case "reconfigured":
    case "address-change":
      return [];
  }
}

/** RFC 7829 3.2-12: whether a user who is not told of potentially failed paths takes the path for active, before and now. */
function isHidden({ settings }: AssociationEntry, address: string, state: PathNewsName): boolean {
  const { hiddenFailures } = settings;
  if (hiddenFailures === undefined) return false;
  if (state !== "potentially-failed") return hiddenFailures.delete(address) && state === "active";
  hiddenFailures.add(address);
  return true;
}

/** SCTP_SEND_FAILED_EVENT for a message that never reached the association. */
export function sendFailure(
  message: UnsentMessage,
  associationId: number,
  flags: SndInfo["flags"] = message.unordered ? ["SCTP_UNORDERED"] : [],
): SendFailedEventNotification {
  const { acknowledgedBytes, data, streamId, ppid, context, causeCode, transmitted } = message;
  const rest = data.subarray(acknowledgedBytes);
  return {
    type: "SCTP_SEND_FAILED_EVENT",
    flags: transmitted ? "SCTP_DATA_SENT" : "SCTP_DATA_UNSENT",
    error: causeCode,
    info: { streamId, flags, ppid, context, associationId },
    part: acknowledgedBytes > 0 ? "SCTP_DATA_LAST_FRAG" : "SCTP_DATA_NOT_FRAG",
    associationId,
    data: rest,
  };
}

/** The flag of a request that was not performed. */
function withOutcome<P extends string>(
  prefix: P,
  outcome: ReconfigurationOutcome,
): ReadonlyArray<`${P}_DENIED` | `${P}_FAILED`> {
  if (outcome === "performed") return [];
  return [outcome === "denied" ? `${prefix}_DENIED` : `${prefix}_FAILED`];
}

function change(
  entry: AssociationEntry,
  state: AssociationChangeNotification["state"],
  isOneToMany: boolean,
): AssociationChangeNotification {
  const { outboundStreams, inboundStreams } = entry.association;
  // Each association has buffers of its own (RFC 6458 3.3).
  const features: AssociationFeature[] = isOneToMany ? ["SCTP_ASSOC_SUPPORTS_MULTIBUF"] : [];
  if (entry.association.streamReconfiguration) features.push("SCTP_ASSOC_SUPPORTS_RE_CONFIG");
  if (entry.association.dynamicAddresses) features.unshift("SCTP_ASSOC_SUPPORTS_ASCONF");
  if (entry.association.authentication) features.unshift("SCTP_ASSOC_SUPPORTS_AUTH");
  if (entry.association.partialReliability) features.unshift("SCTP_ASSOC_SUPPORTS_PR");
  if (entry.association.isInterleaved) features.push("SCTP_ASSOC_SUPPORTS_INTERLEAVING"); // RFC 8260 4.2
  return {
    type: "SCTP_ASSOC_CHANGE",
    state,
    error: 0,
    outboundStreams,
    inboundStreams,
    associationId: entry.id,
    features,
    info: EMPTY,
  };
}

function ended(entry: AssociationEntry, reason: CloseReason): AssociationChangeNotification {
  const { outboundStreams, inboundStreams } = entry.association;
  const lost = entry.wasEstablished ? "SCTP_COMM_LOST" : "SCTP_CANT_STR_ASSOC";
  return {
    type: "SCTP_ASSOC_CHANGE",
    state: reason.kind === "shutdown" ? "SCTP_SHUTDOWN_COMP" : lost,
    error: reason.kind === "aborted" ? (reason.causeCodes[0] ?? 0) : 0,
    outboundStreams,
    inboundStreams,
    associationId: entry.id,
    features: [],
    info: reason.kind === "aborted" ? (reason.chunk ?? EMPTY) : EMPTY,
  };
}

function keyNews(
  indication: AuthenticationNotification["indication"],
  keyNumber: number,
  associationId: number,
): AuthenticationNotification {
  return { type: "SCTP_AUTHENTICATION_EVENT", indication, keyNumber, associationId };
}

function pathChange(
  address: string,
  state: PeerAddressChangeNotification["state"],
  associationId: number,
): PeerAddressChangeNotification {
  return { type: "SCTP_PEER_ADDR_CHANGE", address, state, error: 0, associationId };
}
