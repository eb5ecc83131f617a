/**
 * NR-SACK - draft-tuexen-tsvwg-sctp-multipath 4.2: a SACK that also tells what its sender will not drop any more.
 * Owns: its fields, reading and writing them. Does not own: its use, which no association agrees on.
 *
 * |  Type = 0x10  |  Chunk Flags  |            Length             |
 * |                      Cumulative TSN Ack                       |
 * |          Advertised Receiver Window Credit (a_rwnd)           |
 * |  Number of R Gap Ack Blocks   |  Number of NR Gap Ack Blocks  |
 * |   Number of Duplicate TSNs    |           Reserved            |
 * |   R Gap Ack Block #1 Start    |    R Gap Ack Block #1 End     |  ...
 * |   NR Gap Ack Block #1 Start   |    NR Gap Ack Block #1 End    |  ...
 * |                        Duplicate TSN 1                        |  ...
 */
import type { ByteBuilder } from "./byte-builder.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Offsets from the Cumulative TSN Ack. */
export interface GapBlock {
  readonly start: number;
  readonly end: number;
}

export interface NrSackChunk {
  readonly kind: "NR-SACK";
  readonly cumulativeTsnAck: number;
  readonly aRwndBytes: number;
  /** What has arrived and may yet be dropped, as the blocks of a SACK tell it. */
  readonly gapBlocks: readonly GapBlock[];
  /** What has arrived and will not be dropped. */
  readonly nonRenegableBlocks: readonly GapBlock[];
  readonly duplicateTsns: readonly number[];
}

/** All that has arrived beyond the Cumulative TSN Ack, in order: what a SACK's blocks tell. */
export function arrivedBlocks(chunk: {
  readonly gapBlocks: readonly GapBlock[];
  readonly nonRenegableBlocks?: readonly GapBlock[];
}): readonly GapBlock[] {
  const { gapBlocks, nonRenegableBlocks } = chunk;
  if (nonRenegableBlocks === undefined) return gapBlocks;
  return [...gapBlocks, ...nonRenegableBlocks].sort((a, b) => a.start - b.start);
}

/** @throws ParseError where it ends before what it counts */
export function decodeNrSack(reader: ByteReader): NrSackChunk {
  const cumulativeTsnAck = reader.u32();
  const aRwndBytes = reader.u32();
  const gapCount = reader.u16();
  const nonRenegableCount = reader.u16();
  const duplicateCount = reader.u16();
  reader.u16(); // Reserved.
  const gapBlocks = blocks(reader, gapCount);
  const nonRenegableBlocks = blocks(reader, nonRenegableCount);
  const duplicateTsns: number[] = [];
  for (let i = 0; i < duplicateCount; i++) duplicateTsns.push(reader.u32());
  return { kind: "NR-SACK", cumulativeTsnAck, aRwndBytes, gapBlocks, nonRenegableBlocks, duplicateTsns };
}

/** What follows type, flags and length. */
export function encodeNrSack(chunk: NrSackChunk, out: ByteBuilder): Uint8Array {
  out.u32(chunk.cumulativeTsnAck).u32(chunk.aRwndBytes);
  out.u16(chunk.gapBlocks.length).u16(chunk.nonRenegableBlocks.length).u16(chunk.duplicateTsns.length).u16(0);
  for (const { start, end } of chunk.gapBlocks) out.u16(start).u16(end);
  for (const { start, end } of chunk.nonRenegableBlocks) out.u16(start).u16(end);
  for (const tsn of chunk.duplicateTsns) out.u32(tsn);
  return out.build();
}

function blocks(reader: ByteReader, count: number): GapBlock[] {
  const found: GapBlock[] = [];
  for (let i = 0; i < count; i++) found.push({ start: reader.u16(), end: reader.u16() });
  return found;
}
