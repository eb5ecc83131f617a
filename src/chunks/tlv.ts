/**
 * The one walker for type-length-value elements: chunks in a packet, parameters in a chunk, causes in a chunk.
 * Owns: the bounds. Nothing behind it reads past `start + lengthBytes`. Does not own: what the elements mean.
 *
 * Hot: allocates nothing and never throws.
 */

import { uint16At } from "../base/network-order.ts";

const HEADER_BYTES = 4;
const NO_BYTES = new Uint8Array(0);

/** `lengthBytes` rounded up to a multiple of four (RFC 9260 3.2). */
export function padded(lengthBytes: number): number {
  return (lengthBytes + 3) & ~3;
}

export class TlvCursor {
  /** Where the current element begins. */
  start = 0;
  /** Length of the current element, header included, padding not. */
  lengthBytes = 0;
  /** Whether the walk ended at an element whose length cannot be right. */
  malformed = false;
  #bytes: Uint8Array = NO_BYTES;
  #next = 0;
  #end = 0;

  /** Begins a walk over [start, end). */
  bind(bytes: Uint8Array, start: number, end: number): this {
    this.#bytes = bytes;
    this.#next = start;
    this.#end = end;
    this.start = start;
    this.lengthBytes = 0;
    this.malformed = false;
    return this;
  }

  /**
   * Goes to the next element; false at the end, or where the rest is malformed. The padding of the last element may be
   * missing (RFC 9260 3.2, note).
   */
  next(): boolean {
    const start = this.#next;
    const left = this.#end - start;
    if (left <= 0) return false;
    if (left < HEADER_BYTES) return this.#stop();
    const lengthBytes = uint16At(this.#bytes, start + 2);
    if (lengthBytes < HEADER_BYTES || lengthBytes > left) return this.#stop();
    this.start = start;
    this.lengthBytes = lengthBytes;
    this.#next = start + padded(lengthBytes);
    return true;
  }

  /** Where the current element's value ends. */
  get end(): number {
    return this.start + this.lengthBytes;
  }
  /** Type of a parameter, code of a cause. */
  get type(): number {
    return uint16At(this.#bytes, this.start);
  }
  get chunkType(): number {
    return this.#bytes[this.start] as number;
  }
  get chunkFlags(): number {
    return this.#bytes[this.start + 1] as number;
  }

  #stop(): false {
    this.malformed = true;
    this.#next = this.#end;
    return false;
  }
}
