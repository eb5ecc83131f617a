/**
 * What an association tells its user (RFC 9260 11.2).
 * Owns: the shapes of the events. Does not own: their queue (src/stack/residents.ts), what is told when (reporting/user-events.ts).
 */

/** What the user must hear of, in the order in which it happened; whose news it is the stack adds (association-event.ts). */
export type AssociationNews =
  /** COMMUNICATION UP. `inbound` tells an accepted association from one that `connect` asked for. */
  | { readonly kind: "established"; readonly inbound: boolean }
  /** What the peer says that stands between SCTP and its user (RFC 5061 4.2.6); behind `established` or `restarted`. */
  | { readonly kind: "adaptation"; readonly indication: number }
  /** Messages wait in `receiveMessage`; told once until it has been emptied. */
  | { readonly kind: "readable" }
  /** `bufferedBytes` has fallen to half of what the send buffer has room for, after it had reached that. */
  | { readonly kind: "writable" }
  /** Everything that was sent has been acknowledged (SENDER DRY). */
  | { readonly kind: "dry" }
  /** The peer began a graceful shutdown: no more messages are taken; what is queued still goes out. */
  | { readonly kind: "shutdown-received" }
  /**
   * RESTART: the peer began anew; sequence numbers have been reset, and what was to be sent has failed (RFC 9260 5.2.4 A).
   * So many messages that had been acknowledged before still wait for the user, ahead of any new ones.
   */
  | { readonly kind: "restarted"; readonly waitingCount: number }
  /**
   * A path of the association changed its state (NETWORK STATUS CHANGE), or another set of local addresses reaches it;
   * `isNewState` tells which.
   */
  | {
      readonly kind: "path";
      readonly address: string;
      readonly state: PathNewsName;
      readonly isNewState: boolean;
      /** The local addresses that reach it, as far as is known; none while it is not active. */
      readonly reachedFrom: readonly string[];
    }
  /** The peer reported error causes in an ERROR chunk (COMMUNICATION ERROR). */
  | {
      readonly kind: "remote-error";
      readonly causeCodes: readonly number[];
      /** The ERROR chunk. */
      readonly chunk: Uint8Array;
    }
  /** An address of the peer was made the primary path. */
  | { readonly kind: "primary"; readonly address: string }
  /** A message of which the user has the beginning, or will have, will not be ended (RFC 6458 6.1.7). */
  | { readonly kind: "delivery-aborted"; readonly delivery: OpenDelivery }
  /** The peer has acknowledged all of a message that was sent with a receipt. */
  | { readonly kind: "delivered"; readonly receipt: unknown }
  /** A mark has been reached from above (`watchBuffered`): that of a stream, or, without one, that of all. */
  | { readonly kind: "buffered-low"; readonly streamId: number | undefined }
  /** A message that was accepted will not arrive, or cannot be known to have arrived (SEND FAILURE). */
  | {
      readonly kind: "send-failed";
      readonly message: UnsentMessage;
      /** What it was sent with. */
      readonly receipt: unknown;
    }
  /**
   * Streams begin at SSN 0 again, or a request of this side for that was refused (RFC 6525 6.1.1). Messages up to `position`
   * (RFC 6525 5.2.2 E3) belong to the incoming streams as they were.
   */
  | {
      readonly kind: "streams-reset";
      readonly direction: "incoming" | "outgoing";
      /** None: all streams. */
      readonly streamIds: readonly number[];
      readonly outcome: ReconfigurationOutcome;
      /** So many messages had come before: those that `receiveMessage` has given, and those that waited. */
      readonly position: number;
    }
  /** All SSNs and TSNs begin anew, or a request of this side for that was refused (RFC 6525 6.1.2). */
  | {
      readonly kind: "association-reset";
      readonly outcome: ReconfigurationOutcome;
      /** The next of this side's, and of the peer's. */
      readonly localTsn: number;
      readonly remoteTsn: number;
      readonly position: number;
    }
  /** Streams were added in either direction, or a request of this side for that was refused (RFC 6525 6.1.3). */
  | {
      readonly kind: "streams-changed";
      readonly outcome: ReconfigurationOutcome;
      readonly inboundStreams: number;
      readonly outboundStreams: number;
    }
  /** A request of this side has come to its end, all of it. */
  | { readonly kind: "reconfigured"; readonly request: number; readonly outcome: ReconfigurationOutcome }
  /** A request of this side to change an address of its own, or the peer's primary path, has come to its end (RFC 5061). */
  | {
      readonly kind: "address-change";
      /** The number that the call has returned. */
      readonly request: number;
      readonly change: AddressChange;
      /** The address of this side that it was about. */
      readonly address: string;
      readonly outcome: AddressChangeOutcome;
      /** Why it was not performed, in the words of the cause that the peer gave or of this side; empty where it was. */
      readonly reason: string;
    }
  /**
   * A shared key was used by the peer for the first time, or one that had been deactivated is used by this side no more
   * (RFC 6458 6.1.8).
   */
  | { readonly kind: "shared-key"; readonly news: "used-by-peer" | "free"; readonly keyId: number }
  /** The association is gone: the last event about it. Messages that still wait may be taken. */
  | { readonly kind: "closed"; readonly reason: CloseReason };

/** What became of a reconfiguration; one that the peer asks for and that is not performed is nothing to tell of. */
export type ReconfigurationOutcome = "performed" | "denied" | "failed";

/** What is asked of the peer about an address of this side (RFC 5061 4.2). */
export type AddressChange = "add" | "remove" | "set-primary";

/**
 * What became of it: the peer has done it; the peer has refused it; it came to nothing, because the peer does not know of such requests
 * or has begun anew.
 */
export type AddressChangeOutcome = "performed" | "denied" | "failed";

/** What is told of a path: its state, or that the peer has one address more, which is unconfirmed (RFC 5061 5.3). */
export type PathNewsName = PathStateName | "added";

export type PathStateName = "active" | "potentially-failed" | "inactive" | "unconfirmed" | "removed";

/**
 * Whether packets from a local address reach a destination: something was answered and no two attempts in a row were not
 * since; two were not; neither yet.
 */
export type SourceState = "reaching" | "lost" | "unknown";

/** A time for users: what has not been measured is undefined, within it is NaN. */
export function measured(ms: number): number | undefined {
  return Number.isNaN(ms) ? undefined : ms;
}

/** A local address as a source of packets to one address of the peer. */
export interface PathSource {
  readonly address: string;
  readonly state: SourceState;
  /** When something that left from there was last answered, in the time of the stack's host; undefined before the first time. */
  readonly lastHeardMs: number | undefined;
  /** The round trip that was last measured from there; undefined before the first measurement. */
  readonly rttMs: number | undefined;
}

/** A message of which the user has the beginning, or will have, and not the end. */
export interface OpenDelivery {
  /** As in the pieces that were delivered. */
  readonly messageKey: number;
  readonly streamId: number;
  readonly unordered: boolean;
  readonly ssn: number;
}

/** A message that came back to the user. */
export interface UnsentMessage {
  readonly data: Uint8Array;
  readonly streamId: number;
  readonly ppid: number;
  readonly unordered: boolean;
  readonly context: number;
  /** Whether any byte of it that is not acknowledged had been put on the wire: the peer may have received it. */
  readonly transmitted: boolean;
  /** Bytes at the beginning of `data` that the peer has acknowledged: the rest has not arrived for all we know. */
  readonly acknowledgedBytes: number;
  /** The error cause by which it failed (RFC 9260 3.3.10); 0 where there is none. */
  readonly causeCode: number;
}

/** Why an association ended. */
export type CloseReason =
  /** Gracefully, by either side: everything accepted was acknowledged. */
  | { readonly kind: "shutdown" }
  /** This side called `abort`, or its protocol engine had to. */
  | {
      readonly kind: "aborted";
      readonly by: "local" | "peer";
      readonly causeCodes: readonly number[];
      readonly reason: Uint8Array;
      readonly detail: string;
      /** The ABORT chunk that arrived, where the peer aborted. */
      readonly chunk?: Uint8Array;
      /** The ABORT was the answer to an INIT: the peer has refused, there never was an association. */
      readonly answersInit?: true;
    }
  /** No answer within the retransmission limits, or no end within `shutdownGuardMs`. */
  | { readonly kind: "unreachable"; readonly during: UnreachableDuring };

export type UnreachableDuring = "setup" | "transfer" | "shutdown";
