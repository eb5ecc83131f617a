/**
 * Errors of an endpoint.
 * Owns: the way from errno names, and from the end of an association, to SctpError.
 * Does not own: the codes (src/base/errors.ts), the errno names (src/socket/terms/errno.ts), what is said of a silent peer
 * (ending.ts).
 */
import type { Association } from "../../association/association.ts";
import type { CloseReason } from "../../association/model/events.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { SctpSocket } from "../../socket/socket.ts";
import { type Errno, isErrno } from "../../socket/terms/errno.ts";
import { setUpError } from "./connect-errors.ts";
import { peerOf, UNREACHABLE } from "./ending.ts";

const CODES: Readonly<Record<Errno, SctpErrorCode>> = {
  EADDRINUSE: SctpErrorCode.PortInUse,
  EADDRNOTAVAIL: SctpErrorCode.InvalidAddress,
  EAFNOSUPPORT: SctpErrorCode.InvalidAddress,
  EAGAIN: SctpErrorCode.InvalidArgument,
  EALREADY: SctpErrorCode.AssociationExists,
  EBADF: SctpErrorCode.Closed,
  ECONNABORTED: SctpErrorCode.Aborted,
  ECONNREFUSED: SctpErrorCode.AbortedByPeer,
  ECONNRESET: SctpErrorCode.AbortedByPeer,
  EINPROGRESS: SctpErrorCode.InvalidArgument,
  EINVAL: SctpErrorCode.InvalidArgument,
  EISCONN: SctpErrorCode.AssociationExists,
  EMSGSIZE: SctpErrorCode.MessageTooLarge,
  ENETUNREACH: SctpErrorCode.InvalidAddress,
  ENOENT: SctpErrorCode.NotConnected,
  ENOPROTOOPT: SctpErrorCode.InvalidOption,
  ENOTCONN: SctpErrorCode.NotConnected,
  EOPNOTSUPP: SctpErrorCode.NotSupported,
  EPIPE: SctpErrorCode.NotConnected,
  ESHUTDOWN: SctpErrorCode.NotConnected,
  ETIMEDOUT: SctpErrorCode.PeerUnreachable,
};

type Codes = Readonly<Partial<Record<Errno, SctpErrorCode>>>;

/** Of setting an option: what is under way there is a request to reset or to add streams (RFC 6525 6.3). */
export const SET_OPTION_CODES: Codes = { EALREADY: SctpErrorCode.InProgress };

/**
 * The result of a call, or an SctpError whose `cause` is the errno's name.
 * @param codes those that are other ones with this call
 * @throws SctpError
 */
export function unwrap<T>(socket: Pick<SctpSocket, "errorText">, result: T | Errno, codes: Codes = {}): T {
  if (!isErrno(result)) return result;
  throw new SctpError(codes[result] ?? CODES[result], socket.errorText, { cause: result });
}

/** Why an association has ended. */
export function closeError(reason: CloseReason, association: Association): SctpError {
  const peer = peerOf(association);
  switch (reason.kind) {
    case "shutdown":
      return new SctpError(SctpErrorCode.NotConnected, "the association has been shut down", peer);
    case "unreachable":
      return new SctpError(
        SctpErrorCode.PeerUnreachable,
        reason.during === "setup" ? UNREACHABLE.setup : UNREACHABLE.transfer,
        peer,
      );
    case "aborted": {
      const { by, detail, causeCodes } = reason;
      const refusal = reason.answersInit === true ? setUpError(reason, association) : undefined;
      if (refusal !== undefined) return refusal;
      const code = by === "peer" ? SctpErrorCode.AbortedByPeer : SctpErrorCode.Aborted;
      return new SctpError(code, detail, { causeCodes, ...peer });
    }
  }
}
