import { expect, it } from "vitest";
import { drawSeries } from "../../../bench/networks/drawing.ts";
import type { Trial } from "../../../bench/networks/trial-figures.ts";
import { drawPanels } from "../../../bench/runner/chart.ts";

/** The points of each line of a picture. */
function linesOf(svg: string): number[][][] {
  return [...svg.matchAll(/<polyline[^>]*points="([^"]*)"/g)].map(([, points = ""]) =>
    points
      .split(" ")
      .filter((point) => point !== "")
      .map((point) => point.split(",").map(Number)),
  );
}

const axes = { xTitle: "x", yTitle: "y", xTicks: [1, 10, 100] };

it("a line goes from one end of the axis to the other, and as high as it should", () => {
  const points = [
    [1, 0],
    [10, 5],
    [100, 10],
  ] as const;
  const [even] = linesOf(drawPanels([{ ...axes, lines: [{ name: "", points }] }]));
  expect(even).toEqual([
    [60, 235],
    [110.9, 127.5],
    [620, 20],
  ]);
  const [logarithmic] = linesOf(
    drawPanels([{ ...axes, isLogarithmic: true, lines: [{ name: "", points }] }]),
  );
  expect(logarithmic?.map(([x]) => x)).toEqual([60, 340, 620]);
});

it("panels lie below each other, and names are written as they are", () => {
  const panel = { ...axes, lines: [{ name: "a<b & c", points: [[1, 1]] as const, hasDots: true }] };
  const svg = drawPanels([panel, panel]);
  expect(svg).toContain('viewBox="0 0 640 560"');
  expect(svg.match(/a&lt;b &amp; c/g)).toHaveLength(2);
  const [first, second] = linesOf(svg);
  expect((second?.[0]?.[1] ?? 0) - (first?.[0]?.[1] ?? 0)).toBe(280);
  expect(svg.match(/<circle/g)).toHaveLength(2);
});

it("a panel without any figure is empty", () => {
  const svg = drawPanels([{ ...axes, lines: [] }]);
  expect(svg).not.toContain("NaN");
  expect(svg).not.toContain("Infinity");
  expect(linesOf(svg)).toEqual([]);
});

it("a run's first trials of its first cell are drawn, rates and windows and round trips and queues", () => {
  const trial = (cell: string, side: string): Trial => ({
    cell,
    seed: 1,
    queueMedianMs: 0,
    queueP95Ms: 0,
    lostAtRandom: 0,
    lostByQueue: 0,
    foreignLoad: 0,
    flows: [
      {
        side,
        megabytesPerSecond: 1,
        share: 1,
        series: [
          { ms: 1_000, megabytesPerSecond: 1, cwndBytes: 5_000, rttMs: 20 },
          { ms: 2_000, megabytesPerSecond: 2 },
        ],
      },
    ],
    queueSeries: [{ ms: 1_000, waitMs: 3 }],
  });
  const row = (cell: string, side: string) => ({
    cell,
    sides: [side],
    trials: [trial(cell, side)],
    errors: [],
  });
  const svg = drawSeries([row("a", "one"), row("b", "two"), row("a", "three")]);
  expect(linesOf(svg).map((line) => line.length)).toEqual([2, 2, 1, 1, 1, 1, 1, 1]);
  expect(svg).toContain(">three<");
  expect(svg).not.toContain(">two<");
  expect(drawSeries([])).toContain("<svg");
});
