/**
 * Messages whose senders wait for room.
 * Owns: their order, their promises, giving up by signal. Does not own: when there is room (association-duplex.ts).
 */
import type { SendInfo } from "../common/message.ts";

interface Waiter {
  readonly data: Uint8Array;
  readonly info: SendInfo;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class SendWaiters {
  /** Payload bytes that wait. */
  bytes = 0;
  readonly #waiters: Set<Waiter> = new Set();

  get isEmpty(): boolean {
    return this.#waiters.size === 0;
  }

  add(data: Uint8Array, info: SendInfo): Promise<void> {
    return new Promise((resolve, reject) => {
      const { signal } = info;
      const onAbort = (): void => {
        this.#remove(waiter);
        reject(signal?.reason);
      };
      const settled = <A extends unknown[]>(settle: (...args: A) => void) => {
        return (...args: A): void => {
          signal?.removeEventListener("abort", onAbort);
          settle(...args);
        };
      };
      const waiter: Waiter = { data, info, resolve: settled(resolve), reject: settled(reject) };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiters.add(waiter);
      this.bytes += data.length;
    });
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
    for (let waiter = this.shift(); waiter !== undefined; waiter = this.shift()) waiter.reject(error);
  }

  #remove(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.bytes -= waiter.data.length;
  }
}
