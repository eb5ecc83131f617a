/**
 * One plot of lines over virtual time, drawn by uPlot.
 * Owns: the canvas, its colours by the page's tokens, its size, marks of losses, the cursor. Does not own: the numbers (plot-data.ts),
 * what is said beside it (plots-view.tsx).
 */
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { LossMark, PathSample } from "../../session/series-recorder.ts";
import { columnsOf, type PlotKind, topOf } from "./plot-data.ts";

interface LinePlotProps {
  readonly kind: PlotKind;
  readonly samples: readonly PathSample[];
  readonly losses: readonly LossMark[];
  readonly nowMs: number;
  /** Where the cursor of all plots stands; undefined: nowhere. */
  readonly cursorMs: number | undefined;
  readonly onCursor: (ms: number | undefined) => void;
}

const HEIGHT_PX = 190;

export function LinePlot(props: LinePlotProps): JSX.Element {
  const { kind, samples, nowMs, cursorMs } = props;
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const look = useLook();

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const made = new uPlot(
      optionsOf(kind, colourOf(element), element.clientWidth, () => latest.current),
      [[]],
      element,
    );
    plot.current = made;
    const observer = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT_PX }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [kind, look]);

  useEffect(() => {
    plot.current?.setData(columnsOf(kind, samples, nowMs) as uPlot.AlignedData);
  }, [kind, samples, nowMs, look]);

  useEffect(() => {
    const left = cursorMs === undefined ? -10 : (plot.current?.valToPos(cursorMs, "x") ?? -10);
    plot.current?.setCursor({ left, top: left < 0 ? -10 : 1 }, false);
  }, [cursorMs, samples, look]);

  return <div class="plot-canvas" aria-hidden="true" ref={box} />;
}

/** Changes whenever the page's colours do. */
function useLook(): number {
  const [look, setLook] = useState(0);
  useEffect(() => {
    const change = (): void => setLook((before) => before + 1);
    const scheme = matchMedia("(prefers-color-scheme: dark)");
    const observer = new MutationObserver(change);
    scheme.addEventListener("change", change);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      scheme.removeEventListener("change", change);
      observer.disconnect();
    };
  }, []);
  return look;
}

/** A canvas knows no tokens: what one comes to on the page is asked of an element. */
function colourOf(element: HTMLElement): (token: string) => string {
  return (token) => {
    const probe = document.createElement("span");
    probe.style.color = `var(${token})`;
    element.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

const DASHES = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

function optionsOf(
  kind: PlotKind,
  colour: (token: string) => string,
  width: number,
  latest: () => LinePlotProps,
): uPlot.Options {
  const [ink, rule, alarm] = [colour("--faint"), colour("--rule"), colour("--alarm")];
  const axis = { stroke: ink, grid: { stroke: rule, width: 1 }, ticks: { stroke: rule, width: 1 } };
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    width,
    height: HEIGHT_PX,
    legend: { show: false },
    padding: [14, 18, 0, 0], // The last label of the time stands half beside the plot.
    scales: {
      x: { time: false, range: () => [0, Math.max(1, latest().nowMs)] },
      y: { range: () => [0, topOf(kind, latest().samples)] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        values: (_, splits) => splits.map((ms) => `${Number((ms / 1_000).toFixed(3))} s`),
      },
      { ...axis, size: 66, values: (_, splits) => splits.map((value) => shortText(value, kind.unit)) },
    ],
    series: [
      {},
      ...kind.lines.map(({ name, style }) => ({
        label: name,
        stroke: colour(`--line-${style}`),
        width: 2,
        dash: DASHES[style] ?? [],
        points: { show: false },
        ...(stepped === undefined ? {} : { paths: stepped }),
      })),
    ],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    hooks: {
      draw: [(plot) => drawLosses(plot, latest().losses, alarm)],
      setCursor: [
        (plot) => {
          const { left = -1 } = plot.cursor;
          latest().onCursor(left < 0 ? undefined : plot.posToVal(left, "x"));
        },
      ],
    },
  };
}

/** A dashed line through the plot, with a cross above it for a fast retransmit, and a T for a timeout. */
function drawLosses(plot: uPlot, losses: readonly LossMark[], colour: string): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = ratio;
  ctx.font = `bold ${11 * ratio}px system-ui, sans-serif`;
  ctx.textAlign = "center";
  for (const { atMs, by } of losses) {
    const x = Math.round(plot.valToPos(atMs, "x", true));
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(by === "timeout" ? "T" : "×", x, bbox.top - 3 * ratio);
  }
  ctx.restore();
}

function shortText(value: number, unit: "B" | "ms"): string {
  if (unit === "ms") return `${value} ms`;
  return value >= 1_000 ? `${Number((value / 1_000).toFixed(1))} kB` : `${value} B`;
}
