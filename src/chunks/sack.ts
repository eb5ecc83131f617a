/**
 * SACK - RFC 9260 3.3.4.
 * Owns: where its fields lie, reading and writing them. Does not own: what they mean (src/association).
 *
 * |   Type = 3    |  Chunk Flags  |            Length             |
 * |                      Cumulative TSN Ack                       |
 * |          Advertised Receiver Window Credit (a_rwnd)           |
 * |   Number of Gap Ack Blocks    |   Number of Duplicate TSNs    |
 * |    Gap Ack Block #1 Start     |     Gap Ack Block #1 End      |  ...
 * |                        Duplicate TSN 1                        |  ...
 */
import { uint16At, uint32At } from "../base/network-order.ts";
import { ChunkType } from "./codes.ts";
import { ParseError } from "./errors.ts";

export const SACK_HEADER_BYTES = 16;
const OFF_CUMULATIVE_TSN_ACK = 4;
const OFF_A_RWND = 8;
const OFF_GAP_COUNT = 12;
const OFF_DUPLICATE_COUNT = 14;
const NO_BYTES = new Uint8Array(SACK_HEADER_BYTES);

/** A view of one SACK in a received datagram. Rebound for every SACK: valid until the handler returns. */
export class SackView {
  #datagram: Uint8Array = NO_BYTES;
  #start = 0;

  /**
   * The walker has checked that [start, start + lengthBytes) lies inside the datagram.
   * @throws ParseError CHUNK_TRUNCATED, COUNT_MISMATCH
   */
  bind(datagram: Uint8Array, start: number, lengthBytes: number): this {
    if (lengthBytes < SACK_HEADER_BYTES) throw new ParseError("CHUNK_TRUNCATED", start);
    this.#datagram = datagram;
    this.#start = start;
    const needed = SACK_HEADER_BYTES + 4 * (this.gapBlockCount + this.duplicateCount);
    if (needed > lengthBytes) throw new ParseError("COUNT_MISMATCH", start);
    return this;
  }

  get cumulativeTsnAck(): number {
    return uint32At(this.#datagram, this.#start + OFF_CUMULATIVE_TSN_ACK);
  }
  get aRwndBytes(): number {
    return uint32At(this.#datagram, this.#start + OFF_A_RWND);
  }
  get gapBlockCount(): number {
    return uint16At(this.#datagram, this.#start + OFF_GAP_COUNT);
  }
  get duplicateCount(): number {
    return uint16At(this.#datagram, this.#start + OFF_DUPLICATE_COUNT);
  }
  /** Offset from the Cumulative TSN Ack. */
  gapStart(i: number): number {
    return uint16At(this.#datagram, this.#start + SACK_HEADER_BYTES + 4 * i);
  }
  /** Offset from the Cumulative TSN Ack. */
  gapEnd(i: number): number {
    return uint16At(this.#datagram, this.#start + SACK_HEADER_BYTES + 4 * i + 2);
  }
  duplicateTsn(i: number): number {
    return uint32At(this.#datagram, this.#start + SACK_HEADER_BYTES + 4 * (this.gapBlockCount + i));
  }
}

/** What a SACK tells of: the TSNs that have come. Its lists are written straight into the packet. */
export interface SackSource {
  readonly cumulativeTsn: number;
  readonly hasGaps: boolean;
  /** Writes at most `maxBlocks` Gap Ack Blocks at `at`; returns how many. */
  writeGapBlocks(out: DataView, at: number, maxBlocks: number): number;
  /** Writes at most `maxCount` duplicate TSNs at `at`; returns how many. */
  writeDuplicates(out: DataView, at: number, maxCount: number): number;
}

/** Writes the header; the caller puts the blocks and duplicates behind it. Returns where they go. */
export function writeSackHeader(
  out: DataView,
  at: number,
  cumulativeTsnAck: number,
  aRwndBytes: number,
  gapBlockCount: number,
  duplicateCount: number,
): number {
  out.setUint8(at, ChunkType.Sack);
  out.setUint8(at + 1, 0);
  out.setUint16(at + 2, SACK_HEADER_BYTES + 4 * (gapBlockCount + duplicateCount));
  out.setUint32(at + OFF_CUMULATIVE_TSN_ACK, cumulativeTsnAck);
  out.setUint32(at + OFF_A_RWND, aRwndBytes);
  out.setUint16(at + OFF_GAP_COUNT, gapBlockCount);
  out.setUint16(at + OFF_DUPLICATE_COUNT, duplicateCount);
  return at + SACK_HEADER_BYTES;
}
