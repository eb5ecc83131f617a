/**
 * The common header of every packet, checksum included (RFC 9260 3.1, 6.8).
 * Owns: the header's fields, sealing and checking. Does not own: chunks, whole packets as objects (packet.ts).
 *
 * Hot: none of this allocates; the checksum is computed around its own field, which counts as zero.
 */
import { crc32cUpdate } from "./crc32c.ts";

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

/** Computes and writes the checksum of a packet of `lengthBytes`; least significant byte first (Appendix A). */
export function sealPacket(view: DataView, lengthBytes: number): void {
  view.setUint32(CHECKSUM_AT, 0);
  view.setUint32(CHECKSUM_AT, ~crc32cUpdate(-1, view, 0, lengthBytes) >>> 0, true);
}

/** Whether the checksum of a datagram of `lengthBytes`, at least 12, is right. The datagram is not changed. */
export function checksumIsValid(view: DataView, lengthBytes: number): boolean {
  let register = crc32cUpdate(-1, view, 0, CHECKSUM_AT);
  register = crc32cUpdate(register, ZEROS, 0, 4);
  register = crc32cUpdate(register, view, COMMON_HEADER_BYTES, lengthBytes);
  return ~register >>> 0 === view.getUint32(CHECKSUM_AT, true);
}

const ZEROS = new DataView(new ArrayBuffer(4));
