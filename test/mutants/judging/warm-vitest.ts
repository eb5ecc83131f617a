/**
 * The program that runs tests on one mutant after another in a copy of the tree, and keeps what does not change between
 * them: vitest itself and the code that it made of the sources.
 * Owns: running what the parent asks for. Does not own: the settings (settings.ts), the mutants, how long a test may take
 * (workspace.ts).
 *
 * Each mutant has processes of its own for its tests: nothing that a mistake leaves behind reaches the next one.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createVitest, type Vitest } from "vitest/node";
import type * as FaultyStacks from "../../../playground/build/faulty-stacks.ts";
import { projects } from "./settings.ts";
import { GivenOrder, Telling, type Told } from "./vitest-parts.ts";

/** What the parent asks for. */
export interface Asked {
  /** In this order, but that those which share a process come first. */
  readonly testFiles: readonly string[];
  /** Files that were written since the last time. */
  readonly changed: readonly string[];
}

const ROOT = process.cwd();
const workers = Number(process.env["MUTANTS_WORKERS"]);
const measures = process.env["MUTANTS_MEASURE_TO"] !== undefined;

function tell(told: Told): void {
  process.send?.(told);
  if (told.kind === "fails" && !measures) void endTests();
}

/** Asked once vitest waits for the test to end, asked twice it ends the process. */
async function endTests(): Promise<void> {
  const vitest = await started;
  await Promise.all([vitest.cancelCurrentRun("test-failure"), vitest.cancelCurrentRun("test-failure")]);
}

async function start(): Promise<Vitest> {
  // Of the copy: it puts faults into the sources that stand beside it.
  const plugin = pathToFileURL(join(ROOT, "playground/build/faulty-stacks.ts")).href;
  const { faultyStacks }: typeof FaultyStacks = await import(plugin);
  return createVitest("test", {
    config: false,
    root: ROOT,
    watch: false,
    maxWorkers: workers,
    sequence: { sequencer: GivenOrder },
    reporters: [new Telling(tell)],
    projects: projects(ROOT, measures).map((project) => ({ ...project, plugins: [faultyStacks()] })),
  });
}

async function run(vitest: Vitest, { testFiles, changed }: Asked): Promise<string | undefined> {
  for (const file of changed) vitest.invalidateFile(join(ROOT, file));
  GivenOrder.testFiles = testFiles;
  const wanted = new Set(testFiles.map((testFile) => join(ROOT, testFile)));
  const known = await vitest.globTestSpecifications();
  const { unhandledErrors } = await vitest.runTestSpecifications(
    known.filter(({ moduleId }) => wanted.has(moduleId)),
  );
  const [error] = unhandledErrors;
  return error === undefined ? undefined : String((error as Error).stack ?? error);
}

const started = start();
process.on("message", async (asked: Asked) => {
  tell({ kind: "done", error: await run(await started, asked) });
});
process.on("disconnect", () => process.exit());
