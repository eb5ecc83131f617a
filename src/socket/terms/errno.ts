/**
 * The errors of the RFC 6458 model.
 * Owns: the closed list of errno names, what each means here, and the way from the core's errors to them.
 * Does not own: the errors of the core and of the Node side (src/base/errors.ts).
 *
 * The convention of all of src/socket: a call returns its result, or the name of an errno where C would return -1.
 * Nothing is thrown. `SctpSocket.errorText` says what the last failure was about.
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";

/** What each errno name means when a call of this library returns it. */
export const ERRNO = {
  EADDRINUSE: "the SCTP port is taken",
  EADDRNOTAVAIL: "the address is not one of this host's",
  EAFNOSUPPORT: "the socket is an IPv4 one and the address is not",
  EAGAIN: "nothing to read, or no room to write: try again later",
  EALREADY: "the association is being set up already, or a request to reset or add streams is under way",
  EBADF: "the socket has been closed",
  ECONNABORTED: "this side aborted the association",
  ECONNREFUSED: "the peer refused the association",
  ECONNRESET: "the peer aborted the association",
  EINPROGRESS: "the association is being set up; a notification or readiness tells the outcome",
  EINVAL: "an argument is of the wrong kind, out of its range, or of no use in this state",
  EISCONN: "there is an association with that peer already",
  EMSGSIZE: "the message is larger than the send buffer or the fragmentation point allows",
  ENETUNREACH: "no local address is of the family of the peer's",
  ENOENT: "the socket has no such association",
  ENOPROTOOPT: "there is no such option",
  ENOTCONN: "the socket has no association",
  EOPNOTSUPP: "not possible on this kind of socket, or with this build's extensions",
  EPIPE: "this side has begun to shut the association down, or it has ended",
  ESHUTDOWN: "the peer has begun to shut the association down",
  ETIMEDOUT: "the peer did not answer",
} as const;

/** What a failed call returns. */
export type Errno = keyof typeof ERRNO;

/** Tells the name of an error from the result of a call that gives strings too. */
export function isErrno(value: unknown): value is Errno {
  return typeof value === "string" && Object.hasOwn(ERRNO, value);
}

/** Carries an errno name and its sentence from where a call fails to the call's end; it never leaves src/socket. */
export class Fault extends Error {
  override readonly name = "Fault";
  readonly errno: Errno;

  constructor(errno: Errno, sentence: string = ERRNO[errno]) {
    super(sentence);
    this.errno = errno;
  }
}

const BY_CODE: Readonly<Partial<Record<SctpErrorCode, Errno>>> = {
  [SctpErrorCode.InvalidOption]: "EINVAL",
  [SctpErrorCode.InvalidArgument]: "EINVAL",
  [SctpErrorCode.InvalidAddress]: "EINVAL",
  [SctpErrorCode.InvalidStream]: "EINVAL",
  [SctpErrorCode.EmptyMessage]: "EINVAL",
  [SctpErrorCode.MessageTooLarge]: "EMSGSIZE",
  [SctpErrorCode.NotConnected]: "EPIPE",
  [SctpErrorCode.PortInUse]: "EADDRINUSE",
  [SctpErrorCode.AssociationExists]: "EISCONN",
  [SctpErrorCode.Closed]: "EBADF",
  [SctpErrorCode.NotSupported]: "EOPNOTSUPP",
  [SctpErrorCode.InProgress]: "EALREADY",
};

/** The fault that an error of the core amounts to; undefined for what is no error of the user's. */
export function faultOf(error: unknown): Fault | undefined {
  if (error instanceof Fault) return error;
  if (!(error instanceof SctpError)) return undefined;
  const errno = BY_CODE[error.sctpCode];
  return errno === undefined ? undefined : new Fault(errno, error.message);
}
