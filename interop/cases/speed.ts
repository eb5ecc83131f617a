/**
 * Cases in which usrsctp sends to us, and is not to be slower, nor to hear less of us, than it is with itself on the same link.
 * Owns: the links, the transfer, the comparison. Does not own: why it would be slower: usrsctp sends four packets per SACK,
 * and sends again after three that show a gap, so how many SACKs it gets decides (RFC 9260 6.2).
 */
import { performance } from "node:perf_hooks";
import { check } from "../harness/messages.ts";
import { Peer } from "../harness/peer.ts";
import { type Link, type Passed, RelayProcess } from "../harness/relay-process.ts";
import { untilEnd } from "../harness/series.ts";
import { Side } from "../harness/side.ts";

const MESSAGE_BYTES = 1_100;
/** One message per packet, and usrsctp's own buffers. */
const OPTIONS = [
  ["--packet", 1_200],
  ["--buffer", 0],
] as const;
const MEGABITS_PER_SECOND = 1_000;
const LEAST_SHARE = 0.9;
/**
 * T3-rtx, or this host, hits one transfer and not the next: the medians of so many at most are compared, of three at least unless
 * there is no question.
 */
const MAX_ROUNDS = 7;
const MIN_ROUNDS = 3;
const SURE_SHARE = 0.97;
const SCTP_PORT = 5_002;

interface Transfer {
  readonly roundTripMs: number;
  readonly lossRate: number;
  readonly messageCount: number;
}

/** What became of one transfer. */
interface Course {
  readonly ms: number;
  /** Packets that came back to the sender, most of them SACKs, for each that has reached the receiver. */
  readonly answersPerPacket: number;
}

const linkOf = ({ roundTripMs, lossRate }: Transfer, seed: number): Link => ({
  megabitsPerSecond: MEGABITS_PER_SECOND,
  impairment: { seed, lossRate, delayMs: roundTripMs / 2 },
});

/** From the first message to the end of the association: everything has been acknowledged then. */
async function timeOf(sender: Peer, { messageCount }: Transfer): Promise<number> {
  const startMs = performance.now();
  sender.say(`send ${messageCount} ${MESSAGE_BYTES} ${MESSAGE_BYTES} 1 0`);
  sender.say("shutdown");
  await sender.until("ENDED");
  return performance.now() - startMs;
}

const courseOf = (ms: number, passed: Passed): Course => ({
  ms,
  answersPerPacket: passed["to-peer"] / passed["to-us"],
});

async function courseToUs(transfer: Transfer, side: Side, seed: number): Promise<Course> {
  side.peerOptions = OPTIONS;
  const relay = await side.throughLink(linkOf(transfer, seed));
  const { socket, peer } = await side.associate();
  await peer.set("echo off");
  const messages = untilEnd(socket);
  const tookMs = await timeOf(peer, transfer);
  check((await messages).length === transfer.messageCount, "messages are missing");
  return courseOf(tookMs, await relay.passed());
}

/** The same from usrsctp to usrsctp, on the same ports: the capture has its share of what the host can do. */
async function courseToItself(transfer: Transfer, side: Side, seed: number): Promise<Course> {
  const { ourUdp: receiverUdp, peerUdp: senderUdp } = side;
  const relay = await RelayProcess.start(receiverUdp, senderUdp, linkOf(transfer, seed));
  const peers: Peer[] = [];
  try {
    const ports = { localUdp: receiverUdp, remoteUdp: relay.portForUs, sctp: SCTP_PORT };
    const receiver = await Peer.start("server", ports, { options: OPTIONS });
    peers.push(receiver);
    await receiver.set("echo off", "report off");
    const ownPorts = { localUdp: senderUdp, remoteUdp: relay.portForPeer, sctp: SCTP_PORT };
    const sender = await Peer.start("client", ownPorts, { options: OPTIONS });
    peers.push(sender);
    sender.say("connect");
    await sender.until("UP");
    return courseOf(await timeOf(sender, transfer), await relay.passed());
  } finally {
    for (const peer of peers) await peer.kill();
    relay.close();
  }
}

/** One transfer to us and one to usrsctp. */
async function both(transfer: Transfer, first: Side, round: number): Promise<readonly [Course, Course]> {
  const side = round === 1 ? first : new Side(first.role, first.ourUdp, first.peerUdp);
  try {
    const toUs = await courseToUs(transfer, side, round);
    await side.close();
    return [toUs, await courseToItself(transfer, side, round)];
  } finally {
    await side.close();
  }
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >>> 1] ?? Number.NaN;

/** usrsctp can be as fast to us as it is to itself by rule, but for a tenth. */
function asFastAsToItself(transfer: Transfer): (side: Side) => Promise<void> {
  return async (first) => {
    const [toUs, toItself]: [number[], number[]] = [[], []];
    for (let round = 1; ; round++) {
      const [ours, its] = await both(transfer, first, round);
      toUs.push(ours.ms);
      toItself.push(its.ms);
      const share = median(toItself) / median(toUs);
      if (share >= (round >= MIN_ROUNDS ? LEAST_SHARE : SURE_SHARE)) return;
      const times = (all: readonly number[]): string => all.map((ms) => ms.toFixed(0)).join(", ");
      check(round < MAX_ROUNDS, `took ${times(toUs)} ms to us, ${times(toItself)} ms to usrsctp`);
    }
  };
}

/**
 * usrsctp hears as much of us as of itself. Where the round trip is shorter than what a host takes for a burst, its speed says
 * less: a program in C is done with the burst sooner, and leaves more of the processors to the relay.
 */
function answeredAsByItself(transfer: Transfer): (side: Side) => Promise<void> {
  return async (side) => {
    const [ours, its] = await both(transfer, side, 1);
    const share = ours.answersPerPacket / its.answersPerPacket;
    const [us, usrsctp] = [ours, its].map(({ answersPerPacket }) => answersPerPacket.toFixed(3));
    check(share >= LEAST_SHARE, `for each packet ${us} came back from us, ${usrsctp} from usrsctp`);
  };
}

/** 5 MB. */
const FAR_MESSAGES = 4_545;
const far = (roundTripMs: number): Transfer => ({ roundTripMs, lossRate: 0, messageCount: FAR_MESSAGES });
const lossy = (roundTripMs: number): Transfer => ({
  roundTripMs,
  lossRate: 0.01,
  messageCount: FAR_MESSAGES,
});

export const far20 = asFastAsToItself(far(20));
export const far50 = asFastAsToItself(far(50));
export const far100 = asFastAsToItself(far(100));
export const answers0 = answeredAsByItself(lossy(0));
export const answers1 = answeredAsByItself(lossy(1));
export const lossy0 = asFastAsToItself(lossy(0));
export const lossy1 = asFastAsToItself(lossy(1));
export const lossy5 = asFastAsToItself(lossy(5));
