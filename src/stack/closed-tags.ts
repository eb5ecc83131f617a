/**
 * Tags of associations that have ended, for as long as a cookie that carries one might come (RFC 9260 5.3.1).
 * Owns: how long and how many are remembered. Does not own: what is refused because of it (cookie-receiver.ts, stack.ts).
 *
 * Without it, a COOKIE ECHO that was late, or recorded, would bring an association back that its peer has forgotten.
 */

export class ClosedTags {
  readonly #lifeMs: number;
  readonly #maxCount: number;
  /** When each may be forgotten; the oldest come first. */
  readonly #forgetAtMs = new Map<number, number>();

  /**
   * @param lifeMs the longest that a cookie may live
   * @param maxCount beyond so many, the oldest are forgotten early
   */
  constructor(lifeMs: number, maxCount: number) {
    this.#lifeMs = lifeMs;
    this.#maxCount = maxCount;
  }

  get size(): number {
    return this.#forgetAtMs.size;
  }

  add(tag: number, nowMs: number): void {
    this.#forgetAtMs.delete(tag);
    this.#forgetAtMs.set(tag, nowMs + this.#lifeMs);
    for (const [oldest, forgetAtMs] of this.#forgetAtMs) {
      if (forgetAtMs > nowMs && this.#forgetAtMs.size <= this.#maxCount) return;
      this.#forgetAtMs.delete(oldest);
    }
  }

  has(tag: number, nowMs: number): boolean {
    const forgetAtMs = this.#forgetAtMs.get(tag);
    return forgetAtMs !== undefined && forgetAtMs > nowMs;
  }
}
