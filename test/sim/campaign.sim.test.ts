/** A slice of the campaign; all of it: npm run sim -- --seeds 10000. */
import { expect, it } from "vitest";
import { play } from "./campaign/play.ts";
import { scenarioOf } from "./campaign/scenario.ts";

const SEEDS = Array.from({ length: 200 }, (_, i) => i);

it("lives through 200 random networks, and twice the same way through each", () => {
  let delivered = 0;
  for (const seed of SEEDS) {
    const first = play(scenarioOf(seed));
    delivered += first.deliveredMessages;
    expect(play(scenarioOf(seed)).traceHash).toBe(first.traceHash);
  }
  expect(delivered).toBeGreaterThan(20 * SEEDS.length);
});
