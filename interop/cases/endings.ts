/** Cases about the end of an association: graceful, abortive, by a crash. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SctpError, Socket } from "../../src/index.ts";
import { check, digest, messageBytes, receive } from "../harness/messages.ts";
import type { Side } from "../harness/side.ts";

const CRASHING_CLIENT = fileURLToPath(new URL("../harness/crashing-client.ts", import.meta.url));
const QUEUED = 500;
const MESSAGE_BYTES = 4_000;
/** What the peer numbers its messages from. */
const PPID_BASE = 0x5000_0000;

/** We end it with data still queued: the peer gets all of it, in order and undamaged. */
export async function shutdownByUs(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  peer.say("echo off");
  const reported = peer.collect("MESSAGE", QUEUED);
  const accepted = Array.from({ length: QUEUED }, (_, i) => socket.send(messageBytes(i, MESSAGE_BYTES)));
  check(socket.bufferedAmount > 0, "nothing is queued when the shutdown begins");
  socket.end();
  await Promise.all(accepted);
  for (const [i, line] of (await reported).entries()) {
    const expected = `0 0 0 ${MESSAGE_BYTES} ${digest(messageBytes(i, MESSAGE_BYTES))}`;
    check(line === expected, `the peer got "${line}" as message ${i}`);
  }
  await peer.until("ENDED");
  peer.say("totals");
  check(
    (await peer.until("TOTALS")) === `${QUEUED} ${QUEUED * MESSAGE_BYTES}`,
    "the peer got more than we sent",
  );
}

/** The peer ends it with data still queued: we get all of it, in order on each stream and undamaged. */
export async function shutdownByPeer(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  const received = receive(socket, QUEUED);
  const ended = once(socket, "end");
  peer.say(`send ${QUEUED} ${MESSAGE_BYTES} ${MESSAGE_BYTES} 4 0`);
  peer.say("shutdown");
  const lastByStream = new Map<number, number>();
  for (const { data, info } of await received) {
    const i = info.ppid - PPID_BASE;
    check(info.streamId === i % 4, `message ${i} came on stream ${info.streamId}`);
    check((lastByStream.get(info.streamId) ?? -1) < i, `message ${i} came out of order`);
    check(data.equals(messageBytes(i, MESSAGE_BYTES)), `message ${i} came damaged`);
    lastByStream.set(info.streamId, i);
  }
  socket.resume();
  await ended;
  await peer.until("ENDED");
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
  await exchange(socket, () => peer.say("echo on"));
  await peer.kill();
  const restarted = once(socket, "restart");
  const reborn = await side.startPeer();
  reborn.say("echo on");
  reborn.say(`connect ${socket.remotePort === side.sctpPort ? socket.localPort : side.sctpPort}`);
  await restarted;
  await reborn.until("UP");
  await exchange(socket, () => {});
  socket.end();
  await reborn.until("ENDED");
}

async function exchange(socket: Socket, prepare: () => void): Promise<void> {
  prepare();
  await socket.send("are you there?");
  const [answer] = await receive(socket, 1);
  check(answer?.data.toString() === "are you there?", "the answer is wrong");
}
