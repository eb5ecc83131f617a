import { expect, it } from "vitest";
import { DataAssembler } from "../../../../src/association/receiving/data-assembler.ts";
import type { UserDataChunk } from "../../../../src/chunks/user-data.ts";
import { userData } from "../../../user-data.ts";

const ALWAYS = { isNext: () => true };

/** One that knows of no TSN but those it holds; `removed` are those that it took back. */
function assemblerOf(): { readonly assembler: DataAssembler; readonly removed: number[] } {
  const removed: number[] = [];
  const assembler = new DataAssembler({
    minChargeBytes: 0,
    allocate: (lengthBytes) => new Uint8Array(lengthBytes),
    tsns: { has: () => false, remove: (tsn) => removed.push(tsn), keep: () => undefined },
  });
  return { assembler, removed };
}

/** A fragment of one byte; `where` has B for the first and E for the last. */
function fragment(tsn: number, where: string, more: Partial<UserDataChunk> = {}): UserDataChunk {
  return userData(tsn, { isBeginning: where.includes("B"), isEnding: where.includes("E"), ...more });
}

const piece = (byte: number): Uint8Array => Uint8Array.from([byte]);

it("refuses to continue a partly delivered ordered message under another SSN (RFC 9260 6.9)", () => {
  for (const [sequenceNumber, expected] of [
    [5, [2]],
    [6, "violation"],
  ] as const) {
    const { assembler } = assemblerOf();
    const about = { streamId: 3, sequenceNumber: 5 };
    expect(assembler.add(fragment(10, "B", about), piece(1))).toBeUndefined();
    expect(assembler.takePartial(10, ALWAYS, 0)?.endOfMessage).toBe(false);
    const rest = assembler.add(fragment(11, "E", { ...about, sequenceNumber }), piece(2));
    expect(typeof rest === "object" ? [...rest.data] : rest).toEqual(expected);
  }
});

it("tells the SSN of an unordered message as it was sent, the same for all of its pieces (RFC 6458 5.3.2) [A22]", () => {
  const { assembler } = assemblerOf();
  const about = { isUnordered: true, sequenceNumber: 7 };
  assembler.add(fragment(1, "B", about), piece(1));
  const whole = assembler.add(fragment(2, "E", { ...about, sequenceNumber: 9 }), piece(2));
  expect(whole).toMatchObject({ ssn: 7, unordered: true, endOfMessage: true });
  assembler.add(fragment(3, "B", about), piece(3));
  const ssns = [assembler.takePartial(3, ALWAYS, 0)?.ssn];
  assembler.add(fragment(4, "", { ...about, sequenceNumber: 8 }), piece(4));
  ssns.push(assembler.takePartial(4, ALWAYS, 0)?.ssn);
  const last = assembler.add(fragment(5, "E", { ...about, sequenceNumber: 9 }), piece(5));
  if (typeof last === "object") ssns.push(last.ssn);
  expect(ssns).toEqual([7, 7, 7]);
});

it("gives all pieces of a message one key, and the next message another, across the wrap of the TSNs", () => {
  const { assembler } = assemblerOf();
  const keys: unknown[] = [];
  assembler.add(fragment(0xffff_fffe, "B"), piece(1));
  keys.push(assembler.takePartial(0xffff_fffe, ALWAYS, 0)?.messageKey);
  expect(assembler.openDeliveries).toMatchObject([{ messageKey: keys[0], streamId: 0, ssn: 0 }]);
  // What comes behind a gap is joined to it, and still continues the message.
  assembler.add(fragment(0, ""), piece(3));
  assembler.add(fragment(0xffff_ffff, ""), piece(2));
  const middle = assembler.takePartial(0, ALWAYS, 0);
  expect(middle).toMatchObject({ tsn: 0xffff_ffff, data: Uint8Array.from([2, 3]), endOfMessage: false });
  keys.push(middle?.messageKey);
  const last = assembler.add(fragment(1, "E"), piece(4));
  expect(last).toMatchObject({ tsn: 1, data: piece(4), endOfMessage: true });
  if (typeof last === "object") keys.push(last.messageKey);
  expect(assembler.openDeliveries).toEqual([]);
  assembler.add(fragment(2, "B"), piece(5));
  keys.push(assembler.takePartial(2, ALWAYS, 0)?.messageKey);
  expect(new Set(keys.slice(0, 3)).size).toBe(1);
  expect(keys.every((key) => Number.isSafeInteger(key))).toBe(true);
  expect(keys[3]).not.toBe(keys[0]);
});

it("gives a message that came in one chunk the key that its first piece would have", () => {
  const { assembler } = assemblerOf();
  assembler.add(fragment(0xffff_fff0, "B"), piece(1));
  const first = assembler.takePartial(0xffff_fff0, ALWAYS, 0);
  const whole = assemblerOf().assembler.add(fragment(0xffff_fff0, "BE"), piece(1));
  expect(whole).toMatchObject({ messageKey: first?.messageKey, endOfMessage: true });
});

it("refuses a whole message in the middle of another (RFC 9260 6.9)", () => {
  const { assembler } = assemblerOf();
  assembler.add(fragment(5, "B"), piece(1));
  expect(assembler.add(fragment(6, "BE", { streamId: 1 }), piece(2))).toBe("violation");
});

it("takes back the TSNs of what it gives up, and nothing else", () => {
  const { assembler, removed } = assemblerOf();
  assembler.add(fragment(5, "B"), piece(1));
  for (const tsn of [9, 8, 10]) assembler.add(fragment(tsn, ""), piece(tsn));
  expect(assembler.highestHeldTsn).toBe(10);
  expect(assembler.drop(8)).toBe(false);
  expect(assembler.drop(7)).toBe(true);
  expect(removed).toEqual([8, 9, 10]);
  expect(assembler.heldFragmentCount).toBe(1);
  expect(assembler.highestHeldTsn).toBe(5);
});

it("gives up nothing of a message of which the user has the beginning", () => {
  const { assembler, removed } = assemblerOf();
  assembler.add(fragment(5, "B"), piece(1));
  assembler.takePartial(5, ALWAYS, 0);
  assembler.add(fragment(6, ""), piece(2));
  expect(assembler.drop(0)).toBe(false);
  expect(removed).toEqual([]);
});

it("tells the last TSN of the message that is complete, whichever fragment came last", () => {
  const { assembler } = assemblerOf();
  for (const [tsn, where] of [
    [7, "E"],
    [5, "B"],
    [6, ""],
  ] as const)
    assembler.add(fragment(tsn, where), piece(tsn));
  expect(assembler.completedTsn).toBe(7);
});
