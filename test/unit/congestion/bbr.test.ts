/** BBR (draft-ietf-ccwg-bbr-06), section by section: what its test cases do not tell. */
import { describe, expect, it } from "vitest";
import type { AckEvent, DeliverySample } from "../../../src/base/congestion-control.ts";
import { BbrController } from "../../../src/congestion/bbr.ts";
import { bbrAck } from "../../../src/congestion/bbr-ack.ts";
import { Lab, type Link, PEER_ADDRESS } from "../../conformance/lab.ts";
import { BbrCase } from "./bbr-case.ts";

const PACKET = 1_188;
/** The first window: ten of those. */
const INITIAL = 11_880;
const STARTUP_GAIN = 2.77;

/** A SACK for `ackedBytes` that were sent a round trip before, at a rate. */
function ack(more: Partial<AckEvent>, sample: Partial<DeliverySample>): AckEvent {
  return {
    nowMs: 1_000,
    ackedBytes: PACKET,
    flightBytesBefore: 4 * PACKET,
    flightBytes: 3 * PACKET,
    windowFilled: true,
    inFastRecovery: false,
    lostBytes: 0,
    cumulativeAckAdvanced: true,
    rttMs: 100,
    srttMs: 100,
    deliveredBytes: PACKET,
    intervalMs: 100,
    sample: {
      totalBytes: PACKET,
      priorBytes: 0,
      bytesPerMs: 100,
      isAppLimited: false,
      flightBytes: 4 * PACKET,
      lostBytes: 0,
      ...sample,
    },
    ...more,
  };
}

const loss = (lostBytes: number, flightBytes: number) => ({
  nowMs: 2_000,
  lostBytes,
  flightBytesBefore: lostBytes + flightBytes,
  flightBytes,
  srttMs: 100,
});

function made(): BbrController {
  return new BbrController(PACKET, 0.02);
}

describe("BBR's samples (draft-ietf-ccwg-bbr-06 4.1)", () => {
  it("4.1.2.3: a SACK without one tells no rate and ends no round", () => {
    const { sample: _, ...without } = ack({}, {});
    expect(bbrAck(without, false)).toMatchObject({
      ackedBytes: PACKET,
      priorBytes: -1,
      deliveredBytes: 0,
      bytesPerMs: 0,
      isAppLimited: true,
      lostBytes: 0,
    });
  });

  it("5.3.4.3: one of ProbeRTT counts as limited by the application, and is told apart", () => {
    expect(bbrAck(ack({}, {}), false)).toMatchObject({ isAppLimited: false, isSlowed: false });
    expect(bbrAck(ack({}, { isAppLimited: true }), false)).toMatchObject({
      isAppLimited: true,
      isSlowed: false,
    });
    expect(bbrAck(ack({}, {}), true)).toMatchObject({ isAppLimited: true, isSlowed: true });
  });
});

describe("BBR's Startup (draft-ietf-ccwg-bbr-06 5.3.1.3)", () => {
  /** Six SACKs of a round show a loss each, then one comes that ends the round. */
  function afterSixLosses(inFastRecovery: boolean): BbrController {
    const bbr = made();
    bbr.onAck(ack({}, {}));
    const lost = { lostBytes: PACKET, inFastRecovery };
    for (let i = 2; i <= 7; i++) bbr.onAck(ack({ nowMs: 1_000 + i, ...lost }, { totalBytes: i * PACKET }));
    expect(bbr.state).toBe("Startup");
    const sample = {
      totalBytes: 8 * PACKET,
      priorBytes: 7 * PACKET,
      flightBytes: 100 * PACKET,
      lostBytes: 6 * PACKET,
    };
    bbr.onAck(ack({ nowMs: 1_100, inFastRecovery }, sample));
    return bbr;
  }

  it("5.3.1.3: ends by losses only in Fast Recovery", () => {
    expect(afterSixLosses(true).state).not.toBe("Startup");
    expect(afterSixLosses(false).state).toBe("Startup");
  });
});

describe("BBR's control parameters (draft-ietf-ccwg-bbr-06 5.6)", () => {
  it("5.6.2: paces by its initial window in a millisecond, then in the first round trip, and in STARTUP never slower", () => {
    const bbr = made();
    expect(bbr.cwndBytes).toBe(INITIAL);
    expect(bbr.pacingBytesPerMs).toBeCloseTo(STARTUP_GAIN * INITIAL, 6);
    bbr.onAck(ack({}, { bytesPerMs: 5 }));
    expect(bbr.pacingBytesPerMs).toBeCloseTo((STARTUP_GAIN * INITIAL) / 100, 6);
    bbr.onAck(ack({ nowMs: 1_100, srttMs: 20 }, { totalBytes: 2 * PACKET, bytesPerMs: 200 }));
    expect(bbr.pacingBytesPerMs).toBeCloseTo(STARTUP_GAIN * 200 * 0.99, 6);
    bbr.onAck(ack({ nowMs: 1_200 }, { totalBytes: 3 * PACKET, bytesPerMs: 10 }));
    expect(bbr.pacingBytesPerMs).toBeCloseTo(STARTUP_GAIN * 200 * 0.99, 6);
  });

  it("5.6.2: begins with ten packets: with fewer of large ones, but with two (RFC 6928 2)", () => {
    const initial = (packetBytes: number): number => new BbrController(packetBytes, 0.02).cwndBytes;
    expect([600, 1_460, 1_461, 8_960].map(initial)).toEqual([6_000, 14_600, 14_600, 17_920]);
  });

  it("5.6.4.3: has four packets in flight at least, of whatever size", () => {
    const bbr = made();
    bbr.setPmdcs(4_000);
    bbr.onAck(ack({ ackedBytes: 1 }, {}));
    expect(bbr.cwndBytes).toBe(16_000);
  });

  it("5.6.4.4: after a timeout one packet more than is in flight, until as much has been delivered as was lost", () => {
    const bbr = made();
    for (let i = 1; i <= 20; i++)
      bbr.onAck(ack({ nowMs: 1_000 + i }, { totalBytes: i * PACKET, priorBytes: (i - 4) * PACKET }));
    const before = bbr.cwndBytes;
    expect(before).toBeGreaterThan(15 * PACKET);
    bbr.onTimeout(loss(10 * PACKET, 0));
    expect(bbr.cwndBytes).toBe(PACKET);
    bbr.onAck(ack({ nowMs: 2_100 }, { totalBytes: 29 * PACKET, priorBytes: 20 * PACKET, bytesPerMs: 10 }));
    expect(bbr.cwndBytes).toBe(4 * PACKET);
    bbr.onAck(ack({ nowMs: 2_200 }, { totalBytes: 30 * PACKET, priorBytes: 20 * PACKET, bytesPerMs: 10 }));
    expect(bbr.cwndBytes).toBeGreaterThanOrEqual(before);
  });

  it("5.6.4.4: has the window of before a timeout back though a second one came", () => {
    const bbr = made();
    for (let i = 1; i <= 20; i++)
      bbr.onAck(ack({ nowMs: 1_000 + i }, { totalBytes: i * PACKET, priorBytes: (i - 4) * PACKET }));
    const before = bbr.cwndBytes;
    bbr.onTimeout(loss(10 * PACKET, 0));
    bbr.onTimeout(loss(PACKET, 0));
    bbr.onAck(ack({ nowMs: 4_000 }, { totalBytes: 21 * PACKET, priorBytes: 20 * PACKET, bytesPerMs: 10 }));
    expect(bbr.cwndBytes).toBeGreaterThanOrEqual(before);
  });

  it("5.6.4.4: Fast Recovery leaves the window as it was, once it has ended", () => {
    const bbr = made();
    for (let i = 1; i <= 20; i++)
      bbr.onAck(ack({ nowMs: 1_000 + i }, { totalBytes: i * PACKET, priorBytes: (i - 4) * PACKET }));
    const before = bbr.cwndBytes;
    bbr.onFastRetransmit();
    bbr.onTimeout(loss(PACKET, 0));
    bbr.onFastRecoveryEnd();
    expect(bbr.cwndBytes).toBe(before);
  });

  it("is in no recovery after a reset", () => {
    const bbr = made();
    bbr.onAck(ack({}, { totalBytes: 100 * PACKET, priorBytes: 99 * PACKET }));
    bbr.onTimeout(loss(PACKET, 0));
    bbr.reset();
    bbr.onAck(ack({ ackedBytes: 1 }, { totalBytes: 101 * PACKET, priorBytes: 100 * PACKET }));
    bbr.setPmdcs(PACKET);
    expect(bbr.cwndBytes).toBe(INITIAL + 1);
  });

  it("is as at the beginning after a reset, and learns the path again", () => {
    const flow = new BbrCase();
    flow.until("ProbeBW_CRUISE");
    flow.bbr.reset();
    expect(flow.bbr.state).toBe("Startup");
    expect(flow.bbr.cwndBytes).toBe(14_400); // Of 1,440 bytes each.
    flow.until("ProbeBW_CRUISE", 4_000);
    expect(flow.pace).toBeCloseTo(0.99, 2);
  });
});

describe("BBR after a pause (draft-ietf-ccwg-bbr-06 5.4)", () => {
  it("5.4.1: leaves the window as it is, and sends at the rate of the path", () => {
    const flow = new BbrCase();
    flow.until("ProbeBW_UP");
    flow.link.appBytesPerMs = 0;
    flow.run(300);
    expect(flow.bbr.state).toBe("ProbeBW_UP");
    expect(flow.pace).toBeCloseTo(1.25 * 0.99, 2);
    const { cwndBytes } = flow.bbr;
    flow.bbr.onIdle();
    flow.link.appBytesPerMs = Number.POSITIVE_INFINITY;
    flow.run(0);
    expect(flow.bbr.cwndBytes).toBe(cwndBytes);
    expect(flow.pace).toBeCloseTo(0.99, 2);
  });

  it("5.4.1: is done with PROBE_RTT where the pause was long enough for it", () => {
    const flow = new BbrCase();
    flow.until("ProbeBW_DOWN");
    flow.until("ProbeRTT");
    flow.run(150);
    flow.link.appBytesPerMs = 0;
    flow.run(500);
    expect(flow.bbr.state).toBe("ProbeRTT");
    expect(flow.cwnd).toBeLessThan(0.6);
    flow.link.appBytesPerMs = Number.POSITIVE_INFINITY;
    flow.run(0);
    expect(flow.bbr.state).toBe("ProbeBW_CRUISE");
    expect(flow.cwnd).toBeGreaterThan(0.9);
  });
});

describe("BBR's probes for bandwidth (draft-ietf-ccwg-bbr-06 5.3.3)", () => {
  it("5.3.3.8: come two to three seconds after the last one, each flow's at another time", () => {
    const waits = [180, 190, 200, 210].map((roundTripMs) => {
      const flow = new BbrCase({ roundTripMs, megabitsPerSecond: 5 });
      flow.until("ProbeRTT");
      flow.until("ProbeBW_CRUISE");
      const { nowMs } = flow.link;
      flow.until("ProbeBW_REFILL", 4_000);
      return flow.link.nowMs - nowMs;
    });
    for (const waitMs of waits) expect(waitMs).toBeLessThan(3_100);
    for (const waitMs of waits) expect(waitMs).toBeGreaterThanOrEqual(2_000);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(100);
  });

  it("5.3.3.8: come as often as Reno would lose a packet, where that is more often", () => {
    const flow = new BbrCase({ roundTripMs: 10, megabitsPerSecond: 20 }); // A product of 18 packets.
    flow.until("ProbeBW_CRUISE");
    const { nowMs } = flow.link;
    flow.until("ProbeBW_REFILL", 4_000);
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(150);
    expect(flow.link.nowMs - nowMs).toBeLessThan(350);
  });

  it("5.3.3.8: but after 63 rounds at the latest", () => {
    const flow = new BbrCase({ roundTripMs: 10, megabitsPerSecond: 200 });
    flow.until("ProbeBW_CRUISE");
    const { nowMs } = flow.link;
    flow.until("ProbeBW_REFILL", 4_000);
    expect(flow.link.nowMs - nowMs).toBeGreaterThan(550);
    expect(flow.link.nowMs - nowMs).toBeLessThan(850);
  });

  it("5.3.3.6: end at once where the last one lost too much, and begin again if that was too soon", () => {
    const flow = new BbrCase({ queueShare: 0.1, megabitsPerSecond: 50 });
    flow.run(2_000);
    flow.entered = [];
    flow.run(15_000);
    const text = flow.entered.join(" ").replaceAll("ProbeBW_", "");
    expect(text).toMatch(/UP DOWN CRUISE REFILL UP DOWN REFILL UP DOWN/);
  });

  it("2.8: tolerate more losses where they are told to", () => {
    const lossy = { megabitsPerSecond: 50, lossRate: 0.04 };
    const [strict, patient] = [new BbrCase(lossy), new BbrCase(lossy, 0.1)];
    for (const flow of [strict, patient]) flow.run(8_000);
    expect(patient.share(8_000)).toBeGreaterThan(2 * strict.share(8_000));
  });

  it("5.5.10: a loss at the end of PROBE_RTT does not count what that delivered", () => {
    for (const atMs of [180, 200, 220]) {
      const flow = new BbrCase();
      flow.until("ProbeRTT");
      flow.run(atMs);
      flow.link.losesNext = 1;
      flow.until("ProbeBW_CRUISE", 200);
      flow.run(4 * flow.link.roundTripMs);
      expect(flow.link.lostPackets).toBe(1);
      expect(flow.inFlight).toBeGreaterThan(0.9);
    }
  });

  it("5.5.10.3: slow down by what losses in PROBE_CRUISE take, and not by more", () => {
    const flow = new BbrCase({ megabitsPerSecond: 50 });
    flow.until("ProbeBW_CRUISE");
    flow.run(100);
    flow.link.losesNext = 1;
    flow.run(4 * flow.link.roundTripMs);
    expect(flow.pace).toBeLessThan(0.99);
    expect(flow.pace).toBeGreaterThan(0.9);
    expect(flow.cwnd).toBeLessThan(1.5); // Of two products, seven tenths are left, or what was delivered.
    flow.until("ProbeBW_REFILL");
    flow.run(flow.link.roundTripMs);
    expect(flow.pace).toBeGreaterThan(0.98);
  });
});

describe('the option congestionControl: "bbr"', () => {
  const cwnd = (link: Link) => link.association.path(PEER_ADDRESS).cwndBytes;

  it("controls what was sent before it was chosen", () => {
    const link = new Lab().accepted({ heartbeatIntervalMs: 0 }, { aRwndBytes: 1_000_000 });
    link.send(100 * 1_172);
    link.association.setOptions({ congestionControl: "bbr" }, link.lab.nowMs);
    link.lab.run(50);
    link.receive([link.sack(1)]);
    expect(cwnd(link)).toBeGreaterThanOrEqual(INITIAL);
    link.lab.run(50);
    link.receive([link.sack(2)]);
    expect(cwnd(link)).toBeGreaterThan(INITIAL);
  });

  it("heeds another bbrLossThresholdPercent by beginning anew; others do not care", () => {
    for (const congestionControl of ["bbr", "cubic"] as const) {
      const link = new Lab().accepted(
        { heartbeatIntervalMs: 0, congestionControl },
        { aRwndBytes: 1_000_000 },
      );
      link.send(100 * 1_172);
      link.lab.run(50);
      link.receive([link.sack(3)]);
      const before = cwnd(link);
      link.association.setOptions({ bbrLossThresholdPercent: 5 }, link.lab.nowMs);
      expect(cwnd(link)).toBe(congestionControl === "bbr" ? INITIAL : before);
    }
  });
});
