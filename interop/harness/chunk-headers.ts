/**
 * The headers of a packet's chunks, read without the codec that the tests are about.
 * Owns: walking from chunk to chunk. Does not own: what is in them.
 */
const COMMON_HEADER_BYTES = 12;

export interface ChunkHeader {
  readonly type: number;
  readonly flags: number;
  /** Of the chunk, its header included and its padding not. */
  readonly lengthBytes: number;
  /** Where it begins in the packet. */
  readonly at: number;
}

export function chunkHeaders(packet: Uint8Array): readonly ChunkHeader[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const headers: ChunkHeader[] = [];
  let at = COMMON_HEADER_BYTES;
  while (at + 4 <= packet.length) {
    const lengthBytes = Math.max(4, view.getUint16(at + 2));
    headers.push({ type: view.getUint8(at), flags: view.getUint8(at + 1), lengthBytes, at });
    at += (lengthBytes + 3) & ~3;
  }
  return headers;
}
