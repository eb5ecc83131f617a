/** Losses on one of several paths, and what they must not do to the others: towards a peer of which the test writes every SACK. */
import { expect, it } from "vitest";
import type { AssociationOptions } from "../../../../src/base/options.ts";
import type { Parameter } from "../../../../src/chunks/parameters.ts";
import { ADDRESSES_SUPPORTED, asconf, BARE, deletes } from "../../../conformance/address-peer.ts";
import {
  echoOf,
  FULL_PAYLOAD,
  initChunk,
  Link,
  only,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  type SentPacket,
} from "../../../conformance/lab.ts";
import { MULTIPATH, numbersTo, sackBut, sendFull, twoPathLink } from "../../../inside/two-path-link.ts";

const RTT_MS = 20;

interface Flown {
  /** The numbers that are under way on each path. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** The highest of all. */
  readonly last: number;
}

const cwndOf = (link: Link, address: string): number => link.association.path(address).cwndBytes;

function flown(link: Link, packets: readonly SentPacket[]): Flown {
  const first = numbersTo(link, PEER_ADDRESS, packets);
  const second = numbersTo(link, PEER_SECOND_ADDRESS, packets);
  return { first, second, last: Math.max(...first, ...second) };
}

/** Both paths answer in 20 ms, and have nothing under way. */
function grown(options: Partial<AssociationOptions>, parameters: readonly Parameter[] = []): Link {
  const link = twoPathLink({ ...MULTIPATH, ...options }, RTT_MS, parameters);
  let sent = sendFull(link, 80);
  while (sent.length > 0) {
    const { first, last } = flown(link, sent);
    link.lab.run(RTT_MS);
    const from = first[0] ?? last;
    sent = Array.from({ length: last - from + 1 }, (_, at) => sackBut(link, [], from + at)).flat();
  }
  return link;
}

/** So many fill both windows. */
function fullPackets(link: Link): number {
  const windows = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map((address) => cwndOf(link, address));
  return windows.reduce((count, bytes) => count + Math.ceil(bytes / (FULL_PAYLOAD + 16)), 0);
}

it("reduces a window again for its own path's retransmissions alone that are lost (RFC 8985 9.3)", () => {
  const link = grown({ lossDetection: "rack" });
  const { first, second, last } = flown(link, sendFull(link, fullPackets(link)));
  const [a = Number.NaN] = first;
  const [b = Number.NaN] = second;
  link.lab.run(RTT_MS);
  sackBut(link, [a, b, last], last);
  expect(flown(link, link.lab.run(6))).toMatchObject({ first: [a], second: [b] });
  const before = [PEER_ADDRESS, PEER_SECOND_ADDRESS].map((address) => cwndOf(link, address));
  const more = flown(link, sendFull(link, 10));
  link.lab.run(RTT_MS + 10);
  const again = flown(link, sackBut(link, [a, last], more.last));
  expect(again).toMatchObject({ first: [a], second: [last] });
  expect(cwndOf(link, PEER_ADDRESS)).toBeLessThan(before[0] ?? 0);
  expect(cwndOf(link, PEER_SECOND_ADDRESS)).toBe(before[1]);
});

it("reduces no window for a probe that was told to be one too many while other paths had still to deliver (RFC 8985 7.4.2)", () => {
  const link = twoPathLink({ ...MULTIPATH, lossDetection: "rack" }, 300);
  const { first, second } = flown(link, sendFull(link, 8));
  link.lab.run(RTT_MS);
  sackBut(link, first, 7);
  link.lab.run(280);
  sackBut(link, [], 7);
  const slow = numbersTo(link, PEER_ADDRESS, link.send(FULL_PAYLOAD, { to: PEER_ADDRESS }));
  expect([second, slow]).toEqual([[4, 5, 6, 7], [8]]);
  expect(flown(link, sendFull(link, 2)).second).toEqual([9, 10]);
  expect(flown(link, link.lab.run(70)).second).toEqual([10]); // After 40 ms, and a round trip ago.
  sackBut(link, slow, 10);
  sackBut(link, slow, 10, { duplicateTsns: [(link.ourTsn + 10) >>> 0] });
  expect(flown(link, sendFull(link, 1)).second).toEqual([11]);
  link.lab.run(RTT_MS);
  sackBut(link, slow, 11);
  link.lab.run(200);
  sackBut(link, [], 11);
  expect(link.association.path(PEER_SECOND_ADDRESS).ssthreshBytes).toBe(0xffff_ffff);
  expect(link.association.stats.retransmittedChunks).toBe(1);
});

it("leaves what is late its time after a restart of the peer, whatever its SACKs told before (RFC 9260 5.2.4)", () => {
  const link = grown({ lossDetection: "rack" });
  const { lab, association } = link;
  const { first } = flown(link, sendFull(link, 8));
  const [late = Number.NaN] = first;
  lab.run(RTT_MS);
  for (const last of first.slice(1)) sackBut(link, [late], last);
  const init = initChunk({ initiateTag: 0x5566_7788, initialTsn: 0x9000, parameters: [] });
  const initAck = only(lab.receive([init]), "INIT ACK");
  lab.receive([echoOf(initAck)], { tag: initAck.initiateTag });
  const anew = new Link(lab, association, 0x9000, initAck.initialTsn);
  expect(numbersTo(anew, PEER_ADDRESS, sendFull(anew, 3))).toEqual([0, 1, 2]);
  lab.run(RTT_MS);
  expect(sackBut(anew, [0], 1)).toEqual([]);
  expect(numbersTo(anew, PEER_ADDRESS, lab.run(RTT_MS / 2))).toEqual([0]);
});

it("lets a Fast Retransmit begin beyond the window, though the other path goes away with the SACK that tells of it (RFC 9260 7.2.4)", () => {
  const link = grown(BARE, [ADDRESSES_SUPPORTED]);
  const { first, second, last } = flown(link, sendFull(link, fullPackets(link)));
  link.lab.run(RTT_MS);
  const [lost = Number.NaN, ...others] = first;
  const [one = Number.NaN, two = Number.NaN, three = Number.NaN] = others;
  for (const through of [one, two]) sackBut(link, [lost], through);
  const third = link.sack(lost - 1, { gapBlocks: [{ start: 2, end: three - lost + 1 }] });
  const again = link.receive([third, asconf(link, 0, [deletes(PEER_SECOND_ADDRESS)])]);
  const { flightBytes, cwndBytes } = link.association.path(PEER_ADDRESS);
  expect(flightBytes).toBeGreaterThan(cwndBytes);
  expect([second.length > 0, last]).toEqual([true, second.at(-1)]);
  expect(numbersTo(link, PEER_ADDRESS, again)).toEqual([lost]);
});
