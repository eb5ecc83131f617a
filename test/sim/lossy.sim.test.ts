/**
 * A few seeds of the campaign's lossy link; more of them: npm run sim -- --part lossy --seeds 5000.
 * Replay one: npm run sim -- --part lossy --seed 17, or SIM_SEED=17 npx vitest run test/sim/lossy.
 */
import { expect, it } from "vitest";
import { playLossyTwice } from "./campaign/lossy.ts";

const pinned = process.env["SIM_SEED"];
const COUNT = Number(process.env["SIM_SEEDS"] ?? 20);
const SEEDS = pinned === undefined ? Array.from({ length: COUNT }, (_, i) => i) : [Number(pinned)];

it.each(SEEDS)("delivers everything exactly once and in order, and the same way twice, seed %i", (seed) => {
  expect(playLossyTwice(seed).packets).toBeGreaterThan(0);
});
