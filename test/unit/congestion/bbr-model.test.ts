/** What BBR takes for the bandwidth, one sample of each round and all of a probe while that lasts, and for the least round trip. */
import { describe, expect, it } from "vitest";
import type { AckEvent, DeliverySample } from "../../../src/base/congestion-control.ts";
import { bbrAck } from "../../../src/congestion/bbr-ack.ts";
import { BbrModel } from "../../../src/congestion/bbr-model.ts";

const ROUND_BYTES = 100_000;

const EVENT: AckEvent = {
  ackedBytes: 1_000,
  lostBytes: 0,
  flightBytes: ROUND_BYTES,
  flightBytesBefore: ROUND_BYTES,
  windowFilled: true,
  cumulativeAckAdvanced: true,
  inFastRecovery: false,
  srttMs: 20,
  rttMs: 20,
  deliveredBytes: 1_000,
  intervalMs: 20,
  nowMs: 0,
};

/** A path on which SACKs tell rates, each for a thousand bytes more. */
class Told {
  readonly model: BbrModel = new BbrModel(0);
  isProbing = false;

  /** What one round sent is acknowledged: with the last of it the next one begins, by that one's first sample. */
  round(firstBytesPerMs: number, bytesPerMs: number, isAppLimited = false): void {
    const beganBytes = this.model.deliveredBytes;
    for (let ackedBytes = 1_000; ackedBytes <= ROUND_BYTES; ackedBytes += 1_000) {
      this.model.deliveredBytes = beganBytes + ackedBytes;
      this.#sack(ackedBytes === ROUND_BYTES ? firstBytesPerMs : bytesPerMs, isAppLimited);
    }
  }

  #sack(bytesPerMs: number, isAppLimited: boolean): void {
    const totalBytes = this.model.deliveredBytes;
    const priorBytes = totalBytes - ROUND_BYTES;
    const sample: DeliverySample = {
      totalBytes,
      priorBytes,
      bytesPerMs,
      isAppLimited,
      flightBytes: ROUND_BYTES,
      lostBytes: 0,
    };
    this.model.updateMaxBw(bbrAck({ ...EVENT, sample }, false), this.isProbing);
  }
}

describe("BBR.max_bw", () => {
  it("is the highest of the first samples of rounds, whatever the others of these tell", () => {
    const told = new Told();
    for (const first of [0, 500, 510, 505]) told.round(first, 530);
    expect(told.model.maxBytesPerMs).toBe(510);
    expect(told.model.roundCount).toBe(4);
  });

  it("is the highest of all samples while a probe lasts, and what its rounds have shown after it", () => {
    const told = new Told();
    told.round(500, 500);
    told.round(500, 500);
    told.isProbing = true;
    told.round(600, 640);
    expect(told.model.maxBytesPerMs).toBe(640);
    told.isProbing = false;
    told.model.endProbe();
    expect(told.model.maxBytesPerMs).toBe(600);
  });

  it("is forgotten with the cycle after the one it is of", () => {
    const told = new Told();
    told.round(600, 600);
    told.round(600, 600);
    told.model.advanceMaxBwFilter();
    told.round(500, 500);
    expect(told.model.maxBytesPerMs).toBe(600);
    told.model.advanceMaxBwFilter();
    told.round(500, 500);
    expect(told.model.maxBytesPerMs).toBe(500);
  });

  it("is raised by what the application limited, and not lowered", () => {
    const told = new Told();
    told.round(500, 500);
    told.round(500, 500);
    told.model.advanceMaxBwFilter();
    told.round(400, 400, true);
    told.model.advanceMaxBwFilter();
    expect(told.model.maxBytesPerMs).toBe(0); // That told nothing.
    told.round(400, 400, true);
    expect(told.model.maxBytesPerMs).toBe(400);
  });
});

describe("BBR.min_rtt", () => {
  const told = (model: BbrModel, rttMs: number, nowMs: number): void =>
    model.updateMinRtt(bbrAck({ ...EVENT, intervalMs: rttMs, nowMs }, false));

  it("is one of the last ten seconds, and probed for once five went by without one as short", () => {
    const model = new BbrModel(0);
    told(model, 20, 0);
    for (let nowMs = 100; nowMs <= 5_000; nowMs += 100) told(model, 50, nowMs);
    expect([model.minRttMs, model.isProbeRttDue]).toEqual([20, false]);
    told(model, 50, 5_001);
    expect([model.minRttMs, model.isProbeRttDue]).toEqual([20, true]);
    told(model, 50, 10_000);
    expect(model.minRttMs).toBe(20);
    told(model, 50, 10_001);
    expect(model.minRttMs).toBe(50);
  });

  it("is probed for five seconds after the last probe, whatever was measured before that", () => {
    const model = new BbrModel(0);
    told(model, 20, 0);
    told(model, 50, 5_001);
    model.onProbedRtt(5_400);
    told(model, 60, 10_400);
    expect(model.isProbeRttDue).toBe(false);
    told(model, 60, 10_401);
    expect(model.isProbeRttDue).toBe(true);
  });
});
