/**
 * When the parts of an association want to be called.
 * Owns: the one list of them. Does not own: the deadlines themselves, which each part keeps as a plain number; the timer
 * (src/timer), which holds only the earliest; calling the parts (engine.ts).
 */

const NEVER = Number.POSITIVE_INFINITY;

/** A part that waits for something. */
export interface TimedPart {
  /** When `onTimeout` is due; Infinity where nothing is waited for. */
  readonly deadlineMs: number;
  /** Called once its deadline has come, maybe late, never early. */
  onTimeout(nowMs: number): void;
}

export class Deadlines {
  #parts: readonly TimedPart[];

  constructor(parts: readonly TimedPart[]) {
    this.#parts = parts;
  }

  /** In the order in which they are called when several are due at once. */
  get all(): readonly TimedPart[] {
    return this.#parts;
  }

  /** One more part, behind the others. */
  add(part: TimedPart): void {
    this.#parts = this.#parts.concat(part);
  }

  remove(part: TimedPart): void {
    this.#parts = this.#parts.filter((other) => other !== part);
  }

  get earliestMs(): number {
    let earliestMs = NEVER;
    for (const { deadlineMs } of this.#parts) if (deadlineMs < earliestMs) earliestMs = deadlineMs;
    return earliestMs;
  }
}
