/** RTO Restart (RFC 7765), which comes with `lossDetection: "rack"`. */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import { FULL_PAYLOAD } from "./lab.ts";
import { Flow, RTT_MS } from "./rack-flow.ts";

const RTO_MS = 1_000;

/** Two are sent, the second again as a probe, and then the peer says that it has the first. */
function probedAndLate(options: Partial<AssociationOptions> = {}): Flow {
  const flow = new Flow(options);
  flow.send(2);
  expect(flow.pass(2 * RTT_MS)).toEqual(options.lossDetection === "rfc9260" ? [] : [2]);
  flow.pass(200);
  flow.sack(1);
  return flow;
}

/** A SACK up to a number, with so much room. */
function tell(flow: Flow, through: number, aRwndBytes: number): void {
  flow.link.receive([flow.link.sack(flow.offset(through), { aRwndBytes })]);
}

describe("RFC 7765 4 RTOR Algorithm", () => {
  it("MUST: T3-rtx expires an RTO after the earliest outstanding chunk was sent, not after the SACK", () => {
    const flow = probedAndLate();
    expect(flow.pass(RTO_MS - 200 - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([2]);
  });

  it("MUST: but for three chunks at most, behind which nothing can be reported missing three times", () => {
    for (const left of [3, 4]) {
      const flow = new Flow();
      flow.send(1 + left);
      const probe = 1 + left;
      expect(flow.pass(2 * RTT_MS)).toEqual([probe]);
      flow.pass(200);
      flow.sack(1);
      const sinceFirstSentMs = 2 * RTT_MS + 200;
      // A round trip is measured: another probe is due before T3-rtx, and it has two round trips to be answered.
      const t3Ms = left === 3 ? flow.rtoMs - sinceFirstSentMs : flow.rtoMs;
      const before = flow.pass(t3Ms - 1);
      expect(before.every((number) => number === probe)).toBe(true);
      expect(flow.pass(1)).toEqual([2]);
    }
  });

  it("SHOULD NOT: while there is more to be sent", () => {
    const flow = new Flow();
    flow.send(2);
    flow.pass(RTT_MS / 2);
    tell(flow, 0, 2 * FULL_PAYLOAD);
    flow.send(1); // The peer has no room for it.
    expect(flow.pass(2 * RTT_MS)).toEqual([2]);
    flow.pass(200);
    tell(flow, 1, FULL_PAYLOAD);
    expect(flow.pass(RTO_MS - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([2]);
  });

  it("SHOULD NOT: while there is more to be sent again", () => {
    const flow = new Flow();
    flow.send(6);
    flow.pass(RTO_MS); // T3-rtx: the first is sent again, alone.
    flow.pass(RTT_MS);
    flow.sack(1);
    flow.pass(RTT_MS);
    flow.sack(2); // The third was sent a round trip ago, and others wait.
    expect(flow.pass(2 * RTO_MS - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([3]);
  });

  it("MUST: the whole RTO where that much has gone by since then", () => {
    const flow = new Flow({ rtoMinMs: 300, rtoInitialMs: 300 });
    flow.send(5);
    for (let acked = 1; acked <= 2; acked++) {
      flow.pass(Math.floor(flow.rtoMs) - 10);
      flow.sack(acked);
    }
    const rtoMs = Math.ceil(flow.rtoMs);
    expect(flow.pass(rtoMs - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([3]);
  });

  it("MAY: but a probe of the tail keeps two round trips to be answered", () => {
    const flow = new Flow({ rtoMaxMs: RTO_MS }, 64, 450);
    flow.send(3);
    expect(flow.pass(900)).toEqual([3]);
    flow.pass(10);
    flow.sack(1);
    expect(flow.pass(RTO_MS - 1)).toEqual([]); // The round trips are longer by then: two of them are an RTO.
    expect(flow.pass(1)).toEqual([2]);
  });

  it('MAY: T3-rtx counts from the SACK with `lossDetection: "rfc9260"`, as RFC 9260 6.3.2 R3 has it', () => {
    const flow = probedAndLate({ lossDetection: "rfc9260" });
    expect(flow.pass(RTO_MS - 1)).toEqual([]);
    expect(flow.pass(1)).toEqual([2]);
  });
});
