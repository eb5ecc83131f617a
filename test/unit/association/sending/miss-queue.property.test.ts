/** A heap of pairs against a sorted list, across the wrap. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { MissQueue } from "../../../../src/association/sending/miss-queue.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("push" as const), key: fc.nat(2_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("defer" as const), key: fc.nat(2_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("shift" as const), key: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("restore" as const), key: fc.constant(0) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("drop" as const), key: fc.nat(2_000) }) },
);

it("gives the chunk first that the least report counts against, and deferred ones when they are restored", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0x7fff_fc00, 0xffff_fc00),
      fc.array(step, { maxLength: 200, size: "max" }),
      (initialTsn, program) => {
        const queue = new MissQueue();
        let model: number[] = []; // Keys; no two chunks share one, so that the order is certain.
        let deferred: number[] = [];
        const tsnOf = (key: number): number => tsnAdd(initialTsn, 5_000 + key);
        for (const { kind, key } of program) {
          const isNew = !model.includes(key) && !deferred.includes(key);
          if (kind === "push" && model.includes(key)) queue.push(tsnAdd(initialTsn, key + 1), tsnOf(key)); // There already.
          if (kind === "push" && isNew) {
            queue.push(tsnAdd(initialTsn, key), tsnOf(key));
            model.push(key);
          } else if (kind === "defer" && isNew) {
            queue.defer(tsnAdd(initialTsn, key), tsnOf(key));
            deferred.push(key);
          } else if (kind === "shift" && model.length > 0) {
            const least = Math.min(...model);
            expect(queue.shift()).toBe(tsnOf(least));
            model = model.filter((other) => other !== least);
          } else if (kind === "restore") {
            queue.restore();
            model.push(...deferred);
            deferred = [];
          } else if (kind === "drop") {
            queue.dropThrough(tsnAdd(initialTsn, key));
            model = model.filter((other) => other > key);
          }
          const least = model.length === 0 ? undefined : tsnAdd(initialTsn, Math.min(...model));
          expect(queue.countsFrom).toBe(least);
        }
      },
    ),
    { numRuns: 200 },
  );
});
