/**
 * Promises that wait for something to happen to an association.
 * Owns: messages that wait for room, by association and in order; those who wait for its beginning or its end.
 * Does not own: when any of it happens (endpoint.ts).
 */
import { PassingMap } from "../../base/places.ts";
import { whenAborted } from "../common/abort-listeners.ts";

interface WaitingMessage {
  /** @throws what the promise is rejected with */
  readonly send: () => void;
  readonly resolve: (associationId: number) => void;
  readonly reject: (error: unknown) => void;
}

interface Outcome {
  readonly resolve: (associationId: number) => void;
  readonly reject: (error: unknown) => void;
}

export class EndpointWaiters {
  /** By association, and then by the order in which they came. */
  readonly #messages = new PassingMap<number, PassingMap<number, WaitingMessage>>();
  readonly #openings = new PassingMap<number, Outcome[]>();
  readonly #endings = new PassingMap<number, Outcome[]>();
  #messageCount = 0;

  /** Whether messages to the association wait: later ones wait behind them. */
  hasMessages(associationId: number): boolean {
    return this.#messages.has(associationId);
  }

  /** Waits for room; a signal ends the waiting, not what has been sent. */
  addMessage(associationId: number, send: () => void, signal: AbortSignal | undefined): Promise<number> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = (): void => {
        this.#removeMessage(associationId, number);
        reject(signal?.reason);
      };
      const settled = <T>(settle: (value: T) => void) => {
        return (value: T): void => {
          forgetSignal();
          settle(value);
        };
      };
      const message: WaitingMessage = { send, resolve: settled(resolve), reject: settled(reject) };
      const forgetSignal = whenAborted(signal, onAbort);
      const number = this.#messageCount++;
      const waiting = this.#messages.get(associationId) ?? new PassingMap();
      waiting.set(number, message);
      this.#messages.set(associationId, waiting);
    });
  }

  /** Sends what waits while there is room. */
  drainMessages(associationId: number, hasRoom: () => boolean): void {
    const waiting = this.#messages.get(associationId);
    for (const number of waiting?.keys() ?? []) {
      if (!hasRoom()) return;
      const message = waiting?.get(number);
      if (message === undefined) continue; // Its signal was aborted by another one's listener.
      this.#removeMessage(associationId, number);
      try {
        message.send();
        message.resolve(associationId);
      } catch (error) {
        message.reject(error);
      }
    }
  }

  /** Resolves when the association is established. */
  whenOpen(associationId: number): Promise<number> {
    return wait(this.#openings, associationId);
  }

  /** Resolves when the association has ended gracefully. */
  whenEnded(associationId: number): Promise<number> {
    return wait(this.#endings, associationId);
  }

  opened(associationId: number): void {
    for (const { resolve } of take(this.#openings, associationId)) resolve(associationId);
  }

  /** @param error why it ended, for those who had hoped for more */
  ended(associationId: number, error: Error, isGraceful: boolean): void {
    const messages = this.#messages.get(associationId)?.values() ?? [];
    this.#messages.delete(associationId);
    for (const { reject } of messages) reject(error);
    for (const { reject } of take(this.#openings, associationId)) reject(error);
    for (const { resolve, reject } of take(this.#endings, associationId)) {
      if (isGraceful) resolve(associationId);
      else reject(error);
    }
  }

  #removeMessage(associationId: number, number: number): void {
    const waiting = this.#messages.get(associationId);
    waiting?.delete(number);
    if (waiting?.size === 0) this.#messages.delete(associationId);
  }
}

function wait(outcomes: PassingMap<number, Outcome[]>, associationId: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const waiting = outcomes.get(associationId) ?? [];
    waiting.push({ resolve, reject });
    outcomes.set(associationId, waiting);
  });
}

function take(outcomes: PassingMap<number, Outcome[]>, associationId: number): readonly Outcome[] {
  const waiting = outcomes.get(associationId) ?? [];
  outcomes.delete(associationId);
  return waiting;
}
