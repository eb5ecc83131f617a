/** Normal establishment: RFC 9260 5 and 5.1. */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  addressParameter,
  chunksOf,
  cookieEchoed,
  cookieOf,
  cookieParameter,
  cookieWait,
  dataChunk,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  Link,
  OUR_ADDRESS,
  OUR_PORT,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_PORT,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  PEER_TSN,
  type SentPacket,
  UDP_PORT,
} from "./lab.ts";

const QUIET = { heartbeatIntervalMs: 0 };
const SMALL = new Uint8Array(100);

/** A server's INIT ACK. */
function answered(
  lab: Lab,
  init = {},
): { readonly cookie: Uint8Array; readonly tag: number; readonly tsn: number } {
  const initAck = only(lab.receive([initChunk(init)]), "INIT ACK");
  return { cookie: cookieOf(initAck), tag: initAck.initiateTag, tsn: initAck.initialTsn };
}

function sackOf(packets: readonly SentPacket[]): number {
  return firstOf(packets, "SACK").cumulativeTsnAck;
}

describe("RFC 9260 5 Association Initialization", () => {
  it("MUST: sends no DATA before the handshake allows it", () => {
    const { lab, association } = cookieWait();
    association.send(SMALL, {}, lab.nowMs);
    expect(lab.flush()).toEqual([]);
    expect(new Set(kindsOf(lab.run(20_000)))).toEqual(new Set(["INIT"]));
  });
});

describe("RFC 9260 5.1 Normal Establishment of an Association", () => {
  it("MUST: gives its tag in the INIT, and goes from COOKIE-WAIT by COOKIE-ECHOED to ESTABLISHED", () => {
    const { lab, association, init, tag } = cookieWait();
    expect(init.initiateTag).toBe(association.localTag);
    expect(association.state).toBe("COOKIE-WAIT");
    lab.receive([initAckChunk()], { tag });
    expect(association.state).toBe("COOKIE-ECHOED");
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(association.state).toBe("ESTABLISHED");
    expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("MUST: answers an INIT at its source address, with its tag, a tag of its own and a State Cookie", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.listen();
    const listed = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map(addressParameter);
    const packets = lab.receive([initChunk({ parameters: listed })], {
      from: PEER_SECOND_ADDRESS,
      to: OUR_SECOND_ADDRESS,
    });
    expect(packets).toMatchObject([
      { tag: PEER_TAG, to: PEER_SECOND_ADDRESS, from: OUR_SECOND_ADDRESS, toUdpPort: UDP_PORT },
    ]);
    const initAck = only(packets, "INIT ACK");
    expect(initAck.initiateTag).not.toBe(0);
    expect(cookieOf(initAck).length).toBeGreaterThan(32);
  });

  it("MUST NOT: keeps anything of an INIT that it has answered", () => {
    const lab = new Lab();
    lab.listen();
    for (let i = 1; i <= 1_000; i++)
      lab.receive([initChunk({ initiateTag: i })], { from: `10.7.${i >> 8}.${i & 255}` });
    expect(lab.stack.associationCount).toBe(0);
    expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
    expect(lab.events).toEqual([]);
  });

  it("MUST: puts the COOKIE ECHO first; DATA may follow in the same packet", () => {
    const { packets, association } = cookieEchoed({}, [SMALL, SMALL]);
    expect(kindsOf(packets)).toEqual(["COOKIE ECHO+DATA+DATA"]);
    expect(packets[0]?.lengthBytes).toBeLessThanOrEqual(1_200);
    expect(association.status().unackedChunks).toBe(2);
  });

  it("MUST NOT: sends any other packet until the COOKIE ACK has come", () => {
    const { lab, association, tag } = cookieEchoed({}, [SMALL, new Uint8Array(5_000)]);
    association.send(SMALL, {}, lab.nowMs);
    const sent = [
      ...lab.flush(),
      ...lab.receive([dataChunk()], { tag }),
      ...lab.receive([HEARTBEAT], { tag }),
      ...lab.run(30_000),
    ];
    expect(sent.length).toBeGreaterThan(3);
    expect(sent.filter(({ kinds }) => kinds[0] !== "COOKIE ECHO")).toEqual([]);
  });

  it("MUST: sends the DATA that went with a lost COOKIE ECHO once more with the next one, under the same TSN", () => {
    const { lab, packets, tag, association } = cookieEchoed({}, [SMALL]);
    const again = lab.runUntilSent();
    expect(kindsOf(again)).toEqual(["COOKIE ECHO+DATA"]);
    expect(firstOf(again, "DATA")).toEqual(firstOf(packets, "DATA"));
    lab.receive([{ kind: "COOKIE ACK" }], { tag });
    expect(kindsOf(lab.runUntilSent())).toEqual(["DATA"]);
    expect(association.stats.retransmittedChunks).toBe(2);
  });

  it("MUST: acknowledges the INIT's sender by a COOKIE ACK first in its packet, DATA and SACK behind it", () => {
    const lab = new Lab();
    lab.listen();
    const { cookie, tag } = answered(lab);
    const packets = lab.receive([{ kind: "COOKIE ECHO", cookie }, dataChunk()], { tag });
    expect(kindsOf(packets)).toEqual(["COOKIE ACK+SACK"]);
    const [association] = lab.stack.associations;
    association?.send(SMALL, {}, lab.nowMs);
    const again = lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag });
    expect(kindsOf(again)).toEqual(["COOKIE ACK+DATA"]);
  });

  it("SHOULD: times T1-init and T1-cookie as section 6.3 does: doubled each time, and on all addresses in turn", () => {
    const { lab, association } = cookieWait({ maxInitRetransmits: 5 }, [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    const startMs = lab.nowMs;
    const inits = lab.run(100_000);
    expect(inits.map(({ atMs }) => atMs - startMs)).toEqual([1_000, 3_000, 7_000, 15_000, 31_000]);
    expect(inits.map(({ to }) => to)).toEqual(
      [2, 1, 2, 1, 2].map((i) => (i === 1 ? PEER_ADDRESS : PEER_SECOND_ADDRESS)),
    );
    expect(association.state).toBe("CLOSED");
  });

  it("SHOULD: answers an INIT with ABORT and cause where nobody listens, and a COOKIE ECHO where there is no room", () => {
    const nobody = new Lab();
    const refused = nobody.receive([initChunk()]);
    expect(refused[0]?.tag).toBe(PEER_TAG);
    expect(only(refused, "ABORT").tagReflected).toBe(false);
    const full = new Lab({ stack: { maxAssociations: 1 } });
    full.listen();
    const first = answered(full);
    const second = only(full.receive([initChunk({ initiateTag: 9 })], { from: "10.0.0.9" }), "INIT ACK");
    full.receive([{ kind: "COOKIE ECHO", cookie: first.cookie }], { tag: first.tag });
    const echo = echoOf(second);
    const packets = full.receive([echo], { tag: second.initiateTag, from: "10.0.0.9" });
    expect(packets[0]?.tag).toBe(9);
    expect(only(packets, "ABORT").causes).toEqual([{ kind: "Out of Resource", code: 4 }]);
  });

  it("SHOULD: names the parameter that an INIT ACK lacks in the ABORT that refuses it", () => {
    const { lab, association, tag } = cookieWait();
    const packets = lab.receive([initAckChunk({ parameters: [] })], { tag });
    expect(packets[0]?.tag).toBe(PEER_TAG);
    expect(only(packets, "ABORT").causes).toEqual([
      { kind: "Missing Mandatory Parameter", code: 2, parameterTypes: [7] },
    ]);
    expect(association.state).toBe("CLOSED");
  });

  it("MUST: acknowledges the first DATA at once", () => {
    const link = new Lab().accepted(QUIET);
    expect(sackOf(link.receive([link.data(0)]))).toBe(PEER_TSN);
    expect(link.receive([link.data(1)])).toEqual([]);
  });

  it("MUST: begins with the Cumulative TSN Ack Point one below the Initial TSN, at the wrap too", () => {
    for (const initialTsn of [0, 1, 0xffff_ffff, 0x8000_0000]) {
      const link = new Lab().accepted(QUIET, { initialTsn });
      expect(sackOf(link.receive([link.data(1)]))).toBe((initialTsn - 1) >>> 0);
      link.receive([link.data(0), link.data(2)]);
      link.lab.run(200);
      expect(chunksOf(link.lab.sent, "SACK").at(-1)?.cumulativeTsnAck).toBe((initialTsn + 2) >>> 0);
    }
  });
});

describe("RFC 9260 5.1.1 Handle Stream Parameters", () => {
  it("MUST: uses as many outbound streams as the peer allows, as the side that asks and as the side that answers", () => {
    const client = new Lab().connected({ ...QUIET, outboundStreams: 10 }, { inboundStreams: 3 });
    expect(client.association.outboundStreams).toBe(3);
    const server = new Lab().accepted({ ...QUIET, outboundStreams: 10 }, { inboundStreams: 3 });
    expect(server.association.outboundStreams).toBe(3);
    for (const link of [client, server]) {
      link.send(10, { streamId: 2 });
      expect(() => link.send(10, { streamId: 3 })).toThrow(/stream/);
    }
  });

  it("MUST: says in INIT and INIT ACK how many streams it wants and allows", () => {
    const { init } = cookieWait({ outboundStreams: 5, maxInboundStreams: 6 });
    expect(init).toMatchObject({ outboundStreams: 5, inboundStreams: 6 });
    const lab = new Lab();
    lab.listen({ outboundStreams: 5, maxInboundStreams: 6 });
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    expect(initAck).toMatchObject({ outboundStreams: 5, inboundStreams: 6 });
  });

  it("MUST: takes DATA on streams up to the smaller of the peer's wish and its own limit", () => {
    const link = new Lab().accepted({ ...QUIET, maxInboundStreams: 4 }, { outboundStreams: 65_535 });
    expect(link.association.inboundStreams).toBe(4);
    expect(kindsOf(link.receive([link.data(0, { streamId: 3 })]))).toEqual(["SACK"]);
    const packets = link.receive([link.data(1, { streamId: 4 })]);
    expect(firstOf(packets, "ERROR").causes).toMatchObject([
      { kind: "Invalid Stream Identifier", streamId: 4 },
    ]);
  });

  it("MAY: gives messages back that were queued for streams which the peer turned out not to have", () => {
    const { lab, association, tag } = cookieWait({ outboundStreams: 10 });
    association.send(SMALL, { streamId: 9 }, lab.nowMs);
    association.send(SMALL, { streamId: 1 }, lab.nowMs);
    const packets = lab.receive([initAckChunk({ inboundStreams: 2 })], { tag });
    expect(chunksOf(packets, "DATA").map(({ streamId }) => streamId)).toEqual([1]);
    const failed = lab.events.filter((event) => event.kind === "send-failed");
    expect(failed.map(({ message }) => [message.streamId, message.transmitted])).toEqual([[9, false]]);
  });
});

describe("RFC 9260 5.1.2 Handle Address Parameters", () => {
  it("MUST: takes the source alone where INIT or INIT ACK lists no address", () => {
    expect(new Lab().accepted().association.remoteAddresses).toEqual([PEER_ADDRESS]);
    expect(new Lab().connected().association.remoteAddresses).toEqual([PEER_ADDRESS]);
  });

  it("MUST: takes the listed addresses and the source", () => {
    const parameters = ["10.0.0.7", PEER_SECOND_ADDRESS].map(addressParameter);
    const server = new Lab().accepted({}, { parameters });
    expect(new Set(server.association.remoteAddresses)).toEqual(
      new Set([PEER_ADDRESS, "10.0.0.7", PEER_SECOND_ADDRESS]),
    );
    const client = new Lab().connected({}, { parameters: [cookieParameter(), ...parameters] });
    expect(new Set(client.association.remoteAddresses)).toEqual(
      new Set([PEER_ADDRESS, "10.0.0.7", PEER_SECOND_ADDRESS]),
    );
  });

  it("SHOULD: uses no other address: one that the user passed and the INIT ACK does not list is dropped", () => {
    const { lab, association, tag } = cookieWait({}, [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    lab.receive([initAckChunk()], { tag });
    expect(association.remoteAddresses).toEqual([PEER_ADDRESS]);
  });

  it("MUST: sends the INIT ACK and the ABORT that refuses a host name to the source of the INIT", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.listen();
    const at = { from: "10.3.0.3", fromUdpPort: 4_444 };
    expect(lab.receive([initChunk()], at)).toMatchObject([
      { to: "10.3.0.3", toUdpPort: 4_444, kinds: ["INIT ACK"] },
    ]);
    const hostName: Parameter = { kind: "Host Name Address", type: 11, hostName: new Uint8Array(4) };
    const refused = lab.receive([initChunk({ parameters: [hostName] })], at);
    expect(refused).toMatchObject([{ to: "10.3.0.3", toUdpPort: 4_444, kinds: ["ABORT"] }]);
  });

  it("MUST: takes an INIT for an association that exists if any listed address is one of that association's", () => {
    const link = new Lab().accepted(QUIET);
    const init = initChunk({ initiateTag: 77, parameters: [addressParameter(PEER_ADDRESS)] });
    const packets = link.lab.receive([init], { from: "10.0.0.66" });
    // It adds an address to that association, so that it is refused (5.2.2).
    expect(only(packets, "ABORT").causes).toMatchObject([{ code: 11 }]);
  });

  it("MUST: uses every address of a family that it has, and is silent about the others", () => {
    const parameters = [addressParameter("10.0.0.7"), addressParameter("2001:db8::7")];
    const link = new Lab().accepted(QUIET, { parameters });
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS, "10.0.0.7"]);
    expect(kindsOf(link.lab.sent)).toEqual(["INIT ACK", "COOKIE ACK"]);
  });

  it("SHOULD: lists only addresses of families that the INIT says, or shows, that its sender can use", () => {
    const listed = (addressTypes: readonly number[] | undefined, more: readonly string[] = []): string[] => {
      const lab = new Lab({ localAddresses: [OUR_ADDRESS, "2001:db8::1"] });
      lab.listen();
      const types: Parameter[] =
        addressTypes === undefined ? [] : [{ kind: "Supported Address Types", type: 12, addressTypes }];
      const init = initChunk({ parameters: [...types, ...more.map(addressParameter)] });
      return only(lab.receive([init]), "INIT ACK").parameters.flatMap((parameter) =>
        parameter.kind === "IPv4 Address" || parameter.kind === "IPv6 Address" ? [parameter.address] : [],
      );
    };
    expect(listed(undefined)).toEqual([OUR_ADDRESS, "2001:db8::1"]);
    expect(listed([5])).toEqual([OUR_ADDRESS]);
    expect(listed([6])).toEqual([OUR_ADDRESS, "2001:db8::1"]); // the INIT itself came by IPv4
    expect(listed([5], ["2001:db8::2"])).toEqual([OUR_ADDRESS, "2001:db8::1"]);
  });

  it("MUST NOT: takes multicast, broadcast or unspecified addresses, nor loopback ones from elsewhere, for the peer's", () => {
    const bad = ["224.0.0.1", "255.255.255.255", "0.0.0.0", "127.0.0.1", "::1", "ff02::1", "::"];
    const link = new Lab().accepted(QUIET, { parameters: [...bad, "10.0.0.7"].map(addressParameter) });
    expect(new Set(link.association.remoteAddresses)).toEqual(new Set([PEER_ADDRESS, "10.0.0.7"]));
    const local = new Lab({ localAddresses: ["127.0.0.1"] });
    local.listen();
    const init = initChunk({ parameters: [addressParameter("127.0.0.3")] });
    const initAck = only(local.receive([init], { from: "127.0.0.2", to: "127.0.0.1" }), "INIT ACK");
    const echo = echoOf(initAck);
    local.receive([echo], { tag: initAck.initiateTag, from: "127.0.0.2", to: "127.0.0.1" });
    expect([...local.stack.associations][0]?.remoteAddresses).toEqual(["127.0.0.2", "127.0.0.3"]);
  });
});

describe("RFC 9260 5.1.3 Generating State Cookie", () => {
  it("MUST: protects every byte of the cookie by a MAC", () => {
    const lab = new Lab();
    lab.listen();
    const { cookie, tag } = answered(lab);
    for (let i = 0; i < cookie.length; i++) {
      for (const bit of [1, 0x80]) {
        const forged = cookie.slice();
        forged[i] = (forged[i] ?? 0) ^ bit;
        expect(lab.receive([{ kind: "COOKIE ECHO", cookie: forged }], { tag })).toEqual([]);
      }
    }
    expect(lab.stack.associationCount).toBe(0);
    expect(kindsOf(lab.receive([{ kind: "COOKIE ECHO", cookie }], { tag }))).toEqual(["COOKIE ACK"]);
  });

  it("SHOULD: carries its time and its life, and changes the secret, whose cookies stay good for as long as they live", () => {
    const lab = new Lab({ stack: { cookieSecretLifeMs: 100_000 } });
    lab.listen();
    lab.nowMs += 99_000;
    const old = answered(lab);
    lab.nowMs += 50_000;
    expect(kindsOf(lab.receive([initChunk({ initiateTag: 8 })], { from: "10.0.0.8" }))).toEqual(["INIT ACK"]);
    const packets = lab.receive([{ kind: "COOKIE ECHO", cookie: old.cookie }], { tag: old.tag });
    expect(kindsOf(packets)).toEqual(["COOKIE ACK"]);
    expect(() => new Lab({ stack: { cookieSecretLifeMs: 60_000 } })).toThrow("cookieSecretLifeMs");
  });

  it("MUST NOT: takes the cookie of another stack, which has another secret", () => {
    const lab = new Lab();
    lab.listen();
    const { cookie, tag } = answered(lab);
    const other = new Lab({ random: { uint32: () => 0x5555_5555, fill: (out) => out.fill(0x55) } });
    other.listen();
    expect(other.receive([{ kind: "COOKIE ECHO", cookie }], { tag })).toEqual([]);
    expect(other.stack.counters["invalid-cookie"]).toBe(1);
  });
});

describe("RFC 9260 5.1.4 State Cookie Processing", () => {
  it("MUST: sends the COOKIE ECHO at once, and again when T1-cookie expires, up to Max.Init.Retransmits", () => {
    const { lab, packets, association } = cookieEchoed({ maxInitRetransmits: 3 });
    expect(kindsOf(packets)).toEqual(["COOKIE ECHO"]);
    const startMs = lab.nowMs;
    const echoes = lab.run(60_000);
    expect(echoes.map(({ atMs, kinds }) => [atMs - startMs, kinds[0]])).toEqual([
      ...[1_000, 3_000, 7_000].map((atMs) => [atMs, "COOKIE ECHO"]),
      [15_000, "ABORT"],
    ]);
    expect(association.state).toBe("CLOSED");
    const closed = lab.events.at(-1);
    expect(closed?.kind === "closed" && closed.reason).toEqual({ kind: "unreachable", during: "setup" });
  });

  it("MAY: gives up in the end without losing sight of the DATA that went with the COOKIE ECHO", () => {
    const { lab } = cookieEchoed({ maxInitRetransmits: 1 }, [SMALL]);
    lab.run(60_000);
    expect(lab.eventKinds).toEqual(["send-failed", "closed"]);
    const [failed] = lab.events;
    expect(failed?.kind === "send-failed" && failed.message).toMatchObject({
      data: SMALL,
      transmitted: true,
    });
  });
});

describe("RFC 9260 5.1.5 State Cookie Authentication", () => {
  it("MUST: silently discards a packet whose cookie fails the check, DATA included", () => {
    const lab = new Lab();
    lab.listen();
    const { cookie, tag } = answered(lab);
    const forged = cookie.slice();
    forged[40] = (forged[40] ?? 0) ^ 1;
    expect(lab.receive([{ kind: "COOKIE ECHO", cookie: forged }, dataChunk()], { tag })).toEqual([]);
    expect(lab.receive([{ kind: "COOKIE ECHO", cookie: cookie.subarray(0, 20) }], { tag })).toEqual([]);
    expect(lab.receive([{ kind: "COOKIE ECHO", cookie: new Uint8Array(0) }], { tag })).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("MUST: silently discards a cookie under other ports, another tag or from an address that it was not made for", () => {
    const lab = new Lab();
    lab.listen();
    const { cookie, tag } = answered(lab);
    const echo: Chunk[] = [{ kind: "COOKIE ECHO", cookie }];
    expect(lab.receive(echo, { tag: tag ^ 1 })).toEqual([]);
    expect(lab.receive(echo, { tag, sourcePort: PEER_PORT + 1 })).toEqual([]);
    expect(lab.receive(echo, { tag, destinationPort: OUR_PORT + 1 })).toEqual([]);
    expect(lab.receive(echo, { tag, from: "10.0.0.66" })).toEqual([]);
    expect(lab.stack.counters["invalid-cookie"]).toBe(4);
    expect(kindsOf(lab.receive(echo, { tag }))).toEqual(["COOKIE ACK"]);
  });

  it("MUST: answers a cookie that outlived its life with ERROR, Stale Cookie, and makes nothing of it", () => {
    const lab = new Lab({ stack: { cookieLifeMs: 5_000 } });
    lab.listen();
    const { cookie, tag } = answered(lab);
    const late = lab.nowMs + 5_001;
    lab.nowMs += 5_000;
    const fresh = answered(lab, { initiateTag: 4 });
    lab.nowMs = late;
    const packets = lab.receive([{ kind: "COOKIE ECHO", cookie }, dataChunk()], { tag });
    expect(packets[0]?.tag).toBe(PEER_TAG);
    expect(only(packets, "ERROR").causes).toEqual([{ kind: "Stale Cookie", code: 3, stalenessUs: 1_000 }]);
    expect(lab.stack.associationCount).toBe(0);
    lab.nowMs += 4_999;
    expect(kindsOf(lab.receive([{ kind: "COOKIE ECHO", cookie: fresh.cookie }], { tag: fresh.tag }))).toEqual(
      ["COOKIE ACK"],
    );
  });

  it("MUST: enters ESTABLISHED by a valid cookie and sends the COOKIE ACK; DATA beside it is acknowledged at once", () => {
    const lab = new Lab();
    lab.listen(QUIET);
    const { cookie, tag, tsn } = answered(lab);
    const packets = lab.receive([{ kind: "COOKIE ECHO", cookie }, dataChunk()], { tag });
    expect(kindsOf(packets)).toEqual(["COOKIE ACK+SACK"]);
    expect(sackOf(packets)).toBe(PEER_TSN);
    const [association] = lab.stack.associations;
    if (association === undefined) throw new Error("no association");
    expect(association.state).toBe("ESTABLISHED");
    expect(new Link(lab, association, PEER_TSN, tsn).read()).toEqual(["hello"]);
    expect(lab.eventKinds).toEqual(["established", "readable"]);
  });
});

describe("RFC 9260 5.1.6 An Example of Normal Association Establishment", () => {
  it("MUST: repeats the same INIT, tag and TSN included, until Max.Init.Retransmits says that the peer is unreachable", () => {
    const { lab, association, init } = cookieWait({ maxInitRetransmits: 4 });
    const inits = chunksOf(lab.run(200_000), "INIT");
    expect(inits).toHaveLength(4);
    for (const repeated of inits) expect(repeated).toEqual(init);
    expect(association.state).toBe("CLOSED");
    expect(lab.stack.associationCount).toBe(0);
    expect(lab.eventKinds).toEqual(["closed"]);
  });

  it("MUST: follows 6.3 for the timer of a repeated INIT: doubled, bounded, and no round trip measured on it", () => {
    const { lab, association, tag } = cookieWait({ initTimeoutMaxMs: 3_000 });
    const startMs = lab.nowMs;
    const sent = lab.run(10_500).map(({ atMs }) => atMs - startMs);
    expect(sent).toEqual([1_000, 3_000, 6_000, 9_000]);
    lab.nowMs += 40;
    lab.receive([initAckChunk()], { tag });
    expect(association.paths()[0]?.srttMs).toBeUndefined();
    const measured = cookieWait();
    measured.lab.nowMs += 40;
    measured.lab.receive([initAckChunk()], { tag: measured.tag });
    expect(measured.association.paths()[0]).toMatchObject({ srttMs: 40 });
  });

  it("MUST NOT: measures a round trip on a COOKIE ECHO that was repeated (6.3.1 C5) [M5]", () => {
    for (const repeats of [0, 1]) {
      const { lab, association, tag } = cookieEchoed();
      const { srttMs = Number.NaN } = association.paths()[0] ?? {};
      expect(srttMs).toBe(0);
      expect(chunksOf(lab.run(repeats * 1_000), "COOKIE ECHO")).toHaveLength(repeats);
      lab.nowMs += 400;
      lab.receive([{ kind: "COOKIE ACK" }], { tag });
      expect(association.state).toBe("ESTABLISHED");
      expect(association.paths()[0]?.srttMs).toBe(repeats === 0 ? 50 : 0);
    }
  });
});
