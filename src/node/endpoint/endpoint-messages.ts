/**
 * Messages of an endpoint, in and out.
 * Owns: their shapes, and the way to and from those of RFC 6458.
 * Does not own: when they are sent and read (endpoint.ts).
 */

import type { Reliability } from "../../association/model/reliability.ts";
import { assert } from "../../base/assert.ts";
import type { ReceivedData } from "../../socket/receive.ts";
import type { PrInfo, SendFlag, SendvInfo, SocketAddress } from "../../socket/terms/ancillary.ts";
import type { ReceiveInfo, SendInfo } from "../common/message.ts";

/** A message that arrived, or a piece of one where `info.endOfMessage` is false (RFC 6458 8.1.21). */
export interface EndpointMessage {
  readonly type: "message";
  readonly data: Buffer;
  readonly info: ReceiveInfo & {
    readonly endOfMessage: boolean;
    /** The peer's primary address and its SCTP port. */
    readonly peer: SocketAddress;
  };
}

/** What the socket is told. */
export function sendvInfo(
  info: SendInfo & { readonly receipt?: unknown },
  associationId?: number,
): SendvInfo {
  const { receipt, streamId, ppid, context, unordered, sackImmediately, reliability, to } = info;
  const flags: SendFlag[] = [];
  if (unordered) flags.push("SCTP_UNORDERED");
  if (sackImmediately) flags.push("SCTP_SACK_IMMEDIATELY");
  if (to !== undefined) flags.push("SCTP_ADDR_OVER");
  return {
    to: to === undefined ? undefined : { address: to, port: 0 }, // The id says which association it is.
    // Without flags of its own a message has those of SCTP_DEFAULT_SNDINFO.
    sndinfo: { streamId, ppid, context, associationId, flags: flags.length === 0 ? undefined : flags },
    prinfo: reliability === undefined ? undefined : prInfoOf(reliability),
    receipt,
  };
}

function prInfoOf({ lifetimeMs, maxRetransmits, priority }: Reliability): PrInfo {
  if (lifetimeMs !== undefined) return { policy: "SCTP_PR_SCTP_TTL", value: lifetimeMs };
  if (maxRetransmits !== undefined) return { policy: "SCTP_PR_SCTP_RTX", value: maxRetransmits };
  return { policy: "SCTP_PR_SCTP_PRIO", value: priority };
}

/** What the user gets. */
export function messageOf({ data, control, flags, name: peer }: ReceivedData): EndpointMessage {
  const found = control.find((item) => item.type === "SCTP_RCVINFO");
  assert(found !== undefined, "a message came without SCTP_RCVINFO");
  const { type, flags: receiveFlags, ...info } = found;
  return {
    type: "message",
    data: Buffer.isBuffer(data) ? data : Buffer.from(data.buffer, data.byteOffset, data.byteLength),
    info: {
      ...info,
      unordered: receiveFlags.includes("SCTP_UNORDERED"),
      endOfMessage: flags.includes("MSG_EOR"),
      peer,
    },
  };
}
