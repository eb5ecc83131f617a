import { defineConfig } from "vitest/config";
import { faultyStacks } from "./playground/build/faulty-stacks.ts";

/** Many small files that share nothing but what they import: a fresh copy of src for each of them took longer than the tests. */
const SMALL = ["test/{unit,conformance,house,sim}/**/*.test.ts"];

export default defineConfig({
  plugins: [faultyStacks()],
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: "100%", // Left to itself vitest keeps a processor free, and of two uses one.
    projects: [
      { extends: true, test: { name: "small", include: SMALL, isolate: false } },
      { extends: true, test: { name: "whole", include: ["test/**/*.test.ts"], exclude: SMALL } },
    ],
    setupFiles: ["test/cpu-time.ts"],
    reporters: process.env["CI"] === undefined ? ["default"] : ["default", "json"],
    // Not beside the reporter, where the command line's --outputFile would not count.
    outputFile: { json: "test-report.json" },
  },
});
