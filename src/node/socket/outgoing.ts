/**
 * The messages that a socket's user hands over, on their way to the association.
 * Owns: whether one is taken now, waits for room or is refused; promises of delivery; the marks of `bufferedAmountLow`.
 * Does not own: those who wait (send-waiters.ts), the association (src/association), the socket's end (association-duplex.ts).
 */
import { constants } from "node:os";
import type { Association } from "../../association/association.ts";
import { checkMessage } from "../../association/model/send-info.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkArgument, isWhole } from "../../base/option-check.ts";
import { MAX_STREAMS } from "../../base/options.ts";
import { Delivery } from "../common/delivery.ts";
import { bytesOf, type SendInfo } from "../common/message.ts";
import { type OnAccepted, SendWaiters } from "./send-waiters.ts";

/** What it needs of the socket. */
export interface OutgoingOwner {
  association(): Association | undefined;
  nowMs(): number;
  /** @throws why nothing can be sent any more */
  requireOpen(): void;
  /** The association has taken a message. */
  onTaken(lengthBytes: number): void;
  /** The association may have something to tell. */
  onNews(): void;
}

const hasDelivery = (info: SendInfo & { readonly receipt?: unknown }): boolean =>
  info.receipt instanceof Delivery;

const isThreshold = isWhole(0, Number.MAX_SAFE_INTEGER);

/** What `net` says to whoever writes when the connection is over, or its peer has ended it. */
function ofWrite(error: unknown): unknown {
  const isLate =
    error instanceof SctpError &&
    (error.code === SctpErrorCode.NotConnected || error.code === SctpErrorCode.Closed);
  if (!isLate) return error;
  const { message, sctpCode } = error;
  const details = { hostCode: "EPIPE", errno: -constants.errno.EPIPE, syscall: "write" };
  return new SctpError(sctpCode, `write EPIPE: ${message}`, details);
}

export class Outgoing {
  readonly #owner: OutgoingOwner;
  readonly #waiters: SendWaiters = new SendWaiters();
  /** In bytes, by stream id, that of all by undefined. Made with the first one. */
  #marks: Map<number | undefined, number> | undefined;

  constructor(owner: OutgoingOwner) {
    this.#owner = owner;
  }

  /** Whether nobody waits for room. */
  get isEmpty(): boolean {
    return this.#waiters.isEmpty;
  }

  /** Bytes handed over and not yet acknowledged, on one stream or on all. */
  bufferedBytes(streamId?: number): number {
    const association = this.#owner.association();
    const waiting = this.#waiters.bytesOn(streamId);
    if (association === undefined) return waiting;
    return (
      waiting + (streamId === undefined ? association.bufferedBytes : association.bufferedBytesOn(streamId))
    );
  }

  /** Takes a message now, or when there is room; the promise may ask for more than that. */
  send(data: Uint8Array | string, info: SendInfo): Promise<void> {
    if (info?.until === "delivered" && !hasDelivery(info)) return this.#deliver(data, info);
    let bytes: Uint8Array;
    try {
      bytes = this.#checked(data, info);
      const association = this.#owner.association();
      // A small number first: what a priority gives up for this message, it gives up here (RFC 7496 3.2).
      if (this.#waiters.isEmpty && association?.makeRoom(bytes, info) === true) {
        association.send(bytes, info, this.#owner.nowMs());
        this.#owner.onTaken(bytes.length);
        return Promise.resolve();
      }
      // As sending would have: a mistake is told at once, not when there is room. How many streams there will be is not known early.
      if (association === undefined) checkMessage(bytes, info, MAX_STREAMS, Number.POSITIVE_INFINITY);
      else association.check(bytes, info);
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#wait(bytes, info, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** As `send`, told at the very moment, and for `write()`. @returns whether that is now; otherwise `onAccepted` is called */
  offer(data: Uint8Array, info: SendInfo, onAccepted: OnAccepted): boolean {
    try {
      const bytes = this.#checked(data, info);
      const association = this.#owner.association();
      if (!this.#waiters.isEmpty || association?.isWritable !== true) {
        this.#wait(bytes, info, (error) => onAccepted(ofWrite(error)));
        return false;
      }
      association.send(bytes, info, this.#owner.nowMs());
      this.#owner.onTaken(bytes.length);
      return true;
    } catch (error) {
      throw ofWrite(error);
    }
  }

  /** Does something once all that waits has been accepted: at once if nothing does. @param onFailed called if that never is */
  afterWaiting(step: () => void, onFailed: (error: unknown) => void): void {
    if (this.#waiters.isEmpty) step();
    else this.#waiters.addStep(step, onFailed);
  }

  /** There is an association now, or room in it. */
  drain(): void {
    const association = this.#owner.association();
    while (association?.isWritable === true) {
      const waiter = this.#waiters.shift();
      if (waiter === undefined) break;
      if (waiter.step !== undefined) {
        waiter.step();
        continue;
      }
      this.#setMarks(); // Before it is counted by the association.
      try {
        association.send(waiter.data, waiter.info, this.#owner.nowMs());
      } catch (error) {
        waiter.settle(error);
        continue;
      }
      this.#owner.onTaken(waiter.data.length);
      waiter.settle();
    }
    this.#setMarks();
  }

  /** Nothing that waits will be taken. @param why made only if somebody waits */
  rejectAll(why: () => Error): void {
    this.#waiters.rejectAll(why);
  }

  /** The mark of all, in bytes. */
  get mark(): number | undefined {
    return this.#marks?.get(undefined);
  }

  /**
   * From now on `bufferedAmountLow` comes when no more than this is held any longer, on one stream or on all.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  setMark(streamId: number | undefined, thresholdBytes: number): void {
    checkArgument("bufferedAmountLowThreshold", thresholdBytes, isThreshold);
    this.removeMark(streamId);
    this.#marks ??= new Map();
    this.#marks.set(streamId, thresholdBytes);
    this.#setMarks();
  }

  removeMark(streamId: number | undefined): void {
    if (this.#marks?.delete(streamId) === true) this.#owner.association()?.watchBuffered(streamId, undefined);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  /** Its promise is settled by what becomes of the message, or by its refusal. */
  #deliver(data: Uint8Array | string, info: SendInfo): Promise<void> {
    const delivery = new Delivery();
    const asked: SendInfo & { readonly receipt: Delivery } = { ...info, receipt: delivery };
    this.send(data, asked).catch((error) => delivery.fail(error));
    return delivery.promise;
  }

  #wait(bytes: Uint8Array, info: SendInfo, onAccepted: OnAccepted): void {
    this.#waiters.add(bytes, info, (error) => {
      if (error !== undefined) this.#onGivenUp();
      onAccepted(error);
    });
    this.#setMarks();
  }

  /** One of those who wait waits no longer, in vain: less is held. */
  #onGivenUp(): void {
    if (this.#marks === undefined) return;
    this.#setMarks();
    this.#owner.association()?.tellBuffered();
    this.#owner.onNews();
  }

  /** Of what a mark allows, those who wait have their part already. */
  #setMarks(): void {
    const association = this.#owner.association();
    if (this.#marks === undefined || association === undefined) return;
    for (const [streamId, thresholdBytes] of this.#marks)
      association.watchBuffered(streamId, thresholdBytes - this.#waiters.bytesOn(streamId));
  }

  #checked(data: Uint8Array | string, info: SendInfo): Uint8Array {
    this.#owner.requireOpen();
    if (typeof info === "object") info?.signal?.throwIfAborted?.(); // What it is is checked with the rest of it.
    return bytesOf(data);
  }
}
