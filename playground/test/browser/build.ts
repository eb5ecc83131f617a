/**
 * What stands before the browser tests: the playground as it is published.
 * Owns: building it, once for all of them. Does not own: how it is built (vite.config.ts).
 */
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Called by vitest. */
export async function setup(): Promise<void> {
  await build({ root: ROOT, logLevel: "warn" });
}
