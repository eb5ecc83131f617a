import { defineConfig } from "vitest/config";

/** Tests in a real Chromium; one at a time, for each of them keeps a processor busy. */
export default defineConfig({
  root: import.meta.dirname,
  test: {
    include: ["*.test.ts"],
    globalSetup: ["build.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
