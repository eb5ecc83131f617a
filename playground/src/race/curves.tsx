/**
 * The race as curves: how many pictures are whole, and how much stands behind others, over time.
 * Owns: these drawings. Does not own: the figures (figures.ts), the samples (race-session.ts).
 */
import type { ComponentChildren } from "preact";
import { MANNER_NAMES, MANNERS, type RaceState } from "./race-session.ts";
import { PICTURES } from "./resources.ts";
import type { Manner } from "./transfer.ts";

const [WIDTH, HEIGHT] = [320, 150];
const MARGIN = { left: 34, right: 8, top: 8, bottom: 24 };
const LEAST_MS = 1_000;
const LEAST_KB = 20;

interface Scale {
  x(ms: number): number;
  /** @param share of the axis */
  y(share: number): number;
}

export function Curves({ state }: { readonly state: RaceState | undefined }) {
  const samples = state?.samples ?? [];
  const endMs = Math.max(LEAST_MS, 500 * Math.ceil((state?.nowMs ?? 0) / 500));
  const scale: Scale = {
    x: (ms) => MARGIN.left + ((WIDTH - MARGIN.left - MARGIN.right) * ms) / endMs,
    y: (share) => MARGIN.top + (HEIGHT - MARGIN.top - MARGIN.bottom) * (1 - share),
  };
  const most = Math.max(...samples.flatMap(({ heldBytes }) => MANNERS.map((manner) => heldBytes[manner])), 0);
  const topKb = Math.max(LEAST_KB, 20 * Math.ceil(most / 20_000));
  const heldLine = (manner: Manner): string =>
    path(samples.map(({ ms, heldBytes }) => [scale.x(ms), scale.y(heldBytes[manner] / 1_000 / topKb)]));
  return (
    <div class="curves">
      <Plot title="Whole pictures" endMs={endMs} scale={scale} top={PICTURES.length}>
        {MANNERS.map((manner) => (
          <path
            key={manner}
            class={`curve ${manner}`}
            d={state === undefined ? "" : steps(state, manner, scale)}
          />
        ))}
      </Plot>
      <Plot title="Kilobytes waiting behind others" endMs={endMs} scale={scale} top={topKb}>
        {MANNERS.map((manner) => (
          <path key={manner} class={`curve ${manner}`} d={heldLine(manner)} />
        ))}
      </Plot>
    </div>
  );
}

interface PlotProps {
  readonly title: string;
  readonly endMs: number;
  readonly scale: Scale;
  readonly top: number;
  readonly children: ComponentChildren;
}

function Plot({ title, endMs, scale, top, children }: PlotProps) {
  const times = [0, endMs / 2, endMs];
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        {[0, 0.5, 1].map((share) => (
          <g key={share}>
            <line
              x1={MARGIN.left}
              x2={WIDTH - MARGIN.right}
              y1={scale.y(share)}
              y2={scale.y(share)}
              class="grid"
            />
            <text x={MARGIN.left - 5} y={scale.y(share) + 3.5} text-anchor="end">
              {share * top}
            </text>
          </g>
        ))}
        {times.map((ms, i) => (
          <text
            key={i}
            x={scale.x(ms)}
            y={HEIGHT - 7}
            text-anchor={i === 2 ? "end" : i === 1 ? "middle" : "start"}
          >
            {ms / 1_000} s
          </text>
        ))}
        {children}
      </svg>
      <p class="legend">
        {MANNERS.map((manner) => (
          <span key={manner}>
            <svg class="dash" viewBox="0 0 26 6" aria-hidden="true">
              <path class={`curve ${manner}`} d="M1 3H25" />
            </svg>
            {MANNER_NAMES[manner]}
          </span>
        ))}
      </p>
    </figure>
  );
}

function path(points: ReadonlyArray<readonly [x: number, y: number]>): string {
  return points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

function steps({ sides, nowMs }: RaceState, manner: Manner, scale: Scale): string {
  const y = (count: number): string => scale.y(count / PICTURES.length).toFixed(1);
  const { picturesAtMs } = sides[manner].figures;
  const risen = picturesAtMs.map((ms, i) => `H${scale.x(ms).toFixed(1)}V${y(i + 1)}`).join("");
  return `M${scale.x(0)} ${y(0)}${risen}H${scale.x(nowMs).toFixed(1)}`;
}
