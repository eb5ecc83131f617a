/** Coupled congestion control (RFC 6356): the option `multipath: "coupled"`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AckEvent, CongestionController } from "../../src/base/congestion-control.ts";
import { CubicController } from "../../src/congestion/cubic.ts";
import { LinkedCubicController, LinkedRfc9260Controller } from "../../src/congestion/linked-controllers.ts";
import { type LinkedFlow, type LinkedFlows, LinkedIncreases } from "../../src/congestion/linked-increases.ts";
import { Rfc9260Controller } from "../../src/congestion/rfc9260.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import { Flow, SharedBottleneck } from "../inside/shared-bottleneck.ts";

const PMDCS = 1_000;
const linkedRfc9260 = (pmdcsBytes: number, flows: LinkedFlows) =>
  new LinkedRfc9260Controller(pmdcsBytes, 4, flows);
const linkedCubic = (pmdcsBytes: number, flows: LinkedFlows) => new LinkedCubicController(pmdcsBytes, flows);

function flowOf(cwndBytes: number, srttMs: number, more: Partial<LinkedFlow["congestion"]> = {}): LinkedFlow {
  const congestion = { cwndBytes, ssthreshBytes: cwndBytes / 2, ...more };
  return { congestion, rto: { srttMs }, flight: { flightBytes: cwndBytes } };
}

/** What equations (1) and (2) say, written down once more: of the first flow, for each acknowledged byte, in chunks. */
function expected(flows: readonly LinkedFlow[]): number {
  const total = flows.reduce((sum, { congestion }) => sum + congestion.cwndBytes, 0);
  const best = Math.max(...flows.map(({ congestion, rto }) => congestion.cwndBytes / rto.srttMs ** 2));
  const rate = flows.reduce((sum, { congestion, rto }) => sum + congestion.cwndBytes / rto.srttMs, 0);
  const alpha = (total * best) / rate ** 2;
  return Math.min(alpha / total, 1 / (flows[0]?.congestion.cwndBytes ?? 0));
}

function ackOf(more: Partial<AckEvent>): AckEvent {
  return {
    nowMs: 0,
    ackedBytes: PMDCS,
    flightBytesBefore: 10_000,
    flightBytes: 9_000,
    windowFilled: true,
    inFastRecovery: false,
    lostBytes: 0,
    cumulativeAckAdvanced: true,
    rttMs: Number.NaN,
    srttMs: 100,
    deliveredBytes: 0,
    intervalMs: Number.NaN,
    ...more,
  };
}

describe("RFC 6356 3 Coupled Congestion Control Algorithm", () => {
  it("MUST: grows a window by what the equations say of all paths, and never by more than it would alone", () => {
    const flow = fc.record({
      cwndBytes: fc.integer({ min: 1_000, max: 10_000_000 }),
      srttMs: fc.integer({ min: 1, max: 2_000 }),
    });
    fc.assert(
      fc.property(fc.array(flow, { minLength: 1, maxLength: 5, size: "max" }), (all) => {
        const flows = all.map(({ cwndBytes, srttMs }) => flowOf(cwndBytes, srttMs));
        const { cwndBytes, srttMs } = all[0]!;
        const chunks = new LinkedIncreases({ all: flows }).chunksFor(cwndBytes, 1_000, srttMs, 0);
        expect(chunks / (1_000 * expected(flows))).toBeCloseTo(1, 9);
        expect(chunks).toBeLessThanOrEqual((1_000 / cwndBytes) * (1 + 1e-9));
      }),
    );
  });

  it("MUST: has two equal paths grow together as half of one: a quarter of a chunk each for a window", () => {
    const flows = { all: [flowOf(50_000, 100), flowOf(50_000, 100)] };
    expect(new LinkedIncreases(flows).chunksFor(50_000, 50_000, 100, 0)).toBeCloseTo(1 / 4, 9);
  });

  it("MUST: loses no increase that is too small for a byte", () => {
    const all: LinkedFlow[] = [];
    const controller = new LinkedCubicController(PMDCS, { all });
    controller.cwndBytes = 10_000_000;
    controller.ssthreshBytes = 5_000_000;
    all.push(
      { congestion: controller, rto: { srttMs: 100 }, flight: { flightBytes: 1 } },
      flowOf(10_000_000, 100),
    );
    for (let i = 0; i < 10_000; i++) controller.onAck(ackOf({ nowMs: i }));
    expect(controller.cwndBytes - 10_000_000).toBeGreaterThan(0.2 * PMDCS);
    expect(controller.cwndBytes - 10_000_000).toBeLessThan(0.3 * PMDCS);
  });

  it.each([
    ["RFC 9260's", linkedRfc9260, Rfc9260Controller],
    ["CUBIC's", linkedCubic, CubicController],
  ] as const)("MUST: leaves slow start as it is on one path, by %s rules", (_, linkedOf, Single) => {
    const linked = linkedOf(PMDCS, { all: [flowOf(50_000, 100), flowOf(50_000, 100)] });
    const single = new Single(PMDCS, 4);
    for (let i = 0; i < 20; i++) {
      for (const controller of [linked, single]) controller.onAck(ackOf({ nowMs: i }));
      expect(linked.cwndBytes).toBe(single.cwndBytes);
    }
    expect(linked.cwndBytes).toBeGreaterThan(20_000);
  });

  it.each([
    ["RFC 9260's", linkedRfc9260],
    ["CUBIC's", linkedCubic],
  ] as const)(
    "MUST: reduces a window to half, as on one path in standard TCP, by %s rules",
    (_, linkedOf) => {
      const loss = {
        nowMs: 0,
        lostBytes: 1_000,
        flightBytesBefore: 50_000,
        flightBytes: 49_000,
        srttMs: 100,
      };
      const reduced = (reduce: (controller: CongestionController) => void): number => {
        const controller = linkedOf(PMDCS, { all: [flowOf(50_000, 100), flowOf(50_000, 100)] });
        controller.cwndBytes = 50_000;
        reduce(controller);
        expect(controller.ssthreshBytes).toBe(25_000);
        return controller.cwndBytes;
      };
      const afterRecovery = reduced((controller) => {
        controller.onFastRetransmit(loss);
        controller.onFastRecoveryEnd?.();
      });
      expect(afterRecovery).toBe(25_000);
      expect(reduced((controller) => controller.onTimeout(loss))).toBe(PMDCS);
    },
  );

  it("MUST: grows RFC 9260's window by that in congestion avoidance, and CUBIC's as well", () => {
    const grown = (
      make: (flows: {
        all: LinkedFlow[];
      }) => CongestionController & { cwndBytes: number; ssthreshBytes: number },
    ): number => {
      const all: LinkedFlow[] = [];
      const controller = make({ all });
      controller.cwndBytes = 50_000;
      controller.ssthreshBytes = 20_000;
      all.push({ congestion: controller, rto: { srttMs: 100 }, flight: { flightBytes: 1 } });
      all.push({ congestion: controller, rto: { srttMs: 100 }, flight: { flightBytes: 1 } });
      for (let i = 0; i < 50 * 40; i++) controller.onAck(ackOf({ nowMs: 2 * i }));
      return (controller.cwndBytes - 50_000) / PMDCS;
    };
    // Some forty windows are acknowledged, a quarter of a chunk for each.
    const reno = grown((flows) => new LinkedRfc9260Controller(PMDCS, 4, flows));
    expect(reno).toBeGreaterThanOrEqual(8);
    expect(reno).toBeLessThanOrEqual(10);
    const cubic = grown((flows) => new LinkedCubicController(PMDCS, flows));
    expect(cubic / reno).toBeGreaterThan(0.9);
    expect(cubic / reno).toBeLessThan(1.25);
  });

  it("MUST NOT: grows a window that is not used", () => {
    const all: LinkedFlow[] = [];
    const controller = new LinkedRfc9260Controller(PMDCS, 4, { all });
    controller.ssthreshBytes = 1_000;
    all.push({ congestion: controller, rto: { srttMs: 100 }, flight: { flightBytes: 1 } });
    const before = controller.cwndBytes;
    for (let i = 0; i < 100; i++) controller.onAck(ackOf({ nowMs: i, windowFilled: false }));
    expect(controller.cwndBytes).toBe(before);
  });

  it("SHOULD: counts ssthresh for a path that recovers from a loss, and no path that nothing is in flight on", () => {
    const recovering = flowOf(80_000, 100, { ssthreshBytes: 50_000, isReducing: true });
    const own = flowOf(50_000, 100);
    const chunksBeside = (other: LinkedFlow): number =>
      new LinkedIncreases({ all: [own, other] }).chunksFor(50_000, 50_000, 100, 0);
    expect(chunksBeside(recovering)).toBeCloseTo(1 / 4, 9);
    expect(chunksBeside({ ...flowOf(50_000, 100), flight: { flightBytes: 0 } })).toBeCloseTo(1, 9);
    expect(chunksBeside(flowOf(50_000, Number.NaN))).toBeCloseTo(1, 9);
  });

  it.each([
    ["RFC 9260's", linkedRfc9260, Rfc9260Controller],
    ["CUBIC's", linkedCubic, CubicController],
  ] as const)(
    "SHOULD: two paths take no more of a bottleneck that they share than 1.2 times what one flow has, by %s rules",
    (_, linkedOf, Single) => {
      const random = new SeededRandom(1);
      const link = new SharedBottleneck(20, 40, 1, 1_448, () => random.uint32() / 2 ** 32);
      const all: LinkedFlow[] = [];
      const [first, second] = [1, 2].map(() => new Flow(linkedOf(1_448, { all })));
      const other = new Flow(new Single(1_448, 4));
      for (const flow of [first!, second!])
        all.push({
          congestion: flow.controller,
          flight: flow,
          rto: {
            get srttMs() {
              return flow.srttMs;
            },
          },
        });
      const flows = [first!, second!, other];
      for (const flow of flows) link.load(flow);
      link.run(30_000);
      const before = flows.map(({ deliveredBytes }) => deliveredBytes);
      link.run(330_000);
      const [a, b, c] = flows.map(({ deliveredBytes }, at) => deliveredBytes - before[at]!);
      expect((a! + b!) / c!).toBeLessThan(1.2);
      expect((a! + b!) / c!).toBeGreaterThan(0.3);
    },
  );
});

describe("RFC 6356 4.1 Computing alpha in Practice", () => {
  it("MAY: computes alpha once in a round trip, and after a reduction", () => {
    const all = [flowOf(50_000, 100)];
    const increases = new LinkedIncreases({ all });
    expect(increases.chunksFor(50_000, 50_000, 100, 0)).toBeCloseTo(1, 9);
    all.push(flowOf(50_000, 100));
    expect(increases.chunksFor(50_000, 50_000, 100, 99)).toBeCloseTo(1, 9);
    expect(increases.chunksFor(50_000, 50_000, 100, 100)).toBeCloseTo(1 / 4, 9);
    all.pop();
    increases.onReduction();
    expect(increases.chunksFor(50_000, 50_000, 100, 101)).toBeCloseTo(1, 9);
  });
});
