/**
 * How the tests run on a mutant: in the order that they are given, told as they go.
 * Owns: that. Does not own: which test files run (workspace.ts).
 */
import { defineConfig } from "vitest/config";
import { GivenOrder, Telling } from "./vitest-parts.ts";

const measures = process.env["MUTANTS_MEASURE_TO"] !== undefined;

export default defineConfig({
  test: {
    root: process.cwd(),
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: GivenOrder },
    reporters: [new Telling()],
    setupFiles: measures ? ["test/mutants/judging/measure.ts"] : [],
  },
});
