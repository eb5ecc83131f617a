/**
 * Another revision of sctpkit beside this one, in the same run.
 * Owns: making that revision's programs in a folder of their own. Does not own: the trials (../run.ts, ../core.ts), what
 * is said of them (comparison.ts).
 *
 * Both the stack and the programs on it are the other revision's: a program of today need not compile with a stack of
 * yesterday. What runner and programs say to each other therefore stays as it is, or grows by what may be left out.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { extract, firstCommitWith, isIn } from "../../tools/revision.ts";
import { BENCH, CORE_PROGRAM, NODE_PROGRAM } from "./sides.ts";

const ROOT = join(BENCH, "..");
const SOURCES = ["src", "bench/peers/node", "bench/tsconfig.json", "package.json", "tsconfig.base.json"];
/** A revision older than these gets them as they first were: they came after the baselines that matter. */
const LATER_SOURCES = ["bench/peers/node/core-alone.ts", "bench/peers/node/memory-pair.ts"];

export interface Baseline {
  /** The compiled programs. */
  readonly nodeProgram: string;
  readonly coreProgram: string;
  readonly remove: () => void;
}

/**
 * @param commit as `commitOf` gave it
 * @throws Error if its programs do not compile
 */
export function buildBaseline(commit: string): Baseline {
  const folder = mkdtempSync(join(tmpdir(), "sctpkit-baseline-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    extract(commit, SOURCES, folder);
    for (const file of LATER_SOURCES) if (!isIn(commit, file)) extract(firstCommitWith(file), [file], folder);
    symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
    const { status, stdout } = spawnSync("npx", ["tsc", "-p", join(folder, "bench/tsconfig.json")], {
      cwd: ROOT,
      encoding: "utf8",
    });
    if (status !== 0) throw new Error(`the baseline does not compile: ${stdout}`);
  } catch (error) {
    remove();
    throw error;
  }
  const inFolder = (program: string): string => join(folder, program.slice(ROOT.length));
  return { nodeProgram: inFolder(NODE_PROGRAM), coreProgram: inFolder(CORE_PROGRAM), remove };
}
