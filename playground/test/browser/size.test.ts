/** The stack is small enough for a page. */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";
import { expect, it } from "vitest";

const WORKER = fileURLToPath(new URL("../../src/session/worker.ts", import.meta.url));
const MAX_BYTES = 200_000;

it("is below 200 kB compressed, the simulator and the tools for traces included", async () => {
  const made = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, lib: { entry: WORKER, formats: ["iife"], name: "worker" } },
  });
  const [bundle] = [made].flat();
  if (bundle === undefined || !("output" in bundle)) throw new Error("vite built nothing");
  const [{ code }] = bundle.output;
  expect(code.length).toBeGreaterThan(200_000);
  expect(gzipSync(code).length).toBeLessThan(MAX_BYTES);
});
