import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chunkLengthBytes, decodeChunk, encodeChunk, writeChunk } from "../../../src/chunks/chunk.ts";
import { unknownChunkAction, unknownParameterAction } from "../../../src/chunks/codes.ts";
import { ParseError } from "../../../src/chunks/errors.ts";
import { decodePacket, encodePacket } from "../../../src/chunks/packet.ts";
import { decodeParameters, encodeParameters } from "../../../src/chunks/parameters.ts";
import { SackView } from "../../../src/chunks/sack.ts";
import { padded, TlvCursor } from "../../../src/chunks/tlv.ts";
import { bytes, chunk, parameters, u8, u16, u32 } from "./arbitrary-chunks.ts";

describe("round trips", () => {
  it("gives every chunk, parameter and cause back as it was", () => {
    fc.assert(
      fc.property(
        fc.array(chunk, { minLength: 1, maxLength: 6 }),
        u16,
        u16,
        u32,
        (chunks, sourcePort, destinationPort, tag) => {
          const packet = { sourcePort, destinationPort, verificationTag: tag, chunks };
          const decoded = decodePacket(encodePacket(packet));
          expect(decoded).toEqual({ ...packet, checksumValid: true });
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("writes a chunk with its padding where there is room for both, or nothing", () => {
    fc.assert(
      fc.property(chunk, fc.integer({ min: 0, max: 9 }), (one, at) => {
        const alone = encodeChunk(one);
        expect(chunkLengthBytes(one)).toBe(alone.length);
        const end = at + padded(alone.length);
        const memory = new Uint8Array(end + 8).fill(0xee);
        expect(writeChunk(memory, at, end - 1, one)).toBe(-1);
        expect(memory.every((byte) => byte === 0xee)).toBe(true);
        expect(writeChunk(memory, at, end, one)).toBe(end);
        expect(memory.subarray(at, at + alone.length)).toEqual(alone);
        expect(memory.subarray(at + alone.length, end).every((byte) => byte === 0)).toBe(true);
        expect(memory.subarray(end).every((byte) => byte === 0xee)).toBe(true);
        expect(memory.subarray(0, at).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  it("gives HEARTBEATs back with all of their parameters", () => {
    fc.assert(
      fc.property(bytes, parameters, (info, others) => {
        const raw = encodeParameters([{ kind: "Heartbeat Info", type: 1, info }, ...others]);
        const packet = {
          sourcePort: 1,
          destinationPort: 2,
          verificationTag: 3,
          chunks: [{ kind: "HEARTBEAT", parameters: raw, info } as const],
        };
        expect(decodePacket(encodePacket(packet)).chunks).toEqual(packet.chunks);
      }),
    );
  });
});

it("reads an NR-SACK as the draft lays it out, whatever its flags and reserved field (4.2)", () => {
  const wire = Uint8Array.of(
    ...[16, 0xff, 0, 32, 0, 0, 0, 7, 0, 0, 4, 0],
    ...[0, 1, 0, 1, 0, 1, 0xab, 0xcd],
    ...[0, 2, 0, 3],
    ...[0, 5, 0, 6],
    ...[0, 0, 0, 4],
  );
  expect(decodeChunk(wire, 0, wire.length)).toEqual({
    kind: "NR-SACK",
    cumulativeTsnAck: 7,
    aRwndBytes: 1_024,
    gapBlocks: [{ start: 2, end: 3 }],
    nonRenegableBlocks: [{ start: 5, end: 6 }],
    duplicateTsns: [4],
  });
  for (const length of [19, 23, 27, 31])
    expect(() => decodeChunk(wire, 0, length)).toThrow(expect.objectContaining({ code: "CHUNK_TRUNCATED" }));
});

describe("hostile input", () => {
  const viewOf = (data: Uint8Array): DataView => new DataView(data.buffer, data.byteOffset, data.byteLength);

  it("is a ParseError and nothing else, whatever the bytes", () => {
    fc.assert(
      fc.property(u8, u8, fc.uint8Array({ maxLength: 400, size: "max" }), (type, flags, value) => {
        const data = Uint8Array.from([type, flags, 0, 0, ...value]);
        viewOf(data).setUint16(2, data.length);
        try {
          decodeChunk(data, 0, data.length);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([0, 1, 2, 3, 5, 0xffff])("with the length %i ends the walk", (length) => {
    const data = Uint8Array.from([1, 0, length >> 8, length & 0xff]);
    const cursor = new TlvCursor().bind(data, 0, 4);
    expect(cursor.next()).toBe(false);
    expect(cursor.malformed).toBe(true);
    expect(() => decodeParameters(data, 0, 4)).toThrow(ParseError);
  });

  it("may leave out the last padding, but no byte more", () => {
    const data = Uint8Array.from([0, 1, 0, 5, 9]);
    expect(decodeParameters(data, 0, 5)).toEqual([
      { kind: "Heartbeat Info", type: 1, info: Uint8Array.from([9]) },
    ]);
    expect(() => decodeParameters(data.subarray(0, 4), 0, 4)).toThrow(ParseError);
  });

  it("with thousands of parameters is refused", () => {
    const data = new Uint8Array(4 * 1_025);
    for (let at = 0; at < data.length; at += 4) data.set([0xc1, 0x23, 0, 4], at);
    expect(() => decodeParameters(data, 0, data.length)).toThrow("TOO_MANY_ELEMENTS");
  });

  it("with counts that do not fit is refused by the SACK view", () => {
    const data = new Uint8Array(20);
    viewOf(data).setUint16(12, 2);
    expect(() => new SackView().bind(data, 0, 20)).toThrow("COUNT_MISMATCH");
    expect(() => new SackView().bind(data, 0, 15)).toThrow("CHUNK_TRUNCATED");
  });
});

it("reads what to do with unknown types from their two top bits (RFC 9260 3.2, 3.2.1)", () => {
  const actions = [0x3f, 0x7f, 0xbf, 0xfe].map(unknownChunkAction);
  expect(actions).toEqual([0x3fff, 0x7fff, 0xbfff, 0xfffe].map(unknownParameterAction));
  expect(actions.map(({ stop, report }) => [stop, report])).toEqual([
    [true, false],
    [true, true],
    [false, false],
    [false, true],
  ]);
});
