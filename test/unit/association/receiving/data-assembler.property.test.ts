import fc from "fast-check";
import { expect, it } from "vitest";
import { DataAssembler } from "../../../../src/association/receiving/data-assembler.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";
import type { UserDataChunk } from "../../../../src/chunks/user-data.ts";
import { userData } from "../../../user-data.ts";

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

function assemblerOf(isReceived: (tsn: number) => boolean): DataAssembler {
  return new DataAssembler({
    minChargeBytes: 1,
    allocate: (lengthBytes) => new Uint8Array(lengthBytes),
    tsns: { has: isReceived, remove: () => undefined, keep: () => undefined },
  });
}

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
      const assembler = assemblerOf((tsn) => received.has(tsn));
      const missing = [...lengths];
      for (const { message, index, begins, ends } of arrivals) {
        const tsn = tsnAdd(initialTsn, index);
        const bytes = Uint8Array.from([index]);
        const about = { streamId: message % 3, sequenceNumber: message, ppid: message };
        const chunk = userData(tsn, { ...about, isBeginning: begins, isEnding: ends });
        const result = assembler.add(chunk, bytes);
        received.add(tsn);
        missing[message] = (missing[message] ?? 0) - 1;
        if (missing[message] !== 0) {
          expect(result).toBeUndefined();
          continue;
        }
        const expected = fragments.filter((fragment) => fragment.message === message);
        expect(result).toMatchObject({
          streamId: about.streamId,
          ssn: message,
          ppid: message,
          endOfMessage: true,
          tsn: tsnOf(expected[0]),
        });
        expect(assembler.completedTsn).toBe(tsnOf(expected.at(-1)));
        expect(typeof result === "object" && [...result.data]).toEqual(
          expected.map((fragment) => fragment.index),
        );
      }
      expect(assembler.isEmpty).toBe(true);
      expect(assembler.heldBytes).toBe(0);

      function tsnOf(fragment: Fragment | undefined): number {
        return tsnAdd(initialTsn, fragment?.index ?? 0);
      }
    }),
    { numRuns: 300 },
  );
});

it("tells a fragment that contradicts the run it continues (RFC 9260 6.9)", () => {
  const piece = Uint8Array.from([1]);
  const fragment = (tsn: number, more: Partial<UserDataChunk> = {}): UserDataChunk =>
    userData(tsn, { isBeginning: false, isEnding: false, ...more });
  for (const contrary of [{ streamId: 1 }, { sequenceNumber: 1 }, { isUnordered: true }]) {
    const assembler = assemblerOf(() => false);
    expect(assembler.add(fragment(5, { isBeginning: true }), piece)).toBeUndefined();
    expect(assembler.add(fragment(6), piece)).toBeUndefined();
    expect(assembler.add(fragment(7, contrary), piece)).toBe("violation");
  }
  const beforeWhole = assemblerOf((tsn) => tsn === 7);
  beforeWhole.add(fragment(5, { isBeginning: true }), piece);
  expect(beforeWhole.add(fragment(6), piece)).toBe("violation");
  const beforeMiddle = assemblerOf(() => false);
  beforeMiddle.add(fragment(8), piece);
  beforeMiddle.add(fragment(5, { isBeginning: true }), piece);
  beforeMiddle.add(fragment(6), piece);
  expect(beforeMiddle.add(fragment(7, { isEnding: true }), piece)).toBe("violation");
});
