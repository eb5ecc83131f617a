/**
 * The attacks of RFC 5062, one after another, against the measures that it asks for.
 * Owns: what a stranger, or a peer that lies about its addresses, can make this stack do. Does not own: other attacks
 * (test/attack).
 */

import { describe, expect, it } from "vitest";
import type { Chunk, InitChunk } from "../../src/chunks/chunk.ts";
import { tieTagsOf } from "../inside/engines.ts";
import {
  addressParameter,
  chunksOf,
  cookieOf,
  echoOf,
  firstOf,
  HEARTBEAT,
  initChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  PEER_TAG,
  type SentPacket,
  UDP_PORT,
} from "./lab.ts";

const VICTIM = "192.0.2.7";
const FAST = { rtoInitialMs: 1_000, rtoMinMs: 1_000 };

/** A server with an association whose peer, at `PEER_ADDRESS`, has listed others as its own. */
function withVictims(victims: readonly string[], options: Parameters<Lab["accepted"]>[0] = {}): Link {
  const lab = new Lab();
  return lab.accepted({ ...FAST, ...options }, { parameters: victims.map(addressParameter) });
}

/** The words of a buffer at every offset, for "this number is nowhere in it". */
function words(bytes: Uint8Array): Set<number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new Set(Array.from({ length: Math.max(0, bytes.length - 3) }, (_, at) => view.getUint32(at)));
}

function to(packets: readonly SentPacket[], address: string): SentPacket[] {
  return packets.filter((packet) => packet.to === address);
}

/** Packets in the fullest second. */
function busiestSecond(packets: readonly SentPacket[]): number {
  return Math.max(
    0,
    ...packets.map(({ atMs }) => packets.filter((p) => p.atMs >= atMs && p.atMs < atMs + 1_000).length),
  );
}

describe("RFC 5062 2.3 Address Camping or Stealing: Mitigation Option", () => {
  it("SHOULD: probes an address that the peer listed once per RTO, with a fresh 64-bit nonce each time", () => {
    const link = withVictims([VICTIM]);
    const probes = to(link.lab.run(10_000), VICTIM);
    expect(new Set(probes.flatMap(({ kinds }) => kinds))).toEqual(new Set(["HEARTBEAT"]));
    expect(probes.length).toBeGreaterThanOrEqual(3); // after 0, 1, 3 and 7 RTOs
    const nonces = chunksOf(probes, "HEARTBEAT").map(({ info = new Uint8Array(0) }) =>
      info.slice(0, 8).join("."),
    );
    expect(new Set(nonces).size).toBe(probes.length);
    expect(link.association.path(VICTIM).state).toBe("unconfirmed");
  });

  it("MUST: confirms the address by nothing but its own nonce", () => {
    const link = withVictims([VICTIM]);
    const { info = new Uint8Array(0) } = firstOf(to(link.lab.run(1), VICTIM), "HEARTBEAT");
    const forged = info.slice();
    forged[7] = (forged[7] ?? 0) ^ 1;
    const answer = (bytes: Uint8Array): Chunk => ({
      kind: "HEARTBEAT ACK",
      parameters: new Uint8Array([0, 1, 0, 4 + bytes.length, ...bytes]),
      info: bytes,
    });
    link.receive([answer(forged)], { from: VICTIM });
    expect(link.association.path(VICTIM).state).toBe("unconfirmed");
    link.receive([answer(info)], { from: VICTIM });
    expect(link.association.path(VICTIM).state).toBe("active");
  });

  it("SHOULD: drops the attacker's association when the victim answers a probe with ABORT", () => {
    const link = withVictims([VICTIM]);
    link.receive([{ kind: "ABORT", tagReflected: true, causes: [] }], { from: VICTIM, tag: PEER_TAG });
    expect(link.lab.stack.associationCount).toBe(0);
    // The address is free again.
    expect(kindsOf(link.lab.receive([initChunk()], { from: VICTIM }))).toEqual(["INIT ACK"]);
  });

  it("SHOULD: gives the address free when nobody there answers, and takes it back only if it is still free", () => {
    const link = withVictims([VICTIM], { pathMaxRetrans: 2, heartbeatIntervalMs: 15_000 });
    const { lab } = link;
    const victims: InitChunk = initChunk({ initiateTag: 77, parameters: [addressParameter("192.0.2.8")] });
    expect(kindsOf(lab.receive([victims], { from: VICTIM }))).toEqual(["ABORT"]);
    lab.run(10_000); // Probed after 0, 1 and 3 RTOs, and given up after 7.
    expect(link.association.path(VICTIM).state).toBe("unconfirmed");
    const initAck = only(lab.receive([victims], { from: VICTIM }), "INIT ACK");
    const echo = echoOf(initAck);
    lab.receive([echo], { from: VICTIM, tag: initAck.initiateTag });
    expect(lab.stack.associationCount).toBe(2);
    // Whatever the attacker answers now, the address is another association's.
    let probe: SentPacket | undefined;
    while (probe === undefined)
      probe = to(lab.runUntilSent(), VICTIM).find((packet) => packet.tag === link.association.peerTag);
    const { parameters, info } = firstOf([probe], "HEARTBEAT");
    link.receive([{ kind: "HEARTBEAT ACK", parameters, info }], { from: VICTIM });
    expect(link.association.remoteAddresses).toEqual([PEER_ADDRESS]);
    lab.receive([link.data(0)], { from: VICTIM, tag: initAck.initiateTag });
    expect([...lab.stack.associations].map(({ readableCount }) => readableCount)).toEqual([0, 1]);
  });

  it("SHOULD: confirms an address that answers late, and that nobody else has taken meanwhile", () => {
    const link = withVictims([VICTIM], { pathMaxRetrans: 2, heartbeatIntervalMs: 15_000 });
    const { lab } = link;
    lab.run(10_000);
    let probe: SentPacket | undefined;
    while (probe === undefined) probe = to(lab.runUntilSent(), VICTIM)[0];
    const { parameters, info } = firstOf([probe], "HEARTBEAT");
    link.receive([{ kind: "HEARTBEAT ACK", parameters, info }], { from: VICTIM });
    expect(link.association.path(VICTIM).state).toBe("active");
    const added: InitChunk = initChunk({ initiateTag: 77, parameters: [addressParameter("192.0.2.8")] });
    expect(kindsOf(lab.receive([added], { from: VICTIM }))).toEqual(["ABORT"]);
  });

  it("SHOULD: picks client ports at random", () => {
    const lab = new Lab();
    const ports = Array.from({ length: 40 }, (_, i) => {
      const to = { remoteAddresses: [PEER_ADDRESS], remotePort: 7 + i, remoteUdpPort: UDP_PORT };
      return lab.stack.connect(to, lab.nowMs).localPort;
    });
    expect(new Set(ports).size).toBe(40);
    const steps = ports.slice(1).map((port, i) => Math.abs(port - (ports[i] ?? 0)));
    expect(Math.min(...steps)).toBeGreaterThan(1);
    expect(Math.max(...ports) - Math.min(...ports)).toBeGreaterThan(8_192);
  });
});

describe("RFC 5062 3.3 Association Hijacking 1: Mitigation Option", () => {
  it("MUST: puts nonces in the place of the real tags into the cookie for a living association", () => {
    const link = new Lab().accepted();
    const { localTag, peerTag } = link.association;
    const initAck = only(link.lab.receive([initChunk({ initiateTag: 0xabcdef01 })]), "INIT ACK");
    const seen = words(cookieOf(initAck));
    expect([...seen].filter((word) => word === localTag || word === peerTag)).toEqual([]);
    const { localTieTag, peerTieTag } = tieTagsOf(link.association);
    expect([localTieTag, peerTieTag]).not.toContain(0);
    expect(seen.has(localTieTag) && seen.has(peerTieTag)).toBe(true);
    expect([localTag, peerTag]).not.toContain(localTieTag);
    expect([localTag, peerTag]).not.toContain(peerTieTag);
  });

  it("MUST NOT: tells the tags of a living association to whoever sends an INIT from its address", () => {
    const link = new Lab().accepted();
    const { localTag } = link.association;
    const [answer] = link.lab.receive([initChunk({ initiateTag: 0xabcdef01 })]);
    expect(words(answer?.bytes ?? new Uint8Array(0)).has(localTag)).toBe(false);
    expect(link.association.state).toBe("ESTABLISHED");
  });
});

describe("RFC 5062 4.3 Association Hijacking 2: Mitigation Option", () => {
  it("MUST: tells the user of a restart, once for each", () => {
    const link = new Lab().accepted();
    for (let i = 1; i <= 3; i++) {
      const initAck = only(link.lab.receive([initChunk({ initiateTag: i })]), "INIT ACK");
      link.lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
      expect(link.lab.eventKinds.filter((kind) => kind === "restarted")).toHaveLength(i);
    }
    expect(link.lab.stack.associationCount).toBe(1);
  });
});

describe("RFC 5062 5.3 Bombing Attack (Amplification) 1: Mitigation Option", () => {
  it("MUST NOT: sends DATA to an address that is not confirmed, though the peer acknowledges nothing", () => {
    const link = withVictims([VICTIM], { pathMaxRetrans: 2, associationMaxRetrans: 20 });
    for (let i = 0; i < 50; i++) link.send(1_000);
    const bombs = to(link.lab.run(300_000), VICTIM);
    expect(new Set(bombs.flatMap(({ kinds }) => kinds))).toEqual(new Set(["HEARTBEAT"]));
    expect(link.association.path(PEER_ADDRESS).state).toBe("inactive");
  });

  it("MUST NOT: sends DATA there though the attacker makes it the path that its own packets come from", () => {
    const link = withVictims([VICTIM]);
    const answers = link.receive([link.data(0)], { from: VICTIM });
    for (let i = 0; i < 10; i++) answers.push(...link.send(1_000));
    expect(to(answers, VICTIM)).toEqual([]);
    expect(chunksOf(to(answers, PEER_ADDRESS), "DATA").length).toBeGreaterThan(0);
  });

  it("SHOULD: aborts the association for a SACK that acknowledges what was never sent, in gap blocks too", () => {
    for (const [offset, gapBlocks] of [
      [1, []],
      [-1, [{ start: 3, end: 3 }]],
    ] as const) {
      const link = new Lab().accepted();
      link.send(10);
      expect(chunksOf(link.receive([link.sack(offset, { gapBlocks })]), "ABORT")).toHaveLength(1);
      expect(link.state).toBe("CLOSED");
    }
  });
});

describe("RFC 5062 6.3 Bombing Attack (Amplification) 2: Mitigation Option", () => {
  const victims = Array.from({ length: 32 }, (_, i) => `192.0.2.${i + 1}`);

  it("SHOULD: sends no more than HB.Max.Burst probes per RTO, whatever the INIT lists", () => {
    for (const burst of [1, 4]) {
      const link = withVictims(victims, {
        heartbeatMaxBurst: burst,
        rtoMaxMs: 1_000,
        heartbeatIntervalMs: 0,
      });
      link.lab.run(400_000);
      const probes = link.lab.sent.filter((packet) => packet.to !== PEER_ADDRESS);
      expect(new Set(probes.map((packet) => packet.to)).size).toBe(32);
      expect(busiestSecond(probes)).toBe(burst);
      // Each was given the same number of chances, and none a second one before all had had their first.
      for (const victim of victims) expect(to(probes, victim)).toHaveLength(6);
      expect(new Set(probes.slice(0, 32).map((packet) => packet.to)).size).toBe(32);
    }
  });

  it("SHOULD: goes on at the rate of any idle path once it has given an address up", () => {
    const link = withVictims(victims, { rtoMaxMs: 1_000, associationMaxRetrans: 255, pathMaxRetrans: 2 });
    link.lab.run(200_000);
    const before = link.lab.sent.length;
    link.lab.run(165_000); // Ten intervals of 15 s and an RTO.
    const probes = link.lab.sent.slice(before).filter((packet) => packet.to !== PEER_ADDRESS);
    for (const victim of victims) {
      expect(to(probes, victim).length).toBeGreaterThanOrEqual(9);
      expect(to(probes, victim).length).toBeLessThanOrEqual(11);
    }
  });

  it("SHOULD: does not extend the life of a cookie by more than a limit, however much is asked for", () => {
    const lab = new Lab({ stack: { cookieLifeMs: 1_000, maxCookiePreservativeMs: 2_000 } });
    lab.listen();
    const parameters: InitChunk["parameters"] = [
      { kind: "Cookie Preservative", type: 9, incrementMs: 0xffff_ffff },
    ];
    const initAck = only(lab.receive([initChunk({ parameters })]), "INIT ACK");
    lab.nowMs += 3_001;
    const answer = lab.receive([echoOf(initAck)], {
      tag: initAck.initiateTag,
    });
    expect(only(answer, "ERROR").causes.map(({ kind }) => kind)).toEqual(["Stale Cookie"]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("SHOULD: takes a cookie once only, so that it brings no second round of probes", () => {
    const lab = new Lab();
    lab.listen();
    const initAck = only(lab.receive([initChunk({ parameters: [addressParameter(VICTIM)] })]), "INIT ACK");
    const echo = (): SentPacket[] => lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
    echo();
    expect(kindsOf(to(lab.run(1), VICTIM))).toEqual(["HEARTBEAT"]);
    lab.receive([{ kind: "ABORT", tagReflected: true, causes: [] }], { from: VICTIM, tag: PEER_TAG });
    lab.sent.length = 0;
    for (let i = 0; i < 20; i++) echo();
    lab.run(5_000);
    expect(to(lab.sent, VICTIM)).toEqual([]);
    expect(lab.stack.associationCount).toBe(0);
  });

  it("SHOULD: uses small HEARTBEATs for path confirmation", () => {
    const link = withVictims([VICTIM]);
    for (const { lengthBytes } of to(link.lab.run(5_000), VICTIM))
      expect(lengthBytes).toBeLessThanOrEqual(64);
  });
});

describe("RFC 5062 7.3 Association Redirection: Mitigation Option", () => {
  it("MUST: discards in silence a cookie that comes back from or to another port, or from another address", () => {
    const lab = new Lab();
    lab.listen();
    lab.stack.listen({ port: 8, options: {} });
    const initAck = only(lab.receive([initChunk()]), "INIT ACK");
    const chunks = [echoOf(initAck)];
    const tag = initAck.initiateTag;
    for (const change of [
      { sourcePort: 5_002 },
      { destinationPort: 8 },
      { from: VICTIM },
      { tag: (tag ^ 1) >>> 0 },
    ]) {
      expect(lab.receive(chunks, { tag, ...change })).toEqual([]);
      expect(lab.stack.associationCount).toBe(0);
    }
    expect(kindsOf(lab.receive(chunks, { tag }))).toEqual(["COOKIE ACK"]);
  });
});

describe("RFC 5062 8.3 Bombing Attack (Amplification) 3: Mitigation Option", () => {
  const unknown: Chunk = { kind: "unknown", type: 0xfe, flags: 0, value: new Uint8Array(0) };

  it("SHOULD: bundles the answers to one packet into one packet", () => {
    const link = new Lab().accepted();
    for (const storm of [
      new Array<Chunk>(1_000).fill(HEARTBEAT),
      new Array<Chunk>(1_000).fill(unknown),
      Array.from({ length: 1_000 }, (_, i) => link.data(i, { streamId: 500, payload: new Uint8Array(1) })),
    ]) {
      const answers = link.receive(storm);
      expect(answers).toHaveLength(1);
      expect(answers[0]?.lengthBytes).toBeLessThanOrEqual(1_200);
    }
  });

  it("MUST NOT: sends anything but HEARTBEATs, and answers to them, to an address before it is confirmed", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", OUR_SECOND_ADDRESS] });
    const link = lab.accepted(FAST, { parameters: [addressParameter(PEER_SECOND_ADDRESS)] });
    const envelope = { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS };
    const answers = [
      ...link.receive(new Array<Chunk>(100).fill(unknown), envelope),
      ...link.receive([link.data(0, { streamId: 500 })], envelope),
      ...link.receive([link.data(1)], envelope),
      ...link.receive([HEARTBEAT, HEARTBEAT], envelope),
    ];
    expect(kindsOf(to(answers, PEER_SECOND_ADDRESS))).toEqual(["HEARTBEAT ACK+HEARTBEAT ACK"]);
    expect(link.association.path(PEER_SECOND_ADDRESS).state).toBe("unconfirmed");
  });
});

describe("RFC 5062 9.3 Bombing Attack (Amplification) 4: Mitigation Option", () => {
  it("SHOULD: makes the INIT ACK as small as it can: 5 bytes for a byte of the smallest INIT, less for others", () => {
    const lab = new Lab();
    lab.listen();
    const ratio = (parameters: InitChunk["parameters"]): number => {
      const init = initChunk({ parameters });
      const inBytes = 32 + parameters.length * 8;
      const [answer] = lab.receive([init]);
      return (answer?.lengthBytes ?? Number.POSITIVE_INFINITY) / inBytes;
    };
    expect(ratio([])).toBeLessThanOrEqual(5);
    const addresses = Array.from({ length: 32 }, (_, i) => addressParameter(`192.0.2.${i + 1}`));
    expect(ratio(addresses)).toBeLessThanOrEqual(1.5);
  });
});

describe("RFC 5062 10.3 Bombing Attack (Amplification) 5: Mitigation Option", () => {
  it("SHOULD: drops the answers that do not fit into the one packet, however small the path MTU is", () => {
    const link = new Lab().accepted();
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 512 }, link.lab.nowMs);
    const heartbeat: Chunk = {
      kind: "HEARTBEAT",
      parameters: new Uint8Array([0, 1, 0, 100, ...new Uint8Array(96)]),
      info: undefined,
    };
    const answers = link.receive(new Array<Chunk>(10).fill(heartbeat));
    expect(answers).toHaveLength(1);
    expect(answers[0]?.lengthBytes).toBeLessThanOrEqual(512);
    expect(link.lab.run(1_000)).toEqual([]);
  });
});
