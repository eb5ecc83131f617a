/**
 * Where time lies in the ladder while it goes on.
 * Owns: rows that only ever come below the ones that are there, gaps that grow with the time between them up to a limit.
 * Does not own: what stands in the rows (chart.ts).
 */

/** Longer times are shown no longer than this, with a break. */
const MAX_GAP = 72;

export interface Row {
  readonly y: number;
  /** More time has passed before it than the paper shows. */
  readonly isBreak: boolean;
}

export class RowScale {
  readonly #pixelsPerMs: number;
  #y: number;
  #atMs = 0;

  constructor(pixelsPerMs: number, y: number) {
    this.#pixelsPerMs = pixelsPerMs;
    this.#y = y;
  }

  /** The next row. @param needs pixels below the last one, at least */
  next(atMs: number, needs: number): Row {
    const wished = (atMs - this.#atMs) * this.#pixelsPerMs;
    this.#y += Math.max(needs, Math.min(wished, MAX_GAP));
    this.#atMs = atMs;
    return { y: this.#y, isBreak: wished > MAX_GAP };
  }

  /** Where a time lies that has no row yet. */
  yAt(atMs: number): number {
    return this.#y + Math.min(Math.max(0, atMs - this.#atMs) * this.#pixelsPerMs, MAX_GAP);
  }

  /** Goes on from a time by itself: for what has not happened yet. */
  ahead(nowMs: number): RowScale {
    const scale = new RowScale(this.#pixelsPerMs, this.yAt(nowMs));
    scale.#atMs = nowMs;
    return scale;
  }
}
