import { expect, it } from "vitest";
import type { ReceivedMessage } from "../../src/association/model/received-message.ts";
import { PieceJoiner } from "../../src/node/socket/piece-joiner.ts";

function piece(tsn: number, text: string, endOfMessage: boolean): ReceivedMessage {
  const data = Buffer.from(text);
  return { data, streamId: 0, ppid: 0, unordered: false, ssn: 0, tsn, lastTsn: tsn, endOfMessage };
}

function textOf(message: ReceivedMessage | undefined | "too-large"): string | undefined {
  return typeof message === "object" ? Buffer.from(message.data).toString() : message;
}

it("joins the pieces of a message, across the wrap of the TSNs", () => {
  const joiner = new PieceJoiner(100);
  expect(joiner.add(piece(0xffff_ffff, "one ", false))).toBeUndefined();
  expect(textOf(joiner.add(piece(5, "whole", true)))).toBe("whole");
  expect(joiner.add(piece(0, "two ", false))).toBeUndefined();
  expect(textOf(joiner.add(piece(1, "three", true)))).toBe("one two three");
});

it("says when a message is past the bound", () => {
  const joiner = new PieceJoiner(5);
  expect(joiner.add(piece(1, "abc", false))).toBeUndefined();
  expect(joiner.add(piece(2, "def", false))).toBe("too-large");
});

it("does not join what a peer began before it restarted with what it says now", () => {
  const joiner = new PieceJoiner(100);
  joiner.add(piece(1, "before ", false));
  joiner.forget();
  expect(textOf(joiner.add(piece(2, "now", true)))).toBe("now");
});
