/**
 * The lessons of the playground, played by the stack that they are about: what they say is true, and would not be said if it were not.
 */
import { describe, expect, it } from "vitest";
import type { Lesson } from "../../playground/src/lessons/lesson.ts";
import { LessonRun, type StepOutcome } from "../../playground/src/lessons/lesson-run.ts";
import { LESSONS } from "../../playground/src/lessons/list.ts";
import type { Scene } from "../../playground/src/lessons/scene.ts";
import { readScenario } from "../../src/sim/index.ts";

interface Played {
  readonly outcomes: readonly StepOutcome[];
  readonly scene: Scene;
}

function played(lesson: Lesson): Played {
  const run = new LessonRun(lesson);
  const outcomes: StepOutcome[] = [];
  for (let next = run.next(); next !== undefined; next = run.next()) outcomes.push(next);
  return { outcomes, scene: run.scene };
}

type Fields = Record<string, unknown>;

/** The same lesson in worlds where it must not work: what it says is false in one of them, or behind its end. */
function disturbed(lesson: Lesson): Lesson[] {
  const { scenario } = lesson;
  const links = scenario["links"] as Fields[];
  const hosts = scenario["hosts"] as Fields[];
  const timeline = scenario["timeline"] as Fields[];
  const perfect = links.map(({ between }) => ({ between }));
  const dead = links.map(({ between }) => ({ between, there: { lossRate: 1 } }));
  const silent = timeline.filter(({ do: deed }) => deed !== "send");
  const plain = hosts.map(({ name, addresses }) => ({ name, addresses }));
  return [
    { timeline: silent, faults: [] },
    ...("faults" in scenario ? [{ faults: [] }] : []),
    { hosts: plain },
    { links: dead },
    { links: perfect, faults: [] },
  ].map((change) => ({ ...lesson, scenario: { ...scenario, ...change } }));
}

describe.each(LESSONS.map((lesson) => [lesson.name, lesson] as const))("%s", (_, lesson) => {
  const { outcomes, scene } = played(lesson);

  it("plays to its end, and all that it says is true", () => {
    expect(outcomes.map(({ isReached }) => isReached)).toEqual(lesson.steps.map(() => true));
    expect(outcomes.flatMap(({ checks }) => checks).filter(({ holds }) => !holds)).toEqual([]);
    const times = outcomes.map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(scene.run.refused).toEqual([]);
  });

  it("points at what is there", () => {
    const points = lesson.steps.map((step) => step.points?.length ?? 0);
    expect(outcomes.map((outcome) => outcome.points.length)).toEqual(points);
  });

  it("asks what the stack answers, one way", () => {
    for (const [index, { asks }] of lesson.steps.entries()) {
      const cameTrue = outcomes[index + 1]?.cameTrue ?? [];
      expect(cameTrue.filter((isTrue) => isTrue)).toHaveLength(asks === undefined ? 0 : 1);
      if (asks !== undefined) expect(cameTrue).toHaveLength(asks.answers.length);
    }
    const questions = lesson.steps.flatMap(({ asks }) => asks ?? []);
    expect(questions.length).toBeGreaterThan(0);
    for (const { answers } of questions) {
      expect(answers.length).toBeGreaterThan(1);
      expect(answers.length).toBeLessThan(5);
    }
  });

  it("says nothing that could not be false", () => {
    scene.run.play();
    let unfailing = lesson.steps.flatMap(({ checks }, index) =>
      checks
        .filter(({ holds }) => holds(scene))
        .map((each) => ({ ...each, atMs: outcomes[index]?.atMs ?? 0 })),
    );
    for (const other of disturbed(lesson)) {
      if (unfailing.length === 0) break;
      const run = new LessonRun(other);
      unfailing = unfailing.filter(({ holds, atMs }) => {
        run.scene.run.playTo(atMs);
        return holds(run.scene);
      });
    }
    expect(unfailing.map(({ says }) => says)).toEqual([]);
  });

  it("has a form that a reader can take in", () => {
    expect(lesson.steps.length).toBeGreaterThan(3);
    expect(lesson.steps.length).toBeLessThan(9);
    expect(lesson.learns.split(/[.?!](?:\s|$)/).filter((sentence) => sentence !== "")).toHaveLength(2);
    expect(lesson.name).toMatch(/^[a-z][a-z0-9-]*$/);
    for (const section of lesson.sections)
      expect(section).toMatch(/^(?:RFC \d+|draft-[a-z0-9-]+)(?: [0-9A-Z.]+)?$/);
    for (const { options } of readScenario(lesson.scenario).hosts)
      expect(options).toMatchObject({
        congestionControl: expect.any(String),
        lossDetection: expect.any(String),
      });
  });
});

it("has lessons of different names", () => {
  expect(new Set(LESSONS.map(({ name }) => name)).size).toBe(LESSONS.length);
});
