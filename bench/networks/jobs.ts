/**
 * Who runs in which cell: what the command line asks for, or what the goals take.
 * Owns: the pairs of cells and sides, their rows. Does not own: cells (cells.ts), sides (sides.ts), the trials (trial.ts).
 */
import { type Cell, isChosen } from "./cells.ts";
import type { Row } from "./results.ts";
import { canRun, type NetworkSide } from "./sides.ts";

/** One cell and who runs on its link: one flow or two. */
export interface Job {
  readonly cell: Cell;
  readonly sides: readonly NetworkSide[];
  readonly row: Row;
}

/** Cells, by the beginnings of their names, and the flows that each of them has. */
interface Plan {
  readonly cells: readonly string[];
  readonly flows: readonly (readonly string[])[];
}

/** What tells most comes first. */
const GOALS: readonly Plan[] = [
  { cells: ["rtt"], flows: [["tcp-cubic"], ["sctpkit-default"], ["tcp-bbr"], ["sctpkit-bbr"]] },
  { cells: ["rtt 20 loss 0", "rtt 100 loss 0"], flows: [["sctpkit-default", "tcp-cubic"]] },
  { cells: ["reorder"], flows: [["sctpkit-default"]] },
  { cells: ["deep queue"], flows: [["sctpkit-bbr"]] },
  // Its packets are those that the bursts are counted in: by default each message takes more than one.
  { cells: ["tail"], flows: [["sctpkit"]] },
];
/** Namespaces, the link and both programs begin anew for each trial. */
const BETWEEN_TRIALS_SECONDS = 1.5;

export function jobOf(cell: Cell, sides: readonly NetworkSide[]): Job {
  return {
    cell,
    sides,
    row: { cell: cell.name, sides: sides.map(({ name }) => name), trials: [], errors: [] },
  };
}

/** The jobs of the goals. @param sideOf undefined for who cannot run here */
export function goalJobs(cells: readonly Cell[], sideOf: (name: string) => NetworkSide | undefined): Job[] {
  return GOALS.flatMap((plan) =>
    cells
      .filter((cell) => isChosen(cell, plan.cells))
      .flatMap((cell) =>
        plan.flows.flatMap((names) => {
          const sides = names.flatMap((name) => sideOf(name) ?? []);
          return sides.length === names.length && canRun(cell, sides) ? [jobOf(cell, sides)] : [];
        }),
      ),
  );
}

/** How long the trials take that are left, in minutes. */
export function minutesOf(trialCount: number, secondsEach: number): number {
  return Math.ceil((trialCount * (secondsEach + BETWEEN_TRIALS_SECONDS)) / 60);
}

/** Gives each job the trials of an earlier run of the same kind. */
export function takeUp(jobs: readonly Job[], rows: readonly Row[]): void {
  for (const { row } of jobs) {
    const before = rows.find(({ cell, sides }) => cell === row.cell && sides.join() === row.sides.join());
    row.trials.push(...(before?.trials ?? []));
    row.errors.push(...(before?.errors ?? []));
  }
}
