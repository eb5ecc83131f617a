/**
 * The seam for randomness.
 * Owns: the interface that every random number of the stack comes through, and a seeded generator for simulations.
 * Does not own: the host's cryptographic source (src/node/common/platform.ts).
 */

/** Where random numbers come from. A host passes a cryptographic source, a simulation a seeded one. */
export interface RandomSource {
  /** A number uniform in 0 .. 2^32 - 1. */
  uint32(): number;
  /** Overwrites all of `bytes`. */
  fill(bytes: Uint8Array): void;
}

/** A reproducible generator (xoshiro128**) for simulations and tests; never for a network with strangers on it. */
export class SeededRandom implements RandomSource {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** @param seed any number; equal seeds give equal sequences */
  constructor(seed: number) {
    // splitmix32 spreads even neighbouring seeds over the whole state.
    let state = seed >>> 0;
    const next = (): number => {
      state = (state + 0x9e3779b9) >>> 0;
      let z = state;
      z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
      return (z ^ (z >>> 16)) >>> 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next() | 1;
  }

  uint32(): number {
    const scrambled = Math.imul(this.#b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return result;
  }

  /** The low byte of a number each; the state is kept in local variables meanwhile, which is several times faster. */
  fill(bytes: Uint8Array): void {
    let [a, b, c, d] = [this.#a | 0, this.#b | 0, this.#c | 0, this.#d | 0];
    for (let i = 0; i < bytes.length; i++) {
      const scrambled = Math.imul(b, 5);
      bytes[i] = Math.imul((scrambled << 7) | (scrambled >>> 25), 9);
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
  }

  /** A number uniform in [0, 1). */
  fraction(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** An integer uniform in `min` .. `max`, both included. */
  integer(min: number, max: number): number {
    return min + Math.floor(this.fraction() * (max - min + 1));
  }
}
