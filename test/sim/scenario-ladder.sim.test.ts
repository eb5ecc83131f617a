/** The ladder of a scenario has every packet as the network carried it. */
import { expect, it } from "vitest";
import { readScenario, ScenarioLadder, ScenarioRun } from "../../src/sim/index.ts";
import type { LadderPacket } from "../../src/trace/drawings/ladder.ts";

const HOSTS = [
  { name: "alice", addresses: ["10.0.0.1"] },
  { name: "bob", addresses: ["10.0.0.2"] },
  { name: "carol", addresses: ["10.0.0.3"] },
];
const TIMELINE = [
  { atMs: 0, do: "listen", host: "bob", port: 7 },
  { atMs: 0, do: "connect", host: "alice", to: "bob", port: 7 },
  { atMs: 500, do: "send", host: "alice", bytes: 9 },
];

function watched(more: object = {}): { readonly run: ScenarioRun; readonly picture: ScenarioLadder } {
  const links = [{ between: ["10.0.0.1", "10.0.0.2"], there: { delayMinMs: 20 } }];
  const scenario = readScenario({ hosts: HOSTS, links, timeline: TIMELINE, ...more });
  const picture = new ScenarioLadder(scenario);
  const trace = (host: string) => picture.trace(host);
  return { run: new ScenarioRun(scenario, { observer: picture, trace }), picture };
}

const fates = ({ arrows }: LadderPacket): unknown[] =>
  arrows.map(({ fate, arrivesAtMs, lostBy, isDamaged }) => [fate, arrivesAtMs ?? lostBy, isDamaged]);
const dataOf = ({ ladder }: ScenarioLadder): LadderPacket[] =>
  ladder.packets.filter(({ role }) => role === "data");

it("knows from where to where each packet went, and when it arrived", () => {
  const { run, picture } = watched();
  run.play();
  expect(picture.ladder.lanes).toEqual(["alice", "bob", "carol"]);
  const first = picture.ladder.packets.slice(0, 2);
  expect(first.map(({ from, to, label, destination }) => [from, to, label, destination])).toEqual([
    [0, 1, "INIT", "10.0.0.2"],
    [1, 0, "INIT ACK", "10.0.0.1"],
  ]);
  expect(first.flatMap(fates)).toEqual([
    ["arrived", 20, false],
    ["arrived", 40, false],
  ]);
  expect(picture.ladder.notes[0]).toMatchObject({ lane: 0, kind: "state", brief: "COOKIE-WAIT" });
});

it("knows what is under way, and what becomes of a packet that somebody reaches for", () => {
  const { run, picture } = watched();
  run.playTo(510);
  expect(dataOf(picture).map(fates)).toEqual([[["under way", 520, false]]]);
  const [copy] = run.packetsUnderWay;
  run.disturb(copy?.id ?? 0, { lateMs: 15 });
  picture.mark(run.packetsUnderWay);
  expect(dataOf(picture).map(fates)).toEqual([[["under way", 535, false]]]);
  run.disturb(copy?.id ?? 0, "doubled");
  run.disturb(copy?.id ?? 0, "corrupted");
  run.playTo(600);
  expect(dataOf(picture).map(fates)).toEqual([
    [
      ["arrived", 535, true],
      ["arrived", 535, false],
    ],
  ]);
});

it("draws a loss as one, whether the network knew of it at once or later", () => {
  const { run, picture } = watched({ faults: [{ do: "lose", chunk: "DATA" }], durationMs: 20_000 });
  run.playTo(785);
  run.disturb(run.packetsUnderWay[0]?.id ?? 0, "lost");
  run.play();
  expect(dataOf(picture).map((packet) => [packet.again, ...fates(packet)])).toEqual([
    ["", ["lost", "plan", false]],
    ["tail loss probe", ["lost", "plan", false]],
    ["timer T3-rtx", ["arrived", 1_800, false]],
  ]);
});

it("draws what nobody is there for towards the neighbour", () => {
  const { run, picture } = watched({
    timeline: [
      { atMs: 0, do: "connect", host: "carol", to: ["10.9.9.9"], port: 7 },
      { atMs: 1, do: "add-address", host: "bob", address: "10.9.9.9" },
    ],
    durationMs: 500,
  });
  run.play();
  expect(picture.ladder.packets.map(({ from, to, arrows }) => [from, to, arrows[0]?.lostBy])).toEqual([
    [2, 1, "no link"],
  ]);
});
