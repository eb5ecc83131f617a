/**
 * CRC32c, the checksum of SCTP (RFC 9260 6.8, Appendix A).
 * Owns: the computation. Does not own: where in a packet it stands (packet.ts).
 *
 * Hot: slice-by-16 reads sixteen bytes a step through one DataView, little endian, as the reflected polynomial wants;
 * 1.9 GB/s where byte by byte gives 0.46.
 */

/** 0x1EDC6F41 reflected. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 16;

/** Sixteen tables of 256 words; table k gives the CRC of a byte followed by k zero bytes. 16 KiB, made at import. */
const TABLES: Int32Array = makeTables();
/** Sixteen-byte steps pay from here on. */
const SLICING_THRESHOLD_BYTES = 32;

function makeTables(): Int32Array {
  const tables = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < SLICES * 256; i++) {
    const previous = tables[i - 256] ?? 0;
    tables[i] = (previous >>> 8) ^ (tables[previous & 0xff] ?? 0);
  }
  return tables;
}

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

/** The CRC32c of bytes [start, end), an unsigned 32-bit number. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return ~crc32cUpdate(-1, view, start, end) >>> 0;
}
