/**
 * The plot of the cost of a packet against the number of associations.
 * Owns: what stands on which axis. Does not own: drawing it (../runner/chart.ts), the figures (../scale.ts).
 */
import { drawPanels } from "../runner/chart.ts";

interface Step {
  readonly count: number;
  readonly nsPerPacket: number;
}

export function drawCost(steps: readonly Step[]): string {
  const points = steps.map(({ count, nsPerPacket }) => [count, nsPerPacket / 1_000] as const);
  return drawPanels([
    {
      xTitle: "associations on one UDP port",
      yTitle: "us for a packet",
      lines: [{ name: "", points, hasDots: true }],
      xTicks: steps.map(({ count }) => count),
      isLogarithmic: true,
      top: Math.ceil(Math.max(...points.map(([, us]) => us)) + 1),
    },
  ]);
}
