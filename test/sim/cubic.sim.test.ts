/** CUBIC and RFC 9260's congestion control side by side: whole stacks over a link with a rate, a delay and a queue. */
import { describe, expect, it } from "vitest";
import type { CongestionControlName } from "../../src/core.ts";
import { BulkTransfer, BYTES_PER_SECOND } from "../inside/bulk-transfer.ts";

const ROUND_TRIP_MS = 100;
const PRODUCT_BYTES = (BYTES_PER_SECOND * ROUND_TRIP_MS) / 1_000;
const LINK = { roundTripMs: ROUND_TRIP_MS, queueProducts: 4 };

describe("congestionControl", () => {
  it('"cubic" has the window of before a loss back after K seconds, RFC 9260 has not', () => {
    const grownBack = (congestionControl: CongestionControlName): number => {
      const transfer = new BulkTransfer({ ...LINK, congestionControl, messages: 160 });
      transfer.until(() => transfer.cwndBytes > PRODUCT_BYTES);
      transfer.world.lose("DATA", { nth: 1 });
      let before = 0;
      transfer.until(() => {
        before = Math.max(before, transfer.cwndBytes);
        return transfer.cwndBytes < before;
      });
      expect(before).toBeGreaterThan(1.5 * PRODUCT_BYTES);
      transfer.world.run(3_000);
      expect(transfer.near.association.stats).toMatchObject({ fastRetransmits: 1, timeouts: 0 });
      return transfer.cwndBytes / before;
    };
    // A window of some 180 packets: K is 5.1 s, and after 3 s a fortieth of the window is left to go.
    expect(grownBack("cubic")).toBeGreaterThan(0.95);
    expect(grownBack("rfc9260")).toBeLessThan(0.7);
  });

  it('"cubic" loses less at its start than RFC 9260, and is as fast', () => {
    const [ours, theirs] = (["cubic", "rfc9260"] as const).map((name) => {
      const transfer = new BulkTransfer({ ...LINK, congestionControl: name, messages: 60 });
      const endMs = transfer.finish();
      return { endMs, lost: transfer.near.association.stats.retransmittedChunks };
    });
    expect(ours!.lost).toBeLessThan(theirs!.lost / 2);
    expect(ours!.endMs).toBeLessThan(1.02 * theirs!.endMs);
    expect(ours!.endMs).toBeGreaterThan((60 * 50_000) / (BYTES_PER_SECOND / 1_000));
  });
});
