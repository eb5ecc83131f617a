/** The checker of I-DATA sees what a sender must not do (RFC 8260 2). */
import { describe, expect, it } from "vitest";
import { encodeChunk } from "../../src/chunks/chunk.ts";
import { IDataChecker, keyOf } from "../../src/sim/checks/i-data-checker.ts";
import { iDataChunk } from "../conformance/lab.ts";

interface Piece {
  readonly streamId?: number;
  readonly mid?: number;
  /** 0 begins the message. */
  readonly number?: number;
  readonly ends?: boolean;
  readonly unordered?: boolean;
}

/** What is said of each chunk. */
function complaints(pieces: readonly Piece[], mayAbandon = false, checker = new IDataChecker()): unknown[] {
  return pieces.map(({ streamId = 0, mid = 0, number = 0, ends = false, unordered = false }) => {
    const beginning = number === 0;
    const more = { streamId, mid, beginning, ending: ends, unordered, ppidOrFsn: beginning ? 46 : number };
    const bytes = encodeChunk(iDataChunk(more));
    return checker.onNew(bytes[1] ?? 0, new DataView(bytes.buffer, 4), mayAbandon);
  });
}

it("has nothing against messages of several streams that are mixed, each with its own numbers", () => {
  const pieces = [
    { streamId: 1 },
    { streamId: 2, unordered: true },
    { streamId: 1, number: 1 },
    { streamId: 2, number: 1, unordered: true, ends: true },
    { streamId: 2 },
    { streamId: 1, number: 2, ends: true },
    { streamId: 1, mid: 1, ends: true },
    { streamId: 2, number: 1, ends: true },
  ];
  expect(complaints(pieces)).toEqual(pieces.map(() => undefined));
});

describe("complains of", () => {
  it.each<readonly [string, readonly Piece[], RegExp]>([
    ["two messages of a stream under way", [{}, { unordered: true }], /begins before message 0 has ended/],
    ["a message out of its turn", [{ mid: 1 }], /begins where 0 was due/],
    ["a number that is left out", [{}, { number: 2 }], /fragment 2 behind fragment 0/],
    ["a fragment without a beginning", [{ number: 1 }], /was not under way/],
    ["a fragment of the other order", [{}, { number: 1, unordered: true }], /was not under way/],
  ])("%s", (_what, pieces, complaint) => {
    expect(complaints(pieces).at(-1)).toMatch(complaint);
  });

  it("an I-FORWARD-TSN that lists another message, or none", () => {
    const skipped = encodeChunk({
      kind: "I-FORWARD-TSN",
      newCumulativeTsn: 5,
      skipped: [{ streamId: 3, unordered: true, mid: 7 }],
    });
    const value = new DataView(skipped.buffer, 4);
    const key = keyOf(3, true);
    const checker = new IDataChecker();
    expect(checker.onSkipped(value, new Map([[key, 7]]))).toBeUndefined();
    expect(checker.onSkipped(value, new Map([[key, 8]]))).toMatch(/message 8 .* is skipped, and 7 listed/);
    expect(checker.onSkipped(value, new Map([[keyOf(3, false), 1]]))).toMatch(/undefined listed/);
  });
});

it("counts the rests that may stand for messages that were left half sent, whenever that is told", () => {
  const checker = new IDataChecker();
  complaints([{ streamId: 1 }, { streamId: 2 }, { streamId: 3, ends: true }], true, checker);
  expect(checker.restsLeft).toBe(2);
  complaints([{ streamId: 1, mid: 1 }], true, checker);
  expect(checker.restsLeft).toBe(3);
  checker.onRests(1);
  expect(checker.restsLeft).toBe(2);
});
