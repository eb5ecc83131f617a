/**
 * Another revision of sctpkit beside this one, in the same run.
 * Owns: making its program in a folder of its own, saying what got slower. Does not own: the trials (run.ts).
 *
 * The program is this revision's, the stack under it the other's: what is compared is the stack.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Figure, figure, type Row, ratios } from "./report.ts";
import { BENCH } from "./sides.ts";
import { median, spread } from "./statistics.ts";

/** A difference smaller than this is not told, however little the rounds differ. */
const SMALLEST_DIFFERENCE = 0.03;

export interface Baseline {
  /** The compiled program. */
  readonly program: string;
  readonly remove: () => void;
}

/** @throws Error if there is no such revision, or this revision's program does not compile with it */
export function buildBaseline(revision: string): Baseline {
  const root = join(BENCH, "..");
  const folder = mkdtempSync(join(tmpdir(), "sctpkit-baseline-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const archive = execFileSync("git", ["archive", revision, "src", "package.json", "tsconfig.base.json"], {
      cwd: root,
      maxBuffer: 256 * 1_024 * 1_024,
    });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
    cpSync(join(BENCH, "peers/node"), join(folder, "bench/peers/node"), { recursive: true });
    cpSync(join(BENCH, "tsconfig.json"), join(folder, "bench/tsconfig.json"));
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    execFileSync("npx", ["tsc", "-p", join(folder, "bench/tsconfig.json")], { cwd: root, encoding: "utf8" });
  } catch (error) {
    remove();
    throw error;
  }
  return { program: join(folder, "bench/build/js/bench/peers/node/main.js"), remove };
}

interface Compared {
  readonly name: Figure;
  readonly what: string;
  /** 1 where more is better, -1 where less is. */
  readonly sign: 1 | -1;
}

const THROUGHPUT: Compared = { name: "megabytesPerSecond", what: "MB/s", sign: 1 };
const CPU: Compared = { name: "cpuSecondsPerMillionMessages", what: "CPU s/M messages", sign: -1 };
const RATE: Compared = { name: "messagesPerSecond", what: "a second", sign: 1 };
const LATENCY: Compared = { name: "p50Us", what: "us p50", sign: -1 };
const COMPARED = {
  oneway: [THROUGHPUT, CPU],
  both: [THROUGHPUT, CPU],
  pingpong: [LATENCY],
  handshakes: [RATE],
};

/** A sentence for each figure that differs by more than its rounds do. */
export function comparison(rows: readonly Row[]): string[] {
  const found = rows.flatMap((row) => {
    if (row.side.name !== "sctpkit") return [];
    const base = rows.find(({ test, side }) => test === row.test && side.name === "sctpkit-baseline");
    if (base === undefined) return [];
    return COMPARED[row.test.measure].flatMap((compared) => sentence(row, base, compared));
  });
  return found.length === 0 ? ["No figure differs from the baseline by more than its rounds do."] : found;
}

function sentence(row: Row, base: Row, { name, what, sign }: Compared): string[] {
  const [now, before] = [figure(row, name), figure(base, name)];
  const byRound = ratios(row, base, name);
  const change = median(byRound) - 1;
  if (!(Math.abs(change) > Math.max(SMALLEST_DIFFERENCE, spread(byRound)))) return [];
  const verdict = change * sign > 0 ? "faster" : "SLOWER";
  const percent = `${change > 0 ? "+" : ""}${(100 * change).toFixed(1)} %`;
  return [
    `${verdict}: ${row.test.name}, ${before.toPrecision(3)} -> ${now.toPrecision(3)} ${what} (${percent})`,
  ];
}
