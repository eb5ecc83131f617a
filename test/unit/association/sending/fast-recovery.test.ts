import { expect, it } from "vitest";
import { FastRecovery } from "../../../../src/association/sending/fast-recovery.ts";

it("lasts until all that was outstanding when it began has been acknowledged, across the wrap of TSNs too", () => {
  for (const highest of [100, 0, 0xffff_ffff, 0x7fff_ffff]) {
    const recovery = new FastRecovery();
    recovery.onCumulativeAck(highest);
    expect(recovery.isActive).toBe(false);
    recovery.enter(highest);
    recovery.onCumulativeAck((highest - 1) >>> 0);
    expect(recovery.isActive).toBe(true);
    recovery.onCumulativeAck(highest);
    expect(recovery.isActive).toBe(false);
  }
});

it("owes one packet that cwnd does not hold back (RFC 9260 7.2.4 rule 3), and nothing after a reset", () => {
  const recovery = new FastRecovery();
  recovery.enter(100);
  expect(recovery).toMatchObject({ isActive: true, retransmitDue: true });
  recovery.reset();
  expect(recovery).toMatchObject({ isActive: false, retransmitDue: false });
});
