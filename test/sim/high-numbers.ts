/** Randomness for hosts whose TSNs are to wrap soon. */
import { type RandomSource, SeededRandom } from "../../src/platform/random.ts";

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
