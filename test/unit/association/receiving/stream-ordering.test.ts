import { expect, it } from "vitest";
import { type ReceivedMessage, wholeMessage } from "../../../../src/association/model/received-message.ts";
import { StreamOrdering } from "../../../../src/association/receiving/stream-ordering.ts";
import { MID_SPACE, SequenceSpace, SSN_SPACE } from "../../../../src/base/sequence-space.ts";
import { userData } from "../../../user-data.ts";

const CHARGE_BYTES = 10;
const CUMULATIVE_TSN = 4;

function messageOf(tsn: number, sequenceNumber: number): ReceivedMessage {
  return wholeMessage(userData(tsn, { sequenceNumber }), Uint8Array.from([1]));
}

function orderingOf(space: SequenceSpace = SSN_SPACE, removed: number[] = []): StreamOrdering {
  const tsns = {
    has: () => true,
    remove: (tsn: number) => removed.push(tsn),
    keep: () => undefined,
    tellsKept: false,
    cumulativeTsn: CUMULATIVE_TSN,
  };
  return new StreamOrdering({ space, minChargeBytes: CHARGE_BYTES, tsns });
}

/** Holds a message of one chunk. */
function hold(ordering: StreamOrdering, tsn: number, sequenceNumber: number): boolean {
  return ordering.hold(messageOf(tsn, sequenceNumber), tsn);
}

/** Delivers the numbers from 0 on, whole, up to and without this one. */
function deliverUpTo(ordering: StreamOrdering, end: number): void {
  for (let number = 0; number < end; number++) ordering.advance(messageOf(number, number));
}

it("counts in the sequence space that it is given", () => {
  for (const [space, wraps] of [
    [SSN_SPACE, true],
    [new SequenceSpace(32), false],
  ] as const) {
    const ordering = orderingOf(space);
    ordering.advance(messageOf(1, 0xffff));
    expect(ordering.isNext(0, 0, false)).toBe(wraps);
    expect(ordering.isNext(0, 0x1_0000, false)).toBe(!wraps);
  }
});

it("holds what comes too early, and refuses what has been delivered or is held", () => {
  const ordering = orderingOf();
  deliverUpTo(ordering, 2);
  expect(hold(ordering, 5, 3)).toBe(true);
  expect(hold(ordering, 6, 3)).toBe(false);
  expect(hold(ordering, 7, 1)).toBe(false);
  expect(ordering.heldBytes).toBe(CHARGE_BYTES);
  expect(ordering.takeNext(0)).toBeUndefined();
  ordering.advance(messageOf(4, 2));
  expect(ordering.takeNext(0)?.tsn).toBe(5);
  expect(ordering.heldBytes).toBe(0);
});

it("tells numbers far ahead from used ones by the TSNs that are missing before them [A6]", () => {
  const ordering = orderingOf();
  deliverUpTo(ordering, 2);
  for (const [distance, missingTsns, isHeld] of [
    [0x7fff, 1, true],
    [0x8000, 0x7fff, false],
    [0x8000, 0x8000, true],
    [0xfffe, 0xfffe, true],
    [0xffff, 0xfffe, false],
  ] as const) {
    const [tsn, number] = [CUMULATIVE_TSN + 1 + missingTsns, (2 + distance) & 0xffff];
    expect([distance, missingTsns, hold(ordering, tsn, number)]).toEqual([distance, missingTsns, isHeld]);
  }
  expect(hold(ordering, CUMULATIVE_TSN, 1)).toBe(false);
});

it("gives up the message with the highest TSN first, across the wrap of the TSNs, and takes all its TSNs back", () => {
  const removed: number[] = [];
  const ordering = orderingOf(SSN_SPACE, removed);
  hold(ordering, 0xffff_fffc, 1);
  ordering.hold(messageOf(2, 5), 4);
  ordering.hold(messageOf(0xffff_fffe, 3), 0);
  const given: unknown[] = [];
  while (ordering.drop(0xffff_fffc)) given.push(removed.splice(0));
  expect(given).toEqual([
    [2, 3, 4],
    [0xffff_fffe, 0xffff_ffff, 0],
  ]);
  expect(ordering.highestHeldTsn).toBe(0xffff_fffc);
  expect(ordering.drop(0xffff_fff0)).toBe(true);
  expect(ordering.highestHeldTsn).toBeUndefined();
  expect(ordering.heldBytes).toBe(0);
  expect(hold(ordering, 2, 5)).toBe(true);
});

it("begins anew when it is reset: nothing is held, and every stream waits for 0", () => {
  const ordering = orderingOf();
  deliverUpTo(ordering, 3);
  hold(ordering, 9, 7);
  ordering.reset(CHARGE_BYTES, SSN_SPACE);
  expect(ordering.heldBytes).toBe(0);
  expect(ordering.highestHeldTsn).toBeUndefined();
  expect(ordering.isNext(0, 0, false)).toBe(true);
  expect(hold(ordering, 1, 7)).toBe(true);
});

it("takes back all TSNs of a message whose fragments lie apart, and none of one that reaches below (RFC 8260 2.2.3)", () => {
  const removed: number[] = [];
  const ordering = orderingOf(MID_SPACE, removed);
  const [low, high] = [messageOf(9, 2), messageOf(30, 3)];
  expect(ordering.hold(low, 40, [9, 12, 40])).toBe(true);
  expect(ordering.hold(high, 33, [30, 31, 33])).toBe(true);
  expect(ordering.drop(10)).toBe(false);
  expect(ordering.drop(8)).toBe(true);
  expect(removed).toEqual([9, 12, 40]);
  expect(ordering.drop(8)).toBe(true);
  expect(removed.slice(3)).toEqual([30, 31, 33]);
  expect(ordering.heldBytes).toBe(0);
  expect(ordering.drop(0)).toBe(false);
  // The first fragment need not have the lowest TSN.
  expect(ordering.hold(messageOf(50, 4), 50, [20, 50])).toBe(true);
  expect(ordering.drop(25)).toBe(false);
});
