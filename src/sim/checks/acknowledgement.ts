/**
 * SACK and NR-SACK as they stand in a packet.
 * Owns: where their lists lie. Shares no code with the stack. Does not own: what is right (packet-checker.ts).
 */
import type { WireChunk } from "./wire.ts";

const SACK = 3;
const NR_SACK = 16;

export interface Acknowledgement {
  readonly cumulative: number;
  readonly rwnd: number;
  /** First and last offsets of the Gap Ack Blocks; of an NR-SACK, of what may be taken back. */
  readonly blocks: readonly Block[];
  /** Of what will not be taken back. */
  readonly keptBlocks: readonly Block[];
  readonly duplicates: readonly number[];
}

type Block = readonly [start: number, end: number];

export function isAcknowledgement(type: number): boolean {
  return type === SACK || type === NR_SACK;
}

export function acknowledgementIn({ type, value }: WireChunk): Acknowledgement {
  const isNonRenegable = type === NR_SACK;
  const listAt = isNonRenegable ? 16 : 12;
  const blockCount = value.getUint16(8);
  const keptCount = isNonRenegable ? value.getUint16(10) : 0;
  const blocks = Array.from({ length: blockCount + keptCount }, (_, i): Block => {
    const at = listAt + 4 * i;
    return [value.getUint16(at), value.getUint16(at + 2)];
  });
  const duplicatesAt = listAt + 4 * blocks.length;
  const duplicateCount = value.getUint16(isNonRenegable ? 12 : 10);
  return {
    cumulative: value.getUint32(0),
    rwnd: value.getUint32(4),
    blocks: blocks.slice(0, blockCount),
    keptBlocks: blocks.slice(blockCount),
    duplicates: Array.from({ length: duplicateCount }, (_, i) => value.getUint32(duplicatesAt + 4 * i)),
  };
}
