import fc from "fast-check";
import { expect, it } from "vitest";
import { UnreadBytes } from "../../src/node/socket/unread-bytes.ts";

it("knows the sizes of the last ones pushed, however many were read at once", () => {
  const step = fc.oneof(
    fc.record({ push: fc.integer({ min: 1, max: 70_000 }), times: fc.integer({ min: 1, max: 3_000 }) }),
    fc.record({ read: fc.integer({ min: 0, max: 4_000 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const unread = new UnreadBytes();
      let model: number[] = [];
      for (const one of steps) {
        if ("push" in one) {
          for (let i = 0; i < one.times; i++) {
            unread.push(one.push + i);
            model.push(one.push + i);
          }
        } else {
          model = model.slice(one.read);
        }
        expect(unread.total(model.length)).toBe(model.reduce((sum, bytes) => sum + bytes, 0));
      }
    }),
    { numRuns: 200 },
  );
});
