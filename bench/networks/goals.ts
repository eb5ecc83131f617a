/**
 * The goals for real networks, and how far a run came: those of which it has the rows.
 * Owns: each goal's rows and its limit. Does not own: how the figures were found (trial.ts), their medians' table (results.ts).
 */
import { median } from "../runner/statistics.ts";
import { type Row, TABLE_CELL } from "./results.ts";

interface Goal {
  readonly what: string;
  readonly limit: number;
  readonly isAtLeast: boolean;
  readonly measured: number;
}

/** Payload in MB/s of a link of 100 Mbit/s that is full, in packets of 1,500 bytes. */
const CEILING = 12.03;
/** What was measured first, by round trip in ms and loss in percent: never again is it less. */
const FORMER: Readonly<Record<string, number>> = {
  "20 0.1": 3.26,
  "20 1": 0.91,
  "20 2": 0.63,
  "100 0.1": 0.76,
  "100 1": 0.2,
  "100 2": 0.12,
  "200 0.1": 0.66,
  "200 1": 0.08,
  "200 2": 0.07,
};

/** LossThresh of draft-ietf-ccwg-bbr. */
const BBR_LOSS_THRESHOLD_PERCENT = 2;

/** Where the probe is lost, too, T3-rtx is what is left: after that, and the time that messages and answers take. */
const RTO_MIN_MS = 1_000;
const TRIPS = 3;

class Figures {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  row(cell: string, ...sides: readonly string[]): Row | undefined {
    return this.#rows.find((row) => row.cell === cell && row.sides.join() === sides.join());
  }

  rate(cell: string, side: string): number {
    const trials = this.row(cell, side)?.trials ?? [];
    return median(trials.map(({ flows }) => flows[0]?.megabytesPerSecond ?? Number.NaN));
  }

  /** The default options, or the same with the buffers that all others have, where only that was measured. */
  default(cell: string): number {
    const own = this.rate(cell, "sctpkit-default");
    return Number.isFinite(own) ? own : this.rate(cell, "sctpkit");
  }

  milliseconds(cell: string, name: "p50Ms" | "p99Ms"): number {
    const trials = (this.row(cell, "sctpkit-default") ?? this.row(cell, "sctpkit"))?.trials ?? [];
    const all = trials.map(({ flows }) => flows[0]?.[name] ?? Number.NaN);
    return name === "p50Ms" || all.length === 0 ? median(all) : Math.max(...all);
  }
}

/** Those that the run can tell of, as lines of a Markdown table; none where there is none. */
export function goalTable(rows: readonly Row[]): string[] {
  const figures = new Figures(rows);
  const goals = [
    ...[...new Set(rows.map(({ cell }) => cell))].flatMap((cell) => tableGoals(figures, cell)),
    atLeast("reorder: MB/s by default", 0.95 * CEILING, figures.default("reorder")),
    ...tailGoals(figures),
    ...sharingGoals(rows),
    ...queueGoals(figures),
  ].filter(({ measured }) => Number.isFinite(measured));
  if (goals.length === 0) return [];
  const lines = goals.map(({ what, limit, isAtLeast, measured }) => {
    const isMet = isAtLeast ? measured >= limit : measured <= limit;
    return `| ${what} | ${isAtLeast ? ">=" : "<="} ${Number(limit.toFixed(2))} | ${measured.toFixed(measured < 10 ? 3 : 1)} | ${isMet ? "yes" : "NO"} |`;
  });
  return ["| goal | limit | measured | met |", "| --- | --- | --- | --- |", ...lines];
}

function atLeast(what: string, limit: number, measured: number): Goal {
  return { what, limit, isAtLeast: true, measured };
}

function atMost(what: string, limit: number, measured: number): Goal {
  return { what, limit, isAtLeast: false, measured };
}

function tableGoals(figures: Figures, cell: string): Goal[] {
  const [, roundTrip, loss] = TABLE_CELL.exec(cell) ?? [];
  if (roundTrip === undefined || loss === undefined) return [];
  const own = figures.default(cell);
  const bbr = figures.rate(cell, "sctpkit-bbr");
  const cubic = figures.rate(cell, "tcp-cubic");
  const former = FORMER[`${roundTrip} ${loss}`];
  const percent = Number(loss);
  return [
    atLeast(`${cell}: default, of TCP CUBIC`, percent === 0 ? 0.99 : 0.95, own / cubic),
    ...(former === undefined ? [] : [atLeast(`${cell}: MB/s by default`, former, own)]),
    // From its threshold on BBRv3 holds back, and Linux's first version of BBR does not.
    percent < BBR_LOSS_THRESHOLD_PERCENT
      ? atLeast(
          `${cell}: \`"bbr"\`, of Linux's BBR`,
          percent < 1 ? 0.9 : 0.7,
          bbr / figures.rate(cell, "tcp-bbr"),
        )
      : atLeast(`${cell}: \`"bbr"\`, of TCP CUBIC`, 3, bbr / cubic),
  ];
}

function tailGoals(figures: Figures): Goal[] {
  return [
    atMost("tail 10: ms, median", 80, figures.milliseconds("tail 10", "p50Ms")),
    ...[1, 2, 9, 10].map((burst) =>
      atMost(
        `tail ${burst}: ms, 99th percentile of the worst run`,
        300,
        figures.milliseconds(`tail ${burst}`, "p99Ms"),
      ),
    ),
    atMost(
      "tail 10 twice: ms, median",
      RTO_MIN_MS + TRIPS * 20,
      figures.milliseconds("tail 10 twice", "p50Ms"),
    ),
  ];
}

function sharingGoals(rows: readonly Row[]): Goal[] {
  return rows
    .filter(
      ({ sides }) =>
        sides.length === 2 && sides[1] === "tcp-cubic" && /^sctpkit(-default)?$/.test(sides[0] ?? ""),
    )
    .map(({ cell, trials }) => {
      const smaller = trials.map(({ flows }) => Math.min(...flows.map(({ share }) => share)));
      return atLeast(`${cell}: smaller share beside TCP CUBIC`, 1 / 3, median(smaller));
    });
}

function queueGoals(figures: Figures): Goal[] {
  const trials = figures.row("deep queue", "sctpkit-bbr")?.trials ?? [];
  const waits = trials.map(({ queueP95Ms }) => queueP95Ms);
  return [atMost('deep queue: `"bbr"`, ms in the queue, 95th percentile', 30, median(waits))];
}
