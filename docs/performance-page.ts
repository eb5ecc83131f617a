/**
 * The tables of docs/performance.md, from the runs that are published with it: bench/results/published.json, and networks.json
 * beside it once there is one.
 * Owns: which figures stand in which table. Does not own: the figures (bench/run.ts, bench/networks.ts), the words around them.
 */
import { existsSync, readFileSync } from "node:fs";
import { goalTable } from "../bench/networks/goals.ts";
import { amounts, disturbance, lossTable, type Result } from "../bench/networks/results.ts";
import { STACKS } from "../bench/runner/cases.ts";
import { SIDES } from "../bench/runner/sides.ts";
import { fillParts } from "./page-parts.ts";

/** One side in one case: medians over the rounds. */
interface Row {
  readonly case: string;
  readonly side: string;
  readonly [figure: string]: string | number | null | undefined;
}

interface Run {
  readonly goals: readonly string[];
  readonly rows: readonly Row[];
}

function table(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [header, header.map(() => "---"), ...lines];
  return all.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function number(value: unknown, digits: number): string {
  if (typeof value !== "number") return "";
  return value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** Three significant digits or so. */
function brief(value: unknown): string {
  return typeof value === "number" ? number(value, Math.abs(value) < 10 ? 1 : 0) : "";
}

class Tables {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  #row(name: string, side: string): Row | undefined {
    return this.#rows.find((row) => row.case === name && row.side === side);
  }

  #cases(pattern: RegExp): string[] {
    return [...new Set(this.#rows.map((row) => row.case))].filter((name) => pattern.test(name));
  }

  /** MB/s by the clock, and in brackets per CPU second of the busier end. */
  throughput(pattern: RegExp, sides: readonly string[]): string {
    const cell = (name: string, side: string): string => {
      const row = this.#row(name, side);
      if (row === undefined) return "";
      return `${brief(row["megabytesPerSecond"])} (${brief(row["megabytesPerCoreSecond"])})`;
    };
    const lines = this.#cases(pattern).map((name) => [name, ...sides.map((side) => cell(name, side))]);
    return table(["case", ...sides], lines);
  }

  cost(pattern: RegExp): string {
    const lines = this.#rows
      .filter((row) => pattern.test(row.case))
      .map((row) => [
        row.case,
        row.side,
        number(row["cpuSecondsPerGigabyte"], 1),
        number(row["cpuSecondsPerMillionMessages"], 2),
        number(row["peakMegabytes"], 0),
        number(row["allocatedBytesPerPacket"], 0),
      ]);
    const header = ["case", "side", "CPU s/GB", "CPU s per million messages", "peak MB, both"];
    return table([...header, "heap bytes per packet"], lines);
  }

  latency(): string {
    const lines = ["sctpkit", "usrsctp", "pion", "raw", "tcp"].map((side) => {
      const trips = this.#row("latency 100", side);
      const handshakes = this.#row("handshakes", side);
      const microseconds = ["p50Us", "p99Us", "p999Us"].map((name) => number(trips?.[name], 0));
      const rate = number(handshakes?.["messagesPerSecond"], 0);
      return [side, ...microseconds, rate, number(handshakes?.["cpuSecondsPerMillionMessages"], 0)];
    });
    return table(["side", "p50 us", "p99 us", "p99.9 us", "handshakes/s", "CPU us each"], lines);
  }

  link(): string {
    const cell = (name: string, side: string): string => {
      const row = this.#row(name, side);
      const share = name === "link two flows" ? ` (${number(row?.["flowShare"], 2)})` : "";
      return row === undefined ? "" : `${number(row["megabytesPerSecond"], 2)}${share}`;
    };
    const lines = this.#cases(/^link /).map((name) => [name.slice(5), ...STACKS.map((side) => cell(name, side))]);
    return table(["link", ...STACKS], lines);
  }
}

/** What stands of a run over real networks. */
export function networksPart(result: Result): string {
  const products = result.queueProducts === 1 ? "one product" : `${result.queueProducts} products`;
  const buffers = result.bufferBytes === 0 ? "each side's own" : `${number(result.bufferBytes / 1_048_576, 0)} MiB`;
  const conditions =
    `${result.host}: ${result.megabitsPerSecond} Mbit/s, queues of ${products}, buffers ${buffers}, ` +
    `${amounts(result.rows)}, the first with seed ${result.seed}, at ${result.commit}. ` +
    disturbance(result.rows);
  const goals = goalTable(result.rows);
  return [conditions, "", ...lossTable(result.rows), ...(goals.length === 0 ? [] : ["", ...goals])].join("\n");
}

function published(name: string): URL {
  return new URL(`../bench/results/${name}`, import.meta.url);
}

/** @throws Error if a marker is missing from the page */
export function performancePage(page: string): string {
  const networks = published("networks.json");
  const run = JSON.parse(readFileSync(published("published.json"), "utf8")) as Run;
  const tables = new Tables(run.rows);
  return fillParts(page, {
    goals: () => run.goals.join("\n"),
    "one way": () => tables.throughput(/^(oneway|mtu) /, SIDES.map((side) => side.name)),
    more: () => tables.throughput(/^(both|streams|associations) /, [...STACKS, "tcp"]),
    cost: () => tables.cost(/^(oneway (64|1000|16384)|mtu 65000 65536)$/),
    latency: () => tables.latency(),
    link: () => tables.link(),
    networks: () =>
      existsSync(networks)
        ? networksPart(JSON.parse(readFileSync(networks, "utf8")) as Result)
        : "No run is published yet.",
  });
}
