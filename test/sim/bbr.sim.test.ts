/** BBR, and CUBIC beside it: whole stacks over a link with a rate, a delay, a queue of four products and losses. */
import { describe, expect, it } from "vitest";
import { BulkTransfer } from "../inside/bulk-transfer.ts";

const LINK = { queueProducts: 4, messages: 60 };

describe("congestionControl", () => {
  it('"bbr" uses most of a link that loses one packet in a hundred', () => {
    const transfer = new BulkTransfer({
      ...LINK,
      congestionControl: "bbr",
      roundTripMs: 100,
      lossRate: 0.01,
    });
    expect(transfer.finishedShare()).toBeGreaterThan(0.6);
  });

  it('"bbr" keeps a long queue nearly empty where "cubic" fills it, and is as fast', () => {
    const [ours, theirs] = (["bbr", "cubic"] as const).map((congestionControl) => {
      const transfer = new BulkTransfer({ ...LINK, congestionControl, roundTripMs: 40 });
      return { share: transfer.finishedShare(), srttMs: transfer.srttMs };
    });
    expect(ours!.share).toBeGreaterThan(0.95 * theirs!.share);
    expect(ours!.srttMs).toBeLessThan(1.8 * 40);
    expect(theirs!.srttMs).toBeGreaterThan(2 * 40);
  });
});
