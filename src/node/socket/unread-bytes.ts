/**
 * How many bytes wait in the buffer of an object-mode Readable, which itself counts objects only.
 * Owns: the sizes of what was pushed and is not read yet. Does not own: the buffer.
 *
 * Hot: a number per message, in an array that is used again. Readables take from the front, so the sizes that still
 * count are the last ones; nothing has to be intercepted when a message leaves.
 */
import { Readable } from "node:stream";
import { Fifo } from "../../base/fifo.ts";

const readableLength = Object.getOwnPropertyDescriptor(Readable.prototype, "readableLength")?.get;

/** Messages in a Readable's own buffer, also where it has a `readableLength` that counts something else. */
export function countWaiting(readable: Readable): number {
  return (readableLength?.call(readable) as number | undefined) ?? 0;
}

export class UnreadBytes {
  readonly #sizes = new Fifo<number>();
  #totalBytes = 0;

  push(bytes: number): void {
    this.#sizes.push(bytes);
    this.#totalBytes += bytes;
  }

  /** @param waitingCount messages that the Readable still holds */
  total(waitingCount: number): number {
    if (this.#totalBytes === 0) return 0;
    if (waitingCount === 0) {
      this.#sizes.drain(); // A reader that keeps up: the usual case.
      this.#totalBytes = 0;
      return 0;
    }
    for (let gone = this.#sizes.length - waitingCount; gone > 0; gone--)
      this.#totalBytes -= this.#sizes.shift() ?? 0;
    return this.#totalBytes;
  }
}
