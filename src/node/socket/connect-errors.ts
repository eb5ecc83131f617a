/**
 * Why an association did not come about, in the words of `net`.
 * Owns: ECONNREFUSED and ETIMEDOUT of `connect()`. Does not own: how an association ends that was established (ending.ts), who
 * hears of a refusal (refusals.ts).
 */
import { constants } from "node:os";
import type { Association } from "../../association/association.ts";
import type { CloseReason } from "../../association/model/events.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { CauseCode } from "../../chunks/codes.ts";
import type { Refusal } from "../driver/refusals.ts";
import { endingError } from "./ending.ts";

/** An ABORT with one of these is no answer of a port on which nobody listens: it is about the port of this side. */
const NO_REFUSALS: ReadonlySet<number> = new Set([
  CauseCode.RestartWithNewAddresses,
  CauseCode.RestartWithNewEncapsulationPort,
]);

function hostLike(
  code: SctpErrorCode,
  hostCode: Refusal | "ETIMEDOUT",
  { address, port }: { readonly address: string; readonly port: number },
  sentence: string,
  more: { readonly causeCodes?: readonly number[] } = {},
): SctpError {
  const details = { ...more, hostCode, errno: -constants.errno[hostCode], syscall: "connect", address, port };
  return new SctpError(code, `connect ${hostCode} ${address}:${port}: ${sentence}`, details);
}

/** The host has heard that nobody has the UDP port, or knows no way to it. */
export function udpPortRefused(refusal: Refusal, address: string, remoteUdpPort: number): SctpError {
  const isThere = refusal === "ECONNREFUSED";
  const sentence = isThere
    ? `nobody has UDP port ${remoteUdpPort} there: is the peer running, and is that its remoteUdpPort?`
    : "this host knows no way there";
  return hostLike(SctpErrorCode.PeerUnreachable, refusal, { address, port: remoteUdpPort }, sentence);
}

/** `connectTimeoutMs` is over. */
export function connectTimedOut(address: string, port: number, timeoutMs: number): SctpError {
  return hostLike(
    SctpErrorCode.PeerUnreachable,
    "ETIMEDOUT",
    { address, port },
    `the association was not established within connectTimeoutMs, ${timeoutMs} ms`,
  );
}

/**
 * Why the set-up of an association came to nothing; undefined where that is no error. A peer that has answered and aborts then has
 * refused nothing.
 */
export function setUpError(
  reason: CloseReason,
  association: Pick<Association, "primaryAddress" | "remotePort">,
): SctpError | undefined {
  const isRefusal =
    reason.kind === "aborted" &&
    reason.answersInit === true &&
    !reason.causeCodes.some((code) => NO_REFUSALS.has(code));
  if (!isRefusal) return endingError(reason, association);
  const { primaryAddress: address, remotePort: port } = association;
  const { causeCodes } = reason;
  const said = endingError(reason, association)?.message ?? "";
  return hostLike(
    SctpErrorCode.AbortedByPeer,
    "ECONNREFUSED",
    { address, port },
    causeCodes.length === 0 ? `nobody listens on SCTP port ${port} there` : said,
    { causeCodes },
  );
}
