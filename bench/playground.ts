/**
 * The playground among what is measured: `npm run bench -- --only playground`. It runs by that name alone, for it needs a Chromium.
 * Owns: that name. Does not own: the figures and their limits (playground/test/browser/measure.ts).
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../playground/run.sh", import.meta.url));
export const PLAYGROUND = "playground";

/** Prints the figures. @returns whether all of them are within their limits */
export function measurePlayground(): boolean {
  return spawnSync(PROGRAM, ["measure"], { stdio: "inherit" }).status === 0;
}
