import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteBuilder } from "../../../src/chunks/byte-builder.ts";

describe("a byte builder", () => {
  it("writes numbers big endian", () => {
    const out = new ByteBuilder().u8(1).u16(0x0203).u32(0x04050607).f64(1).u8s([8, 9]).u16s([0x0a0b, 0x0c0d]);
    expect(out.length).toBe(21);
    expect([...out.build()]).toEqual([
      1, 2, 3, 4, 5, 6, 7, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 8, 9, 0xa, 0xb, 0xc, 0xd,
    ]);
  });

  it("knows an element's length when it ends, with elements inside it", () => {
    const out = new ByteBuilder().u8(0xff);
    const outer = out.beginTlv(0x1122);
    out.u8(1).tlv(0x3344, Uint8Array.of(5, 6));
    out.endTlv(outer);
    expect([...out.build()]).toEqual([0xff, 0x11, 0x22, 0, 11, 1, 0x33, 0x44, 0, 6, 5, 6]);
  });

  it("pads with zeros from where the elements began, also in memory that was used before", () => {
    new ByteBuilder().raw(new Uint8Array(64).fill(0xee)).build();
    const out = new ByteBuilder().u8(1);
    const start = out.length;
    out.u8(2).pad(start);
    expect([...out.build()]).toEqual([1, 2, 0, 0, 0]);
    expect(new ByteBuilder().u32(1).pad().length).toBe(4);
  });

  it("overwrites a byte that has been written", () => {
    const out = new ByteBuilder().u16(0);
    out.setU8(1, 7);
    expect([...out.build()]).toEqual([0, 7]);
  });

  it("copies to where it is told to, and nothing beyond", () => {
    const target = new Uint8Array(6).fill(9);
    new ByteBuilder().u16(0x0102).copyTo(target, 3);
    expect([...target]).toEqual([9, 9, 9, 1, 2, 9]);
  });

  it("gives each of several at once memory of its own", () => {
    const builders = Array.from({ length: 7 }, (_, i) => new ByteBuilder().u8(i));
    builders[3]?.discard();
    const late = new ByteBuilder().u8(42);
    const others = builders.filter((_, i) => i !== 3);
    expect(others.map((builder) => builder.build()[0])).toEqual([0, 1, 2, 4, 5, 6]);
    expect([...late.build()]).toEqual([42]);
  });

  it("holds whatever pieces of whatever length it is given, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 20 }), (pieces) => {
        const out = new ByteBuilder();
        for (const piece of pieces) out.raw(piece);
        expect([...out.build()]).toEqual(pieces.flatMap((piece) => [...piece]));
      }),
    );
  });
});
