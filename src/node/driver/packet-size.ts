/**
 * Datagrams that the host refuses for their size (EMSGSIZE), although it seemed to allow them.
 * Owns: lowering the packet size of the path, and giving up an association that has a chunk larger than that.
 * Does not own: what is known beforehand (`maxDatagramBytes` of a transport, interface-mtu.ts), path MTU discovery.
 */
import type { Association } from "../../association/association.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { uint16At } from "../../base/network-order.ts";
import { ChunkType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES, destinationPort, sourcePort } from "../../chunks/common-header.ts";
import { padded } from "../../chunks/tlv.ts";
import type { AssociationUser } from "../../socket/state/host.ts";
import type { Stack } from "../../stack/stack.ts";
import type { SendSlab } from "./slab-pool.ts";

/** What hosts are known to let out: macOS by default, the IPv6 minimum, the least that the stack can do with. */
const STEPS_BYTES = [9_216, 1_200, 512] as const;

/** @param slab holds the datagram that was refused */
export function shrinkPackets(stack: Stack, slab: SendSlab, nowMs: number): void {
  if (isProbe(slab)) return; // Its size was only tried, and is not tried again soon.
  const association = associationOf(stack, slab);
  const limitBytes = STEPS_BYTES.find((step) => step < slab.lengthBytes);
  if (association === undefined || limitBytes === undefined) return;
  const { remoteAddress } = slab;
  if (association.path(remoteAddress).maxPacketBytes > limitBytes) {
    association.setPathOptions(remoteAddress, { maxPacketBytes: limitBytes }, nowMs);
  }
  // Chunks that were bundled travel apart from now on; one that is too large by itself never will (RFC 9260 6.9).
  if (largestChunkBytes(slab) + COMMON_HEADER_BYTES <= limitBytes) return;
  const user = association.userData as AssociationUser | undefined;
  const error = new SctpError(
    SctpErrorCode.UdpSocket,
    `the host refuses datagrams of ${slab.lengthBytes} bytes (EMSGSIZE): set maxPacketBytes to ${limitBytes} or less`,
    { hostCode: "EMSGSIZE", syscall: "send", address: remoteAddress },
  );
  if (user?.onHostError !== undefined) user.onHostError(error);
  else association.abort(Buffer.from(error.message), nowMs);
}

function associationOf(stack: Stack, { bytes, remoteAddress }: SendSlab): Association | undefined {
  return stack.associationAt(sourcePort(bytes), destinationPort(bytes), remoteAddress);
}

/** Whether it is a HEARTBEAT with padding (RFC 8899 6.2.1.2). */
function isProbe({ bytes, lengthBytes }: SendSlab): boolean {
  if (bytes[COMMON_HEADER_BYTES] !== ChunkType.Heartbeat) return false;
  const next = COMMON_HEADER_BYTES + padded(uint16At(bytes, COMMON_HEADER_BYTES + 2));
  return next < lengthBytes && bytes[next] === ChunkType.Pad;
}

function largestChunkBytes({ bytes, lengthBytes }: SendSlab): number {
  let largest = 0;
  for (let start = COMMON_HEADER_BYTES; start + 4 <= lengthBytes; ) {
    const chunkBytes = Math.max(4, uint16At(bytes, start + 2));
    largest = Math.max(largest, chunkBytes);
    start += padded(chunkBytes);
  }
  return largest;
}
