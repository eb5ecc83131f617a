/** How large the stack is in a page. Owns: the figure. Does not own: what is enough (size.test.ts, measure.ts). */
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const WORKER = fileURLToPath(new URL("../../src/session/worker.ts", import.meta.url));

export interface CoreSize {
  readonly bytes: number;
  readonly compressedBytes: number;
}

/** Of the worker: the core, the simulator and the tools for traces. */
export async function coreSize(): Promise<CoreSize> {
  const made = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, lib: { entry: WORKER, formats: ["iife"], name: "worker" } },
  });
  const [bundle] = [made].flat();
  if (bundle === undefined || !("output" in bundle)) throw new Error("vite built nothing");
  const [{ code }] = bundle.output;
  return { bytes: code.length, compressedBytes: gzipSync(code).length };
}
