/**
 * `setTimeout()` as `net.Socket` has it.
 * Owns: the timer and the check of its argument. Does not own: what counts as activity.
 */
import { checkArgument } from "../../base/option-check.ts";
import { isTimeout } from "./option-names.ts";

export class IdleTimer {
  /** Milliseconds without activity before the timeout; 0: none. */
  ms = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #onTimeout: () => void;

  constructor(onTimeout: () => void) {
    this.#onTimeout = onTimeout;
  }

  /**
   * @param ms 0 to 2147483647; 0 turns the timer off
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  set(ms: number): void {
    checkArgument("timeout", ms, isTimeout);
    this.ms = ms;
    this.stop();
    // The timeout of an idle socket keeps nobody's process alive.
    if (ms > 0) this.#timer = setTimeout(this.#onTimeout, ms).unref();
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
