/** Sending DATA: RFC 9260 sections 6 and 6.1. */
import { describe, expect, it } from "vitest";
import { OutboundMessage } from "../../src/association/model/outbound-message.ts";
import { PathFlight } from "../../src/association/paths/path-flight.ts";
import { Rfc9260LossDetector } from "../../src/association/sending/rfc9260-loss-detector.ts";
import { SentLog } from "../../src/association/sending/sent-log.ts";
import { NEVER_EXCEEDED } from "../../src/base/options.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  dataChunk,
  FULL_PAYLOAD,
  HEARTBEAT,
  initAckChunk,
  kindsOf,
  Lab,
  type Link,
  OUR_SECOND_ADDRESS,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
  sackChunk,
  twoPaths,
} from "./lab.ts";
import { Flow, RTT_MS } from "./rack-flow.ts";

/** PMDCS at the default packet size of 1,200 bytes, and the payload of one full chunk. */
const PMDCS = 1_188;
const INITIAL_CWND = 4_404;

/** The sum of the chunks in flight, headers and padding included. */
function flight(link: Link): number {
  return link.association.path(PEER_ADDRESS).flightBytes;
}

describe("RFC 9260 6 User Data Transfer", () => {
  it("MUST: sends DATA in ESTABLISHED, SHUTDOWN-PENDING and SHUTDOWN-RECEIVED only", () => {
    const link = new Lab().accepted();
    link.send(20 * FULL_PAYLOAD);
    link.association.shutdown(link.lab.nowMs);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    expect(chunksOf(link.receive([link.sack(1)]), "DATA").length).toBeGreaterThan(0);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn + 3 }]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    expect(chunksOf(link.receive([link.sack(5)]), "DATA").length).toBeGreaterThan(0);
    link.receive([link.sack(9)]);
    link.receive([link.sack(14)]);
    const rest = link.receive([link.sack(19)]);
    expect(kindsOf(rest)).toEqual(["SHUTDOWN ACK"]);
    expect(() => link.send(1)).toThrow(expect.objectContaining({ code: "ERR_SCTP_NOT_CONNECTED" }));
  });

  it("MUST: receives DATA in ESTABLISHED, SHUTDOWN-PENDING and SHUTDOWN-SENT", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]);
    link.send(10);
    link.association.shutdown(link.lab.nowMs);
    expect(link.state).toBe("SHUTDOWN-PENDING");
    link.receive([link.data(1)]);
    link.receive([link.sack(0)]);
    expect(link.state).toBe("SHUTDOWN-SENT");
    link.receive([link.data(2)]);
    expect(link.read()).toEqual(["hello", "hello", "hello"]);
  });

  it("SHOULD: discards DATA in any other state of an association", () => {
    const lab = new Lab();
    const association = lab.connect();
    const { initiateTag } = only(lab.flush(), "INIT");
    expect(lab.receive([dataChunk()], { tag: initiateTag })).toEqual([]);
    lab.receive([initAckChunk()], { tag: initiateTag });
    expect(association.state).toBe("COOKIE-ECHOED");
    expect(lab.receive([dataChunk()], { tag: initiateTag })).toEqual([]);
    lab.receive([{ kind: "COOKIE ACK" }], { tag: initiateTag });
    expect(association.readableCount).toBe(0);
    const link = new Lab().accepted();
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn - 1 }]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
    expect(link.receive([link.data(0)])).toEqual([]);
    expect(link.association.readableCount).toBe(0);
  });

  it("MUST: processes a SACK in ESTABLISHED, SHUTDOWN-PENDING and SHUTDOWN-RECEIVED", () => {
    const link = new Lab().accepted();
    link.send(3 * FULL_PAYLOAD);
    link.receive([link.sack(0)]);
    expect(flight(link)).toBe(2 * PMDCS);
    link.association.shutdown(link.lab.nowMs);
    link.receive([link.sack(1)]);
    expect(flight(link)).toBe(PMDCS);
    link.receive([{ kind: "SHUTDOWN", cumulativeTsnAck: link.ourTsn + 1 }]);
    expect(link.state).toBe("SHUTDOWN-RECEIVED");
    link.receive([link.sack(2)]);
    expect(link.state).toBe("SHUTDOWN-ACK-SENT");
  });

  it("SHOULD: discards a SACK in any other state of an association", () => {
    const link = new Lab().accepted();
    link.association.shutdown(link.lab.nowMs);
    link.lab.flush();
    expect(link.state).toBe("SHUTDOWN-SENT");
    // A SACK for what was never sent would end an ESTABLISHED association.
    expect(chunksOf(link.receive([link.sack(1_000)]), "ABORT")).toEqual([]);
    expect(link.state).toBe("SHUTDOWN-SENT");
  });

  it("MUST: cuts a large message into chunks no larger than the AMDCS", () => {
    const link = new Lab().accepted();
    const sent = link.send(3_000);
    expect(chunksOf(sent, "DATA").map(({ payload }) => payload.length)).toEqual([1_172, 1_172, 656]);
    for (const { lengthBytes } of sent) expect(lengthBytes).toBeLessThanOrEqual(1_200);
  });

  it("MUST: places control chunks before DATA chunks", () => {
    const link = new Lab().accepted();
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    const [packet] = link.receive([HEARTBEAT]);
    expect(packet?.kinds).toEqual(["HEARTBEAT ACK", "DATA"]);
  });

  it("MUST: takes bundled and fragmented DATA apart and together again", () => {
    const link = new Lab().accepted();
    const text = (value: string): Uint8Array => new TextEncoder().encode(value);
    link.receive([
      link.data(0, { ssn: 0, payload: text("one") }),
      link.data(1, { ssn: 1, ending: false, payload: text("tw") }),
      link.data(2, { ssn: 1, beginning: false, payload: text("o") }),
    ]);
    expect(link.read()).toEqual(["one", "two"]);
  });
});

describe("RFC 9260 6.1 Transmission of DATA Chunks", () => {
  it("MUST NOT: A: sends new DATA when the peer has no room for it", () => {
    const link = new Lab().accepted({}, { aRwndBytes: 1_500 });
    const sent = link.send(3 * FULL_PAYLOAD);
    expect(chunksOf(sent, "DATA")).toHaveLength(1);
    expect(chunksOf(link.lab.run(900), "DATA")).toEqual([]);
  });

  it("MUST: A: probes a closed window, one RTO later and ever more slowly", () => {
    const link = new Lab().accepted();
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    const { rtoMs } = link.association.path(PEER_ADDRESS);
    const startMs = link.lab.nowMs;
    const [probe] = link.lab.runUntilSent();
    expect(probe?.kinds).toEqual(["DATA"]);
    expect((probe?.atMs ?? 0) - startMs).toBeGreaterThanOrEqual(rtoMs);
    const atMs = [probe?.atMs ?? 0];
    for (let i = 0; i < 4; i++) {
      link.receive([link.sack(0, { aRwndBytes: 0 })]);
      atMs.push(link.lab.runUntilSent().at(-1)?.atMs ?? 0);
    }
    const waits = atMs.slice(1).map((at, i) => at - (atMs[i] ?? 0));
    for (let i = 1; i < waits.length; i++) expect(waits[i]).toBeGreaterThan((waits[i - 1] ?? 0) * 1.5);
  });

  it("SHOULD NOT: A: counts as errors what the peer keeps answering by a closed window, several chunks of it, too [A5]", () => {
    const link = new Lab().connected({ heartbeatIntervalMs: 0 }, { aRwndBytes: 3_000 });
    for (let i = 0; i < 3; i++) link.send(1_000);
    link.receive([link.sack(0, { aRwndBytes: 0 })]); // It took one; its reader has stopped.
    for (let i = 0; i < 40; i++) {
      if (chunksOf(link.lab.runUntilSent(), "DATA").length > 0)
        link.receive([link.sack(0, { aRwndBytes: 0 })]);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it.each([1, 2, 10])(
    "MUST: A: sends again what was refused as soon as the window opens: %i messages",
    (count) => {
      const link = new Lab().connected({ heartbeatIntervalMs: 0 }, { aRwndBytes: 1_500 });
      link.send(1_000);
      link.receive([link.sack(0, { aRwndBytes: 0 })]);
      for (let i = 0; i < count; i++) link.send(1_000);
      for (let i = 0; i < 12; i++) {
        if (chunksOf(link.lab.runUntilSent(), "DATA").length > 0)
          link.receive([link.sack(0, { aRwndBytes: 0 })]);
      }
      const cwndBefore = link.association.path(PEER_ADDRESS).cwndBytes;
      const sent = chunksOf(link.receive([link.sack(0, { aRwndBytes: 1_000_000 })]), "DATA");
      expect(sent.map(({ tsn }) => tsn - link.ourTsn)).toContain(1);
      expect(link.association.path(PEER_ADDRESS).cwndBytes).toBe(cwndBefore);
    },
  );

  it("MUST: A: probes more and more slowly, too, while the peer takes every probe and stays closed", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    const waits: number[] = [];
    for (let i = 1; i <= 5; i++) {
      link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
      const startMs = link.lab.nowMs;
      waits.push((link.lab.runUntilSent().at(-1)?.atMs ?? 0) - startMs);
      link.receive([link.sack(i, { aRwndBytes: 0 })]);
    }
    for (const [i, wait] of waits.entries()) expect(Math.round(wait / 1_000)).toBe(2 ** i);
  });

  it("SHOULD: A: waits for one RTO again when the window has been open in between [M4]", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(10);
    let acked = 0;
    const waits: number[] = [];
    for (const probes of [3, 2]) {
      link.receive([link.sack(acked, { aRwndBytes: 0 })]);
      for (let i = 0; i < probes; i++) {
        link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
        const startMs = link.lab.nowMs;
        waits.push((link.lab.runUntilSent().at(-1)?.atMs ?? 0) - startMs);
        link.receive([link.sack(++acked, { aRwndBytes: 0 })]);
      }
      link.receive([link.sack(acked, { aRwndBytes: 10_000 })]);
    }
    const { rtoMs } = link.association.path(PEER_ADDRESS);
    expect(waits.map((wait) => Math.round(wait / rtoMs))).toEqual([1, 2, 4, 1, 2]);
  });

  it("SHOULD: A: keeps no probe ready for a window that closes later", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    // What waits for the probe has a short life: when the probe is due, there is nothing to send.
    link.association.send(new Uint8Array(10), { reliability: { lifetimeMs: 500 } }, link.lab.nowMs);
    expect(link.lab.run(5_000)).toEqual([]);
    link.receive([link.sack(0, { aRwndBytes: 10_000 })]);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    expect(link.send(10)).toEqual([]);
    expect(link.lab.runUntilSent()).toHaveLength(1);
  });

  it("SHOULD: A: sends a probe only with nothing outstanding", () => {
    const link = new Lab().accepted({}, { aRwndBytes: 1_500 });
    link.send(3 * FULL_PAYLOAD);
    // The first chunk is outstanding: its retransmissions ask for the window, no new TSN does.
    const sent = chunksOf(link.lab.run(10_000), "DATA");
    expect(sent.length).toBeGreaterThan(0);
    for (const { tsn } of sent) expect(tsn).toBe(link.ourTsn);
  });

  it("SHOULD NOT: A: counts unanswered probes as errors while the peer's SACKs keep coming", () => {
    const link = new Lab().accepted({ associationMaxRetrans: 3, pathMaxRetrans: 2, heartbeatIntervalMs: 0 });
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    for (let i = 0; i < 30; i++) {
      link.lab.runUntilSent();
      link.receive([link.sack(0, { aRwndBytes: 0 })]);
    }
    expect(link.state).toBe("ESTABLISHED");
    expect(link.association.path(PEER_ADDRESS).errorCount).toBe(0);
    expect(link.association.path(PEER_ADDRESS).state).toBe("active");
  });

  it("SHOULD NOT: A: counts them either where the window is merely too small for the chunk [A5]", () => {
    const link = new Lab().accepted({ associationMaxRetrans: 3, pathMaxRetrans: 2, heartbeatIntervalMs: 0 });
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 500 })]);
    link.association.send(new Uint8Array(1_000), {}, link.lab.nowMs);
    for (let i = 0; i < 30; i++) {
      link.lab.runUntilSent();
      link.receive([link.sack(0, { aRwndBytes: 500 })]);
    }
    expect(link.state).toBe("ESTABLISHED");
    expect(link.association.path(PEER_ADDRESS)).toMatchObject({ errorCount: 0, state: "active" });
  });

  it("MUST: A: counts what was sent while there was room as lost, though it is all that is out [A5]", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    link.send(2 * FULL_PAYLOAD);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.lab.runUntilSent();
    expect(link.association.path(PEER_ADDRESS)).toMatchObject({ errorCount: 1, cwndBytes: PMDCS });
    link.receive([link.sack(0, { aRwndBytes: 0 })]); // From now on it is a probe.
    link.lab.runUntilSent();
    expect(link.association.path(PEER_ADDRESS).errorCount).toBe(1);
  });

  it("MUST: A: counts them once the peer falls silent", () => {
    const link = new Lab().accepted({ associationMaxRetrans: 3, heartbeatIntervalMs: 0 });
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    link.lab.run(1_200_000);
    expect(link.state).toBe("CLOSED");
  });

  it("MUST: A: avoids the silly window: a fragment is not cut short to fit a small window", () => {
    const link = new Lab().accepted();
    link.send(10);
    link.receive([link.sack(0, { aRwndBytes: 500 })]);
    expect(chunksOf(link.send(FULL_PAYLOAD), "DATA")).toEqual([]);
    const opened = link.receive([link.sack(0, { aRwndBytes: 5_000 })]);
    expect(chunksOf(opened, "DATA").map(({ payload }) => payload.length)).toEqual([FULL_PAYLOAD]);
  });

  it("MUST: A: sends a message larger than the peer's whole window", () => {
    const link = new Lab().accepted({}, { aRwndBytes: 4_000 });
    const total = 40;
    const seen = new Set(chunksOf(link.send(total * FULL_PAYLOAD), "DATA").map(({ tsn }) => tsn));
    for (let i = 0; i < 200 && seen.size < total; i++) {
      const ack = (link.ourTsn + seen.size - 1) >>> 0;
      const answer = link.receive([sackChunk({ cumulativeTsnAck: ack, aRwndBytes: 4_000 })]);
      for (const { tsn } of chunksOf(answer, "DATA")) seen.add(tsn);
    }
    expect(seen.size).toBe(total);
  });

  it("MUST NOT: B: sends new DATA with cwnd + PMDCS - 1 bytes outstanding, and breaches cwnd by one packet only", () => {
    const link = new Lab().accepted({ ...BY_RFC_9260_7_2, maxBurst: 100 });
    const sent = link.send(20_000);
    expect(chunksOf(sent, "DATA")).toHaveLength(4);
    expect(flight(link)).toBeGreaterThanOrEqual(INITIAL_CWND);
    expect(flight(link)).toBeLessThan(INITIAL_CWND + PMDCS);
  });

  it("MUST: C: sends what is marked for retransmission before anything new", () => {
    const link = new Lab().accepted();
    link.send(20 * FULL_PAYLOAD);
    link.lab.run(1_100);
    const answer = link.receive([link.sack(0)]);
    const tsns = chunksOf(answer, "DATA").map(({ tsn }) => tsn - link.ourTsn);
    expect(tsns[0]).toBe(1);
    expect([...tsns].sort((a, b) => a - b)).toEqual(tsns);
  });

  it("SHOULD: D: sends no more than Max.Burst new packets at a time", () => {
    const link = new Lab().accepted({ maxBurst: 2 });
    expect(chunksOf(link.send(20_000), "DATA")).toHaveLength(2);
  });

  it("SHOULD: D: grants Max.Burst for each SACK, also for those that are read at the same time", () => {
    const link = new Lab().accepted({ maxBurst: 2 });
    link.send(20_000);
    expect(chunksOf(link.receive([link.sack(0), link.sack(1)]), "DATA")).toHaveLength(4);
    expect(chunksOf(link.receive([link.sack(2)]), "DATA")).toHaveLength(2);
  });

  it("SHOULD: D: grants it once for a SACK of two full packets, and twice for one of four", () => {
    const flow = new Flow({ maxBurst: 4 }, 200);
    expect(flow.cwndBytes).toBeGreaterThan(16 * 1_188);
    flow.send(2);
    flow.pass(1);
    flow.send(60); // The first four go out at once.
    flow.pass(RTT_MS);
    expect(flow.sack(2)).toHaveLength(4);
    expect(flow.sack(6)).toHaveLength(8);
  });

  it("SHOULD: D: grants it several times for a SACK that stands for as many [M3]", () => {
    const link = new Lab().accepted({ ...BY_RFC_9260_7_2, maxBurst: 4 });
    expect(chunksOf(link.send(40 * FULL_PAYLOAD), "DATA")).toHaveLength(4);
    expect(chunksOf(link.receive([link.sack(3)]), "DATA")).toHaveLength(5); // All that cwnd allows.
  });

  it("SHOULD: D: each moment is another opportunity, SACK or not: one message per ms never waits [A8]", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0, rtoMinMs: 1_000 });
    // A window of 100 packets, all of it acknowledged.
    link.send(120 * FULL_PAYLOAD);
    let acked = -1;
    for (; link.association.status().unackedChunks > 0; acked++) link.receive([link.sack(acked + 1)]);
    expect(link.association.path(PEER_ADDRESS).cwndBytes).toBeGreaterThan(60 * PMDCS);
    for (let i = 0; i < 50; i++) {
      link.lab.nowMs += 1;
      expect(chunksOf(link.send(100), "DATA")).toHaveLength(1);
    }
  });

  it("SHOULD: D: what is queued at once stays within it, however often packets are asked for at that moment [A8]", () => {
    const link = new Lab().accepted({ ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0 });
    link.send(120 * FULL_PAYLOAD);
    let acked = -1;
    for (; link.association.status().unackedChunks > 0; acked++) link.receive([link.sack(acked + 1)]);
    link.lab.nowMs += 1;
    let packets = 0;
    for (let i = 0; i < 20; i++) packets += link.send(2 * FULL_PAYLOAD).length;
    expect(packets).toBe(4);
    expect(link.receive([link.sack(acked + 1)])).toHaveLength(4);
    link.lab.nowMs += 1;
    expect(link.send(1)).toHaveLength(4); // And those that waited go first.
  });

  it("SHOULD: bundles a SACK that waits with outgoing DATA", () => {
    const link = new Lab().accepted();
    link.receive([link.data(0)]); // The first is acknowledged at once; the next one waits.
    expect(link.receive([link.data(1)])).toEqual([]);
    const [packet] = link.send(10);
    expect(packet?.kinds).toEqual(["SACK", "DATA"]);
  });

  it("MUST: accepts messages with the window full, and sends none until something is acknowledged", () => {
    const link = new Lab().accepted();
    link.send(20_000);
    expect(link.send(1_000)).toEqual([]);
    expect(chunksOf(link.receive([link.sack(0)]), "DATA").length).toBeGreaterThan(0);
  });

  it("MUST: starts T3-rtx with a transmission, and restarts it for the retransmission of the earliest chunk", () => {
    const link = new Lab().accepted();
    link.send(10);
    const first = link.lab.runUntilSent();
    const rtoMs = link.association.path(PEER_ADDRESS).rtoMs;
    const startMs = link.lab.nowMs;
    expect(kindsOf(first)).toEqual(["DATA"]);
    link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(rtoMs);
  });

  it("MUST NOT: restarts a running T3-rtx for later DATA", () => {
    const link = new Lab().accepted();
    const startMs = link.lab.nowMs;
    link.send(10);
    link.lab.run(700);
    link.send(10);
    link.lab.runUntilSent();
    expect(link.lab.nowMs - startMs).toBe(1_000);
  });

  it("MUST NOT: has more than 65,535 chunks, and so never more ordered messages of a stream, in its send window", () => {
    const log = new SentLog(0xffff_0000, new Rfc9260LossDetector());
    const pathFlight = new PathFlight();
    log.addFlight(pathFlight);
    while (!log.isFull) log.send(new OutboundMessage(new Uint8Array(1)), 3, 0, 1, 20, pathFlight, 0);
    expect(log.outstandingCount).toBe(65_535);
    expect(log.outstandingCount).toBeLessThan(2 ** 31);
  });

  it("MAY: sets the I bit when the user asks, and on the last chunk in SHUTDOWN-PENDING", () => {
    const link = new Lab().accepted(BY_RFC_9260_7_2);
    link.association.send(new Uint8Array(3_000), { sackImmediately: true }, link.lab.nowMs);
    expect(chunksOf(link.lab.flush(), "DATA").map(({ immediate }) => immediate)).toEqual([
      false,
      false,
      true,
    ]);
    link.association.send(new Uint8Array(3_000), {}, link.lab.nowMs);
    link.lab.flush();
    link.association.shutdown(link.lab.nowMs);
    const rest = chunksOf(link.receive([link.sack(3)]), "DATA");
    expect(rest.at(-1)?.immediate).toBe(true);
  });

  it("MAY: sets the I bit on the DATA chunk that fills the congestion window or the peer's", () => {
    const immediates = (packets: readonly SentPacket[]): boolean[] =>
      chunksOf(packets, "DATA").map(({ immediate }) => immediate);
    const limited = new Lab().accepted(BY_RFC_9260_7_2);
    expect(immediates(limited.send(10 * FULL_PAYLOAD))).toEqual([false, false, false, true]);
    const narrow = new Lab().accepted({}, { aRwndBytes: 3 * FULL_PAYLOAD });
    expect(immediates(narrow.send(10 * FULL_PAYLOAD))).toEqual([false, false, true]);
    const free = new Lab().accepted();
    expect(immediates(free.send(2 * FULL_PAYLOAD))).toEqual([false, false]);
  });

  it("MAY: sets the I bit on the last DATA chunk when the user may be waiting for room", () => {
    const link = new Lab().accepted({ sendBufferBytes: 4_096 });
    const [first, second] = chunksOf(link.send(2_200), "DATA");
    expect([first?.immediate, second?.immediate]).toEqual([false, true]);
  });

  it("MAY: sets the I bit where T3-rtx may expire before the peer has to acknowledge, on what is sent again as well", () => {
    const short = { ...BY_RFC_9260_7_2, rtoInitialMs: 240, rtoMinMs: 100 };
    for (const potentiallyFailedMaxRetrans of [0, NEVER_EXCEEDED]) {
      const link = new Lab().accepted({ ...short, heartbeatIntervalMs: 0, potentiallyFailedMaxRetrans });
      const isQuick = potentiallyFailedMaxRetrans === 0;
      expect(only(link.send(10), "DATA").immediate).toBe(isQuick);
      expect(only(link.lab.runUntilSent(), "DATA").immediate).toBe(isQuick); // The RTO is 480 ms.
      expect(only(link.lab.runUntilSent(), "DATA").immediate).toBe(false);
    }
  });

  it("MAY: sends new DATA to the path that the user names as primary, from the next packet on [W2]", () => {
    const link = twoPaths({ heartbeatIntervalMs: 0 });
    expect(link.send(10)[0]?.to).toBe(PEER_ADDRESS);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    expect(link.association.primaryAddress).toBe(PEER_SECOND_ADDRESS);
    for (let i = 0; i < 2; i++) expect(link.send(10)[0]?.to).toBe(PEER_SECOND_ADDRESS);
    link.association.setPrimary(PEER_ADDRESS);
    expect(link.send(10)[0]?.to).toBe(PEER_ADDRESS);
  });

  it("MAY: names no path as primary that there is not", () => {
    const lab = new Lab({ localAddresses: ["10.0.0.1", OUR_SECOND_ADDRESS] });
    const link = lab.connected({}, {}, [PEER_ADDRESS]);
    expect(link.association.primaryAddress).toBe(PEER_ADDRESS);
    expect(() => link.association.setPrimary(PEER_SECOND_ADDRESS)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_ADDRESS" }),
    );
    const [packet] = link.send(10);
    expect(packet?.to).toBe(PEER_ADDRESS);
  });
});
