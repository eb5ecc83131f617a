/**
 * What the page and its worker say to each other: plain data.
 * Owns: these types. Does not own: who answers (player.ts, worker.ts), who asks (session.ts), the control blocks (snapshot.ts).
 */
import type { LadderNote, LadderRole, LadderWindow } from "../../../src/core.ts";
import type { Disturbance, Intervention, Scenario } from "../../../src/sim/index.ts";
import type { Breach } from "./audit.ts";
import type { Course } from "./courses.ts";
import type { PathRecord } from "./series-recorder.ts";
import type { Comparison } from "./watch.ts";

/** Pixels that are drawn beyond the view on either side, so that scrolling shows no gap. */
export const VIEW_MARGIN = 400;
/** Where now stands in the view while it is followed, as a part of its height. */
export const FOLLOWED_AT = 0.7;

/** From the page. */
export type Request =
  /** Plays another scenario, from the beginning to `atMs`. */
  | {
      readonly kind: "load";
      /** JSON, or what it has been parsed to. */
      readonly document: unknown;
      readonly interventions: readonly Intervention[];
      readonly atMs: number;
    }
  /** Shows a capture. */
  | { readonly kind: "capture"; readonly name: string; readonly bytes: Uint8Array }
  /** Virtual milliseconds in a real one. */
  | { readonly kind: "play"; readonly speed: number; readonly skipsQuiet: boolean }
  | { readonly kind: "pause" | "step" | "step-back" }
  | { readonly kind: "seek"; readonly ms: number }
  | { readonly kind: "disturb"; readonly copy: number; readonly what: Disturbance }
  /** Which part of the ladder is in view; where now is followed, it moves with it. */
  | { readonly kind: "look"; readonly top: number; readonly height: number; readonly isFollowing: boolean }
  /** Which packets stand in the list. */
  | { readonly kind: "list"; readonly first: number; readonly count: number }
  | { readonly kind: "select"; readonly packet: number | undefined }
  /** What the open view needs of each moment. */
  | { readonly kind: "watch"; readonly what: WatchKind }
  | { readonly kind: "export"; readonly format: ExportFormat; readonly host: string }
  /** The moment that was told last is on the screen: the next one may be told. */
  | { readonly kind: "shown" };

/** Both ends from the inside, or their paths over time. */
export type WatchKind = "nothing" | "ends" | "paths";

export type ExportFormat = "pcapng" | "sqlog" | "svg" | "json";

/** From the worker. */
export type Report =
  | { readonly kind: "ready"; readonly options: readonly OptionRow[] }
  | { readonly kind: "loaded"; readonly scenario: Scenario; readonly text: string }
  | { readonly kind: "captured"; readonly name: string; readonly told: string }
  | { readonly kind: "moment"; readonly moment: Moment }
  /** The bytes of the packet that was selected. */
  | { readonly kind: "selected"; readonly bytes: Uint8Array | undefined }
  | { readonly kind: "exported"; readonly name: string; readonly type: string; readonly bytes: Uint8Array }
  /** Of the document, or of the capture; or the simulation cannot go on. */
  | { readonly kind: "refused"; readonly why: string };

/** All that the ladder and the controls show of a moment. */
export interface Moment {
  readonly nowMs: number;
  readonly durationMs: number;
  readonly isOver: boolean;
  /** What the worker is doing. */
  readonly mode: "paused" | "playing" | "seeking";
  readonly lanes: readonly string[];
  readonly paths: readonly string[];
  readonly packetCount: number;
  readonly underWayCount: number;
  /** Packets that were too many. */
  readonly omittedCount: number;
  /** Pixels from the top to now, and to where what is under way will have arrived. */
  readonly nowY: number;
  readonly height: number;
  readonly rows: DrawnRows;
  readonly list: readonly DrawnPacket[];
  readonly selected: DrawnPacket | undefined;
  /** Undefined where nobody watches the ends, and in a capture. */
  readonly watched: Watched | undefined;
  /** Undefined where nobody watches the paths, and in a capture. */
  readonly records: readonly PathRecord[] | undefined;
  /** What was done by hand, undone by no step back: it is done again. */
  readonly interventions: readonly Intervention[];
  /** What the checks of the simulator found in this run. */
  readonly breach: Breach | undefined;
  /** What the last thing that was asked for has led to, in words; the number tells two of them apart. */
  readonly news: { readonly number: number; readonly text: string };
}

/** Both ends from the inside. */
export interface Watched extends Comparison {
  readonly courses: readonly Course[];
}

/** What of the ladder is in view. */
export interface DrawnRows {
  readonly packets: readonly DrawnPacket[];
  readonly notes: readonly DrawnNote[];
  readonly times: readonly DrawnTime[];
}

export interface DrawnPacket {
  /** Counted from 1 in the order of sending. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
  /** Its place in `Moment.paths`. */
  readonly path: number;
  readonly destination: string;
  readonly sentAtMs: number;
  readonly y: number;
  readonly label: string;
  readonly role: LadderRole;
  readonly again: string;
  readonly isGivenUp: boolean;
  readonly window: LadderWindow | undefined;
  readonly arrows: readonly DrawnArrow[];
}

export interface DrawnArrow {
  /** The id of the copy; 0 if it was never under way. */
  readonly copy: number;
  readonly fate: "arrived" | "lost" | "under way";
  /** When it arrived or will; when it was lost. */
  readonly endMs: number;
  readonly endY: number;
  /** How far it has come, or had when it was lost: from 0 to 1. */
  readonly progress: number;
  readonly lostBy: string;
  readonly isDamaged: boolean;
}

export interface DrawnNote {
  readonly number: number;
  readonly lane: number;
  readonly atMs: number;
  readonly y: number;
  readonly kind: LadderNote["kind"];
  readonly text: string;
  readonly brief: string;
}

/** A time that is written at the side. */
export interface DrawnTime {
  readonly y: number;
  readonly atMs: number;
  /** More of it has passed than the paper shows. */
  readonly isBreak: boolean;
}

/** An option of associations, as the forms need it. */
export interface OptionRow {
  readonly name: string;
  readonly type: "number" | "boolean" | "choice";
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly names: readonly string[];
  readonly otherwise: string;
  readonly description: string;
  readonly section: string;
}
