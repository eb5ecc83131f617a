import fc from "fast-check";
import { expect, it } from "vitest";
import { SequenceSpace, SSN_SPACE } from "../../../src/base/sequence-space.ts";

it("adds and compares across the wrap, however many bits a number has (RFC 1982)", () => {
  const bits = fc.oneof(fc.constantFrom(16, 32), fc.integer({ min: 2, max: 32 }));
  fc.assert(
    fc.property(bits, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (width, seed, share) => {
      const size = 2 ** width;
      const space = new SequenceSpace(width);
      const a = seed % size;
      const n = 1 + Math.floor(share * (size / 2 - 2));
      const b = space.add(a, n);
      expect(b).toBe((a + n) % size);
      expect(space.add(b, -n)).toBe(a);
      expect([space.gt(b, a), space.gt(a, b), space.gt(a, a)]).toEqual([true, false, false]);
    }),
  );
});

it("gives 0 after the last number", () => {
  expect(SSN_SPACE.add(0xffff, 1)).toBe(0);
  expect(SSN_SPACE.gt(0, 0xffff)).toBe(true);
  expect(new SequenceSpace(32).add(0xffff_ffff, 1)).toBe(0);
  expect(new SequenceSpace(32).gt(0, 0xffff_ffff)).toBe(true);
});
