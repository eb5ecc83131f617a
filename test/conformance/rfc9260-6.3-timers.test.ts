/** The retransmission timer: RFC 9260 section 6.3. */
import { describe, expect, it } from "vitest";
import { RetransmissionTimeout } from "../../src/association/paths/rto.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  FULL_PAYLOAD,
  firstOf,
  kindsOf,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "./lab.ts";

const NO_HEARTBEATS = { heartbeatIntervalMs: 0 };

function path(link: Link, address: string = PEER_ADDRESS) {
  return link.association.path(address);
}

describe("RFC 9260 6.3.1 RTO Calculation", () => {
  it("MUST: C1: begins with RTO.Initial", () => {
    const link = new Lab().accepted({ rtoInitialMs: 1_700 });
    expect(path(link).rtoMs).toBe(1_700);
  });

  it("MUST: C2, C3: computes SRTT, RTTVAR and RTO", () => {
    const rto = new RetransmissionTimeout(1_000, 1, 60_000);
    rto.sample(100);
    expect(rto).toMatchObject({ srttMs: 100, rttvarMs: 50, rtoMs: 300 });
    rto.sample(200);
    expect(rto).toMatchObject({ rttvarMs: 0.75 * 50 + 0.25 * 100, srttMs: 0.875 * 100 + 0.125 * 200 });
    expect(rto.rtoMs).toBe(112.5 + 4 * 62.5);
  });

  it("MUST: C4: measures once per round trip while data is in flight", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    for (let round = 0; round < 5; round++) {
      link.send(10);
      link.send(10); // Not measured: one measurement is under way.
      link.lab.run(100 + round);
      link.receive([link.sack(2 * round + 1)]);
    }
    expect(path(link).srttMs).toBeGreaterThanOrEqual(100);
    expect(path(link).srttMs).toBeLessThan(105);
  });

  it("MUST NOT: C5: measures a chunk that was retransmitted", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(10);
    link.lab.run(1_050);
    link.receive([link.sack(0)]);
    expect(path(link).srttMs).toBeUndefined();
  });

  it("SHOULD: C5: measures no chunk above one that was retransmitted since it was sent", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(10);
    link.receive([link.sack(0)]);
    expect(path(link).srttMs).toBe(0);
    link.send(10);
    link.receive([link.sack(1)]);
    link.send(4 * FULL_PAYLOAD);
    // TSN 2 is lost; 3 to 5 are measured no more once it has been retransmitted.
    for (const end of [2, 3, 4]) {
      link.lab.run(10);
      link.receive([link.sack(1, { gapBlocks: [{ start: 2, end }] })]);
    }
    const before = path(link).srttMs;
    link.send(10); // In flight together with the retransmission, above it, but sent after it: measured.
    link.lab.run(500);
    link.receive([link.sack(5)]);
    expect(path(link).srttMs).toBe(before);
    link.receive([link.sack(6)]);
    expect(path(link).srttMs).toBeGreaterThan(before ?? Number.NaN);
  });

  it("SHOULD: C5: stops timing a chunk when a lower one is retransmitted", () => {
    const link = new Lab().accepted({ ...NO_HEARTBEATS, maxBurst: 10 });
    for (let i = 0; i < 5; i++) link.send(10);
    link.lab.nowMs += 10;
    link.receive([link.sack(0)]);
    const before = path(link).srttMs;
    link.send(10); // TSN 5 is the one that is timed now; TSN 1 is lost.
    for (const end of [2, 3, 4]) link.receive([link.sack(0, { gapBlocks: [{ start: 2, end }] })]);
    expect(link.association.stats.retransmittedChunks).toBe(1);
    link.lab.nowMs += 500;
    link.receive([link.sack(5)]);
    expect(path(link).srttMs).toBe(before);
  });

  it("MUST: C6: rounds up to RTO.Min", () => {
    const link = new Lab().accepted({ rtoMinMs: 400, ...NO_HEARTBEATS });
    link.send(10);
    link.lab.run(10);
    link.receive([link.sack(0)]);
    expect(path(link).rtoMs).toBe(400);
  });

  it("MAY: C7: bounds the RTO by RTO.Max", () => {
    const rto = new RetransmissionTimeout(1_000, 1_000, 5_000);
    rto.sample(4_000);
    expect(rto.rtoMs).toBe(5_000);
    rto.backOff();
    expect(rto.rtoMs).toBe(5_000);
  });

  it("MUST: G1: a variance of zero becomes the clock's granularity", () => {
    const rto = new RetransmissionTimeout(1_000, 1, 60_000);
    rto.sample(0);
    expect(rto.rttvarMs).toBe(1);
  });
});

describe("RFC 9260 6.3.2 Retransmission Timer Rules", () => {
  it("MUST: R1: starts T3-rtx with the RTO of the address, back-off included", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(10);
    const atMs = [1, 2, 3].map(() => link.lab.runUntilSent()[0]?.atMs ?? 0);
    expect((atMs[1] ?? 0) - (atMs[0] ?? 0)).toBe(2_000);
    expect((atMs[2] ?? 0) - (atMs[1] ?? 0)).toBe(4_000);
  });

  it("MUST: R2: stops it when all that was sent to the address has been acknowledged", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(10);
    link.receive([link.sack(0)]);
    expect(link.lab.run(600_000)).toEqual([]);
    expect(path(link).errorCount).toBe(0);
  });

  it("MUST: R3: restarts it when the earliest outstanding TSN has been acknowledged", () => {
    const link = new Lab().accepted({ ...NO_HEARTBEATS, ...BY_RFC_9260_7_2 });
    link.send(3 * FULL_PAYLOAD);
    link.lab.run(900);
    link.receive([link.sack(0)]);
    const startMs = link.lab.nowMs;
    expect(chunksOf(link.lab.run(900), "DATA")).toEqual([]);
    expect(chunksOf(link.lab.runUntilSent(), "DATA")[0]?.tsn).toBe(link.ourTsn + 1);
    expect(link.lab.nowMs - startMs).toBe(path(link).rtoMs / 2);
  });

  it("MUST: R3: does not restart it for an acknowledgement of later TSNs only", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    const startMs = link.lab.nowMs;
    link.send(3 * FULL_PAYLOAD);
    link.lab.run(900);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 2 }] })]);
    link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(1_000);
  });

  it("MUST: R4: starts it for what the peer reneged on", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(2 * FULL_PAYLOAD);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 2 }] })]);
    link.receive([link.sack(0)]); // Nothing but what the peer reneged on is in flight.
    expect(chunksOf(link.lab.run(1_000), "DATA").map(({ tsn }) => tsn)).toEqual([link.ourTsn + 1]);
  });
});

describe("RFC 9260 6.3.3 Handle T3-rtx Expiration", () => {
  it("MUST: E1: cwnd falls to PMDCS, ssthresh to half of it but no less than four PMDCS", () => {
    const link = new Lab().accepted({ ...NO_HEARTBEATS, ...BY_RFC_9260_7_2 });
    link.send(4 * FULL_PAYLOAD);
    link.lab.run(1_000);
    expect(path(link)).toMatchObject({ cwndBytes: 1_188, ssthreshBytes: 4 * 1_188, partialBytesAcked: 0 });
  });

  it("MUST: E2: backs the timer off, up to RTO.Max", () => {
    const link = new Lab().accepted({ ...NO_HEARTBEATS, rtoMaxMs: 3_000, rtoMinMs: 100 });
    link.send(10);
    link.lab.run(1_000);
    expect(path(link).rtoMs).toBe(2_000);
    link.lab.run(10_000);
    expect(path(link).rtoMs).toBe(3_000);
  });

  it("MUST: E3: retransmits the earliest chunks that fit into one packet, in one packet", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    for (let i = 0; i < 4; i++) link.send(500);
    const sent = link.lab.runUntilSent();
    expect(kindsOf(sent)).toEqual(["DATA+DATA"]);
    expect(chunksOf(sent, "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([0, 1]);
  });

  it("MUST: E1, E3: all the same behind a closed window: one packet, cwnd falls to PMDCS, an error counts [A5] [W6]", () => {
    const link = new Lab().accepted({ ...NO_HEARTBEATS, maxBurst: 1_000 });
    link.send(250 * FULL_PAYLOAD);
    for (let i = 0; link.association.status().unackedChunks < 127; i++) link.receive([link.sack(i)]);
    const acked = chunksOf(link.lab.sent, "DATA").length - 127 - 1;
    link.receive([link.sack(acked, { aRwndBytes: 0 })]);
    for (let round = 1; round <= 3; round++) {
      expect(chunksOf(link.lab.runUntilSent(), "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([
        acked + 1,
      ]);
      expect(path(link)).toMatchObject({ cwndBytes: 1_188, errorCount: 1 });
      link.receive([link.sack(acked, { aRwndBytes: 0 })]); // 6.1 A: what is answered so is no error once it was sent again.
    }
    // What is acknowledged is made good in slow start, new DATA waits for the window.
    const next = chunksOf(link.receive([link.sack(acked + 1, { aRwndBytes: 0 })]), "DATA");
    expect(next.map(({ tsn }) => tsn - link.ourTsn)).toEqual([acked + 2, acked + 3]);
  });

  it("MUST: E3: one packet, even where more would fit below cwnd", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(100);
    link.send(FULL_PAYLOAD);
    link.send(100);
    expect(chunksOf(link.lab.runUntilSent(), "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([0]);
    expect(link.send(50)).toEqual([]);
    expect(chunksOf(link.receive([link.sack(0)]), "DATA").length).toBeGreaterThan(0);
  });

  it("SHOULD: E4: starts T3-rtx of the address that the retransmission goes to, with that address's RTO", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    link.send(10);
    const [first] = link.lab.runUntilSent();
    expect(first?.to).toBe(PEER_SECOND_ADDRESS);
    const startMs = link.lab.nowMs;
    link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(1_000); // Not the 2,000 ms of the first address.
  });

  it("SHOULD: sends the rest of what was marked as soon as cwnd allows", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(4 * FULL_PAYLOAD);
    expect(chunksOf(link.lab.runUntilSent(), "DATA")).toHaveLength(1);
    const next = chunksOf(link.receive([link.sack(0)]), "DATA").map(({ tsn }) => tsn - link.ourTsn);
    expect(next).toEqual([1, 2]);
  });

  it("MUST: a new measurement undoes the back-off", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(10);
    link.lab.run(3_100);
    expect(path(link).rtoMs).toBe(4_000);
    link.receive([link.sack(0)]);
    link.send(10);
    link.lab.run(20);
    link.receive([link.sack(1)]);
    expect(path(link).rtoMs).toBe(1_000);
  });

  it("MUST: F1: a change of the destination leaves running timers running", () => {
    const link = twoPaths(BY_RFC_9260_7_2);
    link.send(10);
    link.lab.run(500);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    const [packet] = link.send(10);
    expect(packet?.to).toBe(PEER_SECOND_ADDRESS);
    const [first] = link.lab.runUntilSent();
    expect(link.lab.nowMs).toBe(2_000);
    expect(firstOf(first === undefined ? [] : [first], "DATA").tsn).toBe(link.ourTsn);
  });

  it("MUST: repeats the last fragment of a message when it alone was lost", () => {
    const link = new Lab().accepted(NO_HEARTBEATS);
    link.send(2 * FULL_PAYLOAD + 10);
    link.receive([link.sack(1)]);
    const [last] = chunksOf(link.lab.runUntilSent(), "DATA");
    expect(last).toMatchObject({ tsn: link.ourTsn + 2, beginning: false, ending: true });
  });
});
