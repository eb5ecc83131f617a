import { describe, expect, it } from "vitest";
import type { AssociationEngine } from "../../../src/association/engine.ts";
import { Identity } from "../../../src/association/model/identity.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { ChunkType } from "../../../src/chunks/codes.ts";
import { encodePacket } from "../../../src/chunks/packet.ts";
import { AssociationTable } from "../../../src/stack/association-table.ts";
import {
  acceptsTag,
  firstChunkOf,
  followsTagRule,
  isBehindAuth,
  portsMatch,
  subjectAt,
  subjectOfInit,
} from "../../../src/stack/packet-subject.ts";
import { addressParameter, initChunk } from "../../conformance/lab.ts";
import { standIn } from "../../inside/seat.ts";

const OUR_TAG = 11;
const PEER_TAG = 22;

/** From the peer's port 8 to our port 7. */
function packet(chunks: readonly Chunk[], verificationTag = OUR_TAG): Uint8Array {
  return encodePacket({ sourcePort: 8, destinationPort: 7, verificationTag, chunks });
}

function identity(peerTag: number): Identity {
  const made = new Identity({ localPort: 7, remotePort: 8, localTag: OUR_TAG, localInitialTsn: 1 });
  made.agree({ localTag: OUR_TAG, peerTag, localInitialTsn: 1, peerInitialTsn: 1 });
  return made;
}

function accepts(chunk: Chunk, tag: number, peerTag = PEER_TAG): boolean {
  const datagram = packet([chunk], tag);
  const first = firstChunkOf(datagram);
  return first !== undefined && acceptsTag(identity(peerTag), datagram, first);
}

function tableWith(...peers: ReadonlyArray<{ readonly remotePort: number; readonly address: string }>): {
  readonly table: AssociationTable;
  readonly engines: readonly AssociationEngine[];
} {
  const table = new AssociationTable();
  const engines = peers.map(({ remotePort, address }, i) => {
    const own = new Identity({ localPort: 7, remotePort, localTag: i + 1, localInitialTsn: 1 });
    const engine = standIn<AssociationEngine>({ identity: own });
    table.add(engine);
    table.claim(engine, address);
    return engine;
  });
  return { table, engines };
}

it("reads the first chunk, and none whose length cannot be right", () => {
  const datagram = packet([{ kind: "ABORT", tagReflected: true, causes: [] }, { kind: "COOKIE ACK" }]);
  expect(firstChunkOf(datagram)).toEqual({ type: 6, flags: 1, start: 12, lengthBytes: 4 });
  expect(firstChunkOf(datagram.subarray(0, 12))).toBeUndefined();
  expect(firstChunkOf(datagram.subarray(0, 15))).toBeUndefined();
  datagram[15] = 9;
  expect(firstChunkOf(datagram)).toBeUndefined();
});

it("makes exceptions for these first chunks and no others (RFC 9260 8.5.1)", () => {
  const exceptions = Array.from({ length: 256 }, (_, type) => type).filter(
    (type) => !followsTagRule(packet([{ kind: "unknown", type, flags: 0, value: new Uint8Array(0) }])),
  );
  const { Init, InitAck, Abort, ShutdownAck, CookieEcho, ShutdownComplete } = ChunkType;
  expect(exceptions).toEqual([Init, InitAck, Abort, ShutdownAck, CookieEcho, ShutdownComplete]);
});

describe("an AUTH chunk that comes first (RFC 4895 6.3)", () => {
  const auth: Chunk = { kind: "AUTH", sharedKeyId: 0, hmacId: 1, hmac: new Uint8Array(20) };

  it("says nothing of whom a packet is for: the chunk behind it does", () => {
    const cookieEcho = packet([auth, { kind: "COOKIE ECHO", cookie: new Uint8Array(3) }]);
    const first = firstChunkOf(cookieEcho);
    expect(first).toEqual({ type: 10, flags: 0, start: 40, lengthBytes: 7 });
    expect(first !== undefined && isBehindAuth(first)).toBe(true);
    expect(followsTagRule(cookieEcho)).toBe(false);
    expect(followsTagRule(packet([auth, { kind: "COOKIE ACK" }]))).toBe(true);
    const reflected = packet([auth, { kind: "ABORT", tagReflected: true, causes: [] }], PEER_TAG);
    const abort = firstChunkOf(reflected);
    expect(abort !== undefined && acceptsTag(identity(PEER_TAG), reflected, abort)).toBe(true);
  });

  it("is the first chunk itself where nothing stands behind it, or its length cannot be right", () => {
    const alone = packet([auth]);
    const first = firstChunkOf(alone);
    expect([first?.type, first?.start]).toEqual([15, 12]);
    expect(first !== undefined && isBehindAuth(first)).toBe(false);
    expect(followsTagRule(alone)).toBe(true);
    for (const lengthBytes of [0, 3, 37, 0xffff]) {
      const broken = packet([auth, { kind: "COOKIE ACK" }]);
      broken[14] = lengthBytes >>> 8;
      broken[15] = lengthBytes;
      expect(firstChunkOf(broken)?.start ?? 12).toBe(12);
      expect(followsTagRule(broken)).toBe(true);
    }
  });
});

it("wants the ports of both sides", () => {
  const datagram = packet([]);
  const between = (localPort: number, remotePort: number): boolean =>
    portsMatch(new Identity({ localPort, remotePort, localTag: 1, localInitialTsn: 1 }), datagram);
  expect([between(7, 8), between(8, 7), between(7, 9), between(6, 8)]).toEqual([true, false, false, false]);
});

it.each([
  ["ABORT", (tagReflected: boolean): Chunk => ({ kind: "ABORT", tagReflected, causes: [] })],
  ["SHUTDOWN COMPLETE", (tagReflected: boolean): Chunk => ({ kind: "SHUTDOWN COMPLETE", tagReflected })],
])("takes a %s with our tag, or with the T bit under the peer's (RFC 9260 8.5.1 B, C)", (_name, chunk) => {
  expect([accepts(chunk(false), OUR_TAG), accepts(chunk(false), PEER_TAG)]).toEqual([true, false]);
  expect([accepts(chunk(true), OUR_TAG), accepts(chunk(true), PEER_TAG)]).toEqual([false, true]);
  // A peer that has not told its tag has none to reflect, not even 0.
  expect(accepts(chunk(true), 0, 0)).toBe(false);
});

it("has no T bit in any other chunk", () => {
  const pad: Chunk = { kind: "unknown", type: 0xbf, flags: 1, value: new Uint8Array(0) };
  expect([accepts(pad, OUR_TAG), accepts(pad, PEER_TAG)]).toEqual([true, false]);
});

it("tells associations apart by both ports and the address", () => {
  const { table, engines } = tableWith(
    { remotePort: 8, address: "10.0.0.2" },
    { remotePort: 9, address: "10.0.0.2" },
    { remotePort: 8, address: "10.0.0.3" },
  );
  const datagram = packet([]);
  expect(subjectAt(table, datagram, "10.0.0.2")).toBe(engines[0]);
  expect(subjectAt(table, datagram, "10.0.0.3")).toBe(engines[2]);
  expect(subjectAt(table, datagram, "10.0.0.4")).toBeUndefined();
});

it("finds whom an INIT is about by its source, else by the first address it lists that is known (RFC 9260 5.1.2 D)", () => {
  const { table, engines } = tableWith(
    { remotePort: 8, address: "10.0.0.2" },
    { remotePort: 8, address: "10.0.0.3" },
    { remotePort: 9, address: "10.0.0.9" },
  );
  const datagram = packet([]);
  const listing = (...addresses: readonly string[]): ReturnType<typeof initChunk> =>
    initChunk({ parameters: addresses.map(addressParameter) });
  const all = listing("10.0.0.9", "10.0.0.3", "10.0.0.2");
  expect(subjectOfInit(table, datagram, "10.0.0.2", all)).toBe(engines[0]);
  expect(subjectOfInit(table, datagram, "10.0.0.7", all)).toBe(engines[1]);
  expect(subjectOfInit(table, datagram, "10.0.0.7", listing("10.0.0.9", "10.0.0.8"))).toBeUndefined();
});
