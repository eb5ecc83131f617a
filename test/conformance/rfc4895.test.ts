/** Authenticated chunks (RFC 4895). */
import { describe, expect, it } from "vitest";
import type { AuthenticationInput } from "../../src/base/authentication.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { sealPacket } from "../../src/chunks/common-header.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  AuthPeer,
  authParameters,
  chunks,
  hmacs,
  LARGE_RANDOM,
  random,
  SHA1,
  SHA256,
  SMALL_RANDOM,
} from "./auth-peer.ts";
import {
  chunksOf,
  cookieOf,
  cookieParameter,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  only,
  PEER_COOKIE,
  PEER_TAG,
  type SentPacket,
} from "./lab.ts";

const DATA = 0;
const SACK = 3;
const HEARTBEAT_TYPE = 4;
const ABORT = 6;
const COOKIE_ECHO = 10;
const COOKIE_ACK = 11;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const SECRET = bytesOf("what both sides know");
const ABORT_CHUNK: Chunk = { kind: "ABORT", tagReflected: false, causes: [] };
const TYPES = [0x8002, 0x8003, 0x8004];

/** What the stack said of authentication. */
const said = (parameters: readonly Parameter[]): Parameter[] =>
  parameters.filter(({ type }) => TYPES.includes(type));

interface Authenticated {
  readonly link: Link;
  readonly peer: AuthPeer;
  readonly lab: Lab;
}

/** The stack has asked for an association with a peer that authenticates. @param theirs what the peer says */
function asking(
  authentication: boolean | AuthenticationInput,
  theirs: readonly Parameter[],
  options: Partial<AssociationOptions> = {},
): Authenticated {
  const lab = new Lab();
  const all = { heartbeatIntervalMs: 0, authentication, ...options };
  const link = lab.connected(all, { parameters: [cookieParameter(), ...theirs] });
  const [init] = chunksOf(lab.sent, "INIT");
  const peer = new AuthPeer(said(init?.parameters ?? []), theirs);
  return { link, peer, lab };
}

/** The peer has asked for it. */
function asked(authentication: boolean | AuthenticationInput, theirs: readonly Parameter[]): Authenticated {
  const lab = new Lab();
  const link = lab.accepted({ heartbeatIntervalMs: 0, authentication }, { parameters: theirs });
  const [initAck] = chunksOf(lab.sent, "INIT ACK");
  return { link, lab, peer: new AuthPeer(said(initAck?.parameters ?? []), theirs) };
}

/** Gives the stack a packet whose last chunks stand behind an AUTH chunk. */
function give(
  { link, peer, lab }: Authenticated,
  behind: readonly Chunk[],
  style: Parameters<AuthPeer["packet"]>[3] = {},
  before: readonly Chunk[] = [],
): SentPacket[] {
  return lab.receiveBytes(peer.packet(link.association.localTag, before, behind, style));
}

const dropped = ({ lab }: Authenticated, reason: string): number => lab.stack.counters[reason] ?? 0;

describe("RFC 4895 3.1 Random Parameter (RANDOM)", () => {
  it("MUST: sends one Random Number of 32 bytes, the same each time the INIT is repeated, and another in the next one", () => {
    const lab = new Lab();
    const of = (parameters: readonly Parameter[]): string[] =>
      parameters.flatMap((each) =>
        each.kind === "RANDOM" ? [Buffer.from(each.random).toString("hex")] : [],
      );
    lab.connect({ authentication: true });
    const [first = ""] = of(only(lab.flush(), "INIT").parameters);
    expect(first).toHaveLength(64);
    expect(of(only(lab.runUntilSent(), "INIT").parameters)).toEqual([first]);
    lab.connect({ authentication: true }, ["10.0.0.9"]);
    expect(of(only(lab.flush(), "INIT").parameters)).not.toEqual([first]);
  });

  it("MAY: says nothing of it, and agrees to nothing, unless the user asks for it", () => {
    const { link } = asked(false, authParameters([DATA]));
    const [initAck] = chunksOf(link.lab.sent, "INIT ACK");
    expect(said(initAck?.parameters ?? [])).toEqual([]);
    expect(link.association.authentication).toBe(false);
    expect(kindsOf(link.send(10))).toEqual(["DATA"]);
  });
});

describe("RFC 4895 3.2 Chunk List Parameter (CHUNKS)", () => {
  it("MUST: lists the chunk types that the user wants authenticated, once; none at all where there are none", () => {
    const lab = new Lab();
    lab.connect({ authentication: { chunks: [193, DATA, 193] } });
    expect(only(lab.flush(), "INIT").parameters).toContainEqual(chunks(193, DATA));
    lab.connect({ authentication: { chunks: [] } }, ["10.0.0.9"]);
    expect(said(only(lab.flush(), "INIT").parameters).map(({ kind }) => kind)).toEqual([
      "RANDOM",
      "HMAC-ALGO",
    ]);
  });

  it("MUST NOT: lists INIT, INIT ACK, SHUTDOWN COMPLETE or AUTH: such an option is refused", () => {
    for (const type of [1, 2, 14, 15])
      expect(() => new Lab().connect({ authentication: { chunks: [type] } })).toThrow(/never authenticated/);
  });

  it("MUST: ignores those where a peer lists them, and keeps to the rest", () => {
    const with14 = asking({ chunks: [] }, authParameters([1, 2, 14, 15, ABORT]));
    expect(with14.link.association.peerAuthenticatedChunks).toEqual([ABORT]);
    with14.link.association.shutdown(with14.lab.nowMs);
    with14.lab.flush();
    expect(kindsOf(with14.link.receive([{ kind: "SHUTDOWN ACK" }]))).toEqual(["SHUTDOWN COMPLETE"]);
  });

  it("MUST: makes the keys of the list as it was sent, what is to be ignored and what is said twice included", () => {
    const odd = asking({ chunks: [DATA] }, [
      random(LARGE_RANDOM),
      chunks(15, DATA, 1, DATA),
      hmacs(SHA256, SHA1),
    ]);
    expect(odd.peer.accepts(odd.link.send(10)[0] as SentPacket)).toBe(true);
    give(odd, [odd.link.data(0)]);
    expect(odd.link.read()).toEqual(["hello"]);
  });
});

describe("RFC 4895 3.3 Requested HMAC Algorithm Parameter (HMAC-ALGO)", () => {
  it("MUST: is in the INIT, and the list is in the order of the user's preference", () => {
    const lab = new Lab();
    lab.connect({ authentication: true });
    expect(only(lab.flush(), "INIT").parameters).toContainEqual(hmacs(SHA256, SHA1));
    lab.connect({ authentication: { hmacs: ["SHA-1"] } }, ["10.0.0.9"]);
    expect(only(lab.flush(), "INIT").parameters).toContainEqual(hmacs(SHA1));
  });

  it("MUST: has SHA-1 always", () => {
    expect(() => new Lab().connect({ authentication: { hmacs: ["SHA-256"] } })).toThrow(/SHA-1 must be/);
  });
});

describe("RFC 4895 4.1 Unsupported HMAC Identifier Error Cause", () => {
  it("MUST: names the HMAC Identifier in 6 bytes, and pads them with zeros", () => {
    const bench = asked({ chunks: [DATA], hmacs: ["SHA-1"] }, authParameters([]));
    const [packet] = give(bench, [bench.link.data(0)], { hmacId: SHA256 });
    expect([...(packet?.bytes.subarray(12) ?? [])]).toEqual([9, 0, 0, 10, 1, 5, 0, 6, 0, SHA256, 0, 0]);
    expect(bench.link.read()).toEqual([]);
  });
});

describe("RFC 4895 5.1 Authentication Chunk (AUTH)", () => {
  it("SHOULD: has no flags set, and the length of its HMAC and 8", () => {
    for (const [hmacId, lengthBytes] of [
      [SHA1, 28],
      [SHA256, 40],
    ] as const) {
      const { link } = asking({ chunks: [] }, authParameters([DATA], [hmacId, SHA1]));
      const [packet] = link.send(10);
      expect([...(packet?.bytes.subarray(12, 20) ?? [])]).toEqual([15, 0, 0, lengthBytes, 0, 0, 0, hmacId]);
    }
  });

  it("MUST: ignores flags that are set", () => {
    const bench = asked({ chunks: [DATA] }, authParameters([]));
    give(bench, [bench.link.data(0)], { flags: 0xa5 });
    expect(bench.link.read()).toEqual(["hello"]);
  });

  it("MUST NOT: stands in a packet twice, and of a packet where it does nothing is heeded from the second one on", () => {
    const bench = asked({ chunks: [DATA] }, authParameters([DATA, SACK]));
    const tag = bench.link.association.localTag;
    const inner = bench.peer.packet(tag, [], [bench.link.data(1)]).slice(12);
    const second: Chunk = { kind: "unknown", type: 15, flags: 0, value: inner.slice(4, 40) };
    give(bench, [bench.link.data(0), second, bench.link.data(1)]);
    expect(bench.link.read()).toEqual(["hello"]);
    expect(dropped(bench, "bad-authentication")).toBe(1);
    bench.link.association.send(bytesOf("answer"), {}, bench.lab.nowMs);
    const packets = give(bench, [bench.link.data(1), bench.link.data(2)]);
    expect(kindsOf(packets)).toEqual(["AUTH+SACK+DATA"]);
  });
});

describe("RFC 4895 6.1 Establishment of an Association Shared Key", () => {
  it("MUST: aborts where the Random Number of an INIT or INIT ACK has not 32 bytes", () => {
    for (const bytes of [0, 31, 33]) {
      const wrong = [random(new Uint8Array(bytes)), hmacs(SHA1)];
      const server = new Lab();
      server.listen({ authentication: true });
      const answer = only(server.receive([initChunk({ parameters: wrong })]), "ABORT");
      expect(answer.causes.map(({ kind }) => kind)).toEqual(["Protocol Violation"]);
      const client = new Lab();
      const association = client.connect({ authentication: true });
      const { initiateTag: tag } = only(client.flush(), "INIT");
      const refusal = client.receive([initAckChunk({ parameters: [cookieParameter(), ...wrong] })], { tag });
      expect(only(refusal, "ABORT").causes.map(({ kind }) => kind)).toEqual(["Protocol Violation"]);
      expect(association.state).toBe("CLOSED");
    }
  });

  it("MUST: does not mind where nothing was wanted of it", () => {
    const lab = new Lab();
    lab.listen();
    expect(
      only(lab.receive([initChunk({ parameters: [random(new Uint8Array(5))] })]), "INIT ACK"),
    ).toBeDefined();
  });

  it.each([
    ["smaller", SMALL_RANDOM],
    ["larger", LARGE_RANDOM],
  ])("MUST: makes the key of both vectors, the peer's being the %s number", (_name, bytes) => {
    for (const types of [[DATA], [DATA, DATA, DATA]]) {
      // Of equal lengths, so that the Random Number decides.
      const theirs = authParameters(types, [SHA256, SHA1], bytes);
      const client = asking({ chunks: types.map((_, i) => 200 + i) }, theirs);
      expect(client.peer.accepts(client.link.send(10)[0] as SentPacket)).toBe(true);
      const server = asked({ chunks: types.map((_, i) => 200 + i) }, theirs);
      expect(server.peer.accepts(server.link.send(10)[0] as SentPacket)).toBe(true);
    }
  });

  it("MUST: takes the shorter vector for the smaller number, and leaves out what was not sent", () => {
    const shorter = asked({ chunks: [DATA, 129, 200] }, authParameters([], [SHA256, SHA1], LARGE_RANDOM));
    give(shorter, [shorter.link.data(0)]);
    expect(shorter.link.read()).toEqual(["hello"]);
    const longer = asked(
      { chunks: [DATA] },
      authParameters([DATA, 200, 201, 202], [SHA256, SHA1], SMALL_RANDOM),
    );
    give(longer, [longer.link.data(0)]);
    expect(longer.link.read()).toEqual(["hello"]);
  });

  it("MUST: takes the parameters in the order of their numbers, whatever their order was in the chunk, and each once", () => {
    const theirs = [hmacs(SHA1), chunks(DATA), random(LARGE_RANDOM), random(SMALL_RANDOM), hmacs(SHA256)];
    const bench = asked({ chunks: [DATA] }, theirs);
    expect(bench.peer.accepts(bench.link.send(10)[0] as SentPacket, { hmacId: SHA1 })).toBe(true);
    give(bench, [bench.link.data(0)]);
    expect(bench.link.read()).toEqual(["hello"]);
  });

  it("SHOULD: uses the first of the peer's HMACs that it has", () => {
    for (const [listed, used] of [
      [[SHA1, SHA256], SHA1],
      [[SHA256, SHA1], SHA256],
      [[2, 77, SHA1], SHA1],
    ] as const) {
      const { link, peer } = asking({ chunks: [] }, authParameters([DATA], [...listed]));
      expect(peer.accepts(link.send(10)[0] as SentPacket, { hmacId: used })).toBe(true);
    }
  });

  it("MUST: agrees to nothing with a peer that says too little, or has no HMAC in common", () => {
    for (const theirs of [
      [random(LARGE_RANDOM)],
      [hmacs(SHA1)],
      [chunks(DATA)],
      [random(LARGE_RANDOM), hmacs(2)],
      [random(LARGE_RANDOM), hmacs()],
    ]) {
      const { link } = asked({ chunks: [DATA] }, theirs);
      expect(link.association.authentication).toBe(false);
      link.receive([link.data(0)]);
      expect(link.read()).toEqual(["hello"]);
    }
  });

  it("MUST: uses the empty key, with the id 0, where both sides have set none", () => {
    const { link, peer } = asking(true, authParameters([DATA]));
    expect(peer.accepts(link.send(10)[0] as SentPacket, { keyId: 0, secret: new Uint8Array(0) })).toBe(true);
  });

  it("MUST: in a collision keeps to the Random Numbers of the tags that hold", () => {
    const lab = new Lab();
    const options = { heartbeatIntervalMs: 0, authentication: { chunks: [DATA] } };
    const association = lab.connect(options);
    const init = only(lab.flush(), "INIT");
    const theirs = authParameters([DATA], [SHA256, SHA1], SMALL_RANDOM);
    const initAck = only(lab.receive([initChunk({ parameters: theirs })]), "INIT ACK");
    expect(said(initAck.parameters)).toEqual(said(init.parameters));
    const tag = init.initiateTag;
    lab.receive([echoOf(initAck)], { tag });
    const peer = new AuthPeer(said(init.parameters), theirs);
    association.send(bytesOf("x"), {}, lab.nowMs);
    expect(peer.accepts(lab.flush()[0] as SentPacket)).toBe(true);
  });
});

describe("RFC 4895 6.2 Sending Authenticated Chunks", () => {
  it("MUST: authenticates what the peer asks for, by an AUTH chunk before the first such chunk, and nothing else", () => {
    const sacks = asked({ chunks: [] }, authParameters([SACK]));
    expect(kindsOf(sacks.link.send(10))).toEqual(["DATA"]);
    sacks.link.receive([sacks.link.sack(0)]);
    const [packet] = sacks.link.receive([sacks.link.data(0), HEARTBEAT]);
    expect(packet?.kinds).toEqual(["HEARTBEAT ACK", "AUTH", "SACK"]);
    expect(sacks.peer.accepts(packet as SentPacket)).toBe(true);
  });

  it("MUST: covers all that stands behind it, padding included, and nothing before", () => {
    const bench = asking({ chunks: [] }, authParameters([DATA]), { noDelay: true });
    for (const lengthBytes of [1, 2, 3, 4, 5])
      bench.link.association.send(new Uint8Array(lengthBytes), {}, bench.lab.nowMs);
    const [packet] = bench.link.receive([HEARTBEAT]);
    expect(packet?.kinds.slice(0, 3)).toEqual(["HEARTBEAT ACK", "AUTH", "DATA"]);
    expect(bench.peer.accepts(packet as SentPacket)).toBe(true);
  });

  it("MUST: keeps packets within their size, an AUTH chunk included, and sends again in an authenticated way", () => {
    for (const hmacId of [SHA1, SHA256]) {
      const bench = asking({ chunks: [] }, authParameters([DATA, SACK], [hmacId, SHA1]));
      const sent = bench.link.send(20_000);
      const again = bench.lab.runUntilSent();
      for (const packet of [...sent, ...again]) {
        expect(packet.kinds[0]).toBe("AUTH");
        expect(packet.lengthBytes).toBeLessThanOrEqual(1_200);
        expect(bench.peer.accepts(packet, { hmacId })).toBe(true);
      }
      expect(sent[0]?.lengthBytes).toBe(1_200);
    }
  });

  it("MUST: puts all that is asked for behind one AUTH chunk", () => {
    const bench = asked({ chunks: [] }, authParameters([5, SACK]));
    const [packet] = bench.link.receive([HEARTBEAT, HEARTBEAT, bench.link.data(0)]);
    expect(packet?.kinds).toEqual(["AUTH", "HEARTBEAT ACK", "HEARTBEAT ACK", "SACK"]);
    expect(bench.peer.accepts(packet as SentPacket)).toBe(true);
  });

  it("MUST: takes DATA behind other chunks only where an AUTH chunk has room, too", () => {
    const { link, lab } = asking({ chunks: [] }, authParameters([DATA]));
    link.association.send(new Uint8Array(1_100), {}, lab.nowMs);
    const parameters = new Uint8Array(44);
    parameters.set([0, 1, 0, 44]);
    const packets = link.receive([{ kind: "HEARTBEAT", parameters, info: undefined }]);
    expect(kindsOf(packets)).toEqual(["HEARTBEAT ACK", "AUTH+DATA"]);
  });

  it("MUST: covers a packet of 64 KiB, and takes one", () => {
    for (const hmacId of [SHA1, SHA256]) {
      const options = { maxPacketBytes: 65_507, receiveBufferBytes: 1_000_000 };
      const bench = asking({ chunks: [DATA] }, authParameters([DATA], [hmacId, SHA1]), options);
      bench.lab.run(1);
      const [packet] = bench.link.send(65_000 - 40);
      expect(packet?.lengthBytes).toBeGreaterThan(64_900);
      expect(bench.peer.accepts(packet as SentPacket, { hmacId })).toBe(true);
      const payload = new Uint8Array(65_000).fill(0x62);
      give(bench, [bench.link.data(0, { payload })], { hmacId });
      expect(bench.link.association.receiveMessage(bench.lab.nowMs)?.data.length).toBe(65_000);
    }
  });

  it("MUST: authenticates the COOKIE ECHO and the COOKIE ACK, too, where they are asked for", () => {
    const lab = new Lab();
    const association = lab.connect({ heartbeatIntervalMs: 0, authentication: true });
    association.send(bytesOf("early"), {}, lab.nowMs);
    const init = only(lab.flush(), "INIT");
    const theirs = authParameters([COOKIE_ECHO]);
    const initAck = initAckChunk({ parameters: [cookieParameter(), ...theirs] });
    const [packet] = lab.receive([initAck], { tag: init.initiateTag });
    expect(packet?.kinds).toEqual(["AUTH", "COOKIE ECHO", "DATA"]);
    expect(new AuthPeer(said(init.parameters), theirs).accepts(packet as SentPacket)).toBe(true);

    const server = new Lab();
    server.listen({ heartbeatIntervalMs: 0, authentication: true });
    const wanted = authParameters([COOKIE_ACK]);
    const answer = only(server.receive([initChunk({ parameters: wanted })]), "INIT ACK");
    const [ack] = server.receive([echoOf(answer)], { tag: answer.initiateTag });
    expect(ack?.kinds).toEqual(["AUTH", "COOKIE ACK"]);
    expect(new AuthPeer(said(answer.parameters), wanted).accepts(ack as SentPacket)).toBe(true);
  });

  it("MUST: authenticates an ABORT that is asked for", () => {
    const { link, peer, lab } = asking(true, authParameters([ABORT]));
    link.association.abort(bytesOf("enough"), lab.nowMs);
    const [packet] = lab.flush();
    expect(packet?.kinds).toEqual(["AUTH", "ABORT"]);
    expect(peer.accepts(packet as SentPacket)).toBe(true);
  });

  it("MUST: uses the shared key that is the active one, or that a message names, and bundles no two", () => {
    const keys = { 5: SECRET, 9: bytesOf("another") };
    const { link, peer, lab } = asking(
      { chunks: [], keys, activeKeyId: 9 },
      authParameters([DATA, HEARTBEAT_TYPE]),
    );
    const { association } = link;
    for (const [text, authKeyId] of [
      ["a", undefined],
      ["b", 9],
      ["c", 5],
      ["d", 5],
      ["e", undefined],
    ] as const)
      association.send(bytesOf(text), authKeyId === undefined ? {} : { authKeyId }, lab.nowMs);
    const packets = lab.flush();
    expect(kindsOf(packets)).toEqual(["AUTH+DATA+DATA", "AUTH+DATA+DATA", "AUTH+DATA"]);
    const nine = { keyId: 9, secret: keys[9] };
    for (const [i, style] of [nine, { keyId: 5, secret: SECRET }, nine].entries())
      expect(peer.accepts(packets[i] as SentPacket, style)).toBe(true);
    // Lost, each goes out again with the key that it had.
    association.setOptions({ authentication: { chunks: [], keys, activeKeyId: 5 } }, lab.nowMs);
    const again = [...lab.run(1_500), ...link.receive([link.sack(1)]), ...lab.run(10_000)];
    const ofC = again.find(({ chunks: all }) =>
      all.some((each) => each.kind === "DATA" && each.payload[0] === 0x63),
    );
    expect(peer.accepts(ofC as SentPacket, { keyId: 5, secret: SECRET })).toBe(true);
    const ofA = again.find(({ chunks: all }) =>
      all.some((each) => each.kind === "DATA" && each.payload[0] === 0x61),
    );
    expect(peer.accepts(ofA as SentPacket, nine)).toBe(true);
  });
});

describe("RFC 4895 6.3 Receiving Authenticated Chunks", () => {
  it("MUST: discards in silence what must be authenticated and is not, and takes the rest of the packet", () => {
    const bench = asked({ chunks: [DATA, ABORT] }, authParameters([]));
    const answers = bench.link.receive([HEARTBEAT, bench.link.data(0), ABORT_CHUNK]);
    expect(kindsOf(answers)).toEqual(["HEARTBEAT ACK"]);
    expect(bench.link.read()).toEqual([]);
    expect(bench.link.state).toBe("ESTABLISHED");
    expect(dropped(bench, "unauthenticated-chunk")).toBe(2);
    expect(kindsOf(give(bench, [bench.link.data(0)]))).toEqual(["SACK"]);
    expect(bench.link.read()).toEqual(["hello"]);
    // What one packet has shown counts for no other.
    bench.link.receive([ABORT_CHUNK]);
    expect(bench.link.state).toBe("ESTABLISHED");
    give(bench, [ABORT_CHUNK]);
    expect(bench.link.state).toBe("CLOSED");
  });

  it("MUST: discards in silence all that follows an AUTH chunk that is wrong, and takes what stands before it", () => {
    const bench = asked({ chunks: [DATA] }, authParameters([]));
    const { link } = bench;
    const wrong = [{ damage: 1 }, { damage: 0x80 }, { secret: SECRET }];
    for (const style of wrong) expect(kindsOf(give(bench, [link.data(0), ABORT_CHUNK], style))).toEqual([]);
    expect(kindsOf(give(bench, [link.data(0)], { damage: 1 }, [HEARTBEAT]))).toEqual(["HEARTBEAT ACK"]);
    expect(dropped(bench, "bad-authentication")).toBe(4);
    expect([link.read(), link.state]).toEqual([[], "ESTABLISHED"]);
  });

  it("MUST: discards what was changed on its way, wherever, and what an AUTH chunk of a wrong length covers", () => {
    const bench = asked({ chunks: [DATA] }, authParameters([]));
    const { link, lab, peer } = bench;
    const packet = peer.packet(link.association.localTag, [], [link.data(0)]);
    for (const at of [13, 16, 17, 19, 20, 51, 53, 60, 70]) {
      const changed = packet.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      sealPacket(changed);
      lab.receiveBytes(changed);
    }
    for (const value of [
      new Uint8Array(3),
      new Uint8Array(4),
      Uint8Array.of(0, 0, 0, 3),
      Uint8Array.of(0, 0, 0, 3, 1),
    ])
      link.receive([{ kind: "unknown", type: 15, flags: 0, value }, link.data(0)]);
    for (const hmacBytes of [0, 4, 28, 36, 64]) give(bench, [link.data(0)], { hmacBytes });
    for (const hmacBytes of [16, 32]) give(bench, [link.data(0)], { hmacId: SHA1, hmacBytes });
    expect(link.read()).toEqual([]);
    expect(link.state).toBe("ESTABLISHED");
    lab.receiveBytes(packet);
    expect(link.read()).toEqual(["hello"]);
  });

  it("MUST: takes the HMAC that the AUTH chunk names, of those that were offered", () => {
    const bench = asked({ chunks: [DATA], hmacs: ["SHA-1", "SHA-256"] }, authParameters([]));
    give(bench, [bench.link.data(0)], { hmacId: SHA1 });
    give(bench, [bench.link.data(1)], { hmacId: SHA256 });
    expect(bench.link.read()).toEqual(["hello", "hello"]);
  });

  it("SHOULD: answers an HMAC that was not offered by an ERROR, authenticated if the peer wants that", () => {
    const bench = asked({ chunks: [DATA] }, authParameters([9]));
    const [packet] = give(bench, [bench.link.data(0)], { hmacId: 2 });
    expect(packet?.kinds).toEqual(["AUTH", "ERROR"]);
    expect(bench.peer.accepts(packet as SentPacket)).toBe(true);
    expect(firstOf([packet as SentPacket], "ERROR").causes).toEqual([
      { kind: "Unsupported HMAC Identifier", code: 261, hmacId: 2 },
    ]);
    expect(bench.link.read()).toEqual([]);
  });

  it("MUST: discards in silence what is authenticated by a key that it does not have, the empty one included where there are others", () => {
    const none = asked({ chunks: [DATA] }, authParameters([]));
    expect(give(none, [none.link.data(0)], { keyId: 1 })).toEqual([]);
    const some = asked({ chunks: [DATA], keys: { 7: SECRET } }, authParameters([]));
    expect(give(some, [some.link.data(0)], { keyId: 0 })).toEqual([]);
    expect(give(some, [some.link.data(0)], { keyId: 7 })).toEqual([]);
    expect([none.link.read(), some.link.read()]).toEqual([[], []]);
    give(some, [some.link.data(0)], { keyId: 7, secret: SECRET });
    expect(some.link.read()).toEqual(["hello"]);
  });

  it("MUST: takes several keys at once, so that keys may change while packets are under way", () => {
    const keys = { 1: bytesOf("old"), 2: bytesOf("new") };
    const bench = asked({ chunks: [DATA], keys, activeKeyId: 1 }, authParameters([]));
    const { link } = bench;
    give(bench, [link.data(1)], { keyId: 2, secret: keys[2] });
    give(bench, [link.data(0)], { keyId: 1, secret: keys[1] });
    expect(link.read()).toEqual(["hello", "hello"]);
    link.association.setOptions(
      { authentication: { chunks: [DATA], keys: { 2: keys[2] } } },
      bench.lab.nowMs,
    );
    give(bench, [link.data(2)], { keyId: 1, secret: keys[1] });
    expect(link.read()).toEqual([]);
  });

  it("MUST: without an association authenticates a COOKIE ECHO, and what follows it, by what the cookie says and the keys of the port", () => {
    const theirs = authParameters([]);
    for (const [secret, isTaken] of [
      [SECRET, true],
      [bytesOf("guessed"), false],
    ] as const) {
      const lab = new Lab();
      lab.listen({
        heartbeatIntervalMs: 0,
        authentication: { chunks: [COOKIE_ECHO, DATA], keys: { 3: SECRET } },
      });
      const initAck = only(lab.receive([initChunk({ parameters: theirs })]), "INIT ACK");
      const peer = new AuthPeer(said(initAck.parameters), theirs);
      const data = {
        kind: "DATA",
        beginning: true,
        ending: true,
        unordered: false,
        immediate: false,
      } as const;
      const first: Chunk = { ...data, tsn: 0x1000, streamId: 0, ssn: 0, ppid: 0, payload: bytesOf("hi") };
      expect(lab.receive([echoOf(initAck)], { tag: initAck.initiateTag })).toEqual([]);
      expect(lab.stack.associationCount).toBe(0);
      const style = { keyId: 3, secret };
      const answers = lab.receiveBytes(peer.packet(initAck.initiateTag, [], [echoOf(initAck), first], style));
      expect(lab.stack.associationCount).toBe(isTaken ? 1 : 0);
      expect(kindsOf(answers)).toEqual(isTaken ? ["COOKIE ACK+SACK"] : []);
      const [association] = lab.stack.associations;
      expect(association?.readableCount).toBe(isTaken ? 1 : undefined);
    }
  });

  it("MUST: keeps to the old keys for the COOKIE ECHO of a restart, and to the new ones from there on", () => {
    const lab = new Lab();
    const keys = { 3: SECRET };
    lab.listen({ heartbeatIntervalMs: 0, authentication: { chunks: [COOKIE_ECHO, DATA], keys } });
    const style = { keyId: 3, secret: SECRET };
    const first = authParameters([]);
    const ack = only(lab.receive([initChunk({ parameters: first })]), "INIT ACK");
    const old = new AuthPeer(said(ack.parameters), first);
    lab.receiveBytes(old.packet(ack.initiateTag, [], [echoOf(ack)], style));
    const [association] = lab.stack.associations;
    const second = authParameters([], [SHA256, SHA1], SMALL_RANDOM);
    const init = initChunk({ initiateTag: 0x55667788, initialTsn: 0x2000, parameters: second });
    const again = only(lab.receive([init]), "INIT ACK");
    const fresh = new AuthPeer(said(again.parameters), second);
    lab.receive([echoOf(again)], { tag: again.initiateTag });
    lab.receiveBytes(fresh.packet(again.initiateTag, [], [echoOf(again)], style));
    expect(association?.peerTag).toBe(PEER_TAG);
    const answers = lab.receiveBytes(old.packet(again.initiateTag, [], [echoOf(again)], style));
    expect(kindsOf(answers)).toEqual(["COOKIE ACK"]);
    expect(association?.peerTag).toBe(0x55667788);
    const data = { kind: "DATA", beginning: true, ending: true, unordered: false, immediate: false } as const;
    const chunk: Chunk = { ...data, tsn: 0x2000, streamId: 0, ssn: 0, ppid: 0, payload: bytesOf("new") };
    lab.receiveBytes(old.packet(again.initiateTag, [], [chunk], style));
    expect(association?.readableCount).toBe(0);
    lab.receiveBytes(fresh.packet(again.initiateTag, [], [chunk], style));
    expect(association?.readableCount).toBe(1);
  });

  it("MUST: in a collision authenticates the COOKIE ECHO by the Random Numbers of its tags", () => {
    const lab = new Lab();
    const association = lab.connect({ heartbeatIntervalMs: 0, authentication: { chunks: [COOKIE_ECHO] } });
    const init = only(lab.flush(), "INIT");
    const theirs = authParameters([]);
    const initAck = only(lab.receive([initChunk({ parameters: theirs })]), "INIT ACK");
    const peer = new AuthPeer(said(init.parameters), theirs);
    lab.receive([echoOf(initAck)], { tag: init.initiateTag });
    expect(association.state).toBe("COOKIE-WAIT");
    lab.receiveBytes(peer.packet(init.initiateTag, [], [echoOf(initAck)]));
    expect(association.state).toBe("ESTABLISHED");
  });

  it("MUST: does so in COOKIE-ECHOED, too, where the peer has begun anew with another Random Number", () => {
    const lab = new Lab();
    const association = lab.connect({ heartbeatIntervalMs: 0, authentication: { chunks: [COOKIE_ECHO] } });
    const init = only(lab.flush(), "INIT");
    const tag = init.initiateTag;
    lab.receive([initAckChunk({ parameters: [cookieParameter(), ...authParameters([])] })], { tag });
    const theirs = authParameters([], [SHA256, SHA1], SMALL_RANDOM);
    const [answer] = lab.receive([initChunk({ initiateTag: 0x55667788, parameters: theirs })]);
    const initAck = firstOf(answer === undefined ? [] : [answer], "INIT ACK");
    const peer = new AuthPeer(said(init.parameters), theirs);
    lab.receiveBytes(peer.packet(tag, [], [echoOf(initAck)]));
    expect([association.state, association.peerTag]).toEqual(["ESTABLISHED", 0x55667788]);
  });

  it("MUST: takes a packet that begins with AUTH for what the chunk behind it makes of it", () => {
    const bench = asked({ chunks: [ABORT] }, authParameters([]));
    const { link, lab, peer } = bench;
    // Out of the blue, without a look at the AUTH chunk: an ABORT is not answered, a SHUTDOWN ACK is.
    const stranger = { from: "10.0.0.77" };
    expect(lab.receiveBytes(peer.packet(0x77777777, [], [ABORT_CHUNK]), stranger)).toEqual([]);
    const [complete] = lab.receiveBytes(peer.packet(0x77777777, [], [{ kind: "SHUTDOWN ACK" }]), stranger);
    expect(complete?.kinds).toEqual(["SHUTDOWN COMPLETE"]);
    expect(link.state).toBe("ESTABLISHED");
    give(bench, [ABORT_CHUNK]);
    expect(link.state).toBe("CLOSED");
  });

  it("MUST: takes no INIT or INIT ACK behind an AUTH chunk", () => {
    const lab = new Lab();
    lab.listen({ authentication: true });
    const peer = new AuthPeer([], authParameters([]));
    expect(lab.receiveBytes(peer.packet(0, [], [initChunk()]))).toEqual([]);
    const client = new Lab();
    const association = client.connect({ authentication: true });
    const { initiateTag } = only(client.flush(), "INIT");
    expect(client.receiveBytes(peer.packet(initiateTag, [], [initAckChunk()]))).toEqual([]);
    expect(association.state).toBe("COOKIE-WAIT");
  });

  it("MUST NOT: puts a shared key into the cookie", () => {
    const lab = new Lab();
    lab.listen({ authentication: { keys: { 3: SECRET } } });
    const cookie = cookieOf(
      only(lab.receive([initChunk({ parameters: authParameters([DATA]) })]), "INIT ACK"),
    );
    expect(Buffer.from(cookie).includes(Buffer.from(SECRET))).toBe(false);
    expect(Buffer.from(cookie).includes(Buffer.from(LARGE_RANDOM))).toBe(true);
    expect(cookie).not.toEqual(PEER_COOKIE);
  });

  it("MUST: agrees to the longest lists that there may be, and still keeps nothing before the cookie comes back", () => {
    const all = Array.from({ length: 256 }, (_, type) => type);
    const mine = all.filter((type) => ![1, 2, 14, 15].includes(type));
    const theirs = authParameters(all);
    const lab = new Lab();
    lab.listen({ heartbeatIntervalMs: 0, authentication: { chunks: mine } });
    const initAck = only(lab.receive([initChunk({ parameters: theirs })]), "INIT ACK");
    const peer = new AuthPeer(said(initAck.parameters), theirs);
    const answers = lab.receiveBytes(peer.packet(initAck.initiateTag, [], [echoOf(initAck)]));
    expect(answers.map(({ kinds }) => kinds[0])).toEqual(["AUTH"]);
    expect(peer.accepts(answers[0] as SentPacket)).toBe(true);
  });
});

describe("RFC 4895 9 Security Considerations", () => {
  it("MUST: is ready for the weakest HMAC of its list, in either direction", () => {
    const { link, peer } = asking({ chunks: [DATA] }, authParameters([DATA], [SHA1]));
    expect(peer.accepts(link.send(10)[0] as SentPacket, { hmacId: SHA1 })).toBe(true);
  });

  it("MUST: takes a packet that comes again for what SCTP makes of it: nothing is delivered twice", () => {
    const bench = asked({ chunks: [DATA] }, authParameters([]));
    const packet = bench.peer.packet(bench.link.association.localTag, [], [bench.link.data(0)]);
    for (let i = 0; i < 5; i++) bench.lab.receiveBytes(packet);
    expect(bench.link.read()).toEqual(["hello"]);
    // Nor does it count in another association, though both have the same endpoint pair key.
    const other = asked({ chunks: [DATA] }, authParameters([], [SHA256, SHA1], SMALL_RANDOM));
    other.lab.receiveBytes(bench.peer.packet(other.link.association.localTag, [], [other.link.data(0)]));
    expect(other.link.read()).toEqual([]);
  });
});
