/**
 * Captures in the old format of tcpdump, pcap.
 * Owns: its header and records, in both byte orders, with micro- or nanoseconds. Does not own: what is in a frame (link-layer.ts).
 */
import { CaptureError, type CaptureFrame } from "./capture-frame.ts";

const MICROSECONDS_MAGIC = 0xa1b2c3d4;
const NANOSECONDS_MAGIC = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;
const MAJOR_VERSION = 2;
/** The upper bits of the link type say how long a frame check sequence is. */
const LINK_TYPE_MASK = 0xffff;

interface PcapMagic {
  readonly littleEndian: boolean;
  readonly nsPerUnit: bigint;
}

/** The byte order and the unit of time of a pcap file; undefined if `file` does not begin as one. */
export function pcapMagic(file: DataView): PcapMagic | undefined {
  if (file.byteLength < 4) return undefined;
  for (const littleEndian of [true, false]) {
    const magic = file.getUint32(0, littleEndian);
    if (magic === MICROSECONDS_MAGIC) return { littleEndian, nsPerUnit: 1_000n };
    if (magic === NANOSECONDS_MAGIC) return { littleEndian, nsPerUnit: 1n };
  }
  return undefined;
}

/**
 * The frames of a pcap file.
 * @throws CaptureError where the file cannot be read on
 */
export function* pcapFrames(file: DataView, magic: PcapMagic): Generator<CaptureFrame> {
  const { littleEndian, nsPerUnit } = magic;
  if (file.byteLength < FILE_HEADER_BYTES)
    throw new CaptureError("TRUNCATED", file.byteLength, "the file ends in its header");
  const version = file.getUint16(4, littleEndian);
  if (version !== MAJOR_VERSION)
    throw new CaptureError("UNKNOWN_VERSION", 4, `pcap of version ${version}, not ${MAJOR_VERSION}`);
  const linkType = file.getUint32(20, littleEndian) & LINK_TYPE_MASK;
  let at = FILE_HEADER_BYTES;
  for (let number = 1; at < file.byteLength; number++) {
    if (at + RECORD_HEADER_BYTES > file.byteLength)
      throw new CaptureError("TRUNCATED", at, "the file ends in the header of a packet");
    const capturedBytes = file.getUint32(at + 8, littleEndian);
    const originalBytes = file.getUint32(at + 12, littleEndian);
    const dataAt = at + RECORD_HEADER_BYTES;
    if (capturedBytes > file.byteLength - dataAt)
      throw new CaptureError("TRUNCATED", at, "the file ends in a packet");
    const seconds = BigInt(file.getUint32(at, littleEndian));
    yield {
      number,
      timeNs: seconds * 1_000_000_000n + BigInt(file.getUint32(at + 4, littleEndian)) * nsPerUnit,
      linkType,
      interfaceName: undefined,
      direction: undefined,
      bytes: new Uint8Array(file.buffer, file.byteOffset + dataAt, capturedBytes),
      originalBytes: Math.max(originalBytes, capturedBytes),
      comments: [],
    };
    at = dataAt + capturedBytes;
  }
}
