/** Cases in which datagrams get lost, late and doubled on the way. */
import { check } from "../harness/messages.ts";
import { impaired } from "../harness/relay.ts";
import {
  checkMessages,
  checkReport,
  checkTotals,
  type Series,
  sendSeries,
  sendSeriesFrom,
  untilEnd,
} from "../harness/series.ts";
import { type Side, TIMERS_UNDER_LOSS } from "../harness/side.ts";

const DELAY_MS = 2;

/** A series each way at the same time, with `lossRate` of the datagrams lost and some late or doubled. */
function exchange(lossRate: number, series: Series): (side: Side) => Promise<void> {
  return async (side) => {
    side.timers = TIMERS_UNDER_LOSS;
    const relay = await side.through(
      impaired({ seed: 1 + lossRate * 100, lossRate, duplicateRate: 0.01, delayMs: DELAY_MS, jitterMs: 4 }),
    );
    const { socket, peer } = await side.associate();
    peer.say("echo off");
    const here = untilEnd(socket);
    const there = peer.collect("MESSAGE", series.count);
    sendSeriesFrom(peer, series);
    await sendSeries(socket, series);
    checkReport(await there, series);
    socket.end();
    checkMessages(await here, series);
    await peer.until("ENDED");
    await checkTotals(peer, series);
    check(relay.lostCount > 0, "the relay has lost nothing");
  };
}

export const loss1 = exchange(0.01, { count: 2_000, smallest: 1, largest: 4_000, streams: 8 });
export const loss5 = exchange(0.05, { count: 1_000, smallest: 1, largest: 4_000, streams: 8 });
export const loss20 = exchange(0.2, { count: 300, smallest: 1, largest: 4_000, streams: 8 });
