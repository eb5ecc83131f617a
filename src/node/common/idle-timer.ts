/**
 * `setTimeout()` as `net.Socket` has it.
 * Owns: the timer, the check of its arguments, the listener. Does not own: what counts as activity.
 */
import type { Duplex } from "node:stream";
import { checkArgument, isFunction } from "../../base/option-check.ts";
import { isTimeout } from "./option-names.ts";

export class IdleTimer {
  /** Milliseconds without activity before the timeout; 0: none. */
  ms = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #of: Duplex;

  /** @param of it emits `'timeout'` */
  constructor(of: Duplex) {
    this.#of = of;
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
    if (ms > 0) this.#timer = setTimeout(() => this.#of.emit("timeout"), ms).unref();
    if (onTimeout === undefined) return;
    if (ms === 0) this.#of.off("timeout", onTimeout);
    else this.#of.once("timeout", onTimeout);
  }

  /** Something happened: the time begins anew, also after a timeout. */
  touch(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
