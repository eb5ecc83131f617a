/**
 * How many bytes wait in the buffer of an object-mode Readable, which itself counts objects only.
 * Owns: the sizes of what was pushed and is not read yet. Does not own: the buffer.
 *
 * Hot: a number per message, in an array that is used again. Readables take from the front, so the sizes that still
 * count are the last ones; nothing has to be intercepted when a message leaves.
 */
export class UnreadBytes {
  #sizes: number[] = [];
  #head = 0;
  #totalBytes = 0;

  push(bytes: number): void {
    this.#sizes.push(bytes);
    this.#totalBytes += bytes;
  }

  /** @param waitingCount messages that the Readable still holds */
  total(waitingCount: number): number {
    if (this.#totalBytes === 0) return 0;
    if (waitingCount === 0) {
      this.#sizes.length = 0; // A reader that keeps up: the usual case.
      this.#head = 0;
      this.#totalBytes = 0;
      return 0;
    }
    let gone = this.#sizes.length - this.#head - waitingCount;
    for (; gone > 0; gone--) this.#totalBytes -= this.#sizes[this.#head++] ?? 0;
    if (this.#head === this.#sizes.length) {
      this.#sizes.length = 0;
      this.#head = 0;
    } else if (this.#head >= 1_024 && this.#head * 2 >= this.#sizes.length) {
      this.#sizes = this.#sizes.slice(this.#head);
      this.#head = 0;
    }
    return this.#totalBytes;
  }
}
