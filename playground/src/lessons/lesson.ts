/**
 * The form of a lesson: a scenario, and what is said, pointed at, asked and checked at certain moments of it.
 * Owns: the types. Does not own: playing one (lesson-run.ts), what can be asked about a moment (scene.ts), the lessons.
 */
import type { EventQuery, PacketQuery } from "./happenings.ts";
import type { Scene } from "./scene.ts";

/**
 * The moment to which a step plays: a time, or the first time that something happens. `afterMs` lets some more time pass.
 * Everything that happens at that very time has happened.
 */
export type Moment = { readonly afterMs?: number } & (
  | { readonly atMs: number }
  | { readonly packet: PacketQuery; readonly is: "sent" | "arrived" | "lost" }
  | { readonly event: EventQuery }
);

/** What the reader is to look at. */
export type Target =
  | { readonly kind: "packet"; readonly packet: PacketQuery }
  /** Of the control block of the latest association of a host: "state", "cwndBytes". */
  | { readonly kind: "field"; readonly host: string; readonly field: string; readonly path?: string }
  | { readonly kind: "plot"; readonly host: string; readonly plot: "window" | "round-trip" };

/** A statement that must be true of the running stack. */
export interface Check {
  readonly says: string;
  holds(scene: Scene): boolean;
}

/** One of the things that may come of it; the stack itself decides which does. */
export interface Answer {
  readonly text: string;
  /** Why it comes true, or why it does not. */
  readonly why: string;
  /** Asked at the moment of the next step. */
  comesTrue(scene: Scene): boolean;
}

/** What will happen until the next step? */
export interface Question {
  readonly asks: string;
  /** Two to four, of which one comes true. */
  readonly answers: readonly Answer[];
}

export interface LessonStep {
  readonly title: string;
  readonly until: Moment;
  /** Paragraphs. */
  readonly says: readonly string[];
  readonly points?: readonly Target[];
  readonly asks?: Question;
  readonly checks: readonly Check[];
}

export interface Lesson {
  /** As it stands in the URL. */
  readonly name: string;
  readonly title: string;
  /** What one learns, in two sentences. */
  readonly learns: string;
  /** "RFC 9260 5.1". */
  readonly sections: readonly string[];
  /** A scenario document, as `readScenario` takes it. */
  readonly scenario: Readonly<Record<string, unknown>>;
  readonly steps: readonly LessonStep[];
}

export function check(says: string, holds: (scene: Scene) => boolean): Check {
  return { says, holds };
}
