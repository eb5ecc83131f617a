/** "Find the bug" of the playground: the sound stack does right, and the one with the fault does not. */
import { describe, expect, it } from "vitest";
import { type FaultyStack, lessonOf, playsWith } from "../../playground/src/lessons/bug.ts";
import { BUGS } from "../../playground/src/lessons/bugs.ts";
import type { Lesson } from "../../playground/src/lessons/lesson.ts";
import { LessonRun, type Plays, type StepOutcome } from "../../playground/src/lessons/lesson-run.ts";

function played(lesson: Lesson, plays?: Plays): StepOutcome[] {
  const run = new LessonRun(lesson, plays);
  return lesson.steps.flatMap(() => run.next() ?? []);
}

describe.each(BUGS.map((bug) => [bug.name, bug] as const))("%s", (_, bug) => {
  it("does not show with the sound stack", () => {
    const [, end] = played(lessonOf(bug));
    expect(end?.checks.map(({ holds }) => holds)).toEqual([true]);
  });

  it("shows with the stack that has the fault, and where the reader is to look", async () => {
    const faulty: FaultyStack = await import(/* @vite-ignore */ `virtual:fault/${bug.mutant}`);
    const [shown, end] = played(lessonOf(bug), playsWith(faulty));
    expect(end?.checks.map(({ holds }) => holds)).toEqual([false]);
    expect(shown?.points.length).toBe(bug.points.length);
    expect(faulty.fault.file).toMatch(/^src\/.*\.ts$/);
    expect(faulty.fault.right).not.toBe(faulty.fault.wrong);
  });

  it("has one rule that is broken, and says why", () => {
    expect(bug.rules.filter(({ isBroken }) => isBroken)).toHaveLength(1);
    expect(bug.rules.length).toBeGreaterThan(1);
    expect(bug.rules.length).toBeLessThan(5);
    for (const { section } of bug.rules) expect(section).toMatch(/^RFC \d+ [0-9.]+$/);
    expect(bug.hints.length).toBeGreaterThan(0);
  });
});

it("has six of them, of different names", () => {
  expect(new Set(BUGS.map(({ name }) => name)).size).toBe(6);
});
