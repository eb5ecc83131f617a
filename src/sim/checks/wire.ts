/**
 * Reading packets without the stack's codec: the checkers must not share its mistakes.
 * Owns: a second, small parser and a bitwise CRC32c. Does not own: what is right (packet-checker.ts).
 */

export interface WireChunk {
  readonly type: number;
  readonly flags: number;
  /** The value, padding left out. */
  readonly value: DataView;
}

export interface WirePacket {
  readonly tag: number;
  readonly checksumRight: boolean;
  readonly chunks: readonly WireChunk[];
  /** Bytes that belong to no chunk. */
  readonly strayBytes: number;
}

export function readPacket(datagram: Uint8Array): WirePacket {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const chunks: WireChunk[] = [];
  let at = 12;
  while (at + 4 <= datagram.length) {
    const length = view.getUint16(at + 2);
    if (length < 4 || at + length > datagram.length) break;
    const value = new DataView(datagram.buffer, datagram.byteOffset + at + 4, length - 4);
    chunks.push({ type: view.getUint8(at), flags: view.getUint8(at + 1), value });
    at += Math.ceil(length / 4) * 4;
  }
  return {
    tag: view.getUint32(4),
    checksumRight: view.getUint32(8, true) === checksum(datagram),
    chunks,
    strayBytes: datagram.length - at,
  };
}

const BYTE_CRC = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 1 ? ((crc >>> 1) ^ 0x82f63b78) >>> 0 : crc >>> 1;
  return crc;
});

/** CRC32c of the packet, its checksum field read as zero. */
function checksum(datagram: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < datagram.length; i++) {
    const byte = i >= 8 && i < 12 ? 0 : (datagram[i] ?? 0);
    crc = ((crc >>> 8) ^ (BYTE_CRC[(crc ^ byte) & 0xff] ?? 0)) >>> 0;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

/** How far `a` is beyond `b`, counted around 2^32; negative if it is behind. */
export function ahead(a: number, b: number): number {
  const distance = (a - b + 0x1_0000_0000) % 0x1_0000_0000;
  return distance >= 0x8000_0000 ? distance - 0x1_0000_0000 : distance;
}

/** `a + n` around 2^32. */
export function plus(a: number, n: number): number {
  return (a + n + 0x1_0000_0000) % 0x1_0000_0000;
}
