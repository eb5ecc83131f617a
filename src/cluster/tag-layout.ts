/**
 * Which worker a Verification Tag names, and which worker is the home of a peer's address.
 * Owns: both mappings. Does not own: what is done with them (addressee.ts, member.ts).
 *
 * A tag is a number below 2^32 under a keyed permutation; the number's place in 0 .. 2^32 - 1 names the worker: the
 * first of four workers has the first quarter. So the tags of all workers together are as random as RFC 9260 5.3.1
 * asks for, and who has not the key cannot tell whose a tag is.
 */
import { addressBytes } from "../platform/address.ts";
import type { RandomSource } from "../platform/random.ts";
import { CIPHER_KEY_BYTES, TagCipher } from "./tag-cipher.ts";

/** Bytes of a layout's key: one half for tags, one for homes. */
export const LAYOUT_KEY_BYTES: number = 2 * CIPHER_KEY_BYTES;
const RANGE = 0x1_0000_0000;

export class TagLayout {
  readonly workerCount: number;
  readonly #tags: TagCipher;
  readonly #homes: TagCipher;

  /** @param key random bytes that all workers share */
  constructor(key: Uint8Array, workerCount: number) {
    this.workerCount = workerCount;
    this.#tags = new TagCipher(key.subarray(0, CIPHER_KEY_BYTES));
    this.#homes = new TagCipher(key.subarray(CIPHER_KEY_BYTES, LAYOUT_KEY_BYTES));
  }

  /** A fresh tag of a worker's; never 0. */
  newTag(worker: number, random: RandomSource): number {
    const first = Math.ceil((worker * RANGE) / this.workerCount);
    const count = Math.ceil(((worker + 1) * RANGE) / this.workerCount) - first;
    for (;;) {
      const tag = this.#tags.encrypt(first + Math.floor((random.uint32() * count) / RANGE));
      if (tag !== 0) return tag;
    }
  }

  /** The worker that a tag names; every number names one. */
  workerOf(tag: number): number {
    return Math.floor((this.#tags.decrypt(tag) * this.workerCount) / RANGE);
  }

  /**
   * The worker that keeps account of who has the association with these SCTP ports and this address of the peer. The
   * UDP port has no part in it, for a NAT may change it at any time (RFC 6951 5.4).
   * @param down workers that do not live: the next one that does stands in for them
   */
  homeOf(localPort: number, remotePort: number, address: string, down: ReadonlySet<number> = NONE): number {
    let hash = this.#homes.encrypt(((localPort << 16) | remotePort) >>> 0);
    const bytes = addressBytes(address) ?? EMPTY;
    for (let at = 0; at < bytes.length; at += 4) {
      const word = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16);
      hash = this.#homes.encrypt((hash ^ word ^ ((bytes[at + 2] ?? 0) << 8) ^ (bytes[at + 3] ?? 0)) >>> 0);
    }
    return this.standIn(Math.floor((hash * this.workerCount) / RANGE), down);
  }

  /** The worker itself, or the next one that lives; itself if none does. */
  standIn(worker: number, down: ReadonlySet<number>): number {
    for (let step = 0; step < this.workerCount; step++) {
      const next = (worker + step) % this.workerCount;
      if (!down.has(next)) return next;
    }
    return worker;
  }
}

const EMPTY = new Uint8Array(0);
const NONE: ReadonlySet<number> = new Set();
