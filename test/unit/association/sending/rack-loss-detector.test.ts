/** What RACK costs; what it does, against a model: rack.property.test.ts. */
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { RackLossDetector } from "../../../../src/association/sending/rack-loss-detector.ts";
import type { SentChunk } from "../../../../src/association/sending/sent-chunk.ts";
import { SentLog } from "../../../../src/association/sending/sent-log.ts";
import { testPath } from "../../../inside/seat.ts";
import { gapBlocksOf, sackView } from "../../../sack-view.ts";

const NO_DUPLICATES = { duplicateCount: 0, duplicateTsn: () => 0 };

/** Tells of which chunks it was asked when they were sent. */
class TellingLog extends SentLog {
  readonly lookedAt = new Set<number>();

  override send(...chunk: Parameters<SentLog["send"]>): SentChunk {
    const sent = super.send(...chunk);
    let { sentAtMs } = sent;
    Object.defineProperty(sent, "sentAtMs", {
      configurable: true,
      get: () => {
        this.lookedAt.add(sent.tsn);
        return sentAtMs;
      },
      set: (ms: number) => {
        sentAtMs = ms;
      },
    });
    return sent;
  }
}

function bench() {
  const paths = new PathSet();
  const path = testPath("10.0.0.2");
  paths.add(path);
  const detector = new RackLossDetector(paths);
  const log = new TellingLog(1, detector);
  log.addFlight(path.flight);
  const send = (count: number, nowMs: number): void => {
    for (let i = 0; i < count; i++)
      log.send(new OutboundMessage(new Uint8Array(1)), 3, 0, 1, 20, path.flight, nowMs);
  };
  const sack = (
    through: number,
    blocks: ReadonlyArray<readonly [number, number]>,
    nowMs: number,
  ): boolean => {
    expect(log.onSack(sackView(through, 100_000, blocks), nowMs)).toBe("accepted");
    return detector.onSack(log, false, nowMs, NO_DUPLICATES);
  };
  return { detector, log, path, send, sack };
}

it("looks at one chunk for a SACK beyond what that acknowledges, whatever is missing and however often it is said", () => {
  const { detector, log, send, sack } = bench();
  send(2, 0);
  sack(0, [[2, 2]], 1_000);
  sack(2, [], 1_000); // Reordered: from here on a quarter of a second is waited.
  send(5_000, 1_000);
  // Every second chunk is missing: the blocks grow by one each time.
  const blocks: Array<[number, number]> = [];
  for (let offset = 2; offset <= 200; offset += 2) {
    blocks.push([offset, offset]);
    log.lookedAt.clear();
    expect(sack(2, blocks, 2_000)).toBe(false);
    expect([...log.lookedAt].sort()).toEqual([2 + offset, 3].sort());
  }
  log.lookedAt.clear();
  expect(detector.onTimeout(log, false, detector.deadlineMs)).toBe(true);
  expect(log.lookedAt.size).toBe(100); // The lost ones.
  log.lookedAt.clear();
  expect(sack(2, blocks, 2_300)).toBe(false);
  expect(log.lookedAt.size).toBe(0);
});

it("looks once at what SACKs have no room for, however often they say nothing of it", () => {
  const { detector, log, path, send, sack } = bench();
  const sixteen = Array.from({ length: 16 }, (_, i) => [2 + 2 * i, 2 + 2 * i] as const);
  send(1, 0);
  sack(1, [], 10);
  send(2_000, 20);
  sack(1, sixteen, 30);
  expect(detector.onTimeout(log, false, detector.deadlineMs)).toBe(true);
  for (let lost = log.nextToRetransmit(); lost !== undefined; lost = log.nextToRetransmit())
    log.resend(lost, path.flight, 50);
  log.lookedAt.clear();
  // The first that was sent again has come, and tells of all that was sent before it: of one that is known to be missing, too.
  expect(sack(3, sixteen, 60)).toBe(true);
  expect(log.lookedAt.size).toBeGreaterThan(1_900);
  expect(log.nextToRetransmit()?.tsn).toBe(34);
  for (let nowMs = 61; nowMs < 70; nowMs++) {
    log.lookedAt.clear();
    expect(sack(3, sixteen, nowMs)).toBe(false);
    expect(log.lookedAt.size).toBeLessThan(40);
  }
  // With room for all there is: they are lost.
  expect(sack(33, [[2, 2]], 70)).toBe(true);
  expect(log.nextToRetransmit()?.tsn).toBe(34);
  expect(path.flight.flightBytes).toBe(0);
  expect(detector.lastInFlight(path)).toBeUndefined();
});

it("finds what SACKs have room for again, though it was set aside behind what they have none for", () => {
  const { detector, log, path, send, sack } = bench();
  const come = new Set<number>([1]);
  /** As many as sixteen blocks; what is lost since is sent again at once. @returns the TSNs */
  const report = (nowMs: number): number[] => {
    let through = 0;
    while (come.has(through + 1)) through++;
    const beyond = [...come].filter((tsn) => tsn > through);
    sack(through, gapBlocksOf(beyond, through + 1).slice(0, 16), nowMs);
    detector.onTimeout(
      log,
      true,
      Math.max(nowMs, Number.isFinite(detector.deadlineMs) ? detector.deadlineMs : 0),
    );
    const lost: number[] = [];
    for (let chunk = log.nextToRetransmit(); chunk !== undefined; chunk = log.nextToRetransmit()) {
      log.resend(chunk, path.flight, nowMs + 10);
      lost.push(chunk.tsn);
    }
    return lost;
  };
  const add = (from: number, to: number): void => {
    for (let tsn = from; tsn <= to; tsn += 2) come.add(tsn);
  };
  send(1, 0);
  report(10);
  send(80, 20);
  add(41, 71);
  expect(report(30)).toEqual([
    ...Array.from({ length: 39 }, (_, i) => 2 + i),
    ...Array.from({ length: 15 }, (_, i) => 42 + 2 * i),
  ]);
  add(4, 34); // As far as there is room now: 72 to 81 are set aside.
  report(60);
  come.add(3); // Sent after all that is missing: 35 to 40, sent again, are set aside as well.
  report(100);
  come.add(2);
  come.add(38); // There is room as far as that.
  expect(report(140)).toEqual(expect.arrayContaining([36, 37]));
});

it("takes what is acknowledged before it is sent again for late, if that is all there was", () => {
  const { detector, log, send, sack } = bench();
  send(1, 0);
  sack(1, [], 10);
  send(300, 20);
  expect(sack(1, [[300, 300]], 30)).toBe(false);
  expect(detector.onTimeout(log, false, 40)).toBe(true);
  expect(detector.takeSpurious()).toBeUndefined();
  sack(301, [], 50);
  expect(detector.takeSpurious()).toBeUndefined(); // So many are not late.
  send(3, 60);
  sack(301, [[3, 3]], 70);
  expect(detector.onTimeout(log, false, 80)).toBe(true);
  sack(302, [[2, 2]], 81);
  expect(detector.takeSpurious()).toBeUndefined();
  sack(304, [], 81);
  expect(detector.takeSpurious()).toBeDefined();
  expect(detector.takeSpurious()).toBeUndefined();
});

it("begins anew after the sent log has given its memory back", () => {
  const { detector, log, send, sack } = bench();
  send(100, 0);
  sack(100, [], 1);
  log.compact();
  send(3, 1);
  expect(sack(100, [[2, 3]], 3)).toBe(false);
  expect(detector.onTimeout(log, false, 4)).toBe(true);
  expect(log.nextToRetransmit()?.tsn).toBe(101);
});

it("has nothing to say before anything was sent", () => {
  const { detector, sack } = bench();
  expect(sack(0, [], 0)).toBe(false);
  expect(detector.deadlineMs).toBe(Number.POSITIVE_INFINITY);
});

it("asks for no probe of a path that has gone", () => {
  const { detector, log, path, send } = bench();
  send(2, 0);
  path.rto.sample(10);
  path.startT3(0);
  detector.armProbe(path, false, 0);
  expect(detector.deadlineMs).toBe(220);
  detector.probing = { path, resentTsn: undefined };
  log.removeFlight(path.flight);
  detector.onPathRemoved(path);
  expect(detector.probing).toBeUndefined();
  expect(detector.takeDueProbe(10_000)).toBeUndefined();
});

it("waits for nothing that was sent before all began anew", () => {
  const { detector, log, send, sack } = bench();
  send(2, 0);
  sack(0, [[2, 2]], 1_000);
  sack(2, [], 1_000);
  send(2, 1_000);
  sack(2, [[2, 2]], 2_000);
  expect(detector.deadlineMs).toBeLessThan(3_000);
  log.reset(500);
  expect(detector.deadlineMs).toBe(Number.POSITIVE_INFINITY);
});
