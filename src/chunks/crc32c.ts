/**
 * CRC32c, the checksum of SCTP (RFC 9260 6.8, Appendix A).
 * Owns: the computation in plain TypeScript, and the choice between it and the WebAssembly kernel.
 * Does not own: where in a packet the checksum stands (common-header.ts), the kernel (crc32c-kernel.ts).
 *
 * Hot: slice-by-16 reads sixteen bytes a step, each of which finds its table, the first four of them with the register;
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

/** Runs bytes [start, end) through the raw CRC register; begin with -1, and invert the result at the end. */
export function crc32cUpdate(register: number, bytes: Uint8Array, start: number, end: number): number {
  const t = TABLES;
  let crc = register;
  let at = start;
  if (end - start >= SLICING_THRESHOLD_BYTES) {
    for (const last = end - 16; at <= last; at += 16) {
      crc =
        (t[3840 + ((bytes[at] as number) ^ (crc & 0xff))] as number) ^
        (t[3584 + ((bytes[at + 1] as number) ^ ((crc >>> 8) & 0xff))] as number) ^
        (t[3328 + ((bytes[at + 2] as number) ^ ((crc >>> 16) & 0xff))] as number) ^
        (t[3072 + ((bytes[at + 3] as number) ^ (crc >>> 24))] as number) ^
        (t[2816 + (bytes[at + 4] as number)] as number) ^
        (t[2560 + (bytes[at + 5] as number)] as number) ^
        (t[2304 + (bytes[at + 6] as number)] as number) ^
        (t[2048 + (bytes[at + 7] as number)] as number) ^
        (t[1792 + (bytes[at + 8] as number)] as number) ^
        (t[1536 + (bytes[at + 9] as number)] as number) ^
        (t[1280 + (bytes[at + 10] as number)] as number) ^
        (t[1024 + (bytes[at + 11] as number)] as number) ^
        (t[768 + (bytes[at + 12] as number)] as number) ^
        (t[512 + (bytes[at + 13] as number)] as number) ^
        (t[256 + (bytes[at + 14] as number)] as number) ^
        (t[bytes[at + 15] as number] as number);
    }
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (t[(crc ^ (bytes[at] as number)) & 0xff] as number);
  return crc;
}

/** The CRC32c of a packet of which bytes [zeroFrom, zeroTo) count as zero, an unsigned 32-bit number. */
export function packetCrc32c(packet: Uint8Array, zeroFrom: number, zeroTo: number): number {
  const { length } = packet;
  if (length >= KERNEL_THRESHOLD_BYTES && length <= KERNEL_MAX_BYTES) {
    if (kernel === undefined) kernel = CrcKernel.make() ?? null;
    if (kernel !== null) return kernel.crc(packet, zeroFrom, zeroTo);
  }
  let register = crc32cUpdate(-1, packet, 0, zeroFrom);
  register = crc32cUpdate(register, ZEROS, 0, zeroTo - zeroFrom);
  return ~crc32cUpdate(register, packet, zeroTo, length) >>> 0;
}

const ZEROS = new Uint8Array(4);

/** The CRC32c of bytes, an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array): number {
  return packetCrc32c(bytes, 0, 0);
}
