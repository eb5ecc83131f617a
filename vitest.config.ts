import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    maxWorkers: "100%", // Left to itself vitest keeps a processor free, and of two uses one.
    setupFiles: ["test/cpu-time.ts"],
    reporters:
      process.env["CI"] === undefined
        ? ["default"]
        : ["default", ["json", { outputFile: "test-report.json" }]],
  },
});
