/** What is played is judged behind it: a breach is told with its time and its host, and found again after going back. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Audit, type Audited } from "../../playground/src/session/audit.ts";
import { Player } from "../../playground/src/session/player.ts";
import { readScenario, type ScenarioRun } from "../../src/sim/index.ts";

const lossy = readScenario(
  readFileSync(new URL("../../examples/scenarios/lossy.json", import.meta.url), "utf8"),
);
const patient = () => true;

it("finds what a stack does wrong, when, and on which host", async () => {
  const id = "outbound-cwnd";
  const faulty: { readonly ScenarioRun: typeof ScenarioRun } = await import(
    /* @vite-ignore */ `virtual:fault/${id}`
  );
  const run = new faulty.ScenarioRun(lossy, { isChecked: false });
  const audit = new Audit((scenario, options) => new faulty.ScenarioRun(scenario, options));
  const shown: Audited = { scenario: lossy, interventions: [], run };
  run.playTo(150);
  audit.follow(shown, patient);
  expect([audit.breach, audit.isBehind(shown)]).toEqual([undefined, false]);
  run.playTo(400);
  expect(audit.isBehind(shown)).toBe(true);
  audit.follow(shown, patient);
  expect(audit.breach?.host).toBe("alice");
  expect(audit.breach?.atMs).toBeGreaterThan(150);
  expect(audit.breach?.atMs).toBeLessThan(400);
  expect(audit.breach?.what).toMatch(/^alice sent new DATA with \d+ bytes in flight and a cwnd of \d+$/);
  expect(audit.isBehind(shown)).toBe(false); // What comes behind a breach is not judged.
});

it("follows a player, a little at a time, and begins anew where a packet is touched", () => {
  const player = new Player(lossy, []);
  const audit = new Audit();
  expect(audit.isBehind(player)).toBe(false);
  player.advance(700, patient);
  let turns = 0;
  for (; audit.isBehind(player); turns++) {
    let events = 0;
    audit.follow(player, () => events++ < 50);
  }
  expect(turns).toBeGreaterThan(2);
  player.stepBack();
  expect(audit.isBehind(player)).toBe(false);
  const [copy] = player.run.packetsUnderWay;
  expect(player.disturb(copy?.id ?? 0, "lost")).toBe(true);
  expect(audit.isBehind(player)).toBe(true);
  player.advance(5_000, patient);
  audit.follow(player, patient);
  expect([audit.breach, audit.isBehind(player)]).toEqual([undefined, false]);
});
