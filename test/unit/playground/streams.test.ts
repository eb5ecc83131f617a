/** What the playground says of streams, and of what stands behind what. */
import { expect, it } from "vitest";
import { takeSnapshot } from "../../../playground/src/session/take-snapshot.ts";
import {
  type Direction,
  directions,
  directionText,
} from "../../../playground/src/views/streams/stream-lanes.ts";
import { readScenario, ScenarioRun } from "../../../src/sim/index.ts";

/** Two messages on each of three streams, of which the second packet with DATA is lost. */
const plan = (options: object = {}, chunk = "DATA"): ScenarioRun =>
  new ScenarioRun(
    readScenario({
      name: "streams",
      durationMs: 5_000,
      hosts: [
        { name: "alice", addresses: ["10.0.0.1"], options },
        { name: "bob", addresses: ["10.0.0.2"], options },
      ],
      links: [{ between: ["10.0.0.1", "10.0.0.2"], there: { delayMinMs: 40 } }],
      faults: [{ do: "lose", chunk, from: "alice", nth: 2 }],
      timeline: [
        { atMs: 0, do: "listen", host: "bob", port: 7 },
        { atMs: 0, do: "connect", host: "alice", to: "bob", port: 7 },
        ...[4, 5, 6].map((streamId) => ({
          atMs: 500,
          do: "send",
          host: "alice",
          bytes: 1_000,
          count: 2,
          everyMs: 1,
          streamId,
        })),
      ],
    }),
  );

/** The first moment at which something is held up, from alice's side. */
function blocked(run: ScenarioRun): Direction {
  for (let i = 0; i < 1_000 && run.step(); i++) {
    const [there] = directions(takeSnapshot(run));
    if (there?.lanes.some(({ isBlocked }) => isBlocked) === true) return there;
  }
  throw new Error("nothing was held up");
}

it("before there is an association there are no lanes", () => {
  expect(directions(takeSnapshot(plan()))).toEqual([]);
});

it("one stream stands behind a lost chunk, which is marked, and the others do not", () => {
  const there = blocked(plan());
  expect(there).toMatchObject({ from: "alice", to: "bob", scheduler: "fcfs", isInterleaved: false });
  const lane = there.lanes.find(({ isBlocked }) => isBlocked)!;
  expect(there.lanes.filter(({ isBlocked }) => isBlocked)).toHaveLength(1);
  expect(lane.streamId).toBe(5);
  expect(lane.held.map(({ name, kind }) => [name, kind])).toEqual([["SSN 1", "held"]]);
  const awaited = lane.underWay.filter(({ isAwaited }) => isAwaited);
  expect(awaited.map(({ name, tsn }) => [name, tsn])).toEqual([["SSN 0", there.missingTsn]]);
  expect(lane.waitsFor).toBe(`SSN 1 is here and stands behind SSN 0, which TSN ${there.missingTsn} carries`);
  expect(directionText(there)).toBe("Stream 5 is held up; the other 2 are not.");
  for (const { underWay, nextNumber } of there.lanes)
    expect(underWay.map(({ name }) => Number(name.slice(4)) >= nextNumber)).not.toContain(false);
});

it("what is under way, and nobody waits for yet, is not marked", () => {
  const run = plan();
  run.playTo(510);
  const underWay = directions(takeSnapshot(run))[0]!.lanes.flatMap((lane) => lane.underWay);
  expect(underWay.map(({ kind, isAwaited }) => [kind, isAwaited])).toContainEqual(["flying", false]);
  expect(underWay.some(({ isAwaited }) => isAwaited)).toBe(false);
});

it("what has arrived is not under way any more, and after the gap is filled nothing is held up", () => {
  const run = plan();
  run.play();
  const [there, back] = directions(takeSnapshot(run));
  expect(there!.lanes.map(({ streamId, nextNumber }) => [streamId, nextNumber])).toEqual([
    [4, 2],
    [5, 2],
    [6, 2],
  ]);
  expect(there!.lanes.every(({ underWay, held }) => underWay.length === 0 && held.length === 0)).toBe(true);
  expect(directionText(there!)).toBe("Nothing is held up.");
  expect(back).toMatchObject({ from: "bob", to: "alice", lanes: [] });
  expect(directionText(back!)).toBe("Nothing has been sent this way.");
});

it("where messages are interleaved they go by their MIDs", () => {
  const there = blocked(plan({ interleaving: true }, "I-DATA"));
  expect(there.isInterleaved).toBe(true);
  expect(there.lanes.find(({ isBlocked }) => isBlocked)!.held[0]!.name).toBe("MID 1");
});

it("a gap that holds no stream up is told of as such", () => {
  const lane = { ...blocked(plan()).lanes[0]!, isBlocked: false };
  const way = { ...blocked(plan()), lanes: [lane] };
  expect(directionText(way)).toBe(`TSN ${way.missingTsn} is missing, and no stream is held up by it.`);
});
