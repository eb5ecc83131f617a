/**
 * Packets without what is nobody else's business.
 * Owns: which bytes of a packet are the users' or let somebody in: user data, the reason of an ABORT, State Cookies; a copy with zeros
 * in their place. Does not own: who writes it where (pcapng.ts).
 */
import { CauseCode, ChunkType, ParameterType } from "../chunks/codes.ts";
import { COMMON_HEADER_BYTES, checksumIsValid, sealPacket } from "../chunks/common-header.ts";
import { TlvCursor } from "../chunks/tlv.ts";

const CHUNK_HEADER_BYTES = 4;
const DATA_HEADER_BYTES = 16;
const I_DATA_HEADER_BYTES = 20;
const INIT_FIXED_BYTES = 20;

/** A copy of a packet of the same length, with a right checksum if it had one. */
export function redactedPacket(datagram: Uint8Array): Uint8Array {
  const copy = new Uint8Array(datagram); // Not slice(): of a Buffer that is a view.
  if (copy.length < COMMON_HEADER_BYTES) return copy.fill(0);
  const wasValid = checksumIsValid(copy);
  const cursor = new TlvCursor().bind(copy, COMMON_HEADER_BYTES, copy.length);
  let end = COMMON_HEADER_BYTES;
  while (cursor.next()) {
    redactChunk(copy, cursor.chunkType, cursor.start, cursor.end);
    end = cursor.end;
  }
  if (cursor.malformed) copy.fill(0, end); // What cannot be read may be anything.
  if (wasValid) sealPacket(copy);
  return copy;
}

function redactChunk(bytes: Uint8Array, type: number, start: number, end: number): void {
  switch (type) {
    case ChunkType.Data:
      return void bytes.fill(0, Math.min(start + DATA_HEADER_BYTES, end), end);
    case ChunkType.IData:
      return void bytes.fill(0, Math.min(start + I_DATA_HEADER_BYTES, end), end);
    case ChunkType.CookieEcho:
      return void bytes.fill(0, start + CHUNK_HEADER_BYTES, end);
    case ChunkType.InitAck:
      return redactElements(bytes, start + INIT_FIXED_BYTES, end, ParameterType.StateCookie);
    case ChunkType.Abort:
      return redactElements(bytes, start + CHUNK_HEADER_BYTES, end, CauseCode.UserInitiatedAbort);
  }
}

/** The values of all elements of a type. */
function redactElements(bytes: Uint8Array, start: number, end: number, type: number): void {
  const cursor = new TlvCursor().bind(bytes, start, end);
  while (cursor.next())
    if (cursor.type === type) bytes.fill(0, cursor.start + CHUNK_HEADER_BYTES, cursor.end);
}
