/**
 * The notifications (RFC 6458 6.1, RFC 6525 6.1, RFC 7829 7.1).
 * Owns: their names and shapes. Does not own: who hears of them (settings.ts), what they are made of (announce.ts).
 *
 * Fields are the RFC's without the structures' prefixes, in camel case. A notification is an object, never bytes, so
 * that `sn_length` has no counterpart.
 */
import type { SndInfo } from "./ancillary.ts";

/** SCTP_ASSOC_CHANGE (6.1.1): an association began or ended. */
export interface AssociationChangeNotification {
  readonly type: "SCTP_ASSOC_CHANGE";
  readonly state:
    | "SCTP_COMM_UP"
    | "SCTP_COMM_LOST"
    | "SCTP_RESTART"
    | "SCTP_SHUTDOWN_COMP"
    | "SCTP_CANT_STR_ASSOC";
  /** The error cause that ended the association (RFC 9260 3.3.10); 0 where there is none. */
  readonly error: number;
  readonly outboundStreams: number;
  readonly inboundStreams: number;
  readonly associationId: number;
  /** With SCTP_COMM_UP and SCTP_RESTART. */
  readonly features: readonly AssociationFeature[];
  /** With SCTP_COMM_LOST and SCTP_CANT_STR_ASSOC the ABORT chunk, where the peer sent one; empty otherwise. */
  readonly info: Uint8Array;
}

export type AssociationFeature =
  | "SCTP_ASSOC_SUPPORTS_PR"
  | "SCTP_ASSOC_SUPPORTS_AUTH"
  | "SCTP_ASSOC_SUPPORTS_ASCONF"
  | "SCTP_ASSOC_SUPPORTS_MULTIBUF"
  | "SCTP_ASSOC_SUPPORTS_RE_CONFIG"
  | "SCTP_ASSOC_SUPPORTS_INTERLEAVING";

/** SCTP_PEER_ADDR_CHANGE (6.1.2): an address of the peer changed its state. */
export interface PeerAddressChangeNotification {
  readonly type: "SCTP_PEER_ADDR_CHANGE";
  readonly address: string;
  readonly state:
    | "SCTP_ADDR_AVAILABLE"
    | "SCTP_ADDR_UNREACHABLE"
    | "SCTP_ADDR_REMOVED"
    | "SCTP_ADDR_ADDED"
    | "SCTP_ADDR_MADE_PRIM"
    | "SCTP_ADDR_POTENTIALLY_FAILED";
  readonly error: number;
  readonly associationId: number;
}

/** SCTP_REMOTE_ERROR (6.1.3): the peer sent an ERROR chunk. */
export interface RemoteErrorNotification {
  readonly type: "SCTP_REMOTE_ERROR";
  /** The first cause in the chunk. */
  readonly error: number;
  readonly associationId: number;
  /** The ERROR chunk. */
  readonly data: Uint8Array;
}

/** SCTP_SEND_FAILED_EVENT (6.1.11): a message, or its end, did not reach the peer for all that is known. */
export interface SendFailedEventNotification {
  readonly type: "SCTP_SEND_FAILED_EVENT";
  /** Whether any of the bytes in `data` had been put on the wire. */
  readonly flags: "SCTP_DATA_SENT" | "SCTP_DATA_UNSENT";
  /** The error cause; 0 where there is none. */
  readonly error: number;
  /** How the message was sent. */
  readonly info: SndInfo;
  /** SCTP_DATA_NOT_FRAG: `data` is the whole message; SCTP_DATA_LAST_FRAG: what came before has been acknowledged. */
  readonly part: "SCTP_DATA_NOT_FRAG" | "SCTP_DATA_LAST_FRAG";
  readonly associationId: number;
  readonly data: Uint8Array;
}

/** SCTP_SEND_FAILED (6.1.4, deprecated): the same under its old name. */
export interface SendFailedNotification extends Omit<SendFailedEventNotification, "type"> {
  readonly type: "SCTP_SEND_FAILED";
}

/** SCTP_SHUTDOWN_EVENT (6.1.5): the peer takes no more messages. */
export interface ShutdownNotification {
  readonly type: "SCTP_SHUTDOWN_EVENT";
  readonly associationId: number;
}

/** SCTP_ADAPTATION_INDICATION (6.1.6): what the peer says that stands between SCTP and its user (RFC 5061 4.2.6). */
export interface AdaptationNotification {
  readonly type: "SCTP_ADAPTATION_INDICATION";
  readonly adaptationIndication: number;
  readonly associationId: number;
}

/** SCTP_PARTIAL_DELIVERY_EVENT (6.1.7): a message of which the beginning was read will not be ended. */
export interface PartialDeliveryNotification {
  readonly type: "SCTP_PARTIAL_DELIVERY_EVENT";
  readonly indication: "SCTP_PARTIAL_DELIVERY_ABORTED";
  readonly streamId: number;
  readonly ssn: number;
  readonly associationId: number;
}

/** SCTP_AUTHENTICATION_EVENT (6.1.8). */
export interface AuthenticationNotification {
  readonly type: "SCTP_AUTHENTICATION_EVENT";
  readonly indication: "SCTP_AUTH_NEW_KEY" | "SCTP_AUTH_NO_AUTH" | "SCTP_AUTH_FREE_KEY";
  readonly keyNumber: number;
  readonly associationId: number;
}

/** SCTP_SENDER_DRY_EVENT (6.1.9): nothing is left to send or to be acknowledged. */
export interface SenderDryNotification {
  readonly type: "SCTP_SENDER_DRY_EVENT";
  readonly associationId: number;
}

/** SCTP_NOTIFICATIONS_STOPPED_EVENT (6.1.10): too many waited to be read; subscribe anew. */
export interface NotificationsStoppedNotification {
  readonly type: "SCTP_NOTIFICATIONS_STOPPED_EVENT";
}

/** SCTP_STREAM_RESET_EVENT (RFC 6525 6.1.1). */
export interface StreamResetNotification {
  readonly type: "SCTP_STREAM_RESET_EVENT";
  readonly flags: readonly (
    | "SCTP_STREAM_RESET_INCOMING_SSN"
    | "SCTP_STREAM_RESET_OUTGOING_SSN"
    | "SCTP_STREAM_RESET_DENIED"
    | "SCTP_STREAM_RESET_FAILED"
  )[];
  readonly associationId: number;
  /** Empty: all streams. */
  readonly streams: readonly number[];
}

/** SCTP_ASSOC_RESET_EVENT (RFC 6525 6.1.2). */
export interface AssociationResetNotification {
  readonly type: "SCTP_ASSOC_RESET_EVENT";
  readonly flags: readonly ("SCTP_ASSOC_RESET_DENIED" | "SCTP_ASSOC_RESET_FAILED")[];
  readonly associationId: number;
  readonly localTsn: number;
  readonly remoteTsn: number;
}

/** SCTP_STREAM_CHANGE_EVENT (RFC 6525 6.1.3). */
export interface StreamChangeNotification {
  readonly type: "SCTP_STREAM_CHANGE_EVENT";
  readonly flags: readonly ("SCTP_STREAM_CHANGE_DENIED" | "SCTP_STREAM_CHANGE_FAILED")[];
  readonly associationId: number;
  readonly inboundStreams: number;
  readonly outboundStreams: number;
}

/** Any notification, told apart by `type`. */
export type Notification =
  | AssociationChangeNotification
  | PeerAddressChangeNotification
  | RemoteErrorNotification
  | SendFailedEventNotification
  | SendFailedNotification
  | ShutdownNotification
  | AdaptationNotification
  | PartialDeliveryNotification
  | AuthenticationNotification
  | SenderDryNotification
  | NotificationsStoppedNotification
  | StreamResetNotification
  | AssociationResetNotification
  | StreamChangeNotification;

/** The RFC's name of a notification. */
export type NotificationType = Notification["type"];

/** Every notification, and by which RFC. */
export const NOTIFICATIONS = {
  SCTP_ASSOC_CHANGE: { section: "RFC 6458 6.1.1" },
  SCTP_PEER_ADDR_CHANGE: { section: "RFC 6458 6.1.2" },
  SCTP_REMOTE_ERROR: { section: "RFC 6458 6.1.3" },
  SCTP_SEND_FAILED: { section: "RFC 6458 6.1.4" },
  SCTP_SHUTDOWN_EVENT: { section: "RFC 6458 6.1.5" },
  SCTP_ADAPTATION_INDICATION: { section: "RFC 6458 6.1.6" },
  SCTP_PARTIAL_DELIVERY_EVENT: { section: "RFC 6458 6.1.7" },
  SCTP_AUTHENTICATION_EVENT: { section: "RFC 6458 6.1.8" },
  SCTP_SENDER_DRY_EVENT: { section: "RFC 6458 6.1.9" },
  SCTP_NOTIFICATIONS_STOPPED_EVENT: { section: "RFC 6458 6.1.10" },
  SCTP_SEND_FAILED_EVENT: { section: "RFC 6458 6.1.11" },
  SCTP_STREAM_RESET_EVENT: { section: "RFC 6525 6.1.1" },
  SCTP_ASSOC_RESET_EVENT: { section: "RFC 6525 6.1.2" },
  SCTP_STREAM_CHANGE_EVENT: { section: "RFC 6525 6.1.3" },
} as const satisfies Readonly<Record<NotificationType, { readonly section: string }>>;
