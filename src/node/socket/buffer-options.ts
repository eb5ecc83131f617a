/**
 * How much a socket buffers.
 * Owns: those options and their check. Does not own: the buffers (association-duplex.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";

/** Bytes buffered in either direction before back-pressure begins. */
const DEFAULT_HIGH_WATER_MARK_BYTES = 65_536;

export interface BufferOptions {
  /** Bytes buffered in each direction, 65,536 if absent. A message waiting for its reader counts as 64 bytes more. */
  readonly highWaterMark?: number | undefined;
  readonly readableHighWaterMark?: number | undefined;
  readonly writableHighWaterMark?: number | undefined;
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION */
export function bufferBytes(options: BufferOptions): { readableBytes: number; writableBytes: number } {
  const { highWaterMark = DEFAULT_HIGH_WATER_MARK_BYTES } = options;
  const { readableHighWaterMark = highWaterMark, writableHighWaterMark = highWaterMark } = options;
  for (const bytes of [readableHighWaterMark, writableHighWaterMark]) {
    if (Number.isInteger(bytes) && bytes >= 0) continue;
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `a highWaterMark is a whole number of bytes, not ${bytes}`,
    );
  }
  return { readableBytes: readableHighWaterMark, writableBytes: writableHighWaterMark };
}
