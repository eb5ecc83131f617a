/**
 * A sender with RACK whose window is large and whose round trip has been measured, against the bench's scripted peer.
 * Owns: that state, chunks by their numbers from there on. Does not own: the bench (lab.ts), what is right (the tests).
 */
import type { AssociationOptions } from "../../src/base/options.ts";
import {
  BY_RFC_9260_7_2,
  chunksOf,
  FULL_PAYLOAD,
  Lab,
  type Link,
  PEER_ADDRESS,
  type SentPacket,
} from "./lab.ts";

export const RTT_MS = 40;
export const RACK_OPTIONS = {
  ...BY_RFC_9260_7_2,
  lossDetection: "rack",
  heartbeatIntervalMs: 0,
  maxBurst: 1_000,
} as const;

/** An association whose window is large and whose round trip has been measured: `acked` TSNs have been acknowledged. */
export class Flow {
  readonly link: Link;
  #base = -1;

  /** @param packetCount that the window grows by */
  constructor(
    options: Partial<AssociationOptions> = {},
    packetCount: number = 64,
    roundTripMs: number = RTT_MS,
  ) {
    this.link = new Lab().accepted({ ...RACK_OPTIONS, ...options });
    let packets = this.send(packetCount);
    while (packets.length > 0) {
      this.pass(roundTripMs);
      this.#base += chunksOf(packets, "DATA").length;
      packets = this.link.receive([this.link.sack(this.#base)]);
    }
  }

  /** So many full packets. */
  send(count: number): SentPacket[] {
    return Array.from({ length: count }, () => this.link.send(FULL_PAYLOAD)).flat();
  }

  /** Time passes; what is sent meanwhile, by number: 1 is the first chunk after those of the constructor. */
  pass(ms: number): number[] {
    return this.numbersOf(this.link.lab.run(ms));
  }

  /** The peer acknowledges up to a number, and blocks of numbers beyond it; what is sent at once. */
  sack(
    through: number,
    blocks: ReadonlyArray<readonly [number, number]> = [],
    duplicates: readonly number[] = [],
  ): number[] {
    const gapBlocks = blocks.map(([first, last]) => ({ start: first - through, end: last - through }));
    const duplicateTsns = duplicates.map((number) => (this.link.ourTsn + this.#base + number) >>> 0);
    return this.numbersOf(
      this.link.receive([this.link.sack(this.#base + through, { gapBlocks, duplicateTsns })]),
    );
  }

  numbersOf(packets: readonly SentPacket[]): number[] {
    return chunksOf(packets, "DATA").map(({ tsn }) => (tsn - this.link.ourTsn - this.#base) | 0);
  }

  /** Counts from the next chunk on: all before are acknowledged. */
  restart(acked: number): void {
    this.#base += acked;
  }

  /** How far a number lies beyond the Initial TSN. */
  offset(number: number): number {
    return this.#base + number;
  }

  get rtoMs(): number {
    return this.link.association.path(PEER_ADDRESS).rtoMs;
  }

  get cwndBytes(): number {
    return this.link.association.path(PEER_ADDRESS).cwndBytes;
  }
}
