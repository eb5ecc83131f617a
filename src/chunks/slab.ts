/**
 * Memory for one outgoing packet.
 * Owns: the bytes and the views on them, so that none of these is made per packet.
 * Does not own: who holds the slab when (the driver's pool, src/node).
 */

/** The largest UDP payload over IPv4; any SCTP packet over UDP fits. */
export const SLAB_BYTES = 65_507;

export class PacketSlab {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  #packet: Uint8Array;

  /** @param bytes the memory to use; a Node host passes a Buffer, which `dgram.send` takes without a copy */
  constructor(bytes: Uint8Array = new Uint8Array(SLAB_BYTES)) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#packet = bytes;
  }

  /** The first bytes. The last view is kept: most packets are as long as the one before. */
  packet(lengthBytes: number): Uint8Array {
    if (this.#packet.length !== lengthBytes) this.#packet = this.bytes.subarray(0, lengthBytes);
    return this.#packet;
  }
}
