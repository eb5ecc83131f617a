/**
 * The seam between the chunks of a packet and the parts that deal with them.
 * Owns: its shape. Does not own: the walk over a packet (packets/chunk-receiver.ts), DATA and SACK, which are read in place
 * there without an object per chunk.
 *
 * A type that RFC 9260 does not have is known if some part handles it: an extension's handler joins the others once the
 * extension has been agreed on.
 */
import type { Chunk } from "../../chunks/chunk.ts";

/** What comes next: other parts that the chunk is for; with "skip" the next chunk; with "stop" nothing more of the packet. */
export type ChunkOutcome = "continue" | "skip" | "stop";

/** @typeParam P the path that a packet came on */
export interface ChunkHandler<P> {
  /** Chunk types (RFC 9260 3.2) that come to this part. */
  readonly chunkTypes: readonly number[];
  onChunk(chunk: Chunk, source: P, nowMs: number): ChunkOutcome;
}
