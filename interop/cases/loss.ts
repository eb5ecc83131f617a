/** Cases in which datagrams get lost, late and doubled on the way. */
import { check } from "../harness/messages.ts";
import {
  checkMessages,
  checkReport,
  checkTotals,
  type Series,
  sendSeries,
  sendSeriesFrom,
  untilEnd,
} from "../harness/series.ts";
import type { Side } from "../harness/side.ts";

const SEED = 1;

/** A series each way at the same time, with `lossRate` of the datagrams lost and some late or doubled. */
function exchange(lossRate: number, series: Series): (side: Side) => Promise<void> {
  return async (side) => {
    const relay = await side.throughLoss({
      seed: SEED,
      lossRate,
      duplicateRate: 0.01,
      delayMs: 2,
      jitterMs: 4,
    });
    const { socket, peer } = await side.associate();
    await peer.set("echo off");
    const here = untilEnd(socket);
    const there = peer.collect("MESSAGE", series.count);
    sendSeriesFrom(peer, series);
    await sendSeries(socket, series);
    checkReport(await there, series);
    peer.say("shutdown"); // Only the peer knows whether all of its messages have been given to its stack.
    checkMessages(await here, series);
    await peer.until("ENDED");
    await checkTotals(peer, series);
    check(relay.lostCount > 0, "the relay has lost nothing");
  };
}

export const loss1 = exchange(0.01, { count: 2_000, smallest: 1, largest: 4_000, streams: 8 });
export const loss5 = exchange(0.05, { count: 1_000, smallest: 1, largest: 4_000, streams: 8 });
export const loss20 = exchange(0.2, { count: 200, smallest: 1, largest: 4_000, streams: 8 });
