/**
 * Makes the programs from their sources, so that what is measured is compiled JavaScript and not a loader.
 * Owns: the Node programs, usrsctp's, pion's and the link of bench/networks. Does not own: installing compilers and packages (../setup.sh), other
 * revisions (baseline.ts).
 */
import { spawnSync } from "node:child_process";
import { BENCH } from "./sides.ts";

/** Builds what it can, and tells of what it cannot. */
export function buildPrograms(): void {
  buildNodePrograms();
  run("usrsctp's program", "make", ["-s", "-C", `${BENCH}peers/usrsctp`]);
  run("pion's program", "make", ["-s", "-C", `${BENCH}peers/pion`]);
}

export function buildLink(): void {
  run("the link", "make", ["-s", "-C", `${BENCH}networks`]);
}

export function buildNodePrograms(): void {
  run("the Node programs", "npx", ["tsc", "-p", `${BENCH}tsconfig.json`]);
}

function run(what: string, command: string, args: readonly string[]): void {
  const { status, stderr, stdout, error } = spawnSync(command, args, { encoding: "utf8" });
  if (status === 0) return;
  const reason = error?.message ?? `${stdout}${stderr}`.trim();
  console.error(`bench: ${what} could not be built: ${reason}`);
}
