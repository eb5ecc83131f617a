import { expect, it } from "vitest";
import type { ReceivedMessage } from "../../src/association/model/received-message.ts";
import { PieceJoiner } from "../../src/node/socket/piece-joiner.ts";

/** A piece of the message with this key; `tsn` is that of its first fragment. */
function piece(messageKey: number, tsn: number, text: string, endOfMessage: boolean): ReceivedMessage {
  const about = { streamId: 0, ppid: 0, unordered: false, ssn: 0 };
  return { data: Buffer.from(text), ...about, tsn, messageKey, endOfMessage };
}

function textOf(message: ReceivedMessage | undefined | "too-large"): string | undefined {
  return typeof message === "object" ? Buffer.from(message.data).toString() : message;
}

it("joins the pieces of a message by its key, with whole messages and pieces of others between them", () => {
  const joiner = new PieceJoiner(100);
  expect(joiner.add(piece(-1, 0xffff_ffff, "one ", false))).toBeUndefined();
  expect(textOf(joiner.add(piece(9, 9, "whole", true)))).toBe("whole");
  expect(joiner.add(piece(20, 20, "other ", false))).toBeUndefined();
  expect(joiner.add(piece(-1, 1, "two ", false))).toBeUndefined();
  expect(textOf(joiner.add(piece(20, 24, "end", true)))).toBe("other end");
  const joined = joiner.add(piece(-1, 3, "three", true));
  expect(textOf(joined)).toBe("one two three");
  expect(joined).toMatchObject({ tsn: 0xffff_ffff, messageKey: -1, endOfMessage: true });
});

it("says when a message is past the bound, and forgets it", () => {
  const joiner = new PieceJoiner(5);
  expect(joiner.add(piece(1, 1, "abc", false))).toBeUndefined();
  expect(joiner.add(piece(1, 3, "def", false))).toBe("too-large");
  expect(textOf(joiner.add(piece(1, 5, "ghi", true)))).toBe("ghi");
});

it("forgets a message that will not be ended, and pieces of it that are taken later; those of others it keeps", () => {
  const joiner = new PieceJoiner(100);
  joiner.add(piece(1, 1, "before ", false));
  joiner.add(piece(9, 9, "other ", false));
  joiner.forget(1);
  expect(joiner.add(piece(1, 2, "late", false))).toBeUndefined();
  expect(textOf(joiner.add(piece(9, 10, "end", true)))).toBe("other end");
  joiner.onEmptied();
  expect(textOf(joiner.add(piece(1, 2, "now", true)))).toBe("now");
});

it("bounds what all unfinished messages take together, and counts what has ended or been given up no longer", () => {
  const joiner = new PieceJoiner(10);
  for (let round = 0; round < 5; round++) {
    expect(joiner.add(piece(1, 1, "abcd", false))).toBeUndefined();
    expect(joiner.add(piece(2, 2, "efgh", false))).toBeUndefined();
    expect(textOf(joiner.add(piece(1, 3, "ij", true)))).toBe("abcdij");
    joiner.forget(2);
    joiner.onEmptied();
  }
  joiner.add(piece(1, 1, "abcd", false));
  joiner.add(piece(2, 2, "efgh", false));
  expect(joiner.add(piece(3, 3, "ijk", false))).toBe("too-large");
});
