/** Cases about the end of an association: graceful, abortive, by a crash. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { SctpError, Socket } from "../../src/index.ts";
import { check, messageBytes, receive } from "../harness/messages.ts";
import type { Side } from "../harness/side.ts";

const CRASHING_CLIENT = fileURLToPath(new URL("../harness/crashing-client.ts", import.meta.url));
const QUEUED = 500;
const MESSAGE_BYTES = 4_000;

/** We end it with data still queued: the peer gets all of it. */
export async function shutdownByUs(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  peer.say("echo off");
  peer.say("report off");
  for (let i = 0; i < QUEUED; i++) void socket.send(messageBytes(i, MESSAGE_BYTES));
  socket.end();
  await peer.until("ENDED");
  peer.say("totals");
  check(
    (await peer.until("TOTALS")) === `${QUEUED} ${QUEUED * MESSAGE_BYTES}`,
    "the peer did not get everything",
  );
}

/** The peer ends it with data still queued: we get all of it. */
export async function shutdownByPeer(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  const received = receive(socket, QUEUED);
  const ended = once(socket, "end");
  peer.say(`send ${QUEUED} ${MESSAGE_BYTES} ${MESSAGE_BYTES} 4 0`);
  peer.say("shutdown");
  check((await received).length === QUEUED, "something is missing");
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

/** One side's process dies and comes back on the same ports: the other notices the restart. */
export async function restart(side: Side): Promise<void> {
  if (side.role === "server") return await peerRestarts(side);
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
  reborn.say("connect");
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
