/**
 * SHA-1 and HMAC-SHA-1 in portable TypeScript (FIPS 180-4, RFC 3174, RFC 2104): every peer that authenticates chunks knows them
 * (RFC 4895 3.3).
 * Owns: the computation. Does not own: SHA-256, which is preferred where the peer has it (sha256.ts), key management.
 */
import type { HmacKey } from "./hmac.ts";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 20;
const INITIAL = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);

// One computation at a time, and none of it outlives its call: memory is made once.
const state = new Int32Array(5);
const schedule = new Int32Array(80);
const tail = new Uint8Array(2 * BLOCK_BYTES);

/** The SHA-1 of `data`, 20 bytes. */
export function sha1(data: Uint8Array): Uint8Array {
  state.set(INITIAL);
  finish(data, 0);
  return digest();
}

/** Takes the last bytes of a message into the state. @param before how many came before them, a multiple of the block */
function finish(data: Uint8Array, before: number): void {
  const whole = data.length & ~(BLOCK_BYTES - 1);
  for (let at = 0; at < whole; at += BLOCK_BYTES) compress(data, at);
  const left = data.length - whole;
  const tailBytes = left + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES;
  tail.fill(0);
  tail.set(data.subarray(whole));
  tail[left] = 0x80;
  const totalBytes = before + data.length;
  write32(tail, tailBytes - 8, Math.floor(totalBytes / 0x2000_0000));
  write32(tail, tailBytes - 4, totalBytes << 3);
  for (let at = 0; at < tailBytes; at += BLOCK_BYTES) compress(tail, at);
}

function digest(): Uint8Array {
  const bytes = new Uint8Array(DIGEST_BYTES);
  for (let i = 0; i < 5; i++) write32(bytes, 4 * i, state[i] ?? 0);
  return bytes;
}

function write32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}

const rotate = (x: number, n: number): number => (x << n) | (x >>> (32 - n));

/** FIPS 180-4 6.1.2, one block at `at`. No table is looked up by a secret, so the time tells nothing of it. */
function compress(bytes: Uint8Array, at: number): void {
  const w = schedule as { [index: number]: number };
  for (let i = 0; i < 16; i++) {
    const byteAt = at + 4 * i;
    const high = ((bytes[byteAt] as number) << 24) | ((bytes[byteAt + 1] as number) << 16);
    w[i] = high | ((bytes[byteAt + 2] as number) << 8) | (bytes[byteAt + 3] as number);
  }
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

/** HMAC-SHA-1 with a key whose two pads have been taken into the state already. */
export class PortableSha1Key implements HmacKey {
  readonly #inner: Int32Array;
  readonly #outer: Int32Array;

  constructor(secret: Uint8Array) {
    const key = new Uint8Array(BLOCK_BYTES);
    key.set(secret.length > BLOCK_BYTES ? sha1(secret) : secret);
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
