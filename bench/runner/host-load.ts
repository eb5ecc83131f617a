/**
 * How busy the whole host is.
 * Owns: reading it from the kernel. Does not own: what is made of it (trial.ts, run.ts).
 */
import { cpus } from "node:os";
import { performance } from "node:perf_hooks";

/** CPU milliseconds that any process has used, on all cores. */
function busyMs(): number {
  return cpus().reduce((total, { times }) => total + times.user + times.nice + times.sys + times.irq, 0);
}

/** Measures from when it is made. */
export class HostLoad {
  readonly #startMs = performance.now();
  readonly #busyMs = busyMs();

  /** CPU seconds per second since then, of all processes. */
  take(): number {
    return (busyMs() - this.#busyMs) / (performance.now() - this.#startMs);
  }
}
