/**
 * The workers of the lessons: the sound stack, and one for each fault, loaded when it is asked for.
 * Owns: which there are. Does not own: what they do (lesson-worker.ts, faults).
 */
import type { MutantId } from "./bug.ts";
// Inline and no module: Chromium refuses other scripts where the page is opened from disk.
import SoundWorker from "./lesson-worker.ts?worker&inline";

type WorkerModule = { readonly default: new () => Worker };

const FAULTS: Readonly<Record<MutantId, () => Promise<WorkerModule>>> = {
  "restart-reset": () => import("./faults/restart-reset.worker.ts?worker&inline"),
  "sack-gap": () => import("./faults/sack-gap.worker.ts?worker&inline"),
  "outbound-alternate": () => import("./faults/outbound-alternate.worker.ts?worker&inline"),
  "queue-karn": () => import("./faults/queue-karn.worker.ts?worker&inline"),
  "shutdown-pending": () => import("./faults/shutdown-pending.worker.ts?worker&inline"),
  "cwnd-timeout": () => import("./faults/cwnd-timeout.worker.ts?worker&inline"),
};

export const soundWorker = (): Worker => new SoundWorker();

export async function faultyWorker(mutant: MutantId): Promise<Worker> {
  const { default: FaultyWorker } = await FAULTS[mutant]();
  return new FaultyWorker();
}
