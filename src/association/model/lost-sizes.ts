/**
 * Which packets did not arrive at an address for their size, for all associations of a stack (RFC 8899 3, item 9).
 * Owns: what is remembered of each address, and of how many. Does not own: finding it out (paths/packet-size-search.ts).
 *
 * Of a lost packet its host may have heard by ICMP that it was too large: it cuts larger ones from then on, whoever sends them, so
 * that they arrive. What one association has found out saves the others from believing that.
 */

/** Nothing larger is believed to arrive whole before that time. */
export interface SizeLimit {
  readonly maxBytes: number;
  readonly untilMs: number;
}

const MAX_ADDRESSES = 1_024;

export class LostSizes {
  /** The one that was noted last is at the end. */
  readonly #limits = new Map<string, SizeLimit>();

  note(address: string, limit: SizeLimit): void {
    this.#limits.delete(address);
    this.#limits.set(address, limit);
    for (const oldest of this.#limits.keys()) {
      if (this.#limits.size <= MAX_ADDRESSES) return;
      this.#limits.delete(oldest);
    }
  }

  of(address: string): SizeLimit | undefined {
    return this.#limits.get(address);
  }
}
