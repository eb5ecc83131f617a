/**
 * Plots of lines, as SVG.
 * Owns: axes, grid, lines and their names, colours for light, dark and print, and the picture around several. Does not own: the figures, and what they mean.
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
/** Without the names of the lines. */
const HEIGHT = 280;
const MARGIN = { left: 60, right: 30, top: 20, bottom: 45 };
/** The names stand above the plot, where no line comes. */
const LEGEND = { rowHeight: 18, sampleWidth: 28, gap: 16, characterWidth: 7 };
const DASHES = ["none", "8 3", "2 2", "9 3 2 3"];

interface Ground {
  readonly paper: string;
  readonly ink: string;
  readonly grid: string;
  readonly lines: readonly string[];
}
const LIGHT: Ground = {
  paper: "#fff",
  ink: "#000",
  grid: "#ddd",
  lines: ["#1565c0", "#c62828", "#2e7d32", "#6a1b9a", "#b34700", "#00797f", "#5d4037", "#455a64"],
};
const DARK: Ground = {
  paper: "#15191e",
  ink: "#e6e6e6",
  grid: "#3a434e",
  lines: ["#64b5f6", "#ef8a80", "#81c784", "#ce93d8", "#ffb74d", "#4dd0e1", "#bcaaa4", "#b0bec5"],
};

function rules({ paper, ink, grid, lines }: Ground): string {
  const sorts = lines.map((colour, i) => `.line${i}{stroke:${colour}}.dot${i}{fill:${colour}}`);
  return `.paper{fill:${paper}}text{fill:${ink}}.grid{stroke:${grid}}${sorts.join("")}`;
}

const STYLE = `<style>polyline{fill:none;stroke-width:2}
${LIGHT.lines.map((_, i) => `.line${i}{stroke-dasharray:${DASHES[i % DASHES.length]}}`).join("")}
${rules(LIGHT)}
@media (prefers-color-scheme:dark){${rules(DARK)}}
@media print{${rules(LIGHT)}}</style>`;

/** The panels below each other. */
export function drawPanels(panels: readonly Panel[]): string {
  const legends = panels.map(({ lines }) => legendOf(lines));
  let height = 0;
  const drawn = panels.flatMap((panel, i) => {
    const { entries, rows } = legends[i] as Legend;
    const offset = height;
    height += HEIGHT + rows * LEGEND.rowHeight;
    return [...drawLegend(entries, offset), ...drawPanel(panel, height - HEIGHT)];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    STYLE,
    `<rect width="${WIDTH}" height="${height}" class="paper"/>`,
    ...drawn,
    "</svg>\n",
  ].join("\n");
}

function label(x: number, y: number, anchor: string, content: string): string {
  const safe = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${safe}</text>`;
}

interface LegendEntry {
  readonly name: string;
  readonly sort: number;
  readonly x: number;
  readonly row: number;
}

interface Legend {
  readonly entries: readonly LegendEntry[];
  readonly rows: number;
}

/** As many names in a row as there is room for. */
function legendOf(lines: readonly Line[]): Legend {
  const entries: LegendEntry[] = [];
  let [x, row] = [MARGIN.left, 0];
  for (const [i, { name }] of lines.entries()) {
    if (name === "") continue;
    const width = LEGEND.sampleWidth + LEGEND.characterWidth * name.length;
    if (x > MARGIN.left && x + width > WIDTH) [x, row] = [MARGIN.left, row + 1];
    entries.push({ name, sort: i % LIGHT.lines.length, x, row });
    x += width + LEGEND.gap;
  }
  return { entries, rows: entries.length === 0 ? 0 : row + 1 };
}

function drawLegend(entries: readonly LegendEntry[], offset: number): string[] {
  return entries.map(({ name, sort, x, row }) => {
    const y = offset + LEGEND.rowHeight * (row + 1);
    const sample = `<path class="line${sort}" stroke-width="2" d="M${x} ${y - 4}h${LEGEND.sampleWidth - 6}"/>`;
    return sample + label(x + LEGEND.sampleWidth, y, "start", name);
  });
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
      const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y.toFixed(1)}" y2="${y.toFixed(1)}" class="grid"/>`;
      return line + label(MARGIN.left - 8, y + 4, "end", String(Number((i * step).toPrecision(6))));
    }),
    ...panel.xTicks.map((x) => label(xAt(x), bottom + 18, "middle", x.toLocaleString("en"))),
    label(WIDTH / 2, offset + HEIGHT - 8, "middle", panel.xTitle),
    `<text transform="translate(16 ${middle}) rotate(-90)" text-anchor="middle">${panel.yTitle}</text>`,
    ...panel.lines.flatMap((line, i) => drawLine(line, i % LIGHT.lines.length, xAt, yAt)),
  ];
}

function drawLine(
  { points, hasDots }: Line,
  sort: number,
  xAt: (x: number) => number,
  yAt: (y: number) => number,
): string[] {
  const places = points.map(([x, y]) => [xAt(x).toFixed(1), yAt(y).toFixed(1)] as const);
  const dots = places.map(([x, y]) => `<circle cx="${x}" cy="${y}" r="3" class="dot${sort}"/>`);
  return [
    `<polyline class="line${sort}" points="${places.map((place) => place.join(",")).join(" ")}"/>`,
    ...(hasDots === true ? dots : []),
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
