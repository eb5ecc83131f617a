/** RACK-TLP (RFC 8985), mapped to SCTP: the option `lossDetection: "rack"`. */
import { describe, expect, it } from "vitest";
import type { LossEvent } from "../../src/base/congestion-control.ts";
import type { AssociationOptions } from "../../src/base/options.ts";
import { CubicController } from "../../src/congestion/cubic.ts";
import { Rfc9260Controller } from "../../src/congestion/rfc9260.ts";
import {
  chunksOf,
  cookieWait,
  FULL_PAYLOAD,
  initAckChunk,
  Lab,
  type Link,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  twoPaths,
} from "./lab.ts";
import { Flow, RACK_OPTIONS, RTT_MS } from "./rack-flow.ts";

/** As `Flow`, and the path has reordered by a little. */
function reordering(options: Partial<AssociationOptions> = {}): Flow {
  const flow = new Flow(options);
  flow.send(3);
  flow.pass(RTT_MS);
  flow.sack(0, [[2, 2]]);
  flow.sack(3);
  flow.restart(3);
  return flow;
}

/** Its reordering window becomes as wide as it can be. */
function widen(flow: Flow): void {
  for (let round = 0; round < 12; round++) {
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 2]]);
    flow.pass(2 * RTT_MS);
    flow.sack(2, [], [1]);
    flow.restart(2);
  }
}

/** Two paths whose round trips have been measured; the first is the primary one. Offsets count from 2 on. */
function measuredPaths(): Link {
  const link = twoPaths(RACK_OPTIONS, RTT_MS);
  [PEER_ADDRESS, PEER_SECOND_ADDRESS].forEach((address, at) => {
    link.association.setPrimary(address);
    link.send(FULL_PAYLOAD);
    link.lab.run(RTT_MS);
    link.receive([link.sack(at)]);
  });
  link.association.setPrimary(PEER_ADDRESS);
  return link;
}

/** So many full packets, to that address. */
function sendTo(link: Link, address: string, count: number): void {
  link.association.setPrimary(address);
  for (let i = 0; i < count; i++) {
    const packets = link.send(FULL_PAYLOAD);
    expect(packets.map(({ to }) => to)).toEqual([address]);
  }
}

describe("RFC 8985 3.3.2 Reordering Window Adaptation", () => {
  it("SHOULD: does not wait where nothing was ever reordered and three packets beyond a missing one have come", () => {
    const flow = new Flow();
    flow.send(4);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 3]])).toEqual([]);
    expect(flow.sack(0, [[2, 4]])).toEqual([1]);
    // One SACK may tell of all three: the others were lost.
    const other = new Flow();
    other.send(4);
    other.pass(RTT_MS);
    expect(other.sack(0, [[2, 4]])).toEqual([1]);
  });

  it("SHOULD: counts packets, not chunks, for that", () => {
    const link = new Lab().accepted(RACK_OPTIONS);
    link.send(FULL_PAYLOAD);
    link.lab.run(RTT_MS);
    link.receive([link.sack(0)]);
    link.send(FULL_PAYLOAD);
    for (let i = 0; i < 8; i++) link.association.send(new Uint8Array(40), {}, link.lab.nowMs);
    expect(link.lab.flush()).toHaveLength(1);
    link.lab.run(RTT_MS);
    // Eight chunks have come in one packet, which may have overtaken the other.
    expect(link.receive([link.sack(0, { gapBlocks: [{ start: 2, end: 9 }] })])).toEqual([]);
    expect(link.lab.run(RTT_MS / 4)).toHaveLength(1);
  });

  it("SHOULD: does not wait in recovery where nothing was ever reordered", () => {
    const flow = new Flow();
    flow.send(6);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 4]])).toEqual([1]);
    expect(
      flow.sack(0, [
        [2, 4],
        [6, 6],
      ]),
    ).toEqual([5]);
  });

  it("SHOULD: begins with a quarter of the round trip where three packets have not come, or something was reordered", () => {
    const flow = new Flow();
    flow.send(3);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 3]])).toEqual([]);
    expect(flow.pass(RTT_MS / 4 - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
    // As often as it happens: SACKs of before count no more.
    flow.sack(3);
    for (let round = 0; round < 3; round++) {
      flow.restart(3);
      flow.send(3);
      flow.pass(RTT_MS);
      flow.sack(0, [[2, 3]]);
      expect(flow.pass(RTT_MS / 4 - 1)).toEqual([]);
      expect(flow.pass(1)).toEqual([1]);
      flow.pass(RTT_MS);
      flow.sack(3);
    }
    const late = reordering();
    late.send(6);
    late.pass(RTT_MS);
    expect(late.sack(0, [[2, 6]])).toEqual([]);
    expect(late.pass(RTT_MS / 4 - 1)).toEqual([]);
    expect(late.pass(1)).toEqual([1]);
  });

  it("SHOULD: grows by a quarter of the round trip for each round that reports duplicates", () => {
    const flow = reordering();
    let numbers = 0;
    for (const quarters of [1, 2, 3]) {
      flow.restart(numbers);
      flow.send(2);
      flow.pass(RTT_MS);
      flow.sack(0, [[2, 2]]);
      expect(flow.pass((quarters * RTT_MS) / 4 - 1)).toEqual([]);
      expect(flow.pass(1)).toEqual([1]);
      flow.sack(2, [], [1]); // The first one had been late, not lost.
      flow.sack(2, [], [1]);
      numbers = 2;
    }
  });

  it("SHOULD: does not grow for duplicates of what was sent once: the network made those", () => {
    const flow = reordering();
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(2, [], [1, 2]);
    flow.restart(2);
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 2]]);
    expect(flow.pass(RTT_MS / 4)).toEqual([1]);
  });

  it("MUST: is bounded, by the smoothed round trip", () => {
    const flow = reordering();
    widen(flow);
    const { srttMs = 0 } = flow.link.association.path(PEER_ADDRESS);
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 2]]);
    expect(flow.pass(srttMs - 1)).toEqual([]);
    expect(flow.pass(2)).toEqual([1]);
  });

  it("SHOULD: is what it began with after sixteen recoveries without such a report", () => {
    const flow = reordering();
    const recover = (duplicates: readonly number[]): number => {
      flow.send(2);
      flow.pass(RTT_MS);
      flow.sack(0, [[2, 2]]);
      let waitedMs = 0;
      while (flow.pass(1).length === 0) waitedMs++;
      flow.pass(RTT_MS);
      flow.sack(2, [], duplicates);
      flow.restart(2);
      return waitedMs + 1;
    };
    expect(recover([1])).toBe(RTT_MS / 4);
    expect(Array.from({ length: 16 }, () => recover([]))).toEqual(new Array(16).fill(RTT_MS / 2));
    expect(recover([])).toBe(RTT_MS / 4);
  });
});

describe("RFC 8985 4 Requirements", () => {
  it("MUST: keeps of each chunk when it was sent last, and asks of each path by itself", () => {
    const link = twoPaths({ ...RACK_OPTIONS, rtoInitialMs: 1_000 });
    link.send(100);
    link.lab.run(RTT_MS);
    link.receive([link.sack(0)]);
    link.send(100); // 1
    link.association.setPrimary(PEER_SECOND_ADDRESS);
    link.lab.run(1);
    link.send(100); // 2, by the other path, which is faster
    link.send(100); // 3
    link.send(100); // 4
    link.send(100); // 5
    link.lab.run(10);
    const news = link.receive([link.sack(0, { gapBlocks: [{ start: 2, end: 5 }] })]);
    expect([news, link.lab.run(RTT_MS)]).toEqual([[], []]);
  });
});

describe("RFC 8985 6.2 Upon Receiving an ACK", () => {
  it("SHOULD: forgets a round trip that has not been seen for minutes", () => {
    const flow = new Flow();
    const longerMs = 1.5 * RTT_MS;
    for (let i = 0; i < 2; i++) {
      flow.pass(400_000);
      flow.send(2);
      flow.pass(longerMs);
      flow.sack(2);
      flow.restart(2);
    }
    flow.send(2);
    flow.pass(longerMs);
    flow.sack(0, [[2, 2]]);
    expect(flow.pass(longerMs / 4 - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
  });

  it("SHOULD: remembers a round trip of some minutes ago", () => {
    const flow = new Flow();
    flow.pass(200_000);
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(2);
    flow.restart(2);
    flow.pass(200_000);
    flow.send(2);
    flow.pass(1.5 * RTT_MS);
    flow.sack(0, [[2, 2]]);
    expect(flow.pass(RTT_MS / 4)).toEqual([1]);
  });

  it("MUST: learns nothing of an acknowledgement that is sooner after a retransmission than any round trip", () => {
    const flow = new Flow();
    flow.send(4);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 4]])).toEqual([1]);
    flow.send(1); // 5
    flow.pass(RTT_MS / 2);
    flow.sack(4); // The first transmission of 1 was late: its second says nothing of what was sent before it.
    flow.restart(4);
    flow.send(1); // 2
    expect(flow.pass(RTT_MS / 2)).toEqual([]);
    expect(flow.sack(2)).toEqual([]);
  });

  it("SHOULD: finds a retransmission that was lost by what was sent after it", () => {
    const flow = new Flow();
    flow.send(4);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 4]])).toEqual([1]);
    flow.pass(1);
    flow.send(1); // 5
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 5]])).toEqual([1]);
    flow.pass(1);
    flow.send(1); // 6
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 6]])).toEqual([1]);
  });

  it("SHOULD: tells by the order of sending what a coarse clock does not", () => {
    const flow = new Flow();
    flow.send(4);
    flow.pass(RTT_MS);
    flow.link.association.send(new Uint8Array(FULL_PAYLOAD), {}, flow.link.lab.nowMs);
    // All in one millisecond: 5 was sent before 1 was sent again, or after it; as 1 goes first, 5 tells of it.
    expect(flow.sack(0, [[2, 4]])).toEqual([1, 5]);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 5]])).toEqual([1]);
    const other = new Flow();
    other.send(4);
    other.pass(RTT_MS);
    expect(other.send(1)).toHaveLength(1); // 5
    expect(other.sack(0, [[2, 4]])).toEqual([1]);
    other.pass(RTT_MS);
    expect(other.sack(0, [[2, 5]])).toEqual([]);
  });

  it("SHOULD: waits by a timer for what was sent a little earlier, each chunk its time", () => {
    const flow = reordering();
    flow.send(1);
    flow.pass(4);
    flow.send(1);
    flow.pass(1);
    flow.send(1);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[3, 3]])).toEqual([]);
    expect(flow.pass(4)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
    expect(flow.pass(3)).toEqual([]);
    expect(flow.pass(1)).toEqual([2]);
  });

  it("MAY: takes what the peer takes back for sent now", () => {
    const flow = new Flow();
    flow.send(3);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 2]]);
    flow.sack(1);
    expect(flow.pass(RTT_MS)).toEqual([]);
    flow.send(3); // 4 to 6
    flow.pass(RTT_MS);
    expect(flow.sack(1, [[4, 6]])).toEqual([2, 3]);
  });
});

describe("RFC 8985 9.3 Interaction with Congestion Control", () => {
  it("MUST: reduces the window again for a retransmission that was lost, where the reduction is not spread", () => {
    const flow = new Flow();
    flow.send(4);
    flow.pass(RTT_MS);
    const before = flow.cwndBytes;
    flow.sack(0, [[2, 4]]);
    const reduced = flow.cwndBytes;
    expect(reduced).toBeLessThan(before);
    flow.pass(1);
    flow.send(2); // 5, 6
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 5]]);
    const again = flow.cwndBytes;
    expect(again).toBeLessThan(reduced);
    flow.sack(0, [[2, 6]]);
    expect(flow.cwndBytes).toBe(again);
  });

  it("MUST: takes all retransmissions of a round that are lost for one sign of congestion", () => {
    const flow = new Flow({}, 200);
    flow.send(6);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 4]])).toEqual([1]);
    flow.send(1); // 7
    expect(
      flow.sack(0, [
        [2, 4],
        [6, 6],
      ]),
    ).toEqual([5]);
    flow.send(1); // 8
    flow.pass(RTT_MS);
    const once = flow.cwndBytes;
    const blocks = (last: number): ReadonlyArray<readonly [number, number]> => [
      [2, 4],
      [6, last],
    ];
    expect(flow.sack(0, blocks(7))).toEqual([1]);
    const twice = flow.cwndBytes;
    expect(twice).toBe(Math.floor(once / 2));
    expect(flow.sack(0, blocks(8))).toEqual([5]);
    expect(flow.cwndBytes).toBe(twice);
    expect(twice).toBeGreaterThan(4 * 1_188);
  });

  it("MUST: counts what the reordering timer finds, and not what the last SACK did", () => {
    const events: LossEvent[] = [];
    class Listener extends Rfc9260Controller {
      override onFastRetransmit(event?: LossEvent): void {
        if (event !== undefined) events.push({ ...event });
        super.onFastRetransmit();
      }
    }
    const flow = new Flow({
      congestionControl: ({ pmdcsBytes, family }) => new Listener(pmdcsBytes, family),
    });
    flow.send(3);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 3]]);
    flow.pass(RTT_MS / 4);
    expect(events).toMatchObject([{ lostBytes: 1_188, flightBytesBefore: 1_188, flightBytes: 0 }]);
  });

  it("MUST: reduces it once with CUBIC, whose reduction is spread", () => {
    const flow = new Flow({ congestionControl: "cubic" });
    flow.send(4);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 4]]);
    const { ssthreshBytes } = flow.link.association.path(PEER_ADDRESS);
    flow.pass(1);
    flow.send(2);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 5]])).toEqual([1]);
    expect(flow.link.association.path(PEER_ADDRESS).ssthreshBytes).toBe(ssthreshBytes);
  });
});

const SACK_DELAY_MS = 200;

describe("RFC 8985 7.2 Scheduling a Loss Probe", () => {
  it("SHOULD: is due two round trips after the last new DATA, and the peer's delay later for one packet", () => {
    const flow = new Flow();
    flow.send(1);
    flow.pass(5);
    flow.send(1);
    expect(flow.pass(2 * RTT_MS - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([2]);
    const alone = new Flow();
    alone.send(1);
    expect(alone.pass(2 * RTT_MS + SACK_DELAY_MS - 1)).toEqual([]);
    expect(alone.pass(1)).toEqual([1]);
  });

  it("SHOULD: is due two round trips after the cumulative ack has moved", () => {
    const flow = new Flow();
    flow.send(4);
    flow.pass(RTT_MS);
    flow.sack(2);
    expect(flow.pass(2 * RTT_MS - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([4]);
  });

  it("SHOULD: is not due before 10 ms, however short a round trip is: an event loop may be busy that long", () => {
    const link = new Lab().accepted(RACK_OPTIONS);
    link.send(FULL_PAYLOAD);
    link.lab.run(1);
    link.receive([link.sack(0)]);
    link.send(FULL_PAYLOAD);
    link.send(FULL_PAYLOAD);
    expect(link.lab.run(9)).toEqual([]);
    expect(chunksOf(link.lab.run(1), "DATA")).toHaveLength(1);
  });

  it("SHOULD: waits for T3-rtx where no round trip is known", () => {
    const link = new Lab().accepted(RACK_OPTIONS);
    link.send(FULL_PAYLOAD);
    link.send(FULL_PAYLOAD);
    expect(link.lab.run(999)).toEqual([]);
    expect(chunksOf(link.lab.run(1), "DATA")).toHaveLength(1);
  });

  it("SHOULD: is due with T3-rtx at the latest, and in its place", () => {
    const flow = new Flow({ rtoMinMs: 60, rtoInitialMs: 60 });
    const { rtoMs } = flow.link.association.path(PEER_ADDRESS);
    expect(rtoMs).toBeLessThan(2 * RTT_MS);
    flow.send(2);
    expect(flow.pass(rtoMs - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([2]);
    expect(flow.pass(rtoMs - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
  });

  it("SHOULD NOT: is not due where the peer has reported something beyond what is missing, or in recovery", () => {
    const flow = reordering();
    flow.send(6);
    flow.pass(RTT_MS);
    flow.sack(1, [[3, 3]]);
    expect(flow.pass(RTT_MS / 4)).toEqual([2]);
    flow.sack(3);
    expect(flow.pass(3 * RTT_MS)).toEqual([]);
  });

  it("SHOULD NOT: is not due while reordering is waited for, although T3-rtx comes before that and something is sent", () => {
    const flow = reordering({ rtoMinMs: 60, rtoInitialMs: 60 });
    widen(flow);
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(2); // A round trip is measured: T3-rtx is not backed off.
    flow.restart(2);
    const { rtoMs } = flow.link.association.path(PEER_ADDRESS);
    expect(rtoMs).toBeLessThan(2 * RTT_MS);
    flow.send(2);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 2]]);
    flow.send(1);
    expect(flow.pass(rtoMs - RTT_MS - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
  });

  it("SHOULD NOT: is not due in what follows a timeout, until all has come that had been sent by then", () => {
    const flow = new Flow();
    flow.send(6);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 4]])).toEqual([1]);
    expect(flow.pass(1_000)).toEqual([1]); // T3-rtx
    flow.pass(RTT_MS);
    expect(flow.sack(4)).toEqual([5, 6]);
    flow.pass(RTT_MS);
    flow.sack(5);
    expect(flow.pass(2 * RTT_MS + SACK_DELAY_MS)).toEqual([]);
    flow.sack(6);
    flow.send(2);
    expect(flow.pass(2 * RTT_MS)).toEqual([8]);
  });

  it("SHOULD: is due for one path, whatever the peer reports of another", () => {
    const link = measuredPaths();
    sendTo(link, PEER_ADDRESS, 2); // 2 and 3
    sendTo(link, PEER_SECOND_ADDRESS, 1); // 4
    link.lab.run(RTT_MS);
    expect(link.receive([link.sack(2, { gapBlocks: [{ start: 2, end: 2 }] })])).toEqual([]);
    const probes = link.lab.run(2 * RTT_MS + SACK_DELAY_MS);
    expect(probes.map(({ to }) => to)).toEqual([PEER_ADDRESS]);
  });

  it("SHOULD: is due again on each path once a recovery has ended", () => {
    const link = measuredPaths();
    sendTo(link, PEER_ADDRESS, 4); // 2 to 5
    link.lab.run(RTT_MS);
    expect(link.receive([link.sack(1, { gapBlocks: [{ start: 2, end: 4 }] })])).toHaveLength(1);
    sendTo(link, PEER_SECOND_ADDRESS, 2); // 6 and 7, while the first path recovers
    link.lab.run(RTT_MS / 2);
    link.receive([link.sack(5)]);
    const probes = link.lab.run(2 * RTT_MS);
    expect(probes.map(({ to }) => to)).toEqual([PEER_SECOND_ADDRESS]);
  });

  it("SHOULD NOT: is not due for what goes with the COOKIE ECHO, which T1-cookie watches over", () => {
    const { lab, association, tag } = cookieWait(RACK_OPTIONS, [PEER_ADDRESS]);
    association.send(new Uint8Array(FULL_PAYLOAD / 2), {}, lab.nowMs);
    lab.run(RTT_MS);
    const [echo, ...more] = lab.receive([initAckChunk()], { tag });
    expect([echo?.kinds, more]).toEqual([["COOKIE ECHO", "DATA"], []]);
    const { srttMs, flightBytes } = association.path(PEER_ADDRESS);
    expect([srttMs, flightBytes > 0]).toEqual([RTT_MS, true]);
    expect(lab.run(2 * RTT_MS + SACK_DELAY_MS)).toEqual([]);
    expect(association.path(PEER_ADDRESS).flightBytes).toBe(flightBytes); // It does not wait to be sent again.
  });

  it("SHOULD NOT: is not due for what waits for room at the peer", () => {
    const link = new Lab().connected(RACK_OPTIONS, { aRwndBytes: 1_500 });
    link.send(1_000);
    link.lab.run(RTT_MS);
    link.receive([link.sack(0, { aRwndBytes: 100 })]);
    link.send(1_000);
    const probes = chunksOf(link.lab.run(1_100), "DATA");
    expect(probes).toHaveLength(1); // The zero-window probe, after an RTO.
    expect(chunksOf(link.lab.run(800), "DATA")).toEqual([]);
  });
});

describe("RFC 8985 7.3 Sending a Loss Probe upon PTO Expiration", () => {
  it("SHOULD: sends one packet of new DATA where there is some, whatever cwnd says, and asks for a SACK", () => {
    const flow = new Flow({ congestionControl: "cubic" });
    const sentAtOnce = flow.numbersOf(flow.send(80)).length;
    expect(sentAtOnce).toBeLessThan(80);
    const packets = flow.link.lab.run(2 * RTT_MS);
    expect(flow.numbersOf(packets)).toEqual([sentAtOnce + 1]);
    expect(chunksOf(packets, "DATA")[0]?.immediate).toBe(true);
    expect(flow.pass(2 * RTT_MS)).toEqual([]);
  });

  it("SHOULD: sends what was sent last once more where there is nothing new, and asks for a SACK", () => {
    const flow = new Flow();
    flow.send(3);
    const packets = flow.link.lab.run(2 * RTT_MS);
    expect(flow.numbersOf(packets)).toEqual([3]);
    expect(chunksOf(packets, "DATA")[0]?.immediate).toBe(true);
  });

  it("SHOULD: sends that where the peer has no room for new DATA", () => {
    const flow = new Flow();
    flow.send(3);
    flow.pass(RTT_MS);
    flow.link.receive([flow.link.sack(flow.offset(1), { aRwndBytes: 2 * FULL_PAYLOAD })]);
    expect(flow.numbersOf(flow.send(1))).toEqual([]);
    expect(flow.pass(2 * RTT_MS)).toEqual([3]);
  });

  it("MUST: is one at a time, and not repeated before the round trip has been measured anew", () => {
    const flow = new Flow();
    flow.send(3);
    expect(flow.pass(2 * RTT_MS)).toEqual([3]);
    expect(flow.pass(900)).toEqual([]);
    const other = new Flow();
    other.send(3);
    expect(other.pass(2 * RTT_MS)).toEqual([3]);
    other.pass(RTT_MS);
    other.sack(3);
    other.send(2); // What is measured now has not been acknowledged yet.
    expect(other.pass(900)).toEqual([]);
  });

  it("MUST: leaves T3-rtx armed as it was, so that a probe that is lost costs no more than an RTO", () => {
    const flow = new Flow();
    flow.send(3);
    expect(flow.pass(2 * RTT_MS)).toEqual([3]);
    expect(flow.pass(999 - 2 * RTT_MS)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
    expect(flow.cwndBytes).toBe(1_188);
  });

  it("MUST: counts as any transmission in finding what was lost before it", () => {
    const flow = new Flow();
    flow.send(3);
    expect(flow.pass(2 * RTT_MS)).toEqual([3]);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[3, 3]])).toEqual([1, 2]);
  });
});

describe("RFC 8985 7.4.2 Special Case: Detecting a Single Loss Repaired by the Loss Probe", () => {
  const probed = (options: Partial<AssociationOptions> = {}): Flow => {
    const flow = new Flow(options);
    flow.send(3);
    flow.pass(2 * RTT_MS);
    flow.pass(RTT_MS);
    return flow;
  };
  /** One packet more is sent and acknowledged. @returns the window before the SACK */
  const more = (flow: Flow): number => {
    flow.send(1);
    flow.pass(RTT_MS);
    const before = flow.cwndBytes;
    flow.sack(4);
    return before;
  };

  it("MUST: takes a loss for repaired once more is acknowledged, and nobody has said that both came", () => {
    const flow = probed();
    flow.sack(3);
    const before = more(flow);
    expect(flow.cwndBytes).toBe(Math.max(before / 2, 4 * 1_188));
    const { ssthreshBytes } = flow.link.association.path(PEER_ADDRESS);
    expect(ssthreshBytes).toBe(flow.cwndBytes);
    // Once, and without a recovery that would outlast it.
    flow.send(1);
    flow.pass(RTT_MS);
    flow.sack(5);
    expect(flow.cwndBytes).toBeGreaterThanOrEqual(ssthreshBytes);
  });

  it("MUST: is none once what was lost is found by other probes of it, or by T3-rtx, which reduced the window", () => {
    const found = probed();
    found.sack(0, [[3, 3]]);
    found.pass(RTT_MS);
    found.sack(3);
    const late = probed();
    late.pass(1_000);
    late.sack(3);
    for (const flow of [found, late]) {
      const { ssthreshBytes } = flow.link.association.path(PEER_ADDRESS);
      more(flow);
      expect(flow.link.association.path(PEER_ADDRESS).ssthreshBytes).toBe(ssthreshBytes);
    }
  });

  it("SHOULD: is answered by CUBIC as any loss", () => {
    const flow = probed({ congestionControl: "cubic" });
    flow.sack(3);
    const before = more(flow);
    expect(flow.cwndBytes).toBe(Math.floor(0.7 * before));
  });

  it("SHOULD: is none where the peer reports the probe as a duplicate", () => {
    const flow = probed();
    flow.sack(3);
    const before = flow.cwndBytes;
    flow.sack(3, [], [3]);
    more(flow);
    expect(flow.cwndBytes).toBeGreaterThanOrEqual(before);
  });

  it("MUST: is one where a duplicate of something else is reported", () => {
    const flow = probed();
    flow.sack(3, [], [2]);
    const before = more(flow);
    expect(flow.cwndBytes).toBeLessThan(before);
  });

  it("SHOULD: is none where the peer says the same again, without duplicates", () => {
    const flow = probed();
    flow.sack(3);
    const before = flow.cwndBytes;
    flow.sack(3);
    more(flow);
    expect(flow.cwndBytes).toBeGreaterThanOrEqual(before);
  });

  it("SHOULD: is none where the first transmission is acknowledged, sooner than the probe can be", () => {
    const flow = new Flow();
    flow.send(3);
    expect(flow.pass(2 * RTT_MS)).toEqual([3]);
    flow.pass(RTT_MS - 1);
    const before = flow.cwndBytes;
    flow.sack(3);
    more(flow);
    expect(flow.cwndBytes).toBeGreaterThanOrEqual(before);
  });

  it("SHOULD: is none where the probe was new DATA", () => {
    const flow = new Flow();
    const sentAtOnce = flow.numbersOf(flow.send(80)).length;
    expect(flow.pass(2 * RTT_MS)).toEqual([sentAtOnce + 1]);
    flow.pass(RTT_MS);
    const before = flow.cwndBytes;
    flow.sack(sentAtOnce + 1);
    flow.pass(RTT_MS);
    flow.sack(sentAtOnce + 2);
    expect(flow.cwndBytes).toBeGreaterThanOrEqual(before);
  });
});

describe("RFC 8985 8 Managing RACK-TLP Timers", () => {
  it("SHOULD: waits for one thing at a time: no probe is due while reordering is waited for", () => {
    const flow = reordering();
    flow.send(2);
    flow.pass(2 * RTT_MS - 1);
    expect(flow.sack(0, [[2, 2]])).toEqual([]); // A probe was due in a millisecond.
    expect(flow.pass(RTT_MS / 4 - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([1]);
  });
});

const CUBIC = { congestionControl: "cubic" } as const;

/** The window of a flow before its first chunk counted as lost, and the one after; six packets have been sent. */
function reduced(options: Partial<AssociationOptions> = CUBIC): {
  flow: Flow;
  before: number;
  after: number;
} {
  const flow = new Flow(options);
  flow.send(6);
  flow.pass(RTT_MS);
  const before = flow.cwndBytes;
  expect(flow.sack(0, [[2, 6]])).toEqual([1]);
  const after = flow.link.association.path(PEER_ADDRESS).ssthreshBytes;
  expect(after).toBeLessThan(before);
  return { flow, before, after };
}

describe("RFC 9438 4.9.2 Spurious Fast Retransmits", () => {
  it("MAY: takes back a reduction for what comes sooner than what was sent again can have come", () => {
    const { flow, before } = reduced();
    flow.pass(2);
    flow.sack(6);
    expect(flow.cwndBytes).toBe(before);
    expect(flow.link.association.path(PEER_ADDRESS).ssthreshBytes).toBeGreaterThanOrEqual(before);
  });

  it("MUST: answers what is lost behind that: Fast Recovery is over (4.6)", () => {
    const flow = new Flow(CUBIC, 200);
    flow.send(60);
    flow.pass(RTT_MS);
    flow.sack(0, [[2, 12]]);
    flow.pass(2);
    flow.sack(12);
    const { fastRetransmits } = flow.link.association.stats;
    const before = flow.cwndBytes;
    flow.pass(1);
    flow.sack(29, [[31, 40]]);
    expect(flow.link.association.stats.fastRetransmits).toBeGreaterThan(fastRetransmits);
    expect(flow.link.association.path(PEER_ADDRESS).ssthreshBytes).toBe(Math.floor(0.7 * before));
  });

  it("MAY: takes it back once the peer reports all of it as duplicates", () => {
    const { flow, before, after } = reduced();
    flow.pass(RTT_MS);
    flow.sack(6);
    expect(flow.cwndBytes).toBe(after);
    flow.sack(6, [], [3, 4]);
    expect(flow.cwndBytes).toBe(after);
    flow.sack(6, [], [2, 1]);
    expect(flow.cwndBytes).toBe(before);
  });

  it("MAY: leaves it where some of it has been lost", () => {
    const flow = new Flow(CUBIC);
    flow.send(6);
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[3, 6]])).toEqual([1, 2]);
    flow.pass(RTT_MS);
    flow.sack(6);
    const after = flow.cwndBytes;
    flow.sack(6, [], [1]);
    expect(flow.cwndBytes).toBe(after);
  });

  it("MAY: leaves it where a retransmission was lost: nobody can tell which of three came", () => {
    const { flow, after } = reduced();
    flow.pass(1);
    flow.send(1); // 7
    flow.pass(RTT_MS);
    expect(flow.sack(0, [[2, 7]])).toEqual([1]);
    flow.pass(RTT_MS);
    flow.sack(7, [], [1]);
    expect(flow.cwndBytes).toBe(after);
  });

  it("MAY: leaves what RFC 9260's controller does, and what its count of misses finds", () => {
    const plain = reduced({});
    plain.flow.pass(RTT_MS);
    plain.flow.sack(6, [], [1]);
    expect(plain.flow.cwndBytes).toBe(plain.after);
    const flow = new Flow({ ...CUBIC, lossDetection: "rfc9260" });
    flow.send(6);
    flow.pass(RTT_MS);
    for (const last of [2, 3, 4]) flow.sack(0, [[2, last]]);
    flow.pass(RTT_MS);
    flow.sack(6);
    const after = flow.cwndBytes;
    flow.sack(6, [], [1]);
    expect(flow.cwndBytes).toBe(after);
  });

  it("MAY: goes on as if there had been no reduction, but after a pause", () => {
    const grow = (cubic: CubicController, nowMs: number): void =>
      cubic.onAck({
        nowMs,
        ackedBytes: 2_000,
        flightBytesBefore: cubic.cwndBytes,
        flightBytes: cubic.cwndBytes - 2_000,
        windowFilled: true,
        inFastRecovery: false,
        lostBytes: 0,
        cumulativeAckAdvanced: true,
        rttMs: Number.NaN,
        srttMs: 50,
        deliveredBytes: 0,
        intervalMs: Number.NaN,
      });
    const loss = { nowMs: 0, srttMs: 50, flightBytesBefore: 20_000, flightBytes: 18_000, lostBytes: 1_000 };
    const [cubic, twin] = [new CubicController(1_000), new CubicController(1_000)];
    for (const each of [cubic, twin]) {
      for (let i = 0; i < 20; i++) grow(each, i);
      each.onFastRetransmit(loss);
      each.onFastRecoveryEnd();
      for (let i = 0; i < 40; i++) grow(each, 1_000 + 20 * i);
    }
    for (const reduce of [() => cubic.onFastRetransmit(loss), () => cubic.onTimeout()]) {
      reduce();
      expect(cubic.cwndBytes).not.toBe(twin.cwndBytes);
      cubic.onSpuriousReduction();
      for (let i = 0; i < 200; i++) {
        for (const each of [cubic, twin]) grow(each, 2_000 + 20 * i);
        expect(cubic.cwndBytes).toBe(twin.cwndBytes);
      }
    }
    cubic.onTimeout();
    grow(cubic, 7_000);
    cubic.onIdle(1);
    const afterPause = cubic.cwndBytes;
    cubic.onSpuriousReduction();
    expect(cubic.cwndBytes).toBe(afterPause);
    const first = new CubicController(1_000);
    const { cwndBytes } = first;
    first.onSpuriousReduction();
    expect(first.cwndBytes).toBe(cwndBytes);
  });
});

describe("RFC 9438 4.9.1 Spurious Timeouts", () => {
  it("MAY: takes back a timeout whose earliest chunk comes sooner than what was sent again can have come", () => {
    const flow = new Flow(CUBIC);
    flow.send(3);
    const before = flow.cwndBytes;
    expect(flow.pass(2 * RTT_MS)).toEqual([3]);
    expect(flow.pass(1_000 - 2 * RTT_MS)).toEqual([1]);
    expect(flow.cwndBytes).toBe(1_188);
    flow.pass(2);
    flow.sack(3);
    expect(flow.cwndBytes).toBe(before);
  });

  it("MAY: leaves it where that took a round trip", () => {
    const flow = new Flow(CUBIC);
    flow.send(3);
    flow.pass(1_000);
    flow.pass(RTT_MS);
    flow.sack(1);
    expect(flow.cwndBytes).toBeLessThanOrEqual(2 * 1_188);
  });

  it("MUST: reduces a full window for what was lost all the same as for any loss, and bursts at none (RFC 9937 6.1)", () => {
    const flow = new Flow(CUBIC);
    const before = flow.numbersOf(flow.send(400)).length;
    flow.pass(1_000);
    flow.pass(2);
    // All was late, but 2, and the same SACK tells of both.
    flow.sack(1, [[3, 6]]);
    const sent: number[] = [];
    for (let last = 8; last <= 18; last += 2) sent.push(flow.sack(1, [[3, last]]).length);
    expect(Math.max(...sent)).toBeLessThan(3);
    expect(sent.reduce((sum, count) => sum + count)).toBeLessThan(0.9 * 12); // Of so many that have come meanwhile.
    expect(flow.link.association.path(PEER_ADDRESS).flightBytes).toBeLessThan(before * FULL_PAYLOAD);
  });

  describe.each([
    ["one path at a time", {}],
    ["all paths at once", { multipath: "independent" }],
  ] as const)("with %s", (_, options) => {
    /** Twenty packets are in flight when T3-rtx expires, and the first of them has gone out again. */
    function timedOut(): Flow {
      const flow = new Flow({ ...CUBIC, ...options });
      flow.send(20);
      expect(flow.pass(2 * RTT_MS)).toEqual([20]);
      expect(flow.pass(1_000 - 2 * RTT_MS)).toEqual([1]);
      flow.pass(2);
      return flow;
    }

    it("MUST NOT: sends again what had only to be sent again for the timeout", () => {
      const flow = timedOut();
      expect(flow.sack(1)).toEqual([]);
      for (let through = 2; through <= 20; through++) {
        expect(flow.pass(1)).toEqual([]);
        expect(flow.sack(through)).toEqual([]);
      }
      expect(flow.link.association.stats.retransmittedChunks).toBe(2); // The probe, and the first.
      expect(flow.numbersOf(flow.send(1))).toEqual([21]);
    });

    it("MUST: sends again what was lost all the same, once something that was sent later has come", () => {
      const flow = timedOut();
      expect(flow.sack(1)).toEqual([]);
      expect(flow.sack(1, [[4, 20]])).toEqual([2, 3]);
    });

    it("MUST: waits for what is in flight again by T3-rtx", () => {
      const flow = timedOut();
      expect(flow.sack(1)).toEqual([]);
      expect(flow.pass(10_000)).toContain(2);
    });

    it("MUST: leaves what RACK had found lost before to be sent again, answered as it is", () => {
      const flow = new Flow({ ...CUBIC, ...options });
      const ssthresh = (): number => flow.link.association.path(PEER_ADDRESS).ssthreshBytes;
      flow.send(200);
      flow.pass(RTT_MS);
      // 1 to 10 are lost, and the window has room for some of them.
      const first = [11, 12, 13].flatMap((last) => flow.sack(0, [[11, last]]));
      const answered = ssthresh();
      const waiting = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((number) => !first.includes(number));
      expect(waiting.length).toBeGreaterThan(2);
      for (let ms = 0; ms < 1_500 && flow.cwndBytes !== 1_188; ms += 10) flow.pass(10);
      expect(flow.link.association.stats.timeouts).toBe(1);
      const sent = [14, 20, 30, 36].flatMap((last) => flow.sack(0, [[11, last]]));
      expect(sent.filter((number) => number <= 10)).toEqual(waiting);
      expect(sent.filter((number) => number > 10 && number <= 36)).toEqual([]);
      expect(ssthresh()).toBe(answered);
    });
  });
});
