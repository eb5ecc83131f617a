/**
 * Cases in which messages are given up (RFC 3758, RFC 7496), with a tenth of the datagrams lost.
 * A third of the messages are to arrive whatever happens, and say whether a stream has come to a halt.
 */
import type { Message, SendInfo } from "../../src/index.ts";
import { check, digest, messageBytes } from "../harness/messages.ts";
import { untilEnd } from "../harness/series.ts";
import type { Side } from "../harness/side.ts";

const IMPAIRMENT = { seed: 3, lossRate: 0.1, duplicateRate: 0.01, delayMs: 5, jitterMs: 4 };
const COUNT = 600;
const STREAMS = 4;
const PPID_BASE = 0x5000_0000;

/** Message i: every third is reliable; fragments, and unordered messages, among the others. */
function infoOf(i: number): SendInfo {
  const reliability =
    i % 3 === 0 ? undefined : i % 3 === 1 ? { maxRetransmits: 0 } : { lifetimeMs: 1 + (i % 200) };
  return { streamId: i % STREAMS, ppid: PPID_BASE + i, unordered: i % 5 === 4, reliability };
}

const lengthOf = (i: number): number => (i % 7 === 0 ? 6_000 : 200 + i);

/** What came is undamaged, came once, and in the order of its stream. */
function checkArrived(
  arrived: ReadonlyArray<readonly [i: number, hash: number]>,
  lengths: (i: number) => number,
): Set<number> {
  const last = new Array<number>(STREAMS).fill(-1);
  const seen = new Set<number>();
  for (const [i, hash] of arrived) {
    check(!seen.has(i), `message ${i} came twice`);
    check(hash === digest(messageBytes(i, lengths(i))), `message ${i} came damaged`);
    seen.add(i);
    if (infoOf(i).unordered) continue;
    check((last[i % STREAMS] ?? 0) < i, `message ${i} came behind ${last[i % STREAMS]}`);
    last[i % STREAMS] = i;
  }
  return seen;
}

/** We give up: what is reliable arrives, and of the rest each message arrives or comes back. */
export async function givenUpByUs(side: Side): Promise<void> {
  const relay = await side.throughLoss(IMPAIRMENT);
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const failed = new Set<number>();
  socket.on("sendFailed", ({ ppid }) => failed.add(ppid - PPID_BASE));
  for (let i = 0; i < COUNT; i++) await socket.send(messageBytes(i, lengthOf(i)), infoOf(i));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  socket.end();
  socket.resume();
  const lines = await peer.gather("MESSAGE", "ENDED");
  await ended;
  const arrived = lines.map((line) => {
    const [, ppid = 0, , , hash = 0] = line.split(" ").map(Number);
    return [ppid - PPID_BASE, hash] as const;
  });
  const seen = checkArrived(arrived, lengthOf);
  for (let i = 0; i < COUNT; i++) {
    check(seen.has(i) || failed.has(i), `message ${i} neither arrived nor came back`);
    check(i % 3 !== 0 || !failed.has(i), `message ${i} is reliable, and came back`);
  }
  check(failed.size > 0 && relay.lostCount > 0, "nothing was lost, or nothing was given up");
}

/** The peer gives up, and sends a reliable message on each stream behind that: all of those arrive. */
export async function givenUpByPeer(side: Side): Promise<void> {
  const relay = await side.throughLoss(IMPAIRMENT);
  const { socket, peer } = await side.associate();
  const messages: Promise<Message[]> = untilEnd(socket);
  const lengthBytes = 3_000;
  peer.say(`unreliable ${COUNT} ${lengthBytes}`);
  peer.say(`send ${STREAMS} 100 100 ${STREAMS} 0`);
  peer.say("shutdown");
  const all = await messages;
  const behind = all.slice(-STREAMS);
  const isBehind = ({ data }: Message): boolean => data.length === 100;
  check(all.filter(isBehind).length === STREAMS, `${all.filter(isBehind).length} reliable messages came`);
  const unreliable = all.filter((message) => !isBehind(message));
  const last = new Array<number>(STREAMS).fill(-1);
  for (const { data, info } of unreliable) {
    const i = info.ppid - PPID_BASE;
    check((last[info.streamId] ?? 0) < i, `message ${i} came behind ${last[info.streamId]}`);
    check(data.equals(messageBytes(i, lengthBytes)), `message ${i} came damaged`);
    last[info.streamId] = i;
  }
  check(behind.length === STREAMS, "the reliable messages came before the others");
  check(unreliable.length < COUNT && relay.lostCount > 0, "nothing was given up");
  await peer.until("ENDED");
}
