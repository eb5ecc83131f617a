/**
 * NR-SACK in both directions (draft-tuexen-tsvwg-sctp-multipath 4), with some of the datagrams lost: what comes out of order is told
 * in blocks of both kinds.
 */
import { decodePacket, type TraceSink } from "../../src/index.ts";
import { check } from "../harness/messages.ts";
import { exchangeSeries, type Series } from "../harness/series.ts";
import type { Side } from "../harness/side.ts";

const SERIES: Series = { count: 400, smallest: 100, largest: 8_000, streams: 8 };
const IMPAIRMENT = { seed: 16, lossRate: 0.05, duplicateRate: 0.01, delayMs: 5, jitterMs: 4 };

/** Counts acknowledgements, and those that promise something. */
class PromiseWatch implements TraceSink {
  readonly counts = { sent: 0, received: 0 };
  readonly promising = { sent: 0, received: 0 };

  packet(direction: "sent" | "received", datagram: Uint8Array): void {
    for (const chunk of decodePacket(datagram).chunks) {
      check(chunk.kind !== "SACK", "a SACK went where NR-SACK was agreed on");
      if (chunk.kind !== "NR-SACK") continue;
      this.counts[direction]++;
      if (chunk.nonRenegableBlocks.length > 0) this.promising[direction]++;
    }
  }

  event(): void {
    // Packets alone.
  }
}

export async function promisedUnderLoss(side: Side): Promise<void> {
  const watch = new PromiseWatch();
  side.ourOptions = { nrSack: true };
  side.peerOptions = [["--nr-sack", 1]];
  side.trace = watch;
  const relay = await side.throughLoss(IMPAIRMENT);
  const { socket, peer } = await side.associate();
  await exchangeSeries(socket, peer, SERIES);
  check(relay.lostCount > 0, "nothing was lost");
  for (const direction of ["sent", "received"] as const) {
    check(watch.counts[direction] > 0, `no NR-SACK was ${direction}`);
    check(watch.promising[direction] > 0, `no NR-SACK with a non-renegable block was ${direction}`);
  }
}
