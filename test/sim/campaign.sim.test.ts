/** A slice of the campaign; all of it: npm run sim -- --seeds 10000. */
import { expect, it } from "vitest";
import { play } from "./campaign/play.ts";
import { scenarioOf } from "./campaign/scenario.ts";

const SEEDS_PER_TEST = 25;
const FIRST_SEEDS = Array.from({ length: 8 }, (_, i) => i * SEEDS_PER_TEST);

it.each(FIRST_SEEDS)("lives through 25 random networks from seed %i on, and twice the same way", (first) => {
  let delivered = 0;
  for (let seed = first; seed < first + SEEDS_PER_TEST; seed++) {
    const played = play(scenarioOf(seed));
    delivered += played.deliveredMessages;
    expect(play(scenarioOf(seed)).traceHash, `seed ${seed} gives other packets when played again`).toBe(
      played.traceHash,
    );
  }
  expect(delivered).toBeGreaterThan(20 * SEEDS_PER_TEST);
});
