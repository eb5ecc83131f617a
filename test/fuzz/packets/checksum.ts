/**
 * CRC32c, byte by byte, by the book (RFC 9260 Appendix A).
 * Owns: the fuzzer's own idea of a right checksum: it shares no code with the stack's. Does not own: packets.
 */

const CHECKSUM_AT = 8;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** The checksum of a packet of at least 12 bytes, whose checksum field counts as zero. */
function checksumOf(packet: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (let i = 0; i < packet.length; i++) {
    const byte = i >= CHECKSUM_AT && i < CHECKSUM_AT + 4 ? 0 : (packet[i] ?? 0);
    crc = (crc >>> 8) ^ (TABLE[(crc ^ byte) & 0xff] ?? 0);
  }
  return ~crc >>> 0;
}

export function seal(packet: Uint8Array): void {
  new DataView(packet.buffer, packet.byteOffset).setUint32(CHECKSUM_AT, checksumOf(packet), true);
}

export function isSealed(packet: Uint8Array): boolean {
  return new DataView(packet.buffer, packet.byteOffset).getUint32(CHECKSUM_AT, true) === checksumOf(packet);
}
