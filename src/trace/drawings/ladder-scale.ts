/**
 * Where time lies on the paper of a ladder.
 * Owns: rows that do not overlap, gaps that grow with the time between them as far as there is room, breaks where there is none.
 * Does not own: what stands in the rows (ladder-svg.ts).
 */

/** Something that stands at a time. */
export interface ScaleEntry {
  readonly atMs: number;
  /** Pixels that it must lie below what came before. */
  readonly needs: number;
  readonly of: object;
}

export interface ScaleMark {
  readonly y: number;
  readonly atMs: number;
  /** More time passed before it than the paper shows. */
  readonly isBreak: boolean;
}

const MAX_GAP = 60;
/** A row whose time is written beside it. */
const ROW = 15;

export class LadderScale {
  readonly #places = new Map<object, number>();
  readonly #marks: ScaleMark[] = [];
  #height = 0;

  /** @param entries in the order of time. @param pixelsPerMs as far as the gaps have room */
  constructor(entries: readonly ScaleEntry[], pixelsPerMs: number) {
    let beforeMs = entries[0]?.atMs ?? 0;
    let writtenMs = Number.NaN;
    let isBreak = false;
    for (const { atMs, needs, of } of entries) {
      const wished = (atMs - beforeMs) * pixelsPerMs;
      this.#height += Math.max(needs, Math.min(wished, MAX_GAP));
      isBreak ||= wished > MAX_GAP;
      beforeMs = atMs;
      this.#places.set(of, this.#height);
      if (needs < ROW || atMs === writtenMs) continue;
      this.#marks.push({ y: this.#height, atMs, isBreak });
      writtenMs = atMs;
      isBreak = false;
    }
  }

  get height(): number {
    return this.#height;
  }
  /** The times to be written. */
  get marks(): readonly ScaleMark[] {
    return this.#marks;
  }

  /** Undefined for what has no place. */
  yOf(what: object): number | undefined {
    return this.#places.get(what);
  }
}
