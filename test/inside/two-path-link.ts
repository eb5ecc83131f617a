/**
 * An association with two paths that DATA goes to at once, towards a peer of which the test writes every SACK.
 * Owns: the set-up, which shows the round trip of the first path; what was sent and what SACKs say, by number: 0 is the first chunk.
 * Does not own: what is right (the tests), ways with delays and losses (two-path-peer.ts).
 */
import type { AssociationOptions } from "../../src/base/options.ts";
import type { SackChunk } from "../../src/chunks/chunk.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  FULL_PAYLOAD,
  type Link,
  type SentPacket,
  twoPaths,
} from "../conformance/lab.ts";

export const MULTIPATH = { multipath: "independent", maxBurst: 1_000 } as const;

/** The round trip of the first path, unless a test names another. */
const FIRST_RTT_MS = 100;

/** By RFC 9260's rules, unless the options name others. @param more of the peer's INIT ACK */
export function twoPathLink(
  options: Partial<AssociationOptions>,
  roundTripMs: number = FIRST_RTT_MS,
  more: readonly Parameter[] = [],
): Link {
  return twoPaths({ ...BY_RFC_9260_7_2, ...options }, roundTripMs, more);
}

/** Several full packets are queued at once. */
export function sendFull(link: Link, count: number): SentPacket[] {
  return Array.from({ length: count }, () => link.send(FULL_PAYLOAD)).flat();
}

/** Where the chunks went, by number. */
export function numbersTo(link: Link, address: string, packets: readonly SentPacket[]): number[] {
  const there = packets.filter(({ to }) => to === address);
  return chunksOf(there, "DATA").map(({ tsn }) => (tsn - link.ourTsn) >>> 0);
}

/** A SACK of everything up to a number, and of blocks of numbers beyond. */
export function sack(
  link: Link,
  through: number,
  blocks: ReadonlyArray<readonly [number, number]> = [],
  more: Partial<SackChunk> = {},
): SentPacket[] {
  const gapBlocks = blocks.map(([first, last]) => ({ start: first - through, end: last - through }));
  return link.receive([link.sack(through, { gapBlocks, ...more })]);
}

/** A SACK of all up to a number but for some, which are given in their order. */
export function sackBut(
  link: Link,
  missing: readonly number[],
  last: number,
  more: Partial<SackChunk> = {},
): SentPacket[] {
  const [through = last + 1] = missing;
  const blocks = missing.map((each, at) => [each + 1, (missing[at + 1] ?? last + 1) - 1] as const);
  return sack(
    link,
    through - 1,
    blocks.filter(([from, to]) => from <= to),
    more,
  );
}
