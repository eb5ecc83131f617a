/**
 * The Node-side tests on every supported Node, and as far as they go on Deno and Bun: `npm run runtimes`.
 * Each comes from its npm package, into `runtimes/installed`.
 * Owns: installing, running, the table. Does not own: the tests (test/node), what a runtime lacks (lacks.ts).
 *
 * The exit code is 0 if all tests pass on every Node that was run, and Deno and Bun fail only where lacks.ts says why.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readCommand } from "../tools/command-line.ts";
import { reasonFor } from "./lacks.ts";

interface Runtime {
  readonly name: string;
  /** The npm package that brings it, as an ordinary file: no script has to run after the installation. */
  readonly source: string;
  /** Below node_modules. */
  readonly binary: string;
  /** What stands before a script on its command line. */
  readonly flags: readonly string[];
}

interface Failure {
  readonly name: string;
  readonly message: string;
}

interface Outcome {
  readonly runtime: Runtime;
  readonly version: string;
  readonly passed: number;
  readonly failed: readonly Failure[];
  /** Why there is no result. */
  readonly problem: string | undefined;
}

const { platform, arch } = process;
const EXE = platform === "win32" ? ".exe" : "";
const RUNTIMES: readonly Runtime[] = [
  ...[20, 22, 24, 26].map((major) => ({
    name: `node-${major}`,
    source: `node@${major}`,
    binary: ".bin/node",
    flags: [],
  })),
  { name: "bun", ...bunPackage(), flags: ["--bun"] },
  { name: "deno", ...denoPackage(), flags: ["run", "-A"] },
];

const HERE = fileURLToPath(new URL("installed", import.meta.url));
const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** A suite takes minutes on Node; a runtime that hangs must not hold up the others for ever. */
const SUITE_LIMIT_MS = 1_800_000;
const FILE_LIMIT_MS = 600_000;
const TEST_LIMIT_MS = 60_000;

/** Bun for this platform; the baseline build for a processor without AVX2. */
function bunPackage(): Pick<Runtime, "source" | "binary"> {
  const system = platform === "win32" ? "windows" : platform;
  const processor = arch === "arm64" ? "aarch64" : arch;
  const source = `@oven/bun-${system}-${processor}${lacksAvx2() ? "-baseline" : ""}`;
  return { source, binary: `${source}/bin/bun${EXE}` };
}

function denoPackage(): Pick<Runtime, "source" | "binary"> {
  const source = `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`;
  return { source, binary: `${source}/deno${EXE}` };
}

/** Known on Linux alone; elsewhere a processor without it is rare. */
function lacksAvx2(): boolean {
  if (platform !== "linux" || arch !== "x64") return false;
  return !/\bavx2\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
}

function install({ name, source, binary }: Runtime): string {
  const folder = `${HERE}/${name}`;
  const path = `${folder}/node_modules/${binary}`;
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}/package.json`, '{ "private": true }\n');
  const flags = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
  spawnSync("npm", ["install", ...flags, source], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
    shell: platform === "win32",
  });
  return path;
}

function test(runtime: Runtime): Outcome {
  const nothing = { runtime, version: "", passed: 0, failed: [] };
  const binary = install(runtime);
  if (!existsSync(binary)) return { ...nothing, problem: `npm could not install ${runtime.source}` };
  const version = spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0] ?? "";
  // On Deno and Bun one file may hang: that is to cost no more than its own result.
  const isNode = runtime.name.startsWith("node-");
  const suites = isNode ? ["test/node"] : testFiles();
  const results = suites.map((suite) =>
    runSuite(runtime, binary, suite, isNode ? SUITE_LIMIT_MS : FILE_LIMIT_MS),
  );
  return {
    runtime,
    version,
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.flatMap(({ failed }) => failed),
    problem: undefined,
  };
}

function testFiles(): string[] {
  const names = readdirSync(`${ROOT}test/node`).filter((name) => name.endsWith(".test.ts"));
  return names.map((name) => `test/node/${name}`);
}

function runSuite(
  runtime: Runtime,
  binary: string,
  suite: string,
  limitMs: number,
): Pick<Outcome, "passed" | "failed"> {
  const report = `${HERE}/${runtime.name}/report.json`;
  rmSync(report, { force: true });
  spawnSync(
    binary,
    [
      ...runtime.flags,
      "node_modules/vitest/vitest.mjs",
      "run",
      suite,
      `--testTimeout=${TEST_LIMIT_MS}`,
      "--reporter=json",
      `--outputFile=${report}`,
    ],
    { cwd: ROOT, stdio: "ignore", timeout: limitMs, killSignal: "SIGKILL" },
  );
  if (existsSync(report)) return read(report);
  return { passed: 0, failed: [{ name: suite, message: `did not end in ${limitMs / 60_000} minutes` }] };
}

/** The counts and the names of failed tests in vitest's report. */
function read(report: string): { passed: number; failed: Failure[] } {
  const { testResults } = JSON.parse(readFileSync(report, "utf8")) as {
    testResults: ReadonlyArray<{
      readonly name: string;
      readonly message: string;
      readonly assertionResults: ReadonlyArray<{
        readonly status: string;
        readonly fullName: string;
        readonly failureMessages: readonly string[];
      }>;
    }>;
  };
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  const unloaded = testResults.filter(({ assertionResults }) => assertionResults.length === 0);
  return {
    passed: results.filter(({ status }) => status === "passed").length,
    failed: [
      ...results
        .filter(({ status }) => status === "failed")
        .map(({ fullName, failureMessages }) => ({ name: fullName.trim(), message: failureMessages.join() })),
      ...unloaded.map(({ name, message }) => ({ name: `${name}: ${message.split("\n")[0] ?? ""}`, message })),
    ],
  };
}

function print(outcomes: readonly Outcome[]): void {
  console.log("\n| runtime | version | passed | failed |");
  console.log("|---|---|---|---|");
  for (const { runtime, version, passed, failed, problem } of outcomes) {
    console.log(`| ${runtime.name} | ${version} | ${passed} | ${problem ?? failed.length} |`);
  }
  for (const { runtime, failed } of outcomes) {
    if (failed.length === 0) continue;
    console.log(`\n${runtime.name} fails:`);
    for (const { name, message } of failed)
      console.log(`- ${name}: ${reasonFor(runtime.name, name, message) ?? "NOT EXPLAINED"}`);
  }
}

const { words: asked } = readCommand({
  name: "runtimes",
  about: "The Node-side tests on every supported Node, and as far as they go on Deno and Bun.",
  options: {},
  words: { placeholder: "RUNTIME", about: "these only", oneOf: RUNTIMES.map(({ name }) => name) },
});
const outcomes: Outcome[] = [];
for (const runtime of RUNTIMES) {
  if (asked.length > 0 && !asked.includes(runtime.name)) continue;
  console.log(`${runtime.name} ...`);
  outcomes.push(test(runtime));
}
print(outcomes);
const isFine = outcomes.every(
  ({ runtime, failed, problem }) =>
    problem === undefined &&
    failed.every(({ name, message }) => reasonFor(runtime.name, name, message) !== undefined),
);
process.exitCode = isFine ? 0 : 1;
