/**
 * By how much the buffers of all associations of a stack may have grown, together.
 * Owns: what is left of it. Does not own: which buffer grows, and when (sending/send-buffer-growth.ts,
 * procedures/receive-buffer-growth.ts).
 */
export class GrowthBudget {
  #leftBytes: number;

  constructor(limitBytes: number) {
    this.#leftBytes = limitBytes;
  }

  /**
   * A buffer is to have grown by so much.
   * @param heldBytes by how much it has grown already
   * @returns by how much it may: all of it, or what there was left
   */
  resize(heldBytes: number, wantedBytes: number): number {
    const grantedBytes = Math.min(wantedBytes, heldBytes + this.#leftBytes);
    this.#leftBytes += heldBytes - grantedBytes;
    return grantedBytes;
  }
}
