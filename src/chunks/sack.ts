/**
 * SACK - RFC 9260 3.3.4.
 * Owns: where its fields lie, reading and writing them; reading an NR-SACK in the same way. Does not own: what they mean
 * (src/association), writing an NR-SACK (nr-sack.ts).
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
import { type BlockCounts, NR_SACK_HEADER_BYTES } from "./nr-sack.ts";

export const SACK_HEADER_BYTES = 16;
const OFF_CUMULATIVE_TSN_ACK = 4;
const OFF_A_RWND = 8;
const OFF_GAP_COUNT = 12;
const OFF_DUPLICATE_COUNT = 14;
/** Of an NR-SACK; where a SACK has the number of its duplicates there it has that of its non-renegable blocks. */
const OFF_NR_DUPLICATE_COUNT = 16;
const NO_BYTES = new Uint8Array(SACK_HEADER_BYTES);

/**
 * A view of one SACK or NR-SACK in a received datagram: the blocks of an NR-SACK are those of a SACK, and behind those that say no
 * more stand the non-renegable ones. Rebound for every chunk: valid until the handler returns.
 */
export class SackView {
  #datagram: Uint8Array = NO_BYTES;
  #start = 0;
  /** Where the first block begins. */
  #listAt = 0;
  gapBlockCount = 0;
  /** The index of the first block that is non-renegable; `gapBlockCount` where none is, as in any SACK. */
  firstNonRenegable = 0;
  duplicateCount = 0;

  /**
   * The walker has checked that [start, start + lengthBytes) lies inside the datagram.
   * @throws ParseError CHUNK_TRUNCATED, COUNT_MISMATCH
   */
  bind(datagram: Uint8Array, start: number, lengthBytes: number): this {
    const isNonRenegable = datagram[start] === ChunkType.NrSack;
    const headerBytes = isNonRenegable ? NR_SACK_HEADER_BYTES : SACK_HEADER_BYTES;
    if (lengthBytes < headerBytes) throw new ParseError("CHUNK_TRUNCATED", start);
    this.#datagram = datagram;
    this.#start = start;
    this.#listAt = start + headerBytes;
    const firstCount = uint16At(datagram, start + OFF_GAP_COUNT);
    const secondCount = uint16At(datagram, start + OFF_DUPLICATE_COUNT);
    this.firstNonRenegable = firstCount;
    this.gapBlockCount = isNonRenegable ? firstCount + secondCount : firstCount;
    this.duplicateCount = isNonRenegable ? uint16At(datagram, start + OFF_NR_DUPLICATE_COUNT) : secondCount;
    const needed = headerBytes + 4 * (this.gapBlockCount + this.duplicateCount);
    if (needed > lengthBytes) throw new ParseError("COUNT_MISMATCH", start);
    return this;
  }

  get cumulativeTsnAck(): number {
    return uint32At(this.#datagram, this.#start + OFF_CUMULATIVE_TSN_ACK);
  }
  get aRwndBytes(): number {
    return uint32At(this.#datagram, this.#start + OFF_A_RWND);
  }
  /** Offset from the Cumulative TSN Ack. */
  gapStart(i: number): number {
    return uint16At(this.#datagram, this.#listAt + 4 * i);
  }
  /** Offset from the Cumulative TSN Ack. */
  gapEnd(i: number): number {
    return uint16At(this.#datagram, this.#listAt + 4 * i + 2);
  }
  duplicateTsn(i: number): number {
    return uint32At(this.#datagram, this.#listAt + 4 * (this.gapBlockCount + i));
  }
}

/** What a SACK tells of: the TSNs that have come. Its lists are written straight into the packet. */
export interface SackSource {
  readonly cumulativeTsn: number;
  readonly hasGaps: boolean;
  /** Whether it is told which of them will not be dropped: by an NR-SACK. */
  readonly tellsKept: boolean;
  /** Writes at most `maxBlocks` Gap Ack Blocks at `at`; returns how many. */
  writeGapBlocks(out: DataView, at: number, maxBlocks: number): number;
  /** Writes at most `maxBlocks` blocks in all at `at`, those of what will not be dropped behind the others; returns how many. */
  writeBlocksByKind(out: DataView, at: number, maxBlocks: number): BlockCounts;
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
