/**
 * The plot of the cost of a packet against the number of associations.
 * Owns: an SVG of one line over a logarithmic axis. Does not own: the figures (../scale.ts).
 */
interface Step {
  readonly count: number;
  readonly nsPerPacket: number;
}

const WIDTH = 640;
const HEIGHT = 280;
const MARGIN = { left: 60, right: 20, top: 20, bottom: 45 };

export function drawCost(steps: readonly Step[]): string {
  const counts = steps.map(({ count }) => Math.log10(count));
  const [first, last] = [Math.min(...counts), Math.max(...counts)];
  const topUs = Math.ceil(Math.max(...steps.map(({ nsPerPacket }) => nsPerPacket / 1_000)) + 1);
  const x = (count: number): number =>
    MARGIN.left + ((Math.log10(count) - first) / (last - first)) * (WIDTH - MARGIN.left - MARGIN.right);
  const y = (us: number): number =>
    HEIGHT - MARGIN.bottom - (us / topUs) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const points = steps.map(({ count, nsPerPacket }) => [x(count), y(nsPerPacket / 1_000)] as const);
  const text = (at: readonly [number, number], anchor: string, content: string): string =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
  const grid = Array.from({ length: topUs + 1 }, (_, us) => {
    const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${y(us)}" y2="${y(us)}" stroke="#ddd"/>`;
    return line + text([MARGIN.left - 8, y(us) + 4], "end", String(us));
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...grid,
    ...steps.map(({ count }) =>
      text([x(count), HEIGHT - MARGIN.bottom + 18], "middle", count.toLocaleString("en")),
    ),
    text([WIDTH / 2, HEIGHT - 8], "middle", "associations on one UDP port"),
    `<text transform="translate(16 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">us for a packet</text>`,
    `<polyline fill="none" stroke="#1565c0" stroke-width="2" points="${points.map((point) => point.map((v) => v.toFixed(1)).join(",")).join(" ")}"/>`,
    ...points.map(([cx, cy]) => `<circle cx="${cx.toFixed(1)}" cy="${cy.toFixed(1)}" r="3" fill="#1565c0"/>`),
    "</svg>\n",
  ].join("\n");
}
