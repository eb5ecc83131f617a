/** Congestion control: RFC 9260 section 7. */
import { describe, expect, it } from "vitest";
import type { AckEvent } from "../../src/base/congestion-control.ts";
import { Rfc9260Controller } from "../../src/congestion/rfc9260.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  FULL_PAYLOAD,
  HEARTBEAT,
  Lab,
  type Link,
  OUR_ADDRESS,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "./lab.ts";

const PMDCS = 1_188;
const QUIET = { ...BY_RFC_9260_7_2, heartbeatIntervalMs: 0, maxBurst: 1_000 };

function path(link: Link, address: string = PEER_ADDRESS) {
  return link.association.path(address);
}

function acked(ackedBytes: number, windowFilled: boolean, flightBytes: number): AckEvent {
  return {
    nowMs: 0,
    ackedBytes,
    flightBytesBefore: flightBytes + ackedBytes,
    flightBytes,
    windowFilled,
    inFastRecovery: false,
    lostBytes: 0,
    cumulativeAckAdvanced: true,
    rttMs: Number.NaN,
    srttMs: Number.NaN,
    deliveredBytes: 0,
    intervalMs: Number.NaN,
  };
}

/** A window of `chunks` full chunks, by acknowledging one chunk at a time; all of it acknowledged at the end. */
function grownTo(chunks: number, options = {}): { readonly link: Link; readonly acked: number } {
  const link = new Lab().accepted({ ...QUIET, ...options });
  link.send(400 * FULL_PAYLOAD);
  let acked = -1;
  while (path(link).cwndBytes < chunks * PMDCS) link.receive([link.sack(++acked)]);
  return { link, acked };
}

/** Three reports that the chunk after `acked` is missing. */
function reportMissing(link: Link, acked: number): ReturnType<Link["receive"]> {
  for (const end of [2, 3]) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
  return link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end: 4 }] })]);
}

describe("RFC 9260 7.2 SCTP Slow-Start and Congestion Avoidance", () => {
  it("MUST: keeps cwnd, ssthresh and partial_bytes_acked for each destination address", () => {
    const link = twoPaths(QUIET);
    link.send(4 * FULL_PAYLOAD);
    link.receive([link.sack(3)]);
    expect(path(link).cwndBytes).toBe(4_404 + PMDCS);
    expect(path(link, PEER_SECOND_ADDRESS).cwndBytes).toBe(4_404);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    link.send(4 * FULL_PAYLOAD);
    expect(path(link, PEER_SECOND_ADDRESS).flightBytes).toBe(4 * PMDCS);
  });

  it("SHOULD: counts a DATA chunk with its header and padding", () => {
    const link = new Lab().accepted(QUIET);
    link.send(1);
    expect(path(link).flightBytes).toBe(20);
  });

  it("MUST: keeps one receiver window for the whole association", () => {
    const link = twoPaths(QUIET);
    const before = link.association.status().peerRwndBytes;
    link.send(100);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    link.send(100);
    expect(link.association.status().peerRwndBytes).toBe(before - 200);
  });
});

describe("RFC 9260 7.2.1 Slow-Start", () => {
  it("MUST: the initial cwnd is min(4 * PMDCS, max(2 * PMDCS, 4404)), for IPv6 4344", () => {
    const initial = (pmdcs: number, family: 4 | 6): number => new Rfc9260Controller(pmdcs, family).cwndBytes;
    expect(initial(1_188, 4)).toBe(4_404);
    expect(initial(1_188, 6)).toBe(4_344);
    expect(initial(500, 4)).toBe(2_000);
    expect(initial(8_988, 4)).toBe(17_976);
    expect(initial(8_988, 6)).toBe(17_976);
  });

  it("MUST: after T3-rtx, cwnd is no more than PMDCS and one packet is in flight until it is acknowledged", () => {
    const { link } = grownTo(10);
    link.lab.runUntilSent();
    expect(path(link).cwndBytes).toBe(PMDCS);
    expect(link.lab.sent.at(-1)?.chunks).toHaveLength(1);
    expect(path(link).flightBytes).toBe(PMDCS);
    expect(link.send(10)).toEqual([]);
  });

  it("SHOULD: ssthresh begins arbitrarily high", () => {
    expect(path(new Lab().accepted(QUIET)).ssthreshBytes).toBe(0xffff_ffff);
  });

  it("MUST: grows by what was acknowledged, by one PMDCS at most per SACK", () => {
    const link = new Lab().accepted(QUIET);
    link.send(4 * FULL_PAYLOAD);
    link.receive([link.sack(3)]);
    expect(path(link).cwndBytes).toBe(4_404 + PMDCS);
    // ACK splitting: many SACKs for few bytes gain no more than those bytes.
    const small = new Lab().accepted(QUIET);
    for (let i = 0; i < 300; i++) small.association.send(new Uint8Array(1), {}, small.lab.nowMs);
    small.lab.flush();
    const inFlight = path(small).flightBytes;
    expect(inFlight).toBeGreaterThanOrEqual(4_404);
    for (let i = 0; i < 10; i++) small.receive([small.sack(i)]);
    expect(path(small).cwndBytes).toBeLessThanOrEqual(4_404 + 10 * 20);
  });

  it("MAY: grows with each SACK of those that are read before anything can be sent", () => {
    const link = new Lab().accepted(QUIET);
    link.send(20 * FULL_PAYLOAD);
    link.receive([link.sack(0), link.sack(1), link.sack(2)]);
    expect(path(link).cwndBytes).toBe(4_404 + 3 * PMDCS);
  });

  it("MUST NOT: grows while the window is not fully used", () => {
    const link = new Lab().accepted(QUIET);
    for (let i = 0; i < 20; i++) {
      link.send(FULL_PAYLOAD);
      link.receive([link.sack(i)]);
    }
    expect(path(link).cwndBytes).toBe(4_404);
  });

  it("MUST NOT: grows while the window is used by more than half, and not fully [M1] [W4]", () => {
    const link = new Lab().accepted(QUIET);
    for (let i = 0; i < 20; i++) {
      link.send(3 * FULL_PAYLOAD);
      expect(path(link).flightBytes).toBe(3 * PMDCS);
      link.receive([link.sack(3 * i + 2)]);
    }
    expect(path(link).cwndBytes).toBe(4_404);
  });

  it("MUST NOT: grows in Fast Recovery", () => {
    const { link, acked } = grownTo(8);
    reportMissing(link, acked);
    const inRecovery = path(link).cwndBytes;
    for (let end = 5; end < 9; end++) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
    expect(path(link).cwndBytes).toBe(inRecovery);
  });

  it("SHOULD: credits the address to which the acknowledged data was sent", () => {
    const link = twoPaths(QUIET);
    link.send(4 * FULL_PAYLOAD);
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    link.receive([link.sack(3)], { from: PEER_SECOND_ADDRESS });
    expect(path(link).cwndBytes).toBe(4_404 + PMDCS);
    expect(path(link, PEER_SECOND_ADDRESS).cwndBytes).toBe(4_404);
  });

  it("SHOULD: halves an idle window once per RTO, down to four PMDCS, and notes it in ssthresh first", () => {
    const { link } = grownTo(40);
    let acked = 0;
    while (link.association.status().unackedChunks > 0 || link.association.status().pendingBytes > 0) {
      acked = link.association.status().unackedChunks;
      const highest = chunksOf(link.lab.sent, "DATA").reduce((most, { tsn }) => Math.max(most, tsn), 0);
      link.receive([link.sack(highest - link.ourTsn)]);
    }
    expect(acked).toBeGreaterThan(0);
    const before = path(link).cwndBytes;
    link.lab.run(2 * path(link).rtoMs + 10);
    link.send(10);
    expect(path(link).cwndBytes).toBe(Math.floor(Math.floor(before / 2) / 2));
    expect(path(link).ssthreshBytes).toBe(before);
    const highest = chunksOf(link.lab.sent, "DATA").reduce((most, { tsn }) => Math.max(most, tsn), 0);
    link.receive([link.sack(highest - link.ourTsn)]);
    link.lab.run(100_000);
    link.send(10);
    expect(path(link).cwndBytes).toBe(4 * PMDCS);
  });
});

describe("RFC 9260 7.2.1 Slow-Start after a pause", () => {
  /** Acknowledges all that was sent until nothing is left to be sent. */
  function acknowledgeAll(link: Link): void {
    const { association } = link;
    for (let i = 0; i < 1_000 && association.status().unackedChunks > 0; i++) {
      const sent = chunksOf(link.lab.sent, "DATA");
      link.receive([link.sack(sent.reduce((most, { tsn }) => Math.max(most, tsn), 0) - link.ourTsn)]);
    }
    expect(association.status().unackedChunks + association.status().pendingBytes).toBe(0);
  }

  it("SHOULD: notes the window in ssthresh once, before the first step, while a message waits all the time [A11] [W4]", () => {
    const { link } = grownTo(200);
    acknowledgeAll(link);
    let acked = chunksOf(link.lab.sent, "DATA").length - 1;
    const close = () => link.receive([link.sack(acked, { aRwndBytes: 0 })]);
    close();
    // Two probes are taken, each after a pause of its own: the third is not due for four RTOs.
    for (let i = 0; i < 2; i++) {
      link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
      acked += chunksOf(link.lab.runUntilSent(), "DATA").length;
      close();
    }
    const before = path(link).cwndBytes;
    expect(before).toBeGreaterThan(20 * PMDCS);
    link.association.send(new Uint8Array(10), {}, link.lab.nowMs);
    for (let i = 0; i < 2; i++) {
      link.lab.run(path(link).rtoMs * 1.05);
      link.receive([HEARTBEAT]); // The stack is asked for packets, and has the message to send.
    }
    expect(chunksOf(link.receive([link.sack(acked, { aRwndBytes: 100_000 })]), "DATA")).toHaveLength(1);
    expect(path(link)).toMatchObject({ cwndBytes: before >> 2, ssthreshBytes: before });
  });

  it("SHOULD: decays the window of an idle path, too, before a retransmission goes there [A10]", () => {
    const link = twoPaths({ ...QUIET, sendBufferBytes: 10_000_000 });
    /** Gives a path a window of a hundred packets; all is acknowledged. */
    const grow = (address: string): void => {
      link.association.setPrimary(address);
      for (let i = 0; i < 100 && path(link, address).cwndBytes < 100 * PMDCS; i++) {
        link.send(400 * FULL_PAYLOAD);
        acknowledgeAll(link);
      }
    };
    grow(PEER_SECOND_ADDRESS);
    link.lab.run(3_600_000);
    grow(PEER_ADDRESS);
    link.send(90 * FULL_PAYLOAD);
    const before = path(link, PEER_SECOND_ADDRESS).cwndBytes;
    expect(before).toBeGreaterThanOrEqual(100 * PMDCS);
    const sent = link.lab.runUntilSent();
    expect(sent).toHaveLength(4);
    for (const { to } of sent) expect(to).toBe(PEER_SECOND_ADDRESS);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({ cwndBytes: 4 * PMDCS, ssthreshBytes: before });
  });

  it("SHOULD: does not decay it while nothing but retransmissions goes out [A10]", () => {
    const { link, acked } = grownTo(60);
    link.lab.runUntilSent();
    let done = acked;
    for (let cwndChunks = 1; cwndChunks < 16; cwndChunks *= 2) {
      expect(path(link)).toMatchObject({ cwndBytes: cwndChunks * PMDCS, flightBytes: cwndChunks * PMDCS });
      link.lab.run(1_900); // RTO is 2,000 ms by now: what was sent for the first time went out long ago.
      const sacks = Array.from({ length: cwndChunks }, () => link.sack(++done));
      const sent = chunksOf(link.receive(sacks), "DATA");
      expect(sent.map(({ tsn }) => tsn - link.ourTsn)).toEqual(sent.map((_, i) => done + 1 + i));
    }
    expect(path(link).cwndBytes).toBe(16 * PMDCS);
  });
});

describe("RFC 9260 7.2.2 Congestion Avoidance", () => {
  /** A controller above its ssthresh, with a window of ten PMDCS. */
  function avoiding(): Rfc9260Controller {
    const controller = new Rfc9260Controller(1_000, 4);
    while (controller.cwndBytes < 20_000) controller.onAck(acked(1_000, true, 1));
    controller.onFastRetransmit();
    controller.onAck(acked(1_000, true, 1)); // At ssthresh: one more step of slow start.
    expect(controller.cwndBytes).toBe(11_000);
    return controller;
  }

  it("MUST NOT: grows by more than one PMDCS per window acknowledged", () => {
    const controller = avoiding();
    for (let i = 0; i < 10; i++) controller.onAck(acked(1_000, true, 11_000));
    expect(controller.cwndBytes).toBe(11_000);
    controller.onAck(acked(1_000, true, 11_000));
    expect(controller.cwndBytes).toBe(12_000);
    expect(controller.partialBytesAcked).toBe(0);
  });

  it("SHOULD: keeps what exceeds the window for the next one", () => {
    const controller = avoiding();
    for (let i = 0; i < 8; i++) controller.onAck(acked(1_500, true, 11_000));
    expect(controller).toMatchObject({ cwndBytes: 12_000, partialBytesAcked: 1_000 });
  });

  it("SHOULD: does not grow while less than cwnd is outstanding; partial_bytes_acked stays at cwnd", () => {
    const controller = avoiding();
    for (let i = 0; i < 30; i++) controller.onAck(acked(1_000, false, 4_000));
    expect(controller).toMatchObject({ cwndBytes: 11_000, partialBytesAcked: 11_000 });
    controller.onAck(acked(1_000, true, 10_000));
    expect(controller).toMatchObject({ cwndBytes: 12_000, partialBytesAcked: 1_000 });
  });

  it("SHOULD: begins partial_bytes_acked anew when everything has been acknowledged", () => {
    const controller = avoiding();
    controller.onAck(acked(1_000, false, 4_000));
    controller.onAck(acked(4_000, false, 0));
    expect(controller.partialBytesAcked).toBe(0);
  });
});

describe("RFC 9260 7.2.3 Congestion Control", () => {
  it("SHOULD: halves the window for a loss that SACKs show, but not below four PMDCS", () => {
    const { link, acked } = grownTo(20);
    for (const end of [2, 3]) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
    const before = path(link).cwndBytes;
    link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end: 4 }] })]);
    const half = Math.floor((before + PMDCS) / 2); // The third report acknowledges a chunk, too.
    expect(path(link)).toMatchObject({ cwndBytes: half, ssthreshBytes: half, partialBytesAcked: 0 });
    const small = new Lab().accepted(QUIET);
    small.send(4 * FULL_PAYLOAD);
    reportMissing(small, -1);
    expect(path(small)).toMatchObject({ cwndBytes: 4 * PMDCS, ssthreshBytes: 4 * PMDCS });
  });

  it("SHOULD: begins slow start anew when T3-rtx expires", () => {
    const { link } = grownTo(20);
    const before = path(link).cwndBytes;
    link.lab.runUntilSent();
    expect(path(link)).toMatchObject({ cwndBytes: PMDCS, ssthreshBytes: Math.floor(before / 2) });
  });
});

describe("RFC 9260 7.2.4 Fast Retransmit on Gap Reports", () => {
  it("SHOULD: waits for the third report before it retransmits", () => {
    const link = new Lab().accepted(QUIET);
    link.send(4 * FULL_PAYLOAD);
    for (const end of [2, 3])
      expect(chunksOf(link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end }] })]), "DATA")).toEqual([]);
    const third = link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 4 }] })]);
    expect(chunksOf(third, "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([0]);
  });

  it("SHOULD: HTNA: counts only chunks below the highest newly acknowledged TSN", () => {
    const link = new Lab().accepted(QUIET);
    link.send(4 * FULL_PAYLOAD);
    link.receive([link.sack(-1, { gapBlocks: [{ start: 4, end: 4 }] })]); // 0, 1, 2 are missing once.
    // Nothing new is acknowledged: repeated reports count for nothing.
    for (let i = 0; i < 10; i++)
      expect(chunksOf(link.receive([link.sack(-1, { gapBlocks: [{ start: 4, end: 4 }] })]), "DATA")).toEqual(
        [],
      );
    // 1 is newly acknowledged: only 0 lies below it.
    link.receive([
      link.sack(-1, {
        gapBlocks: [
          { start: 2, end: 2 },
          { start: 4, end: 4 },
        ],
      }),
    ]);
    const answer = link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: 4 }] })]);
    expect(chunksOf(answer, "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([0]);
  });

  it("SHOULD: HTNA: in Fast Recovery, a SACK that moves the cumulative point counts for everything missing", () => {
    const { link, acked } = grownTo(20);
    reportMissing(link, acked); // acked + 1 is lost; Fast Recovery begins.
    const at = (offset: number): number => acked + offset;
    // acked + 9 is lost too: 10 has been reported; 1, 5 and 7 are merely late, and move the cumulative point below it.
    const one = (offset: number) => ({ start: offset, end: offset });
    const answers = [
      link.receive([link.sack(at(4), { gapBlocks: [one(2), one(4), one(6)] })]),
      link.receive([link.sack(at(6), { gapBlocks: [one(2), one(4)] })]),
      link.receive([link.sack(at(8), { gapBlocks: [one(2)] })]), // The third report.
      link.receive([link.sack(at(8), { gapBlocks: [{ start: 2, end: 10 }] })]), // Makes room below cwnd.
    ];
    const again = answers.flatMap((packets) => chunksOf(packets, "DATA")).map(({ tsn }) => tsn - link.ourTsn);
    expect(again).toContain(at(9));
  });

  it("SHOULD: the one packet of a Fast Retransmit goes out whatever cwnd says", () => {
    const { link, acked } = grownTo(20);
    expect(path(link).flightBytes).toBeGreaterThanOrEqual(path(link).cwndBytes);
    const answer = reportMissing(link, acked);
    expect(path(link).flightBytes).toBeGreaterThan(path(link).cwndBytes);
    expect(chunksOf(answer, "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([acked + 1]);
  });

  it("MUST: restarts T3-rtx for the retransmission of the first outstanding chunk, not of a later one", () => {
    const first = new Lab().accepted(QUIET);
    first.send(4 * FULL_PAYLOAD);
    first.lab.run(500);
    reportMissing(first, -1);
    expect(chunksOf(first.lab.run(999), "DATA")).toEqual([]);
    expect(chunksOf(first.lab.run(2), "DATA")).toHaveLength(1);
    // A later chunk is fast retransmitted while the first one is outstanding still: the timer runs on.
    const { link, acked } = grownTo(20);
    reportMissing(link, acked);
    link.lab.run(300);
    const again: number[] = [];
    for (const end of [10, 15, 19]) {
      const gapBlocks = [
        { start: 2, end: 4 },
        { start: 6, end },
      ];
      const answer = link.receive([link.sack(acked, { gapBlocks })]);
      for (const { tsn } of chunksOf(answer, "DATA")) again.push(tsn - link.ourTsn - acked);
    }
    expect(again).toContain(5);
    expect(chunksOf(link.lab.run(699), "DATA")).toEqual([]);
    expect(chunksOf(link.lab.run(2), "DATA").map(({ tsn }) => tsn - link.ourTsn)).toEqual([acked + 1]);
  });

  it("SHOULD: retransmits a chunk by Fast Retransmit once only", () => {
    const { link, acked } = grownTo(16);
    reportMissing(link, acked);
    const resent: number[] = [];
    for (let end = 5; end < 16; end++) {
      const answer = link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
      for (const { tsn } of chunksOf(answer, "DATA")) resent.push(tsn - link.ourTsn);
    }
    expect(resent).not.toContain(acked + 1);
  });

  it("SHOULD: again where TSNs are reported that were sent after it, unless repeatFastRetransmit is off (rule 5)", () => {
    const timesSent = (repeatFastRetransmit: boolean): number => {
      const { link, acked } = grownTo(16, { repeatFastRetransmit });
      const lost = link.ourTsn + acked + 1;
      reportMissing(link, acked);
      for (let end = 5; end < 26; end++) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
      return chunksOf(link.lab.sent, "DATA").filter(({ tsn }) => tsn === lost).length;
    };
    expect([timesSent(true), timesSent(false)]).toEqual([3, 2]);
  });

  it("SHOULD NOT: reduces the window twice in one Fast Recovery", () => {
    const { link, acked } = grownTo(20);
    reportMissing(link, acked);
    const once = path(link).cwndBytes;
    // A second chunk of the same window is lost: acked + 5.
    for (const end of [6, 7, 8]) {
      const gapBlocks = [
        { start: 2, end: 4 },
        { start: 6, end },
      ];
      link.receive([link.sack(acked, { gapBlocks })]);
    }
    expect(path(link).cwndBytes).toBe(once);
    expect(link.association.stats.fastRetransmits).toBe(1);
  });

  it("MUST: applies the growth for what a SACK acknowledges before the reduction that it causes", () => {
    const { link, acked } = grownTo(12);
    for (const end of [3, 4]) link.receive([link.sack(acked, { gapBlocks: [{ start: 3, end }] })]);
    const before = path(link).cwndBytes;
    // The third report also moves the cumulative point, with the window in full use.
    expect(path(link).flightBytes).toBeGreaterThanOrEqual(before);
    link.receive([link.sack(acked + 1, { gapBlocks: [{ start: 2, end: 4 }] })]);
    expect(path(link).cwndBytes).toBe(Math.floor((before + PMDCS) / 2));
  });

  it("MUST: leaves Fast Recovery at its exit point, not before and not a TSN later [W3] [M2]", () => {
    const { link, acked } = grownTo(12);
    reportMissing(link, acked);
    const inRecovery = path(link).cwndBytes;
    const exit =
      chunksOf(link.lab.sent, "DATA").reduce((most, { tsn }) => Math.max(most, tsn), 0) - link.ourTsn;
    const ssthreshBytes = inRecovery;
    // The window is full each time, and cwnd has not passed ssthresh: only Fast Recovery keeps it from growing.
    for (const offset of [exit - 1, exit]) {
      link.receive([link.sack(offset)]);
      expect(path(link)).toMatchObject({ cwndBytes: inRecovery, ssthreshBytes });
      expect(path(link).flightBytes).toBeGreaterThanOrEqual(inRecovery);
    }
    link.receive([link.sack(exit + 1)]);
    expect(path(link).cwndBytes).toBe(inRecovery + PMDCS);
  });

  it("MUST: leaves Fast Recovery when T3-rtx expires: what is acknowledged from then on opens the window [A4]", () => {
    const { link, acked } = grownTo(40);
    reportMissing(link, acked);
    link.lab.runUntilSent();
    expect(path(link).cwndBytes).toBe(PMDCS);
    link.receive([link.sack(acked + 4)]);
    expect(path(link).cwndBytes).toBe(2 * PMDCS);
    // And another loss reduces it again.
    expect(path(link).flightBytes).toBe(2 * PMDCS);
  });

  it("MUST: leaves Fast Recovery when its exit point has been acknowledged", () => {
    const { link, acked } = grownTo(8);
    reportMissing(link, acked);
    const exit = chunksOf(link.lab.sent, "DATA").reduce((most, { tsn }) => Math.max(most, tsn), 0);
    const inRecovery = path(link).cwndBytes;
    link.receive([link.sack(exit - link.ourTsn - 1)]);
    expect(path(link).cwndBytes).toBe(inRecovery);
    link.receive([link.sack(exit - link.ourTsn)]);
    let acknowledged = exit - link.ourTsn;
    for (let i = 0; i < 10; i++) link.receive([link.sack(++acknowledged)]);
    expect(path(link).cwndBytes).toBeGreaterThan(inRecovery);
  });
});

describe("RFC 9260 7.2.5.2 Change of Routes", () => {
  it("MUST: begins congestion control anew when another source address is used", () => {
    const link = twoPaths(QUIET);
    link.send(4 * FULL_PAYLOAD);
    link.receive([link.sack(3)]);
    expect(path(link).cwndBytes).toBeGreaterThan(4_404);
    link.lab.stack.removeLocalAddress(OUR_ADDRESS, link.lab.nowMs);
    expect(path(link)).toMatchObject({ cwndBytes: 4_404, ssthreshBytes: 0xffff_ffff });
  });
});

describe("RFC 9260 7.3 PMTU Discovery", () => {
  it("MUST: keeps a packet size for each destination address", () => {
    const link = twoPaths(QUIET);
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 1_400 }, link.lab.nowMs);
    expect(path(link).maxPacketBytes).toBe(1_400);
    expect(path(link, PEER_SECOND_ADDRESS).maxPacketBytes).toBe(1_200);
  });

  it("SHOULD: cuts messages for the smallest of them (AMDCS)", () => {
    const link = twoPaths(QUIET);
    link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 1_400 }, link.lab.nowMs);
    expect(link.association.status().fragmentationPointBytes).toBe(FULL_PAYLOAD);
    link.association.setPathOptions(PEER_SECOND_ADDRESS, { maxPacketBytes: 1_300 }, link.lab.nowMs);
    expect(link.association.status().fragmentationPointBytes).toBe(1_272);
    expect(() =>
      link.association.setPathOptions(PEER_ADDRESS, { maxPacketBytes: 100 }, link.lab.nowMs),
    ).toThrow(expect.objectContaining({ code: "ERR_SCTP_INVALID_OPTION" }));
  });
});
