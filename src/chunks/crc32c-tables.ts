/**
 * What every way to compute CRC32c stands on.
 * Owns: the polynomial, the tables for reading several bytes a step. Does not own: the computations (crc32c.ts,
 * crc32c-kernel.ts).
 */

/** 0x1EDC6F41 reflected (RFC 9260 Appendix A). */
const POLYNOMIAL = 0x82f63b78;

/** Tables of 256 words; table k gives the CRC of a byte followed by k zero bytes. */
export function crcTables(count: number): Int32Array {
  const tables = new Int32Array(count * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < count * 256; i++) {
    const previous = tables[i - 256] ?? 0;
    tables[i] = (previous >>> 8) ^ (tables[previous & 0xff] ?? 0);
  }
  return tables;
}
