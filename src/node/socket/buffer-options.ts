/**
 * How much a socket buffers.
 * Owns: those options and their defaults. Does not own: their check (option-names.ts), the buffers (association-duplex.ts).
 */

/** Bytes buffered in either direction before back-pressure begins. */
const DEFAULT_HIGH_WATER_MARK_BYTES = 65_536;

export interface BufferOptions {
  /** Bytes buffered in each direction, 65,536 if absent. A message waiting for its reader counts as 64 bytes more. */
  readonly highWaterMark?: number | undefined;
  /** Bytes buffered for the reader, in place of `highWaterMark`. */
  readonly readableHighWaterMark?: number | undefined;
  /** Bytes buffered for the peer, in place of `highWaterMark`. */
  readonly writableHighWaterMark?: number | undefined;
}

/** The options with their defaults; they have been checked. */
export function bufferBytes(options: BufferOptions): { readableBytes: number; writableBytes: number } {
  const both = options.highWaterMark ?? DEFAULT_HIGH_WATER_MARK_BYTES;
  return {
    readableBytes: options.readableHighWaterMark ?? both,
    writableBytes: options.writableHighWaterMark ?? both,
  };
}
