/**
 * NR-SACK - draft-tuexen-tsvwg-sctp-multipath 4.2: a SACK that also tells what its sender will not drop any more.
 * Owns: its fields, reading and writing them. Does not own: its lists (sack-lists.ts), reading it in place (sack.ts: its blocks of
 * both kinds stand in one list), what its fields mean (src/association).
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
import { ChunkType } from "./codes.ts";
import { addGapBlocks, addTsns, type GapBlock, readGapBlocks, readTsns } from "./sack-lists.ts";

export const NR_SACK_HEADER_BYTES = 20;
const OFF_CUMULATIVE_TSN_ACK = 4;
const OFF_A_RWND = 8;
const OFF_R_COUNT = 12;
const OFF_NR_COUNT = 14;
const OFF_DUPLICATE_COUNT = 16;
const OFF_RESERVED = 18;

/** How many blocks of each kind. */
export interface BlockCounts {
  readonly renegable: number;
  readonly nonRenegable: number;
}

/** Writes the header; the caller puts the blocks and duplicates behind it. */
export function writeNrSackHeader(
  out: DataView,
  at: number,
  cumulativeTsnAck: number,
  aRwndBytes: number,
  { renegable, nonRenegable }: BlockCounts,
  duplicateCount: number,
): void {
  out.setUint16(at, ChunkType.NrSack << 8);
  out.setUint16(at + 2, NR_SACK_HEADER_BYTES + 4 * (renegable + nonRenegable + duplicateCount));
  out.setUint32(at + OFF_CUMULATIVE_TSN_ACK, cumulativeTsnAck);
  out.setUint32(at + OFF_A_RWND, aRwndBytes);
  out.setUint16(at + OFF_R_COUNT, renegable);
  out.setUint16(at + OFF_NR_COUNT, nonRenegable);
  out.setUint16(at + OFF_DUPLICATE_COUNT, duplicateCount);
  out.setUint16(at + OFF_RESERVED, 0);
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
  const gapBlocks = readGapBlocks(reader, gapCount);
  const nonRenegableBlocks = readGapBlocks(reader, nonRenegableCount);
  const duplicateTsns = readTsns(reader, duplicateCount);
  return { kind: "NR-SACK", cumulativeTsnAck, aRwndBytes, gapBlocks, nonRenegableBlocks, duplicateTsns };
}

/** Writes what follows type, flags and length. */
export function addNrSack(out: ByteBuilder, chunk: NrSackChunk): void {
  out.u32(chunk.cumulativeTsnAck).u32(chunk.aRwndBytes);
  out.u16(chunk.gapBlocks.length).u16(chunk.nonRenegableBlocks.length).u16(chunk.duplicateTsns.length).u16(0);
  addGapBlocks(out, chunk.gapBlocks);
  addGapBlocks(out, chunk.nonRenegableBlocks);
  addTsns(out, chunk.duplicateTsns);
}
