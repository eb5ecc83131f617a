/** Cases about user data: order, sizes, unordered delivery. */
import { once } from "node:events";
import { check, digest, messageBytes, receive, sizeOf } from "../harness/messages.ts";
import type { Side } from "../harness/side.ts";

const STREAMS = 8;
/** Far from the registered identifiers, whose protocols tshark would look for in our messages. */
const PPID_BASE = 0x5000_0000;

/** 10,000 small messages on 8 streams, echoed by the peer, in order on every stream. */
export async function echoInOrder(side: Side): Promise<void> {
  const count = 10_000;
  const { socket, peer } = await side.associate();
  await peer.set("report off", "echo on");
  const received = receive(socket, count);
  for (let i = 0; i < count; i++)
    await socket.send(messageBytes(i, 1 + (i % 100)), { streamId: i % STREAMS, ppid: PPID_BASE + i });
  const lastByStream = new Array<number>(STREAMS).fill(-1);
  for (const { data, info } of await received) {
    const i = info.ppid - PPID_BASE;
    check(info.streamId === i % STREAMS, `message ${i} came back on stream ${info.streamId}`);
    check((lastByStream[info.streamId] ?? -1) < i, `message ${i} came back out of order`);
    check(data.equals(messageBytes(i, 1 + (i % 100))), `message ${i} came back damaged`);
    lastByStream[info.streamId] = i;
  }
  socket.end();
  await peer.until("ENDED");
}

/** 200 messages of 1 byte to 256 KiB each way, with their digests. */
export async function sizes(side: Side): Promise<void> {
  const [count, smallest, largest] = [200, 1, 262_144];
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const reported = peer.collect("MESSAGE", count);
  for (let i = 0; i < count; i++) {
    await socket.send(messageBytes(i, sizeOf(i, count, smallest, largest)), {
      streamId: i % STREAMS,
      ppid: PPID_BASE + i,
    });
  }
  for (const line of await reported) {
    const [, ppid = 0, , lengthBytes = 0, hash = 0] = line.split(" ").map(Number);
    const i = ppid - PPID_BASE;
    check(
      lengthBytes === sizeOf(i, count, smallest, largest),
      `the peer got ${lengthBytes} bytes as message ${i}`,
    );
    check(hash === digest(messageBytes(i, lengthBytes)), `the peer got message ${i} damaged`);
  }
  peer.say(`send ${count} ${smallest} ${largest} ${STREAMS} 0`);
  for (const { data, info } of await receive(socket, count)) {
    const i = info.ppid - PPID_BASE;
    check(data.equals(messageBytes(i, sizeOf(i, count, smallest, largest))), `message ${i} came damaged`);
  }
  socket.end();
  await once(socket, "close");
}

/** Unordered messages, each way, fragmented ones among them. */
export async function unordered(side: Side): Promise<void> {
  const [count, smallest, largest] = [500, 10, 5_000];
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const reported = peer.collect("MESSAGE", count);
  for (let i = 0; i < count; i++) {
    await socket.send(messageBytes(i, sizeOf(i, count, smallest, largest)), {
      streamId: 3,
      ppid: PPID_BASE + i,
      unordered: true,
    });
  }
  const lines = await reported;
  check(
    lines.every((line) => line.split(" ")[2] === "1"),
    "the peer got a message as an ordered one",
  );
  check(
    new Set(lines.map((line) => line.split(" ")[1])).size === count,
    "a message is missing or doubled at the peer",
  );
  peer.say(`send ${count} ${smallest} ${largest} ${STREAMS} 1`);
  const messages = await receive(socket, count);
  check(
    messages.every(({ info }) => info.unordered),
    "a message came as an ordered one",
  );
  check(new Set(messages.map(({ info }) => info.ppid)).size === count, "a message is missing or doubled");
  socket.end();
  await peer.until("ENDED");
}
