/**
 * Slabs for outgoing datagrams.
 * Owns: their reuse: `dgram` reads a buffer until its callback, so a slab comes back only then; and the count of those
 * under way. Does not own: sockets.
 */
import { PacketSlab } from "../../chunks/slab.ts";

/** A slab with the callback that returns it, so that sending makes no closure. */
export class SendSlab extends PacketSlab {
  readonly onSent: (error: Error | null) => void;
  /** What it was last sent with, for errors. */
  lengthBytes = 0;
  remoteAddress = "";

  constructor(pool: SlabPool, lengthBytes: number) {
    super(Buffer.allocUnsafeSlow(lengthBytes));
    this.onSent = (error) => pool.onSent(this, error);
  }
}

export class SlabPool {
  /** Datagrams handed to a socket and not yet gone. */
  inFlightCount = 0;
  readonly #free: SendSlab[] = [];
  readonly #slabBytes: number;
  readonly #onDone: (error: Error | null, slab: SendSlab) => void;

  /** @param onDone called whenever a slab comes back from a socket, with the error of its datagram, which it still holds */
  constructor(slabBytes: number, onDone: (error: Error | null, slab: SendSlab) => void) {
    this.#slabBytes = slabBytes;
    this.#onDone = onDone;
  }

  take(): SendSlab {
    return this.#free.pop() ?? new SendSlab(this, this.#slabBytes);
  }

  /** Gives back a slab that was not sent. */
  put(slab: SendSlab): void {
    this.#free.push(slab);
  }

  onSent(slab: SendSlab, error: Error | null): void {
    this.inFlightCount--;
    this.#onDone(error, slab);
    this.#free.push(slab);
  }
}
