/**
 * Which messages may pass to the user while another one is being delivered in pieces (RFC 6458 8.1.20).
 * Owns: the message that is half delivered, and whole messages that wait behind it where interleaving is off.
 * Does not own: messages whose turn in their stream has not come (stream-ordering.ts), the queue to the user
 * (receive-buffer.ts).
 *
 * Every fragment of the half-delivered message has a lower TSN than what was sent after it, so what waits here can be
 * refused once it takes half of the buffer (inbound.ts), and the pieces that end the wait still find room.
 */
import type { ReceivedMessage } from "../model/received-message.ts";
import type { ReceiveBuffer } from "./receive-buffer.ts";

export class DeliveryGate {
  /** What messages that wait count. */
  heldBytes = 0;
  #interleaved: boolean;
  /** The key of the half-delivered message. */
  #openKey: number | undefined = undefined;
  /** Made for the first message that has to wait. */
  #waiting: ReceivedMessage[] | undefined = undefined;
  readonly #user: Pick<ReceiveBuffer, "push" | "chargeOf">;

  /** @param user takes what passes */
  constructor(interleaved: boolean, user: Pick<ReceiveBuffer, "push" | "chargeOf">) {
    this.#interleaved = interleaved;
    this.#user = user;
  }

  /** What waits behind the half-delivered message. */
  get waiting(): readonly ReceivedMessage[] {
    return this.#waiting ?? [];
  }

  /** Nothing is half delivered, and nothing waits. */
  reset(): void {
    this.#openKey = undefined;
    this.takeWaiting();
  }

  setInterleaved(interleaved: boolean): void {
    this.#interleaved = interleaved;
    if (interleaved) {
      this.#openKey = undefined;
      this.#drain();
    }
  }

  /** Lets a message or a piece of one through, now or when its turn has come. */
  deliver(message: ReceivedMessage): void {
    if (this.#interleaved) return this.#user.push(message);
    if (this.#openKey !== undefined && this.#openKey !== message.messageKey) {
      this.#waiting ??= [];
      this.#waiting.push(message);
      this.heldBytes += this.#user.chargeOf(message);
      return;
    }
    const wasOpen = this.#openKey !== undefined;
    this.#user.push(message);
    this.#openKey = message.endOfMessage ? undefined : message.messageKey;
    if (wasOpen && message.endOfMessage) this.#drain();
  }

  /** A message that may be half delivered will not be ended: what waits behind it waits no longer. */
  abort(messageKey: number): void {
    if (this.#openKey !== messageKey) return;
    this.#openKey = undefined;
    this.#drain();
  }

  /** Takes what waits, for a user who is to get it whatever becomes of the half-delivered message. */
  takeWaiting(): ReceivedMessage[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.heldBytes = 0;
    return waiting;
  }

  #drain(): void {
    for (const message of this.takeWaiting()) this.deliver(message);
  }
}
