/**
 * The benchmark: `npm run bench`. Everybody runs every case in turn, round after round, so that their ratio does not
 * depend on what else the machine does; the table shows medians, the goals medians of each round's ratios.
 *
 * Owns: the command line, the order of the trials. Does not own: what they do (runner/).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  flag,
  list,
  positiveNumber,
  readCommand,
  refuse,
  someOf,
  text,
  wholeNumber,
} from "../tools/command-line.ts";
import { commitOf } from "../tools/revision.ts";
import { measurePlayground, PLAYGROUND } from "./playground.ts";
import { buildBaseline } from "./runner/baseline.ts";
import { buildPrograms } from "./runner/build.ts";
import { allCases } from "./runner/cases.ts";
import { comparison } from "./runner/comparison.ts";
import { Goals } from "./runner/goals.ts";
import { HostLoad } from "./runner/host-load.ts";
import { costsAgainst, type Row, summary, table } from "./runner/report.ts";
import { BENCH, baselineSide, isAvailable, SIDES, type Side, type SideName } from "./runner/sides.ts";
import { type Outcome, runTrial, type Timing } from "./runner/trial.ts";

const COMMAND = {
  name: "bench",
  about:
    "Everybody runs every case in turn, round after round. The table shows medians; 'dropped' are a link's datagrams lost at " +
    "random, to a full queue and as too large. With a baseline: exit code 1 if some figure is worse by more than 8 %.",
  options: {
    only: list(
      "cases or groups whose names begin so: oneway, 'oneway 1000', both, mtu, latency, link; or playground, by itself, in a Chromium",
      {
        otherwise: "all",
      },
    ),
    sides: someOf(
      "these sides only",
      SIDES.map(({ name }) => name),
      { otherwise: "all; sctpkit with --baseline" },
    ),
    rounds: wholeNumber("how often everybody runs every case", undefined, {
      from: 1,
      otherwise: "15 with --baseline; 1 with --quick; 3",
    }),
    seconds: positiveNumber("what is measured of each trial", undefined, { otherwise: "2; 1 with --quick" }),
    warmup: positiveNumber("seconds before that", 1, { mayBeZero: true }),
    quick: flag("fewer sizes, one round unless there is a baseline, one second"),
    patience: positiveNumber("seconds to wait before a trial until others leave the host alone", 5, {
      mayBeZero: true,
    }),
    tries: wholeNumber("how often a trial that was disturbed is made, at most", 3, { from: 1 }),
    "no-pin": flag("let the kernel choose the cores"),
    baseline: text("this revision of sctpkit too, and what got slower since", undefined, {
      placeholder: "REV",
    }),
    output: text("where the result is written", `${BENCH}results/latest.json`, {
      placeholder: "FILE",
      otherwise: "bench/results/latest.json",
    }),
  },
};
const { values } = readCommand(COMMAND);
if (values.only?.includes(PLAYGROUND)) {
  if (values.only.length > 1) refuse(COMMAND, `${PLAYGROUND} is measured by itself`);
  process.exit(measurePlayground() ? 0 : 1);
}

/** A figure is worse than the baseline's if the whole 95 % interval of its ratio lies above this. */
const LIMIT = 1.08;
/** A trial that others disturb by more than a fifth of a core is repeated. */
const MAX_FOREIGN_LOAD = 0.2;
const SAMPLE_MS = 300;

const rounds = values.rounds ?? (values.baseline !== undefined ? 15 : values.quick ? 1 : 3);
const timing: Omit<Timing, "seed"> = {
  warmUpMs: values.warmup * 1_000,
  durationMs: (values.seconds ?? (values.quick ? 1 : 2)) * 1_000,
  pinned: !values["no-pin"],
};
const cases = allCases(values.quick).filter(
  ({ name }) => values.only?.some((beginning) => name.startsWith(beginning)) ?? true,
);
if (cases.length === 0) refuse(COMMAND, `no case begins with ${values.only?.join(" or ")}`);
const commit = values.baseline === undefined ? undefined : commitOf(values.baseline);
if (values.baseline !== undefined && commit === undefined)
  refuse(COMMAND, `there is no revision "${values.baseline}"`);

buildPrograms();
const baseline = commit === undefined ? undefined : buildBaseline(commit);
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
  const names: readonly SideName[] | undefined =
    values.sides ?? (baseline === undefined ? undefined : ["sctpkit"]);
  const missing = SIDES.filter((side) => (names?.includes(side.name) ?? true) && !isAvailable(side));
  for (const { description } of missing)
    console.error(`bench: ${description} is not here: see bench/setup.sh`);
  const sides = baseline === undefined ? SIDES : [baselineSide(baseline.nodeProgram), ...SIDES];
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
      row.outcomes.push(undefined);
      row.errors.push(message);
      console.error(`\n${row.test.name}, ${row.side.name}: ${message}`);
    }
  }
  process.stderr.write("\n");
}

/** Repeats a trial, a few times at most, while others use the host; the least disturbed one counts. */
async function quietTrial({ side, test }: Row, seed: number): Promise<Outcome> {
  let best: Outcome | undefined;
  await waitForQuiet(values.patience * 1_000);
  for (let i = 0; i < values.tries; i++) {
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
  if (baseline !== undefined) tellComparison();
  for (const line of ["", ...new Goals(rows).table()]) console.log(line);
  console.log(
    `\nNode ${process.version}, ${cpus().length} CPUs, medians of ${rounds} rounds; ${values.output}`,
  );
}

function tellComparison(): void {
  const { lines, isWorse } = comparison(costsAgainst(rows, "sctpkit-baseline"), LIMIT);
  for (const line of ["", ...lines]) console.log(line);
  if (isWorse) process.exitCode = 1;
}
