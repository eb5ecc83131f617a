/**
 * Messages whose senders wait for room, and what is to follow them.
 * Owns: their order, giving up by signal. Does not own: when there is room (association-duplex.ts).
 */
import { NO_SEND_INFO } from "../../association/model/send-info.ts";
import { whenAborted } from "../common/abort-listeners.ts";
import type { SendInfo } from "../common/message.ts";

/** Called once, at the moment when the message is accepted, or with what has become of it. */
export type OnAccepted = (error?: unknown) => void;

interface Waiter {
  readonly data: Uint8Array;
  readonly info: SendInfo;
  readonly settle: OnAccepted;
  /** What is to be done instead of sending. */
  readonly step: (() => void) | undefined;
}

const NO_BYTES = new Uint8Array(0);

export class SendWaiters {
  #bytes = 0;
  readonly #bytesByStream: Map<number, number> = new Map();
  readonly #waiters: Set<Waiter> = new Set();

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  /** Payload bytes that wait, for one stream or for all. */
  bytesOn(streamId: number | undefined): number {
    return streamId === undefined ? this.#bytes : (this.#bytesByStream.get(streamId) ?? 0);
  }

  add(data: Uint8Array, info: SendInfo, onAccepted: OnAccepted): void {
    const { signal } = info;
    const onAbort = (): void => {
      this.#remove(waiter);
      onAccepted(signal?.reason);
    };
    const settle = (error?: unknown): void => {
      forgetSignal();
      onAccepted(error);
    };
    const waiter: Waiter = { data, info, settle, step: undefined };
    const forgetSignal = whenAborted(signal, onAbort);
    this.#waiters.add(waiter);
    this.#count(waiter, data.length);
  }

  /** Something that is to be done when all that waits has been accepted. @param onFailed called if that never is */
  addStep(step: () => void, onFailed: (error: unknown) => void): void {
    const settle: OnAccepted = (error) => error !== undefined && onFailed(error);
    this.#waiters.add({ data: NO_BYTES, info: NO_SEND_INFO, settle, step });
  }

  /** The one that has waited longest. */
  shift(): Waiter | undefined {
    for (const waiter of this.#waiters) {
      this.#remove(waiter);
      return waiter;
    }
    return undefined;
  }

  /** @param why made only if somebody waits: most sockets end without, and an error costs much */
  rejectAll(why: () => Error): void {
    if (this.#waiters.size === 0) return;
    const error = why();
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) waiter.settle(error);
  }

  #remove(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.#count(waiter, -waiter.data.length);
  }

  #count({ info: { streamId = 0 } }: Waiter, bytes: number): void {
    this.#bytes += bytes;
    const onStream = this.bytesOn(streamId) + bytes;
    if (onStream === 0) this.#bytesByStream.delete(streamId);
    else this.#bytesByStream.set(streamId, onStream);
  }
}
