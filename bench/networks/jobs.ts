/**
 * Who runs in which cell, how often and for how long: what the command line asks for, or what the goals take.
 * Owns: the pairs of cells and sides, their rows. Does not own: cells (cells.ts), sides (sides.ts), the trials (trial.ts).
 */
import { type Cell, isChosen } from "./cells.ts";
import type { Row } from "./results.ts";
import { canRun, type NetworkSide } from "./sides.ts";

/** One cell and who runs on its link: one flow or two. */
export interface Job {
  readonly cell: Cell;
  readonly sides: readonly NetworkSide[];
  readonly runs: number;
  readonly row: Row;
}

/** How often a job is run, and how long what is measured of each run. */
export interface Amount {
  readonly runs: number;
  readonly seconds: number;
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
/** Where losses decide, or two flows do, one run tells little. */
const MANY: Amount = { runs: 5, seconds: 30 };
const FEW: Amount = { runs: 3, seconds: 12 };
/** Namespaces, the link and both programs begin anew for each trial. */
const BETWEEN_TRIALS_SECONDS = 1.5;

export function jobOf(cell: Cell, sides: readonly NetworkSide[], { runs, seconds }: Amount): Job {
  return {
    cell,
    sides,
    runs,
    row: { cell: cell.name, sides: sides.map(({ name }) => name), seconds, trials: [], errors: [] },
  };
}

/** Trials that it has had, whatever came of them. */
export function doneOf({ row }: Job): number {
  return row.trials.length + row.errors.length;
}

/** The jobs of the goals. @param sideOf undefined for who cannot run here */
export function goalJobs(cells: readonly Cell[], sideOf: (name: string) => NetworkSide | undefined): Job[] {
  return GOALS.flatMap((plan) =>
    cells
      .filter((cell) => isChosen(cell, plan.cells))
      .flatMap((cell) =>
        plan.flows.flatMap((names) => {
          const sides = names.flatMap((name) => sideOf(name) ?? []);
          if (sides.length < names.length || !canRun(cell, sides)) return [];
          const amount = cell.conditions.lossPercent > 0 || sides.length > 1 ? MANY : FEW;
          return [jobOf(cell, sides, amount)];
        }),
      ),
  );
}

/** What is left to run: so many trials, and how many minutes they take. */
export function remaining(jobs: readonly Job[], warmUpSeconds: number): { trials: number; minutes: number } {
  let trials = 0;
  let seconds = 0;
  for (const job of jobs) {
    const left = Math.max(0, job.runs - doneOf(job));
    trials += left;
    seconds += left * (warmUpSeconds + job.row.seconds + BETWEEN_TRIALS_SECONDS);
  }
  return { trials, minutes: Math.ceil(seconds / 60) };
}

/** Gives each job the trials of an earlier run of the same kind and length. */
export function takeUp(jobs: readonly Job[], rows: readonly Row[]): void {
  for (const { row } of jobs) {
    const before = rows.find(
      ({ cell, sides, seconds }) =>
        cell === row.cell && sides.join() === row.sides.join() && seconds === row.seconds,
    );
    row.trials.push(...(before?.trials ?? []));
    row.errors.push(...(before?.errors ?? []));
  }
}
