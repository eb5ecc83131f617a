/** A slice of the ends of HTTP; all of them: npm run ends -- --seeds 1000. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("./http-ends/run.ts", import.meta.url));
const SEEDS = 20;

// A process of its own, which must end by itself.
it("no HTTP body is short and looks whole, whoever ends what and when, and nothing is left open [B4] [B5] [B6]", async () => {
  const words = ["--import", "tsx", PROGRAM, "--seeds", String(SEEDS)];
  const { stdout } = await promisify(execFile)(process.execPath, words);
  expect(stdout).toMatch(`http-ends: ${SEEDS} seeds passed, 0 failed`);
}, 240_000);
