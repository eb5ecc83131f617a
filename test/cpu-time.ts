/**
 * Runs in every test file: how much CPU time each test takes, for the report of the tests.
 * Owns: measuring. Does not own: how much a test may take (tools/durations.ts).
 */
import { afterEach, beforeEach } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Of the process, collecting garbage and compiling included. */
    cpuMs?: number;
  }
}

let before = process.cpuUsage();

beforeEach(() => {
  before = process.cpuUsage();
});

afterEach(({ task }) => {
  const { user, system } = process.cpuUsage(before);
  task.meta.cpuMs = (user + system) / 1_000;
});
