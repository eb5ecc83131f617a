/**
 * One worker's share of a run: making inputs, playing them, noticing news and failures.
 * Owns: what is kept in memory, when coverage is read, making failures small, what counts as slow.
 * Does not own: files and the terminal (run.ts), the targets.
 */
import { openSync, writeSync } from "node:fs";
import { SeededRandom } from "../../src/platform/random.ts";
import { keptInputs, removeKept } from "./corpus.ts";
import { Coverage, Painting, type Reached } from "./coverage.ts";
import { fewerSteps, minimised } from "./minimise.ts";
import { formatInput, type Input } from "./step.ts";
import type { Target } from "./target.ts";
import { targetNamed } from "./targets.ts";

/** An input that takes more of the processor's time, three times in a row, is slow. */
const SLOW_MS = 250;
/** Kept inputs of one target that new ones are made of. */
const MAX_KEPT = 600;
/** Failures that one worker makes small and tells of; the same complaint counts once. */
const MAX_FAILURES = 10;

/** Inputs that are played between two looks at the coverage when it is asked who reached something. */
const GROUP_INPUTS = 25;

/** So many inputs for a target, from a seed. */
export interface Job {
  readonly target: string;
  readonly seed: number;
  readonly count: number;
  /** Whether its coverage is looked at. */
  readonly isSample: boolean;
}

export interface WorkerOptions {
  readonly targets: readonly string[];
  readonly jobs: readonly Job[];
  /** Where the input at hand is written, for the case that it never ends. */
  readonly currentFile: string;
}

/** What a worker tells. */
export type Report =
  | {
      readonly kind: "done";
      readonly target: string;
      readonly count: number;
      readonly slowestMs: number;
    }
  | { readonly kind: "seams"; readonly seams: ReadonlyArray<readonly [string, readonly number[]]> }
  /** An input that reached new code; without text it is one of the corpus. */
  | {
      readonly kind: "reached";
      readonly target: string;
      readonly reached: readonly Reached[];
      readonly text: string | undefined;
    }
  | {
      readonly kind: "failure";
      readonly target: string;
      readonly message: string;
      readonly text: string;
    };

interface Memory {
  readonly kept: Input[];
  readonly happenings: Set<string>;
  readonly painting: Painting;
}

export class Explorer {
  readonly #tell: (report: Report) => void;
  readonly #coverage = new Coverage("/src/");
  readonly #memories = new Map<string, Memory>();
  readonly #complaints = new Set<string>();
  readonly #currentFile: number;

  constructor(options: WorkerOptions, tell: (report: Report) => void) {
    this.#tell = tell;
    this.#currentFile = openSync(options.currentFile, "w");
    for (const name of options.targets) this.#learnCorpus(targetNamed(name));
  }

  run(job: Job): void {
    const target = targetNamed(job.target);
    const memory = this.#memory(target);
    const random = new SeededRandom(job.seed);
    const inputs: Input[] = [];
    let slowestMs = 0;
    if (job.isSample) this.#coverage.take(); // What ran before is not this job's.
    for (let i = 0; i < job.count; i++) {
      const input = target.generate(random, memory.kept);
      inputs.push(input);
      slowestMs = Math.max(slowestMs, this.#play(target, memory, input, random));
    }
    const fresh = job.isSample ? memory.painting.add(this.#coverage.take()) : [];
    if (fresh.length > 0) this.#findWho(target, memory, inputs, fresh);
    this.#tell({ kind: "done", target: target.name, count: job.count, slowestMs });
  }

  finish(): void {
    const seams = [...this.#coverage.seams].map(([file, offsets]) => [file, [...offsets]] as const);
    this.#tell({ kind: "seams", seams });
    this.#coverage.stop();
  }

  #memory(target: Target): Memory {
    const memory = this.#memories.get(target.name) ?? {
      kept: [],
      happenings: new Set(),
      painting: new Painting(),
    };
    this.#memories.set(target.name, memory);
    return memory;
  }

  /** Plays what was kept in earlier runs: it must hold still, and what it reaches is no news. */
  #learnCorpus(target: Target): void {
    const memory = this.#memory(target);
    this.#coverage.take();
    for (const { input } of keptInputs(target.name)) {
      memory.kept.push(input);
      this.#play(target, memory, input);
    }
    const reached = memory.painting.add(this.#coverage.take());
    this.#tell({ kind: "reached", target: target.name, reached, text: undefined });
  }

  /** @returns how long it took */
  #play(target: Target, memory: Memory, input: Input, random?: SeededRandom): number {
    this.#noteCurrent(target, input);
    const startMs = performance.now();
    try {
      const happenings = target.play(input);
      if (random !== undefined) this.#consider(memory, happenings, input, random);
    } catch (error) {
      this.#fail(target, input, error);
    }
    const tookMs = performance.now() - startMs;
    if (tookMs > SLOW_MS) this.#suspectSlow(target, input);
    return tookMs;
  }

  /** Keeps an input in which a combination of things happened that had not happened together. */
  #consider(memory: Memory, happenings: readonly string[], input: Input, random: SeededRandom): void {
    const combination = [...new Set(happenings)].sort().join();
    if (combination === "" || memory.happenings.has(combination)) return;
    memory.happenings.add(combination);
    keep(memory, input, random);
  }

  /** Plays the inputs of a job again, in groups and then one by one, to find those that reached what was new. */
  #findWho(target: Target, memory: Memory, inputs: readonly Input[], fresh: readonly Reached[]): void {
    let missing = fresh;
    this.#coverage.exactly(() => {
      for (let at = 0; at < inputs.length && missing.length > 0; at += GROUP_INPUTS) {
        const group = inputs.slice(at, at + GROUP_INPUTS);
        if (this.#reachedBy(target, group, missing).length === 0) continue;
        for (const input of group)
          missing = without(missing, this.#keepIfNew(target, memory, input, missing));
      }
    });
    // What only runs the first time, such as lazily made tables, belongs to nobody.
    this.#tell({ kind: "reached", target: target.name, reached: missing, text: undefined });
  }

  /** Keeps an input that reaches something of what is missing, without the steps that it does not need for it. */
  #keepIfNew(target: Target, memory: Memory, input: Input, missing: readonly Reached[]): readonly Reached[] {
    const found = this.#reachedBy(target, [input], missing);
    if (found.length === 0) return found;
    const smaller = fewerSteps(
      input,
      (candidate) => lengthOf(this.#reachedBy(target, [candidate], found)) === lengthOf(found),
    );
    memory.kept.push(smaller);
    this.#tell({ kind: "reached", target: target.name, reached: found, text: formatInput(smaller) });
    return found;
  }

  /** What of `wanted` the inputs reach. */
  #reachedBy(target: Target, inputs: readonly Input[], wanted: readonly Reached[]): readonly Reached[] {
    const codes = new Set(wanted.map(({ code }) => code));
    this.#coverage.take(codes);
    for (const input of inputs) {
      this.#noteCurrent(target, input);
      failureOf(target, input); // It has been told of already.
    }
    return common(wanted, this.#coverage.take(codes));
  }

  #fail(target: Target, input: Input, error: unknown): void {
    const complaint = `${target.name}: ${nature(error)}`;
    if (this.#complaints.has(complaint) || this.#complaints.size >= MAX_FAILURES) return;
    this.#complaints.add(complaint);
    const smallest = minimised(
      input,
      (candidate) => `${target.name}: ${failureOf(target, candidate)}` === complaint,
    );
    const message = error instanceof Error ? `${error.message}\n${error.stack ?? ""}` : String(error);
    this.#tell({ kind: "failure", target: target.name, message, text: formatInput(smallest) });
  }

  /** The clock is not to be trusted where others use the machine too: what counts is the processor's time, three times. */
  #suspectSlow(target: Target, input: Input): void {
    let bestMs = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 3; i++) {
      const start = process.cpuUsage();
      failureOf(target, input);
      bestMs = Math.min(bestMs, process.cpuUsage(start).user / 1_000);
    }
    if (bestMs < SLOW_MS) return;
    const message = `slow: it takes ${Math.round(bestMs)} ms`;
    this.#tell({ kind: "failure", target: target.name, message, text: formatInput(input) });
  }

  #noteCurrent(target: Target, input: Input): void {
    const text = Buffer.from(`# target: ${target.name}\n${formatInput(input)}#end`);
    writeSync(this.#currentFile, text, 0, text.length, 0);
  }
}

/**
 * Takes those inputs out of a target's corpus that reach nothing beyond what smaller ones reach.
 * @returns how many were kept and how many removed
 */
export function prune(name: string): { readonly kept: number; readonly removed: number } {
  const target = targetNamed(name);
  const coverage = new Coverage("/src/");
  const painting = new Painting();
  const bySize = [...keptInputs(name)].sort((a, b) => sizeOf(a.input) - sizeOf(b.input));
  let removed = 0;
  coverage.exactly(() => {
    for (const kept of bySize) {
      coverage.take();
      failureOf(target, kept.input);
      if (painting.add(coverage.take()).length > 0) continue;
      removeKept(kept);
      removed++;
    }
  });
  coverage.stop();
  return { kept: bySize.length - removed, removed };
}

const sizeOf = (input: Input): number => formatInput(input).length;

function keep(memory: Memory, input: Input, random: SeededRandom): void {
  if (memory.kept.length < MAX_KEPT) memory.kept.push(input);
  else memory.kept[random.integer(0, MAX_KEPT - 1)] = input;
}

/** What went wrong, without the numbers that differ from input to input; undefined if nothing did. */
function failureOf(target: Target, input: Input): string | undefined {
  try {
    target.play(input);
    return undefined;
  } catch (error) {
    return nature(error);
  }
}

function nature(error: unknown): string {
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  return text.replaceAll(/[0-9a-f]*[0-9][0-9a-f]*/g, "N").slice(0, 60);
}

/** What of `wanted` is in `reached`. */
function common(wanted: readonly Reached[], reached: readonly Reached[]): readonly Reached[] {
  return without(wanted, without(wanted, reached));
}

/** What of `ranges` is not in `taken`. */
function without(ranges: readonly Reached[], taken: readonly Reached[]): readonly Reached[] {
  const painting = new Painting();
  painting.add(taken);
  return painting.add(ranges);
}

function lengthOf(ranges: readonly Reached[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0);
}
