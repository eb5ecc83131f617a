/**
 * Randomness for hosts whose tags and TSNs are to wrap soon.
 * Owns: numbers shortly before 2^32. Does not own: who wants them.
 */
import { type RandomSource, SeededRandom } from "../../platform/random.ts";

/** Only numbers shortly before 2^32: even or odd ones, so that no two hosts choose the same tag. */
export class HighNumbers implements RandomSource {
  readonly #random: SeededRandom;
  readonly #lowestBit: number;

  constructor(seed: number, lowestBit: 0 | 1) {
    this.#random = new SeededRandom(seed);
    this.#lowestBit = lowestBit;
  }

  uint32(): number {
    return 0xffff_ffc0 + 2 * this.#random.integer(0, 31) + this.#lowestBit;
  }

  fill(bytes: Uint8Array): void {
    this.#random.fill(bytes);
  }
}
