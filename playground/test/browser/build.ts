/**
 * What stands before the browser tests: the playground as it is published, for a web server and as one file.
 * Owns: building it, once for all of them. Does not own: how it is built (vite.config.ts).
 */
import { fileURLToPath } from "node:url";
import { build } from "vite";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Called by vitest. */
export async function setup(): Promise<void> {
  for (const mode of ["production", "one-file"])
    await build({ root: ROOT, configFile: `${ROOT}vite.config.ts`, mode, logLevel: "error" });
}
