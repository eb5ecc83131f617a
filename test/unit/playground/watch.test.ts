/** What a view compares a moment with. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Watch } from "../../../playground/src/session/watch.ts";
import { readScenario, ScenarioRun } from "../../../src/sim/index.ts";

const run = (): ScenarioRun =>
  new ScenarioRun(
    readScenario(
      readFileSync(new URL("../../../examples/scenarios/handshake.json", import.meta.url), "utf8"),
    ),
  );

it("compares with the moment before, and takes the same moment down once", () => {
  const watch = new Watch();
  const played = run();
  const first = watch.look(played);
  expect(first.before).toBeUndefined();
  expect(watch.look(played)).toBe(first);
  played.step();
  const second = watch.look(played);
  expect(second.before).toBe(first.now);
  expect(second.now.nowMs).toBe(first.now.nowMs);
  expect(watch.look(played)).toBe(second);
  played.playTo(300);
  expect(watch.look(played).before).toBe(second.now);
});

it("compares nothing with another run, nor across a jump", () => {
  const watch = new Watch();
  const played = run();
  watch.look(played);
  expect(watch.look(run()).before).toBeUndefined();
  watch.look(played);
  watch.forget();
  played.playTo(300);
  expect(watch.look(played)).toMatchObject({ before: undefined, now: { nowMs: 300 } });
});
