/**
 * How the tests run on a mutant, as far as a result may depend on it: if this file changes, all are made again.
 * Owns: the settings of vitest, the environment. Does not own: running it (warm-vitest.ts).
 */
import type { UserWorkspaceConfig } from "vitest/config";

/** Fewer seeds than where all tests run: what they find in addition is little, and every mutant would wait for it. */
export const TEST_ENVIRONMENT = { CI: "", SIM_SEEDS: "8", NO_COLOR: "1" } as const;

/** Small tests of virtual time, which share a process with what they import, as they do in vitest.config.ts. */
const SHARING = ["test/{unit,conformance,sim}/**/*.test.ts"];

/** @param measures each test file has a process of its own, and counters run in it */
export function projects(root: string, measures: boolean): UserWorkspaceConfig[] {
  const common = {
    root,
    // The parent ends what never ends, by file: it knows how long each file takes.
    testTimeout: 0,
    hookTimeout: 0,
    setupFiles: measures ? ["test/mutants/judging/measure.ts"] : [],
  };
  return [
    { test: { ...common, name: "sharing", include: SHARING, isolate: measures } },
    { test: { ...common, name: "alone", include: ["test/**/*.test.ts"], exclude: SHARING } },
  ];
}
