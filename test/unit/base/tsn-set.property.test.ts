/** A set of bits against a plain one: windows that move, grow and wrap. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { tsnAdd, tsnDiff } from "../../../src/base/serial.ts";
import { TsnSet } from "../../../src/base/tsn-set.ts";

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("add" as const), offset: fc.nat(200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("add" as const), offset: fc.nat(60_000) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("delete" as const), offset: fc.nat() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("move" as const), offset: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const), offset: fc.constant(0) }) },
);

it("has the members that were added and not taken out, and finds the next one from anywhere in the window", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 0x7fff_ff80, 0xffff_ff80, 0xffff_ffff),
      fc.array(step, { maxLength: 150, size: "max" }),
      fc.array(fc.nat(60_100), { minLength: 3, maxLength: 3 }),
      (initialTsn, program, asked) => {
        const set = new TsnSet();
        let lowest: number = initialTsn;
        let model: number[] = []; // Offsets from the initial TSN, ascending.
        for (const { kind, offset } of program) {
          const base = tsnDiff(lowest, initialTsn);
          if (kind === "add") {
            set.add(tsnAdd(lowest, offset), lowest);
            model = [...new Set([...model, base + offset])].sort((a, b) => a - b);
          } else if (kind === "delete" && model.length > 0) {
            const [member] = model.splice(offset % model.length, 1);
            set.delete(tsnAdd(initialTsn, member as number));
          } else if (kind === "move") {
            // The window leaves its members behind only once they have been taken out.
            const next = Math.min(base + offset, model[0] ?? base + offset);
            lowest = tsnAdd(initialTsn, next);
          } else if (kind === "clear") {
            set.clear();
            model = [];
          }
          expect(set.size).toBe(model.length);
          for (const from of [0, ...asked]) {
            const start = tsnDiff(lowest, initialTsn) + from;
            const found = model.find((member) => member >= start);
            expect(set.first(tsnAdd(initialTsn, start))).toBe(
              found === undefined ? undefined : tsnAdd(initialTsn, found),
            );
          }
        }
      },
    ),
    { numRuns: 150 },
  );
});

it("finds nothing beyond its highest member where the ring begins anew", () => {
  const set = new TsnSet();
  set.add(13, 0);
  set.add(64, 13); // In the ring of 64 bits right behind TSN 0, before 13.
  set.delete(64);
  expect(set.first(14)).toBeUndefined();
  expect(set.first(13)).toBe(13);
});
