import fc from "fast-check";
import { expect, it } from "vitest";
import { Reassembly } from "../../../../src/association/receiving/reassembly.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";

const initialTsns = fc.oneof(
  fc.constantFrom(0, 0xffff_fff0, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);
const messageLengths = fc.array(fc.integer({ min: 2, max: 6 }), { minLength: 1, maxLength: 12, size: "max" });
/** Sorting by these moves few fragments, or all of them. */
const delays = fc.array(
  fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(20) }),
  {
    minLength: 72,
    maxLength: 72,
  },
);

interface Fragment {
  readonly message: number;
  readonly index: number;
  readonly begins: boolean;
  readonly ends: boolean;
}

/**
 * Killed: the growing run is not filed when another one grows; it stays the growing one after it was taken; a fragment
 * lengthens it although there is another run; its last TSN is not moved on.
 */
it("gives every message once, whole, with the fragment that completes it, in whatever order they come (RFC 9260 6.9)", () => {
  fc.assert(
    fc.property(initialTsns, messageLengths, delays, (initialTsn, lengths, delayOf) => {
      const fragments = lengths.flatMap((length, message) =>
        Array.from(
          { length },
          (_, i): Fragment => ({
            message,
            index: lengths.slice(0, message).reduce((sum, n) => sum + n, i),
            begins: i === 0,
            ends: i === length - 1,
          }),
        ),
      );
      const arrivals = [...fragments].sort(
        (a, b) => a.index + (delayOf[a.index] ?? 0) - (b.index + (delayOf[b.index] ?? 0)),
      );
      const received = new Set<number>();
      const reassembly = new Reassembly(
        1,
        (lengthBytes) => new Uint8Array(lengthBytes),
        (tsn) => received.has(tsn),
      );
      const missing = [...lengths];
      for (const { message, index, begins, ends } of arrivals) {
        const tsn = tsnAdd(initialTsn, index);
        const bytes = Uint8Array.from([index]);
        const streamId = message % 3;
        const result = reassembly.add(tsn, bytes, streamId, message, message, false, begins, ends);
        received.add(tsn);
        missing[message] = (missing[message] ?? 0) - 1;
        if (missing[message] !== 0) {
          expect(result).toBeUndefined();
          continue;
        }
        const expected = fragments.filter((fragment) => fragment.message === message);
        expect(result).toMatchObject({
          streamId,
          ssn: message,
          ppid: message,
          endOfMessage: true,
          lastTsn: tsnOf(expected.at(-1)),
        });
        expect(typeof result === "object" && [...result.data]).toEqual(
          expected.map((fragment) => fragment.index),
        );
      }
      expect(reassembly.isEmpty).toBe(true);
      expect(reassembly.heldBytes).toBe(0);

      function tsnOf(fragment: Fragment | undefined): number {
        return tsnAdd(initialTsn, fragment?.index ?? 0);
      }
    }),
    { numRuns: 300 },
  );
});

it("tells a fragment that contradicts the run it continues (RFC 9260 6.9)", () => {
  const piece = Uint8Array.from([1]);
  for (const [streamId, ssn, unordered] of [
    [1, 0, false],
    [0, 1, false],
    [0, 0, true],
  ] as const) {
    const reassembly = new Reassembly(1, (lengthBytes) => new Uint8Array(lengthBytes));
    expect(reassembly.add(5, piece, 0, 0, 0, false, true, false)).toBeUndefined();
    expect(reassembly.add(6, piece, 0, 0, 0, false, false, false)).toBeUndefined();
    expect(reassembly.add(7, piece, streamId, ssn, 0, unordered, false, false)).toBe("violation");
  }
  const beforeWhole = new Reassembly(
    1,
    (lengthBytes) => new Uint8Array(lengthBytes),
    (tsn) => tsn === 7,
  );
  beforeWhole.add(5, piece, 0, 0, 0, false, true, false);
  expect(beforeWhole.add(6, piece, 0, 0, 0, false, false, false)).toBe("violation");
  const beforeMiddle = new Reassembly(1, (lengthBytes) => new Uint8Array(lengthBytes));
  beforeMiddle.add(8, piece, 0, 0, 0, false, false, false);
  beforeMiddle.add(5, piece, 0, 0, 0, false, true, false);
  beforeMiddle.add(6, piece, 0, 0, 0, false, false, false);
  expect(beforeMiddle.add(7, piece, 0, 0, 0, false, false, true)).toBe("violation");
});
