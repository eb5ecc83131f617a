/**
 * The lists that a SACK and an NR-SACK have: Gap Ack Blocks and duplicate TSNs (RFC 9260 3.3.4).
 * Owns: reading and writing them as plain objects. Does not own: what stands before them (chunk.ts, nr-sack.ts), reading them in
 * place (sack.ts).
 */
import type { ByteBuilder } from "./byte-builder.ts";
import type { ByteReader } from "./byte-reader.ts";

/** Offsets from the Cumulative TSN Ack. */
export interface GapBlock {
  readonly start: number;
  readonly end: number;
}

export function readGapBlocks(reader: ByteReader, count: number): GapBlock[] {
  const blocks: GapBlock[] = [];
  for (let i = 0; i < count; i++) blocks.push({ start: reader.u16(), end: reader.u16() });
  return blocks;
}

export function readTsns(reader: ByteReader, count: number): number[] {
  const tsns: number[] = [];
  for (let i = 0; i < count; i++) tsns.push(reader.u32());
  return tsns;
}

export function addGapBlocks(out: ByteBuilder, blocks: readonly GapBlock[]): void {
  for (const { start, end } of blocks) out.u16(start).u16(end);
}

export function addTsns(out: ByteBuilder, tsns: readonly number[]): void {
  for (const tsn of tsns) out.u32(tsn);
}
