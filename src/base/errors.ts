/**
 * The errors that a user of the library meets.
 * Owns: SctpError and the closed list of its codes.
 * Does not own: ParseError (src/chunks), which never leaves the stack.
 */

/** Every code of the library's own that an `SctpError` may carry; codes are stable, messages are not. */
export const SctpErrorCode = {
  /** An option is unknown, of the wrong type or out of its range. */
  InvalidOption: "ERR_SCTP_INVALID_OPTION",
  /** An argument of a call is of the wrong type or out of its range. */
  InvalidArgument: "ERR_SCTP_INVALID_ARGUMENT",
  /** An address is not an IPv4 or IPv6 literal, or not one that this call can take. */
  InvalidAddress: "ERR_SCTP_INVALID_ADDRESS",
  /** The address is on the `blockList` (as `net` has it): no association with it is made. */
  AddressBlocked: "ERR_SCTP_ADDRESS_BLOCKED",
  /** The stream id is not below the association's number of outbound streams. */
  InvalidStream: "ERR_SCTP_INVALID_STREAM",
  /** The message is larger than the send buffer or `maxMessageBytes` allows. */
  MessageTooLarge: "ERR_SCTP_MESSAGE_TOO_LARGE",
  /** The message has no bytes: SCTP has no empty messages (RFC 9260 6.2). */
  EmptyMessage: "ERR_SCTP_EMPTY_MESSAGE",
  /** The association is shutting down or closed and takes no more messages. */
  NotConnected: "ERR_SCTP_NOT_CONNECTED",
  /** The SCTP port is taken on this stack. */
  PortInUse: "ERR_SCTP_PORT_IN_USE",
  /** The UDP encapsulation port is taken by another socket of this host. */
  UdpPortInUse: "ERR_SCTP_UDP_PORT_IN_USE",
  /** An association with this peer address and port exists already. */
  AssociationExists: "ERR_SCTP_ASSOCIATION_EXISTS",
  /** The peer answered the set-up or the association with an ABORT chunk. */
  AbortedByPeer: "ERR_SCTP_ABORTED_BY_PEER",
  /** This side aborted the association. */
  Aborted: "ERR_SCTP_ABORTED",
  /** The peer did not answer within the allowed number of retransmissions (RFC 9260 8.1, 5.1). */
  PeerUnreachable: "ERR_SCTP_PEER_UNREACHABLE",
  /** The peer broke the protocol, so this side aborted the association. */
  ProtocolViolation: "ERR_SCTP_PROTOCOL_VIOLATION",
  /** A message whose delivery was awaited has not arrived, for all that is known: it was given up, or its association ended. */
  SendFailed: "ERR_SCTP_SEND_FAILED",
  /** The peer has refused to reset or to add streams: its side must allow it (RFC 6525 4.4). */
  ReconfigurationDenied: "ERR_SCTP_RECONFIGURATION_DENIED",
  /** Streams could not be reset or added: the peer says that it failed, or the association began to end before it was done. */
  ReconfigurationFailed: "ERR_SCTP_RECONFIGURATION_FAILED",
  /** The peer has refused to add or to remove an address of this side, or to make it its primary path (RFC 5061). */
  AddressChangeDenied: "ERR_SCTP_ADDRESS_CHANGE_DENIED",
  /** An address could not be added or removed: the peer does not understand it, or has begun anew before it was done. */
  AddressChangeFailed: "ERR_SCTP_ADDRESS_CHANGE_FAILED",
  /** A request of this kind is under way, or was made a short while ago: wait for its end. */
  InProgress: "ERR_SCTP_IN_PROGRESS",
  /** The socket, server or stack has been closed by this side. */
  Closed: "ERR_SCTP_CLOSED",
  /** What was asked for is not possible on this kind of socket, or belongs to an extension that is not built in. */
  NotSupported: "ERR_SCTP_NOT_SUPPORTED",
  /** The host refused the UDP socket: not one of its addresses, no permission, no such family. */
  UdpSocket: "ERR_SCTP_UDP_SOCKET",
  /** A host name could not be looked up. */
  LookupFailed: "ERR_SCTP_LOOKUP_FAILED",
} as const;

export type SctpErrorCode = (typeof SctpErrorCode)[keyof typeof SctpErrorCode];

/** What an error may say beside its code and its sentence, under the names of Node's system errors. */
export interface SctpErrorDetails {
  readonly cause?: unknown;
  readonly causeCodes?: readonly number[] | undefined;
  /** The errno name, where it was the host that refused. */
  readonly hostCode?: string | undefined;
  readonly errno?: number | undefined;
  readonly syscall?: string | undefined;
  readonly address?: string | undefined;
  readonly port?: number | undefined;
  readonly hostname?: string | undefined;
  readonly transmitted?: boolean | undefined;
}

const DETAILS = ["errno", "syscall", "address", "port", "hostname", "transmitted"] as const;

/** An error of the library's, told apart by `code`. The message is a sentence that says what to do. */
export class SctpError extends Error {
  override readonly name = "SctpError";
  /** One of `SctpErrorCode`; where the host refused, its errno name, as with `net`: "EADDRINUSE", "ENOTFOUND". */
  readonly code: SctpErrorCode | (string & Record<never, never>);
  /** One of `SctpErrorCode`, whoever refused. */
  readonly sctpCode: SctpErrorCode;
  /** The RFC error causes of the ABORT that ended an association, where there was one. */
  readonly causeCodes: readonly number[];
  /** The host's number of the error, below 0; undefined where it was not the host that refused. */
  declare readonly errno?: number;
  /** The call that failed, by its name in C: "bind", "connect", "getaddrinfo". */
  declare readonly syscall?: string;
  /** The IP address that the error is about: this side's of a UDP socket, the peer's of an association. */
  declare readonly address?: string;
  /** The port that the error is about: the UDP port of a UDP socket, the peer's SCTP port of an association. */
  declare readonly port?: number;
  /** The name that could not be looked up. */
  declare readonly hostname?: string;
  /** With ERR_SCTP_SEND_FAILED: whether the peer may have the message, since some of it that is not acknowledged had been sent. */
  declare readonly transmitted?: boolean;

  constructor(code: SctpErrorCode, message: string, details: SctpErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.hostCode ?? code;
    this.sctpCode = code;
    this.causeCodes = details.causeCodes ?? [];
    // As with Node's own errors, what is not known is no property.
    for (const name of DETAILS) {
      const value = details[name];
      if (value !== undefined) Object.assign(this, { [name]: value });
    }
  }
}

/**
 * An error that no call of the user's brings about, but a packet or the time. It has no stack trace: that would show the
 * inside of this library alone, and cost more than all the rest of an ending.
 */
export function errorOfEvent(code: SctpErrorCode, message: string, details?: SctpErrorDetails): SctpError {
  const stackTraceLimit: unknown = Reflect.get(Error, "stackTraceLimit"); // V8's, and others' by now.
  Reflect.set(Error, "stackTraceLimit", 0); // Refused where the host has frozen it: no harm.
  try {
    return new SctpError(code, message, details);
  } finally {
    Reflect.set(Error, "stackTraceLimit", stackTraceLimit);
  }
}
