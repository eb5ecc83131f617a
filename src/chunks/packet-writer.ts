/**
 * One outgoing packet while it is being filled.
 * Owns: the common header, the write position, padding, PAD chunks, the room that is left, the AUTH chunk before the first chunk
 * that the peer wants authenticated (RFC 4895 6.2), the checksum at the end; how many chunks of which kind it has written.
 * Does not own: which chunks go in and in what order (packet-scheduler.ts, outbound.ts), the slab's memory.
 */
import type { PacketSigner } from "./auth.ts";
import { type Chunk, typeOfChunk, writeChunk } from "./chunk.ts";
import { ChunkType } from "./codes.ts";
import { COMMON_HEADER_BYTES, sealPacket, writeCommonHeader } from "./common-header.ts";
import { DataFlag, setImmediateFlag } from "./data.ts";
import { NR_SACK_HEADER_BYTES, writeNrSackHeader } from "./nr-sack.ts";
import { SACK_HEADER_BYTES, type SackSource, writeSackHeader } from "./sack.ts";
import { PacketSlab } from "./slab.ts";
import { padded } from "./tlv.ts";
import type { UserDataFormat } from "./user-data-format.ts";

/** The flags of a message that is one chunk. */
const WHOLE = DataFlag.Beginning | DataFlag.Ending;

const PAD_HEADER_BYTES = 4;

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
  /** Undefined where nothing is authenticated. */
  #signer: PacketSigner | undefined = undefined;
  /** Where the AUTH chunk of the packet stands; 0 while there is none. */
  #authAt = 0;
  /** The key that it will be made with. */
  #authKeyId = 0;
  /** Chunks written into the packet so far. */
  chunkCount = 0;
  /** Into all packets, retransmissions not included: control chunks, and chunks of user data in order and without. */
  controlChunkCount = 0;
  orderedChunkCount = 0;
  unorderedChunkCount = 0;
  /** Messages of which more than one chunk was made. */
  fragmentedMessageCount = 0;

  /** Starts a packet of at most `maxBytes`. @param signer undefined where none of its chunks is authenticated */
  begin(
    slab: PacketSlab,
    sourcePort: number,
    destinationPort: number,
    verificationTag: number,
    maxBytes: number,
    signer?: PacketSigner,
  ): void {
    this.#slab = slab;
    this.#signer = signer;
    this.#authAt = 0;
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
  /** What cannot be split has made the packet larger than it was to be. */
  get isOversized(): boolean {
    return this.#at > this.#limit;
  }

  /**
   * Appends a control chunk. The first chunk of a packet may exceed the limit, up to the slab: a chunk cannot be split,
   * and IP fragmentation carries it (RFC 9260 3.3.3, large INIT ACKs).
   * @returns false, and nothing is written, if there is no room
   */
  appendChunk(chunk: Chunk): boolean {
    const { bytes } = this.#slab;
    const authBytes = this.#signer === undefined ? 0 : this.#authBytesBefore(typeOfChunk(chunk));
    const limit = this.isEmpty ? bytes.length : this.#limit;
    const end = writeChunk(bytes, this.#at + authBytes, limit, chunk);
    if (end === -1) return false;
    if (authBytes > 0) this.#beginAuth(undefined);
    this.#at = end;
    this.chunkCount++;
    this.controlChunkCount++;
    return true;
  }

  /**
   * Whether a chunk of user data with so many payload bytes fits. In an empty packet one that was cut for larger packets does:
   * it cannot be cut again, so IP fragmentation carries it (RFC 9260 6.9).
   */
  hasRoomForData({ headerBytes, authBytes }: UserDataFormat, payloadBytes: number): boolean {
    const room = this.isEmpty ? this.#slab.bytes.length - this.#at : this.remainingBytes;
    return padded(headerBytes + payloadBytes) <= (this.#authAt === 0 ? room - authBytes : room);
  }

  /** What is left for a chunk of user data, which may need an AUTH chunk before it. */
  remainingBytesFor({ authBytes }: UserDataFormat): number {
    return this.#authAt === 0 ? this.remainingBytes - authBytes : this.remainingBytes;
  }

  /**
   * Whether a chunk of user data may be appended that is authenticated with that key: in a packet there is one AUTH chunk, and so
   * one key (RFC 6458 5.3.8). If it may, the packet has that key.
   * @param keyId undefined for the active one
   */
  takesKey({ authBytes }: UserDataFormat, keyId: number | undefined): boolean {
    if (this.#signer === undefined || authBytes === 0) return true;
    if (this.#authAt !== 0) return this.#authKeyId === this.#signer.keyIdFor(keyId);
    this.#authKeyId = this.#signer.keyIdFor(keyId);
    return true;
  }

  /** Room that an AUTH chunk takes before a chunk of the type; 0 where none is needed, or there is one. */
  #authBytesBefore(chunkType: number): number {
    const signer = this.#signer;
    return signer !== undefined && this.#authAt === 0 && signer.requires(chunkType) ? signer.authBytes : 0;
  }

  /** An AUTH chunk begins here: it is written when the packet is finished. @param keyId undefined for the active key */
  #beginAuth(keyId: number | undefined): void {
    if (this.#signer === undefined) return;
    this.#authAt = this.#at;
    this.#authKeyId = keyId ?? this.#signer.keyIdFor(undefined);
    this.#at += this.#signer.authBytes;
    this.chunkCount++;
    this.controlChunkCount++;
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
    if (format.authBytes > 0 && this.#authAt === 0) this.#beginAuth(this.#authKeyId);
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

  /**
   * Appends a SACK with as many gap blocks as fit (RFC 9260 6.7), then as many duplicates; an NR-SACK where it is told what will not
   * be dropped (draft-tuexen-tsvwg-sctp-multipath 4.4.1).
   */
  appendSack(received: SackSource, aRwndBytes: number, maxGapBlocks: number): boolean {
    const { tellsKept } = received;
    const chunkType = tellsKept ? ChunkType.NrSack : ChunkType.Sack;
    const headerBytes = tellsKept ? NR_SACK_HEADER_BYTES : SACK_HEADER_BYTES;
    const authBytes = this.#signer === undefined ? 0 : this.#authBytesBefore(chunkType);
    const room = this.remainingBytes - authBytes - headerBytes;
    if (room < 0) return false;
    if (authBytes > 0) this.#beginAuth(undefined);
    const { view } = this.#slab;
    const at = this.#at;
    const listAt = at + headerBytes;
    const maxBlocks = received.hasGaps ? Math.min(maxGapBlocks, room >>> 2) : 0;
    const byKind = tellsKept ? received.writeBlocksByKind(view, listAt, maxBlocks) : undefined;
    const gapBlocks =
      byKind === undefined
        ? received.writeGapBlocks(view, listAt, maxBlocks)
        : byKind.renegable + byKind.nonRenegable;
    const duplicatesAt = listAt + 4 * gapBlocks;
    const duplicates = received.writeDuplicates(view, duplicatesAt, (room >>> 2) - gapBlocks);
    if (byKind === undefined)
      writeSackHeader(view, at, received.cumulativeTsn, aRwndBytes, gapBlocks, duplicates);
    else writeNrSackHeader(view, at, received.cumulativeTsn, aRwndBytes, byKind, duplicates);
    this.#at = duplicatesAt + 4 * duplicates;
    this.chunkCount++;
    this.controlChunkCount++;
    return true;
  }

  /** Brings a packet of one control chunk to a length by a PAD chunk behind it (RFC 4820 3), if that is possible. */
  padTo(lengthBytes: number): void {
    if (this.#isWithinReach(lengthBytes)) this.#writePad(this.#at, lengthBytes - this.#at);
  }

  /** As `padTo`, but the PAD chunk comes first: DATA stands behind all control chunks (RFC 9260 6.10). */
  padInFrontTo(lengthBytes: number): void {
    if (!this.#isWithinReach(lengthBytes)) return;
    const padBytes = lengthBytes - this.#at;
    this.#slab.bytes.copyWithin(COMMON_HEADER_BYTES + padBytes, COMMON_HEADER_BYTES, this.#at);
    if (this.#authAt !== 0) this.#authAt += padBytes; // It needs no authentication itself.
    this.#writePad(COMMON_HEADER_BYTES, padBytes);
  }

  /** Whether a PAD chunk, a header at least, makes up for what is missing. */
  #isWithinReach(lengthBytes: number): boolean {
    const padBytes = lengthBytes - this.#at;
    return padBytes >= PAD_HEADER_BYTES && padBytes % 4 === 0 && lengthBytes <= this.#slab.bytes.length;
  }

  /** A slab has been used before: nothing of that goes out again. */
  #writePad(at: number, padBytes: number): void {
    const { bytes, view } = this.#slab;
    view.setUint16(at, ChunkType.Pad << 8);
    view.setUint16(at + 2, padBytes);
    bytes.fill(0, at + PAD_HEADER_BYTES, at + padBytes);
    this.#at += padBytes;
    this.chunkCount++;
    this.controlChunkCount++;
  }

  /** Signs the packet, and seals it with its checksum; returns its length in bytes. */
  finish(): number {
    if (this.#authAt !== 0) this.#signer?.sign(this.#slab.bytes, this.#authAt, this.#at, this.#authKeyId);
    sealPacket(this.#slab.packet(this.#at));
    return this.#at;
  }
}
