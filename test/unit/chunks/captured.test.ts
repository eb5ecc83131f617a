import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { ChunkType } from "../../../src/chunks/codes.ts";
import { checksumIsValid } from "../../../src/chunks/common-header.ts";
import { decodePacket, encodePacket } from "../../../src/chunks/packet.ts";

const FOLDER = new URL("../../fixtures/packets/", import.meta.url);

/** The bytes of a fixture: hex text, lines with # left out. */
function packetOf(name: string): Buffer {
  const lines = readFileSync(new URL(name, FOLDER), "utf8").split("\n");
  return Buffer.from(lines.filter((line) => !line.startsWith("#")).join(""), "hex");
}

/** The chunk of that kind in usrsctp's packet; a fixture is named without "usrsctp-" and ".txt". */
function chunkOf<K extends Chunk["kind"]>(name: string, kind: K): Chunk & { kind: K } {
  const { chunks } = decodePacket(packetOf(`usrsctp-${name}.txt`));
  const chunk = chunks.find((each): each is Chunk & { kind: K } => each.kind === kind);
  if (chunk === undefined) throw new Error(`there is no ${kind} in ${name}`);
  return chunk;
}

/** Message `index` of the usrsctp peer (interop/peers/usrsctp-peer.c, fill_message). */
function messageOf(index: number, lengthBytes: number): Uint8Array {
  return Uint8Array.from({ length: lengthBytes }, (_, i) => (index * 31 + i * 7 + (i >> 8)) & 0xff);
}

function joined(fragments: readonly { readonly payload: Uint8Array }[]): Uint8Array {
  return new Uint8Array(Buffer.concat(fragments.map(({ payload }) => payload)));
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
      expect(checksumIsValid(damaged)).toBe(false);
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

it("puts the fragments of a message together to what usrsctp sent", () => {
  const names = ["data-begin", "data-middle", "data-end"];
  const fragments = names.map((name) => chunkOf(name, "DATA"));
  expect(fragments.map(({ beginning, ending }) => [beginning, ending])).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ]);
  const first = fragments[0]!.tsn;
  expect(fragments.map(({ tsn }) => (tsn - first) >>> 0)).toEqual([0, 1, 2]);
  expect(new Set(fragments.map(({ streamId, ssn, ppid }) => `${streamId} ${ssn} ${ppid}`))).toEqual(
    new Set([`0 0 ${0x5000_0000}`]),
  );
  expect(joined(fragments)).toEqual(messageOf(0, 1_300));
});

it("puts the fragments of an interleaved message together by their FSNs", () => {
  const fragments = ["i-data-begin", "i-data-middle", "i-data-end"].map((name) => chunkOf(name, "I-DATA"));
  expect(fragments.map(({ beginning, ending, ppidOrFsn }) => [beginning, ending, ppidOrFsn])).toEqual([
    [true, false, 0x5000_0000],
    [false, false, 1],
    [false, true, 2],
  ]);
  expect(joined(fragments)).toEqual(messageOf(0, 1_300));
});

it("reads an unordered message of usrsctp's", () => {
  const chunk = chunkOf("data-unordered", "DATA");
  expect(chunk).toMatchObject({ beginning: true, ending: true, unordered: true, immediate: false });
  expect(new Uint8Array(chunk.payload)).toEqual(messageOf(0, 400));
});

it("reads what is missing and what came twice from usrsctp's SACKs", () => {
  // The relay had lost the second and the fifth DATA chunk, and doubled the fourth.
  const acknowledged = chunkOf("sack-gaps", "SACK");
  expect(acknowledged.gapBlocks.slice(0, 2)).toEqual([
    { start: 2, end: 3 },
    { start: 5, end: expect.any(Number) },
  ]);
  const twice = chunkOf("sack-duplicates", "SACK");
  expect(twice.duplicateTsns).toEqual([(twice.cumulativeTsnAck + 3) >>> 0]);
});

it("reads in usrsctp's HEARTBEAT ACK what its HEARTBEAT carried", () => {
  expect(chunkOf("heartbeat-ack", "HEARTBEAT ACK").info).toEqual(chunkOf("heartbeat", "HEARTBEAT").info);
});

it("reads what usrsctp gives up, by SSN and by MID", () => {
  const forward = chunkOf("forward-tsn", "FORWARD TSN");
  expect(forward.skipped).toEqual([{ streamId: 0, ssn: 1 }]); // The second of the messages was lost.
  const interleaved = chunkOf("i-forward-tsn", "I-FORWARD-TSN");
  expect(interleaved.skipped).toEqual([{ streamId: 0, unordered: false, mid: 2 }]);
});

it("reads usrsctp's requests to change streams, and an answer", () => {
  expect(chunkOf("re-config-reset", "RE-CONFIG").parameters).toMatchObject([
    { kind: "Outgoing SSN Reset Request", streamIds: [2] },
  ]);
  expect(chunkOf("re-config-add", "RE-CONFIG").parameters).toMatchObject([
    { kind: "Add Outgoing Streams Request", newStreamCount: 5 },
  ]);
  expect(chunkOf("re-config-response", "RE-CONFIG").parameters).toMatchObject([
    { kind: "Re-configuration Response" },
  ]);
});

it("reads usrsctp's ASCONF and its answer, both authenticated", () => {
  const request = chunkOf("asconf", "ASCONF");
  expect(request.parameters).toMatchObject([
    { kind: "IPv4 Address", address: "127.0.0.1" },
    { kind: "Set Primary Address", address: "127.0.0.1" },
  ]);
  expect(chunkOf("asconf-ack", "ASCONF-ACK").serialNumber).toBe(request.serialNumber);
  for (const name of ["asconf", "asconf-ack"])
    expect(chunkOf(name, "AUTH")).toMatchObject({ sharedKeyId: 0, hmacId: 1, hmac: { length: 20 } });
});
