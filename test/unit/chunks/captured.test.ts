import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { ChunkType } from "../../../src/chunks/codes.ts";
import { checksumIsValid } from "../../../src/chunks/common-header.ts";
import { decodePacket, encodePacket } from "../../../src/chunks/packet.ts";

const FOLDER = new URL("../../fixtures/packets/", import.meta.url);

/** The bytes of a fixture: hex text, lines with # left out. */
function packetOf(name: string): Buffer {
  const lines = readFileSync(new URL(name, FOLDER), "utf8").split("\n");
  return Buffer.from(lines.filter((line) => !line.startsWith("#")).join(""), "hex");
}

const fixtures = readdirSync(FOLDER).sort();

it.each(fixtures)("reads %s, which another stack made, and writes the same bytes", (name) => {
  const datagram = packetOf(name);
  const packet = decodePacket(datagram);
  expect(packet.checksumValid).toBe(true);
  const title = readFileSync(new URL(name, FOLDER), "utf8").split("\n")[0] ?? "";
  const kinds = title.slice(title.indexOf(":") + 2).split(", ");
  expect(packet.chunks.map((chunk) => chunk.kind.toLowerCase().replaceAll(" ", "-"))).toEqual(kinds);
  expect(Buffer.from(encodePacket(packet)).toString("hex")).toBe(datagram.toString("hex"));
});

it("knows a wrong checksum", () => {
  for (const name of fixtures) {
    const datagram = packetOf(name);
    for (const at of [0, 9, datagram.length - 1]) {
      const damaged = Buffer.from(datagram);
      damaged[at] = (damaged[at] ?? 0) ^ 0x10;
      const view = new DataView(damaged.buffer, damaged.byteOffset, damaged.length);
      expect(checksumIsValid(view, damaged.length)).toBe(false);
    }
  }
});

it("reads the INIT that usrsctp sends, field by field", () => {
  const [chunk] = decodePacket(packetOf("usrsctp-init.txt")).chunks;
  if (chunk?.kind !== "INIT") throw new Error("no INIT");
  expect(chunk).toMatchObject({ aRwndBytes: 4_194_304, outboundStreams: 64, inboundStreams: 64 });
  const kinds = chunk.parameters.map((parameter) => parameter.kind);
  expect(kinds).toContain("Forward-TSN-Supported");
  expect(kinds).toContain("Supported Extensions");
  expect(kinds).toContain("RANDOM");
  expect(chunk.parameters.find((parameter) => parameter.kind === "Supported Extensions")).toMatchObject({
    chunkTypes: expect.arrayContaining([
      ChunkType.ForwardTsn,
      ChunkType.ReConfig,
      ChunkType.Asconf,
      ChunkType.AsconfAck,
    ]),
  });
});
