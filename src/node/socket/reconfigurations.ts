/**
 * Streams that are reset or added, as the user of a socket sees it (RFC 6525).
 * Owns: the promises of what was asked for, and behind which message a reset of the peer's takes effect.
 * Does not own: the requests (src/association/extensions/stream-reconfiguration), what a reset does to a channel
 * (src/node/channels/channel-table.ts).
 */
import type { ReconfigurationOutcome } from "../../association/model/events.ts";
import { errorOfEvent, type SctpError, SctpErrorCode } from "../../base/errors.ts";
import { type Promised, PromisedOutcomes } from "./promised-outcomes.ts";

/** A reset of incoming streams that messages stand before. */
interface ComingReset {
  readonly position: number;
  readonly takeEffect: () => void;
}

const ERRORS: Readonly<
  Record<Exclude<ReconfigurationOutcome, "performed">, readonly [SctpErrorCode, string]>
> = {
  denied: [
    SctpErrorCode.ReconfigurationDenied,
    "the peer denied it: its application must allow what is asked for, as the option allowStreamReset or allowAddStreams does here",
  ],
  failed: [
    SctpErrorCode.ReconfigurationFailed,
    "it was not done: the peer says that it failed, or the association began to end or began anew before",
  ],
};

export class Reconfigurations {
  readonly #promised = new PromisedOutcomes();
  #coming: ComingReset[] = [];

  /** @param request the number by which the association tells what has become of it */
  add(request: number, promised: Promised): void {
    this.#promised.add(request, promised);
  }

  onOutcome(request: number, outcome: ReconfigurationOutcome): void {
    const promised = this.#promised.take(request);
    if (outcome === "performed") promised?.resolve();
    else promised?.reject(errorOf(outcome));
  }

  /** No answer can come any more. @param why made only if somebody waits */
  rejectAll(why: () => Error): void {
    this.#promised.rejectAll(why);
  }

  /** @param position how many messages come before it */
  onReset(position: number, takeEffect: () => void): void {
    this.#coming.push({ position, takeEffect });
  }

  get isExpectingReset(): boolean {
    return this.#coming.length > 0;
  }

  /** @param takenCount how many messages have been given to their readers */
  onTaken(takenCount: number): void {
    for (
      let next = this.#coming[0];
      next !== undefined && next.position <= takenCount;
      next = this.#coming[0]
    ) {
      this.#coming.shift();
      next.takeEffect();
    }
  }
}

function errorOf(outcome: Exclude<ReconfigurationOutcome, "performed">): SctpError {
  const [code, message] = ERRORS[outcome];
  return errorOfEvent(code, message);
}
