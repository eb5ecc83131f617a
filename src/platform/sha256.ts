/**
 * SHA-256 and HMAC-SHA-256 in portable TypeScript (FIPS 180-4, RFC 2104), for hosts without an implementation of their
 * own: the simulator, a browser page.
 * Owns: the computation. Does not own: key management.
 */
import type { HmacKey, HmacProvider } from "./hmac.ts";

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
  const paddedBytes = (data.length + 9 + BLOCK_BYTES - 1) & ~(BLOCK_BYTES - 1);
  const message = new Uint8Array(paddedBytes);
  message.set(data);
  message[data.length] = 0x80;
  const view = new DataView(message.buffer);
  view.setUint32(paddedBytes - 8, Math.floor(data.length / 0x2000_0000));
  view.setUint32(paddedBytes - 4, data.length << 3);
  const state = Int32Array.from(INITIAL);
  const schedule = new Int32Array(64);
  for (let at = 0; at < paddedBytes; at += BLOCK_BYTES) compress(state, schedule, view, at);
  const digest = new Uint8Array(DIGEST_BYTES);
  const out = new DataView(digest.buffer);
  state.forEach((word, i) => {
    out.setInt32(4 * i, word);
  });
  return digest;
}

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n));

function compress(state: Int32Array, w: Int32Array, view: DataView, at: number): void {
  const word = (i: number): number => w[i] ?? 0;
  for (let i = 0; i < 16; i++) w[i] = view.getInt32(at + 4 * i);
  for (let i = 16; i < 64; i++) {
    const s0 = rotate(word(i - 15), 7) ^ rotate(word(i - 15), 18) ^ (word(i - 15) >>> 3);
    const s1 = rotate(word(i - 2), 17) ^ rotate(word(i - 2), 19) ^ (word(i - 2) >>> 10);
    w[i] = word(i - 16) + s0 + word(i - 7) + s1;
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let i = 0; i < 64; i++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + word(i)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, i) => {
    state[i] = (state[i] ?? 0) + value;
  });
}

/** HMAC-SHA-256 with a key whose two pads are made once. */
class PortableHmacKey implements HmacKey {
  readonly #inner: Uint8Array;
  readonly #outer: Uint8Array;

  constructor(secret: Uint8Array) {
    const key = new Uint8Array(BLOCK_BYTES);
    key.set(secret.length > BLOCK_BYTES ? sha256(secret) : secret);
    this.#inner = key.map((byte) => byte ^ 0x36);
    this.#outer = key.map((byte) => byte ^ 0x5c);
  }

  sign(data: Uint8Array): Uint8Array {
    return sha256(joined(this.#outer, sha256(joined(this.#inner, data))));
  }
}

export class PortableHmac implements HmacProvider {
  createKey(secret: Uint8Array): HmacKey {
    return new PortableHmacKey(secret);
  }
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}
