/**
 * When the parts of an association want to be called.
 * Owns: the one list of them. Does not own: the deadlines themselves, which each part keeps as a plain number; the timer
 * (src/timer), which holds only the earliest.
 */
import type { TimerName } from "../../base/trace-sink.ts";

/** A part that waits for something. */
export interface TimedPart {
  /** When `onTimeout` is due; Infinity where nothing is waited for. */
  readonly deadlineMs: number;
  /** What a trace calls that which ends then; undefined where it is several things, or nothing. */
  readonly timer?: TimerName | undefined;
  /** Called once its deadline has come, maybe late, never early. */
  onTimeout(nowMs: number): void;
}

/** The timed parts that every association has. */
export interface TimedParts {
  readonly inbound: TimedPart;
  readonly outbound: TimedPart;
  readonly acknowledgements: TimedPart;
  readonly idleCloser: TimedPart;
  readonly shutdown: TimedPart;
  readonly monitor: TimedPart;
}

/** In this order when several are due at once. By name: a list of their own would cost every association memory. */
const TIMED = ["inbound", "outbound", "acknowledgements", "idleCloser", "shutdown", "monitor"] as const;
const NO_PARTS: readonly never[] = [];

export class Deadlines {
  readonly #parts: TimedParts;
  /** Beyond those that every association has. */
  #more: readonly TimedPart[] = NO_PARTS;

  constructor(parts: TimedParts) {
    this.#parts = parts;
  }

  /** One more part, behind the others. */
  add(part: TimedPart): void {
    this.#more = this.#more.concat(part);
  }

  remove(part: TimedPart): void {
    this.#more = this.#more.filter((other) => other !== part);
  }

  get earliestMs(): number {
    const { inbound, outbound, acknowledgements, idleCloser, shutdown, monitor } = this.#parts;
    // One by one: a loop over them asks six kinds of objects in one place, which no compiler makes fast.
    let earliestMs = Math.min(inbound.deadlineMs, outbound.deadlineMs, acknowledgements.deadlineMs);
    earliestMs = Math.min(earliestMs, idleCloser.deadlineMs, shutdown.deadlineMs, monitor.deadlineMs);
    for (const { deadlineMs } of this.#more) earliestMs = Math.min(earliestMs, deadlineMs);
    return earliestMs;
  }

  get count(): number {
    return TIMED.length + this.#more.length;
  }

  /** In the order in which they are called when several are due at once; undefined behind the last one. */
  at(index: number): TimedPart | undefined {
    const name = TIMED[index];
    return name === undefined ? this.#more[index - TIMED.length] : this.#parts[name];
  }
}
