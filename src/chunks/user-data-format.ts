/**
 * The form in which user data is written: DATA, or I-DATA where both sides have agreed on it (RFC 8260 2.1).
 * Owns: that seam, and the two behind it. Does not own: their layout (data.ts, i-data.ts), the payload behind the header
 * (packet-writer.ts), reading.
 *
 * A format is a plain object that is looked up once per association: through it, a call or a field costs what it would cost
 * without.
 */
import { ChunkType } from "./codes.ts";
import { DATA_HEADER_BYTES, writeDataHeader } from "./data.ts";
import { I_DATA_HEADER_BYTES, writeIDataHeader } from "./i-data.ts";

export interface UserDataFormat {
  readonly chunkType: number;
  /** Bytes that are kept free for an AUTH chunk in each packet, since the peer takes the chunk only behind one (RFC 4895). */
  readonly authBytes: number;
  /** Bytes before the payload, a multiple of four. */
  readonly headerBytes: number;
  /** Whether fragments of other messages may come between those of one (RFC 8260 2.2.2). */
  readonly isInterleaved: boolean;

  /**
   * Writes the header of one chunk at `at`; the caller puts `payloadBytes` bytes and zero padding behind it.
   * @param flags the same in every format (DataFlag in data.ts)
   * @param sequenceNumber of the message: its SSN or MID
   * @param fragmentNumber what I-DATA counts the fragments of a message with
   * @returns where the payload goes
   */
  writeHeader(
    out: DataView,
    at: number,
    flags: number,
    tsn: number,
    streamId: number,
    sequenceNumber: number,
    ppid: number,
    payloadBytes: number,
    fragmentNumber: number,
  ): number;
}

/** All in one place, so that they have one shape. */
const formatOf = (
  chunkType: number,
  headerBytes: number,
  writeHeader: UserDataFormat["writeHeader"],
  authBytes: number,
): UserDataFormat => ({
  chunkType,
  authBytes,
  headerBytes,
  isInterleaved: chunkType === ChunkType.IData,
  writeHeader,
});

/** RFC 9260 3.3.1. */
export const DATA_FORMAT: UserDataFormat = formatOf(ChunkType.Data, DATA_HEADER_BYTES, writeDataHeader, 0);

/** RFC 8260 2.1. */
export const I_DATA_FORMAT: UserDataFormat = formatOf(
  ChunkType.IData,
  I_DATA_HEADER_BYTES,
  writeIDataHeader,
  0,
);

/** The same behind an AUTH chunk. */
export function behindAuth(
  { chunkType, headerBytes, writeHeader }: UserDataFormat,
  authBytes: number,
): UserDataFormat {
  return formatOf(chunkType, headerBytes, writeHeader, authBytes);
}
