/**
 * CRC32c, the checksum of SCTP (RFC 9260 6.8, Appendix A).
 * Owns: the computation in plain TypeScript, and the choice between it and the WebAssembly kernel.
 * Does not own: where in a packet the checksum stands (common-header.ts), the kernel (crc32c-kernel.ts).
 *
 * Hot: slice-by-16 reads sixteen bytes a step through one DataView, little endian, as the reflected polynomial wants;
 * 1.9 GB/s where byte by byte gives 0.46. The kernel does 5 at 1,472 bytes and 10 at 64 KiB, the copy into its memory
 * included, but a short packet is done before that has begun (`npm run bench:micro -- CRC32c`).
 */
import { CrcKernel, KERNEL_MAX_BYTES } from "./crc32c-kernel.ts";
import { crcTables } from "./crc32c-tables.ts";

/** Sixteen tables, 16 KiB, made at import. */
const TABLES: Int32Array = crcTables(16);
/** Sixteen-byte steps pay from here on. */
const SLICING_THRESHOLD_BYTES = 32;
/** The kernel pays from here on. */
const KERNEL_THRESHOLD_BYTES = 320;

/** Made for the first packet that is long enough; null where there is none. */
let kernel: CrcKernel | null | undefined;

/**
 * Runs bytes [start, end) of `view` through the raw CRC register; begin with -1, and invert the result at the end.
 * The view must not reach past the memory of what it covers.
 */
export function crc32cUpdate(register: number, view: DataView, start: number, end: number): number {
  const t = TABLES;
  let crc = register;
  let at = start;
  if (end - start >= SLICING_THRESHOLD_BYTES) {
    for (const last = end - 16; at <= last; at += 16) {
      const a = view.getInt32(at, true) ^ crc;
      const b = view.getInt32(at + 4, true);
      const c = view.getInt32(at + 8, true);
      const d = view.getInt32(at + 12, true);
      crc =
        (t[3840 + (a & 0xff)] as number) ^
        (t[3584 + ((a >>> 8) & 0xff)] as number) ^
        (t[3328 + ((a >>> 16) & 0xff)] as number) ^
        (t[3072 + (a >>> 24)] as number) ^
        (t[2816 + (b & 0xff)] as number) ^
        (t[2560 + ((b >>> 8) & 0xff)] as number) ^
        (t[2304 + ((b >>> 16) & 0xff)] as number) ^
        (t[2048 + (b >>> 24)] as number) ^
        (t[1792 + (c & 0xff)] as number) ^
        (t[1536 + ((c >>> 8) & 0xff)] as number) ^
        (t[1280 + ((c >>> 16) & 0xff)] as number) ^
        (t[1024 + (c >>> 24)] as number) ^
        (t[768 + (d & 0xff)] as number) ^
        (t[512 + ((d >>> 8) & 0xff)] as number) ^
        (t[256 + ((d >>> 16) & 0xff)] as number) ^
        (t[d >>> 24] as number);
    }
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (t[(crc ^ view.getUint8(at)) & 0xff] as number);
  return crc;
}

/**
 * The CRC32c of a packet of which bytes [zeroFrom, zeroTo) count as zero, an unsigned 32-bit number.
 * @param view of the same memory from the same start; it may reach further
 */
export function packetCrc32c(packet: Uint8Array, view: DataView, zeroFrom: number, zeroTo: number): number {
  const { length } = packet;
  if (length >= KERNEL_THRESHOLD_BYTES && length <= KERNEL_MAX_BYTES) {
    if (kernel === undefined) kernel = CrcKernel.make() ?? null;
    if (kernel !== null) return kernel.crc(packet, zeroFrom, zeroTo);
  }
  let register = crc32cUpdate(-1, view, 0, zeroFrom);
  register = crc32cUpdate(register, ZEROS, 0, zeroTo - zeroFrom);
  return ~crc32cUpdate(register, view, zeroTo, length) >>> 0;
}

const ZEROS = new DataView(new ArrayBuffer(4));

/** The CRC32c of bytes, an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  return packetCrc32c(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, 0);
}
