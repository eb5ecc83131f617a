/**
 * Cases with I-DATA in both directions (RFC 8260): large messages on several streams at once, each end with a scheduler that mixes
 * them, in good weather and with a tenth of the datagrams lost.
 */
import { decodePacket, type StreamSchedulerName, type TraceSink } from "../../src/index.ts";
import { check } from "../harness/messages.ts";
import { exchangeSeries, type Series } from "../harness/series.ts";
import type { Side } from "../harness/side.ts";
import { givenUpByPeer, givenUpByUs } from "./unreliable.ts";

const LARGE: Series = { count: 64, smallest: 10_000, largest: 200_000, streams: 8 };
const SMALLER: Series = { count: 48, smallest: 10, largest: 30_000, streams: 8 };
const IMPAIRMENT = { seed: 8_260, lossRate: 0.1, duplicateRate: 0.01, delayMs: 5, jitterMs: 4 };
/** usrsctp's SCTP_SS_ROUND_ROBIN. */
const PEER_ROUND_ROBIN = 1;

/** Counts the streams whose messages were half sent at the same time. */
class MixWatch implements TraceSink {
  readonly #underWay = { sent: new Set<number>(), received: new Set<number>() };
  readonly mostAtOnce = { sent: 0, received: 0 };

  packet(direction: "sent" | "received", datagram: Uint8Array): void {
    const underWay = this.#underWay[direction];
    for (const chunk of decodePacket(datagram).chunks) {
      check(chunk.kind !== "DATA", "DATA went where I-DATA was agreed on");
      if (chunk.kind !== "I-DATA") continue;
      if (chunk.ending) underWay.delete(chunk.streamId);
      else underWay.add(chunk.streamId);
      this.mostAtOnce[direction] = Math.max(this.mostAtOnce[direction], underWay.size);
    }
  }

  event(): void {
    // Packets alone.
  }
}

/** Both ends want I-DATA, and serve their streams in turn. */
function interleave(side: Side, streamScheduler: StreamSchedulerName): MixWatch {
  const watch = new MixWatch();
  side.ourOptions = { interleaving: true, streamScheduler };
  side.peerOptions = [
    ["--interleave", 1],
    ["--scheduler", PEER_ROUND_ROBIN],
  ];
  side.trace = watch;
  return watch;
}

async function bothWays(side: Side, series: Series, scheduler: StreamSchedulerName): Promise<void> {
  const watch = interleave(side, scheduler);
  const { socket, peer } = await side.associate();
  check(socket.status().isInterleaved, "I-DATA was not agreed on");
  await exchangeSeries(socket, peer, series);
  for (const direction of ["sent", "received"] as const) {
    const { [direction]: count } = watch.mostAtOnce;
    check(count > 1, `no messages were mixed that were ${direction}`);
  }
}

export const mixed = (side: Side): Promise<void> => bothWays(side, LARGE, "rr");

export async function mixedUnderLoss(side: Side): Promise<void> {
  const relay = await side.throughLoss(IMPAIRMENT);
  await bothWays(side, SMALLER, "wfq");
  check(relay.lostCount > 0, "nothing was lost");
}

/** As without I-DATA, with I-FORWARD-TSN in place of FORWARD TSN. */
export async function mixedGivenUpByUs(side: Side): Promise<void> {
  interleave(side, "rr");
  await givenUpByUs(side);
}

export async function mixedGivenUpByPeer(side: Side): Promise<void> {
  interleave(side, "rr");
  await givenUpByPeer(side);
}
