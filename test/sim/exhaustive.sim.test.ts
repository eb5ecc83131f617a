/**
 * Small associations under every pattern of faults in their first packets.
 * More of them: npm run sim -- --exhaustive --fault loss,dup,late.
 */
import { expect, it } from "vitest";
import { type Fate, SimWorld } from "../../src/sim/index.ts";
import { exhaustiveParts, partOf, readPattern } from "./campaign/parts.ts";
import { FAULT_NAMES } from "./exhaustive/scenarios.ts";

const PACKETS = 4;

it.each(exhaustiveParts(FAULT_NAMES))("%s ends well, whichever of the first packets it befalls", (name) => {
  for (let mask = 0; mask < 2 ** PACKETS; mask++) expect(partOf(name)?.play(mask).packets).toBeGreaterThan(0);
});

it("a pattern is read as a failure names it, and nothing else is", () => {
  const [name = ""] = exhaustiveParts(["late"]);
  expect(partOf(name)?.command(0x3f)).toBe(`--replay ${name}/0x3f`);
  expect(readPattern(`${name}/0x3f`)).toEqual({ part: name, mask: 0x3f });
  for (const wrong of [name, `${name}/3f`, `${name}/0x`, "alice-opens/loss/0x1", "networks/0x1"])
    expect(readPattern(wrong)).toBeUndefined();
});

it.each<readonly [fate: Fate, establishedAtMs: number, packets: number]>([
  ["carried", 4, 4],
  ["lost", 1_004, 5],
  ["doubled", 4, 5],
  [{ lateMs: 50 }, 54, 4],
])("an INIT whose fate is %j: both ends are up at %i ms", (fate, establishedAtMs, packets) => {
  const world = new SimWorld({ seed: 1, fate: (number) => (number === 1 ? fate : "carried") });
  const alice = world.host("alice", ["10.0.0.1"]);
  const bob = world.host("bob", ["10.0.0.2"]);
  world.link("10.0.0.1", "10.0.0.2");
  bob.listen(7);
  const user = alice.connect(["10.0.0.2"], 7);
  world.runUntil(() => user.state === "ESTABLISHED", { limitMs: 60_000 });
  expect(Math.floor(world.nowMs)).toBe(establishedAtMs);
  expect(world.packetCount).toBe(packets);
});
