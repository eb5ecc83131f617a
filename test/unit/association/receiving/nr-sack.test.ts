/** What the receiving half tells of as non-renegable, where that has waited for more than its turn, and in its bits. */
import { expect, it } from "vitest";
import { Inbound } from "../../../../src/association/receiving/inbound.ts";
import { TsnTracker } from "../../../../src/association/receiving/tsn-tracker.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { userData } from "../../../user-data.ts";

type Blocks = ReadonlyArray<readonly [start: number, end: number]>;

function told(tsns: TsnTracker): { renegable: Blocks; kept: Blocks } {
  const out = new DataView(new ArrayBuffer(400));
  const { renegable, nonRenegable } = tsns.writeBlocksByKind(out, 0, 100);
  const blocks = Array.from({ length: renegable + nonRenegable }, (_, i): readonly [number, number] => [
    out.getUint16(4 * i),
    out.getUint16(4 * i + 2),
  ]);
  return { renegable: blocks.slice(0, renegable), kept: blocks.slice(renegable) };
}

function tracker(initialTsn: number): TsnTracker {
  const tsns = new TsnTracker(initialTsn, 0);
  tsns.reset(initialTsn, 0, true);
  return tsns;
}

it("tells what has waited for its stream to begin anew once the user has it, and not before", () => {
  const inbound = new Inbound({
    options: associationOptions({}),
    allocate: (lengthBytes) => new Uint8Array(lengthBytes),
  });
  inbound.reset({ initialTsn: 10, streamCount: 2, isInterleaved: false, tellsKept: true });
  const arrive = (tsn: number, sequenceNumber: number): void => {
    expect(inbound.onData(userData(tsn, { sequenceNumber }), new Uint8Array(100))).toBe("accepted");
  };
  inbound.resetAt(10, [0], () => undefined);
  arrive(12, 0);
  expect(told(inbound.tsns)).toEqual({ renegable: [[3, 3]], kept: [] });
  arrive(10, 0);
  expect(told(inbound.tsns)).toEqual({ renegable: [], kept: [[2, 2]] });
});

it.each([0, 1_000, 0xffff_ff00])(
  "keeps what it has told while its bits move to a larger ring, from TSN %i on",
  (initialTsn) => {
    const tsns = tracker(initialTsn);
    for (const offset of [2, 3, 1_500, 5_000]) {
      tsns.add((initialTsn + offset) >>> 0);
      if (offset !== 3) tsns.keep((initialTsn + offset) >>> 0);
    }
    expect(told(tsns)).toEqual({
      renegable: [[4, 4]],
      kept: [
        [3, 3],
        [1_501, 1_501],
        [5_001, 5_001],
      ],
    });
  },
);

it("has told nothing of a TSN that takes the bit of one from before: behind a jump, or when it was reached", () => {
  for (const jumps of [true, false]) {
    const tsns = tracker(0);
    tsns.add(5);
    tsns.keep(5);
    if (jumps) tsns.skip(1_000);
    else for (const tsn of [0, 1, 2, 3, 4]) tsns.add(tsn);
    if (!jumps) for (let tsn = 6; tsn <= 1_000; tsn++) tsns.add(tsn);
    tsns.add(5 + 1_024);
    expect(told(tsns)).toEqual({ renegable: [[29, 29]], kept: [] });
  }
});

it("promises nothing for what it has acknowledged cumulatively, nor to a peer that is not told", () => {
  const tsns = tracker(0);
  tsns.add(0);
  tsns.keep(0);
  tsns.add(0 + 1_024);
  expect(told(tsns)).toEqual({ renegable: [[1_024, 1_024]], kept: [] });
  tsns.reset(0, 0, false);
  tsns.add(2);
  tsns.keep(2);
  expect([tsns.tellsKept, told(tsns)]).toEqual([false, { renegable: [[3, 3]], kept: [] }]);
});
