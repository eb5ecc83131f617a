/** Owns: how often in a second something may be done. Does not own: the limits (options.ts), what is done. */

/** So many a second, counted by whole seconds of the stack's own time. */
export class RateLimit {
  readonly #perSecond: number;
  #windowStartMs: number = Number.NEGATIVE_INFINITY;
  #taken = 0;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Takes one; false if this second's are used up. */
  take(nowMs: number): boolean {
    if (nowMs - this.#windowStartMs >= 1_000) {
      this.#windowStartMs = nowMs;
      this.#taken = 0;
    }
    return this.#taken++ < this.#perSecond;
  }
}
