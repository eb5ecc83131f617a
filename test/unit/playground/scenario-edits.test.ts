/** What the forms of the playground change, and where in the scenario it goes. */
import { expect, it } from "vitest";
import {
  isCutAt,
  linkAt,
  optionOf,
  type ScenarioDocument,
  withCut,
  withLink,
  withOption,
} from "../../../playground/src/session/scenario-edits.ts";
import { readScenario, ScenarioRun } from "../../../src/sim/index.ts";

const A = "10.0.0.1";
const B = "10.0.0.2";
const DOCUMENT: ScenarioDocument = {
  hosts: [
    { name: "alice", addresses: [A] },
    { name: "bob", addresses: [B], options: { noDelay: false } },
  ],
  links: [{ between: [A, B], there: { delayMinMs: 20 } }],
  timeline: [
    { atMs: 0, do: "listen", host: "bob", port: 7 } as never,
    { atMs: 0, do: "connect", host: "alice", to: "bob", port: 7 } as never,
  ],
};

it("changes the network itself before anything has happened", () => {
  const both = withLink(DOCUMENT, 0, "both", { lossRate: 0.1 }, 0);
  expect(both.links).toEqual([{ between: [A, B], there: { delayMinMs: 20, lossRate: 0.1 } }]);
  const back = withLink(DOCUMENT, 0, "back", { lossRate: 0.1 }, 0);
  expect(back.links[0]?.back).toEqual({ delayMinMs: 20, lossRate: 0.1 });
  expect(linkAt(back, 0, "there", 0)).toEqual({ delayMinMs: 20 });
  expect(linkAt(back, 0, "back", 0)).toEqual({ delayMinMs: 20, lossRate: 0.1 });
  const there = withLink(DOCUMENT, 0, "there", { lossRate: 0.1 }, 0);
  expect(linkAt(there, 0, "back", 0)).toEqual({ delayMinMs: 20 });
});

it("changes the timeline later, two changes of a moment in one step", () => {
  const once = withLink(DOCUMENT, 0, "both", { lossRate: 0.1 }, 500);
  const twice = withLink(once, 0, "both", { delayMinMs: 5 }, 500);
  expect(twice.timeline.slice(2)).toEqual([
    { atMs: 500.001, do: "adjust", between: [A, B], link: { lossRate: 0.1, delayMinMs: 5 } },
  ]);
  expect(linkAt(twice, 0, "back", 500)).toEqual({ delayMinMs: 5, lossRate: 0.1 });
  expect(linkAt(twice, 0, "back", 499)).toEqual({ delayMinMs: 20 });
  const oneWay = withLink(DOCUMENT, 0, "back", { lossRate: 0.1 }, 500);
  expect(linkAt(oneWay, 0, "there", 600)).toEqual({ delayMinMs: 20 });
  expect(linkAt(oneWay, 0, "back", 600)).toEqual({ delayMinMs: 20, lossRate: 0.1 });
});

it("cuts and mends, and knows which of both came last", () => {
  const cut = withCut(DOCUMENT, 0, true, 500);
  expect([isCutAt(cut, 0, 400), isCutAt(cut, 0, 500)]).toEqual([false, true]);
  expect(withCut(cut, 0, false, 500).timeline.slice(2)).toEqual([
    { atMs: 500.001, do: "mend", between: [A, B] },
  ]);
  const mended = withCut(cut, 0, false, 900);
  expect([isCutAt(mended, 0, 800), isCutAt(mended, 0, 900)]).toEqual([true, false]);
  const atOnce = withCut(DOCUMENT, 0, true, 0);
  expect(atOnce.timeline[0]).toEqual({ atMs: 0, do: "cut", between: [A, B] });
  expect(isCutAt(atOnce, 0, 0)).toBe(true);
});

it("leaves what has happened as it was", () => {
  const untouched = new ScenarioRun(readScenario(DOCUMENT));
  const changed = new ScenarioRun(readScenario(withCut(DOCUMENT, 0, true, 40)));
  for (const run of [untouched, changed]) run.playTo(40);
  expect(changed.world.traceHash).toBe(untouched.world.traceHash);
  for (const run of [untouched, changed]) run.play();
  expect(changed.world.traceHash).not.toBe(untouched.world.traceHash);
});

it("sets an option of one host or of all, and takes it back", () => {
  const all = withOption(DOCUMENT, undefined, "interleaving", true);
  expect(all.hosts.map(({ options }) => options)).toEqual([
    { interleaving: true },
    { noDelay: false, interleaving: true },
  ]);
  const one = withOption(all, "alice", "interleaving", undefined);
  expect([optionOf(one, "alice", "interleaving"), optionOf(one, "bob", "interleaving")]).toEqual([
    undefined,
    true,
  ]);
});
