/**
 * DATA - RFC 9260 3.3.1.
 * Owns: where its fields lie, reading and writing them. Does not own: what they mean (src/association).
 *
 *  0                   1                   2                   3
 * |   Type = 0    |  Res  |I|U|B|E|            Length             |
 * |                              TSN                              |
 * |      Stream Identifier        |    Stream Sequence Number     |
 * |                  Payload Protocol Identifier                  |
 * |                          User Data ...                        |
 */
import { uint16At, uint32At } from "../base/network-order.ts";
import { ChunkType } from "./codes.ts";
import { ParseError } from "./errors.ts";
import type { UserDataChunk } from "./user-data.ts";

export const DATA_HEADER_BYTES = 16;
export const DataFlag = { Ending: 1, Beginning: 2, Unordered: 4, Immediate: 8 } as const;

const OFF_TSN = 4;
const OFF_STREAM_ID = 8;
const OFF_SSN = 10;
const OFF_PPID = 12;

/** A view of one DATA or I-DATA chunk in a received datagram. Rebound for every chunk: valid until the handler returns. */
export class DataChunkView implements UserDataChunk {
  flags = 0;
  tsn = 0;
  streamId = 0;
  /** The Stream Sequence Number; of I-DATA the Message Identifier. */
  sequenceNumber = 0;
  ppid = 0;
  fragmentNumber = 0;
  payloadStart = 0;
  payloadBytes = 0;

  /**
   * The walker has checked that [start, start + lengthBytes) lies inside the datagram.
   * @throws ParseError CHUNK_TRUNCATED
   */
  bind(datagram: Uint8Array, start: number, lengthBytes: number): this {
    if (lengthBytes < DATA_HEADER_BYTES) throw new ParseError("CHUNK_TRUNCATED", start);
    this.flags = datagram[start + 1] as number;
    this.tsn = uint32At(datagram, start + OFF_TSN);
    this.streamId = uint16At(datagram, start + OFF_STREAM_ID);
    this.sequenceNumber = uint16At(datagram, start + OFF_SSN);
    this.ppid = uint32At(datagram, start + OFF_PPID);
    this.payloadStart = start + DATA_HEADER_BYTES;
    this.payloadBytes = lengthBytes - DATA_HEADER_BYTES;
    return this;
  }

  get isBeginning(): boolean {
    return (this.flags & DataFlag.Beginning) !== 0;
  }
  get isEnding(): boolean {
    return (this.flags & DataFlag.Ending) !== 0;
  }
  get isUnordered(): boolean {
    return (this.flags & DataFlag.Unordered) !== 0;
  }
  get isImmediate(): boolean {
    return (this.flags & DataFlag.Immediate) !== 0;
  }
}

/** Writes the header; the caller puts `payloadBytes` bytes and zero padding behind it. Returns where they go. */
export function writeDataHeader(
  out: DataView,
  at: number,
  flags: number,
  tsn: number,
  streamId: number,
  ssn: number,
  ppid: number,
  payloadBytes: number,
): number {
  out.setUint8(at, ChunkType.Data);
  out.setUint8(at + 1, flags);
  out.setUint16(at + 2, DATA_HEADER_BYTES + payloadBytes);
  out.setUint32(at + OFF_TSN, tsn);
  out.setUint16(at + OFF_STREAM_ID, streamId);
  out.setUint16(at + OFF_SSN, ssn);
  out.setUint32(at + OFF_PPID, ppid);
  return at + DATA_HEADER_BYTES;
}

/** Sets the I bit of the DATA chunk that was written at `at`. */
export function setImmediateFlag(out: DataView, at: number): void {
  out.setUint8(at + 1, out.getUint8(at + 1) | DataFlag.Immediate);
}
