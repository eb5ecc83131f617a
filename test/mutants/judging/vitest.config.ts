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
    // The parent ends what never ends, by file: it knows how long each file takes.
    testTimeout: 0,
    hookTimeout: 0,
    sequence: { sequencer: GivenOrder },
    reporters: [new Telling()],
    setupFiles: measures ? ["test/mutants/judging/measure.ts"] : [],
  },
});
