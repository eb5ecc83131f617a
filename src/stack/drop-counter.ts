/**
 * What went no further, by reason.
 * Owns: the counts, telling the trace. Does not own: the reasons (base/trace-sink.ts), what is dropped when.
 */
import type { DropReason, TraceSink } from "../base/trace-sink.ts";

export class DropCounter {
  /** The time of the call at hand. */
  nowMs = 0;
  readonly #counts: Record<string, number> = {};
  readonly #trace: TraceSink | undefined;

  constructor(trace: TraceSink | undefined) {
    this.#trace = trace;
  }

  get counts(): Readonly<Record<string, number>> {
    return this.#counts;
  }

  /** @param association its id; undefined where there is none */
  count(association: number | undefined, reason: DropReason, detail: string): void {
    this.#counts[reason] = (this.#counts[reason] ?? 0) + 1;
    this.#trace?.event({ kind: "drop", association, reason, detail }, this.nowMs);
  }
}
