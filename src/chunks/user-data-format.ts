/**
 * The form in which user data is written: DATA, until another one is agreed on (I-DATA, RFC 8260 2.1).
 * Owns: that seam, and DATA behind it. Does not own: the layout (data.ts), the payload behind the header
 * (packet-writer.ts), reading.
 *
 * A format is a plain object that is looked up once per association: through it, a call or a field costs what it would cost
 * without.
 */
import { DATA_HEADER_BYTES, writeDataHeader } from "./data.ts";

export interface UserDataFormat {
  /** Bytes before the payload, a multiple of four. */
  readonly headerBytes: number;

  /**
   * Writes the header of one chunk at `at`; the caller puts `payloadBytes` bytes and zero padding behind it.
   * @param flags the same in every format (DataFlag in data.ts)
   * @returns where the payload goes
   */
  writeHeader(
    out: DataView,
    at: number,
    flags: number,
    tsn: number,
    streamId: number,
    ssn: number,
    ppid: number,
    payloadBytes: number,
  ): number;
}

/** RFC 9260 3.3.1. */
export const DATA_FORMAT: UserDataFormat = { headerBytes: DATA_HEADER_BYTES, writeHeader: writeDataHeader };
