/**
 * Other revisions of this repository.
 * Owns: finding one, laying files of it into a folder. Does not own: what is done with them (found-before.ts, bench/runner/baseline.ts).
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const MAX_ARCHIVE_BYTES = 512 * 1_024 * 1_024;

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

/** A short name of the commit that is checked out, with a "+" where the sources are not as it has them. */
export function presentRevision(): string {
  const name = git("rev-parse", "--short=7", "HEAD").stdout.toString().trim();
  const isChanged = git("diff", "--quiet", "HEAD", "--", "src", "bench").status !== 0;
  return isChanged ? `${name}+` : name;
}

/** Whether a commit has a file. */
export function isIn(commit: string, file: string): boolean {
  return git("cat-file", "-e", `${commit}:${file}`).status === 0;
}

/** @throws Error if no commit has the file */
export function firstCommitWith(file: string): string {
  const commits = git("log", "--diff-filter=A", "--format=%H", "--", file).stdout.toString().trim();
  const first = commits.split("\n").at(-1);
  if (!first) throw new Error(`no commit has ${file} yet`);
  return first;
}

/**
 * Lays files and folders of a commit into `folder`, under the same names.
 * @param paths from the root; none for all that the commit has
 * @throws Error if there is no such commit, or it has none of a path
 */
export function extract(commit: string, paths: readonly string[], folder: string): void {
  const archive = git("archive", commit, "--", ...paths);
  if (archive.status !== 0) throw new Error(`${commit}: ${archive.stderr.toString().trim()}`);
  spawnSync("tar", ["-x", "-C", folder], { input: archive.stdout });
}

function git(...args: string[]) {
  return spawnSync("git", args, { cwd: ROOT, maxBuffer: MAX_ARCHIVE_BYTES });
}
