/**
 * Runs before each test file where the coverage map is made: counts what the file executes, and how long it takes.
 * Owns: V8's counters in the worker, writing down what they say. Does not own: when it is measured, the map.
 */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { type Debugger, type Profiler, Session } from "node:inspector";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect } from "vitest";
import type { Measured } from "./coverage-map.ts";
import { linesOf, type SourceLines } from "./executed-lines.ts";

const ROOT = process.cwd();
const beganMs = performance.now();
const session = new Session();
session.connect();
session.post("Profiler.enable");
// What the counters are asked for decides how much slower the tests become: whether, and not how often.
session.post("Profiler.startPreciseCoverage", { callCount: false, detailed: true });

afterAll(() => {
  const folder = process.env["MUTANTS_MEASURE_TO"];
  const { testPath } = expect.getState();
  if (folder === undefined || testPath === undefined) return;
  const testFile = relative(ROOT, testPath);
  const durationMs = Math.round(performance.now() - beganMs);
  const measured: Measured = { testFile, durationMs, sources: sources() };
  const name = createHash("sha256").update(testFile).digest("hex").slice(0, 16);
  writeFileSync(join(folder, `${name}.json`), JSON.stringify(measured));
});

function sources(): Record<string, SourceLines> {
  const result: Record<string, SourceLines> = {};
  let scripts: readonly Profiler.ScriptCoverage[] = [];
  session.post("Profiler.takePreciseCoverage", (_error, taken) => {
    scripts = taken.result;
  });
  session.post("Profiler.stopPreciseCoverage");
  session.post("Debugger.enable");
  for (const { scriptId, url, functions } of scripts) {
    const file = relative(ROOT, url.startsWith("file:") ? fileURLToPath(url) : url);
    if (!/^(?:src|playground\/src)\//.test(file)) continue;
    const lines = linesOf(textOf(scriptId), functions);
    if (lines !== undefined) result[file] = lines;
  }
  session.disconnect();
  return result;
}

function textOf(scriptId: string): string {
  let text = "";
  session.post(
    "Debugger.getScriptSource",
    { scriptId },
    (_error, answer: Debugger.GetScriptSourceReturnType) => {
      text = answer.scriptSource;
    },
  );
  return text;
}
