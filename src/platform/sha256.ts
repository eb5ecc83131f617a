/**
 * SHA-256 and HMAC-SHA-256 in portable TypeScript (FIPS 180-4, RFC 2104), for hosts without an implementation of their
 * own: the simulator, a browser page.
 * Owns: the computation. Does not own: key management.
 */
import type { HmacKey, HmacProvider } from "./hmac.ts";
import { PortableSha1Key } from "./sha1.ts";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

/** The first 32 bits of the fractional parts of the cube roots, and square roots, of the first primes. */
const PRIMES = firstPrimes(64);
const K = Int32Array.from(PRIMES, (prime) => fractionBits(Math.cbrt(prime)));
const INITIAL = Int32Array.from(PRIMES.slice(0, 8), (prime) => fractionBits(Math.sqrt(prime)));

function firstPrimes(count: number): number[] {
  const primes: number[] = [];
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n);
  return primes;
}

function fractionBits(root: number): number {
  return ((root - Math.floor(root)) * 0x1_0000_0000) | 0;
}

/** The SHA-256 of `data`, 32 bytes. */
export function sha256(data: Uint8Array): Uint8Array {
  state.set(INITIAL);
  finish(data, 0);
  return digest();
}

// One computation at a time, and none of it outlives its call: memory is made once.
const state = new Int32Array(8);
const schedule = new Int32Array(64);
const tail = new Uint8Array(2 * BLOCK_BYTES);

/** Takes the last bytes of a message into the state. @param before how many came before them, a multiple of the block */
function finish(data: Uint8Array, before: number): void {
  const whole = data.length & ~(BLOCK_BYTES - 1);
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(data, at);
  const left = data.length - whole;
  const tailBytes = left + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES;
  tail.fill(0);
  for (let i = 0; i < left; i++) tail[i] = data[whole + i] ?? 0;
  tail[left] = 0x80;
  const totalBytes = before + data.length;
  write32(tail, tailBytes - 8, Math.floor(totalBytes / 0x2000_0000));
  write32(tail, tailBytes - 4, totalBytes << 3);
  for (let at = 0; at < tailBytes; at += BLOCK_BYTES) compress(tail, at);
}

function digest(): Uint8Array {
  const bytes = new Uint8Array(DIGEST_BYTES);
  for (let i = 0; i < 8; i++) write32(bytes, 4 * i, state[i] ?? 0);
  return bytes;
}

/** As a signed number, as the computation has its words. */
function read32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
}

function write32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

/** FIPS 180-4 6.2.2, one block at `at`. No table is looked up by a secret, so the time tells nothing of it. */
function compress(bytes: Uint8Array, at: number): void {
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

/** HMAC-SHA-256 with a key whose two pads have been taken into the state already. */
class PortableHmacKey implements HmacKey {
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  constructor(secret: Uint8Array) {
    const key = new Uint8Array(BLOCK_BYTES);
    key.set(secret.length > BLOCK_BYTES ? sha256(secret) : secret);
    this.#inner = stateAfter(key.map((byte) => byte ^ 0x36));
    this.#outer = stateAfter(key.map((byte) => byte ^ 0x5c));
  }

  sign(data: Uint8Array): Uint8Array {
    state.set(this.#inner);
    finish(data, BLOCK_BYTES);
    const inner = digest();
    state.set(this.#outer);
    finish(inner, BLOCK_BYTES);
    return digest();
  }
}

function stateAfter(block: Uint8Array): Int32Array {
  state.set(INITIAL);
  compress(block, 0);
  return Int32Array.from(state);
}

export class PortableHmac implements HmacProvider {
  createKey(secret: Uint8Array): HmacKey {
    return new PortableHmacKey(secret);
  }

  createSha1Key(secret: Uint8Array): HmacKey {
    return new PortableSha1Key(secret);
  }
}
