/**
 * Cases in which streams begin anew or are added (RFC 6525), one of them with a tenth of the datagrams lost.
 * usrsctp answers a request for its own streams, and asks for their reset in a chunk of its own.
 */
import { once } from "node:events";
import type { Message, Socket } from "../../src/index.ts";
import { check, digest, messageBytes } from "../harness/messages.ts";
import type { Side } from "../harness/side.ts";

const IMPAIRMENT = { seed: 5, lossRate: 0.1, duplicateRate: 0.01, delayMs: 5, jitterMs: 4 };
const PPID_BASE = 0x5000_0000;
const ROUNDS = 12;
const PER_ROUND = 25;
/** Flags of usrsctp's events. */
const INCOMING = 1;
const OUTGOING = 2;

type Reset = { readonly direction: string; readonly streamIds: readonly number[] };

const ssnsOf = (messages: readonly Message[]): string => messages.map(({ info }) => info.ssn).join();
const upTo = (count: number): string => Array.from({ length: count }, (_, i) => i).join();

async function take(socket: Socket, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of socket.messages()) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

/** What we send on a stream between its resets stays together: usrsctp tells its resets behind the messages from before. */
async function resetByUs(side: Side, leastTold = ROUNDS): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const done: Array<Promise<void>> = [];
  for (let i = 0; i < ROUNDS * PER_ROUND; i++) {
    const lengthBytes = 10 + ((i * 97) % 3_000);
    await socket.send(messageBytes(i, lengthBytes), { streamId: 3, ppid: PPID_BASE + i });
    if (i % PER_ROUND === PER_ROUND - 1) done.push(socket.resetStreams("outgoing", [3]));
  }
  await Promise.all(done);
  socket.end();
  socket.resume();
  const lines = await peer.gatherAll("ENDED");
  let count = 0;
  let resets = 0;
  for (const line of lines) {
    const [word, ...fields] = line.split(" ");
    if (word === "STREAM-RESET") {
      check(fields.join() === `${INCOMING},3`, `usrsctp told ${line}`);
      resets++;
      check(count === resets * PER_ROUND, `reset ${resets} was told behind ${count} messages`);
    }
    if (word !== "MESSAGE") continue;
    const [, ppid = 0, , length = 0, hash = 0] = fields.map(Number);
    check(ppid - PPID_BASE === count, `message ${ppid - PPID_BASE} came as number ${count}`);
    check(hash === digest(messageBytes(count, length)), `message ${count} came damaged`);
    count++;
  }
  const isComplete = resets >= leastTold && resets <= ROUNDS && count === ROUNDS * PER_ROUND;
  check(isComplete, `${resets} resets and ${count} messages came`);
}

export const resetsByUs = (side: Side): Promise<void> => resetByUs(side);

export async function resetsByUsUnderLoss(side: Side): Promise<void> {
  const relay = await side.throughLoss(IMPAIRMENT);
  await resetByUs(side, ROUNDS - 1); // Of the last one, at the end of the association, usrsctp does not always tell.
  check(relay.lostCount > 0, "nothing was lost");
}

/** The peer resets what it sends on: its SSNs begin at 0 again, and we hear of it behind what came before. */
export async function resetsByPeer(side: Side): Promise<void> {
  side.ourOptions = { allowStreamReset: true };
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  for (let round = 0; round < 3; round++) {
    peer.say("send 20 10 5000 1 0");
    const messages = await take(socket, 20);
    check(ssnsOf(messages) === upTo(20), `round ${round} has the SSNs ${ssnsOf(messages)}`);
    const told = once(socket, "streamsReset") as Promise<[Reset]>;
    peer.say("reset out 0");
    const [reset] = await told;
    check(reset.direction === "incoming" && reset.streamIds.join() === "0", `we heard of ${reset.direction}`);
    const line = await peer.until("STREAM-RESET");
    check(line === `${OUTGOING} 0`, `usrsctp told ${line}`);
  }
  // And what we send on: it asks us to.
  await socket.send("one", { streamId: 5, ppid: PPID_BASE });
  const told = once(socket, "streamsReset") as Promise<[Reset]>;
  peer.say("reset in 5");
  const [reset] = await told;
  check(reset.direction === "outgoing" && reset.streamIds.join() === "5", `we heard of ${reset.direction}`);
  await side.endGracefully(socket, peer);
}

/** We ask the peer to reset what it sends on: its answer and its request come in chunks of their own. */
export async function resetsAskedOfPeer(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  peer.say("send 20 10 5000 1 0");
  check(ssnsOf(await take(socket, 20)) === upTo(20), "the SSNs are not those from 0 on");
  const told = once(socket, "streamsReset") as Promise<[Reset]>;
  await socket.resetStreams("incoming", [0]);
  const [reset] = await told;
  check(reset.direction === "incoming", `we heard of ${reset.direction}`);
  const line = await peer.until("STREAM-RESET"); // Until our answer has come to it, usrsctp refuses to send.
  check(line === `${OUTGOING} 0`, `usrsctp told ${line}`);
  peer.say("send 20 10 5000 1 0");
  check(ssnsOf(await take(socket, 20)) === upTo(20), "the SSNs are not those from 0 on again");
  await socket.resetAssociation();
  await socket.send("behind", { streamId: 2, ppid: 7 });
  await peer.until("MESSAGE 2 7 0 6");
  peer.say("send 3 10 10 1 0");
  check(ssnsOf(await take(socket, 3)) === upTo(3), "the SSNs do not begin anew with all numbers");
  await side.endGracefully(socket, peer);
}

/** Both sides add streams in both directions, and use them. */
export async function streamsAdded(side: Side): Promise<void> {
  side.ourOptions = { allowAddStreams: true };
  const { socket, peer } = await side.associate();
  await peer.set("echo on");
  const { inboundStreams, outboundStreams } = socket;
  await socket.addStreams({ outbound: 3 });
  check(socket.outboundStreams === outboundStreams + 3, `we have ${socket.outboundStreams} outbound streams`);
  let changed = once(socket, "streamsChanged");
  await socket.addStreams({ inbound: 3 });
  if (socket.inboundStreams === inboundStreams) await changed;
  check(socket.inboundStreams === inboundStreams + 3, `we have ${socket.inboundStreams} inbound streams`);
  await socket.send("to the last", { streamId: outboundStreams + 2, ppid: PPID_BASE });
  const [echo] = await take(socket, 1);
  check(echo?.info.streamId === outboundStreams + 2 && echo.info.ssn === 0, "the echo is on another stream");
  changed = once(socket, "streamsChanged");
  peer.say("add-streams 2 0");
  await changed;
  check(socket.inboundStreams === inboundStreams + 5, `we have ${socket.inboundStreams} inbound streams`);
  // Until our answer has come to it, usrsctp takes no other request. It tells of its inbound and outbound streams.
  await peer.until(`STREAM-CHANGE 0 ${socket.outboundStreams} ${socket.inboundStreams}`);
  changed = once(socket, "streamsChanged");
  peer.say("add-streams 0 2");
  await changed;
  check(socket.outboundStreams === outboundStreams + 5, `we have ${socket.outboundStreams} outbound streams`);
  await side.endGracefully(socket, peer);
}

/** By default we let nobody reset anything: the peer hears so, and everything goes on. */
export async function resetsDenied(side: Side): Promise<void> {
  const { socket, peer } = await side.associate();
  await peer.set("echo on");
  await socket.send("before", { streamId: 1 });
  await take(socket, 1);
  peer.say("reset out 1");
  const line = await peer.until("STREAM-RESET");
  check(Number(line.split(" ")[0]) === (OUTGOING | 4), `usrsctp told ${line}`);
  await socket.send("behind", { streamId: 1 });
  const [echo] = await take(socket, 1);
  check(echo?.info.ssn === 1, `the SSN is ${echo?.info.ssn}`);
  await side.endGracefully(socket, peer);
}
