/**
 * What the page of the race and its worker say to one another.
 * Owns: these types. Does not own: the worker (race-worker.ts), the page's side of it (race-session.ts).
 */
import type { Piece } from "./frames.ts";
import type { Conditions, Manner, Progress, Resource } from "./transfer.ts";

/** `run` numbers the races: what is told of an earlier one is out of date. */
export type RaceRequest =
  | {
      readonly kind: "start";
      readonly run: number;
      readonly resources: readonly Resource[];
      readonly conditions: Conditions;
    }
  | { readonly kind: "play-to"; readonly run: number; readonly ms: number };

export interface SideReport {
  /** What has been delivered since the last report, in order. */
  readonly pieces: readonly Piece[];
  readonly progress: readonly Progress[];
  /** Of both ends. */
  readonly packetCount: number;
}

/** The answer to every request. */
export interface RaceReport {
  readonly run: number;
  readonly nowMs: number;
  readonly isDone: boolean;
  readonly sides: Readonly<Record<Manner, SideReport>>;
}
