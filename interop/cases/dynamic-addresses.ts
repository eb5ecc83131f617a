/**
 * Cases in which the addresses of a living association change (RFC 5061): one is added, made the primary one, and takes the place of
 * the first, while messages go both ways; asked by us, or by the peer. usrsctp 0.9.5 knows the addresses that its host had when it
 * started. They run inside our namespace (harness/hosts-process.ts).
 */
import type { Message, Socket } from "../../src/index.ts";
import { launcher } from "../../tools/namespaces.ts";
import type { DataWatch } from "../harness/data-watch.ts";
import { check } from "../harness/messages.ts";
import { ourAddress, peerAddress, type TwoHosts } from "../harness/namespaces.ts";
import type { Peer } from "../harness/peer.ts";
import { checkMessages, checkReport, type Series, sendSeries, sendSeriesFrom } from "../harness/series.ts";
import type { Place, Side } from "../harness/side.ts";
import { until } from "../harness/waiting.ts";

const SERIES: Series = { count: 60, smallest: 10, largest: 4_000, streams: 8 };

/** One end has one of its addresses, and takes up the other one later. */
export function placeWith(hosts: TwoHosts, whoChanges: "us" | "the peer"): Place {
  const both = [ourAddress(1), ourAddress(2)];
  const peers = [peerAddress(1), peerAddress(2)];
  return {
    ourAddresses: whoChanges === "us" ? both.slice(0, 1) : both,
    peerAddresses: whoChanges === "us" ? peers : peers.slice(0, 1),
    peerLauncher: launcher(hosts.peers),
  };
}

/** We ask, and usrsctp answers. */
export async function changedByUs(side: Side, watch: DataWatch): Promise<void> {
  const ends = await begin(side);
  const { socket, peer } = ends;
  const [old, fresh] = [ourAddress(1), ourAddress(2)];
  const confirmed = peer.until(`PATH ${fresh} confirmed`);
  await socket.bindAddress(fresh);
  await confirmed;
  const primary = peer.until(`PATH ${fresh} primary`);
  await socket.setPeerPrimary(fresh);
  await primary;
  await exchange(ends);
  const removed = peer.until(`PATH ${old} removed`);
  await socket.unbindAddress(old);
  await removed;
  check(socket.localAddresses.join() === fresh, `we are left with ${socket.localAddresses}`);
  watch.restart();
  await finish(ends);
  check(watch.count("received", peerAddress(2)) > 0, "nothing came to the new address");
  check(watch.count("received", peerAddress(1)) === 0, "something came to the address that was removed");
}

/**
 * usrsctp asks, and we answer. It asks by its primary path, even for the address to be removed from which that leaves, and does not
 * survive the refusal (5.3 F8). And what comes to that address meanwhile it answers by ABORT: so nothing may be on its way there.
 */
export async function changedByPeer(side: Side, watch: DataWatch): Promise<void> {
  const [old, fresh] = [peerAddress(1), peerAddress(2)];
  side.peerOptions = [["--bind", old]];
  const ends = await begin(side);
  const { socket, peer } = ends;
  const ourSecondConfirmed = peer.until(`PATH ${ourAddress(2)} confirmed`, 20_000); // It is reached from the new one.
  peer.say(`add ${fresh}`);
  await ourSecondConfirmed;
  const stateOfFresh = (): unknown => socket.paths().find(({ address }) => address === fresh)?.state;
  await until("the new address confirmed", () => stateOfFresh() === "active");
  check(socket.remoteAddress === old, `the primary address is ${socket.remoteAddress} already`);
  peer.say(`be-primary ${fresh}`);
  await until("the new address the primary one", () => socket.remoteAddress === fresh);
  peer.say(`primary ${ourAddress(2)}`);
  peer.say("heartbeats-off");
  socket.setKeepAlive(false);
  await peer.settle();
  await exchange(ends);
  peer.say(`remove ${old}`);
  await until("the old address removed", () => socket.remoteAddresses.join() === fresh);
  watch.restart();
  await finish(ends);
  check(watch.count("sent", fresh) > 0, "nothing was sent to the new address");
  check(watch.count("sent", old) === 0, "something was sent to the address that was removed");
}

interface Ends {
  readonly socket: Socket;
  readonly peer: Peer;
  readonly inbox: AsyncIterator<Message>;
}

async function begin(side: Side): Promise<Ends> {
  side.ourOptions = { dynamicAddresses: true };
  const { socket, peer } = await side.associate();
  check(socket.getOption("SCTP_ASCONF_SUPPORTED") === true, "it was not agreed on");
  peer.say("echo off");
  await peer.settle();
  return { socket, peer, inbox: socket.messages() };
}

/** The series goes both ways at once. */
async function exchange({ socket, peer, inbox }: Ends): Promise<void> {
  const reported = peer.collect("MESSAGE", SERIES.count);
  sendSeriesFrom(peer, SERIES);
  await sendSeries(socket, SERIES);
  checkReport(await reported, SERIES);
  const received: Message[] = [];
  while (received.length < SERIES.count) received.push((await inbox.next()).value);
  checkMessages(received, SERIES);
}

/** Likewise; then the peer ends the association. */
async function finish(ends: Ends): Promise<void> {
  await exchange(ends);
  ends.peer.say("shutdown");
  const { done } = await ends.inbox.next();
  check(done === true, "there was one message more");
}
