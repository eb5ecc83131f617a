/**
 * The pictures of a run: rate, congestion window, round trip and queue over time.
 * Owns: what stands in which panel. Does not own: drawing it (../runner/chart.ts), the figures (trial-figures.ts).
 */
import { drawPanels, type Line, type Panel } from "../runner/chart.ts";
import type { Row } from "./results.ts";
import type { FlowPoint, Trial } from "./trial-figures.ts";

type Point = readonly [x: number, y: number];

/** The first trial of each row of the first cell that has series. */
export function drawSeries(rows: readonly Row[]): string {
  const drawn = rows.flatMap((row) => row.trials.find(({ queueSeries }) => queueSeries !== undefined) ?? []);
  const trials = drawn.filter(({ cell }) => cell === drawn[0]?.cell);
  const ofFlows = (pick: (point: FlowPoint) => number | undefined): Line[] =>
    trials.flatMap((trial) =>
      trial.flows.map(({ side, series = [] }, i) => ({
        name: trial.flows.length > 1 ? `${side} (flow ${i + 1})` : side,
        points: pointsOf(series, pick),
      })),
    );
  const seconds = Math.max(1, ...trials.flatMap(({ flows }) => (flows[0]?.series?.at(-1)?.ms ?? 0) / 1_000));
  const panel = (yTitle: string, lines: readonly Line[]): Panel => ({
    xTitle: `seconds, ${trials[0]?.cell ?? "nothing"}`,
    yTitle,
    lines,
    xTicks: ticks(seconds),
  });
  return drawPanels([
    panel(
      "MB/s",
      ofFlows(({ megabytesPerSecond }) => megabytesPerSecond),
    ),
    panel(
      "cwnd in kB",
      ofFlows(({ cwndBytes }) => (cwndBytes === undefined ? undefined : cwndBytes / 1_000)),
    ),
    panel(
      "smoothed round trip in ms",
      ofFlows(({ rttMs }) => rttMs),
    ),
    panel("longest wait in the queue in ms", trials.map(queueLine)),
  ]);
}

function pointsOf(series: readonly FlowPoint[], pick: (point: FlowPoint) => number | undefined): Point[] {
  return series.flatMap((point): Point[] => {
    const value = pick(point);
    return value === undefined ? [] : [[point.ms / 1_000, value]];
  });
}

function queueLine({ flows, queueSeries = [] }: Trial): Line {
  return {
    name: flows.map(({ side }) => side).join(" and "),
    points: queueSeries.map(({ ms, waitMs }) => [ms / 1_000, waitMs] as const),
  };
}

/** Whole seconds, ten at most. */
function ticks(seconds: number): number[] {
  const step = Math.max(1, Math.ceil(seconds / 10));
  return Array.from({ length: Math.floor(seconds / step) + 1 }, (_, i) => i * step);
}
