/** DATA on all paths at once, towards a peer of which the test writes every SACK (draft-tuexen-tsvwg-sctp-multipath 3, 5). */
import { describe, expect, it } from "vitest";
import type { Reliability } from "../../../../src/association/model/reliability.ts";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import { associationOptions } from "../../../../src/base/options.ts";
import { Rfc9260Controller } from "../../../../src/congestion/rfc9260.ts";
import {
  chunksOf,
  FORWARD_TSN_SUPPORTED,
  FULL_PAYLOAD,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
} from "../../../conformance/lab.ts";
import { MULTIPATH, numbersTo, sack, sendFull, twoPathLink } from "../../../inside/two-path-link.ts";

/** What a peer says that has no room. */
const CLOSED = { aRwndBytes: 0 } as const;
const DETECTORS = ["rfc9260", "rack"] as const;

const cwndOf = (link: Link, address: string): number => link.association.path(address).cwndBytes;

/** 0 to 3 are in flight on the first path, 4 to 7 on the second one. */
function eightSent(options: Partial<AssociationOptions> = {}): Link {
  const link = twoPathLink({ ...MULTIPATH, ...options }, undefined, [FORWARD_TSN_SUPPORTED]);
  const packets = sendFull(link, 8);
  expect(numbersTo(link, PEER_ADDRESS, packets)).toEqual([0, 1, 2, 3]);
  expect(numbersTo(link, PEER_SECOND_ADDRESS, packets)).toEqual([4, 5, 6, 7]);
  return link;
}

it("fills the window of each path, and of one only where it is off", () => {
  const off = twoPathLink({ maxBurst: 1_000 });
  expect(new Set(sendFull(off, 8).map(({ to }) => to))).toEqual(new Set([PEER_ADDRESS]));
  eightSent();
});

it("sends where the user wants a message to go, as long as that works", () => {
  const link = twoPathLink(MULTIPATH);
  const packets = [1, 2, 3].flatMap(() => link.send(100, { to: PEER_SECOND_ADDRESS }));
  expect(packets.map(({ to }) => to)).toEqual([
    PEER_SECOND_ADDRESS,
    PEER_SECOND_ADDRESS,
    PEER_SECOND_ADDRESS,
  ]);
});

it("keeps the mode that the association began with", () => {
  const link = twoPathLink({ maxBurst: 1_000 });
  link.association.setOptions({ multipath: "coupled" }, link.lab.nowMs);
  expect(link.association.options.multipath).toBe("off");
  expect(new Set(sendFull(link, 8).map(({ to }) => to))).toEqual(new Set([PEER_ADDRESS]));
});

describe.each(DETECTORS)("by %s", (lossDetection) => {
  it("takes what another path has brought for no sign of loss, however often it is told (3.1)", () => {
    const link = eightSent({ lossDetection });
    link.lab.run(20);
    const again = [4, 5, 6, 7].flatMap((last) => sack(link, -1, [[4, last]]));
    expect(again).toEqual([]);
    expect(link.lab.run(150)).toEqual([]);
    expect(link.association.stats).toMatchObject({ retransmittedChunks: 0, fastRetransmits: 0 });
  });

  it("takes reports of both paths in turn for none either, whichever is the faster one (3.1)", () => {
    const link = eightSent({ lossDetection });
    link.lab.run(20);
    const reports: ReadonlyArray<readonly [number, Array<readonly [number, number]>]> = [
      [-1, [[4, 4]]],
      [0, [[4, 4]]],
      [0, [[4, 5]]],
      [1, [[4, 5]]],
      [1, [[4, 6]]],
      [2, [[4, 6]]],
      [2, [[4, 7]]],
      [7, []],
    ];
    for (const [through, blocks] of reports) {
      expect(sack(link, through, blocks)).toEqual([]);
      link.lab.run(1);
    }
    expect(link.association.stats.retransmittedChunks).toBe(0);
  });

  it("finds what is missing below what has come by the same path, and reduces no other window (3.1)", () => {
    const link = eightSent({ lossDetection });
    link.lab.run(20);
    sack(link, -1, [[4, 7]]);
    const before = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map((address) => cwndOf(link, address));
    const again = [1, 2, 3].flatMap((last) => [
      ...sack(link, -1, [
        [1, last],
        [4, 7],
      ]),
      ...link.lab.run(20),
    ]);
    expect(numbersTo(link, PEER_ADDRESS, again)).toEqual([0]);
    expect(cwndOf(link, PEER_SECOND_ADDRESS)).toBe(before[1]);
    expect(link.association.path(PEER_ADDRESS).ssthreshBytes).toBeLessThan(0xffff_ffff);
    expect(link.association.path(PEER_SECOND_ADDRESS).ssthreshBytes).toBe(0xffff_ffff);
    expect(link.association.stats.fastRetransmits).toBe(1);
  });

  it("lets each path recover by itself: a loss on the second one is answered while the first one recovers", () => {
    const link = eightSent({ lossDetection });
    link.lab.run(20);
    for (const last of [1, 2, 3]) {
      sack(link, -1, [[1, last]]);
      link.lab.run(20);
    }
    expect(link.association.stats.fastRetransmits).toBe(1);
    for (const last of [5, 6, 7]) {
      sack(link, -1, [
        [1, 3],
        [5, last],
      ]);
      link.lab.run(20);
    }
    expect(link.association.stats.fastRetransmits).toBe(2);
    expect(link.association.path(PEER_SECOND_ADDRESS).ssthreshBytes).toBeLessThan(0xffff_ffff);
  });

  it("sends what timed out elsewhere, and leaves the other path's DATA alone (RFC 9260 6.3.3, 6.4)", () => {
    const link = eightSent({ lossDetection });
    link.lab.run(20);
    sack(link, -1, [[4, 7]]);
    const again = link.lab.run(1_500);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, again)).toEqual([0, 1, 2, 3]);
    expect(numbersTo(link, PEER_ADDRESS, again)).toEqual(lossDetection === "rack" ? [3] : []); // A probe of the tail.
    expect(link.association.stats.timeouts).toBe(1);
  });
});

describe("the reordering window of a path", () => {
  it("is there for what is late behind SACKs that found no gap on it (RFC 8985 6.2)", () => {
    const link = eightSent({ lossDetection: "rack" });
    link.lab.run(20);
    for (const last of [4, 5]) sack(link, -1, [[4, last]]);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 2))).toEqual([8, 9]);
    link.lab.run(20);
    for (const last of [6, 7]) sack(link, -1, [[4, last]]);
    const blocks = [
      [4, 7],
      [9, 9],
    ] as const;
    expect(sack(link, -1, blocks)).toEqual([]);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, link.lab.run(10))).toEqual([8]);
  });
});

describe("windows", () => {
  it("grow by what has come in order on their own path, though the cumulative ack stands still (3.2)", () => {
    const link = eightSent();
    const before = cwndOf(link, PEER_SECOND_ADDRESS);
    link.lab.run(20);
    sack(link, -1, [[4, 5]]);
    expect(cwndOf(link, PEER_SECOND_ADDRESS)).toBeGreaterThan(before);
    expect(cwndOf(link, PEER_ADDRESS)).toBe(before);
  });

  it("of both paths together hold what the peer has room for, each at most its share (5.2)", () => {
    const link = twoPathLink(MULTIPATH);
    const first = sendFull(link, 1);
    expect(first).toHaveLength(1);
    sack(link, 0, [], { aRwndBytes: 6_000 }); // Two packets fit into a half, and five into the whole.
    const packets = sendFull(link, 6);
    expect(packets.filter(({ to }) => to === PEER_ADDRESS)).toHaveLength(2);
    expect(packets.filter(({ to }) => to === PEER_SECOND_ADDRESS)).toHaveLength(2);
  });

  it("of the second path are probed while they are closed, as on one path (RFC 9260 6.1 A)", () => {
    const link = twoPathLink(MULTIPATH);
    sendFull(link, 1);
    sack(link, 0, [], CLOSED);
    expect(sendFull(link, 2)).toEqual([]);
    expect(chunksOf(link.lab.run(1_500), "DATA")).toHaveLength(1);
  });
});

describe("a buffer that is full", () => {
  /** The first path answers in 100 ms, the second one in 20: 8 is under way on the first one, 9 to `last` have come by the second. */
  function waiting(last: number, options: Partial<AssociationOptions> = {}, reliability?: Reliability): Link {
    const link = eightSent(options); // By RFC 9260's rules no tail is probed meanwhile.
    link.lab.run(20);
    sack(link, -1, [[4, 7]]);
    link.lab.run(80);
    sack(link, 7);
    const named = link.send(FULL_PAYLOAD, { to: PEER_ADDRESS, reliability });
    expect(numbersTo(link, PEER_ADDRESS, named)).toEqual([8]);
    const others = sendFull(link, last - 8);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, others)).toHaveLength(last - 8);
    link.lab.run(20);
    return link;
  }

  it("has what it waits for sent again on the fastest path, once, and no window reduced (5.3)", () => {
    const link = waiting(10);
    const before = cwndOf(link, PEER_ADDRESS);
    link.send(FULL_PAYLOAD);
    link.send(FULL_PAYLOAD);
    const again = [
      ...sack(link, 7, [[9, 10]], CLOSED),
      ...link.lab.run(5),
      ...sack(link, 7, [[9, 12]], CLOSED),
      ...sack(link, 7, [[9, 12]], CLOSED),
      ...sendFull(link, 2),
    ];
    expect(numbersTo(link, PEER_SECOND_ADDRESS, again)).toEqual([8]);
    expect(cwndOf(link, PEER_ADDRESS)).toBe(before);
    expect(link.association.path(PEER_ADDRESS).flightBytes).toBe(0);
    link.lab.run(985); // T3-rtx would expire on the first path now, and not yet on the second one.
    expect(link.association.stats).toMatchObject({ retransmittedChunks: 1, fastRetransmits: 0, timeouts: 0 });
  });

  it("gives up nothing for being sent again that nobody knows to be lost (RFC 3758 4.1)", () => {
    const link = waiting(10, {}, { maxRetransmits: 0 });
    const again = [...sack(link, 7, [[9, 10]], CLOSED), ...sendFull(link, 2)];
    expect(again).toEqual([]);
    expect(link.association.abandoned()).toEqual({ unsent: 0, sent: 0 });
    expect(link.association.path(PEER_ADDRESS).flightBytes).toBeGreaterThan(0);
    // It is lost: T3-rtx says so, and the peer hears of it.
    const later = link.lab.run(1_100);
    expect(link.association.abandoned()).toEqual({ unsent: 0, sent: 1 });
    expect(chunksOf(later, "FORWARD TSN")[0]?.newCumulativeTsn).toBe((link.ourTsn + 8) >>> 0);
  });

  it("misses nothing that came later by what the fast path had sent before (3.1)", () => {
    const link = waiting(12);
    sack(link, 7, [[9, 9]], CLOSED);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 1))).toEqual([8]);
    const again = [10, 11, 12].flatMap((last) => sack(link, 7, [[9, last]], CLOSED));
    expect(again).toEqual([]);
    expect(link.association.path(PEER_SECOND_ADDRESS).ssthreshBytes).toBe(0xffff_ffff);
    expect(link.association.stats.fastRetransmits).toBe(0);
  });

  it("takes what the slow path has brought meanwhile for no sign that the fast one has lost something (RFC 8985 6.2)", () => {
    const link = waiting(12, { lossDetection: "rack" });
    sack(link, 7, [[9, 9]], CLOSED);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 1))).toEqual([8]);
    link.lab.run(25);
    expect(sack(link, 9, [], CLOSED)).toEqual([]);
    expect(link.association.path(PEER_SECOND_ADDRESS).ssthreshBytes).toBe(0xffff_ffff);
    expect(link.association.stats.fastRetransmits).toBe(0);
  });

  it("takes the duplicate that it causes for no sign that the fast path reorders (RFC 8985 6.2)", () => {
    const link = waiting(10, { lossDetection: "rack" });
    sack(link, 7, [[9, 10]], CLOSED);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 1))).toEqual([8]);
    link.lab.run(25);
    sack(link, 10, [], { duplicateTsns: [(link.ourTsn + 8) >>> 0] });
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 1))).toEqual([12]);
    link.lab.run(20);
    sack(link, 10, [[12, 12]]);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, link.lab.run(6))).toEqual([11]);
  });

  it("leaves the slow path free to time something else (RFC 9260 6.3.1 C4)", () => {
    const link = waiting(10);
    link.send(FULL_PAYLOAD);
    const before = link.association.path(PEER_ADDRESS).srttMs ?? 0;
    sack(link, 7, [[9, 10]], CLOSED);
    sendFull(link, 1);
    sack(link, 11);
    sack(link, 12);
    const named = numbersTo(link, PEER_ADDRESS, link.send(FULL_PAYLOAD, { to: PEER_ADDRESS }));
    expect(named).toHaveLength(1);
    link.lab.run(300);
    sack(link, named[0]!);
    expect(link.association.path(PEER_ADDRESS).srttMs).toBeCloseTo((7 * before + 300) / 8, 5);
  });

  it("has nothing sent a third time, though the path that it was sent again on is the slow one now", () => {
    const link = eightSent();
    link.lab.run(20);
    sack(link, -1, [[4, 7]]);
    link.lab.run(80);
    sack(link, 7);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 2))).toEqual([8, 9]);
    link.lab.run(820);
    expect(numbersTo(link, PEER_ADDRESS, link.send(FULL_PAYLOAD, { to: PEER_ADDRESS }))).toEqual([10]);
    link.lab.run(30);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 1))).toEqual([11]);
    link.lab.run(20);
    sack(link, 7, [[11, 11]], CLOSED);
    expect(numbersTo(link, PEER_SECOND_ADDRESS, sendFull(link, 1))).toEqual([10]);
    link.lab.run(5);
    expect(sack(link, 9, [[11, 11]], CLOSED)).toEqual([]); // 8 took 875 ms.
    const [first, second] = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map((to) => link.association.path(to));
    expect(second?.srttMs).toBeGreaterThan((first?.srttMs ?? 0) + 20);
    expect(link.association.stats.retransmittedChunks).toBe(1);
  });

  it("has nothing sent again that will be there sooner anyhow", () => {
    const link = waiting(10);
    link.lab.run(70);
    sendFull(link, 1);
    expect([...sack(link, 7, [[9, 10]], CLOSED), ...sendFull(link, 2)]).toEqual([]);
    expect(link.association.stats.retransmittedChunks).toBe(0);
  });

  it("has nothing sent again while there is room", () => {
    const link = waiting(10);
    sack(link, 7, [[9, 10]]);
    sendFull(link, 1);
    expect(link.association.stats.retransmittedChunks).toBe(0);
  });
});

describe('"coupled"', () => {
  it("is for windows that grow by what is acknowledged: others are refused, and it is said what to use", () => {
    for (const congestionControl of ["rfc9260", "cubic"] as const)
      expect(associationOptions({ multipath: "coupled", congestionControl }).multipath).toBe("coupled");
    expect(() => associationOptions({ multipath: "coupled", congestionControl: "bbr" })).toThrow(
      /multipath "coupled" is for congestionControl "rfc9260" and "cubic", not for "bbr": use "independent"/,
    );
    const congestionControl: AssociationOptions["congestionControl"] = ({ pmdcsBytes, family }) =>
      new Rfc9260Controller(pmdcsBytes, family);
    expect(() => associationOptions({ multipath: "coupled", congestionControl })).toThrow(/of your own/);
    expect(associationOptions({ multipath: "independent", congestionControl }).multipath).toBe("independent");
  });
});
