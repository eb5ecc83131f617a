/** Snapshots of running scenarios: what is held and why, which timers run, and that taking one changes nothing. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { AssociationSnapshot, Snapshot } from "../../../playground/src/session/snapshot.ts";
import { takeSnapshot } from "../../../playground/src/session/take-snapshot.ts";
import type { TimerName, TraceSink } from "../../../src/core.ts";
import { readScenario, type Scenario, ScenarioRun } from "../../../src/sim/index.ts";

const SCENARIOS = new URL("../../../examples/scenarios/", import.meta.url);
const scenario = (name: string): Scenario =>
  readScenario(JSON.parse(readFileSync(new URL(`${name}.json`, SCENARIOS), "utf8")));

/** The newest association of a host. */
function end({ hosts }: Snapshot, name: string): AssociationSnapshot {
  return hosts.find((host) => host.name === name)!.associations.at(-1)!;
}

/** Snapshots behind every step. */
function* moments(run: ScenarioRun): Generator<Snapshot> {
  for (let i = 0; i < 20_000 && run.step(); i++) yield takeSnapshot(run);
}

it("both ends name each other, and agree on tags, TSNs and ports", () => {
  const run = new ScenarioRun(scenario("handshake"));
  expect(takeSnapshot(run)).toMatchObject({
    nowMs: 0,
    isOver: false,
    hosts: [{ name: "alice", associations: [] }, { name: "bob" }],
  });
  run.playTo(1_000);
  const snapshot = takeSnapshot(run);
  const [alice, bob] = [end(snapshot, "alice"), end(snapshot, "bob")];
  expect([alice.peer, bob.peer]).toEqual(["bob", "alice"]);
  expect([alice.localTag, alice.localPort]).toEqual([bob.peerTag, bob.remotePort]);
  expect(alice.state).toBe("ESTABLISHED");
  expect(alice.tsns.next - 1).toBe(bob.tsns.peerCumulative);
  expect(alice.tsns.cumulativeAckPoint).toBe(alice.tsns.next - 1);
  expect(structuredClone(snapshot)).toEqual(snapshot);
  expect(alice.timers.map(({ name }) => name)).toContain("heartbeat");
  run.play();
  expect(end(takeSnapshot(run), "alice")).toMatchObject({ state: "CLOSED", timers: [] });
});

it("a message behind a lost one is held, and told to stand behind the TSN that is under way again", () => {
  const texts = new Set<string>();
  let held: AssociationSnapshot | undefined;
  const run = new ScenarioRun(scenario("fast-retransmit"));
  for (const snapshot of moments(run)) {
    const bob = snapshot.hosts[1]!.associations.at(-1);
    const stream = bob?.streams.find(({ waitsFor }) => waitsFor !== "");
    if (bob === undefined || stream === undefined) continue;
    held = bob;
    texts.add(stream.waitsFor);
    const alice = end(snapshot, "alice");
    const [tsn] = stream.behindTsns;
    expect(stream.behindTsns).toEqual([bob.tsns.peerCumulative + 1]);
    const missing = alice.outstanding.find((chunk) => chunk.tsn === tsn);
    expect(missing).toMatchObject({ number: stream.nextNumber, streamId: stream.streamId });
    expect(missing!.state).not.toBe("acknowledged");
    expect(stream.heldBytes).toBeGreaterThan(0);
    expect(
      stream.held.every(({ waitsFor, number }) => waitsFor === "order" && number > stream.nextNumber),
    ).toBe(true);
  }
  expect(held).toBeDefined();
  expect([...texts]).toHaveLength(1);
  expect([...texts][0]).toMatch(/^SSN 3 is here and stands behind SSN 2, which TSN \d+ carries$/);
  expect(
    end(takeSnapshot(run), "bob").streams.every(({ waitsFor, held }) => waitsFor === "" && held.length === 0),
  ).toBe(true);
});

it("a timer that is due is the one that expires next", () => {
  const expired: { readonly timer: TimerName; readonly atMs: number; readonly path: string | undefined }[] =
    [];
  const sink: TraceSink = {
    packet() {},
    event(event, atMs) {
      if (event.kind === "timer") expired.push({ timer: event.timer, atMs, path: event.address });
    },
  };
  const run = new ScenarioRun(scenario("timer"), { trace: (host) => (host === "alice" ? sink : undefined) });
  let compared = 0;
  let before: Snapshot | undefined;
  for (const snapshot of moments(run)) {
    const timers = before?.hosts[0]?.associations.at(-1)?.timers ?? [];
    for (const { timer, atMs, path } of expired.splice(0)) {
      expect(
        timers
          .filter((one) => one.name === timer && one.path === path)
          .map(({ dueMs }) => Math.abs(dueMs - atMs) < 20),
      ).toEqual([true]);
      compared++;
    }
    expect(timers.every(({ dueMs }, i) => dueMs >= (timers[i - 1]?.dueMs ?? 0))).toBe(true);
    before = snapshot;
  }
  expect(compared).toBeGreaterThan(0);
});

it("the timers are in order", () => {
  for (const snapshot of moments(new ScenarioRun(scenario("failover"))))
    for (const { timers } of snapshot.hosts.flatMap(({ associations }) => associations)) {
      const due = timers.map(({ dueMs }) => dueMs);
      expect(due).toEqual(due.toSorted((a, b) => a - b));
    }
});

it("fragments that are here stand behind those alone that are not", () => {
  const single = scenario("fast-retransmit");
  const timeline = single.timeline.map((deed) =>
    deed.do === "send" ? { ...deed, bytes: 5_000, count: 2 } : deed,
  );
  let seen = 0;
  for (const snapshot of moments(new ScenarioRun({ ...single, timeline }))) {
    const bob = snapshot.hosts[1]!.associations.at(-1);
    const behindTsns = bob?.streams.flatMap((stream) => stream.behindTsns) ?? [];
    if (behindTsns.length === 0) continue;
    const { outstanding } = end(snapshot, "alice");
    const come = outstanding.filter(({ state }) => state === "acknowledged").map(({ tsn }) => tsn);
    if (come.length > 0) seen++;
    expect(behindTsns.filter((tsn) => come.includes(tsn))).toEqual([]);
  }
  expect(seen).toBeGreaterThan(0);
});

it("what waits to be sent is told by stream, with what is outstanding of it", () => {
  const run = new ScenarioRun(scenario("interleaving"));
  let seen = 0;
  for (const snapshot of moments(run)) {
    for (const { streams, outstanding, status, scheduler } of snapshot.hosts.flatMap(
      ({ associations }) => associations,
    )) {
      const queued = streams.reduce((sum, { queuedBytes }) => sum + queuedBytes, 0);
      const buffered = streams.reduce((sum, { bufferedBytes }) => sum + bufferedBytes, 0);
      expect(queued).toBe(status.pendingBytes);
      expect(buffered - queued).toBe(outstanding.reduce((sum, { payloadBytes }) => sum + payloadBytes, 0));
      if (queued > 0) seen++;
      expect(scheduler).toMatch(/^[a-z-]+$/);
    }
  }
  expect(seen).toBeGreaterThan(0);
});

it("a restarted host has a new end, and the old one stays in the list under its number", () => {
  const run = new ScenarioRun(scenario("restart"));
  run.play();
  for (const { associations } of takeSnapshot(run).hosts)
    expect(associations.map(({ id }) => id)).toEqual(associations.map((_, i) => i + 1));
});

it("of a scenario that is watched all the time every packet is as ever", () => {
  const watched = new ScenarioRun(scenario("lossy"));
  for (const snapshot of moments(watched)) expect(snapshot.nowMs).toBeGreaterThanOrEqual(0);
  const alone = new ScenarioRun(scenario("lossy"));
  alone.play();
  watched.play();
  expect(takeSnapshot(watched)).toEqual(takeSnapshot(alone));
  expect(takeSnapshot(watched).isOver).toBe(true);
});
