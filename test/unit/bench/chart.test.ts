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
    [110, 127.5],
    [610, 20],
  ]);
  const [logarithmic] = linesOf(
    drawPanels([{ ...axes, isLogarithmic: true, lines: [{ name: "", points }] }]),
  );
  expect(logarithmic?.map(([x]) => x)).toEqual([60, 335, 610]);
});

it("panels lie below each other, and names are written as they are", () => {
  const panel = { ...axes, lines: [{ name: "a<b & c", points: [[1, 1]] as const, hasDots: true }] };
  const svg = drawPanels([panel, panel]);
  expect(svg).toContain('viewBox="0 0 640 596"');
  expect(svg.match(/a&lt;b &amp; c/g)).toHaveLength(2);
  const [first, second] = linesOf(svg);
  expect((second?.[0]?.[1] ?? 0) - (first?.[0]?.[1] ?? 0)).toBe(298);
  expect(svg.match(/<circle/g)).toHaveLength(2);
});

it("the names of lines stand above the plot, none over another, each with a sample of its line", () => {
  const names = [
    "tcp-cubic",
    "sctpkit-default (flow 1)",
    "sctpkit-default and tcp-cubic",
    "tcp-bbr",
    "a",
    "b",
    "c",
  ];
  const lines = names.map((name) => ({
    name,
    points: [
      [1, 10],
      [100, 10],
    ] as const,
  }));
  const svg = drawPanels([{ ...axes, lines }]);
  const highest = Math.min(
    ...linesOf(svg)
      .flat()
      .map(([, y = 0]) => y),
  );
  const places = names.map((name) => {
    const [, x, y] =
      new RegExp(`<text x="([\\d.]+)" y="([\\d.]+)"[^>]*>${name.replace(/[()]/g, "\\$&")}<`).exec(svg) ?? [];
    return { x: Number(x), y: Number(y), endX: Number(x) + 7 * name.length };
  });
  for (const [i, { x, y, endX }] of places.entries()) {
    expect(y).toBeLessThan(highest - 8);
    expect(endX).toBeLessThanOrEqual(640);
    const next = places[i + 1];
    if (next !== undefined && next.y === y) expect(next.x - 28).toBeGreaterThan(endX);
    expect(svg).toContain(`<path class="line${i}" stroke-width="2" d="M${x - 28} ${y - 4}h22"/>`);
  }
  expect(new Set(places.map(({ y }) => y)).size).toBeGreaterThan(1);
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
    seconds: 12,
    trials: [trial(cell, side)],
    errors: [],
  });
  const svg = drawSeries([row("a", "one"), row("b", "two"), row("a", "three")]);
  expect(linesOf(svg).map((line) => line.length)).toEqual([2, 2, 1, 1, 1, 1, 1, 1]);
  expect(svg).toContain(">three<");
  expect(svg).not.toContain(">two<");
  expect(drawSeries([])).toContain("<svg");
});
