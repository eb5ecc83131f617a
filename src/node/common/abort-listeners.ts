/**
 * Listening to AbortSignals.
 * Owns: one listener at each signal, however many wait for it: Node warns of the eleventh, and a signal may be shared by all the
 * messages and sockets of a program. Does not own: what is given up when it is aborted.
 */

class Watch {
  readonly #signal: AbortSignal;
  readonly #acts: Set<() => void> = new Set();
  readonly #onAbort = (): void => {
    watches.delete(this.#signal);
    for (const act of this.#acts) act();
  };

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  add(act: () => void): void {
    this.#acts.add(act);
  }

  remove(act: () => void): void {
    if (!this.#acts.delete(act) || this.#acts.size > 0) return;
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (watches.get(this.#signal) === this) watches.delete(this.#signal);
  }
}

const watches = new WeakMap<AbortSignal, Watch>();
const nothing = (): void => {};

/**
 * Does something once a signal is aborted; whoever calls has looked whether it is already.
 * @param act a function of the caller's own: given twice it is called once
 * @returns takes it back
 */
export function whenAborted(signal: AbortSignal | null | undefined, act: () => void): () => void {
  if (signal === undefined || signal === null) return nothing;
  let watch = watches.get(signal);
  if (watch === undefined) {
    watch = new Watch(signal);
    watches.set(signal, watch);
  }
  watch.add(act);
  return watch.remove.bind(watch, act);
}
