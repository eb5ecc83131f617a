/** CUBIC (RFC 9438): the option `congestionControl: "cubic"`. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AckEvent } from "../../src/base/congestion-control.ts";
import { CubicController } from "../../src/congestion/cubic.ts";
import { Rfc9260Controller } from "../../src/congestion/rfc9260.ts";
import { Flow, SharedBottleneck } from "../inside/shared-bottleneck.ts";
import { CubicModel } from "./congestion-models.ts";
import {
  BY_RFC_9260_7_2,
  FULL_PAYLOAD,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "./lab.ts";

/** Of the controllers that are driven by hand: a segment, that is. */
const PMDCS = 1_000;
/** Of the stack's, by default. */
const STACK_PMDCS = 1_188;
const OPTIONS = {
  ...BY_RFC_9260_7_2,
  congestionControl: "cubic",
  heartbeatIntervalMs: 0,
  maxBurst: 1_000,
} as const;

/** A controller beyond its first slow start, driven in segments and seconds. */
class Driver {
  readonly cubic: CubicController = new CubicController(PMDCS);
  seconds = 0;
  rtt = 0.1;

  /** In congestion avoidance, by one loss, at a window of at least 0.7 of so many segments. */
  static after(lossAt: number): Driver {
    const driver = new Driver();
    driver.cubic.cwndBytes = Math.min(driver.cubic.cwndBytes, lossAt * PMDCS);
    while (driver.cubic.cwndBytes < lossAt * PMDCS)
      driver.ack(Math.min(8, lossAt - driver.cubic.cwndBytes / PMDCS));
    driver.lose();
    return driver;
  }

  get cwnd(): number {
    return this.cubic.cwndBytes / PMDCS;
  }

  get ssthresh(): number {
    return this.cubic.ssthreshBytes / PMDCS;
  }

  ack(segments: number, { after = 0, used = true, inFastRecovery = false } = {}): void {
    this.seconds += after;
    const event: AckEvent = {
      nowMs: this.seconds * 1_000,
      ackedBytes: segments * PMDCS,
      flightBytesBefore: this.cubic.cwndBytes,
      flightBytes: this.cubic.cwndBytes - segments * PMDCS,
      windowFilled: used,
      inFastRecovery,
      lostBytes: 0,
      cumulativeAckAdvanced: true,
      rttMs: Number.NaN,
      srttMs: this.rtt * 1_000,
      deliveredBytes: 0,
      intervalMs: Number.NaN,
    };
    this.cubic.onAck(event);
  }

  /** A loss, and the recovery from it. */
  lose(): void {
    const flightBytesBefore = this.cubic.cwndBytes;
    const flight = { flightBytesBefore, flightBytes: flightBytesBefore - 2 * PMDCS };
    this.cubic.onFastRetransmit({
      nowMs: this.seconds * 1_000,
      lostBytes: PMDCS,
      srttMs: this.rtt * 1_000,
      ...flight,
    });
    this.cubic.onFastRecoveryEnd();
  }

  /** Round trips in which the window is used, two segments at a SACK. */
  rounds(seconds: number): void {
    const end = this.seconds + seconds;
    while (this.seconds < end - 1e-9) this.ack(2, { after: (2 * this.rtt) / this.cwnd });
  }
}

/** K of Figure 2. */
const secondsToReturn = (wMax: number, cwnd: number): number => Math.cbrt((wMax - cwnd) / 0.4);

function path(link: Link, address: string = PEER_ADDRESS) {
  return link.association.path(address);
}

/** Three reports that the chunk after `acked` is missing. */
function reportMissing(link: Link, acked: number): ReturnType<Link["receive"]> {
  for (const end of [2, 3]) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
  return link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end: 4 }] })]);
}

/** An association of the stack in its first slow start, with a window of at least so many chunks and more to send. */
function grownTo(chunks: number): { readonly link: Link; readonly acked: number } {
  const link = new Lab().accepted(OPTIONS);
  link.send(400 * FULL_PAYLOAD);
  let acked = -1;
  while (path(link).cwndBytes < chunks * STACK_PMDCS) link.receive([link.sack(++acked)]);
  return { link, acked };
}

describe("RFC 9438 4.2 Window Increase Function", () => {
  it("MUST: follows the formulas, in bytes, whatever comes in which order", () => {
    const segments = fc.integer({ min: 20, max: 12_000 }).map((bytes) => bytes / PMDCS);
    const after = fc.integer({ min: 0, max: 400 }).map((ms) => ms / 1_000);
    const ack = fc.record({ kind: fc.constant("ack" as const), segments, after, used: fc.boolean() });
    const used = ack.map((step) => ({ ...step, used: true }));
    const pause = fc.record({
      kind: fc.constant("pause" as const),
      after,
      rtos: fc.integer({ min: 0, max: 3 }),
    });
    const other = fc.record({ kind: fc.constantFrom("loss" as const, "timeout" as const) });
    const step = fc.oneof(
      { weight: 150, arbitrary: used },
      { weight: 10, arbitrary: ack },
      { weight: 1, arbitrary: pause },
      { weight: 1, arbitrary: other },
    );
    const start = fc.oneof(fc.integer({ min: 4, max: 60 }), fc.integer({ min: 60, max: 2_000 }));
    const rtt = fc.integer({ min: 1, max: 600 }).map((ms) => ms / 1_000);
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        start,
        rtt,
        fc.array(step, { minLength: 1, maxLength: 600, size: "max" }),
        (cwnd, seconds, steps) => {
          const driver = Driver.after(cwnd);
          const model = new CubicModel(cwnd);
          model.lose();
          driver.rtt = seconds;
          let worst = 0;
          for (const now of steps) {
            if (now.kind === "ack") {
              driver.ack(now.segments, now);
              model.ack(now.segments, driver.seconds, seconds, now.used);
              seen.add(model.region);
            } else if (now.kind === "pause") {
              driver.seconds += now.after;
              driver.cubic.onIdle(now.rtos);
              driver.cubic.onSent(PMDCS, PMDCS, driver.seconds * 1_000);
              model.idle(now.rtos);
              model.resume(driver.seconds);
            } else if (now.kind === "loss") {
              driver.lose();
              model.lose();
            } else {
              driver.cubic.onTimeout();
              model.timeOut();
            }
            const difference = Math.abs(driver.cwnd - model.cwnd);
            worst = Math.max(worst, difference, Math.abs(driver.ssthresh - model.ssthresh));
          }
          expect(worst).toBeLessThan(0.05);
        },
      ),
      { seed: 9_438, numRuns: 60 },
    );
    expect([...seen].sort()).toEqual(["Reno-friendly", "concave", "convex", "slow start"]);
  });

  it("MUST NOT: counts time in which the application did not use the window", () => {
    const [busy, resting] = [Driver.after(1_000), Driver.after(1_000)];
    for (const driver of [busy, resting]) driver.rounds(3);
    for (let i = 0; i < 50; i++) resting.ack(1, { after: 1, used: false });
    expect(resting.cwnd).toBe(busy.cwnd);
    for (const driver of [busy, resting]) driver.rounds(3);
    expect(Math.abs(resting.cwnd - busy.cwnd)).toBeLessThan(0.01);
  });

  it("MUST NOT: counts a pause in which nothing was in flight", () => {
    const [busy, resting] = [Driver.after(1_000), Driver.after(1_000)];
    for (const driver of [busy, resting]) driver.rounds(3);
    resting.seconds += 50;
    resting.cubic.onSent(PMDCS, PMDCS, resting.seconds * 1_000);
    resting.cubic.onSent(PMDCS, 2 * PMDCS, resting.seconds * 1_000 + 1);
    for (const driver of [busy, resting]) driver.rounds(3);
    expect(Math.abs(resting.cwnd - busy.cwnd)).toBeLessThan(0.01);
  });

  it("MUST: grows by half of the window in a round trip at most, however far the curve is ahead", () => {
    const driver = Driver.after(20);
    driver.rounds(1);
    driver.seconds += 60; // A receiver that acknowledged nothing for a minute, and takes all at once.
    const before = driver.cwnd;
    driver.ack(before);
    expect(driver.cwnd).toBeGreaterThan(1.49 * before);
    expect(driver.cwnd).toBeLessThanOrEqual(1.5 * before);
  });

  it("MUST: grows by acknowledged bytes, not by the number of SACKs", () => {
    const [few, many] = [Driver.after(500), Driver.after(500)];
    for (let i = 0; i < 100; i++) {
      few.ack(4, { after: 0.01 });
      for (let part = 0; part < 16; part++) many.ack(0.25, { after: 0.01 / 16 });
    }
    expect(Math.abs(few.cwnd - many.cwnd)).toBeLessThan(0.3);
  });

  it("MUST: grows on acknowledgements alone: in silence the window stands", () => {
    const driver = Driver.after(100);
    driver.rounds(2);
    const before = driver.cwnd;
    driver.cubic.onSent(PMDCS, before * PMDCS, driver.seconds * 1_000 + 60_000);
    expect(driver.cwnd).toBe(before);
  });
});

describe("RFC 9438 4.3 Reno-Friendly Region", () => {
  it("SHOULD: takes Reno's window where the curve is below it: alpha segments in a round trip", () => {
    const driver = Driver.after(20); // K is 2.5 s, in which Reno has made 25 round trips of 0.1 s.
    driver.rtt = 0.01;
    driver.ack(1); // The end of slow start.
    const before = driver.cwnd;
    driver.rounds(0.05);
    expect(driver.cwnd - before).toBeGreaterThan(5 * 0.5);
    expect(driver.cwnd - before).toBeLessThan(5 * 0.56);
  });

  it("SHOULD: grows like Reno, by a segment in a round trip, from the window of the last loss on", () => {
    const driver = Driver.after(20);
    driver.rtt = 0.002;
    while (driver.cwnd < 20) driver.ack(2, { after: 0.000_2 });
    const before = driver.cwnd;
    driver.rounds(0.01);
    expect(driver.cwnd - before).toBeGreaterThan(4.5);
    expect(driver.cwnd - before).toBeLessThan(5.1);
  });

  it("SHOULD: sends no less than RFC 9260 over short round trips, from one loss until that one's window is back", () => {
    const driver = Driver.after(30);
    const reno = new Rfc9260Controller(PMDCS, 4);
    reno.cwndBytes = 30 * PMDCS;
    reno.onFastRetransmit();
    driver.rtt = 0.005;
    let [ours, theirs] = [0, 0];
    while (reno.cwndBytes < 30 * PMDCS) {
      driver.ack(1, { after: driver.rtt / driver.cwnd });
      ours += driver.cubic.cwndBytes;
      reno.onAck({ ackedBytes: PMDCS, windowFilled: true, flightBytes: 1 } as AckEvent);
      theirs += reno.cwndBytes;
    }
    expect(ours / theirs).toBeGreaterThan(1);
    expect(ours / theirs).toBeLessThan(1.2);
  });
});

describe("RFC 9438 4.2 Window Increase Function, in the Reno-friendly region", () => {
  it("MUST NOT: takes back what the curve has given, where Reno's window comes between the curve and cwnd", () => {
    const driver = Driver.after(40);
    driver.rtt = 0.6;
    driver.cubic.onTimeout();
    while (driver.cwnd <= driver.ssthresh) driver.ack(1);
    driver.ack(1);
    driver.ack(driver.cwnd, { after: 2 }); // Far ahead by one SACK, on the way to where the curve will be.
    const given = driver.cwnd;
    expect(given).toBeGreaterThan(25);
    for (let i = 0; i < 10; i++) {
      driver.ack(given);
      expect(driver.cwnd).toBeGreaterThanOrEqual(given);
    }
  });
});

describe("RFC 9438 4.4 Concave Region", () => {
  it("MUST: is back at the window of the loss after K seconds, fast at first and ever more slowly", () => {
    const driver = Driver.after(1_000);
    const k = secondsToReturn(1_000, 700);
    const steps = [driver.cwnd];
    for (let i = 0; i < 3; i++) {
      driver.rounds(k / 3);
      steps.push(driver.cwnd);
    }
    const [a = 0, b = 0, c = 0, d = 0] = steps;
    expect(b - a).toBeGreaterThan(2 * (c - b));
    expect(c - b).toBeGreaterThan(2 * (d - c));
    expect(d).toBeGreaterThan(999);
    expect(d).toBeLessThan(1_001);
  });
});

describe("RFC 9438 4.5 Convex Region", () => {
  it("MUST: probes beyond it ever faster, by the same curve", () => {
    const driver = Driver.after(1_000);
    driver.rounds(secondsToReturn(1_000, 700));
    const steps = [driver.cwnd];
    for (let i = 1; i <= 3; i++) {
      driver.rounds(2);
      steps.push(driver.cwnd);
    }
    // C * t^3 after 2, 4 and 6 s, a round trip ahead.
    expect(steps.map((cwnd) => Math.round(cwnd / 10) * 10)).toEqual([1_000, 1_000, 1_030, 1_090]);
  });

  it("MUST: over 100 Mbit/s and 100 ms the window is back in seconds, where RFC 9260 needs most of a minute", () => {
    const secondsUntilBack = (controller: CubicController | Rfc9260Controller): number => {
      const link = new SharedBottleneck(100, 100, 2, 1_500);
      controller.cwndBytes = link.productBytes;
      controller.ssthreshBytes = link.productBytes;
      const flow = new Flow(controller);
      link.load(flow);
      link.run(1_000);
      const before = controller.cwndBytes;
      flow.losesNext = true;
      link.run(2_000, () => flow.inFastRecovery);
      const lostAtMs = link.nowMs;
      expect(link.run(2_000, () => !flow.inFastRecovery)).toBe(true);
      expect(controller.cwndBytes).toBeLessThan(0.75 * before);
      expect(link.run(120_000, () => controller.cwndBytes >= before)).toBe(true);
      return (link.nowMs - lostAtMs) / 1_000;
    };
    const k = secondsToReturn(833, 583);
    const ours = secondsUntilBack(new CubicController(1_500));
    expect(ours).toBeGreaterThan(k - 2);
    expect(ours).toBeLessThan(k + 1);
    expect(secondsUntilBack(new Rfc9260Controller(1_500, 4))).toBeGreaterThan(40);
  });
});

describe("RFC 9438 4.6 Multiplicative Decrease", () => {
  it("MUST: ssthresh falls to 0.7 of the window as soon as a loss is known, and the window with it, once per recovery", () => {
    const { link, acked } = grownTo(40);
    for (const end of [2, 3]) link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end }] })]);
    const before = path(link).cwndBytes;
    link.receive([link.sack(acked, { gapBlocks: [{ start: 2, end: 4 }] })]);
    // The acknowledgement counts before the reduction that it causes.
    const expected = Math.floor(0.7 * (before + STACK_PMDCS));
    expect(path(link).ssthreshBytes).toBe(expected);
    expect(path(link).cwndBytes).toBeLessThan(before);
    const outstanding = link.association.status().unackedChunks;
    const again = [
      { start: 2, end: 4 },
      { start: 6, end: 10 },
    ];
    for (let end = 8; end < 12; end++)
      link.receive([link.sack(acked, { gapBlocks: [again[0]!, { start: 6, end }] })]);
    expect(path(link).ssthreshBytes).toBe(expected);
    link.receive([link.sack(acked + outstanding)]);
    expect(path(link)).toMatchObject({ cwndBytes: expected, ssthreshBytes: expected });
  });

  it("MUST NOT: grows while less than the window is in flight, since it is reduced by the window", () => {
    const idle = Driver.after(100);
    idle.rounds(2);
    const before = idle.cwnd;
    for (let i = 0; i < 100; i++) idle.ack(1, { after: 0.1, used: false });
    expect(idle.cwnd).toBe(before);
    const start = new CubicController(PMDCS);
    const small = new Driver();
    for (let i = 0; i < 100; i++) small.ack(1, { used: false });
    expect(small.cwnd).toBe(start.cwndBytes / PMDCS);
  });

  it("MUST NOT: grows in Fast Recovery", () => {
    const driver = Driver.after(100);
    for (let i = 0; i < 100; i++) driver.ack(1, { after: 0.01, inFastRecovery: true });
    expect(driver.cwnd).toBe(70); // The loss was on another path.
  });

  it("MUST: leaves ssthresh at four full chunks, and never makes a smaller window larger", () => {
    const driver = Driver.after(5);
    expect([driver.cwnd, driver.ssthresh]).toEqual([4, 4]);
    driver.cubic.onTimeout();
    driver.lose();
    expect([driver.cwnd, driver.ssthresh]).toEqual([1, 4]);
  });

  it("MUST: keeps a window of its own for each address of the peer", () => {
    const link = twoPaths(OPTIONS);
    link.send(400 * FULL_PAYLOAD);
    link.receive([link.sack(0)]);
    reportMissing(link, 0);
    expect(path(link).ssthreshBytes).toBeLessThan(0.8 * 400 * STACK_PMDCS);
    expect(path(link, PEER_SECOND_ADDRESS)).toMatchObject({
      cwndBytes: 10 * STACK_PMDCS,
      ssthreshBytes: 0xffff_ffff,
    });
  });
});

describe("RFC 9438 4.7 Fast Convergence", () => {
  it("SHOULD: a loss below the last maximum lowers the maximum further, to 0.85 of the window", () => {
    const driver = Driver.after(1_000);
    driver.rounds(1);
    const window = driver.cwnd;
    expect(window).toBeLessThan(1_000);
    driver.lose();
    const plateau = 0.85 * window;
    driver.rounds(secondsToReturn(plateau, driver.cwnd));
    expect(Math.abs(driver.cwnd - plateau)).toBeLessThan(2);
  });

  it("SHOULD: a loss at or above it does not", () => {
    const driver = Driver.after(1_000);
    driver.rounds(secondsToReturn(1_000, 700) + 2);
    const window = driver.cwnd;
    expect(window).toBeGreaterThan(1_000);
    driver.lose();
    driver.rounds(secondsToReturn(window, driver.cwnd));
    expect(Math.abs(driver.cwnd - window)).toBeLessThan(2);
  });
});

describe("RFC 9438 4.8 Timeout", () => {
  it("MUST: cwnd falls to one full chunk, as RFC 9260 has it, and ssthresh to 0.7 of the window", () => {
    const { link } = grownTo(40);
    const before = path(link).cwndBytes;
    link.lab.runUntilSent();
    expect(path(link)).toMatchObject({
      cwndBytes: STACK_PMDCS,
      ssthreshBytes: Math.floor(0.7 * before),
      flightBytes: STACK_PMDCS,
    });
  });

  it("SHOULD: the next congestion avoidance begins its curve and Reno's window where it begins", () => {
    const driver = Driver.after(1_000);
    driver.rounds(4);
    driver.cubic.onTimeout();
    const threshold = driver.ssthresh;
    while (driver.cwnd <= threshold) driver.ack(1);
    const start = driver.cwnd;
    driver.rounds(5);
    // K is 0 and W_max the window at the start: 0.4 * 5^3 segments in 5 s, and a round trip ahead.
    expect(driver.cwnd - start).toBeGreaterThan(45);
    expect(driver.cwnd - start).toBeLessThan(55);
  });

  it("MUST: in the slow start after it, a SACK for much that arrived long ago counts as one chunk", () => {
    const driver = Driver.after(1_000);
    driver.cubic.onTimeout();
    driver.ack(50);
    expect(driver.cwnd).toBe(2);
    driver.cubic.onIdle(1); // Nothing decays below four chunks.
    driver.ack(50);
    expect(driver.cwnd).toBe(3);
  });
});

describe("RFC 9438 4.10 Slow Start", () => {
  it("MUST: uses slow start while cwnd is no more than ssthresh, which ends one chunk beyond it at most", () => {
    const driver = Driver.after(100);
    expect([driver.cwnd, driver.ssthresh]).toEqual([70, 70]);
    driver.ack(8, { after: 10 }); // The curve does not begin before slow start has ended.
    expect(driver.cwnd).toBe(71);
    driver.ack(8);
    expect(driver.cwnd).toBeLessThan(71.5);
    driver.cubic.onTimeout();
    while (driver.cwnd < 49) driver.ack(1);
    driver.ack(1);
    expect(driver.cwnd).toBeLessThanOrEqual(driver.ssthresh + 1);
  });

  it("SHOULD: leaves it by HyStart++ without loss, and K is 0 from there", () => {
    const link = new SharedBottleneck(50, 60, 10, 1_500);
    const cubic = new CubicController(1_500);
    const flow = new Flow(cubic);
    link.load(flow);
    expect(link.run(10_000, () => cubic.ssthreshBytes < 0xffff_ffff)).toBe(true);
    expect(link.droppedByQueue).toBe(0);
    expect(cubic.cwndBytes).toBe(cubic.ssthreshBytes);
    const start = cubic.cwndBytes / 1_500;
    const startMs = link.nowMs;
    link.run(startMs + 500);
    // Reno's window grows by a segment in a round trip; the curve has hardly left the ground.
    const rounds = 500 / (60 * (cubic.cwndBytes / link.productBytes));
    expect(cubic.cwndBytes / 1_500 - start).toBeGreaterThan(rounds - 2);
    expect(cubic.cwndBytes / 1_500 - start).toBeLessThan(rounds + 3);
  });

  it("MAY: begins with ten full chunks, as TCP does: with fewer of large ones, but with two (RFC 6928 2)", () => {
    const initial = (pmdcsBytes: number): number => new CubicController(pmdcsBytes).cwndBytes;
    expect([initial(600), initial(1_188), initial(1_460)]).toEqual([6_000, 11_880, 14_600]);
    expect([initial(1_461), initial(7_300)]).toEqual([14_600, 14_600]);
    expect([initial(7_301), initial(8_960)]).toEqual([14_602, 17_920]);
  });

  it("MAY: ten messages of a full packet each leave at once on a new association, and no eleventh", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 });
    for (let i = 0; i < 11; i++) link.association.send(new Uint8Array(FULL_PAYLOAD), {}, link.lab.nowMs);
    const first = link.lab.flush();
    expect(first.map(({ kinds }) => kinds)).toEqual(Array.from({ length: 10 }, () => ["DATA"]));
    expect(path(link).flightBytes).toBe(10 * STACK_PMDCS);
    expect(link.receive([link.sack(1)])).toHaveLength(1);
  });

  it("MUST: a window decays in a pause as by RFC 9260 7.2.1, to the initial one and to four full chunks at least", () => {
    const driver = Driver.after(100);
    driver.rounds(1);
    const before = driver.cubic.cwndBytes;
    driver.cubic.onIdle(2);
    expect(driver.cubic.cwndBytes).toBe(before >> 2);
    expect(driver.cubic.ssthreshBytes).toBe(before);
    driver.cubic.onIdle(100);
    expect(driver.cwnd).toBe(10);
    const large = new CubicController(8_960);
    large.cwndBytes = 100_000;
    large.onIdle(100);
    expect(large.cwndBytes).toBe(4 * 8_960);
  });

  it("MUST NOT: makes a window larger in a pause that is below the initial one", () => {
    const driver = Driver.after(10);
    expect(driver.cwnd).toBe(7);
    driver.cubic.onIdle(1);
    expect([driver.cwnd, driver.ssthresh]).toEqual([7, 7]);
  });

  it("SHOULD: a pause in the first slow start does not end it", () => {
    const driver = new Driver();
    while (driver.cwnd < 30) driver.ack(2);
    driver.cubic.onIdle(10);
    expect([driver.cwnd, driver.cubic.ssthreshBytes]).toEqual([10, 0xffff_ffff]);
  });

  it("MUST: with another packet size draws another curve, from where the window is", () => {
    const driver = Driver.after(1_000);
    driver.rounds(2);
    const k = Math.cbrt((1_000 - driver.cwnd) / 0.8);
    driver.cubic.setPmdcs(2_000);
    driver.rounds(1);
    expect(Math.abs(driver.cwnd - (1_000 - 0.8 * (k - 1) ** 3))).toBeLessThan(5);
  });

  it("MUST: begins anew on another route: nothing of the old one's maximum is left", () => {
    const driver = Driver.after(1_000);
    driver.cubic.reset();
    expect([driver.cubic.cwndBytes, driver.cubic.ssthreshBytes]).toEqual([10_000, 0xffff_ffff]);
    while (driver.cwnd < 100) driver.ack(Math.min(8, 100 - driver.cwnd));
    driver.lose();
    driver.rounds(secondsToReturn(100, 70));
    expect(driver.cwnd).toBeGreaterThan(97);
  });
});

describe("RFC 9438 5.1 Fairness to Reno", () => {
  it("SHOULD: C is 0.4: with that the window of 0.4 * t^3 beyond the plateau is reached after t seconds", () => {
    const driver = Driver.after(2_000);
    driver.rounds(secondsToReturn(2_000, 1_400) + 10);
    expect(driver.cwnd - 2_000).toBeGreaterThan(0.38 * 1_000);
    expect(driver.cwnd - 2_000).toBeLessThan(0.42 * 1_000);
  });
});

describe("RFC 9438 5.6 Fairness within the Alternative Congestion Control Algorithm", () => {
  /** What two flows share of a link between the 60th and the 120th second, the second having come after ten. */
  function shares(
    megabits: number,
    roundTripMs: number,
    second: CubicController | Rfc9260Controller,
  ): number[] {
    const link = new SharedBottleneck(megabits, roundTripMs, 1, 1_500);
    const flows = [new CubicController(1_500), second].map((controller) => new Flow(controller));
    for (const [i, flow] of flows.entries()) {
      link.load(flow);
      link.run(i === 0 ? 10_000 : 60_000);
    }
    const before = flows.map(({ deliveredBytes }) => deliveredBytes);
    link.run(120_000);
    const bytes = flows.map(({ deliveredBytes }, i) => deliveredBytes - (before[i] ?? 0));
    return bytes.map((one) => one / (60_000 * megabits * 125));
  }

  it("SHOULD: two flows on one link have about the same, though one came later", () => {
    for (const [megabits, roundTripMs] of [
      [10, 40],
      [20, 20],
    ] as const) {
      const [first = 0, second = 0] = shares(megabits, roundTripMs, new CubicController(1_500));
      expect(first + second).toBeGreaterThan(0.98);
      expect(Math.min(first, second)).toBeGreaterThan(0.4);
    }
  });

  it("SHOULD: a flow of RFC 9260 keeps a quarter beside one over short round trips", () => {
    const [ours = 0, theirs = 0] = shares(20, 20, new Rfc9260Controller(1_500, 4));
    expect(ours + theirs).toBeGreaterThan(0.98);
    expect(theirs).toBeGreaterThan(1 / 4);
  });
});
