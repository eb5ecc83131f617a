/**
 * Cases with two paths that carry DATA at once (draft-tuexen-tsvwg-sctp-multipath): usrsctp has it, as CMT.
 * They run inside our namespace (harness/hosts-process.ts); the peer is in the other one.
 */
import type { Message, Socket } from "../../src/index.ts";
import type { DataWatch } from "../harness/data-watch.ts";
import { awaitedLater, check } from "../harness/messages.ts";
import { ourAddress, PATHS, type PathNumber, peerAddress, type TwoHosts } from "../harness/namespaces.ts";
import type { Peer } from "../harness/peer.ts";
import { checkMessages, checkReport, type Series, sendSeries, sendSeriesFrom } from "../harness/series.ts";
import type { Side } from "../harness/side.ts";
import { until } from "../harness/waiting.ts";

const SERIES: Series = { count: 2_000, smallest: 100, largest: 4_000, streams: 8 };
/** A path carries so much of the packets with DATA of a direction, at the least. */
const LEAST_SHARE = 0.05;
const LONG_SERIES: Series = { ...SERIES, count: 4_000 };
/** After so many messages of it a path is cut. */
const CUT_AFTER = 200;
const CUT = 2;

/** Both paths carry DATA both ways at once; all of it arrives, once and in order. */
export async function bothPaths(side: Side, watch: DataWatch): Promise<void> {
  side.timers = {}; // On a busy machine no path is to be given up.
  side.peerTimers = {};
  const { socket, peer } = await begin(side);
  const reported = peer.collect("MESSAGE", SERIES.count);
  const carrying = new Set<string>();
  const received = receiveAll(socket, () => {
    for (const { address, flightBytes } of socket.paths()) if (flightBytes > 0) carrying.add(address);
  });
  sendSeriesFrom(peer, SERIES);
  await sendSeries(socket, SERIES);
  checkReport(await reported, SERIES);
  peer.say("shutdown"); // After what is queued.
  checkMessages(await received, SERIES);
  check(carrying.size === PATHS.length, `we had DATA in flight to ${[...carrying].join()} alone`);
  for (const direction of ["sent", "received"] as const) {
    const counts = PATHS.map((path) => watch.count(direction, peerAddress(path)));
    const all = counts.reduce((sum, count) => sum + count);
    check(
      counts.every((count) => count >= LEAST_SHARE * all),
      `packets with DATA ${direction} by path: ${counts.join(", ")}`,
    );
  }
}

/**
 * One of them is cut while both carry DATA of ours: the other one brings all that was under way on it, too. usrsctp sends none: it may
 * forget what was under way, and stand still.
 */
export async function onePathCut(side: Side, hosts: TwoHosts, watch: DataWatch): Promise<void> {
  const { socket, peer } = await begin(side);
  const reported = peer.collect("MESSAGE", LONG_SERIES.count);
  const sent = sendSeries(socket, LONG_SERIES);
  await until("some messages", () => peer.countOf("MESSAGE") >= CUT_AFTER);
  check(peer.countOf("MESSAGE") < LONG_SERIES.count, "all had arrived before the path was cut");
  for (const path of PATHS)
    check(watch.count("sent", peerAddress(path)) > 0, `nothing was sent over path ${path}`);
  hosts.cut(CUT, "silent");
  await until("the path doubted", () => stateOf(socket, CUT) !== "active");
  await sent;
  checkReport(await reported, LONG_SERIES);
  await side.endGracefully(socket, peer);
}

async function begin(side: Side): Promise<{ readonly socket: Socket; readonly peer: Peer }> {
  side.ourOptions = { multipath: "independent" };
  side.peerOptions = [["--cmt", 1]];
  const { socket, peer } = await side.associate();
  await until("both paths confirmed", () => PATHS.every((path) => stateOf(socket, path) === "active"));
  check(
    socket.paths().every(({ carriesData }) => carriesData),
    "one of our paths does not carry DATA",
  );
  await peer.until(`PATH ${ourAddress(CUT)} confirmed`);
  await peer.set("echo off");
  return { socket, peer };
}

/** Every message until the association ends. @param onMessage told of each */
function receiveAll(socket: Socket, onMessage: () => void): Promise<Message[]> {
  const gather = async (): Promise<Message[]> => {
    const messages: Message[] = [];
    for await (const message of socket.messages()) {
      messages.push(message);
      onMessage();
    }
    return messages;
  };
  return awaitedLater(gather());
}

function stateOf(socket: Socket, path: PathNumber): string | undefined {
  return socket.paths().find(({ address }) => address === peerAddress(path))?.state;
}
