/** What HyStart++ does beyond RFC 9406: the rate at which a round's packets are acknowledged tells how much the path holds. */
import { describe, expect, it } from "vitest";
import type { AckEvent } from "../../../src/base/congestion-control.ts";
import { CubicController } from "../../../src/congestion/cubic.ts";
import { HystartPlusPlus } from "../../../src/congestion/hystart-plus-plus.ts";
import { LinkedCubicController } from "../../../src/congestion/linked-controllers.ts";
import { Flow, SharedBottleneck } from "../../inside/shared-bottleneck.ts";

const PACKET_BYTES = 1_000;

/** Rounds of packets, each acknowledged by itself. */
class Rounds {
  readonly hystart: HystartPlusPlus = new HystartPlusPlus(true);
  windowFilled = true;
  nowMs = 0;
  #acked = 0;
  #roundStart = 0;

  /**
   * So many packets are acknowledged, one each so many ms, or so many ms after the one before.
   * @param cwnd what the window holds meanwhile, in packets
   * @returns whether the window is to grow slowly now
   */
  round(
    packets: number,
    everyMs: number | ((at: number) => number),
    cwnd: number,
    rttMs: number = 100,
  ): boolean {
    const deliveredBytes = (): number => this.#acked - this.#roundStart;
    for (let i = 0; i < packets; i++) {
      if (i > 0) this.nowMs += typeof everyMs === "number" ? everyMs : everyMs(i);
      this.#acked += PACKET_BYTES;
      const isFirst = i === 0;
      this.hystart.onAck(
        {
          nowMs: this.nowMs,
          windowFilled: this.windowFilled,
          ackedBytes: PACKET_BYTES,
          deliveredBytes: isFirst ? deliveredBytes() : Number.MAX_SAFE_INTEGER,
          intervalMs: rttMs,
        } as AckEvent,
        cwnd * PACKET_BYTES,
      );
      if (isFirst) this.#roundStart = this.#acked;
    }
    this.nowMs += 50;
    return this.hystart.growthDivisor > 1;
  }
}

/** One round has gone by. */
function measured(rttMs: number = 100): Rounds {
  const rounds = new Rounds();
  expect(rounds.round(20, 0, 20, rttMs)).toBe(false);
  return rounds;
}

describe("the first slow start becomes conservative", () => {
  it("once the window holds what comes in the least round trip and an eighth of it, at the rate of the round", () => {
    // A packet a ms: 112.5 of them.
    expect(measured().round(60, 1, 112)).toBe(false);
    expect(measured().round(60, 1, 113)).toBe(true);
    expect(measured().round(60, 2, 57)).toBe(true);
  });

  it("not by the rate of less than a third of the window, or of less than 4 ms", () => {
    expect(measured().round(40, 1, 120)).toBe(false); // 39 after the first one.
    expect(measured().round(42, 1, 120)).toBe(true);
    expect(measured(1).round(20, 0.2, 40, 1)).toBe(false); // 3.8 ms
    expect(measured(1).round(22, 0.2, 40, 1)).toBe(true);
  });

  it("not where it is not full: the user sends no more, or the peer has no room", () => {
    const rounds = measured();
    rounds.windowFilled = false;
    expect(rounds.round(60, 1, 120)).toBe(false);
  });

  it("not by a round in the midst of which nothing was acknowledged for a sixteenth of a round trip", () => {
    const paused = (ms: number): boolean => {
      const rounds = measured();
      return rounds.round(60, (i) => (i === 30 ? ms : 1), 130);
    };
    expect(paused(6)).toBe(true);
    expect(paused(7)).toBe(false);
  });

  it("until a round has gone by whose rate does not tell so", () => {
    const rounds = measured();
    expect(rounds.round(60, 1, 113)).toBe(true);
    expect(rounds.round(60, 1, 113)).toBe(true);
    expect(rounds.round(60, 0.5, 113)).toBe(true);
    expect(rounds.round(20, 0, 113)).toBe(false);
  });

  it("and congestion avoidance follows as soon as round trips are longer as well", () => {
    const rounds = measured();
    rounds.round(60, 1, 113);
    rounds.round(60, 1, 120, 112);
    expect(rounds.hystart.isOver).toBe(false);
    rounds.round(60, 1, 130, 112.5);
    expect(rounds.hystart.isOver).toBe(true);
  });

  it("but not where longer round trips were the first sign: five rounds follow", () => {
    const rounds = measured();
    expect(rounds.round(20, 0, 20, 130)).toBe(true);
    rounds.round(60, 1, 150, 130);
    expect(rounds.hystart.isOver).toBe(false);
  });

  it("but not where they are, and the window holds no more than comes", () => {
    const rounds = measured();
    rounds.round(60, 1, 113);
    rounds.round(60, 0.5, 130, 150);
    expect(rounds.hystart.isOver).toBe(false);
  });

  it("and stays so where round trips are as short as ever", () => {
    const rounds = measured();
    rounds.round(60, 1, 113);
    expect(rounds.round(60, 0.1, 113, 99)).toBe(true);
  });
});

it("goes by round trips alone where windows grow together, for those would be half of what the path holds after a loss", () => {
  const ssthresh = [new CubicController(1_500), new LinkedCubicController(1_500, { all: [] })].map(
    (controller) => {
      const link = new SharedBottleneck(100, 100, 4, 1_500);
      link.load(new Flow(controller));
      link.run(1_200);
      return controller.ssthreshBytes;
    },
  );
  expect(ssthresh[0]).toBeLessThan(ssthresh[1] ?? 0);
});

it.each([
  [100, 20, 1],
  [100, 100, 1],
  [100, 200, 1],
  [100, 200, 2],
  [1_000, 50, 2],
])(
  "the first slow start on %i Mbit/s and %i ms overflows no queue of %d products, and fills the link",
  (megabits, roundTripMs, products) => {
    const link = new SharedBottleneck(megabits, roundTripMs, products, 1_500);
    const flow = new Flow(new CubicController(1_500));
    link.load(flow);
    const startMs = 16 * roundTripMs;
    link.run(startMs);
    const before = flow.deliveredBytes;
    link.run(startMs + 2_000);
    const rate = (flow.deliveredBytes - before) / 2_000 / (megabits * 125);
    expect(rate).toBeGreaterThan(0.98);
    expect(link.droppedByQueue).toBeLessThan(0.01 * (flow.deliveredBytes / 1_500));
  },
);
