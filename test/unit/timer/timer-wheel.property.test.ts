import fc from "fast-check";
import { expect, it } from "vitest";
import { TimerNode, TimerWheel } from "../../../src/timer/timer-wheel.ts";

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant("set" as const),
      timer: fc.nat(7),
      inMs: fc.oneof(
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 0, max: 2e7, noNaN: true }),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("cancel" as const), timer: fc.nat(7) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      byMs: fc.oneof(
        fc.double({ min: 0, max: 100, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
      ),
    }),
  },
);

/** The owners of the timers that fire, one after the other. */
function* due<T>(wheel: TimerWheel<T>, nowMs: number): Generator<T> {
  for (let owner = wheel.takeDue(nowMs); owner !== undefined; owner = wheel.takeDue(nowMs)) yield owner;
}

it("fires every timer once, never early, at most one tick late, whatever is set, moved and cancelled", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: "max" }), (program) => {
      const wheel = new TimerWheel<number>();
      const nodes = Array.from({ length: 8 }, (_, i) => new TimerNode(i));
      const deadlines = new Map<number, number>(); // The model.
      let nowMs = 1_000.5;
      for (const s of program) {
        if (s.kind === "set") {
          wheel.set(nodes[s.timer]!, nowMs + s.inMs, nowMs);
          deadlines.set(s.timer, nowMs + s.inMs);
        } else if (s.kind === "cancel") {
          wheel.cancel(nodes[s.timer]!);
          deadlines.delete(s.timer);
        } else {
          nowMs += s.byMs;
          for (const timer of due(wheel, nowMs)) {
            expect(deadlines.get(timer), "fired without being set, or early").toBeLessThanOrEqual(nowMs);
            deadlines.delete(timer);
          }
          for (const deadlineMs of deadlines.values())
            expect(deadlineMs, "late by more than a tick").toBeGreaterThan(nowMs - 2);
        }
        expect(wheel.count).toBe(deadlines.size);
        const earliest = Math.min(...deadlines.values());
        expect(wheel.nextDeadlineMs()).toBeLessThanOrEqual(
          Math.max(Math.ceil(earliest), Math.floor(nowMs) + 1),
        );
      }
    }),
    { numRuns: 150 },
  );
});

it("lets a timer set others, and itself, while it fires", () => {
  const wheel = new TimerWheel<string>();
  const [a, b] = [new TimerNode("a"), new TimerNode("b")];
  const fired: string[] = [];
  wheel.set(a, 10, 0);
  wheel.set(b, 10, 0);
  for (const nowMs of [10, 20, 30]) {
    for (const name of due(wheel, nowMs)) {
      fired.push(`${name}${nowMs}`);
      if (name === "a") {
        wheel.set(a, nowMs + 10, nowMs);
        wheel.cancel(b);
      } else {
        wheel.set(a, nowMs + 10, nowMs);
      }
    }
  }
  expect(fired.filter((entry) => entry.startsWith("a")).length).toBeGreaterThanOrEqual(2);
  expect(wheel.count).toBe(1);
});

it("does not fire within the tick of a timer that has moved by less than one", () => {
  const wheel = new TimerWheel<string>();
  const node = new TimerNode("moved");
  wheel.set(node, 10, 0);
  wheel.set(node, 10.7, 0);
  expect([...due(wheel, 10.2)]).toEqual([]);
  expect([...due(wheel, 11)]).toEqual(["moved"]);
});
