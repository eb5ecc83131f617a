/**
 * A lesson being played: from step to step, with the real stack.
 * Owns: when the moment of a step has come, which of its statements hold, which answer has come true.
 * Does not own: what they ask (scene.ts), showing it (lesson-player.tsx).
 */
import { fanOut, type TraceSink } from "../../../src/core.ts";
import {
  observeAll,
  type PacketObserver,
  readScenario,
  type Scenario,
  ScenarioRun,
  type ScenarioRunOptions,
} from "../../../src/sim/index.ts";
import { type Happening, Happenings, isLike, type SeenPacket, tells } from "./happenings.ts";
import type { Lesson, LessonStep, Moment, Target } from "./lesson.ts";
import { Scene } from "./scene.ts";

/** Plays a scenario, with this stack or with one that has a fault in it. */
export type Plays = (scenario: Scenario, options: ScenarioRunOptions) => ScenarioRun;

/** Somebody who draws it. */
export interface Watcher extends PacketObserver {
  trace(host: string): TraceSink;
}

const SOUND: Plays = (scenario, options) => new ScenarioRun(scenario, options);

/** A target, found: plain data, to be posted between threads. */
export type FoundTarget =
  | { readonly kind: "packet"; readonly number: number }
  | { readonly kind: "field"; readonly host: string; readonly field: string; readonly value: string }
  | { readonly kind: "plot"; readonly host: string; readonly plot: "window" | "round-trip" };

/** What has come of a step: plain data. */
export interface StepOutcome {
  readonly index: number;
  readonly atMs: number;
  /** Whether its moment came before the scenario was over. */
  readonly isReached: boolean;
  readonly checks: ReadonlyArray<{ readonly says: string; readonly holds: boolean }>;
  readonly points: readonly FoundTarget[];
  /** Which answers to the question of the step before have come true. */
  readonly cameTrue: readonly boolean[];
}

export class LessonRun {
  readonly lesson: Lesson;
  readonly scene: Scene;
  readonly #run: ScenarioRun;
  readonly #happenings = new Happenings();
  #nextStep = 0;

  /** @param watcher sees what happens, too */
  constructor(lesson: Lesson, plays: Plays = SOUND, watcher?: Watcher) {
    this.lesson = lesson;
    const happenings = this.#happenings;
    this.#run = plays(readScenario(lesson.scenario), {
      observer: watcher === undefined ? happenings : observeAll(happenings, watcher),
      trace: (host) =>
        watcher === undefined ? happenings.trace(host) : fanOut(happenings.trace(host), watcher.trace(host)),
    });
    this.scene = new Scene(this.#run, this.#happenings);
  }

  get isOver(): boolean {
    return this.#nextStep >= this.lesson.steps.length;
  }

  /** Plays to the moment of the next step. @returns undefined behind the last one */
  next(): StepOutcome | undefined {
    const index = this.#nextStep;
    const step = this.lesson.steps[index];
    if (step === undefined) return undefined;
    this.#nextStep++;
    const isReached = this.#playTo(step.until);
    const before = this.lesson.steps[index - 1];
    return {
      index,
      atMs: this.#run.nowMs,
      isReached,
      checks: step.checks.map(({ says, holds }) => ({ says, holds: holds(this.scene) })),
      points: (step.points ?? []).flatMap((target) => this.#found(target)),
      cameTrue: answersOf(before).map(({ comesTrue }) => comesTrue(this.scene)),
    };
  }

  #playTo(moment: Moment): boolean {
    if ("atMs" in moment) {
      this.#run.playTo(moment.atMs + (moment.afterMs ?? 0));
      return true;
    }
    const isReached = this.#playUntil(moment);
    this.#run.playTo(this.#run.nowMs + (moment.afterMs ?? 0));
    return isReached;
  }

  #playUntil(moment: Exclude<Moment, { readonly atMs: number }>): boolean {
    const { all } = this.#happenings;
    const nth = ("packet" in moment ? moment.packet.nth : moment.event.nth) ?? 1;
    let read = 0;
    let found = 0;
    do {
      for (; read < all.length; read++) {
        if (!isMeant(all[read] as Happening, moment)) continue;
        found++;
        if (found === nth) return true;
      }
    } while (this.#run.step());
    return false;
  }

  #found(target: Target): FoundTarget[] {
    if (target.kind === "plot") return [target];
    if (target.kind === "packet") {
      const packet: SeenPacket | undefined = this.scene.packet(target.packet);
      return packet === undefined ? [] : [{ kind: "packet", number: packet.number }];
    }
    const { kind, host, field, path } = target;
    const value = fieldOf(this.scene, host, field, path);
    return value === undefined ? [] : [{ kind, host, field, value }];
  }
}

function answersOf(step: LessonStep | undefined) {
  return step?.asks?.answers ?? [];
}

function isMeant(happening: Happening, moment: Exclude<Moment, { readonly atMs: number }>): boolean {
  if (happening.what === "told") return "event" in moment && tells(happening.event, moment.event);
  return "packet" in moment && happening.what === moment.is && isLike(happening.packet, moment.packet);
}

/** Of the control block, or of a path; undefined where there is none. */
function fieldOf(scene: Scene, host: string, field: string, path: string | undefined): string | undefined {
  const status = scene.end(host)?.association.status();
  const places: readonly unknown[] = [path === undefined ? status : undefined, scene.path(host, path)];
  for (const place of places) {
    const value = (place as Readonly<Record<string, unknown>> | undefined)?.[field];
    if (value !== undefined) return String(value);
  }
  return undefined;
}
