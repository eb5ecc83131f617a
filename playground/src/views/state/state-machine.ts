/**
 * The state machine of an end of an association (RFC 9260 4): what leads from state to state.
 * Owns: the transitions and their words. Does not own: which one was the last (session/courses.ts), the drawing
 * (state-machine-drawing.tsx).
 */
import type { AssociationState } from "../../../../src/core.ts";
import type { Course } from "../../session/courses.ts";

export interface Transition {
  readonly from: AssociationState;
  readonly to: AssociationState;
  /** What leads over it, in a few words. */
  readonly cause: string;
  /** What is done on the way. */
  readonly deed: string;
  /** Of RFC 9260. */
  readonly section: string;
}

export const TRANSITIONS: readonly Transition[] = [
  transition("CLOSED", "COOKIE-WAIT", "the user asks for it", "INIT is sent, T1-init starts", "5.1 A"),
  transition(
    "CLOSED",
    "ESTABLISHED",
    "a valid COOKIE ECHO came",
    "the association is made, COOKIE ACK is sent",
    "5.1 D",
  ),
  transition(
    "COOKIE-WAIT",
    "COOKIE-ECHOED",
    "INIT ACK came",
    "COOKIE ECHO is sent, T1-cookie starts",
    "5.1 C",
  ),
  transition(
    "COOKIE-WAIT",
    "ESTABLISHED",
    "the peer's COOKIE ECHO came",
    "both sides had asked; COOKIE ACK is sent",
    "5.2.4",
  ),
  transition("COOKIE-ECHOED", "ESTABLISHED", "COOKIE ACK came", "T1-cookie is stopped", "5.1 E"),
  transition(
    "ESTABLISHED",
    "SHUTDOWN-PENDING",
    "the user shuts down",
    "what is outstanding is waited for",
    "9.2",
  ),
  transition(
    "ESTABLISHED",
    "SHUTDOWN-SENT",
    "the user shuts down",
    "nothing is outstanding: SHUTDOWN is sent, T2-shutdown starts",
    "9.2",
  ),
  transition("ESTABLISHED", "SHUTDOWN-RECEIVED", "SHUTDOWN came", "what is outstanding is waited for", "9.2"),
  transition(
    "ESTABLISHED",
    "SHUTDOWN-ACK-SENT",
    "SHUTDOWN came",
    "nothing is outstanding: SHUTDOWN ACK is sent, T2-shutdown starts",
    "9.2",
  ),
  transition(
    "SHUTDOWN-PENDING",
    "SHUTDOWN-SENT",
    "all is acknowledged",
    "SHUTDOWN is sent, T2-shutdown starts",
    "9.2",
  ),
  transition(
    "SHUTDOWN-PENDING",
    "SHUTDOWN-RECEIVED",
    "SHUTDOWN came",
    "what is outstanding is waited for",
    "9.2",
  ),
  transition(
    "SHUTDOWN-PENDING",
    "SHUTDOWN-ACK-SENT",
    "SHUTDOWN came",
    "SHUTDOWN ACK is sent, T2-shutdown starts",
    "9.2",
  ),
  transition(
    "SHUTDOWN-RECEIVED",
    "SHUTDOWN-ACK-SENT",
    "all is acknowledged",
    "SHUTDOWN ACK is sent, T2-shutdown starts",
    "9.2",
  ),
  transition("SHUTDOWN-SENT", "SHUTDOWN-ACK-SENT", "SHUTDOWN came, too", "SHUTDOWN ACK is sent", "9.2"),
  transition(
    "SHUTDOWN-SENT",
    "CLOSED",
    "SHUTDOWN ACK came",
    "SHUTDOWN COMPLETE is sent, the association is removed",
    "9.2",
  ),
  transition("SHUTDOWN-ACK-SENT", "CLOSED", "SHUTDOWN COMPLETE came", "the association is removed", "9.2"),
];

function transition(
  from: AssociationState,
  to: AssociationState,
  cause: string,
  deed: string,
  section: string,
): Transition {
  return { from, to, cause, deed, section };
}

/** Where several transitions happened within one step, the steps of RFC 9260 are not those that were seen. */
export function transitionOf({ from, state }: Course): Transition | undefined {
  return TRANSITIONS.find((each) => each.from === from && each.to === state);
}

/**
 * The shortest way between two states over some transitions, as indices: what was passed where a step led over several of them.
 * Empty where none leads there.
 */
export function wayBetween(
  transitions: readonly Pick<Transition, "from" | "to">[],
  from: AssociationState | undefined,
  to: AssociationState,
): readonly number[] {
  let ways: { readonly at: AssociationState | undefined; readonly way: readonly number[] }[] = [
    { at: from, way: [] },
  ];
  for (let step = 0; step < transitions.length && ways.length > 0; step++) {
    ways = ways.flatMap(({ at, way }) =>
      transitions.flatMap((each, i) =>
        each.from === at && !way.includes(i) ? [{ at: each.to, way: [...way, i] }] : [],
      ),
    );
    const found = ways.find(({ at }) => at === to);
    if (found !== undefined) return found.way;
  }
  return [];
}

/** The last transition in words. */
export function courseText(course: Course): string {
  const { from, state } = course;
  if (from === undefined) return state === "CLOSED" ? "There is no association." : `It is in ${state}.`;
  const known = transitionOf(course);
  if (known !== undefined)
    return `${from} → ${state}: ${known.cause}; ${known.deed} (RFC 9260 ${known.section}).`;
  if (state === "CLOSED")
    return `${from} → CLOSED: it was aborted, or the peer could not be reached (RFC 9260 9.1, 8.1).`;
  return `${from} → ${state}, in several transitions at once.`;
}
