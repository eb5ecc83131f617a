/**
 * The form of "find the bug": a scenario in which a stack with one fault does something that it must not do.
 * Owns: the types, playing one. Does not own: the bugs (bugs.ts), the stacks with faults (playground/build/faulty-stacks.ts).
 */
import type { ScenarioRun } from "../../../src/sim/index.ts";
import type { Check, Lesson, Target } from "./lesson.ts";
import type { Plays } from "./lesson-run.ts";

/** A stack with a fault in it, and the fault: what a module of playground/build/faulty-stacks.ts exports. */
export interface FaultyStack {
  readonly ScenarioRun: typeof ScenarioRun;
  readonly fault: Fault;
}

/** Where the fault is, the right code and the wrong one. */
export interface Fault {
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
}

/** Those of which there is a worker. */
export type MutantId =
  | "restart-reset"
  | "sack-gap"
  | "outbound-alternate"
  | "queue-karn"
  | "shutdown-pending"
  | "cwnd-timeout";

/** A rule that may be the broken one. */
export interface Rule {
  readonly text: string;
  readonly section: string;
  readonly isBroken: boolean;
  /** Why it is, or is not. */
  readonly why: string;
}

export interface Bug {
  /** As it stands in the URL. */
  readonly name: string;
  readonly title: string;
  /** What can be seen, and where to look. */
  readonly says: readonly string[];
  readonly scenario: Readonly<Record<string, unknown>>;
  /** When the fault shows first, in ms. */
  readonly atMs: number;
  readonly points: readonly Target[];
  /** From vague to plain. */
  readonly hints: readonly string[];
  /** Two to four, of which one is broken. */
  readonly rules: readonly Rule[];
  readonly answer: string;
  /** Holds at the end with a sound stack, and not with this one. */
  readonly rightness: Check;
  /** The id of the fault in test/mutants: `virtual:fault/` and it is the module of the stack. */
  readonly mutant: MutantId;
}

/** A bug as a lesson of two steps: where the fault shows, and the end, where the check of rightness is. */
export function lessonOf({ name, title, says, scenario, atMs, points, rightness }: Bug): Lesson {
  const endMs = Number(scenario["durationMs"]);
  return {
    name,
    title,
    learns: "",
    sections: [],
    scenario,
    steps: [
      { title: "What can be seen", until: { atMs }, says, points, checks: [] },
      { title: "The end", until: { atMs: endMs }, says: [], checks: [rightness] },
    ],
  };
}

/** Plays with the stack that has the fault. */
export function playsWith({ ScenarioRun: FaultyRun }: FaultyStack): Plays {
  return (scenario, options) => new FaultyRun(scenario, options);
}
