import fc from "fast-check";
import { expect, it } from "vitest";
import { Fifo } from "../../../src/base/fifo.ts";

/** The first item that came out wrong, for a mistake in a thousand items is one complaint. */
function firstWrong(fifo: Fifo<number>, from: number, count: number): string | undefined {
  for (let i = from; i < from + count; i++) {
    const peeked = fifo.peek();
    const taken = fifo.shift();
    if (peeked !== i || taken !== i) return `item ${i}: peek gave ${peeked}, shift ${taken}`;
  }
  return undefined;
}

/** Killed: the compaction drops an item or keeps the head; an emptied queue keeps its head; drain gives what was taken. */
it("gives items in the order they came, however many wait", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 40, size: "max" }),
      (steps) => {
        const fifo = new Fifo<number>();
        let pushed = 0;
        let taken = 0;
        for (const step of steps) {
          for (let i = 0; i < step; i++) fifo.push(pushed++);
          const count = Math.min(-step, pushed - taken);
          if (count <= 0) continue;
          expect(firstWrong(fifo, taken, count)).toBeUndefined();
          taken += count;
          expect(fifo.length).toBe(pushed - taken);
        }
        expect(fifo.drain()).toEqual(Array.from({ length: pushed - taken }, (_, i) => taken + i));
        expect([fifo.length, fifo.peek(), fifo.shift()]).toEqual([0, undefined, undefined]);
      },
    ),
    { numRuns: 50 },
  );
});

/** Items that the methods of arrays move meanwhile. */
function movedItems(run: () => void): number {
  const { slice, shift } = Array.prototype;
  let moved = 0;
  Array.prototype.slice = function (this: unknown[], start?: number, end?: number): unknown[] {
    const part = slice.call(this, start, end);
    moved += part.length;
    return part;
  };
  Array.prototype.shift = function (this: unknown[]): unknown {
    moved += this.length;
    return shift.call(this);
  };
  try {
    run();
  } finally {
    Object.assign(Array.prototype, { slice, shift });
  }
  return moved;
}

/** Killed: `Array.shift` in the place of the head; a compaction for every 1,024 that were taken; none at all. */
it("moves no more items than are taken, however many wait [C9]", () => {
  const fifo = new Fifo<number>();
  const waiting = 40_000;
  for (let i = 0; i < waiting; i++) fifo.push(i);
  const takenCount = 3 * waiting;
  const moved = movedItems(() => {
    for (let i = 0; i < takenCount; i++) {
      fifo.shift();
      fifo.push(waiting + i);
    }
  });
  expect(moved).toBeGreaterThan(0); // What was taken does not stay in memory.
  expect(moved).toBeLessThanOrEqual(takenCount);
  expect(fifo.length).toBe(waiting);
});
