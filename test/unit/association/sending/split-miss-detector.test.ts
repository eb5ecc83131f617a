/** Misses that are counted for each path by itself, on a few chunks (draft-tuexen-tsvwg-sctp-multipath 3.1). */
import { expect, it } from "vitest";
import { OutboundMessage } from "../../../../src/association/model/outbound-message.ts";
import { Path } from "../../../../src/association/paths/path.ts";
import { PathSet } from "../../../../src/association/paths/path-set.ts";
import { RetransmissionTimeout } from "../../../../src/association/paths/rto.ts";
import { SplitMissDetector } from "../../../../src/association/sending/split-miss-detector.ts";
import { SplitRecovery } from "../../../../src/association/sending/split-recovery.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { Rfc9260Controller } from "../../../../src/congestion/rfc9260.ts";
import { sackView } from "../../../sack-view.ts";
import { Settling } from "../../../settling.ts";

function pathTo(address: string): Path {
  return new Path({
    address,
    localAddress: "10.0.0.1",
    remoteUdpPort: 9_899,
    confirmed: true,
    maxPacketBytes: 1_200,
    congestion: new Rfc9260Controller(1_188, 4),
    rto: new RetransmissionTimeout(1_000, 1_000, 60_000),
    thresholds: associationOptions(),
  });
}

/** Chunks from 1 on, five on each path, by the order of the paths. */
class TwoPaths {
  readonly first: Path = pathTo("10.0.0.2");
  readonly second: Path = pathTo("10.1.0.2");
  readonly detector: SplitMissDetector;
  readonly settling: Settling;

  constructor() {
    const paths = new PathSet();
    for (const path of [this.first, this.second]) paths.add(path);
    this.detector = new SplitMissDetector(paths);
    this.settling = new Settling(1, this.detector);
    const { log } = this.settling;
    for (const { flight } of paths.all) log.addFlight(flight);
    const message = new OutboundMessage(new Uint8Array(10_000), {});
    for (let i = 0; i < 10; i++)
      log.send(message, 3, 0, 100, 116, (i < 5 ? this.first : this.second).flight, 0);
  }

  /** @returns whether anything counts as lost now */
  sack(through: number, ...blocks: ReadonlyArray<readonly [number, number]>): boolean {
    const offsets = blocks.map(([first, last]) => [first - through, last - through] as const);
    expect(this.settling.onSack(sackView(through, 100_000, offsets), 1)).toBe("accepted");
    return this.settling.lossDetected;
  }
}

it("counts a SACK against the chunks of that path alone which it has news of", () => {
  const both = new TwoPaths();
  const losses = [6, 7, 8, 9].map((last) => both.sack(0, [2, 2], [6, last]));
  expect(losses).toEqual([false, false, false, false]);
  expect([both.sack(0, [2, 3], [6, 9]), both.sack(0, [2, 4], [6, 9])]).toEqual([false, true]);
  expect(both.first.flight.lostBytes).toBe(116);
  expect(both.second.flight.lostBytes).toBe(0);
});

it("counts in Fast Recovery what lies below all that has come by the path, and by no other (RFC 9260 7.2.4)", () => {
  const both = new TwoPaths();
  both.detector.recovery.enter(10, both.first);
  expect([1, 2, 3].map((through) => both.sack(through, [6, 6 + through]))).toEqual([false, false, false]);
  const one = new TwoPaths();
  one.detector.recovery.enter(10, one.first);
  expect([one.sack(0, [5, 5]), one.sack(1, [5, 5]), one.sack(2, [5, 5])]).toEqual([false, false, true]);
});

it("takes no news from what went two ways", () => {
  const both = new TwoPaths();
  const { log } = both.settling;
  const [first, second] = [both.first.flight, both.second.flight];
  log.markPathLost(second);
  for (let chunk = log.nextToRetransmit(); chunk !== undefined; chunk = log.nextToRetransmit())
    log.resend(chunk, first, 0);
  expect([6, 7, 8, 9].map((last) => both.sack(0, [6, last]))).toEqual([false, false, false, false]);
});

it("counts nothing that the peer has taken back", () => {
  const one = new TwoPaths();
  one.detector.recovery.enter(10, one.first);
  one.sack(0, [5, 5], [10, 10]);
  expect([1, 2, 3].map((through) => one.sack(through, [10, 10]))).toEqual([false, false, false]);
  expect(one.first.flight.lostBytes).toBe(0);
});

it("counts one miss for a report, however often the chunk has come and gone", () => {
  const both = new TwoPaths();
  const { log } = both.settling;
  for (const [left, taken] of [
    [both.first, both.second],
    [both.second, both.first],
    [both.first, both.second],
    [both.second, both.first],
  ] as const) {
    for (let tsn = 1; tsn <= 5; tsn++) {
      const chunk = log.at(tsn);
      expect(chunk.flight).toBe(left.flight);
      log.markLost(chunk);
      log.resend(chunk, taken.flight, 0);
    }
  }
  const message = new OutboundMessage(new Uint8Array(1_000), {});
  for (let i = 0; i < 5; i++) log.send(message, 3, 0, 100, 116, both.first.flight, 0);
  expect([both.sack(0, [11, 11]), both.sack(0, [11, 12]), both.sack(0, [11, 13])]).toEqual([
    false,
    false,
    true,
  ]);
});

it("has each path recover until its own earliest chunk lies beyond, and owes the first packet there alone", () => {
  const recovery = new SplitRecovery();
  const [first, second] = [pathTo("10.0.0.2"), pathTo("10.1.0.2")];
  recovery.enter(100, first);
  expect(recovery.retransmitDueOn(first)).toBe(true);
  expect(recovery.retransmitDueOn(second)).toBe(false);
  expect([recovery.isActiveOn(first), recovery.isActiveOn(second), recovery.isActive]).toEqual([
    true,
    false,
    true,
  ]);
  const settled = (earliest: number | undefined): boolean => {
    recovery.beginSack();
    recovery.onSettled({ cumulativeAckPoint: 5, earliestOn: () => earliest });
    expect(recovery.wasActiveOn(first)).toBe(true);
    return recovery.isActiveOn(first);
  };
  expect(settled(100)).toBe(true);
  expect(settled(101)).toBe(false);
  recovery.enter(100, first);
  expect(settled(undefined)).toBe(false);
  recovery.enter(100, first);
  recovery.forget(first);
  expect(recovery.isActive).toBe(false);
});
