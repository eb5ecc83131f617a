/**
 * Real networks: `npm run bench:networks`. sctpkit, Linux's TCP, usrsctp and pion over a link between two network namespaces,
 * everybody in turn, run after run, with the same seeds.
 *
 * Owns: the command line, the order of the trials. Does not own: cells, sides, the link, the figures (networks/).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, release } from "node:os";
import {
  existingFile,
  flag,
  jsonObject,
  list,
  numbers,
  positiveNumber,
  readCommand,
  refuse,
  text,
  wholeNumber,
} from "../tools/command-line.ts";
import { presentRevision } from "../tools/revision.ts";
import { allCells, type Cell, isChosen } from "./networks/cells.ts";
import { checkLines, smokeComplaints } from "./networks/checks.ts";
import { drawSeries } from "./networks/drawing.ts";
import { goalTable } from "./networks/goals.ts";
import { type Amount, doneOf, goalJobs, type Job, jobOf, remaining, takeUp } from "./networks/jobs.ts";
import { kernelControls, LINK_PROGRAM, Network, obstacle } from "./networks/network.ts";
import {
  amounts,
  detailLines,
  disturbance,
  lossTable,
  type Result,
  type Row,
  sharingLines,
} from "./networks/results.ts";
import {
  areOptionsByName,
  canRun,
  type NetworkSide,
  type OptionsByName,
  sideOf,
  USUAL_SIDES,
} from "./networks/sides.ts";
import { runTrial, type Timing } from "./networks/trial.ts";
import { buildLink, buildNodePrograms, buildPrograms } from "./runner/build.ts";
import { isAvailable } from "./runner/sides.ts";

const COMMAND = {
  name: "bench:networks",
  about:
    "Payload in MB/s over a link between two network namespaces: packets of at most 1,500 bytes, the same loss in each direction. " +
    "Sides are tcp-cubic, tcp-bbr and others that Linux has, sctpkit, sctpkit-default (not even buffers are set), sctpkit with a " +
    "congestion control (sctpkit-bbr) or with the options of --options, usrsctp, pion. Needs root, /dev/net/tun, iproute2 and a C compiler.",
  options: {
    only: list(
      "cells whose names begin so: 'rtt 20', 'rtt 100 loss 1', reorder, tail, 'tail 10'; tails: one after the other",
      {
        otherwise: "rtt: the table",
      },
    ),
    sides: list("who runs", { otherwise: USUAL_SIDES.join(","), placeholder: "NAME" }),
    against: list("each of them shares the link with each of these", {
      otherwise: "nobody",
      placeholder: "NAME",
    }),
    options: jsonObject(`sctpkit's options by the name of a side: '{"sctpkit-x":{"maxBurst":8}}'`),
    rtt: numbers("round trips of the table, in ms", [20, 100, 200]),
    loss: numbers("losses of the table, in percent of each direction's packets", [0, 0.1, 1, 2]),
    "loss-burst": positiveNumber("packets lost in a row, in the mean", 1),
    jitter: positiveNumber("ms by which a direction's delay grows at most", 0, { mayBeZero: true }),
    rate: positiveNumber("Mbit/s of whole IP packets", 100),
    queue: positiveNumber("products of rate and round trip that each direction's queue holds", 1),
    buffer: wholeNumber("bytes that every side may buffer at each end; 0: what it does by itself", 8_388_608),
    seconds: positiveNumber("what is measured of each trial", 12),
    warmup: positiveNumber("seconds before that", 2, { mayBeZero: true }),
    runs: wholeNumber("how often everybody runs every cell", 3, { from: 1 }),
    seed: wholeNumber("of the first run's losses; the next run has the next one", 1),
    series: wholeNumber(
      "ms from one sample of rates, windows, round trips and queue to the next; 0: none",
      0,
    ),
    json: text("where the result is written", undefined, { placeholder: "FILE" }),
    svg: text("where the series of a cell's first trials are drawn", undefined, { placeholder: "FILE" }),
    draw: existingFile("measures nothing, and draws to --svg what a run before has written with --json"),
    check: flag("measures the link itself: round trips of single datagrams, and TCP without loss"),
    realtime: flag("what is measured comes before all else that the host does: for a host that others use"),
    goals: flag(
      "what the goals take, and nothing else: --only, --sides, --against, --runs and --seconds do not matter; says first how long it takes",
    ),
    resume: flag("goes on with what --json has already, by the same command"),
    smoke: flag("some seconds of it, and whether the figures can be; for a host that may be busy"),
  },
};
const { values } = readCommand(COMMAND);
/** Little enough for a host that is busy. */
const SMOKE = { megabitsPerSecond: 10, roundTripMs: 20, seconds: 1.5, warmUpSeconds: 0.5 };
/** Where a series is to be drawn and nothing is said of its interval. */
const DRAWN_MS = 100;

if (values.draw !== undefined) {
  if (values.svg === undefined) refuse(COMMAND, "--draw wants --svg");
  writeFileSync(values.svg, drawSeries((JSON.parse(readFileSync(values.draw, "utf8")) as Result).rows));
  process.exit(0);
}

const isCheck = values.check || values.smoke;
const cells = chosenCells();
const optionsByName = values.options;
if (!areOptionsByName(optionsByName)) refuse(COMMAND, "--options wants an object for each name");
const wanted = namedSides(values.sides ?? usualSides(), optionsByName);
const against = namedSides(values.against ?? [], optionsByName);
const raw = namedSides(["raw"], {});
const sampleMs = values.series > 0 ? values.series : values.svg === undefined ? 0 : DRAWN_MS;
const amount: Amount = values.smoke
  ? { runs: 1, seconds: SMOKE.seconds }
  : { runs: values.runs, seconds: values.seconds };
const timing: Omit<Timing, "seed" | "durationMs"> = {
  warmUpMs: 1_000 * (values.smoke ? SMOKE.warmUpSeconds : values.warmup),
  bufferBytes: values.buffer,
  sampleMs,
};

const reason = obstacle();
if (reason !== undefined) {
  console.error(`bench:networks: left out: ${reason}`);
  process.exit(values.smoke ? 0 : 2);
}
build();
const jobs = chosenJobs();
const rows = jobs.map(({ row }) => row);
if (values.resume) takeUp(jobs, rowsBefore());
const network = new Network(values.realtime);
process.once("exit", () => network.remove());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(130));
const runs = Math.max(...jobs.map((job) => job.runs));
announce();
for (let run = 0; run < runs; run++) await runAll(run);
tell();
process.exit();

function chosenCells(): Cell[] {
  const all = allCells({
    megabitsPerSecond: values.smoke ? SMOKE.megabitsPerSecond : values.rate,
    roundTripsMs: values.smoke ? [SMOKE.roundTripMs] : values.rtt,
    lossPercents: isCheck ? [0] : values.loss,
    lossBurst: values["loss-burst"],
    jitterMs: values.jitter,
    queueProducts: values.queue,
  });
  if (values.goals) return all;
  const beginnings = isCheck ? ["ping", "rtt"] : (values.only ?? ["rtt"]);
  const chosen = all.filter((cell) => isChosen(cell, beginnings));
  if (chosen.length === 0) refuse(COMMAND, `no cell begins with ${beginnings.join(" or ")}`);
  return chosen;
}

function usualSides(): readonly string[] {
  if (values.smoke) return ["tcp-cubic", "sctpkit"];
  return values.check ? ["tcp-cubic"] : USUAL_SIDES;
}

function namedSides(names: readonly string[], byName: OptionsByName): NetworkSide[] {
  return names.map((name) => sideOf(name, byName) ?? refuse(COMMAND, `no side is called "${name}"`));
}

/** The link's own check wants neither Go nor usrsctp. */
function build(): void {
  if (isCheck) buildNodePrograms();
  else buildPrograms();
  buildLink();
  if (existsSync(LINK_PROGRAM)) return;
  console.error("bench:networks: without the link there is nothing to measure: see bench/setup.sh");
  process.exit(2);
}

/** Of those that can run here; who cannot is named. */
function chosenJobs(): Job[] {
  const controls = kernelControls();
  const isHere = ({ program, kernelControl }: NetworkSide): boolean =>
    isAvailable(program) && (kernelControl === undefined || controls.includes(kernelControl));
  for (const side of [...wanted, ...against].filter((one) => !isHere(one))) {
    const why =
      side.kernelControl === undefined
        ? "see bench/setup.sh"
        : `this kernel's TCP has ${controls.join(", ")} only`;
    console.error(`bench:networks: ${side.name} is left out: ${why}`);
  }
  if (values.goals) return goalJobs(cells, (name) => namedSides([name], {}).find(isHere));
  const here = wanted.filter(isHere);
  const others = against.filter(isHere);
  const flows =
    values.against === undefined
      ? here.map((side) => [side])
      : here.flatMap((side) => others.map((other) => [side, other]));
  return cells.flatMap((cell) => {
    const fitting = cell.measure === "pingpong" ? [raw] : flows.filter((sides) => canRun(cell, sides));
    return fitting.map((sides) => jobOf(cell, sides, amount));
  });
}

/** What an earlier run has written. */
function rowsBefore(): readonly Row[] {
  if (values.json === undefined) refuse(COMMAND, "--resume wants --json");
  if (!existsSync(values.json)) return [];
  return (JSON.parse(readFileSync(values.json, "utf8")) as Result).rows;
}

function announce(): void {
  const { trials, minutes } = remaining(jobs, timing.warmUpMs / 1_000);
  console.error(`${trials} trials: some ${minutes} minutes`);
}

/** Every second run goes backwards: what drifts hits both ends of the table alike. */
async function runAll(run: number): Promise<void> {
  const order = run % 2 === 0 ? jobs : [...jobs].reverse();
  for (const [index, job] of order.entries()) {
    if (doneOf(job) > run || job.runs <= run) continue;
    const { cell, sides, row } = job;
    process.stderr.write(`\rrun ${run + 1} of ${runs}, trial ${index + 1} of ${order.length} `);
    try {
      // Latencies are told of the time since the last question: there is one before and one after.
      const sampled = cell.measure === "oneway" ? timing : { ...timing, sampleMs: 0 };
      const asked = { ...sampled, durationMs: 1_000 * row.seconds, seed: values.seed + run };
      row.trials.push(await runTrial(network, cell, sides, asked));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      row.errors.push(message);
      console.error(`\n${row.cell}, ${row.sides.join(" and ")}: ${message}`);
    }
    writeResult();
  }
  process.stderr.write("\n");
}

/** After every trial, so that a run which is cut short is not lost. */
function writeResult(): void {
  if (values.svg !== undefined) writeFileSync(values.svg, drawSeries(rows));
  if (values.json === undefined) return;
  const result: Result = {
    commit: presentRevision(),
    host: `${cpus().length} x ${cpus()[0]?.model}, Linux ${release().split(".", 2).join(".")}, Node ${process.version}`,
    megabitsPerSecond: values.rate,
    queueProducts: values.queue,
    bufferBytes: values.buffer,
    seed: values.seed,
    rows,
  };
  writeFileSync(values.json, `${JSON.stringify(result)}\n`);
}

function tell(): void {
  const goals = isCheck ? [] : goalTable(rows);
  const sections = [
    detailLines(rows),
    lossTable(rows),
    sharingLines(rows),
    goals,
    isCheck ? checkLines(jobs) : [],
  ];
  for (const lines of sections.filter(({ length }) => length > 0)) console.log(`${lines.join("\n")}\n`);
  console.log(`Measured: ${amounts(rows)}. ${disturbance(rows)}`);
  const complaints = values.smoke ? smokeComplaints(jobs) : [];
  for (const complaint of complaints) console.error(`bench:networks: ${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
}
