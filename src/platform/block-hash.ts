/**
 * Hash functions that take a message in by blocks of 64 bytes, and HMAC by them, in portable TypeScript (FIPS 180-4 5.1.1, RFC 2104).
 * Owns: padding, the state from block to block, keys. Does not own: what a block does to the state (sha1.ts, sha256.ts).
 */
import type { HmacKey } from "./hmac.ts";

const BLOCK_BYTES = 64;

/** Takes the block at `at` into the state. No table is looked up by a secret, so that the time tells nothing of it. */
export type Compress = (state: Int32Array, bytes: Uint8Array, at: number) => void;

export class BlockHash {
  readonly #initial: Int32Array;
  readonly #compress: Compress;
  // One computation at a time, and none of it outlives its call: memory is made once.
  readonly #state: Int32Array;
  readonly #tail = new Uint8Array(2 * BLOCK_BYTES);

  /** @param initial the state before the first block; the digest has as many bytes */
  constructor(initial: Int32Array, compress: Compress) {
    this.#initial = initial;
    this.#state = new Int32Array(initial.length);
    this.#compress = compress;
  }

  /** The hash of `data`. */
  hash(data: Uint8Array): Uint8Array {
    return this.#finish(this.#initial, data, 0);
  }

  /** Prepares a key of its HMAC; `secret` may be of any length. */
  createKey(secret: Uint8Array): HmacKey {
    const key = new Uint8Array(BLOCK_BYTES);
    key.set(secret.length > BLOCK_BYTES ? this.hash(secret) : secret);
    const inner = this.#after(key.map((byte) => byte ^ 0x36));
    const outer = this.#after(key.map((byte) => byte ^ 0x5c));
    return { sign: (data) => this.#finish(outer, this.#finish(inner, data, BLOCK_BYTES), BLOCK_BYTES) };
  }

  /**
   * Takes the last bytes of a message in.
   * @param state after all that came before
   * @param before bytes that came before, a multiple of the block
   * @returns the digest
   */
  #finish(state: Int32Array, data: Uint8Array, before: number): Uint8Array {
    const tail = this.#tail;
    for (let i = 0; i < state.length; i++) this.#state[i] = state[i] as number;
    const whole = data.length & ~(BLOCK_BYTES - 1);
    for (let at = 0; at < whole; at += BLOCK_BYTES) this.#compress(this.#state, data, at);
    const left = data.length - whole;
    const tailBytes = left + 9 > BLOCK_BYTES ? 2 * BLOCK_BYTES : BLOCK_BYTES;
    for (let i = 0; i < left; i++) tail[i] = data[whole + i] as number;
    tail[left] = 0x80;
    for (let i = left + 1; i < tailBytes - 8; i++) tail[i] = 0;
    const totalBytes = before + data.length;
    write32(tail, tailBytes - 8, Math.floor(totalBytes / 0x2000_0000));
    write32(tail, tailBytes - 4, totalBytes << 3);
    for (let at = 0; at < tailBytes; at += BLOCK_BYTES) this.#compress(this.#state, tail, at);
    const digest = new Uint8Array(4 * this.#state.length);
    for (let i = 0; i < this.#state.length; i++) write32(digest, 4 * i, this.#state[i] as number);
    return digest;
  }

  #after(block: Uint8Array): Int32Array {
    const state = Int32Array.from(this.#initial);
    this.#compress(state, block, 0);
    return state;
  }
}

/** As a signed number, as the computations have their words. */
export function read32(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 24) | ((bytes[at + 1] as number) << 16);
  return high | ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
}

function write32(bytes: Uint8Array, at: number, word: number): void {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
}
