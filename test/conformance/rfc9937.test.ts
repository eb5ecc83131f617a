/** Proportional Rate Reduction (RFC 9937), in the Fast Recovery of CUBIC. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AckEvent, LossEvent } from "../../src/base/congestion-control.ts";
import { CubicController } from "../../src/congestion/cubic.ts";
import { ProportionalRateReduction } from "../../src/congestion/proportional-rate-reduction.ts";
import { PrrModel } from "./congestion-models.ts";
import { BY_RFC_9260_7_2, chunksOf, FULL_PAYLOAD, Lab, type Link, PEER_ADDRESS } from "./lab.ts";

const PMDCS = 1_000;
const STACK_PMDCS = 1_188;
const OPTIONS = {
  ...BY_RFC_9260_7_2,
  congestionControl: "cubic",
  heartbeatIntervalMs: 0,
  maxBurst: 1_000,
} as const;

function lossOf(flightBytesBefore: number, flightBytes: number, lostBytes: number): LossEvent {
  return { nowMs: 0, srttMs: 100, flightBytesBefore, flightBytes, lostBytes };
}

function ackOf(ackedBytes: number, flightBytes: number, given: Partial<AckEvent> = {}): AckEvent {
  return {
    nowMs: 0,
    ackedBytes,
    flightBytesBefore: flightBytes + ackedBytes,
    flightBytes,
    windowFilled: true,
    inFastRecovery: true,
    lostBytes: 0,
    cumulativeAckAdvanced: false,
    rttMs: Number.NaN,
    srttMs: 100,
    deliveredBytes: 0,
    intervalMs: Number.NaN,
    ...given,
  };
}

/** A window of so many segments, on a path with as many in flight. */
function grownTo(segments: number): CubicController {
  const cubic = new CubicController(PMDCS);
  while (cubic.cwndBytes < segments * PMDCS)
    cubic.onAck(ackOf(Math.min(8 * PMDCS, segments * PMDCS - cubic.cwndBytes), 0, { inFastRecovery: false }));
  return cubic;
}

/** An association with a window of forty chunks in use, which has just heard by three reports that the first is missing. */
function recovering(): { readonly link: Link; readonly acked: number; readonly windowBytes: number } {
  const link = new Lab().accepted(OPTIONS);
  link.send(400 * FULL_PAYLOAD);
  let acked = -1;
  while (path(link).cwndBytes < 40 * STACK_PMDCS) link.receive([link.sack(++acked)]);
  for (const end of [2, 3]) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
  const windowBytes = path(link).cwndBytes + STACK_PMDCS;
  link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end: 4 }] })]);
  return { link, acked, windowBytes };
}

function path(link: Link) {
  return link.association.path(PEER_ADDRESS);
}

describe("RFC 9937 6.1 Initialization Steps", () => {
  it("MUST: begins with each loss that reduces the window, and forces the retransmission out", () => {
    const cubic = grownTo(100);
    cubic.onFastRetransmit(lossOf(100 * PMDCS, 98 * PMDCS, PMDCS));
    expect(cubic.ssthreshBytes).toBe(70 * PMDCS);
    // One segment delivered of a hundred: 0.7 of one may be sent.
    expect(cubic.cwndBytes).toBe(98 * PMDCS + 700);
    const other = grownTo(100);
    other.onFastRetransmit(lossOf(100 * PMDCS, 99 * PMDCS, PMDCS)); // What was acknowledged had gone to another path.
    expect(other.cwndBytes).toBe(100 * PMDCS);
  });

  it("MUST: starts from what was in flight before the SACK, without what had been reported", () => {
    const cubic = grownTo(100);
    cubic.onFastRetransmit(lossOf(50 * PMDCS, 0, 49 * PMDCS));
    // The target lies above all that is left: packets are conserved.
    expect(cubic.cwndBytes).toBe(PMDCS);
    const late = grownTo(20);
    late.onFastRetransmit(lossOf(16 * PMDCS, 14.5 * PMDCS, PMDCS));
    expect(late.cwndBytes).toBe(14.5 * PMDCS + Math.ceil((500 * 14) / 16));
  });
});

describe("RFC 9937 6.2 Per-ACK Steps", () => {
  it("MUST: sends no more than has come where less was in flight than the target", () => {
    for (const before of [4, 1, 0]) {
      const cubic = grownTo(100);
      const lost = Math.min(1, before);
      cubic.onFastRetransmit(lossOf(before * PMDCS, 0, lost * PMDCS)); // The target is 70.
      const sent = Math.max(1, before - lost); // The retransmission, at least.
      expect(cubic.cwndBytes).toBe(sent * PMDCS);
      cubic.onSent(sent * PMDCS, sent * PMDCS, 0);
      cubic.onAck(ackOf(10 * PMDCS, 71 * PMDCS));
      expect(cubic.cwndBytes).toBe((71 + 10 + before - lost - sent) * PMDCS);
    }
  });

  it("MUST: follows the pseudocode, whatever is acknowledged, lost and sent", () => {
    const step = fc.record({
      acked: fc.integer({ min: 4, max: 6_000 }),
      lost: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 20_000 })),
      advanced: fc.boolean(),
      packets: fc.integer({ min: 0, max: 4 }),
    });
    const start = fc.integer({ min: 8, max: 400 });
    const steps = fc.array(step, { minLength: 1, maxLength: 80, size: "max" });
    fc.assert(
      fc.property(start, step, steps, (segments, first, rest) => {
        const cubic = grownTo(segments);
        const windowBytes = cubic.cwndBytes;
        let flight = windowBytes;
        const settle = ({ acked, lost }: typeof first): { acked: number; lost: number } => {
          const got = { acked: Math.min(acked, flight), lost: Math.min(lost, Math.max(0, flight - acked)) };
          flight -= got.acked + got.lost;
          return got;
        };
        const begun = settle({ ...first, lost: Math.max(1, first.lost) });
        cubic.onFastRetransmit(lossOf(windowBytes, flight, begun.lost));
        const target = Math.min(cubic.ssthreshBytes, windowBytes);
        const model = new PrrModel(target, windowBytes);
        const ours = [cubic.cwndBytes];
        const theirs = [model.ack(begun.acked, flight, false, PMDCS)];
        for (const now of rest) {
          for (let i = 0; i < now.packets && flight < cubic.cwndBytes; i++) {
            flight += PMDCS;
            cubic.onSent(PMDCS, flight, 0);
            model.transmit(PMDCS);
          }
          const { acked, lost } = settle(now);
          if (acked === 0) continue;
          cubic.onAck(ackOf(acked, flight, { lostBytes: lost, cumulativeAckAdvanced: now.advanced }));
          ours.push(cubic.cwndBytes);
          theirs.push(model.ack(acked, flight, now.advanced && lost === 0, PMDCS));
        }
        cubic.onFastRecoveryEnd();
        expect([...ours, cubic.cwndBytes]).toEqual([...theirs, target]);
      }),
      { seed: 9_937, numRuns: 60 },
    );
  });

  it("MUST: spreads the reduction over a round trip, as the RFC's first example shows", () => {
    // Twenty in flight, two more by the first two reports; the target is ten.
    const reduction = new ProportionalRateReduction(10, 20);
    let inflight = 18;
    let window = reduction.cwndAfter(1, inflight, false, 1);
    const rows: Array<[cwnd: number, inflight: number, sent: number]> = [];
    for (let ack = 3; ack <= 21; ack++) {
      const before = inflight;
      let sent = 0;
      for (; inflight < window; inflight++, sent++) reduction.onSent(1);
      rows.push([window, before, sent]);
      window = reduction.cwndAfter(1, --inflight, false, 1);
    }
    // Up to the 18th SACK; from then on the figure sends at each second one more, and the pseudocode at the last two.
    const shown = rows.slice(0, 16);
    expect(shown.map(([cwnd]) => cwnd).join(" ")).toBe("19 18 18 17 17 16 16 15 15 14 14 13 13 12 12 11");
    expect(shown.map(([, flight]) => flight).join(" ")).toBe(
      "18 18 17 17 16 16 15 15 14 14 13 13 12 12 11 11",
    );
    expect(shown.map(([, , sent]) => sent).join("")).toBe("1010101010101010");
    expect(rows.reduce((sum, [, , sent]) => sum + sent, 0)).toBe(10);
    expect(window).toBe(10);
  });

  it("MUST: sends no more than arrives where most was lost, as the RFC's second example shows", () => {
    const reduction = new ProportionalRateReduction(10, 20);
    let inflight = 4;
    const rows: number[][] = [];
    for (let ack = 17; ack <= 19; ack++) {
      const window = reduction.cwndAfter(1, inflight, false, 1);
      rows.push([window, inflight]);
      reduction.onSent(1);
      inflight = window - 1; // One more is acknowledged.
    }
    expect(rows).toEqual([
      [5, 4],
      [5, 4],
      [5, 4],
    ]);
  });

  it("MUST: adds a segment per SACK up to the target while the cumulative ack moves and nothing more is lost", () => {
    const window = (given: Partial<AckEvent>): number => {
      const cubic = grownTo(100);
      cubic.onFastRetransmit(lossOf(100 * PMDCS, 10 * PMDCS, 89 * PMDCS));
      cubic.onSent(PMDCS, 11 * PMDCS, 0);
      cubic.onAck(ackOf(PMDCS, 10 * PMDCS, given));
      return cubic.cwndBytes / PMDCS;
    };
    expect(window({ cumulativeAckAdvanced: true })).toBe(12);
    expect(window({ cumulativeAckAdvanced: true, lostBytes: PMDCS })).toBe(11);
    expect(window({ cumulativeAckAdvanced: false })).toBe(11);
  });

  it("MUST: counts what is in flight without what is lost, and with what has been sent again", () => {
    const { link, acked, windowBytes } = recovering();
    const inFlight = path(link).flightBytes;
    // Three reported and one lost of what filled the window; that one is out again.
    expect(inFlight).toBeLessThan(windowBytes);
    expect(chunksOf(link.lab.sent, "DATA").at(-1)?.tsn).toBe(link.ourTsn + acked + 1);
    const outstanding = link.association.status().unackedChunks;
    expect(inFlight).toBe((outstanding - 3) * STACK_PMDCS);
  });

  it("MUST: goes on sending while SACKs come, seven packets for ten of them, and bursts at none", () => {
    const { link, acked, windowBytes } = recovering();
    const outstanding = link.association.status().unackedChunks;
    const sent: number[] = [];
    for (let end = 5; end <= outstanding; end++)
      sent.push(
        chunksOf(link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]), "DATA").length,
      );
    expect(Math.max(...sent)).toBeLessThanOrEqual(1);
    const share = sent.slice(0, 30).reduce((sum, count) => sum + count, 0) / 30;
    expect(share).toBeGreaterThan(0.63);
    expect(share).toBeLessThan(0.77);
    expect(Math.abs(path(link).flightBytes - 0.7 * windowBytes)).toBeLessThan(3 * STACK_PMDCS);
  });
});

describe("RFC 9937 6.3 Per-Transmit Steps", () => {
  it("MUST: counts what is sent, new or again", () => {
    const cubic = grownTo(100);
    cubic.onFastRetransmit(lossOf(100 * PMDCS, 98 * PMDCS, PMDCS));
    cubic.onSent(PMDCS, 99 * PMDCS, 0);
    cubic.onAck(ackOf(PMDCS, 98 * PMDCS));
    expect(cubic.cwndBytes).toBe(98 * PMDCS + 400);
  });
});

describe("RFC 9937 6.4 Completion Steps", () => {
  it("MUST: leaves ssthresh as the window, however little is in flight", () => {
    const { link, acked, windowBytes } = recovering();
    const outstanding = link.association.status().unackedChunks;
    link.receive([link.sack(acked + outstanding)]);
    const left = Math.floor(0.7 * windowBytes);
    expect(path(link)).toMatchObject({ cwndBytes: left, ssthreshBytes: left });
  });

  it("MUST: ends with a timeout, which reduces what recovery would have left", () => {
    const { link, windowBytes } = recovering();
    link.lab.runUntilSent();
    const left = Math.floor(0.7 * Math.floor(0.7 * windowBytes));
    expect(path(link)).toMatchObject({ cwndBytes: STACK_PMDCS, ssthreshBytes: left });
  });

  it("MUST: ends with a pause, which takes from what recovery would have left", () => {
    const cubic = grownTo(100);
    cubic.onFastRetransmit(lossOf(100 * PMDCS, 10 * PMDCS, 89 * PMDCS));
    cubic.onIdle(1);
    expect(cubic.cwndBytes).toBe(35 * PMDCS);
    cubic.onFastRecoveryEnd();
    expect(cubic.cwndBytes).toBe(35 * PMDCS);
  });
});
