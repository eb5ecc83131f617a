/**
 * SHA-256 in portable TypeScript (FIPS 180-4).
 * Owns: what a block does to the state. Does not own: blocks, keys (block-hash.ts).
 */
import { BlockHash, read32 } from "./block-hash.ts";

/** The first 32 bits of the fractional parts of the cube roots, and square roots, of the first primes. */
const PRIMES = firstPrimes(64);
const K = Int32Array.from(PRIMES, (prime) => fractionBits(Math.cbrt(prime)));
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));

const schedule = new Int32Array(64);

/** Digests of 32 bytes. */
export const SHA256: BlockHash = new BlockHash(INITIAL, compress);

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * 0x1_0000_0000) | 0;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** FIPS 180-4 6.2.2. */
function compress(state: Int32Array, bytes: Uint8Array, at: number): void {
  const w = schedule as { [index: number]: number };
  for (let i = 0; i < 16; i++) w[i] = read32(bytes, at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const early = w[i - 15] as number;
    const late = w[i - 2] as number;
    const s0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3);
    const s1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10);
    w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0;
  }
  const s = state as { [index: number]: number };
  let a = s[0] as number;
  let b = s[1] as number;
  let c = s[2] as number;
  let d = s[3] as number;
  let e = s[4] as number;
  let f = s[5] as number;
  let g = s[6] as number;
  let h = s[7] as number;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  s[0] = (s[0] as number) + a;
  s[1] = (s[1] as number) + b;
  s[2] = (s[2] as number) + c;
  s[3] = (s[3] as number) + d;
  s[4] = (s[4] as number) + e;
  s[5] = (s[5] as number) + f;
  s[6] = (s[6] as number) + g;
  s[7] = (s[7] as number) + h;
}
