/** Sending to a peer with several addresses: RFC 9260 section 6.4. */
import { describe, expect, it } from "vitest";
import type { SackChunk } from "../../src/chunks/chunk.ts";
import {
  addressParameter,
  BY_RFC_9260_7_2,
  chunksOf,
  cookieParameter,
  FULL_PAYLOAD,
  HEARTBEAT,
  kindsOf,
  Lab,
  type Link,
  OUR_ADDRESS,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  twoPaths,
} from "./lab.ts";

const FROM_SECOND = { from: PEER_SECOND_ADDRESS, to: OUR_SECOND_ADDRESS };

/** Answers the HEARTBEATs that went to one of those addresses; returns how many packets there were. */
function answerHeartbeats(link: Link, packets: readonly SentPacket[], addresses: readonly string[]): void {
  for (const packet of packets) {
    if (!addresses.includes(packet.to)) continue;
    const envelope = packet.to === PEER_ADDRESS ? {} : FROM_SECOND;
    for (const chunk of chunksOf([packet], "HEARTBEAT"))
      link.receive([{ ...chunk, kind: "HEARTBEAT ACK" }], envelope);
  }
}

/** Reports that the peer has everything up to `acked`, and what `arrived` has beyond it and `below`. */
function sackOf(link: Link, acked: number, arrived: ReadonlySet<number>, below: number): SackChunk {
  const gapBlocks: { start: number; end: number }[] = [];
  for (let i = acked + 2; i < below; i++) {
    if (!arrived.has(i)) continue;
    const last = gapBlocks.at(-1);
    if (last?.end === i - acked - 1) last.end++;
    else gapBlocks.push({ start: i - acked, end: i - acked });
  }
  return link.sack(acked, { gapBlocks });
}

/**
 * The first path loses everything, the second one delivers, until the first is inactive.
 * @returns the offset of the last TSN, which is not acknowledged
 */
function failPrimary(link: Link): number {
  link.send(10);
  let acknowledged = -1;
  for (let i = 0; i < 60 && link.association.path(PEER_ADDRESS).state === "active"; i++) {
    const packets = link.lab.runUntilSent();
    answerHeartbeats(link, packets, [PEER_SECOND_ADDRESS]);
    if (chunksOf(packets, "DATA").length === 0) continue;
    link.receive([link.sack(++acknowledged)], FROM_SECOND);
    link.send(10);
  }
  expect(link.association.path(PEER_ADDRESS).state).toBe("inactive");
  return acknowledged + 1;
}

describe("RFC 9260 6.4 Multi-Homed SCTP Endpoints", () => {
  it("SHOULD: sends to the primary path", () => {
    const link = twoPaths();
    for (let i = 0; i < 5; i++) {
      expect(link.send(10)[0]?.to).toBe(PEER_ADDRESS);
      link.receive([link.sack(i)], i % 2 === 0 ? {} : FROM_SECOND);
    }
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    expect(link.send(10)[0]).toMatchObject({ to: PEER_SECOND_ADDRESS, from: OUR_SECOND_ADDRESS });
  });

  it("SHOULD: sends a reply to where the request came from", () => {
    const link = twoPaths();
    for (const [envelope, to] of [
      [{}, PEER_ADDRESS],
      [FROM_SECOND, PEER_SECOND_ADDRESS],
    ] as const) {
      const [answer] = link.receive([HEARTBEAT], envelope);
      expect(answer).toMatchObject({ to, kinds: ["HEARTBEAT ACK"] });
    }
  });

  it("SHOULD NOT: varies the destination of its SACKs while DATA comes from one address", () => {
    const link = twoPaths();
    for (let i = 0; i < 6; i++) {
      for (const { to } of [...link.receive([link.data(i)], FROM_SECOND), ...link.lab.run(200)])
        expect(to).toBe(PEER_SECOND_ADDRESS);
    }
    expect(chunksOf(link.lab.sent, "SACK").length).toBeGreaterThan(2);
  });

  it("MAY: acknowledges DATA from both addresses to one of them", () => {
    const link = twoPaths();
    link.receive([link.data(0)]);
    link.receive([link.data(1)]);
    const [answer] = link.receive([link.data(2)], FROM_SECOND);
    expect(answer).toMatchObject({ to: PEER_SECOND_ADDRESS, kinds: ["SACK"] });
  });

  it("SHOULD: retransmits what timed out to another active address", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    expect(link.send(10)[0]?.to).toBe(PEER_ADDRESS);
    expect(link.lab.runUntilSent()[0]?.to).toBe(PEER_SECOND_ADDRESS);
    expect(link.lab.runUntilSent()[0]?.to).toBe(PEER_ADDRESS);
  });

  it("SHOULD: retransmits all that timed out to another active address, marked as lost already or not [A3] [W6]", () => {
    const link = twoPaths({ heartbeatIntervalMs: 0, maxBurst: 1_000, sendBufferBytes: 10_000_000 });
    const count = 1_600;
    link.send(count * FULL_PAYLOAD);
    let acked = -1;
    while (link.association.status().pendingBytes > 0) link.receive([link.sack(++acked)]);
    const arrived = new Set<number>();
    for (let i = count - 6; i < count; i++) arrived.add(i);
    for (const below of [count - 4, count - 2, count]) link.receive([sackOf(link, acked, arrived, below)]);
    expect(count - 1 - acked).toBeGreaterThan(800);
    expect(link.association.stats.fastRetransmits).toBe(1);
    // The first path is cut: of the chunks that count as lost, half are in flight again, and half wait for their turn.
    const cutMs = link.lab.nowMs;
    const again: string[] = [];
    let seen = link.lab.sent.length;
    for (let i = 0; i < 200 && acked < count - 1; i++) {
      link.lab.run(10);
      for (const packet of link.lab.sent.slice(seen)) {
        again.push(packet.to);
        if (packet.to !== PEER_SECOND_ADDRESS) continue;
        for (const { tsn } of chunksOf([packet], "DATA")) arrived.add(tsn - link.ourTsn);
      }
      const isNews = seen < link.lab.sent.length;
      seen = link.lab.sent.length;
      while (arrived.delete(acked + 1)) acked++;
      if (isNews) link.receive([sackOf(link, acked, arrived, count)], FROM_SECOND);
    }
    expect(acked).toBe(count - 1);
    expect(again).not.toContain(PEER_ADDRESS);
    expect(link.lab.nowMs - cutMs).toBeLessThan(1_500); // One RTO, and slow start on the second path.
  });

  it("SHOULD: sends a fast retransmission to where the original went", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    link.send(4 * FULL_PAYLOAD);
    const answers = [2, 3, 4].map((end) =>
      link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })], FROM_SECOND),
    );
    expect(answers[2]?.[0]).toMatchObject({ to: PEER_ADDRESS, kinds: ["DATA"] });
  });

  it("MUST: moves the count of outstanding data with a chunk that is retransmitted elsewhere", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    link.send(100);
    const chunkBytes = 116;
    expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(chunkBytes);
    link.lab.runUntilSent();
    expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(0);
    expect(link.association.path(PEER_SECOND_ADDRESS).flightBytes).toBe(chunkBytes);
  });

  it("MUST: does all of it between IPv6 addresses too", () => {
    const ours = ["2001:db8:1::1", "2001:db8:2::1"];
    const theirs = ["2001:db8:1::2", "2001:db8:2::2"];
    const lab = new Lab({ localAddresses: ours });
    const association = lab.connect({ ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0 }, theirs);
    const [init] = lab.flush();
    expect(init).toMatchObject({ from: ours[0], to: theirs[0] });
    const tag = association.localTag;
    const from = { tag, from: theirs[0] ?? "", to: ours[0] ?? "" };
    const initAck = {
      kind: "INIT ACK",
      initiateTag: 9,
      aRwndBytes: 100_000,
      outboundStreams: 1,
      inboundStreams: 1,
      initialTsn: 1,
      parameters: [cookieParameter(), ...theirs.map(addressParameter)],
    } as const;
    lab.receive([initAck], from);
    lab.receive([{ kind: "COOKIE ACK" }], from);
    association.send(new Uint8Array(10), {}, lab.nowMs);
    expect(lab.flush()[0]).toMatchObject({ from: ours[0], to: theirs[0] });
    expect(lab.runUntilSent()[0]).toMatchObject({ from: ours[1], to: theirs[1] });
  });

  it("MUST: leaves from another local address when the one in use disappears", () => {
    const link = twoPaths();
    expect(link.send(10)[0]?.from).toBe(OUR_ADDRESS);
    link.receive([link.sack(0)]);
    link.lab.stack.removeLocalAddress(OUR_ADDRESS, link.lab.nowMs);
    expect(link.send(10)[0]).toMatchObject({ from: OUR_SECOND_ADDRESS, to: PEER_ADDRESS });
  });
});

describe("RFC 9260 6.4.1 Failover from an Inactive Destination Address", () => {
  it("SHOULD: goes on trying every pair of addresses where none has answered yet", () => {
    const lab = new Lab({ localAddresses: [OUR_ADDRESS, OUR_SECOND_ADDRESS] });
    lab.connect({ maxInitRetransmits: 20, rtoMaxMs: 1_000 }, [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    lab.flush();
    for (let i = 0; i < 16; i++) lab.runUntilSent();
    const pairs = lab.sent.slice(-8).map(({ from, to }) => `${from} to ${to}`);
    expect(new Set(pairs).size).toBe(4);
  });

  it("SHOULD: sends new data to an active address while the primary path is inactive", () => {
    const link = twoPaths({ pathMaxRetrans: 2 });
    failPrimary(link);
    for (let i = 0; i < 3; i++) expect(link.send(10)[0]?.to).toBe(PEER_SECOND_ADDRESS);
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
  });

  it("MUST: returns to the primary path when it is active again", () => {
    const link = twoPaths({ pathMaxRetrans: 2, heartbeatIntervalMs: 1_000 });
    const last = failPrimary(link);
    link.receive([link.sack(last)], FROM_SECOND);
    for (let i = 0; i < 50 && link.association.path(PEER_ADDRESS).state !== "active"; i++)
      answerHeartbeats(link, link.lab.runUntilSent(), [PEER_ADDRESS, PEER_SECOND_ADDRESS]);
    expect(link.association.path(PEER_ADDRESS).state).toBe("active");
    expect(link.send(10)[0]?.to).toBe(PEER_ADDRESS);
  });

  it("SHOULD: retransmits by another pair of addresses, ours and the peer's", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    expect(link.send(10)[0]).toMatchObject({ from: OUR_ADDRESS, to: PEER_ADDRESS });
    expect(link.lab.runUntilSent()[0]).toMatchObject({ from: OUR_SECOND_ADDRESS, to: PEER_SECOND_ADDRESS });
  });

  it("MAY: goes on with the primary path when no address is active", () => {
    const lab = new Lab();
    const link = lab.connected({
      ...BY_RFC_9260_7_2,
      pathMaxRetrans: 0,
      heartbeatIntervalMs: 0,
      associationMaxRetrans: 5,
    });
    link.send(10);
    lab.runUntilSent();
    expect(link.association.path(PEER_ADDRESS).state).toBe("inactive");
    expect(kindsOf(lab.runUntilSent())).toEqual(["DATA"]);
    expect(only(lab.runUntilSent(), "DATA").tsn).toBe(link.ourTsn);
  });
});
