import { expect, it } from "vitest";
import { Deadlines, type TimedPart } from "../../../../src/association/model/deadlines.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** Notes its name when it is called, and then waits for nothing more. */
function part(name: string, deadlineMs: number, called: string[], then: () => void = () => {}): TimedPart {
  const waiting = {
    deadlineMs,
    onTimeout(): void {
      waiting.deadlineMs = NEVER;
      called.push(name);
      then();
    },
  };
  return waiting;
}

const LIVES = { isOver: false };

it("is as early as the earliest part, and never where there is nothing to wait for", () => {
  const called: string[] = [];
  const deadlines = new Deadlines([part("a", 30, called), part("b", 10, called), part("c", NEVER, called)]);
  expect(deadlines.earliestMs).toBe(10);
  expect(new Deadlines([]).earliestMs).toBe(NEVER);
});

it("calls what is due, at its very moment too, in the order of the list, and nothing else", () => {
  const called: string[] = [];
  const list = [part("a", 20, called), part("b", 10, called), part("c", 21, called)];
  const deadlines = new Deadlines(list);
  deadlines.onTimeout(9, LIVES);
  expect(called).toEqual([]);
  deadlines.onTimeout(20, LIVES);
  expect(called).toEqual(["a", "b"]);
  expect(deadlines.earliestMs).toBe(21);
});

it("hears of a deadline that one part sets for a later one", () => {
  const called: string[] = [];
  const late = { deadlineMs: NEVER, onTimeout: () => called.push("late") };
  const early = part("early", 5, called, () => {
    late.deadlineMs = 5;
  });
  new Deadlines([early, late]).onTimeout(5, LIVES);
  expect(called).toEqual(["early", "late"]);
});

it("calls nobody once the whole is over", () => {
  const called: string[] = [];
  const whole = { isOver: false };
  const end = part("end", 1, called, () => {
    whole.isOver = true;
  });
  new Deadlines([end, part("after", 1, called)]).onTimeout(1, whole);
  expect(called).toEqual(["end"]);
});

it("takes parts in behind the others, and lets them go", () => {
  const called: string[] = [];
  const deadlines = new Deadlines([part("a", 1, called)]);
  const [b, c] = [part("b", 1, called), part("c", 0, called)];
  deadlines.add(b);
  deadlines.add(c);
  deadlines.remove(b);
  expect(deadlines.earliestMs).toBe(0);
  deadlines.onTimeout(1, LIVES);
  expect(called).toEqual(["a", "c"]);
});

it("may be changed by a part that is called", () => {
  const called: string[] = [];
  const b = part("b", 1, called);
  const deadlines = new Deadlines([part("a", 1, called, () => deadlines.remove(b)), b]);
  deadlines.onTimeout(1, LIVES);
  expect(deadlines.earliestMs).toBe(NEVER);
  expect(called).toContain("a");
});
