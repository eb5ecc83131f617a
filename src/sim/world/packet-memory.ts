/**
 * Memory for the packets of a simulation.
 * Owns: copies that last, many of them in one block: a block for each packet keeps the garbage collector busier than the stack.
 * Does not own: the packets (world.ts), who keeps them.
 */

const BLOCK_BYTES = 65_536;
/** Larger ones get a block of their own: they would leave much of one unused. */
const MAX_SHARED_BYTES = 4_096;

export class PacketMemory {
  #block: Uint8Array = new Uint8Array(0);
  #usedBytes = 0;

  /** A copy that stays as it is. */
  copy(bytes: Uint8Array): Uint8Array {
    const lengthBytes = bytes.length;
    if (lengthBytes > MAX_SHARED_BYTES) return new Uint8Array(bytes);
    if (this.#usedBytes + lengthBytes > this.#block.length) {
      this.#block = new Uint8Array(BLOCK_BYTES);
      this.#usedBytes = 0;
    }
    const from = this.#usedBytes;
    this.#usedBytes += lengthBytes;
    const copy = this.#block.subarray(from, this.#usedBytes);
    copy.set(bytes);
    return copy;
  }
}
