/** The rows and keys of the playground's view of a packet. */
import { describe, expect, it } from "vitest";
import {
  byteAfterKey,
  characterOf,
  fieldRows,
  foldedAtFirst,
  placeText,
  rowAt,
  rowsAround,
  sectionUrl,
  shownRows,
  treeDeed,
} from "../../../playground/src/views/packet/packet-rows.ts";
import { packetFields } from "../../../src/core.ts";
import { data, fromClient } from "../trace/conversation.ts";

const datagram = fromClient([data(7, "hello"), data(8, "you")]);
const rows = fieldRows(packetFields(datagram));
const folded = foldedAtFirst(rows);
const indexOf = (name: string): number => rows.findIndex(({ field }) => field.name === name);

describe("rows", () => {
  it("stand behind the row that they are in, one deeper", () => {
    const tsn = rows[indexOf("TSN")]!;
    expect(tsn.depth).toBe(1);
    expect(rows[tsn.parent!]!.field.name).toBe("DATA");
    expect(rowsAround(rows, indexOf("U"))).toEqual([indexOf("DATA"), indexOf("Chunk Flags")]);
  });

  it("hide the bits of flags at first, and what is inside chunks where there are many", () => {
    const names = shownRows(rows, folded).map((i) => rows[i]!.field.name);
    expect(names).toContain("Chunk Flags");
    expect(names).not.toContain("U");
    const many = fieldRows(packetFields(fromClient([1, 2, 3, 4].map((tsn) => data(tsn, "x")))));
    expect(shownRows(many, foldedAtFirst(many)).map((i) => many[i]!.field.name)).toEqual([
      "Common Header",
      "Source Port Number",
      "Destination Port Number",
      "Verification Tag",
      "Checksum",
      ...["DATA", "DATA", "DATA", "DATA"],
    ]);
  });

  it("say which of them has a byte: the innermost, and not a bit", () => {
    for (let at = 0; at < datagram.length; at++) {
      const { field } = rows[rowAt(rows, at)!]!;
      expect(field.children.every(({ mask }) => mask !== undefined)).toBe(true);
      expect(at).toBeGreaterThanOrEqual(field.offset);
    }
    expect(rows[rowAt(rows, 13)!]!.field.name).toBe("Chunk Flags");
    expect(rowAt(rows, datagram.length)).toBeUndefined();
  });
});

describe("keys in the tree", () => {
  const deed = (key: string, at: number) => treeDeed(key, at, rows, folded);

  it("go from one shown row to the next", () => {
    const flags = indexOf("Chunk Flags");
    expect(deed("ArrowDown", flags)).toEqual({ kind: "go", to: indexOf("Chunk Length") });
    expect(deed("ArrowUp", indexOf("Chunk Length"))).toEqual({ kind: "go", to: flags });
    expect(deed("Home", flags)).toEqual({ kind: "go", to: 0 });
    expect(deed("End", 0)).toEqual({ kind: "go", to: rows.length - 1 });
    expect(deed("ArrowUp", 0)).toBeUndefined();
    expect(deed("ArrowDown", rows.length - 1)).toBeUndefined();
  });

  it("fold, unfold, and go in and out", () => {
    const [flags, chunk] = [indexOf("Chunk Flags"), indexOf("DATA")];
    expect(deed("ArrowRight", flags)).toEqual({ kind: "unfold", row: flags });
    expect(deed("ArrowLeft", flags)).toEqual({ kind: "go", to: chunk });
    expect(deed("ArrowLeft", chunk)).toEqual({ kind: "fold", row: chunk });
    expect(deed("ArrowRight", chunk)).toEqual({ kind: "go", to: chunk + 1 });
    expect(deed("ArrowRight", indexOf("TSN"))).toBeUndefined();
    expect(deed("x", chunk)).toBeUndefined();
  });
});

it.each([
  ["ArrowRight", 7, 8],
  ["ArrowLeft", 0, undefined],
  ["ArrowDown", 7, 23],
  ["ArrowUp", 7, undefined],
  ["Home", 23, 16],
  ["End", 17, 31],
  ["End", 41, 43],
  ["PageDown", 3, 43],
  ["PageUp", 40, 0],
  ["ArrowRight", 43, undefined],
  ["Tab", 3, undefined],
])("%s leads from byte %i to %s of 44", (key, at, to) => {
  expect(byteAfterKey(key, at, 16, 44)).toBe(to);
});

it("a section of an RFC has a link, and a place has words", () => {
  expect(sectionUrl("RFC 9260 3.3.2.1")).toBe("https://www.rfc-editor.org/rfc/rfc9260#section-3.3.2.1");
  expect(sectionUrl("draft-tuexen-tsvwg-sctp-udp-encaps-cons")).toBeUndefined();
  expect(placeText(rows[indexOf("TSN")]!.field)).toBe("bytes 16 to 19");
  expect(placeText(rows[indexOf("Chunk Type")]!.field)).toBe("byte 12");
  expect(placeText(rows[indexOf("U")]!.field)).toBe("byte 13, bits 0x04");
  expect([0x41, 0x1f, 0x7e, 0x7f, 0x20].map(characterOf)).toEqual(["A", "·", "~", "·", " "]);
});
