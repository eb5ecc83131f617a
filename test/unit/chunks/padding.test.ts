/** Packets that are padded to a length (RFC 4820 3). */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { decodePacket } from "../../../src/chunks/packet.ts";
import { PacketWriter } from "../../../src/chunks/packet-writer.ts";
import { PacketSlab } from "../../../src/chunks/slab.ts";
import { DATA_FORMAT } from "../../../src/chunks/user-data-format.ts";

const HEARTBEAT: Chunk = { kind: "HEARTBEAT", parameters: new Uint8Array(36), info: undefined };
const FRAGMENT = {
  flags: 3,
  tsn: 1,
  streamId: 0,
  ssn: 0,
  fragmentNumber: 0,
  payloadStart: 0,
  payloadBytes: 100,
};

/** A writer with a packet of at most 64 bytes begun, in memory that has been used before. */
function begun(slabBytes = 4_000): { readonly writer: PacketWriter; readonly finish: () => Uint8Array } {
  const slab = new PacketSlab(new Uint8Array(slabBytes).fill(0xaa));
  const writer = new PacketWriter();
  writer.begin(slab, 1, 2, 3, 64);
  return { writer, finish: () => slab.bytes.slice(0, writer.finish()) };
}

/** A chunk of user data that cannot be split. */
function withData(slabBytes?: number): ReturnType<typeof begun> {
  const packet = begun(slabBytes);
  packet.writer.appendData(DATA_FORMAT, FRAGMENT, 0, new Uint8Array(100).fill(0x61));
  return packet;
}

describe("a PAD chunk behind a control chunk", () => {
  it("brings the packet to its length, with nothing of what was in memory before", () => {
    for (const lengthBytes of [56, 60, 1_472, 4_000]) {
      const { writer, finish } = begun();
      writer.appendChunk(HEARTBEAT);
      writer.padTo(lengthBytes);
      const { chunks, checksumValid } = decodePacket(finish());
      expect(checksumValid).toBe(true);
      const padding = new Uint8Array(lengthBytes - 56);
      expect(chunks).toEqual([expect.objectContaining({ kind: "HEARTBEAT" }), { kind: "PAD", padding }]);
      expect(writer.controlChunkCount).toBe(2);
    }
  });

  it("is left out where no chunk has such a length, or the memory is at its end", () => {
    for (const lengthBytes of [52, 54, 57, 0, 4_004]) {
      const { writer, finish } = begun();
      writer.appendChunk(HEARTBEAT);
      writer.padTo(lengthBytes);
      expect(finish()).toHaveLength(52);
      expect(writer.controlChunkCount).toBe(1);
    }
  });
});

describe("a PAD chunk in front of user data", () => {
  it("moves the chunk, which stays as it was", () => {
    const plain = decodePacket(withData().finish());
    const { writer, finish } = withData();
    expect(writer.isOversized).toBe(true);
    writer.padInFrontTo(1_476);
    const bytes = finish();
    const { chunks, checksumValid } = decodePacket(bytes);
    expect([bytes.length, checksumValid]).toEqual([1_476, true]);
    expect(chunks).toEqual([{ kind: "PAD", padding: new Uint8Array(1_476 - 12 - 116 - 4) }, ...plain.chunks]);
  });

  it("is left out where there is no room for it", () => {
    const { writer, finish } = withData(200);
    writer.padInFrontTo(204);
    expect(decodePacket(finish()).chunks.map(({ kind }) => kind)).toEqual(["DATA"]);
  });
});

it("a packet within its bounds is not oversized", () => {
  const { writer } = begun();
  writer.appendChunk(HEARTBEAT);
  expect(writer.isOversized).toBe(false);
});
