/**
 * A promise that a message has been delivered.
 * Owns: what becomes of it. Does not own: when that is known (src/association/sending/release-watch.ts).
 */
import type { AssociationEvent } from "../../association/association-event.ts";
import { errorOfEvent, SctpErrorCode } from "../../base/errors.ts";

/** The receipt with which the core knows the message. */
export class Delivery {
  readonly promise: Promise<void>;
  #resolve: () => void = () => {};
  #reject: (error: unknown) => void = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  done(): void {
    this.#resolve();
  }

  fail(error: unknown): void {
    this.#reject(error);
  }
}

/** Settles the promise that an event is about, if it is about one: whether or not the socket is still there. */
export function settleDelivery(event: AssociationEvent): void {
  if (event.kind !== "delivered" && event.kind !== "send-failed") return;
  const { receipt } = event;
  if (!(receipt instanceof Delivery)) return;
  if (event.kind === "delivered") return receipt.done();
  const { transmitted, causeCode } = event.message;
  const end = transmitted ? "some of it had been sent: the peer may have it" : "nothing of it had been sent";
  receipt.fail(
    errorOfEvent(SctpErrorCode.SendFailed, `the message has not arrived, for all that is known; ${end}`, {
      transmitted,
      causeCodes: causeCode === 0 ? [] : [causeCode],
    }),
  );
}
