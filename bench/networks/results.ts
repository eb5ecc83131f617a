/**
 * What a run found: medians over its trials, as a table.
 * Owns: the medians, their lines. Does not own: the figures of one trial (trial-figures.ts).
 */
import { jainIndex, median, quantile, spread } from "../runner/statistics.ts";
import type { FlowFigures, Trial } from "./trial-figures.ts";

/** All trials of one cell by the same sides. */
export interface Row {
  readonly cell: string;
  readonly sides: readonly string[];
  /** What is measured of each trial. */
  readonly seconds: number;
  readonly trials: Trial[];
  readonly errors: string[];
}

/** What is written to the file, and read from it. */
export interface Result {
  readonly host: string;
  /** Of the sources; with a "+" where they were not quite those. */
  readonly commit: string;
  readonly megabitsPerSecond: number;
  readonly queueProducts: number;
  readonly bufferBytes: number;
  /** Of the first run; of each other one it is one more than of the one before. */
  readonly seed: number;
  readonly rows: readonly Row[];
}

/** The name of a cell of the table, with its round trip and its loss. */
export const TABLE_CELL = /^rtt (\S+) loss (\S+)$/;

function flowsOf(row: Row, index: number): FlowFigures[] {
  return row.trials.flatMap(({ flows }) => flows[index] ?? []);
}

function rates(row: Row, index: number): number[] {
  return flowsOf(row, index).map(({ megabytesPerSecond }) => megabytesPerSecond);
}

function text(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

/** One line for each round trip, one column for each side, and in it the losses in their order. */
export function lossTable(rows: readonly Row[]): string[] {
  const found = rows.flatMap((row) => {
    const [, roundTrip, loss] = TABLE_CELL.exec(row.cell) ?? [];
    const [side, other] = row.sides;
    if (roundTrip === undefined || loss === undefined || side === undefined || other !== undefined) return [];
    return [{ roundTrip, loss, side, row }];
  });
  if (found.length === 0) return [];
  const each = (name: "roundTrip" | "loss" | "side"): string[] => [...new Set(found.map((one) => one[name]))];
  const losses = each("loss");
  const sides = each("side");
  const cell = (roundTrip: string, loss: string, side: string): string => {
    const row = found.find(
      (one) => one.roundTrip === roundTrip && one.loss === loss && one.side === side,
    )?.row;
    return row === undefined ? "-" : text(median(rates(row, 0)), 2);
  };
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(["RTT, loss", ...sides]),
    line(["---", ...sides.map(() => "---")]),
    ...each("roundTrip").map((roundTrip) =>
      line([
        `${roundTrip} ms, ${losses.join(" / ")} %`,
        ...sides.map((side) => losses.map((loss) => cell(roundTrip, loss, side)).join(" / ")),
      ]),
    ),
  ];
}

const HEADER = [
  "cell",
  "side",
  "MB/s",
  "+-%",
  "share",
  "p50 ms",
  "p99 ms",
  "queue ms",
  "p95",
  "lost+full",
  "others",
];

/** A line for each flow; figures of the link stand with the first one. */
export function detailLines(rows: readonly Row[]): string[] {
  const lines = [HEADER, ...rows.flatMap(cellsOf)];
  const widths = HEADER.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string =>
    column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join("  ").trimEnd());
}

function cellsOf(row: Row): string[][] {
  return row.sides.map((side, i) => {
    if (row.trials.length === 0) return [row.cell, side, "failed"];
    const flows = flowsOf(row, i);
    const of = (name: "share" | "p50Ms" | "p99Ms", digits: number): string =>
      text(median(flows.map((flow) => flow[name] ?? Number.NaN)), digits);
    const control = flows.at(-1)?.kernelControl;
    const ofLink = (
      name: "queueMedianMs" | "queueP95Ms" | "lostAtRandom" | "lostByQueue" | "foreignLoad",
      digits: number,
    ): string => text(median(row.trials.map((trial) => trial[name])), digits);
    return [
      row.cell,
      control === undefined || side.endsWith(control) ? side : `${side} (in fact ${control})`,
      text(median(rates(row, i)), 2),
      text(100 * spread(rates(row, i)), 0),
      row.sides.length === 1 ? "-" : of("share", 2),
      of("p50Ms", 1),
      of("p99Ms", 1),
      ...(i > 0
        ? []
        : [
            ofLink("queueMedianMs", 1),
            ofLink("queueP95Ms", 1),
            `${ofLink("lostAtRandom", 0)}+${ofLink("lostByQueue", 0)}`,
            ofLink("foreignLoad", 2),
          ]),
    ];
  });
}

/** How two flows share a link, one line for each pair. */
export function sharingLines(rows: readonly Row[]): string[] {
  return rows
    .filter(({ sides, trials }) => sides.length > 1 && trials.length > 0)
    .map((row) => {
      const shares = row.sides.map(
        (side, i) => `${side} ${text(median(flowsOf(row, i).map(({ share }) => share)), 2)}`,
      );
      const index = median(
        row.trials.map(({ flows }) => jainIndex(flows.map(({ megabytesPerSecond }) => megabytesPerSecond))),
      );
      return `${row.cell}: ${shares.join(", ")} of the payload; Jain's index ${text(index, 3)}`;
    });
}

/** How often and how long everybody was measured; the cells are named where most were measured otherwise. */
export function amounts(rows: readonly Row[]): string {
  const cellsByAmount = new Map<string, Set<string>>();
  for (const { cell, sides, seconds, trials } of rows) {
    const runs = trials.length === 1 ? "one run" : `medians of ${trials.length} runs`;
    const amount = `${runs} of ${seconds} s`;
    const name = sides.length === 1 ? cell : `${cell} shared`;
    cellsByAmount.set(amount, (cellsByAmount.get(amount) ?? new Set()).add(name));
  }
  const [usual, ...others] = [...cellsByAmount].sort(([, a], [, b]) => b.size - a.size);
  const named = others.map(([amount, cells]) => `${amount} in ${[...cells].join(", ")}`);
  return [usual?.[0] ?? "nothing was measured", ...named].join("; ");
}

/** How far the run is to be believed. */
export function disturbance(rows: readonly Row[]): string {
  const loads = rows.flatMap(({ trials }) => trials.map(({ foreignLoad }) => foreignLoad));
  return `Others used ${text(median(loads), 2)} CPUs meanwhile (median), ${text(quantile(loads, 0.9), 2)} in the worst tenth of the trials.`;
}
