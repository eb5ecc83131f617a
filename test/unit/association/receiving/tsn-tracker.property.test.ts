import fc from "fast-check";
import { expect, it } from "vitest";
import { TsnTracker, TsnVerdict } from "../../../../src/association/receiving/tsn-tracker.ts";
import { tsnAdd } from "../../../../src/base/serial.ts";

const initialTsns = fc.oneof(
  fc.constantFrom(0, 0x7fff_ff00, 0xffff_ff00, 0xffff_ffff),
  fc.integer({ min: 0, max: 0xffff_ffff }),
);

it("agrees with a set about what is new, and reports exactly the gaps (RFC 9260 3.3.4)", () => {
  fc.assert(
    fc.property(
      initialTsns,
      fc.array(fc.nat(3_000), { maxLength: 400, size: "max" }),
      (initialTsn, arrivals) => {
        const tracker = new TsnTracker(initialTsn, 10_000);
        const held = new Set<number>();
        let duplicates = 0;
        for (const index of arrivals) {
          const tsn = tsnAdd(initialTsn, index);
          const verdict = tracker.classify(tsn);
          if (verdict !== (held.has(index) ? TsnVerdict.Duplicate : TsnVerdict.New))
            expect.fail(`TSN ${tsn}: ${verdict}`);
          if (held.has(index)) duplicates++;
          else tracker.add(tsn);
          held.add(index);
        }
        let next = 0;
        while (held.has(next)) next++;
        expect(tracker.cumulativeTsn).toBe(tsnAdd(initialTsn, next - 1));
        expect(tracker.duplicateCount).toBe(duplicates);
        const out = new DataView(new ArrayBuffer(8_000));
        const count = tracker.writeGapBlocks(out, 0, 2_000);
        const reported = new Set<number>();
        let previousEnd = 0;
        for (let i = 0; i < count; i++) {
          const [start, end] = [out.getUint16(4 * i), out.getUint16(4 * i + 2)];
          expect(start).toBeGreaterThan(previousEnd + 1);
          for (let offset = start; offset <= end; offset++) reported.add(next - 1 + offset);
          previousEnd = end;
        }
        expect([...reported]).toEqual([...held].filter((index) => index > next).sort((a, b) => a - b));
      },
    ),
    { numRuns: 300 },
  );
});

it("refuses what no Gap Ack Block could report, and forgets what was reneged on", () => {
  const tracker = new TsnTracker(100, 4);
  expect(tracker.classify(tsnAdd(99, 65_536))).toBe(TsnVerdict.TooFarAhead);
  expect(tracker.classify(tsnAdd(99, 65_535))).toBe(TsnVerdict.New);
  tracker.add(105);
  tracker.add(103);
  tracker.remove(105);
  expect(tracker.highestTsn).toBe(103);
  tracker.remove(103);
  expect(tracker.hasGaps).toBe(false);
});

it("takes again what was reneged on between others, and does not report it (RFC 9260 6.2)", () => {
  const tracker = new TsnTracker(100, 4);
  for (const tsn of [103, 104, 105]) tracker.add(tsn);
  tracker.remove(104);
  expect(tracker.classify(104)).toBe(TsnVerdict.New);
  const blocks = new DataView(new ArrayBuffer(16));
  expect(tracker.writeGapBlocks(blocks, 0, 4)).toBe(2);
  expect([0, 2, 4, 6].map((at) => blocks.getUint16(at))).toEqual([4, 4, 6, 6]);
});

it("knows nothing received of what follows a skip, whatever was received before it (RFC 3758 3.6)", () => {
  const tracker = new TsnTracker(100, 4);
  tracker.add(102);
  tracker.skip(200);
  const farthest = 200 + 1_023; // Of what the bitmap holds without growing.
  tracker.add(farthest);
  for (let tsn = 201; tsn < farthest; tsn++) expect(tracker.classify(tsn)).toBe(TsnVerdict.New);
});

it("tells TSNs apart that lie a power of two from each other, whatever size its bitmap has", () => {
  const at = (offset: number): number => tsnAdd(0xffff_ffef, offset);
  for (let exponent = 10; exponent <= 15; exponent++) {
    for (const offset of [-1, 0, 1, 2, 3].map((near) => 2 ** exponent + near)) {
      const tracker = new TsnTracker(0xffff_fff0, 0);
      const sized = 2 ** exponent - 2; // Fits: the bitmap has 2 ** exponent bits from here.
      tracker.add(at(sized));
      tracker.add(at(offset));
      for (const other of [1, 2, 3, 2 ** exponent - 3, offset - 1, offset + 1]) {
        if (other !== sized && other <= 65_535) expect(tracker.classify(at(other))).toBe(TsnVerdict.New);
      }
    }
  }
});
