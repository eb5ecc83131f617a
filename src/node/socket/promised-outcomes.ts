/**
 * Promises of what an association was asked for and will tell the outcome of.
 * Owns: who waits for which request. Does not own: what is asked, what an outcome means (reconfigurations.ts, address-changes.ts).
 */
import { PassingMap } from "../../base/places.ts";

export interface Promised {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class PromisedOutcomes {
  readonly #promised = new PassingMap<number, Promised>();

  /** @param request the number by which the association tells what has become of it */
  add(request: number, promised: Promised): void {
    this.#promised.set(request, promised);
  }

  /** Whoever waits for the outcome, which has come; undefined where nobody does. */
  take(request: number): Promised | undefined {
    const promised = this.#promised.get(request);
    this.#promised.delete(request);
    return promised;
  }

  /** No answer can come any more. @param why made only if somebody waits */
  rejectAll(why: () => Error): void {
    if (this.#promised.size === 0) return;
    const error = why();
    for (const request of this.#promised.keys()) this.take(request)?.reject(error);
  }
}
