/**
 * Captures in the format of Wireshark, pcapng.
 * Owns: its sections in both byte orders, interfaces, and the three kinds of blocks that hold packets. All other blocks are skipped.
 * Does not own: writing them (pcapng.ts), what is in a frame (link-layer.ts).
 */
import { utf8Text } from "../utf8.ts";
import { CaptureError, type CaptureFrame } from "./capture-frame.ts";

const SECTION_HEADER_BLOCK = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION_BLOCK = 1;
const PACKET_BLOCK = 2; // obsolete, still met
const SIMPLE_PACKET_BLOCK = 3;
const ENHANCED_PACKET_BLOCK = 6;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const MAJOR_VERSION = 1;
const BLOCK_HEADER_BYTES = 8;
const BLOCK_OVERHEAD_BYTES = 12;

const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_NAME = 2;
const OPTION_PACKET_FLAGS = 2;
const OPTION_RESOLUTION = 9;
const OPTION_TIME_OFFSET = 14;
const NS_PER_SECOND = 1_000_000_000n;

interface Interface {
  readonly linkType: number;
  readonly name: string | undefined;
  readonly snapshotBytes: number;
  readonly unitsPerSecond: bigint;
  readonly offsetSeconds: bigint;
}

/** What stands between a block's two lengths. */
interface Block {
  readonly type: number;
  /** Where the block itself begins, for complaints. */
  readonly start: number;
  readonly bodyAt: number;
  readonly end: number;
}

interface Option {
  readonly code: number;
  readonly value: DataView;
}

export function isPcapng(file: DataView): boolean {
  return file.byteLength >= 4 && file.getUint32(0) === SECTION_HEADER_BLOCK;
}

/**
 * The frames of a pcapng file.
 * @throws CaptureError where the file cannot be read on
 */
export function pcapngFrames(file: DataView): Generator<CaptureFrame> {
  return new PcapngReader(file).frames();
}

class PcapngReader {
  readonly #file: DataView;
  #littleEndian: boolean;
  #interfaces: Interface[];
  #frameCount: number;

  constructor(file: DataView) {
    this.#file = file;
    this.#littleEndian = true;
    this.#interfaces = [];
    this.#frameCount = 0;
  }

  *frames(): Generator<CaptureFrame> {
    for (let at = 0; at < this.#file.byteLength; ) {
      const block = this.#blockAt(at);
      at = block.end + 4;
      if (block.type === SECTION_HEADER_BLOCK) {
        this.#interfaces = []; // They are counted anew in each section.
      } else if (block.type === INTERFACE_DESCRIPTION_BLOCK) {
        this.#interfaces.push(this.#interfaceIn(block));
      } else {
        const frame = this.#frameIn(block);
        if (frame !== undefined) yield frame;
      }
    }
  }

  #blockAt(start: number): Block {
    const file = this.#file;
    const left = file.byteLength - start;
    if (left < BLOCK_OVERHEAD_BYTES)
      throw new CaptureError("TRUNCATED", start, "the file ends in the header of a block");
    // The type of a section header reads the same in both orders: it tells the order of all that follows.
    const isSection = file.getUint32(start) === SECTION_HEADER_BLOCK;
    if (isSection) this.#littleEndian = this.#orderOf(start);
    const lengthBytes = this.#uint32(start + 4);
    if (lengthBytes < BLOCK_OVERHEAD_BYTES || lengthBytes % 4 !== 0)
      throw new CaptureError("MALFORMED", start, `a block says that it is ${lengthBytes} bytes long`);
    if (lengthBytes > left) throw new CaptureError("TRUNCATED", start, "the file ends in a block");
    const end = start + lengthBytes - 4;
    if (this.#uint32(end) !== lengthBytes)
      throw new CaptureError("MALFORMED", start, "a block has two different lengths");
    const block = { type: this.#uint32(start), start, bodyAt: start + BLOCK_HEADER_BYTES, end };
    if (isSection) this.#checkSection(block);
    return block;
  }

  #orderOf(start: number): boolean {
    const magic = this.#file.getUint32(start + 8);
    if (magic === BYTE_ORDER_MAGIC) return false;
    if (this.#file.getUint32(start + 8, true) === BYTE_ORDER_MAGIC) return true;
    throw new CaptureError("MALFORMED", start, "a section does not tell its byte order");
  }

  #checkSection(block: Block): void {
    this.#need(block, 16);
    const version = this.#uint16(block.bodyAt + 4);
    if (version !== MAJOR_VERSION)
      throw new CaptureError("UNKNOWN_VERSION", block.start, `pcapng of version ${version}, not 1`);
  }

  #interfaceIn(block: Block): Interface {
    this.#need(block, 8);
    const options = this.#optionsFrom(block.bodyAt + 8, block);
    const name = options.find(({ code }) => code === OPTION_NAME);
    const resolution = options.find(({ code, value }) => code === OPTION_RESOLUTION && value.byteLength > 0);
    const offset = options.find(({ code, value }) => code === OPTION_TIME_OFFSET && value.byteLength >= 8);
    return {
      linkType: this.#uint16(block.bodyAt),
      name: name && textOf(name.value),
      snapshotBytes: this.#uint32(block.bodyAt + 4),
      unitsPerSecond: unitsPerSecond(resolution?.value.getUint8(0) ?? 6),
      offsetSeconds: offset?.value.getBigInt64(0, this.#littleEndian) ?? 0n,
    };
  }

  #frameIn(block: Block): CaptureFrame | undefined {
    const at = block.bodyAt;
    switch (block.type) {
      case ENHANCED_PACKET_BLOCK:
        this.#need(block, 20);
        return this.#timedFrame(block, this.#uint32(at));
      case PACKET_BLOCK:
        this.#need(block, 20);
        return this.#timedFrame(block, this.#uint16(at)); // Behind it stands a count of drops.
      case SIMPLE_PACKET_BLOCK: {
        this.#need(block, 4);
        const on = this.#interface(block, 0);
        const originalBytes = this.#uint32(at);
        const limit = on.snapshotBytes === 0 ? originalBytes : on.snapshotBytes;
        const capturedBytes = Math.min(originalBytes, limit, block.end - at - 4);
        return this.#frame(on, undefined, at + 4, capturedBytes, originalBytes, []);
      }
      default:
        return undefined;
    }
  }

  /** The frame of a block that has a time stamp and two lengths from its 5th byte on. */
  #timedFrame(block: Block, interfaceId: number): CaptureFrame {
    const at = block.bodyAt;
    const on = this.#interface(block, interfaceId);
    const units = (BigInt(this.#uint32(at + 4)) << 32n) | BigInt(this.#uint32(at + 8));
    const timeNs = on.offsetSeconds * NS_PER_SECOND + (units * NS_PER_SECOND) / on.unitsPerSecond;
    const capturedBytes = this.#uint32(at + 12);
    if (capturedBytes > block.end - at - 20)
      throw new CaptureError("MALFORMED", block.start, "a packet is longer than its block");
    const options = this.#optionsFrom(at + 20 + Math.ceil(capturedBytes / 4) * 4, block);
    return this.#frame(on, timeNs, at + 20, capturedBytes, this.#uint32(at + 16), options);
  }

  #frame(
    on: Interface,
    timeNs: bigint | undefined,
    dataAt: number,
    capturedBytes: number,
    originalBytes: number,
    options: readonly Option[],
  ): CaptureFrame {
    const file = this.#file;
    const flags = options.find(({ code, value }) => code === OPTION_PACKET_FLAGS && value.byteLength >= 4);
    const comments: string[] = [];
    for (const { code, value } of options) {
      const comment = code === OPTION_COMMENT ? textOf(value) : undefined;
      if (comment !== undefined) comments.push(comment);
    }
    this.#frameCount++;
    return {
      number: this.#frameCount,
      timeNs,
      linkType: on.linkType,
      interfaceName: on.name,
      direction: directionOf(flags?.value.getUint32(0, this.#littleEndian) ?? 0),
      bytes: new Uint8Array(file.buffer, file.byteOffset + dataAt, capturedBytes),
      originalBytes: Math.max(originalBytes, capturedBytes),
      comments,
    };
  }

  #interface(block: Block, id: number): Interface {
    const found = this.#interfaces[id];
    if (found !== undefined) return found;
    throw new CaptureError("MALFORMED", block.start, `a packet of interface ${id}, which is not described`);
  }

  #optionsFrom(start: number, { start: blockStart, end }: Block): Option[] {
    const options: Option[] = [];
    for (let at = start; at + 4 <= end; ) {
      const code = this.#uint16(at);
      if (code === OPTION_END) break;
      const lengthBytes = this.#uint16(at + 2);
      if (lengthBytes > end - at - 4)
        throw new CaptureError("MALFORMED", blockStart, "an option is longer than its block");
      const file = this.#file;
      options.push({ code, value: new DataView(file.buffer, file.byteOffset + at + 4, lengthBytes) });
      at += 4 + ((lengthBytes + 3) & ~3);
    }
    return options;
  }

  #need(block: Block, bodyBytes: number): void {
    if (block.end - block.bodyAt < bodyBytes)
      throw new CaptureError("MALFORMED", block.start, `a block of type ${block.type} is too short`);
  }

  #uint16(at: number): number {
    return this.#file.getUint16(at, this.#littleEndian);
  }
  #uint32(at: number): number {
    return this.#file.getUint32(at, this.#littleEndian);
  }
}

/** `if_tsresol`: the highest bit says whether the others are a power of 2 or of 10. */
function unitsPerSecond(resolution: number): bigint {
  const exponent = BigInt(resolution & 0x7f);
  return (resolution & 0x80) === 0 ? 10n ** exponent : 2n ** exponent;
}

/** The two lowest bits of a packet's flags. */
function directionOf(flags: number): CaptureFrame["direction"] {
  if ((flags & 3) === 0) return undefined;
  return (flags & 3) === 1 ? "received" : (flags & 3) === 2 ? "sent" : undefined;
}

function textOf(value: DataView): string | undefined {
  return utf8Text(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}
