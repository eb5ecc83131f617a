/**
 * `setTimeout()` as `net.Socket` has it.
 * Owns: the timer, the check of its arguments, the listener. Does not own: what counts as activity.
 */
import type { Duplex } from "node:stream";
import { checkArgument, isFunction } from "../../base/option-check.ts";
import { isTimeout } from "./option-names.ts";

/** What an association has of user data that is neither acknowledged nor whole. */
export interface Moving {
  readonly bufferedBytes: number;
  readonly heldBytes: number;
}

export class IdleTimer {
  /** Milliseconds without activity before the timeout; 0: none. */
  ms = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #of: Duplex;
  readonly #moving: () => Moving | undefined;
  #seenBuffered = 0;
  #seenHeld = 0;

  /**
   * @param of it emits `'timeout'`
   * @param moving what is on its way, of which nobody hears before it has arrived whole
   */
  constructor(of: Duplex, moving: () => Moving | undefined = () => undefined) {
    this.#of = of;
    this.#moving = moving;
  }

  /**
   * What is over has no timeout any more: nothing happens then.
   * @param ms 0 to 2147483647; 0 turns the timer off
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  set(ms: number, onTimeout?: () => void): void {
    if (onTimeout !== undefined) checkArgument("the listener", onTimeout, isFunction);
    checkArgument("timeout", ms, isTimeout);
    if (this.#of.destroyed) return;
    this.ms = ms;
    this.stop();
    // The timeout of an idle socket keeps nobody's process alive.
    if (ms > 0) this.#timer = setTimeout(() => this.#onTimer(), ms).unref();
    this.#hasMoved();
    if (onTimeout === undefined) return;
    if (ms === 0) this.#of.off("timeout", onTimeout);
    else this.#of.once("timeout", onTimeout);
  }

  /** Something happened: the time begins anew, also after a timeout. */
  touch(): void {
    if (this.#timer === undefined) return;
    this.#hasMoved();
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** A large message is not idleness, in either direction: as with net, whose writes take their time as well. */
  #onTimer(): void {
    if (this.#hasMoved()) this.#timer?.refresh();
    else this.#of.emit("timeout");
  }

  /** Whether there is something on its way that has moved since this was last asked. */
  #hasMoved(): boolean {
    const { bufferedBytes = 0, heldBytes = 0 } = this.#moving() ?? {};
    const isSending = bufferedBytes > 0 && bufferedBytes !== this.#seenBuffered;
    const isReceiving = heldBytes > 0 && heldBytes !== this.#seenHeld;
    this.#seenBuffered = bufferedBytes;
    this.#seenHeld = heldBytes;
    return isSending || isReceiving;
  }
}
