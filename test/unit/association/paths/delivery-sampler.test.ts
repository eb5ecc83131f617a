/** Samples of the delivery rate (draft-ietf-ccwg-bbr-06 4.1): the sampler by itself, and what a controller is told. */
import { describe, expect, it } from "vitest";
import { DeliverySampler } from "../../../../src/association/paths/delivery-sampler.ts";
import type {
  AckEvent,
  CongestionController,
  DeliverySample,
  LostData,
} from "../../../../src/base/congestion-control.ts";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import { cookieOf, initChunk, Lab, Link, only } from "../../../conformance/lab.ts";

const CHUNK = 1_000;

interface Sent {
  readonly tsn: number;
  readonly sentAtMs: number;
}

/** A path whose chunks are all of one size. */
class Flow {
  readonly lost: LostData[] = [];
  readonly sampler: DeliverySampler = new DeliverySampler((lost) => this.lost.push({ ...lost }));
  flightBytes = 0;
  /** TSNs wrap soon. */
  #nextTsn = 0xffff_fffe;

  send(sentAtMs: number): Sent {
    const tsn = this.#nextTsn;
    this.#nextTsn = (tsn + 1) >>> 0;
    this.flightBytes += CHUNK;
    this.sampler.onSent(tsn, this.flightBytes / CHUNK, CHUNK, this.flightBytes, sentAtMs);
    return { tsn, sentAtMs };
  }
  ack(nowMs: number, sent: readonly Sent[], isSentOnce = true): DeliverySample | undefined {
    this.sampler.beginSack();
    for (const { tsn, sentAtMs } of sent) {
      this.flightBytes -= CHUNK;
      this.sampler.onAcked(tsn, CHUNK, sentAtMs, isSentOnce, nowMs);
    }
    const sample = this.sampler.takeSample();
    return sample && { ...sample };
  }
  lose({ tsn }: Sent): void {
    this.flightBytes -= CHUNK;
    this.sampler.onLost(tsn, CHUNK);
  }
}

describe("a sample of the delivery rate", () => {
  it("is what was delivered while the chunk was under way that was sent last, over the time of that", () => {
    const flow = new Flow();
    const sent = [0, 10, 20, 30].map((atMs) => flow.send(atMs));
    expect(flow.ack(100, [sent[0]!])).toMatchObject({ totalBytes: 1_000, priorBytes: 0, bytesPerMs: 10 });
    const later = flow.send(100);
    expect(flow.ack(120, [sent[1]!, sent[2]!])).toMatchObject({
      bytesPerMs: 3_000 / 120,
      flightBytes: 3_000,
    });
    flow.ack(130, [sent[3]!]);
    expect(flow.ack(200, [later])).toMatchObject({ totalBytes: 5_000, priorBytes: 1_000, bytesPerMs: 40 });
  });

  it("tells of the chunk that was sent last, wherever it stands in the SACK", () => {
    const flow = new Flow();
    const [first, second] = [flow.send(0), flow.send(10)];
    flow.ack(100, [first]);
    const again = flow.send(150);
    expect(flow.ack(250, [again, second])).toMatchObject({ priorBytes: 1_000, totalBytes: 3_000 });
    const [third, fourth] = [flow.send(300), flow.send(350)];
    expect(flow.ack(450, [third, fourth])).toMatchObject({ flightBytes: 2_000 });
  });

  it("has no rate above that of sending, though SACKs come in a bunch", () => {
    const flow = new Flow();
    const [first, second] = [flow.send(0), flow.send(90)];
    flow.ack(100, [first]);
    const third = flow.send(150);
    expect(flow.ack(200, [second, third])).toMatchObject({ priorBytes: 1_000, bytesPerMs: 2_000 / 150 });
    const [fourth, fifth] = [flow.send(210), flow.send(280)];
    flow.ack(310, [fourth]); // What is sent from now on was sent after that, and not after the first one.
    const sixth = flow.send(370);
    expect(flow.ack(420, [fifth, sixth])).toMatchObject({ bytesPerMs: 2_000 / 160 });
  });

  it("has no rate above that of the SACKs, though all was sent at once", () => {
    const flow = new Flow();
    const sent = [0, 0, 0, 0].map((atMs) => flow.send(atMs));
    const rates = sent.map((each, i) => flow.ack(100 + 20 * i, [each])?.bytesPerMs);
    expect(rates).toEqual([10, 2_000 / 120, 3_000 / 140, 25]);
  });

  it("takes all SACKs of one moment for one: what is sent between them begins after all of them", () => {
    const flow = new Flow();
    const sent = [0, 10, 20, 30].map((atMs) => flow.send(atMs));
    flow.ack(100, [sent[0]!]);
    const between = flow.send(100);
    flow.ack(100, [sent[1]!]);
    flow.ack(110, [sent[2]!]);
    flow.ack(190, [sent[3]!]);
    // Of 90 ms and two chunks beside itself; by what was known when it was sent it would be three.
    expect(flow.ack(200, [between])).toMatchObject({ priorBytes: 2_000, totalBytes: 5_000, bytesPerMs: 30 });
  });

  it("has no rate where it is shorter than any round trip: an acknowledgement of an earlier transmission", () => {
    const flow = new Flow();
    flow.ack(100, [flow.send(0)]);
    const again = flow.send(150);
    expect(flow.ack(160, [again], false)).toMatchObject({ bytesPerMs: 0, totalBytes: 2_000 });
    const honest = flow.send(200);
    expect(flow.ack(300, [honest], false)).toMatchObject({ bytesPerMs: 10 });
  });

  it("leaves a pause out", () => {
    const flow = new Flow();
    flow.ack(100, [flow.send(0)]);
    expect(flow.ack(10_100, [flow.send(10_000)])).toMatchObject({ bytesPerMs: 10 });
  });

  it("tells what was lost since that chunk was sent, and each loss in itself", () => {
    const flow = new Flow();
    const [early, first, second] = [flow.send(0), flow.send(0), flow.send(0)];
    flow.lose(early);
    expect(flow.ack(100, [first])).toMatchObject({ lostBytes: 1_000 });
    const last = flow.send(100);
    flow.lose(second);
    expect(flow.lost).toEqual([
      { chunkBytes: 1_000, totalBytes: 0, flightBytes: 1_000, lostBytes: 1_000, isAppLimited: false },
      { chunkBytes: 1_000, totalBytes: 1_000, flightBytes: 3_000, lostBytes: 2_000, isAppLimited: false },
    ]);
    expect(flow.ack(200, [last])).toMatchObject({ lostBytes: 1_000 });
  });

  it("is limited by the application from when that ran dry until what was sent then has been delivered", () => {
    const flow = new Flow();
    const before = [flow.send(0), flow.send(0)];
    flow.sampler.onRanDry(flow.flightBytes);
    const bubble = flow.send(10);
    expect(flow.ack(100, before)).toMatchObject({ isAppLimited: false });
    const within = flow.send(100);
    expect(flow.ack(110, [bubble])).toMatchObject({ isAppLimited: true });
    expect(flow.sampler.isAppLimited).toBe(false);
    const after = flow.send(110);
    expect(flow.ack(200, [within])).toMatchObject({ isAppLimited: true });
    expect(flow.ack(210, [after])).toMatchObject({ isAppLimited: false });
  });

  it("tells of each of as many chunks as are outstanding", () => {
    const flow = new Flow();
    const sent = Array.from({ length: 200 }, (_, i) => flow.send(i));
    for (const [i, each] of sent.entries())
      expect(flow.ack(1_000 + i, [each])).toMatchObject({ priorBytes: 0, flightBytes: (i + 1) * CHUNK });
  });

  it("is none of a chunk that is forgotten, until it is sent again", () => {
    const flow = new Flow();
    const sent = flow.send(0);
    flow.sampler.forget(sent.tsn);
    flow.lose(sent);
    expect(flow.lost).toEqual([]);
    expect(flow.ack(100, [sent])).toBeUndefined();
  });

  it("is none where nothing was acknowledged that was sent since samples were asked for", () => {
    const { sampler } = new Flow();
    sampler.beginSack();
    expect(sampler.takeSample()).toBeUndefined();
    sampler.onAcked(7, CHUNK, 0, true, 10);
    expect(sampler.takeSample()).toBeUndefined();
  });
});

/** A window that never changes, and what was told. */
class Listener implements CongestionController {
  readonly samplesDelivery = true;
  cwndBytes = 10_000;
  readonly ssthreshBytes = 0;
  readonly partialBytesAcked = 0;
  readonly limited: boolean[] = [];
  readonly lost: LostData[] = [];
  readonly samples: Array<DeliverySample | undefined> = [];

  onSent(_sentBytes: number, _flightBytes: number, _nowMs: number, isAppLimited: boolean): void {
    this.limited.push(isAppLimited);
  }
  onLost(lost: LostData): void {
    this.lost.push({ ...lost });
  }
  onAck({ sample }: AckEvent): void {
    this.samples.push(sample && { ...sample });
  }
  onFastRetransmit(): void {}
  onTimeout(): void {}
  onIdle(): void {}
  setPmdcs(): void {}
  reset(): void {}
}

function listening(options: Partial<AssociationOptions> = {}): {
  readonly link: Link;
  readonly listener: Listener;
} {
  const listener = new Listener();
  const quiet = { heartbeatIntervalMs: 0, maxBurst: 1_000, congestionControl: () => listener };
  return { link: new Lab().accepted({ ...quiet, ...options }, { aRwndBytes: 1_000_000 }), listener };
}

describe("a controller that asks for samples", () => {
  it("gets one with each acknowledgement, of the chunk that was sent last", () => {
    const { link, listener } = listening();
    link.send(20 * 1_172);
    link.lab.run(50);
    link.receive([link.sack(3)]);
    link.lab.run(50);
    link.receive([link.sack(10)]);
    expect(listener.samples).toEqual([
      {
        totalBytes: 4_752,
        priorBytes: 0,
        bytesPerMs: 4_752 / 50,
        isAppLimited: false,
        flightBytes: 4_752,
        lostBytes: 0,
      },
      {
        totalBytes: 11 * 1_188,
        priorBytes: 4_752,
        bytesPerMs: (7 * 1_188) / 50,
        isAppLimited: false,
        flightBytes: 7 * 1_188,
        lostBytes: 0,
      },
    ]);
  });

  it("hears of what is sent after there was nothing to send, but not of a full window", () => {
    const { link, listener } = listening();
    link.send(9 * 1_172); // The window is full, and nothing is left.
    link.receive([link.sack(0)]);
    link.send(1_172);
    expect(listener.limited).toEqual([...new Array<boolean>(9).fill(false), true]);
    link.receive([link.sack(8)]);
    link.receive([link.sack(9)]);
    expect(listener.samples.map((sample) => sample?.isAppLimited)).toEqual([false, false, true]);
  });

  it("hears nothing of that where more came before the window had room", () => {
    const { link, listener } = listening();
    link.send(9 * 1_172);
    link.send(1_172);
    link.receive([link.sack(0)]);
    expect(listener.limited).toEqual(new Array<boolean>(10).fill(false));
  });

  it("hears that less than a packet waits for more, by Nagle", () => {
    const { link, listener } = listening({ noDelay: false });
    link.send(1_172 + 100);
    link.send(1_172);
    expect(listener.limited).toEqual([false, true, true]);
  });

  it("hears of each chunk that is lost, by reports or by a timeout", () => {
    const { link, listener } = listening({ lossDetection: "rfc9260" });
    link.send(5 * 1_172);
    for (const end of [3, 4, 5]) link.receive([link.sack(-1, { gapBlocks: [{ start: 3, end }] })]);
    expect(listener.lost).toMatchObject([
      { chunkBytes: 1_188, totalBytes: 3 * 1_188, flightBytes: 1_188, lostBytes: 1_188 },
      { chunkBytes: 1_188, totalBytes: 3 * 1_188, flightBytes: 2_376, lostBytes: 2_376 },
    ]);
    link.lab.runUntilSent();
    expect(listener.lost).toHaveLength(4);
    expect(listener.lost[3]).toMatchObject({ lostBytes: 2_376 }); // Since it was sent again.
  });

  it("hears nothing of a probe that a closed window refuses", () => {
    const { link, listener } = listening();
    link.send(1_172);
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.send(2_344);
    link.lab.runUntilSent();
    link.receive([link.sack(0, { aRwndBytes: 0 })]);
    link.lab.runUntilSent();
    expect(listener.lost).toEqual([]);
    link.receive([link.sack(0, { aRwndBytes: 100_000 })]);
    expect(listener.lost).toEqual([]);
  });

  it("has samples that count on after a restart of the peer's", () => {
    const { link, listener } = listening();
    link.send(3 * 1_172);
    link.receive([link.sack(2)]);
    link.send(2 * 1_172);
    const { lab } = link;
    const initAck = only(lab.receive([initChunk({ initiateTag: 0x0505_0505, initialTsn: 9 })]), "INIT ACK");
    lab.receive([{ kind: "COOKIE ECHO", cookie: cookieOf(initAck) }], { tag: initAck.initiateTag });
    const again = new Link(lab, link.association, 9, initAck.initialTsn);
    expect(lab.eventKinds).toContain("restarted");
    again.send(2 * 1_172); // What was outstanding has failed.
    lab.run(10);
    again.receive([again.sack(1)]);
    expect(listener.samples.at(-1)).toMatchObject({
      totalBytes: 5 * 1_188,
      priorBytes: 3 * 1_188,
      flightBytes: 2 * 1_188,
    });
  });

  it("takes over what was sampled before, from whichever controller", () => {
    const { link, listener } = listening();
    link.send(5 * 1_172);
    link.association.setOptions({ congestionControl: "rfc9260" }, link.lab.nowMs);
    link.receive([link.sack(1)]);
    expect(listener.samples).toEqual([]);
    const other = new Listener();
    link.association.setOptions({ congestionControl: () => other }, link.lab.nowMs);
    link.lab.run(10);
    link.receive([link.sack(4)]);
    expect(other.samples).toMatchObject([{ totalBytes: 5 * 1_188 }]);
  });
});
