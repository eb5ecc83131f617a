/**
 * What a window was reduced for, as long as all of it may have been late and not lost.
 * Owns: which chunks have not been shown to be late. Does not own: what shows it (rack-loss-detector.ts), what is made of it
 * (src/congestion).
 */

/** Of more chunks at a time nothing is remembered: so many are not late. */
const MAX_CHUNKS = 256;

export class LossEpisode {
  /** T3-rtx expired: what was in flight was not found lost, but given up. */
  readonly isTimeout: boolean;
  readonly #unproven = new Set<number>();
  #isOpen = true;

  constructor(isTimeout: boolean) {
    this.isTimeout = isTimeout;
  }

  /** @param isAmbiguous it had been sent again before, so that nobody can tell which of them came */
  add(tsn: number, isAmbiguous: boolean): void {
    if (isAmbiguous || this.#unproven.size >= MAX_CHUNKS) this.#isOpen = false;
    if (this.#isOpen) this.#unproven.add(tsn);
    else this.#unproven.clear();
  }

  /** A chunk was late. @returns whether all of them were */
  onLate(tsn: number): boolean {
    return this.#unproven.delete(tsn) && this.#isOpen && this.#unproven.size === 0;
  }
}
