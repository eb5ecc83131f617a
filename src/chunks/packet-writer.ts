/**
 * One outgoing packet while it is being filled.
 * Owns: the common header, the write position, padding, the room that is left, the checksum at the end; how many chunks of
 * which kind it has written.
 * Does not own: which chunks go in and in what order (packet-scheduler.ts, outbound.ts), the slab's memory.
 */
import { type Chunk, writeChunk } from "./chunk.ts";
import { COMMON_HEADER_BYTES, sealPacket, writeCommonHeader } from "./common-header.ts";
import { DataFlag, setImmediateFlag } from "./data.ts";
import { SACK_HEADER_BYTES, type SackSource, writeSackHeader } from "./sack.ts";
import { PacketSlab } from "./slab.ts";
import { padded } from "./tlv.ts";
import type { UserDataFormat } from "./user-data-format.ts";

/** The flags of a message that is one chunk. */
const WHOLE = DataFlag.Beginning | DataFlag.Ending;

const NO_SLAB = new PacketSlab(new Uint8Array(0));

/** Which part of a message a chunk of user data carries, and under which numbers. */
interface Fragment {
  readonly flags: number;
  readonly tsn: number;
  readonly streamId: number;
  readonly ssn: number;
  readonly fragmentNumber: number;
  readonly payloadStart: number;
  readonly payloadBytes: number;
}

export class PacketWriter {
  #slab: PacketSlab = NO_SLAB;
  #at = 0;
  #limit = 0;
  #lastDataAt = 0;
  /** Chunks written into the packet so far. */
  chunkCount = 0;
  /** Into all packets, retransmissions not included: control chunks, and chunks of user data in order and without. */
  controlChunkCount = 0;
  orderedChunkCount = 0;
  unorderedChunkCount = 0;
  /** Messages of which more than one chunk was made. */
  fragmentedMessageCount = 0;

  /** Starts a packet of at most `maxBytes`. */
  begin(
    slab: PacketSlab,
    sourcePort: number,
    destinationPort: number,
    verificationTag: number,
    maxBytes: number,
  ): void {
    this.#slab = slab;
    this.#at = COMMON_HEADER_BYTES;
    this.#limit = Math.min(maxBytes, slab.bytes.length);
    this.chunkCount = 0;
    writeCommonHeader(slab.view, sourcePort, destinationPort, verificationTag);
  }

  get remainingBytes(): number {
    return this.#limit - this.#at;
  }
  get isEmpty(): boolean {
    return this.chunkCount === 0;
  }

  /**
   * Appends a control chunk. The first chunk of a packet may exceed the limit, up to the slab: a chunk cannot be split,
   * and IP fragmentation carries it (RFC 9260 3.3.3, large INIT ACKs).
   * @returns false, and nothing is written, if there is no room
   */
  appendChunk(chunk: Chunk): boolean {
    const { bytes } = this.#slab;
    const end = writeChunk(bytes, this.#at, this.isEmpty ? bytes.length : this.#limit, chunk);
    if (end === -1) return false;
    this.#at = end;
    this.chunkCount++;
    this.controlChunkCount++;
    return true;
  }

  /**
   * Whether a chunk of user data with so many payload bytes fits. In an empty packet one that was cut for larger packets does:
   * it cannot be cut again, so IP fragmentation carries it (RFC 9260 6.9).
   */
  hasRoomForData({ headerBytes }: UserDataFormat, payloadBytes: number): boolean {
    const room = this.isEmpty ? this.#slab.bytes.length - this.#at : this.remainingBytes;
    return padded(headerBytes + payloadBytes) <= room;
  }

  /** A control chunk is about to be written that was written before. */
  discountRepeated(): void {
    this.controlChunkCount--;
  }

  /** A chunk of user data with these flags has been appended that was sent before. */
  discountRepeatedData(flags: number): void {
    this.#countData(flags, -1);
  }

  #countData(flags: number, by: 1 | -1): void {
    if ((flags & DataFlag.Unordered) === 0) this.orderedChunkCount += by;
    else this.unorderedChunkCount += by;
    if ((flags & WHOLE) === DataFlag.Beginning) this.fragmentedMessageCount += by;
  }

  /**
   * Appends a chunk of user data, and counts it as new: the one copy of the payload on its way out.
   * @param data the whole message
   */
  appendData(
    format: UserDataFormat,
    { flags, tsn, streamId, ssn, fragmentNumber, payloadStart, payloadBytes }: Fragment,
    ppid: number,
    data: Uint8Array,
  ): void {
    const { bytes, view } = this.#slab;
    this.#lastDataAt = this.#at;
    const payloadAt = format.writeHeader(
      view,
      this.#at,
      flags,
      tsn,
      streamId,
      ssn,
      ppid,
      payloadBytes,
      fragmentNumber,
    );
    if (payloadStart === 0 && payloadBytes === data.length) bytes.set(data, payloadAt);
    else bytes.set(data.subarray(payloadStart, payloadStart + payloadBytes), payloadAt);
    const end = payloadAt + payloadBytes;
    this.#at = padded(end);
    for (let i = end; i < this.#at; i++) bytes[i] = 0;
    this.chunkCount++;
    this.#countData(flags, 1);
  }

  /** Sets the I bit on the DATA chunk that was appended last: its SACK should not be delayed (RFC 9260 6.1). */
  askForSack(): void {
    setImmediateFlag(this.#slab.view, this.#lastDataAt);
  }

  /** Appends a SACK with as many gap blocks as fit (RFC 9260 6.7), then as many duplicates. */
  appendSack(received: SackSource, aRwndBytes: number, maxGapBlocks: number): boolean {
    const room = this.remainingBytes - SACK_HEADER_BYTES;
    if (room < 0) return false;
    const { view } = this.#slab;
    const listAt = this.#at + SACK_HEADER_BYTES;
    const gapBlocks = received.hasGaps
      ? received.writeGapBlocks(view, listAt, Math.min(maxGapBlocks, room >>> 2))
      : 0;
    const duplicatesAt = listAt + 4 * gapBlocks;
    const duplicates = received.writeDuplicates(view, duplicatesAt, (room >>> 2) - gapBlocks);
    writeSackHeader(view, this.#at, received.cumulativeTsn, aRwndBytes, gapBlocks, duplicates);
    this.#at = duplicatesAt + 4 * duplicates;
    this.chunkCount++;
    this.controlChunkCount++;
    return true;
  }

  /** Seals the packet with its checksum; returns its length in bytes. */
  finish(): number {
    sealPacket(this.#slab.packet(this.#at));
    return this.#at;
  }
}
