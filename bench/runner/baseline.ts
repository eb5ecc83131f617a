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
import { BENCH, CORE_PROGRAM, NODE_PROGRAM } from "./sides.ts";

const ROOT = join(BENCH, "..");
const SOURCES = ["src", "bench/peers/node", "bench/tsconfig.json", "package.json", "tsconfig.base.json"];
/** A revision older than these gets them as they first were: they came after the baselines that matter. */
const LATER_SOURCES = ["bench/peers/node/core-alone.ts", "bench/peers/node/memory-pair.ts"];
const MAX_ARCHIVE_BYTES = 256 * 1_024 * 1_024;

export interface Baseline {
  /** The compiled programs. */
  readonly nodeProgram: string;
  readonly coreProgram: string;
  readonly remove: () => void;
}

/** The full name of the commit, or undefined if there is none. */
export function commitOf(revision: string): string | undefined {
  const { status, stdout } = git(
    "rev-parse",
    "--verify",
    "--quiet",
    "--end-of-options",
    `${revision}^{commit}`,
  );
  return status === 0 ? stdout.toString().trim() : undefined;
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

function git(...args: string[]) {
  return spawnSync("git", args, { cwd: ROOT, maxBuffer: MAX_ARCHIVE_BYTES });
}

function isIn(commit: string, file: string): boolean {
  return git("cat-file", "-e", `${commit}:${file}`).status === 0;
}

function firstCommitWith(file: string): string {
  const commits = git("log", "--diff-filter=A", "--format=%H", "--", file).stdout.toString().trim();
  const first = commits.split("\n").at(-1);
  if (!first) throw new Error(`no commit has ${file} yet`);
  return first;
}

function extract(commit: string, paths: readonly string[], folder: string): void {
  const archive = git("archive", commit, "--", ...paths);
  if (archive.status !== 0) throw new Error(`${commit}: ${archive.stderr.toString().trim()}`);
  spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout });
}
