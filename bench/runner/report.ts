/**
 * What a run found, as a table and as JSON.
 * Owns: medians over the rounds, their columns. Does not own: the goals (goals.ts).
 */
import type { Case } from "./cases.ts";
import type { Side } from "./sides.ts";
import { median, spread } from "./statistics.ts";
import type { Outcome } from "./trial.ts";

/** All outcomes of one side in one case. */
export interface Row {
  readonly test: Case;
  readonly side: Side;
  readonly outcomes: Outcome[];
  readonly errors: string[];
}

export type Figure = keyof Outcome;

export function figure(row: Row | undefined, name: Figure): number {
  return median((row?.outcomes ?? []).map((outcome) => outcome[name]));
}

/** What one row has of another's figure, round by round: what drifts between the rounds has no part in it. */
export function ratios(row: Row | undefined, other: Row | undefined, name: Figure): number[] {
  if (row === undefined || other === undefined) return [];
  return row.outcomes.flatMap((outcome, round) => {
    const base = other.outcomes[round];
    return base === undefined ? [] : [outcome[name] / base[name]];
  });
}

/** One row as it is written to the file. */
export function summary(row: Row): Record<string, unknown> {
  const names = Object.keys(row.outcomes[0] ?? {}) as Figure[];
  const medians = Object.fromEntries(names.map((name) => [name, rounded(figure(row, name))]));
  return {
    case: row.test.name,
    side: row.side.name,
    ...medians,
    spread: rounded(spread(row.outcomes.map((outcome) => mainFigure(row.test, outcome)))),
    rounds: row.outcomes.length,
    ...(row.errors.length === 0 ? {} : { errors: row.errors }),
  };
}

function mainFigure(test: Case, outcome: Outcome): number {
  if (test.measure === "pingpong") return outcome.p50Us;
  return test.measure === "handshakes" ? outcome.messagesPerSecond : outcome.megabytesPerSecond;
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
  "foreign",
];

function cells(row: Row): string[] {
  if (row.outcomes.length === 0)
    return [row.test.name, row.side.name, ...HEADER.slice(2).map(() => "failed")];
  const value = (name: Figure, digits: number): string => text(figure(row, name), digits);
  const hasBytes = row.test.measure !== "handshakes";
  return [
    row.test.name,
    row.side.name,
    hasBytes ? value("megabytesPerSecond", 1) : "-",
    Math.round(figure(row, "messagesPerSecond")).toLocaleString("en"),
    text(100 * spread(row.outcomes.map((outcome) => mainFigure(row.test, outcome))), 0),
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
