/**
 * Which packets carry the TSNs of one flow that nobody has acknowledged yet.
 * Owns: that, within a limit, without looking at all of them for each SACK. Does not own: what is made of it (watcher.ts, drawings/ladder.ts).
 */
import { tsnGt } from "../base/serial.ts";
import type { GapBlock } from "../chunks/sack-lists.ts";

/** What is heeded of a SACK (RFC 9260 3.3.4). */
export interface Acknowledgement {
  readonly cumulativeTsnAck: number;
  readonly gapBlocks: readonly GapBlock[];
}

/** Later ones are not kept. */
const MAX_TSNS = 65_536;

export class OpenTsns<T> {
  /** In the order in which they were added. */
  readonly #carriers = new Map<number, T[]>();
  #lastTsn: number | undefined;
  /** Each was newer than the one before: then whatever stands behind a newer one than was acknowledged is newer, too. */
  #isInOrder = true;

  /** A packet carries it; it may not be the first. */
  add(tsn: number, carrier: T): void {
    const known = this.#carriers.get(tsn);
    if (known !== undefined) {
      known.push(carrier);
      return;
    }
    if (this.#carriers.size >= MAX_TSNS) return;
    if (this.#carriers.size === 0) this.#isInOrder = true;
    else if (this.#lastTsn !== undefined && !tsnGt(tsn, this.#lastTsn)) this.#isInOrder = false;
    this.#lastTsn = tsn;
    this.#carriers.set(tsn, [carrier]);
  }

  has(tsn: number): boolean {
    return this.#carriers.has(tsn);
  }

  clear(): void {
    this.#carriers.clear();
  }

  acknowledge({ cumulativeTsnAck, gapBlocks }: Acknowledgement): void {
    const last = gapBlocks.reduce((furthest, { end }) => Math.max(furthest, end), 0);
    this.#walkThrough((cumulativeTsnAck + last) >>> 0, (tsn) => {
      const at = (tsn - cumulativeTsnAck) >>> 0;
      const isAcked =
        !tsnGt(tsn, cumulativeTsnAck) || gapBlocks.some(({ start, end }) => at >= start && at <= end);
      if (isAcked) this.#carriers.delete(tsn);
    });
  }

  /** Forgets all up to a TSN. @returns who carried them */
  takeThrough(through: number): T[] {
    const taken: T[] = [];
    this.#walkThrough(through, (tsn, carriers) => {
      taken.push(...carriers);
      this.#carriers.delete(tsn);
    });
    return taken;
  }

  #walkThrough(through: number, visit: (tsn: number, carriers: readonly T[]) => void): void {
    for (const [tsn, carriers] of this.#carriers) {
      if (!tsnGt(tsn, through)) visit(tsn, carriers);
      else if (this.#isInOrder) return;
    }
  }
}
