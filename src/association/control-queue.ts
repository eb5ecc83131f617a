/**
 * Control chunks waiting to be sent, each to the path that it is meant for.
 * Owns: their order, the bound on their number, and how much one received packet may provoke (RFC 9260 12.4).
 * Does not own: bundling (packet-scheduler.ts).
 */
import { type Chunk, chunkLengthBytes } from "../chunks/chunk.ts";
import { COMMON_HEADER_BYTES } from "../chunks/common-header.ts";
import { padded } from "../chunks/tlv.ts";
import type { Path } from "./path.ts";

/** Answers that a peer can provoke (HEARTBEAT ACK, ERROR) are dropped beyond so many unsent ones. */
const MAX_QUEUED = 64;

export interface ControlItem {
  readonly chunk: Chunk;
  readonly path: Path;
}

export class ControlQueue {
  #items: ControlItem[] = [];
  /** Where the replies to the packet at hand go, and what is left of the one packet that they may fill. */
  #replyPath: Path | undefined = undefined;
  #replyBytesLeft = 0;

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }
  get first(): ControlItem | undefined {
    return this.#items[0];
  }

  push(chunk: Chunk, path: Path): void {
    if (this.#items.length < MAX_QUEUED) this.#items.push({ chunk, path });
  }

  /** A packet is about to be read: what it provokes is counted from here. */
  beginReplies(): void {
    this.#replyPath = undefined;
  }

  /**
   * Queues an answer to a chunk of the packet at hand. All of them together fill one packet to one address at most;
   * the first one is always taken (RFC 9260 12.4).
   * @returns false if it was dropped
   */
  reply(chunk: Chunk, path: Path): boolean {
    const lengthBytes = padded(chunkLengthBytes(chunk));
    if (this.#replyPath === undefined) {
      this.#replyPath = path;
      this.#replyBytesLeft = path.maxPacketBytes - COMMON_HEADER_BYTES;
    } else if (this.#replyPath !== path || lengthBytes > this.#replyBytesLeft) {
      return false;
    }
    this.#replyBytesLeft -= lengthBytes;
    this.push(chunk, path);
    return true;
  }

  /**
   * Queues a chunk that may only go out in one packet with all that is queued for its path: before the COOKIE ACK nothing
   * travels without the COOKIE ECHO (RFC 9260 5.1 C).
   * @returns false if it was dropped for lack of room
   */
  bundle(chunk: Chunk, path: Path): boolean {
    let lengthBytes = COMMON_HEADER_BYTES + padded(chunkLengthBytes(chunk));
    for (const item of this.#items)
      if (item.path === path) lengthBytes += padded(chunkLengthBytes(item.chunk));
    if (lengthBytes > path.maxPacketBytes) return false;
    this.push(chunk, path);
    return true;
  }

  /** For COOKIE ECHO and COOKIE ACK, which come first in their packet (RFC 9260 5.1). */
  pushFront(chunk: Chunk, path: Path): void {
    this.#items.unshift({ chunk, path });
  }

  shift(): void {
    this.#items.shift();
  }

  /** Drops what is no longer to be said, by the RFC's names of the chunks. */
  remove(...kinds: ReadonlyArray<Chunk["kind"]>): void {
    this.#items = this.#items.filter((item) => !kinds.includes(item.chunk.kind));
  }

  removePath(path: Path): void {
    this.#items = this.#items.filter((item) => item.path !== path);
  }

  clear(): void {
    this.#items = [];
  }
}
