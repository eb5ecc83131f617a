/**
 * The common header of every packet, checksum included (RFC 9260 3.1, 6.8).
 * Owns: the header's fields, sealing and checking. Does not own: chunks, whole packets as objects (packet.ts).
 *
 * Hot: none of this allocates; the checksum is computed around its own field, which counts as zero.
 */
import { uint16At, uint32At } from "../base/network-order.ts";
import { packetCrc32c } from "./crc32c.ts";

export const COMMON_HEADER_BYTES = 12;
const CHECKSUM_AT = 8;

export const sourcePort = (packet: Uint8Array): number => uint16At(packet, 0);
export const destinationPort = (packet: Uint8Array): number => uint16At(packet, 2);
export const verificationTag = (packet: Uint8Array): number => uint32At(packet, 4);

/** Writes the header with a checksum of zero. */
export function writeCommonHeader(out: DataView, source: number, destination: number, tag: number): void {
  out.setUint16(0, source);
  out.setUint16(2, destination);
  out.setUint32(4, tag);
  out.setUint32(CHECKSUM_AT, 0);
}

/** Computes and writes the checksum of a packet; least significant byte first (Appendix A). */
export function sealPacket(packet: Uint8Array): void {
  const checksum = checksumOf(packet);
  for (let i = 0; i < 4; i++) packet[CHECKSUM_AT + i] = checksum >>> (8 * i);
}

/** Whether the checksum of a datagram of at least 12 bytes is right. The datagram is not changed. */
export function checksumIsValid(datagram: Uint8Array): boolean {
  const checksum = checksumOf(datagram);
  for (let i = 0; i < 4; i++) {
    if (datagram[CHECKSUM_AT + i] !== ((checksum >>> (8 * i)) & 0xff)) return false;
  }
  return true;
}

/** Its own field counts as zero. */
function checksumOf(packet: Uint8Array): number {
  return packetCrc32c(packet, CHECKSUM_AT, COMMON_HEADER_BYTES);
}
