/** Cases about the end of an association: graceful, abortive, by a crash. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { SctpError, Socket } from "../../src/index.ts";
import { check, receive } from "../harness/messages.ts";
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

const CRASHING_CLIENT = fileURLToPath(new URL("../harness/crashing-client.ts", import.meta.url));
const QUEUED: Series = { count: 500, smallest: 4_000, largest: 4_000, streams: 4 };
/** Less than our send buffer takes at once. */
const QUEUED_BOTH_WAYS: Series = { ...QUEUED, count: 200 };
/** Less still, where every fifth datagram is lost. */
const QUEUED_UNDER_LOSS: Series = { count: 60, smallest: 4_000, largest: 4_000, streams: 4 };

/** We end it with data still queued: the peer gets all of it, in order and undamaged. */
export async function shutdownByUs(side: Side, series = QUEUED): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const reported = peer.collect("MESSAGE", series.count);
  const accepted = sendSeries(socket, series);
  check(socket.bufferedAmount > 0, "nothing is queued when the shutdown begins");
  socket.end();
  socket.resume();
  await accepted;
  checkReport(await reported, series);
  await peer.until("ENDED");
  await checkTotals(peer, series);
  await side.untilNoAssociation();
}

/** The peer ends it with data still queued: we get all of it, in order on each stream and undamaged. */
export async function shutdownByPeer(side: Side, series = QUEUED): Promise<void> {
  const { socket, peer } = await side.associate();
  const received = untilEnd(socket);
  sendSeriesFrom(peer, series);
  peer.say("shutdown");
  checkMessages(await received, series);
  await peer.until("ENDED");
  await side.untilNoAssociation();
}

/**
 * The peer ends it in the middle of what we send, with a window of five messages: from then on its SHUTDOWN chunks are all that
 * acknowledges (RFC 9260 9.2), and it gets the rest all the same, as fast as before.
 */
export async function shutdownInMidTransfer(side: Side): Promise<void> {
  side.peerOptions = [["--buffer", 20_000]];
  await side.throughLoss({ seed: 6, lossRate: 0, delayMs: 2 });
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const reported = peer.collect("MESSAGE", QUEUED_BOTH_WAYS.count);
  const accepted = sendSeries(socket, QUEUED_BOTH_WAYS);
  await accepted;
  while (peer.countOf("MESSAGE") < 20) await setTimeout(5);
  check(socket.bufferedAmount > 0, "nothing is queued when the peer begins its shutdown");
  socket.resume();
  peer.say("shutdown");
  checkReport(await reported, QUEUED_BOTH_WAYS);
  await peer.until("ENDED");
  await checkTotals(peer, QUEUED_BOTH_WAYS);
  await side.untilNoAssociation();
}

/**
 * Both end it at once, with data queued on both sides: all of it arrives. There is no such case under loss: of two usrsctp
 * that end it so with a fifth of the datagrams lost, one aborts as well.
 */
export async function shutdownByBoth(side: Side, series = QUEUED_BOTH_WAYS): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const received = untilEnd(socket);
  const reported = peer.collect("MESSAGE", series.count);
  sendSeriesFrom(peer, series);
  peer.say("shutdown");
  const accepted = sendSeries(socket, series);
  socket.end();
  await accepted;
  checkReport(await reported, series);
  checkMessages(await received, series);
  await peer.until("ENDED");
  await checkTotals(peer, series);
  await side.untilNoAssociation();
}

/** The same with 20 % of the datagrams lost, those of the shutdown itself among them. */
export const shutdownByUsUnderLoss = underLoss(shutdownByUs, 4);
export const shutdownByPeerUnderLoss = underLoss(shutdownByPeer, 5);

function underLoss(
  shutdown: (side: Side, series: Series) => Promise<void>,
  seed: number,
): (side: Side) => Promise<void> {
  return async (side) => {
    const relay = await side.throughLoss({ seed, lossRate: 0.2, delayMs: 2 });
    await shutdown(side, QUEUED_UNDER_LOSS);
    check(relay.lostCount > 0, "the relay has lost nothing");
  };
}

/** Our ABORT reaches the peer with its cause and reason. */
export async function abortByUs(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  socket.abort("enough for today");
  const lost = await peer.until("LOST");
  check(/cause 12 enough for today$/.test(lost), `the peer says: ${lost}`);
}

/** The peer's ABORT reaches us with its cause and reason. */
export async function abortByPeer(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  const failed = once(socket, "error") as Promise<[SctpError]>;
  void failed.catch(() => {});
  peer.say("abort no more");
  const [error] = await failed;
  check(error.code === "ERR_SCTP_ABORTED_BY_PEER", `the code is ${error.code}`);
  check(
    error.causeCodes.includes(12) && error.message.includes("no more"),
    `the message is: ${error.message}`,
  );
}

/**
 * The peer's process dies and comes back on the same ports, and sets up the association again, from the port it had as a
 * server or as a client: we notice the restart. With us as client, it then happens to us too, and the peer notices.
 */
export async function restart(side: Side): Promise<void> {
  await peerRestarts(side);
  if (side.role === "client") await weRestart(side);
}

/** The peer notices that we have come back after a crash. */
async function weRestart(side: Side): Promise<void> {
  await side.close();
  const peer = await side.startPeer();
  for (const expected of ["UP", "RESTART"]) {
    const client = fork(CRASHING_CLIENT, [side.ourUdp, side.peerUdp, side.sctpPort].map(String));
    try {
      await peer.until(expected);
      await once(client, "message"); // The echo of its one message has come back.
    } finally {
      const gone = once(client, "exit");
      client.kill("SIGKILL");
      await gone;
    }
  }
}

async function peerRestarts(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("echo on");
  await exchange(socket);
  await peer.kill();
  const restarted = once(socket, "restart");
  const reborn = await side.startPeer();
  await reborn.set("echo on");
  reborn.say(`connect ${socket.remotePort === side.sctpPort ? socket.localPort : side.sctpPort}`);
  await restarted;
  await reborn.until("UP");
  await exchange(socket);
  socket.end();
  await reborn.until("ENDED");
}

async function exchange(socket: Socket): Promise<void> {
  await socket.send("are you there?");
  const [answer] = await receive(socket, 1);
  check(answer?.data.toString() === "are you there?", "the answer is wrong");
}
