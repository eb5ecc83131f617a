/**
 * Windows and round trips of paths over time, as SVG.
 * Owns: the panels, their axes, lines that can be told apart without colour. Does not own: the history (path-history.ts), colours
 * (svg.ts).
 */
import { checkOptions, isNumeric, isText, type OptionNames } from "../../base/option-check.ts";
import { grouped } from "../labels.ts";
import type { PathSeries } from "./path-history.ts";
import { element, line, picture, rounded, textAt } from "./svg.ts";

/** A path, and whose it is. */
export interface PlottedPath extends PathSeries {
  /** Stands above its panels. */
  readonly name: string;
}

export interface PathPlotOptions {
  /** What is read out in place of the picture. Default "Windows and round trips of each path". */
  readonly title?: string;
  /** The end of the time axis, in ms. Default: the last sample. */
  readonly toMs?: number;
  /** Begins the ids in the document: of two pictures in one page each needs another. Default "plot". */
  readonly idPrefix?: string;
  /** Of the whole picture, in px. 320 to 4,000, default 840. */
  readonly width?: number;
}

const NAMES: OptionNames<PathPlotOptions> = {
  of: "pathPlotSvg()",
  see: "PathPlotOptions",
  kinds: { title: isText, toMs: isNumeric, idPrefix: isText, width: isNumeric },
};

const WIDTH = { least: 320, usual: 840, most: 4_000 };
const LEFT = 76;
/** The last label of the time axis stands half beside the plot. */
const RIGHT = 24;
const PANEL_HEIGHT = 150;
const GAP = 38;
const HEADING = 30;
/** The names of the curves stand above them, where no curve comes. */
const LEGEND = 22;
/** From the name of one curve to that of the next. */
const LEGEND_STEP = 88;
/** On a narrower plot the time axis has fewer labels. */
const ROOMY = 400;
/** ssthresh begins as high as the peer's window: it is cut off so far above what else is drawn. */
const HEADROOM = 1.15;

interface Curve {
  readonly name: string;
  readonly sort: number;
  /** Dots for single measurements; otherwise a value stays until the next one. */
  readonly isDots: boolean;
  /** Whether the axis is made for it. */
  readonly isScaled: boolean;
  readonly points: ReadonlyArray<readonly [atMs: number, value: number]>;
}

/** The document, well-formed XML; paths that nothing is known of are left out. @throws SctpError ERR_SCTP_INVALID_OPTION */
export function pathPlotSvg(paths: readonly PlottedPath[], asked: PathPlotOptions = {}): string {
  const {
    title = "Windows and round trips of each path",
    toMs,
    idPrefix = "plot",
    width: askedWidth = WIDTH.usual,
  } = checkOptions(asked, NAMES);
  const shown = paths.filter(({ windows, roundTrips }) => windows.length + roundTrips.length > 0);
  const last = shown.flatMap(({ windows, roundTrips }) => [
    windows.at(-1)?.atMs ?? 0,
    roundTrips.at(-1)?.atMs ?? 0,
  ]);
  const endMs = Math.max(toMs ?? 0, ...last, 1);
  const width = Math.min(WIDTH.most, Math.max(WIDTH.least, askedWidth));
  const body: string[] = [];
  let y = 10;
  for (const path of shown) {
    body.push(textAt(LEFT, y + 18, path.name, { class: "name" }));
    y += HEADING;
    for (const [unit, curves] of panelsOf(path).filter(([, all]) =>
      all.some(({ points }) => points.length > 0),
    )) {
      body.push(panel(y + LEGEND, width - LEFT - RIGHT, endMs, unit, curves));
      y += LEGEND + PANEL_HEIGHT + GAP;
    }
  }
  if (shown.length === 0) body.push(textAt(LEFT, y + 18, "No path has sent anything."));
  const description =
    shown.length === 0
      ? "Nothing is known of any path."
      : `cwnd, ssthresh and bytes in flight, and below them round trips, SRTT and RTO, of ${shown.map(({ name }) => name).join("; ")}.`;
  const height = Math.max(y, 60);
  return picture({ width, height, title, description, idPrefix }, body);
}

function panelsOf({
  windows,
  roundTrips,
}: PathSeries): ReadonlyArray<readonly [unit: string, curves: readonly Curve[]]> {
  const curve = <T extends { readonly atMs: number }>(
    name: string,
    sort: number,
    samples: readonly T[],
    value: (sample: T) => number,
    more: Partial<Curve> = {},
  ): Curve => ({
    name,
    sort,
    isDots: false,
    isScaled: true,
    points: samples.map((sample) => [sample.atMs, value(sample)] as const),
    ...more,
  });
  return [
    [
      "bytes",
      [
        curve("cwnd", 0, windows, ({ cwndBytes }) => cwndBytes),
        curve("ssthresh", 1, windows, ({ ssthreshBytes }) => ssthreshBytes, { isScaled: false }),
        curve("in flight", 2, windows, ({ flightBytes }) => flightBytes),
      ],
    ],
    [
      "ms",
      [
        curve("round trip", 2, roundTrips, ({ sampleMs }) => sampleMs, { isDots: true }),
        curve("SRTT", 0, roundTrips, ({ srttMs }) => srttMs),
        curve("RTO", 1, roundTrips, ({ rtoMs }) => rtoMs),
      ],
    ],
  ];
}

function panel(top: number, width: number, endMs: number, unit: string, curves: readonly Curve[]): string {
  const values = curves
    .filter(({ isScaled }) => isScaled)
    .flatMap(({ points }) => points.map(([, value]) => value));
  // Math.max of so many arguments would be too many.
  const most = tidy(values.reduce((max, value) => Math.max(max, value), 1) * HEADROOM);
  const bottom = top + PANEL_HEIGHT;
  const x = (atMs: number): number => LEFT + (atMs / endMs) * width;
  const y = (value: number): number => bottom - (Math.min(value, most) / most) * PANEL_HEIGHT;
  const small = { class: "small faint", "text-anchor": "end" };
  const axes = [
    element("path", {
      class: "rule",
      d: `M${LEFT} ${rounded(top)}V${rounded(bottom)}H${rounded(LEFT + width)}`,
    }),
    ...[0, 0.5, 1].map((share) =>
      textAt(LEFT - 8, y(most * share) + 4, grouped(Math.round(most * share)), small),
    ),
    textAt(LEFT - 8, y(most * 0.75) + 4, unit, small),
    ...(width < ROOMY ? [0, 0.5, 1] : [0, 0.25, 0.5, 0.75, 1]).map((share) =>
      textAt(x(endMs * share), bottom + 15, `${rounded((endMs * share) / 1_000)} s`, {
        class: "small faint",
        "text-anchor": "middle",
      }),
    ),
  ];
  const drawn = curves.map((curve) => (curve.isDots ? dots(curve, x, y) : steps(curve, x, y, x(endMs))));
  const named = curves.filter(({ points }) => points.length > 0);
  const names = named.flatMap(({ name, sort, isDots }, i) => {
    const at = top - 8;
    const [from, to] = [LEFT + LEGEND_STEP * i, LEFT + LEGEND_STEP * i + 20];
    const sample = isDots
      ? element("circle", { class: `fill${sort}`, cx: (from + to) / 2, cy: at - 4, r: 2.5 })
      : line(from, at - 4, to, at - 4, `line line${sort}`);
    return [sample, textAt(to + 5, at, name, { class: "small" })];
  });
  return element("g", {}, ...axes, ...drawn, ...names);
}

type Place = (value: number) => number;

/** A value stays until the next; of many within a pixel the extremes are kept. */
function steps({ points, sort }: Curve, x: Place, y: Place, endX: number): string {
  const [first] = points;
  if (first === undefined) return "";
  let d = `M${rounded(x(first[0]))} ${rounded(y(first[1]))}`;
  let [column, low, high] = [Number.NaN, 0, 0];
  for (const [atMs, value] of points) {
    const [px, py] = [Math.round(x(atMs)), y(value)];
    if (px !== column) [column, low, high] = [px, py, py];
    else if (py >= low && py <= high) continue;
    [low, high] = [Math.min(low, py), Math.max(high, py)];
    d += `H${rounded(x(atMs))}V${rounded(py)}`;
  }
  return element("path", { class: `line line${sort}`, d: `${d}H${rounded(endX)}` });
}

function dots({ points, sort }: Curve, x: Place, y: Place): string {
  const seen = new Set<string>();
  return points
    .map(([atMs, value]) => {
      const place = `${Math.round(x(atMs))} ${Math.round(y(value))}`;
      if (seen.has(place)) return "";
      seen.add(place);
      return element("circle", { class: `fill${sort}`, cx: x(atMs), cy: y(value), r: 1.6 });
    })
    .join("");
}

/** The next number above that has one or two digits and noughts. */
function tidy(value: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(value / power) * power;
}
