import { expect, it } from "vitest";
import { Deadlines, type TimedPart } from "../../../../src/association/model/deadlines.ts";

const NEVER = Number.POSITIVE_INFINITY;

const IDLE: TimedPart = { deadlineMs: NEVER, onTimeout() {} };

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

/** The deadlines of an association whose own parts wait for nothing, but for these two; and these parts behind them. */
function deadlinesOf(more: readonly TimedPart[], { inbound = IDLE, monitor = IDLE } = {}): Deadlines {
  const own = { inbound, monitor, outbound: IDLE, acknowledgements: IDLE, idleCloser: IDLE, shutdown: IDLE };
  const deadlines = new Deadlines(own);
  for (const each of more) deadlines.add(each);
  return deadlines;
}

/** As the engine does. */
function call(deadlines: Deadlines, nowMs: number): void {
  for (let i = 0; i < deadlines.count; i++) {
    const due = deadlines.at(i);
    if (due !== undefined && nowMs >= due.deadlineMs) due.onTimeout(nowMs);
  }
}

it("is as early as the earliest part, and never where there is nothing to wait for", () => {
  const called: string[] = [];
  const deadlines = deadlinesOf([part("a", 30, called), part("b", 10, called), part("c", NEVER, called)]);
  expect(deadlines.earliestMs).toBe(10);
  expect(deadlinesOf([]).earliestMs).toBe(NEVER);
});

it("calls what is due, at its very moment too, in the order of the list, and nothing else", () => {
  const called: string[] = [];
  const list = [part("a", 20, called), part("b", 10, called), part("c", 21, called)];
  const deadlines = deadlinesOf(list);
  call(deadlines, 9);
  expect(called).toEqual([]);
  call(deadlines, 20);
  expect(called).toEqual(["a", "b"]);
  expect(deadlines.earliestMs).toBe(21);
});

it("hears of a deadline that one part sets for a later one", () => {
  const called: string[] = [];
  const late = { deadlineMs: NEVER, onTimeout: () => called.push("late") };
  const early = part("early", 5, called, () => {
    late.deadlineMs = 5;
  });
  call(deadlinesOf([late], { inbound: early }), 5);
  expect(called).toEqual(["early", "late"]);
});

it("has the parts of every association first, then those that were added", () => {
  const called: string[] = [];
  const own = { inbound: part("inbound", 1, called), monitor: part("monitor", 1, called) };
  const deadlines = deadlinesOf([part("added", 1, called)], own);
  expect([deadlines.count, deadlines.at(0), deadlines.at(7)]).toEqual([7, own.inbound, undefined]);
  call(deadlines, 1);
  expect(called).toEqual(["inbound", "monitor", "added"]);
});

it("takes parts in behind the others, and lets them go", () => {
  const called: string[] = [];
  const deadlines = deadlinesOf([part("a", 1, called)]);
  const [b, c] = [part("b", 1, called), part("c", 0, called)];
  deadlines.add(b);
  deadlines.add(c);
  deadlines.remove(b);
  expect(deadlines.earliestMs).toBe(0);
  call(deadlines, 1);
  expect(called).toEqual(["a", "c"]);
});

it("may be changed by a part that is called", () => {
  const called: string[] = [];
  const b = part("b", 1, called);
  const deadlines = deadlinesOf([part("a", 1, called, () => deadlines.remove(b)), b]);
  call(deadlines, 1);
  expect(deadlines.earliestMs).toBe(NEVER);
  expect(called).toContain("a");
});
