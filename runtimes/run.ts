/**
 * The Node-side tests on every supported Node, and as far as they go on Deno and Bun: `npm run runtimes`.
 * Owns: what is run in what order, what is printed, the exit code. Does not own: the tests (test/node), the runtimes (catalogue.ts),
 * running tests there (vitest-run.ts), what a runtime lacks (lacks.ts).
 *
 * The exit code is 0 if all tests pass on every Node that was run, and Deno and Bun fail where they lack something that
 * lacks.ts names, and nowhere else.
 */
import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { readCommand, text } from "../tools/command-line.ts";
import { type InstalledRuntime, install, RUNTIMES, type Runtime } from "./catalogue.ts";
import { type Judgement, judge, LACKS, patternOfRun } from "./lacks.ts";
import { endWithUs, runProgram } from "./process-group.ts";
import { type Failure, runTests, type TestOutcome } from "./vitest-run.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PROBES = fileURLToPath(new URL("probes/", import.meta.url));
/** A suite takes minutes on Node; a runtime that hangs must not hold up the others for ever. */
const SUITE_LIMIT_MS = 1_800_000;
const FILE_LIMIT_MS = 300_000;
const PROBE_LIMIT_MS = 20_000;

interface Outcome extends Judgement {
  readonly runtime: Runtime;
  readonly version: string;
  readonly passedCount: number;
  readonly seconds: number;
}

const { values, words: asked } = readCommand({
  name: "runtimes",
  about:
    "The Node-side tests on every supported Node, and as far as they go on Deno and Bun: " +
    "fails where a test fails for another reason than runtimes/lacks.ts names.",
  options: { only: text("test files whose names contain this", undefined, { otherwise: "all" }) },
  words: { placeholder: "RUNTIME", about: "these only", oneOf: RUNTIMES.map(({ name }) => name) },
});

function testFiles(): string[] {
  const names = readdirSync(`${ROOT}test/node`).filter((name) => name.endsWith(".test.ts"));
  const wanted = names.filter((name) => values.only === undefined || name.includes(values.only));
  return wanted.map((name) => `test/node/${name}`);
}

async function judgeRuntime(wanted: Runtime): Promise<Outcome> {
  const startMs = performance.now();
  const secondsTaken = (): number => Math.round((performance.now() - startMs) / 1_000);
  const runtime = install(wanted);
  if (runtime === undefined) {
    const failed = [{ file: wanted.source, title: "", message: "npm could not install it" }];
    const nothing = { passedCount: 0, lacking: new Map<never, never>(), failed };
    return { runtime: wanted, version: "", ...nothing, seconds: secondsTaken() };
  }
  const { version } = runtime;
  const lacks = LACKS.filter(({ runtime: name }) => name === runtime.other);
  const misjudged = await failuresOfProbes(runtime);
  const outcome = await (runtime.other === undefined
    ? runTests(runtime, ROOT, values.only ?? "test/node", { limitMs: SUITE_LIMIT_MS, pattern: undefined })
    : runFiles(runtime, patternOfRun(lacks)));
  const { lacking, failed } = judge(lacks, outcome, values.only === undefined);
  const { passedCount } = outcome;
  return {
    runtime,
    version,
    passedCount,
    lacking,
    failed: [...misjudged, ...failed],
    seconds: secondsTaken(),
  };
}

/** Probes that say anything but what lacks.ts says of this runtime. */
async function failuresOfProbes(runtime: InstalledRuntime): Promise<Failure[]> {
  const failures: Failure[] = [];
  for (const probe of new Set(LACKS.map((lack) => lack.probe))) {
    const lack = LACKS.find((each) => each.probe === probe && each.runtime === runtime.other);
    if (lack === undefined && runtime.other !== undefined) continue;
    const file = `runtimes/probes/${probe}.mjs`;
    const words = [...runtime.flags, `${PROBES}${probe}.mjs`];
    const { output } = await runProgram(runtime.path, words, { cwd: ROOT, limitMs: PROBE_LIMIT_MS });
    const expected = lack === undefined ? /^has$/m : /^lacks\b/m;
    if (expected.test(output)) continue;
    const meaning =
      /^has$/m.test(output) && lack !== undefined ? `no longer lacking: ${lack.reason}` : output;
    failures.push({ file, title: "", message: meaning });
  }
  return failures;
}

/** One file may hang: that is to cost no more than its own result. */
async function runFiles(runtime: InstalledRuntime, pattern: string | undefined): Promise<TestOutcome> {
  const waiting = testFiles();
  const outcomes: TestOutcome[] = [];
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift())
      outcomes.push(await runTests(runtime, ROOT, file, { limitMs: FILE_LIMIT_MS, pattern }));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return {
    passedCount: outcomes.reduce((sum, { passedCount }) => sum + passedCount, 0),
    failures: outcomes.flatMap(({ failures }) => failures),
    leftOut: outcomes.flatMap(({ leftOut }) => leftOut),
  };
}

function print({ runtime, lacking, failed }: Outcome): void {
  for (const [{ reason, seen, waits }, titles] of lacking) {
    console.log(`\n${runtime.name} lacks: ${reason}.\n  Seen by users: ${seen}.`);
    for (const title of titles) console.log(`  ${waits === true ? "left out" : "fails"}: ${title}`);
  }
  for (const { file, title, message } of failed)
    console.log(`\n${runtime.name} FAILS: ${file}: ${title}\n${message.replace(/^/gm, "  ")}`);
}

function summaryOf({ runtime, version, passedCount, lacking, failed, seconds }: Outcome): string {
  let lackingCount = 0;
  for (const titles of lacking.values()) lackingCount += titles.length;
  const counts = `${passedCount} passed, ${lackingCount} lacking, ${failed.length} failed`;
  return `${runtime.name.padEnd(8)} ${counts} in ${seconds} s (${version})`;
}

endWithUs();
const outcomes: Outcome[] = [];
for (const runtime of RUNTIMES) {
  if (asked.length > 0 && !asked.includes(runtime.name)) continue;
  console.log(`${runtime.name} ...`);
  const outcome = await judgeRuntime(runtime);
  print(outcome);
  outcomes.push(outcome);
}
console.log(`\n${outcomes.map(summaryOf).join("\n")}`);
process.exitCode = outcomes.every(({ failed }) => failed.length === 0) ? 0 : 1;
