/**
 * How each host came to its state, whether somebody watched or not.
 * Owns: the memory of the last transition. Does not own: which transitions there are, and the words for them (src/views/state).
 */
import type { AssociationState } from "../../../src/core.ts";
import type { ScenarioRun, SimHost } from "../../../src/sim/index.ts";

/** How an end came to its state. */
export interface Course {
  /** The newest association of the host; undefined where it has had none. */
  readonly id: number | undefined;
  readonly state: AssociationState;
  /** The state before; undefined where none is known. */
  readonly from: AssociationState | undefined;
  /** When it was first seen in its state. */
  readonly atMs: number;
}

const NOT_BEGUN: Course = { id: undefined, state: "CLOSED", from: undefined, atMs: 0 };

/** Follows from event to event, of which nearly all change no state. */
export function followed(before: readonly Course[], { nowMs, hosts }: ScenarioRun): readonly Course[] {
  if (before.length === hosts.length && hosts.every((host, i) => isStill(before[i], host))) return before;
  return hosts.map(({ associations }, i) => {
    const last = before[i] ?? NOT_BEGUN;
    const state = associations.at(-1)?.association.state;
    if (state === undefined) return NOT_BEGUN;
    const id = associations.length;
    if (id === last.id) return state === last.state ? last : { id, state, from: last.state, atMs: nowMs };
    return { id, state, from: state === "CLOSED" ? undefined : ("CLOSED" as const), atMs: nowMs };
  });
}

function isStill(course: Course | undefined, { associations }: SimHost): boolean {
  const last = associations.at(-1);
  return last === undefined
    ? course === NOT_BEGUN
    : course?.id === associations.length && course.state === last.association.state;
}
