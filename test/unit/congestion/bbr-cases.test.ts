/**
 * The test cases of BBR's draft (draft-ietf-ccwg-bbr-06, Appendix A) on a simulated bottleneck, and what it is to achieve there.
 * Here a controller is told that a loss was none; how that is found out: test/unit/association/sending/bbr-with-rack.test.ts.
 */
import { describe, expect, it } from "vitest";
import { BbrCase as Case } from "./bbr-case.ts";

const PROBE_BW = ["ProbeBW_DOWN", "ProbeBW_CRUISE", "ProbeBW_REFILL", "ProbeBW_UP"];

describe("BBR's test cases (draft-ietf-ccwg-bbr-06, Appendix A)", () => {
  it("A.1: leaves STARTUP when three rounds bring no more bandwidth, and knows it within 2 %", () => {
    const flow = new Case();
    flow.until("Drain");
    expect(flow.link.lostPackets).toBe(0);
    expect(flow.inFlight).toBeGreaterThan(1.5);
    expect(flow.pace / 0.5 / 0.99).toBeCloseTo(1, 1);
    expect(Math.abs(flow.pace / 0.5 / 0.99 - 1)).toBeLessThan(0.02);
  });

  it("A.2: leaves STARTUP on losses when limited by the application", () => {
    const flow = new Case({ megabitsPerSecond: 50, lossRate: 0.1 });
    flow.link.appBytesPerMs = 4_000;
    flow.until("Drain", 3_000);
  });

  it("A.2: but not on as many lost packets in fewer than six losses", () => {
    const flow = new Case();
    flow.run(260);
    for (let round = 0; round < 5; round++) {
      flow.link.losesNext = 40;
      flow.run(60, () => flow.bbr.state !== "Startup");
      flow.link.appBytesPerMs = 1_500;
    }
    expect(flow.bbr.state).toBe("Startup");
  });

  it("A.3: leaves DRAIN, at half the rate, when no more is in flight than the path holds", () => {
    const flow = new Case();
    flow.until("Drain");
    let least = 2;
    const drained = flow.run(1_000, () => {
      if (flow.bbr.state === "Drain") least = Math.min(least, flow.inFlight);
      return flow.bbr.state !== "Drain";
    });
    expect(drained).toBe(true);
    expect(least).toBeGreaterThan(0.97);
    expect(flow.inFlight).toBeLessThanOrEqual(1.03);
    expect(PROBE_BW).toContain(flow.bbr.state);
  });

  it("A.4: leaves DRAIN after some rounds though that much is in flight", () => {
    const flow = new Case();
    flow.until("Drain");
    const { nowMs, productBytes } = flow.link;
    flow.link.bytesPerMs *= 0.4;
    expect(flow.run(2_000, () => flow.bbr.state !== "Drain")).toBe(true);
    expect(flow.bbr.state).toBe("ProbeBW_DOWN");
    expect(flow.link.flightBytes).toBeGreaterThan(1.1 * productBytes);
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(4 * flow.link.roundTripMs);
  });

  it("A.5: leaves PROBE_UP when three rounds bring no more bandwidth", () => {
    const flow = new Case();
    flow.until("ProbeBW_UP");
    const { nowMs } = flow.link;
    flow.until("ProbeBW_DOWN", 1_000);
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(3 * flow.link.roundTripMs);
    expect(flow.link.lostPackets).toBe(0);
    expect(flow.inFlight).toBeGreaterThan(1.2);
  });

  it("A.6: leaves PROBE_UP on losses when limited by the application", () => {
    const flow = new Case();
    flow.until("ProbeBW_UP");
    flow.link.appBytesPerMs = 0.8 * flow.link.bytesPerMs;
    flow.link.lossRate = 0.1;
    flow.entered = [];
    flow.run(3 * flow.link.roundTripMs, () => flow.entered.length > 0);
    expect(flow.entered).toEqual(["ProbeBW_CRUISE"]); // By way of PROBE_DOWN: there is no queue.
  });

  it("A.7: never leaves PROBE_UP or STARTUP when limited by the application without a loss", () => {
    const started = new Case();
    started.link.appBytesPerMs = 0.1 * started.link.bytesPerMs;
    started.run(4_500);
    expect(started.entered).toEqual([]);
    const probing = new Case();
    probing.until("ProbeBW_UP");
    probing.link.appBytesPerMs = 0.5 * probing.link.bytesPerMs;
    probing.entered = [];
    probing.run(20_000, () => probing.bbr.state === "ProbeRTT");
    expect(probing.entered).toEqual(["ProbeRTT"]);
  });

  it("A.8: leaves PROBE_DOWN, at nine tenths of the rate, when no more is in flight than the path holds", () => {
    const flow = new Case({ roundTripMs: 80 });
    flow.until("ProbeBW_UP");
    flow.until("ProbeBW_DOWN");
    expect(flow.pace).toBeCloseTo(0.9 * 0.99, 2);
    expect(flow.inFlight).toBeGreaterThan(1.2);
    flow.until("ProbeBW_CRUISE", 2_000);
    expect(flow.inFlight).toBeLessThanOrEqual(1.01);
    expect(flow.inFlight).toBeGreaterThan(0.95);
    expect(flow.pace).toBeCloseTo(0.99, 2);
  });

  it("A.9: leaves PROBE_DOWN for the next probe when its time has come though more is in flight", () => {
    const flow = new Case({ roundTripMs: 39 }); // PROBE_RTT comes later.
    flow.until("ProbeBW_UP");
    flow.until("ProbeBW_DOWN");
    const { nowMs } = flow.link;
    flow.link.bytesPerMs *= 0.8;
    flow.entered = [];
    flow.run(3_500, () => flow.entered.length > 0);
    expect(flow.entered).toEqual(["ProbeBW_REFILL"]);
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(2_000);
    expect(flow.link.nowMs - nowMs).toBeLessThan(3_050);
  });

  it("A.10: enters PROBE_RTT after five seconds, with half of what the path holds, and comes back after 200 ms", () => {
    const flow = new Case();
    flow.until("ProbeBW_DOWN");
    flow.until("ProbeRTT");
    const { nowMs } = flow.link;
    expect(nowMs).toBeGreaterThan(5_000);
    flow.run(150);
    expect(flow.bbr.state).toBe("ProbeRTT");
    expect(flow.cwnd).toBeLessThan(0.51);
    expect(flow.inFlight).toBeLessThan(0.55);
    flow.until("ProbeBW_CRUISE", 400);
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(200);
    flow.run(2 * flow.link.roundTripMs);
    expect(flow.inFlight).toBeGreaterThan(0.9);
    flow.until("ProbeRTT");
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(5_200);
  });

  it("A.11: does not enter PROBE_RTT where a pause has emptied the path", () => {
    const flow = new Case();
    flow.until("ProbeBW_CRUISE");
    flow.link.appBytesPerMs = 0;
    flow.run(6_000);
    expect(flow.link.flightBytes).toBe(0);
    flow.link.appBytesPerMs = Number.POSITIVE_INFINITY;
    flow.entered = [];
    flow.run(3_000);
    expect(flow.entered).not.toContain("ProbeRTT");
    expect(flow.inFlight).toBeGreaterThan(0.9);
  });

  it("A.12: finds all of the bandwidth in STARTUP though SACKs come in bunches, and allows for those", () => {
    const flow = new Case();
    flow.link.bunchMs = 20;
    flow.until("Drain");
    expect(flow.pace / 0.5 / 0.99).toBeGreaterThan(0.95);
    expect(flow.pace / 0.5 / 0.99).toBeLessThan(1.1);
    expect(flow.cwnd).toBeGreaterThan(2);
  });

  it("A.13: goes on sending in PROBE_CRUISE though SACKs come in bunches", () => {
    const flow = new Case();
    flow.until("ProbeBW_CRUISE");
    flow.link.bunchMs = 60;
    flow.run(2_000);
    expect(flow.cwnd).toBeGreaterThan(2.5);
    expect(flow.share(2_000)).toBeGreaterThan(0.95);
    flow.link.bunchMs = 0;
    flow.run(2_000);
    expect(flow.cwnd).toBeLessThan(2.3); // Ten rounds later that is forgotten.
  });

  it("A.14: keeps four packets in flight on a path that holds less than one, at its rate", () => {
    const flow = new Case({ megabitsPerSecond: 0.064, roundTripMs: 10 });
    flow.link.queueBytes = 40_000; // In STARTUP twice the first window is in flight.
    flow.run(35_000);
    expect(PROBE_BW).toContain(flow.bbr.state);
    expect(flow.bbr.cwndBytes).toBeGreaterThanOrEqual(4 * 1_440);
    expect(flow.pace).toBeLessThan(1.3);
    expect(flow.share(30_000)).toBeGreaterThan(0.95);
    expect(flow.link.lostPackets).toBe(0);
  });

  it("A.15: finds ten times the bandwidth", () => {
    const flow = new Case({ megabitsPerSecond: 5, roundTripMs: 40, queueShare: 2 });
    flow.until("ProbeBW_UP");
    flow.until("ProbeBW_CRUISE");
    flow.link.bytesPerMs *= 10;
    flow.run(3_000);
    expect(flow.share(1_000)).toBeGreaterThan(0.95);
  });

  it("A.16: slows down to a tenth of the bandwidth, by losses at once and then by what it knows", () => {
    const flow = new Case({ megabitsPerSecond: 50, queueShare: 1 });
    flow.until("ProbeBW_UP");
    flow.until("ProbeBW_CRUISE");
    flow.link.bytesPerMs /= 10;
    flow.link.queueBytes /= 10;
    flow.run(20 * flow.link.roundTripMs);
    expect(flow.bbr.state).toBe("ProbeBW_CRUISE");
    expect(flow.pace).toBeLessThan(1.3);
    flow.run(10_000);
    const { lostPackets, sentPackets } = flow.link;
    expect(flow.pace).toBeLessThan(1.3);
    expect(flow.share(5_000)).toBeGreaterThan(0.85);
    expect(flow.link.lostPackets - lostPackets).toBeLessThan(0.05 * (flow.link.sentPackets - sentPackets));
  });

  it("A.17: keeps to the rate of a policer that drops what exceeds it", () => {
    const flow = new Case({ megabitsPerSecond: 20 });
    flow.link.policer = { tokens: 300_000, most: 300_000, atMs: 0 };
    flow.run(10_000);
    const { lostPackets, sentPackets } = flow.link;
    expect(flow.share(10_000)).toBeGreaterThan(0.8);
    expect(flow.link.lostPackets - lostPackets).toBeLessThan(0.05 * (flow.link.sentPackets - sentPackets));
  });

  it("A.18: goes back to PROBE_UP, by a refill, where the losses that ended it were none", () => {
    const flow = new Case();
    flow.until("ProbeBW_UP");
    flow.run(10);
    const { cwndBytes } = flow.bbr;
    flow.link.losesNext = 10;
    flow.until("ProbeBW_DOWN", 2 * flow.link.roundTripMs);
    flow.bbr.onSpuriousReduction();
    expect(flow.bbr.state).toBe("ProbeBW_REFILL");
    expect(flow.bbr.cwndBytes).toBeGreaterThanOrEqual(cwndBytes);
    expect(flow.pace).toBeGreaterThan(0.95);
    flow.until("ProbeBW_UP", 3 * flow.link.roundTripMs);
    flow.until("ProbeBW_DOWN");
    flow.bbr.onSpuriousReduction(); // Nothing is left to be taken back.
    expect(flow.bbr.state).toBe("ProbeBW_DOWN");
  });

  it("A.18: goes back to STARTUP where losses have ended that", () => {
    const flow = new Case({ queueShare: 10 });
    flow.run(3 * flow.link.roundTripMs);
    const { cwndBytes } = flow.bbr;
    flow.link.lossRate = 0.3;
    flow.until("Drain", 4 * flow.link.roundTripMs);
    flow.link.lossRate = 0;
    flow.bbr.onSpuriousReduction();
    expect(flow.bbr.state).toBe("Startup");
    expect(flow.bbr.cwndBytes).toBeGreaterThanOrEqual(cwndBytes);
    flow.run(10);
    expect(flow.bbr.state).toBe("Startup");
    flow.until("Drain", 1_000);
  });

  it("A.19: has its window and its bounds again where a timeout was for nothing", () => {
    const flow = new Case();
    flow.until("ProbeBW_CRUISE");
    const { bbr, link } = flow;
    const { cwndBytes, pacingBytesPerMs } = bbr;
    const { nowMs, deliveredBytes, flightBytes } = link;
    const loss = { chunkBytes: 1_440, totalBytes: deliveredBytes, flightBytes, isAppLimited: false };
    const timeout = {
      nowMs,
      lostBytes: flightBytes,
      flightBytesBefore: flightBytes,
      flightBytes: 0,
      srttMs: 40,
    };
    const timeOut = (): void => {
      for (let lostBytes = 1_440; lostBytes <= flightBytes; lostBytes += 1_440)
        bbr.onLost({ ...loss, lostBytes });
      bbr.onTimeout(timeout);
    };
    timeOut();
    expect(bbr.cwndBytes).toBe(1_440);
    bbr.onSpuriousReduction();
    expect(bbr.cwndBytes).toBe(cwndBytes);
    expect(bbr.pacingBytesPerMs).toBeCloseTo(pacingBytesPerMs, 5);
    // In the midst of Fast Recovery it is not taken back: that had begun with other losses.
    bbr.onSent(1_440, 10_000, nowMs, false);
    bbr.onLost({ ...loss, lostBytes: 1_440 });
    bbr.onFastRetransmit();
    bbr.onSent(1_440, 10_000, nowMs, false);
    bbr.onLost({ ...loss, lostBytes: 2_880 });
    bbr.onFastRecoveryEnd();
    bbr.onTimeout(timeout);
    bbr.onSpuriousReduction();
    expect(bbr.cwndBytes).toBe(1_440);
  });

  it("A.20: comes back from PROBE_RTT to STARTUP where that was not over", () => {
    const flow = new Case();
    flow.link.appBytesPerMs = 0.3 * flow.link.bytesPerMs;
    flow.run(500);
    flow.link.roundTripMs += 1; // No round trip is as short as the first ones.
    flow.until("ProbeRTT", 6_000);
    flow.entered = [];
    flow.run(1_000, () => flow.entered.length > 0);
    expect(flow.entered).toEqual(["Startup"]);
    flow.link.appBytesPerMs = Number.POSITIVE_INFINITY;
    flow.until("Drain", 3_000);
    expect(flow.pace / 0.5).toBeGreaterThan(0.95);
  });

  it("A.20: goes on in STARTUP until the bandwidth is found where that takes longer than PROBE_RTT lets it", () => {
    const flow = new Case({ megabitsPerSecond: 100, roundTripMs: 600, queueShare: 1 });
    flow.until("ProbeRTT", 8_000);
    flow.until("Drain", 40_000);
    expect(flow.pace / 0.5 / 0.99).toBeGreaterThan(0.95);
  });

  it("A.21: leaves PROBE_UP at once when too much is lost of what was sent in it, and remembers how much that was", () => {
    const flow = new Case({ roundTripMs: 39 }); // PROBE_RTT does not cut a probe short.
    /** How long PROBE_UP takes, in round trips; the first packets that are sent in it are lost. */
    const probe = (losses: number): number => {
      flow.until("ProbeBW_UP");
      const { nowMs } = flow.link;
      flow.link.losesNext = losses;
      flow.until("ProbeBW_DOWN");
      return (flow.link.nowMs - nowMs) / flow.link.roundTripMs;
    };
    flow.run(5_000);
    expect(probe(0)).toBeGreaterThan(3); // By itself it ends on a plateau.
    expect(probe(10)).toBeLessThan(1.5); // That sets inflight_longterm.
    flow.until("ProbeBW_CRUISE");
    expect(probe(0)).toBeLessThan(1); // A cautious probe; where that goes well the next one follows at once.
    flow.until("ProbeBW_CRUISE");
    expect(flow.cwnd).toBeGreaterThan(1.5);
    expect(probe(10)).toBeLessThan(1.5);
    flow.until("ProbeBW_CRUISE");
    expect(flow.link.lostPackets).toBe(20);
    expect(flow.cwnd).toBeGreaterThan(0.7 * 0.85);
    expect(flow.cwnd).toBeLessThan(0.9); // What was in flight when it began, about one product, less its headroom.
  });

  it("A.22: keeps the bandwidth that it knows where the application pauses in PROBE_REFILL", () => {
    const flow = new Case();
    flow.until("ProbeBW_REFILL");
    flow.link.appBytesPerMs = 0.05 * flow.link.bytesPerMs;
    flow.until("ProbeBW_UP", 1_000);
    expect(flow.pace).toBeCloseTo(1.25 * 0.99, 2);
    flow.link.appBytesPerMs = Number.POSITIVE_INFINITY;
    flow.until("ProbeBW_DOWN", 3_000);
    expect(flow.pace).toBeCloseTo(0.9 * 0.99, 2);
  });
});

describe("what BBR achieves over 100 Mbit/s with a queue of one product", () => {
  for (const roundTripMs of [20, 100, 200]) {
    for (const [lossRate, least] of [
      [0, 0.9],
      [0.001, 0.9],
      [0.01, 0.7],
    ] as const) {
      it(`${least} of the link at a round trip of ${roundTripMs} ms with ${100 * lossRate} % lost`, () => {
        const flow = new Case({ megabitsPerSecond: 100, roundTripMs, queueShare: 1, lossRate });
        flow.run(4_000);
        expect(flow.share(6_000)).toBeGreaterThan(least);
      });
    }
  }

  it("keeps the queue short, where that could hold four products", () => {
    const flow = new Case({ megabitsPerSecond: 100, roundTripMs: 20, queueShare: 4 });
    flow.run(3_000);
    flow.link.waitsMs = [];
    flow.run(6_000);
    const waits = flow.link.waitsMs.sort((a, b) => a - b);
    expect(waits[Math.floor(0.95 * waits.length)]).toBeLessThan(20);
  });
});
