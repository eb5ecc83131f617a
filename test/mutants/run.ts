/**
 * `npm run mutants`: puts one mistake after another into the core and sees that the tests find each of them.
 * Owns: copies of the tree, applying a mutant, running the tests, the account. Does not own: the mutants (list.ts).
 */
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { list, readCommand, refuse, wholeNumber } from "../../tools/command-line.ts";
import { MUTANTS } from "./list.ts";
import type { Mutant } from "./mutant.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Quick tests first: most mutants die in them, and the first failure ends the run. */
const STAGES: ReadonlyArray<readonly string[]> = [
  ["test/conformance", "test/unit"],
  ["test/sim", "test/attack"],
];
const STAGE_LIMIT_MS = 180_000;

interface Outcome {
  readonly mutant: Mutant;
  /** Why it is dead, or undefined if it lives. */
  readonly killedBy: string | undefined;
  readonly error: string | undefined;
}

/** One copy of the tree, in which a worker mutates. */
class Workspace {
  readonly #folder: string = mkdtempSync(join(tmpdir(), "sctpkit-mutant-"));

  constructor() {
    const files = ["package.json", "vitest.config.ts", "tsconfig.base.json"];
    for (const name of [
      "src",
      "test",
      "docs",
      "bench/peers/node",
      "bench/results",
      "bench/runner",
      "tools",
      ...files,
    ])
      cpSync(join(ROOT, name), join(this.#folder, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(this.#folder, "node_modules"));
  }

  /** The first test that fails, mutant or not; undefined if all pass. */
  async firstFailure(): Promise<string | undefined> {
    for (const stage of STAGES) {
      const failure = await this.#firstFailureOf(stage);
      if (failure !== undefined) return failure;
    }
    return undefined;
  }

  async judge(mutant: Mutant): Promise<Outcome> {
    const file = join(this.#folder, "src", mutant.file);
    const original = readFileSync(file, "utf8");
    if (original.split(mutant.find).length !== 2) {
      return { mutant, killedBy: undefined, error: `"${mutant.find}" must occur once in src/${mutant.file}` };
    }
    writeFileSync(
      file,
      original.replace(mutant.find, () => mutant.replace),
    );
    try {
      return { mutant, killedBy: await this.firstFailure(), error: undefined };
    } finally {
      writeFileSync(file, original);
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The first test that fails; "timeout" where a mutant keeps the tests from ending; undefined if all pass. */
  #firstFailureOf(paths: readonly string[]): Promise<string | undefined> {
    return new Promise((resolve) => {
      const child = spawn(
        process.execPath,
        [
          join(ROOT, "node_modules/vitest/vitest.mjs"),
          "run",
          "--bail=1",
          "--reporter=dot",
          "--passWithNoTests",
          ...paths,
        ],
        { cwd: this.#folder, env: { ...process.env, CI: "", SIM_SEEDS: "8", NO_COLOR: "1" } },
      );
      let output = "";
      child.stdout.on("data", (text) => (output += String(text)));
      child.stderr.on("data", (text) => (output += String(text)));
      const timer = setTimeout(() => child.kill("SIGKILL"), STAGE_LIMIT_MS);
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        if (signal !== null) resolve("no end of the tests");
        else
          resolve(code === 0 ? undefined : (/FAIL\s+(.*)/.exec(output)?.[1] ?? "an error outside the tests"));
      });
    });
  }
}

/** Whether the tests pass without any mutant; if they do not, no mutant's death means anything. */
async function isHealthy(): Promise<boolean> {
  const workspace = new Workspace();
  const failure = await workspace.firstFailure().finally(() => workspace.remove());
  if (failure === undefined) return true;
  console.error(`the tests fail without any mutant: ${failure}`);
  process.exitCode = 1;
  return false;
}

async function main(): Promise<void> {
  const command = {
    name: "mutants",
    about: "One mistake after another is put into the core; the tests must find each of them.",
    options: {
      only: list("these mutants", { placeholder: "ID", otherwise: "all" }),
      workers: wholeNumber("processes", Math.min(2, availableParallelism()), { from: 1 }),
    },
  };
  const { values } = readCommand(command);
  const wanted = values.only;
  const unknown = wanted?.filter((id) => MUTANTS.every((one) => one.id !== id)) ?? [];
  if (unknown.length > 0) refuse(command, `no such mutant: ${unknown.join(", ")}`);
  const mutants = MUTANTS.filter(({ id }) => wanted === undefined || wanted.includes(id));
  const workerCount = Math.min(values.workers, mutants.length);
  if (!(await isHealthy())) return;
  const queue = [...mutants];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    const workspace = new Workspace();
    try {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        const outcome = await workspace.judge(mutant);
        outcomes.push(outcome);
        const fate =
          outcome.error ?? (outcome.killedBy === undefined ? "LIVES" : `killed by ${outcome.killedBy}`);
        console.log(`${mutant.id} (src/${mutant.file}): ${fate}`);
      }
    } finally {
      workspace.remove();
    }
  };
  await Promise.all(Array.from({ length: workerCount }, work));
  const alive = outcomes.filter(({ killedBy }) => killedBy === undefined);
  for (const { mutant, error } of alive) console.log(`not killed: ${mutant.id}: ${error ?? mutant.why}`);
  console.log(`${outcomes.length - alive.length} mutants killed, ${alive.length} not`);
  process.exitCode = alive.length === 0 && outcomes.length > 0 ? 0 : 1;
}

await main();
