/**
 * Plots of lines, as SVG.
 * Owns: axes, grid, lines and labels of a panel, and the picture around several. Does not own: the figures, and what they mean.
 */
export interface Line {
  /** Empty: the line is not named in the picture. */
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  readonly hasDots?: boolean;
}

export interface Panel {
  readonly xTitle: string;
  readonly yTitle: string;
  readonly lines: readonly Line[];
  /** Where the x axis is labelled. */
  readonly xTicks: readonly number[];
  readonly isLogarithmic?: boolean;
  /** The highest y value shown; absent: as high as the lines are. */
  readonly top?: number;
}

const WIDTH = 640;
const HEIGHT = 280;
const MARGIN = { left: 60, right: 20, top: 20, bottom: 45 };
const COLOURS = ["#1565c0", "#c62828", "#2e7d32", "#6a1b9a", "#ef6c00", "#00838f", "#5d4037", "#455a64"];
const LEGEND_STEP = 16;

/** The panels below each other. */
export function drawPanels(panels: readonly Panel[]): string {
  const height = HEIGHT * panels.length;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...panels.flatMap((panel, i) => drawPanel(panel, i * HEIGHT)),
    "</svg>\n",
  ].join("\n");
}

function label(x: number, y: number, anchor: string, content: string, colour = "#000"): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" fill="${colour}">${safe}</text>`;
}

function drawPanel(panel: Panel, offset: number): string[] {
  const scaled = (x: number): number => (panel.isLogarithmic === true ? Math.log10(x) : x);
  const points = panel.lines.flatMap((line) => line.points);
  const xs = [...points.map(([x]) => scaled(x)), ...panel.xTicks.map(scaled)];
  const [first, last] = [Math.min(...xs), Math.max(...xs)];
  const step = stepFor(panel.top ?? Math.max(0, ...points.map(([, y]) => y)));
  const top = step * Math.ceil((panel.top ?? Math.max(step, ...points.map(([, y]) => y))) / step);
  const bottom = offset + HEIGHT - MARGIN.bottom;
  const xAt = (x: number): number =>
    MARGIN.left + ((scaled(x) - first) / (last - first || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const yAt = (y: number): number => bottom - (y / top) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const middle = offset + HEIGHT / 2;
  return [
    ...Array.from({ length: Math.round(top / step) + 1 }, (_, i) => {
      const y = yAt(i * step);
      const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" stroke="#ddd"/>`;
      return line + label(MARGIN.left - 8, y + 4, "end", String(Number((i * step).toPrecision(6))));
    }),
    ...panel.xTicks.map((x) => label(xAt(x), bottom + 18, "middle", x.toLocaleString("en"))),
    label(WIDTH / 2, offset + HEIGHT - 8, "middle", panel.xTitle),
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${panel.yTitle}</text>`,
    ...panel.lines.flatMap((line, i) => drawLine(line, i, offset, xAt, yAt)),
  ];
}

function drawLine(
  { name, points, hasDots }: Line,
  index: number,
  offset: number,
  xAt: (x: number) => number,
  yAt: (y: number) => number,
): string[] {
  const colour = COLOURS[index % COLOURS.length] ?? "#000";
  const places = points.map(([x, y]) => [xAt(x).toFixed(1), yAt(y).toFixed(1)] as const);
  const dots = places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" fill="${colour}"/>`);
  return [
    `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${places.map((place) => place.join(",")).join(" ")}"/>`,
    ...(hasDots === true ? dots : []),
    ...(name === ""
      ? []
      : [
          label(
            WIDTH - MARGIN.right - 4,
            offset + MARGIN.top + 12 + LEGEND_STEP * index,
            "end",
            name,
            colour,
          ),
        ]),
  ];
}

/** 1, 2 or 5 times a power of ten, so that four to ten lines are drawn. */
function stepFor(top: number): number {
  if (!(top > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(top));
  const share = top / power;
  if (share > 5) return power;
  return share > 2 ? power / 2 : power / 5;
}
