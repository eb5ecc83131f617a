/**
 * The common header of every packet, checksum included (RFC 9260 3.1, 6.8).
 * Owns: the header's fields, sealing and checking. Does not own: chunks, whole packets as objects (packet.ts).
 *
 * Hot: none of this allocates; the checksum is computed around its own field, which counts as zero.
 */
import { packetCrc32c } from "./crc32c.ts";

export const COMMON_HEADER_BYTES = 12;
const CHECKSUM_AT = 8;

export const sourcePort = (view: DataView): number => view.getUint16(0);
export const destinationPort = (view: DataView): number => view.getUint16(2);
export const verificationTag = (view: DataView): number => view.getUint32(4);

/** Writes the header with a checksum of zero. */
export function writeCommonHeader(out: DataView, source: number, destination: number, tag: number): void {
  out.setUint16(0, source);
  out.setUint16(2, destination);
  out.setUint32(4, tag);
  out.setUint32(CHECKSUM_AT, 0);
}

/**
 * Computes and writes the checksum of a packet; least significant byte first (Appendix A).
 * @param view of the same memory from the same start; it may reach further
 */
export function sealPacket(packet: Uint8Array, view: DataView): void {
  view.setUint32(CHECKSUM_AT, checksumOf(packet, view), true);
}

/** Whether the checksum of a datagram of at least 12 bytes is right. The datagram is not changed. */
export function checksumIsValid(datagram: Uint8Array, view: DataView): boolean {
  return checksumOf(datagram, view) === view.getUint32(CHECKSUM_AT, true);
}

/** Its own field counts as zero. */
function checksumOf(packet: Uint8Array, view: DataView): number {
  return packetCrc32c(packet, view, CHECKSUM_AT, COMMON_HEADER_BYTES);
}
