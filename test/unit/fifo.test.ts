import fc from "fast-check";
import { expect, it } from "vitest";
import { Fifo } from "../../src/base/fifo.ts";

/** Killed: the compaction drops an item or keeps the head; an emptied queue keeps its head. */
it("gives items in the order they came, however many wait", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -3_000, max: 3_000 }), { maxLength: 40, size: "max" }),
      (steps) => {
        const fifo = new Fifo<number>();
        let pushed = 0;
        let taken = 0;
        for (const step of steps) {
          for (let i = 0; i < step; i++) fifo.push(++pushed);
          for (let i = step; i < 0; i++) {
            const expected = taken < pushed ? taken + 1 : undefined;
            expect(fifo.peek()).toBe(expected);
            expect(fifo.shift()).toBe(expected);
            if (expected !== undefined) taken++;
          }
          expect(fifo.length).toBe(pushed - taken);
        }
      },
    ),
    { numRuns: 50 },
  );
});
