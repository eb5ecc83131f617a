/** Path verification: RFC 9260 5.4. */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import {
  addressParameter,
  chunksOf,
  cookieParameter,
  echoOf,
  firstOf,
  HEARTBEAT,
  initAckChunk,
  initChunk,
  kindsOf,
  Lab,
  Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  PEER_TSN,
  type SentPacket,
  twoPaths,
} from "./lab.ts";

const BOTH = [PEER_ADDRESS, PEER_SECOND_ADDRESS];

function statesOf(link: Link): ReadonlyArray<readonly [string, string]> {
  return link.association.paths().map(({ address, state }) => [address, state] as const);
}

/** A server whose peer lists two addresses; nothing has been sent since the COOKIE ACK. */
function serverOfTwo(options = {}): Link {
  const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
  return lab.accepted(options, { parameters: BOTH.map(addressParameter) });
}

function answerTo(packets: readonly SentPacket[]): Chunk {
  const { parameters, info } = firstOf(packets, "HEARTBEAT");
  return { kind: "HEARTBEAT ACK", parameters, info };
}

describe("RFC 9260 5.4 Path Verification", () => {
  it("MUST: takes the addresses that the user passed for confirmed, and those that the peer added for unconfirmed", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const parameters = [cookieParameter(), ...[...BOTH, "10.0.0.7"].map(addressParameter)];
    const link = lab.connected({}, { parameters }, BOTH);
    expect(statesOf(link)).toEqual([
      [PEER_ADDRESS, "active"],
      [PEER_SECOND_ADDRESS, "active"],
      ["10.0.0.7", "unconfirmed"],
    ]);
  });

  it("MUST: takes for confirmed, as the side that answers, only the address that the INIT ACK went to", () => {
    expect(statesOf(serverOfTwo())).toEqual([
      [PEER_ADDRESS, "active"],
      [PEER_SECOND_ADDRESS, "unconfirmed"],
    ]);
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.listen();
    const initAck = only(lab.receive([initChunk({ parameters: BOTH.map(addressParameter) })]), "INIT ACK");
    const echo = echoOf(initAck);
    // The COOKIE ECHO comes from the other address.
    lab.receive([echo], { tag: initAck.initiateTag, from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS });
    const [association] = lab.stack.associations;
    if (association === undefined) throw new Error("no association");
    expect(new Map(statesOf(new Link(lab, association, PEER_TSN, 0)))).toEqual(
      new Map([
        [PEER_ADDRESS, "active"],
        [PEER_SECOND_ADDRESS, "unconfirmed"],
      ]),
    );
  });

  it("MUST: probes an unconfirmed address by a HEARTBEAT with a 64-bit nonce and the address, once established", () => {
    const link = serverOfTwo({ heartbeatIntervalMs: 0 });
    const [probe] = link.lab.runUntilSent();
    expect(probe).toMatchObject({ to: PEER_SECOND_ADDRESS, kinds: ["HEARTBEAT"] });
    const { info } = firstOf([probe as SentPacket], "HEARTBEAT");
    expect([...(info ?? [])].slice(-4)).toEqual([10, 1, 0, 2]);
    expect([...(info ?? [])].slice(0, 8).some((byte) => byte !== 0)).toBe(true);
  });

  it("MUST: confirms the address that the nonce was sent to, and tells the user; then it carries DATA", () => {
    const link = serverOfTwo({ heartbeatIntervalMs: 0 });
    const probe = link.lab.runUntilSent();
    link.receive([answerTo(probe)], { from: PEER_SECOND_ADDRESS });
    expect(statesOf(link)).toContainEqual([PEER_SECOND_ADDRESS, "active"]);
    const told = link.lab.events.filter((event) => event.kind === "path");
    expect(told.map(({ address, state }) => [address, state])).toEqual([[PEER_SECOND_ADDRESS, "active"]]);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    expect(link.send(10)).toMatchObject([{ to: PEER_SECOND_ADDRESS, kinds: ["DATA"] }]);
    expect(link.lab.run(60_000).filter(({ kinds }) => kinds.includes("HEARTBEAT"))).toEqual([]);
  });

  it("MUST NOT: confirms an address by an answer with another nonce, or by packets that merely come from it", () => {
    const link = serverOfTwo({ heartbeatIntervalMs: 0 });
    const probe = firstOf(link.lab.runUntilSent(), "HEARTBEAT");
    const forged = (probe.info ?? new Uint8Array(0)).slice();
    forged[3] = (forged[3] ?? 0) ^ 1;
    const parameters = new Uint8Array([0, 1, 0, 4 + forged.length, ...forged]);
    const from = { from: PEER_SECOND_ADDRESS };
    link.receive([{ kind: "HEARTBEAT ACK", parameters, info: forged }], from);
    link.receive([link.data(0)], from);
    link.receive([{ kind: "HEARTBEAT", parameters, info: undefined }], from);
    expect(statesOf(link)).toContainEqual([PEER_SECOND_ADDRESS, "unconfirmed"]);
  });

  it("MAY: probes once per RTO; each probe that is not answered counts against the path, none against the association", () => {
    const link = serverOfTwo({ heartbeatIntervalMs: 0, pathMaxRetrans: 2, associationMaxRetrans: 1 });
    const probes = link.lab.run(10_000);
    const startMs = probes[0]?.atMs ?? 0;
    expect(probes.map(({ atMs, to }) => [atMs - startMs, to])).toEqual([
      [0, PEER_SECOND_ADDRESS],
      [1_000, PEER_SECOND_ADDRESS],
      [3_000, PEER_SECOND_ADDRESS],
    ]);
    expect(link.association.path(PEER_SECOND_ADDRESS)).toMatchObject({ errorCount: 3 });
    expect(link.state).toBe("ESTABLISHED");
  });

  it("SHOULD: probes no more than HB.Max.Burst addresses per RTO", () => {
    const addresses = Array.from({ length: 9 }, (_, i) => `10.0.1.${i + 1}`);
    for (const heartbeatMaxBurst of [1, 3]) {
      const lab = new Lab();
      const options = { heartbeatIntervalMs: 0, heartbeatMaxBurst };
      const link = lab.accepted(options, { parameters: addresses.map(addressParameter) });
      const startMs = lab.nowMs;
      const first = new Map<string, number>();
      for (const { to, atMs } of link.lab.run(9_999))
        if (!first.has(to)) first.set(to, Math.floor((atMs - startMs) / 1_000));
      expect(addresses.map((address) => first.get(address))).toEqual(
        addresses.map((_, i) => Math.floor(i / heartbeatMaxBurst)),
      );
    }
  });

  it("MUST NOT: sends DATA, SACK or anything else but HEARTBEAT and HEARTBEAT ACK to an unconfirmed address", () => {
    const link = serverOfTwo();
    const sent = [
      ...link.send(5_000),
      ...link.receive([link.data(0)], { from: PEER_SECOND_ADDRESS }),
      ...link.receive([HEARTBEAT], {
        from: PEER_SECOND_ADDRESS,
      }),
      ...link.receive([link.data(1, { streamId: 4_000 })], { from: PEER_SECOND_ADDRESS }),
      ...link.lab.run(20_000),
    ];
    link.association.shutdown(link.lab.nowMs);
    sent.push(...link.lab.run(20_000));
    const there = sent.filter(({ to }) => to === PEER_SECOND_ADDRESS);
    expect(there.length).toBeGreaterThan(2);
    expect(new Set(there.flatMap(({ kinds }) => kinds))).toEqual(new Set(["HEARTBEAT", "HEARTBEAT ACK"]));
  });

  it("MUST: sends a COOKIE ACK to an unconfirmed address only beside a HEARTBEAT with a nonce", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.listen();
    const initAck = only(lab.receive([initChunk({ parameters: BOTH.map(addressParameter) })]), "INIT ACK");
    const echo = echoOf(initAck);
    const packets = lab.receive([echo], { tag: initAck.initiateTag, from: PEER_SECOND_ADDRESS });
    expect(packets).toMatchObject([{ to: PEER_SECOND_ADDRESS, kinds: ["COOKIE ACK", "HEARTBEAT"] }]);
  });

  it("MUST: sends the COOKIE ECHO to an address that the user passed, wherever the INIT ACK came from", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const association = lab.connect({ heartbeatIntervalMs: 0 });
    const { initiateTag } = only(lab.flush(), "INIT");
    const initAck = initAckChunk({ parameters: [cookieParameter(), addressParameter(PEER_ADDRESS)] });
    const packets = lab.receive([initAck], { tag: initiateTag, from: PEER_SECOND_ADDRESS });
    expect(packets).toMatchObject([{ to: PEER_ADDRESS, kinds: ["COOKIE ECHO"] }]);
    expect(association.path(PEER_SECOND_ADDRESS).state).toBe("unconfirmed");
  });

  it("MUST: sends a COOKIE ECHO to an unconfirmed address only beside a HEARTBEAT with a nonce, in one packet", () => {
    const answered = (cookieBytes: number) => {
      const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
      const association = lab.connect({ heartbeatIntervalMs: 0 });
      association.send(new Uint8Array(10), {}, lab.nowMs);
      const { initiateTag } = only(lab.flush(), "INIT");
      const initAck = initAckChunk({ parameters: [cookieParameter(new Uint8Array(cookieBytes))] });
      // The INIT ACK lists nothing: its source is all that is known of the peer, and the user did not pass it.
      const at = { tag: initiateTag, from: PEER_SECOND_ADDRESS };
      return { lab, association, at, packets: lab.receive([initAck], at) };
    };
    const { lab, association, at, packets } = answered(100);
    expect(packets).toMatchObject([{ to: PEER_SECOND_ADDRESS, kinds: ["COOKIE ECHO", "HEARTBEAT"] }]);
    const again = lab.runUntilSent();
    expect(again).toMatchObject([{ to: PEER_SECOND_ADDRESS, kinds: ["COOKIE ECHO", "HEARTBEAT"] }]);
    const established = lab.receive([{ kind: "COOKIE ACK" }, answerTo(again)], at);
    expect(kindsOf(established)).toEqual(["DATA"]);
    expect(association.path(PEER_SECOND_ADDRESS).state).toBe("active");
    const packetBytes = 12 + 4 + 40;
    expect(answered(1_200 - packetBytes).packets).toMatchObject([
      { kinds: ["COOKIE ECHO", "HEARTBEAT"], lengthBytes: 1_200 },
    ]);
    expect(answered(1_200 - packetBytes + 1).packets).toEqual([]);
  });

  it("SHOULD: gives the association up when no address was ever confirmed and none answers", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    const association = lab.connect({ heartbeatIntervalMs: 0, pathMaxRetrans: 2 });
    association.send(new Uint8Array(10), {}, lab.nowMs);
    const { initiateTag } = only(lab.flush(), "INIT");
    const at = { tag: initiateTag, from: PEER_SECOND_ADDRESS };
    lab.receive([initAckChunk()], at);
    lab.receive([{ kind: "COOKIE ACK" }], at);
    expect(association.state).toBe("ESTABLISHED");
    lab.run(60_000);
    expect(association.state).toBe("CLOSED");
    expect(lab.eventKinds.slice(-2)).toEqual(["send-failed", "closed"]);
  });

  it("MUST: ends the probing once all addresses are confirmed", () => {
    const link = twoPaths();
    expect(chunksOf(link.lab.run(100_000), "HEARTBEAT")).toEqual([]);
  });
});
