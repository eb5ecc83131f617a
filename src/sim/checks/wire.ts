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
    chunks,
    strayBytes: datagram.length - at,
  };
}

/** Whether the checksum of a packet is right: apart, for it costs more than all the rest. */
export function isChecksumRight(datagram: Uint8Array): boolean {
  const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  return view.getUint32(8, true) === checksum(datagram);
}

const BYTE_CRC = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc % 2 === 1 ? ((crc >>> 1) ^ 0x82f63b78) >>> 0 : crc >>> 1;
  return crc;
});

/** CRC32c of the packet, its checksum field read as zero. */
function checksum(datagram: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < datagram.length; i++) {
    const byte = i >= 8 && i < 12 ? 0 : (datagram[i] as number);
    crc = (crc >>> 8) ^ (BYTE_CRC[(crc ^ byte) & 0xff] as number);
  }
  return ~crc >>> 0;
}

/** How far `a` is beyond `b`, counted around 2^32; negative if it is behind. */
export function ahead(a: number, b: number): number {
  return (a - b) | 0;
}

/** `a + n` around 2^32. */
export function plus(a: number, n: number): number {
  return (a + n) >>> 0;
}
