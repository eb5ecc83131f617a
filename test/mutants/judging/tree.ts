/**
 * The working tree as git sees it: what is tracked, and what is new and not ignored.
 * Owns: its list of files, their texts, copying it, what changed since a revision. Does not own: what is done in a copy.
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Texts } from "./import-graph.ts";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

function git(...args: readonly string[]): string[] {
  const output = execFileSync("git", args, {
    cwd: ROOT,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
  return output.split("\0").filter((line) => line !== "");
}

/** In an order that does not depend on what git tracks. */
export function filesOfTree(): string[] {
  const files = git("ls-files", "-z", "--cached", "--others", "--exclude-standard");
  return files.filter((file) => existsSync(join(ROOT, file))).sort();
}

export function readTree(files: readonly string[]): Texts {
  return new Map(files.map((file) => [file, readFileSync(join(ROOT, file), "latin1")]));
}

/** With the packages that are installed here. */
export function copyTree(files: readonly string[], folder: string): void {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

/** Files that differ from the revision, new ones too. @throws Error if git does not know the revision */
export function changedSince(revision: string): ReadonlySet<string> {
  const changed = git("diff", "--name-only", "-z", "--end-of-options", revision, "--");
  return new Set([...changed, ...git("ls-files", "-z", "--others", "--exclude-standard")]);
}
