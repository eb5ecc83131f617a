/**
 * SHA-1 in portable TypeScript (FIPS 180-4, RFC 3174): every peer that authenticates chunks knows its HMAC (RFC 4895 3.3).
 * Owns: what a block does to the state. Does not own: blocks, keys (block-hash.ts), SHA-256, which is preferred where the peer has it.
 */
import { BlockHash, read32 } from "./block-hash.ts";

const INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
const schedule = new Int32Array(80);

/** Digests of 20 bytes. */
export const SHA1: BlockHash = new BlockHash(INITIAL, compress);

const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** FIPS 180-4 6.1.2. */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  const w = schedule as { [index: number]: number };
  for (let i = 0; i < 16; i++) w[i] = read32(bytes, at + 4 * i);
  for (let i = 16; i < 80; i++)
    w[i] = rotate(
      (w[i - 3] as number) ^ (w[i - 8] as number) ^ (w[i - 14] as number) ^ (w[i - 16] as number),
      1,
    );
  const s = state as { [index: number]: number };
  let a = s[0] as number;
  let b = s[1] as number;
  let c = s[2] as number;
  let d = s[3] as number;
  let e = s[4] as number;
  for (let i = 0; i < 80; i++) {
    const next = (rotate(a, 5) + mixed(i, b, c, d) + e + (w[i] as number)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  s[0] = (s[0] as number) + a;
  s[1] = (s[1] as number) + b;
  s[2] = (s[2] as number) + c;
  s[3] = (s[3] as number) + d;
  s[4] = (s[4] as number) + e;
}

/** The function and the constant of a round (FIPS 180-4 4.1.1, 4.2.1). */
function mixed(round: number, b: number, c: number, d: number): number {
  if (round < 20) return ((b & c) ^ (~b & d)) + 0x5a827999;
  if (round < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (round < 60) return ((b & c) ^ (b & d) ^ (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
