/**
 * What somebody who sees the packets of a stack learns about its associations.
 * Owns: which association a packet belongs to (by its verification tags), where each side's TSNs begin, and which TSNs
 * have been seen and acknowledged, so that a tool can say "#3" and "again" instead of "TSN 3920385719".
 * Does not own: words and pictures (labels.ts, explain.ts, sequence-diagram.ts); anything that the protocol decides.
 */

import { tsnDiff, tsnGt } from "../base/serial.ts";
import type { Chunk } from "../chunks/chunk.ts";
import type { Packet } from "../chunks/packet.ts";
import { OpenTsns } from "./open-tsns.ts";

/** Seen from the stack whose trace it is. */
export type Direction = "sent" | "received";

/** Associations remembered at most: a trace may be left running for days. */
const MAX_ASSOCIATIONS = 1_024;

/** The DATA of one direction of an association. */
export class WatchedFlow {
  #initialTsn: number | undefined;
  #cumulativeTsnAck: number | undefined;
  readonly #unacked: OpenTsns<true>;

  constructor() {
    this.#initialTsn = undefined;
    this.#cumulativeTsnAck = undefined;
    this.#unacked = new OpenTsns();
  }

  /** The sender of this direction announced its Initial TSN (RFC 9260 3.3.2). */
  begin(initialTsn: number): void {
    if (this.#initialTsn === initialTsn) return;
    this.#initialTsn = initialTsn;
    this.#cumulativeTsnAck = (initialTsn - 1) >>> 0;
    this.#unacked.clear();
  }

  /** A TSN as a person counts: "#1" is the first. "TSN n" where the beginning was not seen. */
  nameOf(tsn: number): string {
    return this.#initialTsn === undefined ? `TSN ${tsn}` : `#${tsnDiff(tsn, this.#initialTsn) + 1}`;
  }

  /** Whether this TSN had been seen before. */
  sawData(tsn: number): boolean {
    const acknowledged = this.#cumulativeTsnAck !== undefined && !tsnGt(tsn, this.#cumulativeTsnAck);
    if (acknowledged || this.#unacked.has(tsn)) return true;
    this.#unacked.add(tsn, true);
    return false;
  }

  /** The other side acknowledged everything up to `tsn`; returns what it had acknowledged before, if that was seen. */
  sawCumulativeTsnAck(tsn: number): number | undefined {
    const before = this.#cumulativeTsnAck;
    if (before !== undefined && !tsnGt(tsn, before)) return before;
    this.#cumulativeTsnAck = tsn;
    this.#unacked.acknowledge({ cumulativeTsnAck: tsn, gapBlocks: [] });
    return before;
  }
}

/** One association, as seen from outside. */
export class WatchedAssociation {
  readonly sent: WatchedFlow;
  readonly received: WatchedFlow;

  constructor() {
    this.sent = new WatchedFlow();
    this.received = new WatchedFlow();
  }
}

/** Finds the association of each packet that goes by. */
export class Watcher {
  /** By the tag in packets to the watched stack, and by the tag in packets from it. */
  readonly #byTag: {
    readonly sent: Map<number, WatchedAssociation>;
    readonly received: Map<number, WatchedAssociation>;
  };

  constructor() {
    this.#byTag = { sent: new Map(), received: new Map() };
  }

  /** The association of a packet: a blank one where its beginning was not seen. */
  associationOf(direction: Direction, packet: Packet): WatchedAssociation {
    const [first] = packet.chunks;
    const reverse = direction === "sent" ? "received" : "sent";
    if (first?.kind === "INIT") {
      // Answers to an INIT carry the tag that it announces.
      const association = this.#byTag[reverse].get(first.initiateTag) ?? new WatchedAssociation();
      this.#remember(reverse, first.initiateTag, association);
      association[direction].begin(first.initialTsn);
      return association;
    }
    const reflected = isTagReflected(first);
    const found = this.#byTag[reflected ? reverse : direction].get(packet.verificationTag);
    const association = found ?? new WatchedAssociation();
    if (first?.kind === "INIT ACK") {
      this.#remember(direction, packet.verificationTag, association);
      this.#remember(reverse, first.initiateTag, association);
      association[direction].begin(first.initialTsn);
    } else if (found === undefined) {
      this.#remember(direction, packet.verificationTag, association);
    }
    return association;
  }

  #remember(direction: Direction, tag: number, association: WatchedAssociation): void {
    const map = this.#byTag[direction];
    map.set(tag, association);
    if (map.size <= MAX_ASSOCIATIONS) return;
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }
}

/** The T bit: the packet carries the tag of the direction that it answers (RFC 9260 8.5.1 B, C). */
function isTagReflected(chunk: Chunk | undefined): boolean {
  return (chunk?.kind === "ABORT" || chunk?.kind === "SHUTDOWN COMPLETE") && chunk.tagReflected;
}
