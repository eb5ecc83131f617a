import { expect, it } from "vitest";
import { IDataAssembler } from "../../../../src/association/receiving/i-data-assembler.ts";
import type { UserDataChunk } from "../../../../src/chunks/user-data.ts";
import { userData } from "../../../user-data.ts";

const PIECE = Uint8Array.from([1, 2]);

interface Bench {
  readonly assembler: IDataAssembler;
  /** The number that stream 0 waits for. */
  next: number;
  readonly removed: number[];
}

function benchOf(): Bench {
  const removed: number[] = [];
  const bench: Bench = {
    removed,
    next: 0,
    assembler: new IDataAssembler({
      minChargeBytes: 10,
      allocate: (lengthBytes) => new Uint8Array(lengthBytes),
      tsns: { has: () => true, remove: (tsn) => removed.push(tsn), keep: () => undefined },
      order: { nextNumberOf: () => bench.next },
    }),
  };
  return bench;
}

/** A fragment of message 0 on stream 0; the first one by its number, the last one by `isEnding`. */
function fragment(tsn: number, number: number, more: Partial<UserDataChunk> = {}): UserDataChunk {
  return userData(tsn, { fragmentNumber: number, isBeginning: number === 0, isEnding: false, ...more });
}

/** Asked only whether any message may begin: which one the numbers say. */
const ORDER = { isNext: () => true };

it.each<readonly [string, readonly UserDataChunk[]]>([
  ["has a number twice", [fragment(5, 1), fragment(6, 1)]],
  ["begins twice", [fragment(5, 0), fragment(6, 0)]],
  ["begins twice, the first time with all of it", [fragment(5, 1), fragment(6, 0, { isEnding: true })]],
  ["has a number 0 that does not begin it", [fragment(5, 0, { isBeginning: false })]],
  ["goes on behind its end", [fragment(5, 2, { isEnding: true }), fragment(6, 3)]],
  ["ends before what has come", [fragment(5, 3), fragment(6, 2, { isEnding: true })]],
  ["ends twice", [fragment(5, 3, { isEnding: true }), fragment(6, 2, { isEnding: true })]],
  ["has more fragments than can be in flight", [fragment(5, 0x8000_0000)]],
])("tells a message that %s (RFC 8260 2.1)", (_what, chunks) => {
  const { assembler } = benchOf();
  const results = chunks.map((chunk) => assembler.add(chunk, PIECE));
  expect(results.at(-1)).toBe("violation");
  expect(results.slice(0, -1).every((result) => result === undefined)).toBe(true);
});

it("tells a fragment of an ordered message that has been delivered, across the wrap of the MIDs", () => {
  const bench = benchOf();
  bench.next = 1;
  expect(bench.assembler.add(fragment(5, 1, { sequenceNumber: 0xffff_fffe }), PIECE)).toBe("violation");
  expect(bench.assembler.add(fragment(6, 1, { sequenceNumber: 1 }), PIECE)).toBeUndefined();
  expect(
    bench.assembler.add(fragment(7, 1, { sequenceNumber: 0, isUnordered: true }), PIECE),
  ).toBeUndefined();
});

it("gives the PPID of the first fragment, though that comes last", () => {
  const { assembler } = benchOf();
  assembler.add(fragment(5, 1, { isEnding: true, ppid: 0 }), PIECE);
  expect(assembler.add(fragment(4, 0, { ppid: 46 }), PIECE)).toMatchObject({ ppid: 46, tsn: 4 });
  expect(assembler.completedTsns).toEqual([4, 5]);
  expect(assembler.completedTsn).toBe(5);
});

it("keeps several deliveries open, one for each stream", () => {
  const { assembler } = benchOf();
  for (let streamId = 0; streamId < 3; streamId++) {
    assembler.add(fragment(10 + streamId, 0, { streamId, isUnordered: true }), PIECE);
    assembler.add(fragment(20 + streamId, 0, { streamId, isUnordered: true, sequenceNumber: 1 }), PIECE);
  }
  const taken = Array.from({ length: 6 }, () => assembler.takePartial(0, ORDER, 0)?.streamId);
  expect(taken).toEqual([0, 1, 2, undefined, undefined, undefined]);
  expect(assembler.openDeliveries.map(({ streamId, messageKey }) => [streamId, messageKey])).toEqual([
    [0, 10],
    [1, 11],
    [2, 12],
  ]);
  assembler.add(fragment(30, 1, { streamId: 1, isUnordered: true }), PIECE);
  expect(assembler.takePartial(0, ORDER, 0)).toMatchObject({ streamId: 1, tsn: 30, messageKey: 11 });
});

it("hands out no piece of an ordered message before its turn, and with a bound none below it", () => {
  const bench = benchOf();
  const { assembler } = bench;
  assembler.add(fragment(10, 0, { sequenceNumber: 1 }), PIECE);
  expect(assembler.takePartial(0, ORDER, 0)).toBeUndefined();
  assembler.add(fragment(11, 1, { sequenceNumber: 1 }), PIECE);
  bench.next = 1;
  expect(assembler.takePartial(0, ORDER, 5)).toBeUndefined();
  expect(assembler.takePartial(0, ORDER, 4)).toMatchObject({ ssn: 1, endOfMessage: false });
  expect(assembler.heldBytes).toBe(0);
});

it("takes back fragments from the highest TSN down, and lets them come again", () => {
  const { assembler, removed } = benchOf();
  assembler.add(fragment(5, 0), PIECE);
  assembler.add(fragment(9, 2, { isEnding: true }), PIECE);
  assembler.add(fragment(7, 0, { streamId: 1 }), PIECE);
  expect([assembler.drop(6), assembler.drop(6), assembler.drop(6)]).toEqual([true, true, false]);
  expect(removed).toEqual([9, 7]);
  expect(assembler.heldFragmentCount).toBe(1);
  expect(assembler.heldBytes).toBe(10);
  assembler.add(fragment(7, 0, { streamId: 1 }), PIECE);
  assembler.add(fragment(8, 1), PIECE);
  expect(assembler.add(fragment(9, 2, { isEnding: true }), PIECE)).toMatchObject({ endOfMessage: true });
});

it("drops what is left of a message that was given up, also where it comes later", () => {
  const { assembler } = benchOf();
  assembler.add(fragment(5, 0, { isUnordered: true, sequenceNumber: 3 }), PIECE);
  assembler.takePartial(0, ORDER, 0);
  assembler.add(fragment(6, 0, { isUnordered: true, sequenceNumber: 4 }), PIECE);
  const skipped = [{ streamId: 0, unordered: true, ssn: 3 }];
  expect(assembler.skip(4, 7, skipped)).toMatchObject([{ messageKey: 5, ssn: 3, unordered: true }]);
  expect(assembler.openDeliveries).toEqual([]);
  expect(assembler.add(fragment(9, 1, { isUnordered: true, sequenceNumber: 3 }), PIECE)).toBeUndefined();
  expect(assembler.heldFragmentCount).toBe(1);
  const end = fragment(10, 1, { isUnordered: true, sequenceNumber: 4, isEnding: true });
  expect(assembler.add(end, PIECE)).toMatchObject({ endOfMessage: true, ssn: 4 });
});

it("forgets what was given up long ago before its numbers come round again", () => {
  const { assembler } = benchOf();
  const unordered = (mid: number): Partial<UserDataChunk> => ({ isUnordered: true, sequenceNumber: mid });
  assembler.skip(0, 1, [{ streamId: 0, unordered: true, ssn: 5 }]);
  for (const mid of [0x5000_0000, 0x8000_0000, 0xb000_0000, 0xe000_0000, 4]) {
    const whole = fragment(mid, 0, { ...unordered(mid), isEnding: true });
    expect(assembler.add(whole, PIECE)).toMatchObject({ ssn: mid });
  }
});

it("hands out what continues a message at once, however little, and opens no other message of the stream meanwhile", () => {
  const { assembler } = benchOf();
  for (const number of [0, 1]) assembler.add(fragment(10 + number, number), PIECE);
  expect(assembler.takePartial(0, ORDER, 4)).toMatchObject({ tsn: 10, messageKey: 10 });
  assembler.add(fragment(12, 0, { isUnordered: true }), PIECE);
  expect(assembler.takePartial(0, ORDER, 0)).toBeUndefined();
  expect(assembler.takePartial(0, ORDER, 1)).toBeUndefined();
  assembler.add(fragment(13, 2), PIECE);
  expect(assembler.takePartial(0, ORDER, 4)).toMatchObject({ tsn: 13, messageKey: 10 });
});

it("takes a first fragment again that it has given up, beside others of its message", () => {
  const { assembler: other } = benchOf();
  other.add(fragment(5, 1), PIECE);
  other.add(fragment(9, 0), PIECE);
  expect(other.drop(5)).toBe(true);
  expect(other.takePartial(0, ORDER, 0)).toBeUndefined();
  expect(other.add(fragment(9, 0), PIECE)).toBeUndefined();
  expect(other.add(fragment(10, 2, { isEnding: true }), PIECE)).toMatchObject({ endOfMessage: true });
});
