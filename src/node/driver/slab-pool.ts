/**
 * Slabs for outgoing datagrams.
 * Owns: their reuse: a transport reads a buffer until its callback, so a slab comes back only then; and the count of
 * those under way. Does not own: transports.
 */
import { PacketSlab } from "../../chunks/slab.ts";
import type { Transmit } from "../../stack/types.ts";
import type { OnSent } from "../transport/transport.ts";

/** A slab with the callback that returns it, so that sending makes no closure. */
export class SendSlab extends PacketSlab {
  readonly onSent: OnSent;
  /** What it was last sent with, for errors. */
  lengthBytes = 0;
  remoteAddress = "";
  /** A transport has it: a callback that is called twice gives it back once. */
  isUnderWay = false;

  constructor(pool: SlabPool, lengthBytes: number) {
    super(Buffer.allocUnsafeSlow(lengthBytes));
    this.onSent = (error) => pool.onSent(this, error);
  }
}

export class SlabPool {
  /** Datagrams handed to a transport and not yet gone. */
  inFlightCount = 0;
  readonly #free: SendSlab[] = [];
  readonly #slabBytes: number;
  readonly #onDone: (error: NodeJS.ErrnoException | null, slab: SendSlab) => void;

  /** @param onDone called whenever a slab comes back from a transport, with the error of its datagram, which it still holds */
  constructor(slabBytes: number, onDone: (error: NodeJS.ErrnoException | null, slab: SendSlab) => void) {
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

  /** A slab is full: the transport that it is about to be handed to gives it back by its `onSent`. */
  lend(slab: SendSlab, { lengthBytes, remoteAddress }: Transmit): void {
    slab.lengthBytes = lengthBytes;
    slab.remoteAddress = remoteAddress;
    slab.isUnderWay = true;
    this.inFlightCount++;
  }

  onSent(slab: SendSlab, error: NodeJS.ErrnoException | null): void {
    if (!slab.isUnderWay) return;
    slab.isUnderWay = false;
    this.inFlightCount--;
    this.#onDone(error, slab);
    this.#free.push(slab);
  }
}
