/** A SACK or an NR-SACK as the stack reads it, for tests of what reads it. Does not own: what it is to say (the tests). */
import { NR_SACK_HEADER_BYTES, writeNrSackHeader } from "../src/chunks/nr-sack.ts";
import { SACK_HEADER_BYTES, SackView, writeSackHeader } from "../src/chunks/sack.ts";

/**
 * @param cumulativeTsnAck any number; it is taken modulo 2^32
 * @param blocks the first and the last offset of each Gap Ack Block
 * @param duplicates TSNs, each taken modulo 2^32
 */
export function sackView(
  cumulativeTsnAck: number,
  aRwndBytes: number,
  blocks: ReadonlyArray<readonly [number, number]>,
  duplicates: readonly number[] = [],
): SackView {
  const bytes = new Uint8Array(SACK_HEADER_BYTES + 4 * (blocks.length + duplicates.length));
  const view = new DataView(bytes.buffer);
  writeSackHeader(view, 0, cumulativeTsnAck >>> 0, aRwndBytes, blocks.length, duplicates.length);
  duplicates.forEach((tsn, i) => {
    view.setUint32(SACK_HEADER_BYTES + 4 * (blocks.length + i), tsn >>> 0);
  });
  blocks.forEach(([start, end], i) => {
    view.setUint16(SACK_HEADER_BYTES + 4 * i, start);
    view.setUint16(SACK_HEADER_BYTES + 4 * i + 2, end);
  });
  return new SackView().bind(bytes, 0, bytes.length);
}

/** An NR-SACK: of what may be taken back, and of what will not be; the rest as above. */
export function nrSackView(
  cumulativeTsnAck: number,
  aRwndBytes: number,
  renegable: ReadonlyArray<readonly [number, number]>,
  kept: ReadonlyArray<readonly [number, number]>,
): SackView {
  const blocks = [...renegable, ...kept];
  const bytes = new Uint8Array(NR_SACK_HEADER_BYTES + 4 * blocks.length);
  const view = new DataView(bytes.buffer);
  const counts = { renegable: renegable.length, nonRenegable: kept.length };
  writeNrSackHeader(view, 0, cumulativeTsnAck >>> 0, aRwndBytes, counts, 0);
  blocks.forEach(([start, end], i) => {
    view.setUint16(NR_SACK_HEADER_BYTES + 4 * i, start);
    view.setUint16(NR_SACK_HEADER_BYTES + 4 * i + 2, end);
  });
  return new SackView().bind(bytes, 0, bytes.length);
}

/**
 * The Gap Ack Blocks of a peer that holds these chunks, by their places, beyond all of those below `nextIndex`.
 * @returns the first and the last offset of each, ascending
 */
export function gapBlocksOf(indices: Iterable<number>, nextIndex: number): Array<[number, number]> {
  const blocks: Array<[number, number]> = [];
  for (const index of [...indices].sort((a, b) => a - b)) {
    const offset = index - nextIndex + 1;
    const last = blocks.at(-1);
    if (last !== undefined && last[1] === offset - 1) last[1] = offset;
    else blocks.push([offset, offset]);
  }
  return blocks;
}
