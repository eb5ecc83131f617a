/** What the playground opens from a lesson is the lesson's network, seed and moment. */
import { expect, it } from "vitest";
import { BUGS } from "../../../playground/src/lessons/bugs.ts";
import { LessonRun } from "../../../playground/src/lessons/lesson-run.ts";
import { LESSONS } from "../../../playground/src/lessons/list.ts";
import { momentAddress } from "../../../playground/src/lessons/moment-address.ts";
import { readAddress } from "../../../playground/src/session/address.ts";
import { Player } from "../../../playground/src/session/player.ts";
import { readScenario } from "../../../src/sim/index.ts";

it.each([...LESSONS, ...BUGS].map(({ name, scenario }) => [name, scenario] as const))(
  "carries the network of %s, its seed and the time",
  async (_, own) => {
    const { document, name, seed, atMs, interventions } = await readAddress(
      await momentAddress(own, 643.9571),
    );
    expect(readScenario(document ?? "")).toEqual(readScenario(own));
    expect([name, seed, interventions]).toEqual([undefined, undefined, []]);
    expect(atMs).toBe(643.958);
  },
);

it("opens a moment in which all has happened that the lesson has seen", async () => {
  const lesson = LESSONS.find(({ name }) => name === "gap-reports") ?? LESSONS[0]!;
  const run = new LessonRun(lesson);
  for (let outcome = run.next(); outcome !== undefined; outcome = run.next()) {
    const { packetCount } = run.scene.run.world;
    const { document, atMs } = await readAddress(await momentAddress(lesson.scenario, outcome.atMs));
    const player = new Player(readScenario(document ?? ""), []);
    player.advance(atMs, () => true);
    expect(player.run.nowMs - outcome.atMs).toBeLessThan(0.001_001);
    expect(player.run.world.packetCount).toBeGreaterThanOrEqual(packetCount);
  }
});
