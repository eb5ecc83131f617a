/**
 * I-DATA - RFC 8260 2.1.
 * Owns: where its fields lie, reading and writing them. Does not own: what they mean (src/association), what it has in common
 * with DATA (data.ts).
 *
 *  0                   1                   2                   3
 * |   Type = 64   |  Res  |I|U|B|E|            Length             |
 * |                              TSN                              |
 * |      Stream Identifier        |           Reserved            |
 * |                      Message Identifier                       |
 * |    Payload Protocol Identifier / Fragment Sequence Number     |
 * |                          User Data ...                        |
 *
 * The first fragment has the PPID, and the number 0; the others have their numbers, and no PPID. It is read into the view of
 * DATA: what reads user data meets objects of one shape, whatever the associations of a process have agreed on.
 */
import { uint16At, uint32At } from "../base/network-order.ts";
import { ChunkType } from "./codes.ts";
import { type DataChunkView, DataFlag } from "./data.ts";
import { ParseError } from "./errors.ts";

export const I_DATA_HEADER_BYTES = 20;

const OFF_TSN = 4;
const OFF_STREAM_ID = 8;
const OFF_RESERVED = 10;
const OFF_MID = 12;
const OFF_PPID_OR_FSN = 16;

/**
 * Binds a view to one I-DATA chunk. The walker has checked that [start, start + lengthBytes) lies inside the datagram.
 * @throws ParseError CHUNK_TRUNCATED
 */
export function bindIData(
  view: DataChunkView,
  datagram: Uint8Array,
  start: number,
  lengthBytes: number,
): DataChunkView {
  if (lengthBytes < I_DATA_HEADER_BYTES) throw new ParseError("CHUNK_TRUNCATED", start);
  const flags = datagram[start + 1] as number;
  const isBeginning = (flags & DataFlag.Beginning) !== 0;
  const ppidOrFsn = uint32At(datagram, start + OFF_PPID_OR_FSN);
  view.flags = flags;
  view.tsn = uint32At(datagram, start + OFF_TSN);
  view.streamId = uint16At(datagram, start + OFF_STREAM_ID);
  view.sequenceNumber = uint32At(datagram, start + OFF_MID);
  view.ppid = isBeginning ? ppidOrFsn : 0;
  view.fragmentNumber = isBeginning ? 0 : ppidOrFsn;
  view.payloadStart = start + I_DATA_HEADER_BYTES;
  view.payloadBytes = lengthBytes - I_DATA_HEADER_BYTES;
  return view;
}

/**
 * Writes the header; the caller puts `payloadBytes` bytes and zero padding behind it. Returns where they go.
 * @param mid the Message Identifier
 */
export function writeIDataHeader(
  out: DataView,
  at: number,
  flags: number,
  tsn: number,
  streamId: number,
  mid: number,
  ppid: number,
  payloadBytes: number,
  fragmentNumber: number,
): number {
  out.setUint8(at, ChunkType.IData);
  out.setUint8(at + 1, flags);
  out.setUint16(at + 2, I_DATA_HEADER_BYTES + payloadBytes);
  out.setUint32(at + OFF_TSN, tsn);
  out.setUint16(at + OFF_STREAM_ID, streamId);
  out.setUint16(at + OFF_RESERVED, 0);
  out.setUint32(at + OFF_MID, mid);
  out.setUint32(at + OFF_PPID_OR_FSN, (flags & DataFlag.Beginning) === 0 ? fragmentNumber : ppid);
  return at + I_DATA_HEADER_BYTES;
}
