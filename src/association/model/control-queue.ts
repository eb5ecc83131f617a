/**
 * Control chunks waiting to be sent, each to the path that it is meant for.
 * Owns: their order, the bound on their number, and how much one received packet may provoke (RFC 9260 12.4).
 * Does not own: bundling (packet-scheduler.ts).
 */

import type { AssociationOptions } from "../../base/options.ts";
import { type Chunk, chunkLengthBytes } from "../../chunks/chunk.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import { padded } from "../../chunks/tlv.ts";

/** Where a control chunk goes. */
export interface ControlDestination {
  /** Largest SCTP packet sent there. */
  readonly maxPacketBytes: number;
}

/** @typeParam P the paths of the association */
export interface ControlItem<P> {
  readonly chunk: Chunk;
  readonly path: P;
  /** The local address that it leaves from; undefined for the one that the path leaves from. */
  readonly localAddress: string | undefined;
  /** Its length if it answers something of the peer's, 0 otherwise. */
  readonly replyBytes: number;
  /** It travels with nothing but padding, in a packet of this length; 0 for all that is not a probe. */
  readonly probeBytes: number;
}

const NO_ITEMS: readonly never[] = [];

/** @typeParam P the paths of the association */
export class ControlQueue<P extends ControlDestination> {
  /** Replaced, not changed: an empty one is everybody's, for most associations are idle most of the time. */
  #items: ReadonlyArray<ControlItem<P>> = NO_ITEMS;
  /** Where the replies to the packet at hand go, and what is left of the one packet that they may fill. */
  #replyPath: P | undefined = undefined;
  #replyBytesLeft = 0;
  #queuedReplyBytes = 0;
  readonly #maxCount: number;
  readonly #maxReplyBytes: number;

  constructor(options: Pick<AssociationOptions, "maxControlChunksQueued" | "maxReplyBytesQueued">) {
    this.#maxCount = options.maxControlChunksQueued;
    this.#maxReplyBytes = options.maxReplyBytesQueued;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }
  get first(): ControlItem<P> | undefined {
    return this.#items[0];
  }

  /** Queues a chunk; beyond the bound it is dropped, as the network might, and whoever needs it sends it again. */
  push(chunk: Chunk, path: P, localAddress?: string): void {
    if (this.#items.length >= this.#maxCount) return;
    this.#items = [...this.#items, { chunk, path, localAddress, replyBytes: 0, probeBytes: 0 }];
  }

  /**
   * Queues a chunk that is padded to a packet of `probeBytes`, whatever the path is known to carry.
   * @returns false if it was dropped
   */
  pushProbe(chunk: Chunk, path: P, probeBytes: number): boolean {
    if (this.#items.length >= this.#maxCount) return false;
    this.#items = [...this.#items, { chunk, path, localAddress: undefined, replyBytes: 0, probeBytes }];
    return true;
  }

  /** A packet is about to be read: what it provokes is counted from here. */
  beginReplies(): void {
    this.#replyPath = undefined;
  }

  /**
   * Queues an answer to a chunk of the packet at hand. All of them together fill one packet to one address at most
   * (RFC 9260 12.4); alone, a HEARTBEAT ACK may be as large as its HEARTBEAT was.
   * @param localAddress that it was asked at, if the path does not leave from there
   * @returns false if it was dropped
   */
  reply(chunk: Chunk, path: P, localAddress?: string): boolean {
    const replyBytes = padded(chunkLengthBytes(chunk));
    const isFirst = this.#replyPath === undefined;
    const roomBytes = isFirst ? path.maxPacketBytes - COMMON_HEADER_BYTES : this.#replyBytesLeft;
    if (!isFirst && this.#replyPath !== path) return false;
    if (replyBytes > roomBytes && !(isFirst && chunk.kind === "HEARTBEAT ACK")) return false;
    if (this.#items.length >= this.#maxCount || this.#queuedReplyBytes + replyBytes > this.#maxReplyBytes)
      return false;
    this.#replyPath = path;
    this.#replyBytesLeft = roomBytes - replyBytes;
    this.#queuedReplyBytes += replyBytes;
    this.#items = [...this.#items, { chunk, path, localAddress, replyBytes, probeBytes: 0 }];
    return true;
  }

  /** For COOKIE ECHO and COOKIE ACK, which come first in their packet (RFC 9260 5.1). */
  pushFront(chunk: Chunk, path: P, localAddress?: string): void {
    if (this.#items.length >= this.#maxCount) this.#keep(this.#items.slice(0, -1));
    this.#items = [{ chunk, path, localAddress, replyBytes: 0, probeBytes: 0 }, ...this.#items];
  }

  shift(): void {
    this.#keep(this.#items.slice(1));
  }

  /** Drops what is no longer to be said, by the RFC's names of the chunks. */
  remove(...kinds: ReadonlyArray<Chunk["kind"]>): void {
    this.removeThose(({ kind }) => kinds.includes(kind));
  }

  removeThose(isOutdated: (chunk: Chunk) => boolean): void {
    this.#keep(this.#items.filter((item) => !isOutdated(item.chunk)));
  }

  removePath(path: P): void {
    this.#keep(this.#items.filter((item) => item.path !== path));
  }

  clear(): void {
    this.#keep([]);
  }

  #keep(items: ReadonlyArray<ControlItem<P>>): void {
    this.#items = items.length === 0 ? NO_ITEMS : items;
    this.#queuedReplyBytes = items.reduce((sum, { replyBytes }) => sum + replyBytes, 0);
  }
}
