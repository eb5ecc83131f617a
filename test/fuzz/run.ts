/**
 * `npm run fuzz`: a million inputs over all processors; `npm run fuzz -- --replay FILE` plays one of them again.
 * Owns: the options, sharing the work out, the account, what a failure leaves behind. Does not own: the inputs.
 */
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { EventLog } from "../../src/trace/event-log.ts";
import { existingFile, flag, readCommand, someOf, text, wholeNumber } from "../../tools/command-line.ts";
import { Corpus, readFailure, writeFailure } from "./corpus.ts";
import { Painting } from "./coverage.ts";
import { Explorer, type Job, prune, type Report, type WorkerOptions } from "./explore.ts";
import { MODEL_TARGETS } from "./models/all.ts";
import { PACKET_TARGETS } from "./packets/play.ts";
import { formatStep, parseInput } from "./step.ts";
import { TARGETS, targetNamed } from "./targets.ts";

const JOB_INPUTS = 250;
/** Of a hundred inputs, so many are for the stack; the others for its parts beside their models. */
const STACK_PERCENT = 85;
/** Coverage is looked at in a target's first jobs, and then in every so many: to find out who reached something is slow. */
const FIRST_SAMPLES = 2;
const SAMPLE_EVERY = 24;
/** A shorter run only sees that nothing breaks: it has no time to look for what reaches something new. */
const MIN_SAMPLED_INPUTS = 100_000;
/** A worker that tells nothing for so long has met an input without an end. */
const PATIENCE_MS = 120_000;
const PROGRESS_MS = 10_000;

interface Totals {
  inputs: number;
  kept: number;
  failures: number;
  slowestMs: number;
}

class Campaign {
  readonly #folder: string;
  readonly #corpus: Corpus;
  readonly #paintings = new Map<string, Painting>();
  readonly #all = new Painting();
  readonly #totals: Totals = { inputs: 0, kept: 0, failures: 0, slowestMs: 0 };
  readonly #counts = new Map<string, number>();
  readonly #startMs = performance.now();
  #toldMs = performance.now();

  constructor(folder: string, targets: readonly string[]) {
    this.#folder = folder;
    this.#corpus = new Corpus(TARGETS.map(({ name }) => name));
    for (const name of targets) this.#paintings.set(name, new Painting());
  }

  /** Plays all jobs; each worker has every so many of them, so that a run can be repeated. */
  async run(jobs: readonly Job[], targets: readonly string[], workerCount: number): Promise<boolean> {
    const scratch = mkdtempSync(join(tmpdir(), "sctpkit-fuzz-"));
    try {
      const shares = Array.from({ length: workerCount }, (_, w) =>
        jobs.filter((_, i) => i % workerCount === w),
      );
      await Promise.all(
        shares.map((share, w) => this.#worker({ targets, jobs: share, currentFile: join(scratch, `${w}`) })),
      );
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
    this.#summary();
    return this.#totals.failures === 0 && this.#totals.inputs > 0;
  }

  #worker(options: WorkerOptions): Promise<void> {
    return new Promise((resolve) => {
      const child = fork(fileURLToPath(import.meta.url), ["--worker"]);
      let ended = false;
      let patience: NodeJS.Timeout;
      const listen = (): void => {
        clearTimeout(patience);
        patience = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      };
      child.on("message", (report: Report | { readonly kind: "end" }) => {
        listen();
        if (report.kind === "end") ended = true;
        else this.#hear(report);
        if (ended) child.disconnect();
      });
      child.on("exit", (code, signal) => {
        clearTimeout(patience);
        if (!ended) this.#lost(options.currentFile, signal === null ? `code ${code}` : `signal ${signal}`);
        resolve();
      });
      listen();
      child.send(options);
    });
  }

  #hear(report: Report): void {
    if (report.kind === "done") {
      this.#totals.inputs += report.count;
      this.#totals.slowestMs = Math.max(this.#totals.slowestMs, report.slowestMs);
      this.#counts.set(report.target, (this.#counts.get(report.target) ?? 0) + report.count);
      if (performance.now() - this.#toldMs > PROGRESS_MS) this.#progress();
    } else if (report.kind === "seams") {
      for (const [file, offsets] of report.seams) this.#all.addSeams(file, ...offsets);
    } else if (report.kind === "reached") {
      this.#all.add(report.reached);
      const fresh = this.#paintings.get(report.target)?.add(report.reached) ?? [];
      if (report.text !== undefined && fresh.length > 0 && this.#corpus.keep(report.target, report.text))
        this.#totals.kept++;
    } else {
      this.#failure(report.target, report.message, report.text);
    }
  }

  #failure(target: string, message: string, text: string): void {
    this.#totals.failures++;
    const file = writeFailure(this.#folder, target, message, parseInput(text));
    console.log(`\n${target}: ${message.split("\n")[0]}\n  replay: npm run fuzz -- --replay ${file}`);
  }

  /** A worker is gone before its time: the input that it was at is the suspect. */
  #lost(currentFile: string, how: string): void {
    const text = readFileSync(currentFile, "utf8").split("#end")[0] ?? "";
    const target = /^# target: (\S+)$/m.exec(text)?.[1] ?? "unknown";
    this.#failure(target, `the worker ended with ${how}: no end of the input, or no memory`, text);
  }

  #progress(): void {
    this.#toldMs = performance.now();
    const { inputs, kept, failures } = this.#totals;
    const perSecond = Math.round((1_000 * inputs) / (this.#toldMs - this.#startMs));
    console.log(`${inputs} inputs, ${perSecond}/s, ${kept} kept, ${failures} failed`);
  }

  #summary(): void {
    const { inputs, kept, failures, slowestMs } = this.#totals;
    const seconds = (performance.now() - this.#startMs) / 1_000;
    for (const [target, count] of this.#counts) console.log(`  ${target.padEnd(22)} ${count} inputs`);
    const { reached, known } = this.#all.blocks;
    const corpusKb = Math.round(this.#corpus.sizeBytes / 1_000);
    console.log(
      `${reached} of ${known} blocks of src reached; ${kept} inputs added to the corpus (${corpusKb} kB)`,
    );
    console.log(`the slowest input took ${Math.round(slowestMs)} ms`);
    const rate = Math.round(inputs / seconds);
    console.log(`${inputs} inputs, ${failures} failures, ${seconds.toFixed(1)} s, ${rate} inputs/s`);
  }
}

/** Jobs for so many inputs, the targets in turn, so that every worker gets of all. */
function share(inputs: number, seed: number, targets: readonly string[]): readonly Job[] {
  const stack = targets.filter((name) => PACKET_TARGETS.some((target) => target.name === name));
  const parts = targets.filter((name) => MODEL_TARGETS.some((target) => target.name === name));
  const stackInputs = parts.length === 0 ? inputs : Math.round((inputs * STACK_PERCENT) / 100);
  const forStack = stack.length === 0 ? 0 : stackInputs;
  const jobs = [...jobsFor(stack, forStack, seed), ...jobsFor(parts, inputs - forStack, seed + 0x1000_0000)];
  return inputs >= MIN_SAMPLED_INPUTS ? jobs : jobs.map((job) => ({ ...job, isSample: false }));
}

function jobsFor(targets: readonly string[], inputs: number, seed: number): readonly Job[] {
  const jobs: Job[] = [];
  let left = targets.length === 0 ? 0 : inputs;
  for (let i = 0; left > 0; i++) {
    // One target after the other, shifted each round: no worker is left with the same targets all the time.
    const round = Math.floor(i / targets.length);
    const target = targets[(i + round) % targets.length] ?? "";
    const count = Math.min(JOB_INPUTS, left);
    const isSample = round < FIRST_SAMPLES || round % SAMPLE_EVERY === 0;
    jobs.push({ target, seed: seed * 100_003 + i, count, isSample });
    left -= count;
  }
  return jobs;
}

/** Plays one input with its steps, packets and events told. */
function replay(file: string): boolean {
  const { target, input } = readFailure(file);
  for (const step of input) console.log(formatStep(step));
  try {
    targetNamed(target).play(input, new EventLog((line) => console.log(line)));
    console.log(`${target}: nothing wrong`);
    return true;
  } catch (error) {
    console.log(error);
    return false;
  }
}

async function main(): Promise<void> {
  const names = TARGETS.map(({ name }) => name);
  const { values } = readCommand({
    name: "fuzz",
    about: "Spoiled packets and commands in every state of the stack and its parts, over all processors.",
    options: {
      inputs: wholeNumber("how many", 1_000_000, { from: 1 }),
      seed: wholeNumber("of the random numbers", 1),
      workers: wholeNumber("processes", availableParallelism(), {
        from: 1,
        otherwise: "one for each processor",
      }),
      only: someOf("these targets", names, { placeholder: "TARGET[,TARGET]", otherwise: "all" }),
      replay: existingFile("plays the input of a failure again, and tells its steps, packets and events"),
      prune: flag("takes out of the corpus what reaches no more than the rest does, and nothing else"),
      out: text("where failures are written down", "fuzz-failures", { placeholder: "FOLDER" }),
    },
  });
  if (values.replay !== undefined) {
    process.exitCode = replay(values.replay) ? 0 : 1;
    return;
  }
  const targets = values.only ?? names;
  if (values.prune) {
    for (const name of targets) {
      const { kept, removed } = prune(name);
      console.log(`${name}: ${kept} inputs stay, ${removed} removed`);
    }
    return;
  }
  const jobs = share(values.inputs, values.seed, targets);
  console.log(`${targets.join(", ")}: ${values.workers} workers`);
  const isWell = await new Campaign(values.out, targets).run(jobs, targets, values.workers);
  process.exitCode = isWell ? 0 : 1;
}

function work(): void {
  process.on("message", (options: WorkerOptions) => void workOff(options));
}

async function workOff(options: WorkerOptions): Promise<void> {
  const explorer = new Explorer(options, (report) => process.send?.(report));
  for (const job of options.jobs) {
    await setImmediate(); // What a full pipe did not take leaves now: whoever is silent for too long is ended.
    explorer.run(job);
  }
  explorer.finish();
  process.send?.({ kind: "end" });
}

if (process.argv.includes("--worker")) work();
else await main();
