/**
 * Where lessons are played for a page: step by step, with the drawings of the moment.
 * Owns: answering what a page asks, in plain data; playing on from the last step where that is possible.
 * Does not own: playing (lesson-run.ts), the thread that it is done in (lesson-worker.ts, faults).
 */
import { fanOut, type Ladder, ladderSvg, ladderText, PathHistory, pathPlotSvg } from "../../../src/core.ts";
import { readScenario, ScenarioLadder } from "../../../src/sim/index.ts";
import type { Fault } from "./bug.ts";
import type { Lesson } from "./lesson.ts";
import { type FoundTarget, LessonRun, type Plays, type StepOutcome, type Watcher } from "./lesson-run.ts";

/** Plays a lesson to a step, counted from 0. */
export interface DeskRequest {
  readonly lesson: string;
  readonly step: number;
}

/** What a page shows of it. */
export interface DeskReport extends DeskRequest {
  /** Of this step. */
  readonly outcome: StepOutcome;
  /** What the step points at, in words. */
  readonly words: readonly string[];
  /** The latest packets: as a picture, and as text. */
  readonly svg: string;
  readonly text: string;
  /** Windows and round trips, where the step points at them; empty otherwise. */
  readonly plot: string;
  /** The same for a telephone. */
  readonly narrowPlot: string;
  /** Where these stacks have one. */
  readonly fault: Fault | undefined;
}

/** In px: both hosts of a usual drawing are within a telephone, in letters as large as they are. */
const LANE_WIDTH = 296;
const NARROW_PLOT = 340;
/** More would be a picture that nobody looks at. */
const DRAWN_PACKETS = 24;

interface Playing {
  readonly run: LessonRun;
  readonly picture: ScenarioLadder;
  readonly histories: ReadonlyMap<string, PathHistory>;
  outcome: StepOutcome | undefined;
}

export class LessonDesk {
  readonly #lessons: readonly Lesson[];
  readonly #plays: Plays | undefined;
  readonly #fault: Fault | undefined;
  #playing: Playing | undefined;

  constructor(lessons: readonly Lesson[], plays?: Plays, fault?: Fault) {
    this.#lessons = lessons;
    this.#plays = plays;
    this.#fault = fault;
  }

  /** @throws Error if there is no such lesson or step; SimViolation */
  answer({ lesson, step }: DeskRequest): DeskReport {
    const playing = this.#playingTo(lesson, step);
    while ((playing.outcome?.index ?? -1) < step) {
      const outcome = playing.run.next();
      if (outcome === undefined) throw new Error(`the lesson "${lesson}" has no step ${step + 1}`);
      playing.outcome = outcome;
    }
    const outcome = playing.outcome as StepOutcome;
    const { picture, run } = playing;
    picture.mark(run.scene.run.packetsUnderWay);
    const { ladder } = picture;
    const fromMs = ladder.packets.at(-DRAWN_PACKETS)?.sentAtMs ?? 0;
    const title = `Sequence diagram of ${ladder.lanes.join(", ")} until ${timeText(outcome.atMs)}`;
    return {
      lesson,
      step,
      outcome,
      words: outcome.points.map((target) => wordsOf(target, ladder)),
      svg: ladderSvg(ladder, { title, fromMs, toMs: outcome.atMs, laneWidth: LANE_WIDTH }),
      text: ladderText(ladder, { fromMs, toMs: outcome.atMs }).join("\n"),
      plot: plotOf(outcome, playing.histories),
      narrowPlot: plotOf(outcome, playing.histories, NARROW_PLOT),
      fault: this.#fault,
    };
  }

  /** What is being played, if it has not gone too far; or the lesson from its beginning. */
  #playingTo(name: string, step: number): Playing {
    const current = this.#playing;
    if (current?.run.lesson.name === name && (current.outcome?.index ?? -1) <= step) return current;
    const lesson = this.#lessons.find((each) => each.name === name);
    if (lesson === undefined) throw new Error(`there is no lesson "${name}"`);
    const picture = new ScenarioLadder(readScenario(lesson.scenario));
    const histories = new Map<string, PathHistory>();
    const watcher: Watcher = {
      onSent: (packet, copies, lostBy) => picture.onSent(packet, copies, lostBy),
      onArrived: (copy) => picture.onArrived(copy),
      onLost: (copy, lostBy) => picture.onLost(copy, lostBy),
      trace: (host) => {
        const history = new PathHistory();
        histories.set(host, history);
        return fanOut(picture.trace(host), history);
      },
    };
    const run = new LessonRun(lesson, this.#plays, watcher);
    this.#playing = { run, picture, histories, outcome: undefined };
    return this.#playing;
  }
}

function wordsOf(target: FoundTarget, { packets, lanes }: Ladder): string {
  if (target.kind === "field") return `${target.host}: ${target.field} is ${target.value}`;
  if (target.kind === "plot") {
    return `${target.host}: ${target.plot === "window" ? "the windows over time" : "the round trips over time"}`;
  }
  const packet = packets[target.number - 1];
  if (packet === undefined) return `packet ${target.number}`;
  return `${lanes[packet.from]} to ${lanes[packet.to]}, sent at ${timeText(packet.sentAtMs)}: ${packet.label}`;
}

function plotOf(
  { points, atMs }: StepOutcome,
  histories: ReadonlyMap<string, PathHistory>,
  width?: number,
): string {
  const hosts = new Set(points.flatMap((target) => (target.kind === "plot" ? target.host : [])));
  if (hosts.size === 0) return "";
  const paths = [...hosts].flatMap((host) =>
    (histories.get(host)?.paths ?? []).map((path) => ({ ...path, name: `${host} to ${path.address}` })),
  );
  const title = `Windows and round trips of ${[...hosts].join(", ")}`;
  return pathPlotSvg(paths, { title, toMs: atMs, ...(width === undefined ? {} : { width }) });
}

export function timeText(ms: number): string {
  return `${Number(ms.toFixed(3)).toLocaleString("en")} ms`;
}
