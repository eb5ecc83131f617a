/**
 * The two moments that the views beside the ladder compare: this one, and the one before it.
 * Owns: which moment counts as the one before: none that lies on another run, as after going back. Does not own: what is in a
 * snapshot (take-snapshot.ts), when there is a new moment (worker.ts).
 */
import type { ScenarioRun } from "../../../src/sim/index.ts";
import type { Snapshot } from "./snapshot.ts";
import { takeSnapshot } from "./take-snapshot.ts";

export interface Comparison {
  readonly now: Snapshot;
  /** Undefined where nothing counts as changed. */
  readonly before: Snapshot | undefined;
}

export class Watch {
  #run: ScenarioRun | undefined;
  #stepCount = 0;
  #last: Comparison | undefined;

  /** The same moment is taken down once, however often it is asked for. */
  look(run: ScenarioRun): Comparison {
    if (run !== this.#run) this.forget();
    this.#run = run;
    const last = this.#last;
    const { stepCount } = run.world;
    if (last !== undefined && last.now.nowMs === run.nowMs && this.#stepCount === stepCount) return last;
    this.#stepCount = stepCount;
    this.#last = { now: takeSnapshot(run), before: last?.now };
    return this.#last;
  }

  /** Nothing is compared across a jump. */
  forget(): void {
    this.#last = undefined;
  }
}
