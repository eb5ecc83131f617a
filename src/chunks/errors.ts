/**
 * What the codec says of bytes that it cannot read.
 * Owns: ParseError and its codes. It never leaves the stack: a receiver counts, drops or answers as the RFC says.
 */

export type ParseErrorCode =
  /** A packet shorter than the common header and one chunk. */
  | "PACKET_TOO_SHORT"
  /** The chunk is shorter than its fixed fields. */
  | "CHUNK_TRUNCATED"
  /** A count in the chunk says more elements than its length holds. */
  | "COUNT_MISMATCH"
  /** A parameter or cause has a length that is impossible or does not fit. */
  | "MALFORMED_TLV"
  /** A known parameter has a length that its format does not allow. */
  | "BAD_PARAMETER_LENGTH"
  /** A known cause has a length that its format does not allow. */
  | "BAD_CAUSE_LENGTH"
  /** More parameters or causes than anybody needs. */
  | "TOO_MANY_ELEMENTS";

export class ParseError extends Error {
  override readonly name = "ParseError";
  readonly code: ParseErrorCode;
  /** Where in the datagram. */
  readonly offset: number;

  constructor(code: ParseErrorCode, offset: number) {
    super(`${code} at byte ${offset}`);
    this.code = code;
    this.offset = offset;
  }
}
