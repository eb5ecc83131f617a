/** A seed of the campaign, written as a scenario, gives the same packets. */
import { expect, it } from "vitest";
import { readScenario, ScenarioRun, type SimWorld, writeScenario } from "../../src/sim/index.ts";
import { play, type StepDraft } from "./campaign/play.ts";
import { recorded } from "./campaign/record.ts";
import { scenarioOf } from "./campaign/scenario.ts";

/** With what documents must be able to say: see the last test. */
const SEEDS = [5, 12, 17, 18, 25, 53];

/** The packets of a seed until its network has healed, as it was played when it was drawn. */
function hashUntilHealed(seed: number): string {
  let hash = "";
  const note = ({ do: deed }: StepDraft, world: SimWorld): void => {
    if (deed === "heal") hash = world.traceHash;
  };
  play(scenarioOf(seed), { note });
  return hash;
}

it.each(SEEDS)("seed %i", (seed) => {
  const { document, error } = recorded(seed);
  expect(error).toBeUndefined();
  const run = new ScenarioRun(readScenario(writeScenario(document)));
  while (run.done.every(({ step }) => step.do !== "heal")) expect(run.step()).toBe(true);
  expect(run.world.traceHash).toBe(hashUntilHealed(seed));
  run.play();
  const states = run.hosts.flatMap(({ associations, bootCount }) =>
    associations.filter((user) => user.bootCount === bootCount).map(({ state }) => state),
  );
  expect(new Set(states)).toEqual(new Set(["CLOSED"]));
});

it("covers what the campaign draws: NATs, restarts, moves, resets, keys and numbers near the wrap", () => {
  const drawn = SEEDS.map((seed) => scenarioOf(seed));
  const kinds = new Set<string>(drawn.flatMap(({ actions }) => actions.map(({ action }) => action.kind)));
  const said = [
    ...["restart", "move", "reset", "cut", "pause", "share", "lose-address"].filter(
      (kind) => !kinds.has(kind),
    ),
    ...(drawn.some(({ natAddress }) => natAddress !== undefined) ? [] : ["NAT"]),
    ...(drawn.some(({ tsnsNearWrap }) => tsnsNearWrap) ? [] : ["wrap"]),
    ...(drawn.some(({ collision }) => collision) ? [] : ["collision"]),
    ...(drawn.some(({ clientOptions }) => clientOptions.authentication !== false) ? [] : ["keys"]),
  ];
  expect(said).toEqual([]);
});
