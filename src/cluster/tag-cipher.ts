/**
 * A keyed permutation of the 32-bit numbers: Speck32/64 (Beaulieu et al., 2013), 22 rounds on two halves of 16 bits.
 * Owns: the permutation and its inverse. Does not own: what the numbers mean (tag-layout.ts).
 *
 * It hides which worker a Verification Tag belongs to; nothing else hangs on its strength. Who breaks it may guess the
 * tags of one worker's associations among 2^32 divided by the number of workers, and still has to guess.
 *
 * Hot: a router asks it once per datagram; nothing here allocates.
 */

const ROUNDS = 22;
/** Bytes of a key. */
export const CIPHER_KEY_BYTES = 8;

export class TagCipher {
  readonly #roundKeys: Uint16Array = new Uint16Array(ROUNDS);

  /** @param key 8 bytes; its first two are the last word in the order of the publication */
  constructor(key: Uint8Array) {
    const word = (i: number): number => ((key[2 * i] ?? 0) << 8) | (key[2 * i + 1] ?? 0);
    const left = [word(2), word(1), word(0)];
    let right = word(3);
    for (let round = 0; round < ROUNDS; round++) {
      this.#roundKeys[round] = right;
      const mixed = ((rotateRight((left[round] ?? 0) & 0xffff, 7) + right) & 0xffff) ^ round;
      left.push(mixed);
      right = rotateLeft(right, 2) ^ mixed;
    }
  }

  /** @param block 0 to 2^32 - 1 */
  encrypt(block: number): number {
    let x = block >>> 16;
    let y = block & 0xffff;
    for (let round = 0; round < ROUNDS; round++) {
      x = ((rotateRight(x, 7) + y) & 0xffff) ^ (this.#roundKeys[round] ?? 0);
      y = rotateLeft(y, 2) ^ x;
    }
    return ((x << 16) | y) >>> 0;
  }

  /** The inverse of `encrypt`. */
  decrypt(block: number): number {
    let x = block >>> 16;
    let y = block & 0xffff;
    for (let round = ROUNDS - 1; round >= 0; round--) {
      y = rotateRight(y ^ x, 2);
      x = rotateLeft(((x ^ (this.#roundKeys[round] ?? 0)) - y) & 0xffff, 7);
    }
    return ((x << 16) | y) >>> 0;
  }
}

const rotateRight = (x: number, n: number): number => ((x >>> n) | (x << (16 - n))) & 0xffff;
const rotateLeft = (x: number, n: number): number => ((x << n) | (x >>> (16 - n))) & 0xffff;
