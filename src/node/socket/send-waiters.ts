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
  /** Its neighbours in the line; they are let go with it, or one that is old would keep all that come after it. */
  before: Waiter | undefined;
  after: Waiter | undefined;
}

const NO_BYTES = new Uint8Array(0);

export class SendWaiters {
  #bytes = 0;
  /** 0 for those on which something has waited: an entry that came and went with each message would be garbage. */
  readonly #bytesByStream: Map<number, number> = new Map();
  #first: Waiter | undefined;
  #last: Waiter | undefined;

  get isEmpty(): boolean {
    return this.#first === undefined;
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
    const forgetSignal = whenAborted(signal, onAbort);
    const waiter = this.#append(data, info, settle, undefined);
    this.#count(waiter, data.length);
  }

  /** Something that is to be done when all that waits has been accepted. @param onFailed called if that never is */
  addStep(step: () => void, onFailed: (error: unknown) => void): void {
    const settle: OnAccepted = (error) => error !== undefined && onFailed(error);
    this.#append(NO_BYTES, NO_SEND_INFO, settle, step);
  }

  /** The one that has waited longest. */
  shift(): Waiter | undefined {
    const waiter = this.#first;
    if (waiter !== undefined) this.#remove(waiter);
    return waiter;
  }

  /** @param why made only if somebody waits: most sockets end without, and an error costs much */
  rejectAll(why: () => Error): void {
    if (this.isEmpty) return;
    const error = why();
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) waiter.settle(error);
  }

  #append(data: Uint8Array, info: SendInfo, settle: OnAccepted, step: Waiter["step"]): Waiter {
    const waiter: Waiter = { data, info, settle, step, before: this.#last, after: undefined };
    if (this.#last === undefined) this.#first = waiter;
    else this.#last.after = waiter;
    this.#last = waiter;
    return waiter;
  }

  #remove(waiter: Waiter): void {
    const { before, after } = waiter;
    if (before === undefined && this.#first !== waiter) return; // It has left the line already.
    if (before === undefined) this.#first = after;
    else before.after = after;
    if (after === undefined) this.#last = before;
    else after.before = before;
    waiter.before = undefined;
    waiter.after = undefined;
    this.#count(waiter, -waiter.data.length);
  }

  #count({ info: { streamId = 0 } }: Waiter, bytes: number): void {
    this.#bytes += bytes;
    this.#bytesByStream.set(streamId, this.bytesOn(streamId) + bytes);
  }
}
