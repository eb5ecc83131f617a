/**
 * What a run found, as a table and as JSON.
 * Owns: medians over the rounds, their columns. Does not own: the goals (goals.ts).
 */
import type { Case } from "./cases.ts";
import type { Compared } from "./comparison.ts";
import type { Side, SideName } from "./sides.ts";
import { median, spread } from "./statistics.ts";
import type { Outcome } from "./trial.ts";

/** All outcomes of one side in one case. */
export interface Row {
  readonly test: Case;
  readonly side: Side;
  /** One for each round; undefined where the trial failed. */
  readonly outcomes: (Outcome | undefined)[];
  readonly errors: string[];
}

export type Figure = keyof Outcome;

/** The figure of each round; NaN where there is none. */
function figures(row: Row | undefined, name: Figure): number[] {
  return (row?.outcomes ?? []).map((outcome) => outcome?.[name] ?? Number.NaN);
}

export function figure(row: Row | undefined, name: Figure): number {
  return median(figures(row, name));
}

/** What one row has of another's figure, round by round: what drifts between the rounds has no part in it. */
export function ratios(row: Row | undefined, other: Row | undefined, name: Figure): number[] {
  const base = figures(other, name);
  return figures(row, name).map((value, round) => value / (base[round] ?? Number.NaN));
}

/** One row as it is written to the file. */
export function summary(row: Row): Record<string, unknown> {
  const done = row.outcomes.filter((outcome) => outcome !== undefined);
  const names = Object.keys(done[0] ?? {}) as Figure[];
  const medians = Object.fromEntries(names.map((name) => [name, rounded(figure(row, name))]));
  return {
    case: row.test.name,
    side: row.side.name,
    ...medians,
    spread: rounded(spread(figures(row, mainFigure(row.test)))),
    rounds: done.length,
    ...(row.errors.length === 0 ? {} : { errors: row.errors }),
  };
}

function mainFigure({ measure }: Case): Figure {
  if (measure === "pingpong") return "p50Us";
  return measure === "handshakes" ? "messagesPerSecond" : "megabytesPerSecond";
}

function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
}

function text(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

const HEADER = [
  "case",
  "side",
  "MB/s",
  "messages/s",
  "+-%",
  "MB/core s",
  "CPU s/GB",
  "CPU s/M",
  "load",
  "MB RSS",
  "B/packet",
  "p50",
  "p99",
  "p99.9 us",
  "flows",
  "dropped",
  "foreign",
];

/** At random, by a full queue, as too large. */
const DROPPED: readonly Figure[] = ["droppedAtRandom", "droppedByQueue", "droppedTooLarge"];

function cells(row: Row): string[] {
  if (row.outcomes.every((outcome) => outcome === undefined))
    return [row.test.name, row.side.name, ...HEADER.slice(2).map(() => "failed")];
  const value = (name: Figure, digits: number): string => text(figure(row, name), digits);
  const hasBytes = row.test.measure !== "handshakes";
  return [
    row.test.name,
    row.side.name,
    hasBytes ? value("megabytesPerSecond", 1) : "-",
    Math.round(figure(row, "messagesPerSecond")).toLocaleString("en"),
    text(100 * spread(figures(row, mainFigure(row.test))), 0),
    hasBytes ? value("megabytesPerCoreSecond", 0) : "-",
    hasBytes ? value("cpuSecondsPerGigabyte", 1) : "-",
    value("cpuSecondsPerMillionMessages", 2),
    `${value("sourceLoad", 2)}+${value("sinkLoad", 2)}`,
    value("peakMegabytes", 0),
    value("allocatedBytesPerPacket", 0),
    value("p50Us", 0),
    value("p99Us", 0),
    value("p999Us", 0),
    row.test.link === undefined ? "-" : value("flowShare", 2),
    row.test.link === undefined ? "-" : DROPPED.map((name) => value(name, 0)).join("+"),
    value("foreignLoad", 2),
  ];
}

/** The table, as lines. */
export function table(rows: readonly Row[]): string[] {
  const lines = [HEADER, ...rows.map(cells)];
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
}

interface ComparedFigure {
  readonly name: Figure;
  readonly unit: string;
  readonly isCost: boolean;
}

const THROUGHPUT: ComparedFigure = { name: "megabytesPerSecond", unit: "MB/s", isCost: false };
const CPU: ComparedFigure = {
  name: "cpuSecondsPerMillionMessages",
  unit: "CPU s/M messages",
  isCost: true,
};
const COMPARED: Readonly<Record<Case["measure"], readonly ComparedFigure[]>> = {
  oneway: [THROUGHPUT, CPU],
  both: [THROUGHPUT, CPU],
  pingpong: [{ name: "p50Us", unit: "us p50", isCost: true }],
  handshakes: [{ name: "messagesPerSecond", unit: "a second", isCost: false }],
};

/** What sctpkit costs as a share of what another side does, in every case that both have run. */
export function costsAgainst(rows: readonly Row[], side: SideName): Compared[] {
  return rows.flatMap((row) => {
    const base = rows.find((other) => other.test === row.test && other.side.name === side);
    if (row.side.name !== "sctpkit" || base === undefined) return [];
    return COMPARED[row.test.measure].map(({ name, unit, isCost }): Compared => {
      const [before, now] = [figure(base, name), figure(row, name)].map((value) =>
        Number(value.toPrecision(3)),
      );
      return {
        what: `${row.test.name}, ${before} -> ${now} ${unit}`,
        costRatios: isCost ? ratios(row, base, name) : ratios(base, row, name),
      };
    });
  });
}
