/** HyStart++ (RFC 9406), in the first slow start of CUBIC. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CubicController } from "../../src/congestion/cubic.ts";
import { Rfc9260Controller } from "../../src/congestion/rfc9260.ts";
import { Flow, SharedBottleneck } from "../inside/shared-bottleneck.ts";
import { HystartModel } from "./congestion-models.ts";
import { Lab, PEER_ADDRESS } from "./lab.ts";

const PMDCS = 1_000;
const HIGH = 0xffff_ffff;

/**
 * A sender that fills its window, with round trips as they are told; beside it the model. No time passes: what comes in a moment has no
 * rate, which is no sign of RFC 9406's.
 */
class Sender {
  readonly cubic: CubicController = new CubicController(PMDCS);
  readonly model: HystartModel = new HystartModel(0);
  modelCwnd: number = this.cubic.cwndBytes;
  #acked = 0;
  #sent = 0;
  /** Of each segment under way: what had been delivered when it was sent. */
  readonly #deliveredBefore: number[] = [];

  constructor() {
    this.#fill();
  }

  get cwnd(): number {
    return this.cubic.cwndBytes;
  }

  /** A SACK for so many segments, the last of which took so long; NaN: it was sent twice. */
  ack(segments: number, rttMs: number): void {
    const count = Math.min(segments, this.#deliveredBefore.length);
    const [deliveredBefore = 0] = this.#deliveredBefore.splice(0, count).slice(-1);
    this.#acked += count * PMDCS;
    const isSample = !Number.isNaN(rttMs);
    this.cubic.onAck({
      nowMs: 0,
      ackedBytes: count * PMDCS,
      flightBytesBefore: this.cwnd,
      flightBytes: this.#sent - this.#acked,
      windowFilled: true,
      inFastRecovery: false,
      lostBytes: 0,
      cumulativeAckAdvanced: true,
      rttMs: Number.NaN,
      srttMs: rttMs,
      deliveredBytes: isSample ? this.#acked - deliveredBefore : 0,
      intervalMs: rttMs,
    });
    if (isSample) this.modelCwnd += this.model.ack(count * PMDCS, PMDCS, this.#acked, this.#sent, rttMs);
    this.#fill();
  }

  /** All that is under way now, a segment at a time. */
  round(rttMs: number): void {
    for (let left = this.#deliveredBefore.length; left > 0; left--) this.ack(1, rttMs);
  }

  #fill(): void {
    while (this.#sent - this.#acked < this.cwnd) {
      this.#sent += PMDCS;
      this.#deliveredBefore.push(this.#acked);
    }
  }
}

/** With a window of sixteen segments or more, each round trip of 100 ms so far. */
function growing(): Sender {
  const sender = new Sender();
  for (let i = 0; i < 3; i++) sender.round(100);
  return sender;
}

/** By how much a whole round multiplies the window. */
function factor(sender: Sender, rttMs: number): number {
  const before = sender.cwnd;
  sender.round(rttMs);
  return sender.cwnd / before;
}

describe("RFC 9406 4.2 Algorithm Details", () => {
  it("MUST: follows the pseudocode, rounds by sequence numbers and all, whatever the round trips are", () => {
    const jitter = fc.integer({ min: 0, max: 60 }).map((tenths) => tenths / 10);
    const round = fc.record({
      base: fc.constantFrom(40, 40, 40, 46, 52, 90),
      jitters: fc.array(jitter, { minLength: 1, maxLength: 12 }),
      each: fc.integer({ min: 1, max: 12 }),
    });
    const phases = new Set<string>();
    fc.assert(
      fc.property(fc.array(round, { minLength: 4, maxLength: 14, size: "max" }), (rounds) => {
        const sender = new Sender();
        const [ours, theirs]: [number[], number[]] = [[], []];
        for (const { base, jitters, each } of rounds) {
          const acks = Math.min(100, sender.cwnd / PMDCS / each);
          for (let i = 0; i < acks; i++) sender.ack(each, base + (jitters[i % jitters.length] ?? 0));
          phases.add(sender.model.phase);
          if (sender.model.phase === "congestion avoidance") {
            expect(sender.cubic.ssthreshBytes).toBeLessThan(HIGH);
            break;
          }
          ours.push(sender.cwnd, sender.cubic.ssthreshBytes);
          theirs.push(sender.modelCwnd, HIGH);
        }
        expect(ours).toEqual(theirs);
      }),
      { seed: 9_406, numRuns: 80 },
    );
    expect([...phases].sort()).toEqual(["CSS", "congestion avoidance", "slow start"]);
  });

  it("MUST: grows by what was acknowledged, by eight full chunks at most per SACK", () => {
    const sender = growing();
    const before = sender.cwnd;
    sender.ack(6, 100);
    expect(sender.cwnd - before).toBe(6 * PMDCS);
    sender.ack(12, 100);
    expect(sender.cwnd - before).toBe(14 * PMDCS);
  });

  it("MUST: grows by a quarter of that once the least round trip of a round is longer by an eighth", () => {
    const steady = growing();
    expect(factor(steady, 112)).toBe(2);
    expect(factor(steady, 112)).toBe(2);
    const queued = growing();
    queued.round(112.5);
    expect(factor(queued, 112.5)).toBe(1.25);
    expect(queued.cubic.ssthreshBytes).toBe(HIGH);
  });

  it("MUST: takes 4 ms for the least increase that tells, and 16 ms for the largest that is needed", () => {
    const growthAfter = (base: number, next: number): number => {
      const sender = new Sender();
      for (let i = 0; i < 3; i++) sender.round(base);
      sender.round(next);
      return factor(sender, next);
    };
    expect(growthAfter(8, 11.9)).toBe(2);
    expect(growthAfter(8, 12)).toBe(1.25);
    expect(growthAfter(1_000, 1_015.9)).toBe(2);
    expect(growthAfter(1_000, 1_016)).toBe(1.25);
  });

  it("MUST: needs eight round trips in the round, and those of what was sent twice are none", () => {
    const sender = growing();
    for (let i = 0; i < 7; i++) sender.ack(1, 200);
    for (let i = 0; i < 20; i++) sender.ack(1, Number.NaN);
    const before = sender.cwnd;
    sender.ack(1, 200);
    expect(sender.cwnd - before).toBe(PMDCS); // The eighth: it tells from the next one on.
    sender.ack(1, 200);
    expect(sender.cwnd - before).toBe(1.25 * PMDCS);
  });

  it("MUST: one short round trip of the round is enough to go on as before", () => {
    const sender = growing();
    sender.ack(1, 100);
    sender.round(200);
    expect(sender.model.phase).toBe("slow start");
    expect(factor(sender, 100)).toBe(2);
  });

  it("MUST: compares with the round before, not with the shortest round trip ever", () => {
    const sender = growing();
    for (const rttMs of [110, 120, 130]) expect(factor(sender, rttMs)).toBe(2);
  });

  it("MUST: goes back to slow start when round trips are shorter again than where CSS began", () => {
    const sender = growing();
    sender.round(130);
    expect(factor(sender, 130)).toBe(1.25);
    expect(factor(sender, 129)).toBeGreaterThan(1.25); // All but the first eight SACKs of the round.
    expect(factor(sender, 129)).toBeGreaterThan(1.99);
    expect(sender.cubic.ssthreshBytes).toBe(HIGH);
  });

  it("MUST: ends in congestion avoidance after five rounds of CSS, the one in which it began counted, with ssthresh at cwnd", () => {
    const sender = growing();
    sender.round(130);
    for (let i = 0; i < 4; i++) {
      expect(sender.cubic.ssthreshBytes).toBe(HIGH);
      sender.round(130);
    }
    expect(sender.model.cssRounds).toBe(4);
    const before = sender.cwnd;
    sender.ack(1, 130);
    expect(sender.model.phase).toBe("congestion avoidance");
    expect(sender.cubic.ssthreshBytes).toBe(sender.cwnd);
    expect(sender.cwnd - before).toBeLessThanOrEqual(PMDCS / 4);
  });

  it("MUST: a loss ends it in either phase", () => {
    for (const rttMs of [100, 130]) {
      const sender = growing();
      sender.round(rttMs);
      const before = sender.cwnd;
      const flight = { flightBytesBefore: before, flightBytes: before - 2 * PMDCS };
      sender.cubic.onFastRetransmit({ nowMs: 0, srttMs: rttMs, lostBytes: PMDCS, ...flight });
      expect(sender.cubic.ssthreshBytes).toBe(Math.floor(0.7 * before));
    }
  });

  it("MUST: takes a round trip from every SACK of the association, where RTO takes one in a round trip", () => {
    const link = new Lab().accepted({
      congestionControl: "cubic",
      heartbeatIntervalMs: 0,
      maxBurst: 1_000,
    });
    link.send(500 * 1_172);
    let acked = -1;
    const round = (rttMs: number): number => {
      const before = link.association.path(PEER_ADDRESS).cwndBytes;
      const chunks = link.association.status().unackedChunks;
      link.lab.run(rttMs);
      for (let i = 0; i < chunks; i++) link.receive([link.sack(++acked)]);
      return link.association.path(PEER_ADDRESS).cwndBytes / before;
    };
    for (let i = 0; i < 2; i++) expect(round(100)).toBeGreaterThan(1.9);
    expect(round(140)).toBeLessThan(1.8);
    expect(round(140)).toBeLessThan(1.3);
    expect(round(140)).toBeGreaterThan(1.2);
  });
});

describe("RFC 9406 4.3 Tuning Constants and Other Considerations", () => {
  it("SHOULD: loses a third of what plain slow start loses, where the queue holds four products", () => {
    for (const [megabits, roundTripMs] of [
      [10, 20],
      [100, 20],
      [50, 100],
    ] as const) {
      const dropped = [new CubicController(1_500), new Rfc9260Controller(1_500, 4)].map((controller) => {
        const link = new SharedBottleneck(megabits, roundTripMs, 4, 1_500);
        const flow = new Flow(controller);
        link.load(flow);
        link.run(5_000, () => flow.inFastRecovery);
        link.run(link.nowMs + 1_000);
        return link.droppedByQueue;
      });
      expect(dropped[0]).toBeLessThan((dropped[1] ?? 0) / 3);
    }
  });

  it("SHOULD: leaves slow start before a long queue overflows", () => {
    const link = new SharedBottleneck(50, 60, 10, 1_500);
    const cubic = new CubicController(1_500);
    const flow = new Flow(cubic);
    link.load(flow);
    expect(link.run(10_000, () => cubic.ssthreshBytes < HIGH)).toBe(true);
    expect(link.droppedByQueue).toBe(0);
    // Five rounds by a quarter each from where the queue was first seen.
    expect(link.longestQueueMs).toBeLessThan(9 * 60);
  });

  it("SHOULD: is used in the first slow start alone", () => {
    const sender = growing();
    sender.cubic.onTimeout();
    sender.cubic.onIdle(1);
    let before = sender.cwnd;
    for (let i = 0; i < 30 && sender.cwnd < sender.cubic.ssthreshBytes; i++) {
      before = sender.cwnd;
      sender.ack(1, 100 * (i + 1));
      expect(sender.cwnd - before).toBe(PMDCS);
    }
    expect(before).toBeGreaterThan(8 * PMDCS);
  });

  it("MAY: after a pause in the first slow start, or on another route, its rounds begin anew", () => {
    for (const happens of ["onIdle", "reset"] as const) {
      const sender = growing();
      sender.round(130);
      expect(factor(sender, 130)).toBe(1.25);
      if (happens === "onIdle") sender.cubic.onIdle(10);
      else sender.cubic.reset();
      const before = sender.cwnd;
      sender.ack(1, 130);
      expect(sender.cwnd - before).toBe(PMDCS);
    }
  });
});
