/**
 * The benchmark: `npm run bench`. Everybody runs every case in turn, round after round, so that their ratio does not
 * depend on what else the machine does; the table shows medians, the goals medians of each round's ratios.
 *
 *   --only TEXT[,TEXT]   cases or groups whose names begin so: oneway, "oneway 1000", both, mtu, latency ...
 *   --sides NAME[,NAME]  these sides only
 *   --rounds N           3
 *   --seconds N          what is measured of each trial: 2, after --warmup (1)
 *   --quick              fewer sizes, one round, one second
 *   --patience N         seconds to wait before a trial until others leave the host alone: 5
 *   --tries N            how often a trial that was disturbed is repeated, at most: 3
 *   --no-pin             let the kernel choose the cores
 *   --baseline REV       this revision of sctpkit too; tells at the end what got slower since
 *   --output FILE        bench/results/latest.json
 *
 * Owns: the command line, the order of the trials. Does not own: what they do (runner/).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { buildBaseline, comparison } from "./runner/baseline.ts";
import { buildPrograms } from "./runner/build.ts";
import { allCases } from "./runner/cases.ts";
import { Goals } from "./runner/goals.ts";
import { HostLoad } from "./runner/host-load.ts";
import { type Row, summary, table } from "./runner/report.ts";
import { BENCH, baselineSide, isAvailable, SIDES, type Side, type SideName } from "./runner/sides.ts";
import { type Outcome, runTrial, type Timing } from "./runner/trial.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    sides: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    warmup: { type: "string", default: "1" },
    quick: { type: "boolean", default: false },
    baseline: { type: "string" },
    patience: { type: "string", default: "5" },
    tries: { type: "string", default: "3" },
    "no-pin": { type: "boolean", default: false },
    output: { type: "string", default: `${BENCH}results/latest.json` },
  },
});

/** A trial that others disturb by more than a fifth of a core is repeated. */
const MAX_FOREIGN_LOAD = 0.2;
const SAMPLE_MS = 300;

const tries = Number(values.tries);
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const timing: Omit<Timing, "seed"> = {
  warmUpMs: Number(values.warmup) * 1_000,
  durationMs: Number(values.seconds ?? (values.quick ? 1 : 2)) * 1_000,
  pinned: !values["no-pin"],
};

buildPrograms();
const baseline = values.baseline === undefined ? undefined : buildBaseline(values.baseline);
const rows = chosenRows();
try {
  for (let round = 1; round <= rounds; round++) {
    await runRound(round);
    writeResult(round);
  }
} finally {
  baseline?.remove();
}
tellResult();

function chosenRows(): Row[] {
  const wanted = values.only.split(",");
  const cases = allCases(values.quick).filter(({ name }) => wanted.some((text) => name.startsWith(text)));
  const names = values.sides?.split(",");
  const missing = SIDES.filter((side) => !isAvailable(side));
  for (const { description } of missing)
    console.error(`bench: ${description} is not here: see bench/setup.sh`);
  const sides = baseline === undefined ? SIDES : [baselineSide(baseline.program), ...SIDES];
  const nameOf = (side: Side): SideName => (side.name === "sctpkit-baseline" ? "sctpkit" : side.name);
  const wantedSides = sides.filter(
    (side) => !missing.includes(side) && (names?.includes(nameOf(side)) ?? true),
  );
  return cases.flatMap((test) =>
    wantedSides
      .filter((side) => test.sides.includes(nameOf(side)))
      .map((side): Row => ({ test, side, outcomes: [], errors: [] })),
  );
}

/** Every second round goes backwards: what drifts hits both ends of the table alike. */
async function runRound(round: number): Promise<void> {
  const order = round % 2 === 1 ? rows : [...rows].reverse();
  for (const [index, row] of order.entries()) {
    process.stderr.write(`\rround ${round} of ${rounds}, trial ${index + 1} of ${order.length} `);
    try {
      row.outcomes.push(await quietTrial(row, round));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      row.errors.push(message);
      console.error(`\n${row.test.name}, ${row.side.name}: ${message}`);
    }
  }
  process.stderr.write("\n");
}

/** Repeats a trial, a few times at most, while others use the host; the least disturbed one counts. */
async function quietTrial({ side, test }: Row, seed: number): Promise<Outcome> {
  let best: Outcome | undefined;
  await waitForQuiet(Number(values.patience) * 1_000);
  for (let i = 0; i < tries; i++) {
    const outcome = await runTrial(side, test, { ...timing, seed });
    if (best === undefined || outcome.foreignLoad < best.foreignLoad) best = outcome;
    if (!(best.foreignLoad > MAX_FOREIGN_LOAD)) break;
  }
  return best as Outcome;
}

async function waitForQuiet(patienceMs: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += SAMPLE_MS) {
    const load = new HostLoad();
    await sleep(SAMPLE_MS);
    if (load.take() < MAX_FOREIGN_LOAD) return;
  }
}

/** After every round, so that a run that is cut short is not lost. */
function writeResult(roundsDone: number): void {
  const host = { node: process.version, cpus: cpus().map(({ model }) => model), platform: process.platform };
  mkdirSync(dirname(values.output), { recursive: true });
  const result = {
    host,
    rounds: roundsDone,
    timing,
    goals: new Goals(rows).table(),
    rows: rows.map(summary),
  };
  writeFileSync(values.output, `${JSON.stringify(result, null, 1)}\n`);
}

function tellResult(): void {
  for (const line of table(rows)) console.log(line);
  if (baseline !== undefined) for (const line of ["", ...comparison(rows)]) console.log(line);
  for (const line of ["", ...new Goals(rows).table()]) console.log(line);
  console.log(
    `\nNode ${process.version}, ${cpus().length} CPUs, medians of ${rounds} rounds; ${values.output}`,
  );
}
