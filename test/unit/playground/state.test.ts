/** What the playground says of states, and of what a step has changed. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Course, followed } from "../../../playground/src/session/courses.ts";
import type { Snapshot } from "../../../playground/src/session/snapshot.ts";
import { takeSnapshot } from "../../../playground/src/session/take-snapshot.ts";
import { type ControlRow, controlGroups } from "../../../playground/src/views/state/control-block.ts";
import {
  courseText,
  TRANSITIONS,
  transitionOf,
  wayBetween,
} from "../../../playground/src/views/state/state-machine.ts";
import { readScenario, ScenarioRun } from "../../../src/sim/index.ts";

const runOf = (name: string): ScenarioRun =>
  new ScenarioRun(
    readScenario(
      JSON.parse(readFileSync(new URL(`../../../examples/scenarios/${name}.json`, import.meta.url), "utf8")),
    ),
  );

/** The states that the hosts of a scenario come by, each as "FROM > TO". */
function course(name: string): {
  readonly seen: string[][];
  readonly courses: readonly Course[];
  readonly texts: string[];
} {
  const run = runOf(name);
  let courses = followed([], run);
  const seen = courses.map((): string[] => []);
  const texts: string[] = [];
  for (let i = 0; i < 20_000 && run.step(); i++) {
    courses = followed(courses, run);
    for (const [host, each] of courses.entries()) {
      const said = `${each.from} > ${each.state}`;
      if (each.id === undefined || seen[host]!.at(-1) === said) continue;
      seen[host]!.push(said);
      texts.push(courseText(each));
    }
  }
  return { seen, courses, texts };
}

describe("the state machine", () => {
  it("is followed from the handshake to the graceful end", () => {
    const { seen, texts } = course("handshake");
    expect(seen[0]).toEqual([
      "CLOSED > COOKIE-WAIT",
      "COOKIE-WAIT > COOKIE-ECHOED",
      "COOKIE-ECHOED > ESTABLISHED",
      "ESTABLISHED > SHUTDOWN-SENT",
      "SHUTDOWN-SENT > CLOSED",
    ]);
    expect(seen[1]![0]).toBe("CLOSED > ESTABLISHED");
    expect(texts.every((text) => /\(RFC 9260 \d[^)]*\)\.$/.test(text))).toBe(true);
  });

  it("knows each transition that the scenarios take", () => {
    const { courses } = course("restart");
    expect(courses.every((each) => each.from === undefined || transitionOf(each) !== undefined)).toBe(true);
    expect(new Set(TRANSITIONS.map(({ from, to }) => `${from} ${to}`)).size).toBe(TRANSITIONS.length);
  });

  it("keeps what an event has left as it was", () => {
    const run = runOf("handshake");
    run.playTo(1_000);
    const early = followed([], run);
    expect(early[0]).toMatchObject({ id: 1, state: "ESTABLISHED", atMs: 1_000 });
    expect(followed(early, run)).toBe(early);
  });

  it("says what else can end an association, or pass several states at once", () => {
    const at = { id: 1, atMs: 0 };
    expect(courseText({ ...at, from: "ESTABLISHED", state: "CLOSED" })).toContain("was aborted");
    expect(courseText({ ...at, from: "CLOSED", state: "SHUTDOWN-SENT" })).toContain("several transitions");
    expect(courseText({ ...at, id: undefined, from: undefined, state: "CLOSED" })).toBe(
      "There is no association.",
    );
  });

  it("finds the way that a step has led over", () => {
    const way = wayBetween(TRANSITIONS, "COOKIE-WAIT", "SHUTDOWN-SENT").map((i) => TRANSITIONS[i]!.to);
    expect(way).toEqual(["ESTABLISHED", "SHUTDOWN-SENT"]);
    expect(wayBetween(TRANSITIONS, undefined, "ESTABLISHED")).toEqual([]);
    expect(wayBetween(TRANSITIONS.slice(0, 2), "ESTABLISHED", "CLOSED")).toEqual([]);
  });
});

describe("control blocks", () => {
  const endsOf = (now: Snapshot, before?: Snapshot) =>
    now.hosts.map(({ associations }, i) => ({
      now: associations.at(-1),
      before: before?.hosts[i]?.associations.at(-1),
    }));
  const rowOf = (rows: readonly ControlRow[], term: string): ControlRow =>
    rows.find((row) => row.term === term)!;

  it("say the same of both ends where they must agree", () => {
    const run = runOf("failover");
    run.playTo(1_000);
    const [association, ...paths] = controlGroups(endsOf(takeSnapshot(run)));
    const { rows } = association!;
    expect(rowOf(rows, "My Verification Tag").cells[0]!.text).toBe(
      rowOf(rows, "Peer Verification Tag").cells[1]!.text,
    );
    expect(rowOf(rows, "State").cells.map((cell) => cell!.text)).toEqual(["ESTABLISHED", "ESTABLISHED"]);
    expect(paths.map(({ name }) => name)).toEqual([
      "Path to 10.0.0.2 / to 10.0.0.1",
      "Path to 10.1.0.2 / to 10.1.0.1",
    ]);
    expect(rowOf(paths[0]!.rows, "state").cells[0]!.text).toBe("active, primary");
    expect(rows.every(({ section, meaning }) => /^RFC 9260 \d/.test(section) && meaning.endsWith("."))).toBe(
      true,
    );
  });

  it("mark what a step has changed, and nothing else", () => {
    const run = runOf("handshake");
    run.playTo(1_000);
    const before = takeSnapshot(run);
    const unmarked = controlGroups(endsOf(before, before)).flatMap(({ rows }) =>
      rows.flatMap(({ cells }) => cells),
    );
    expect(unmarked.every((cell) => cell!.was === undefined)).toBe(true);
    const alice = run.host("alice")!.associations.at(-1)!;
    alice.send(0, new Uint8Array(100));
    const rows = controlGroups(endsOf(takeSnapshot(run), before))[0]!.rows;
    const tsn = rowOf(rows, "Next TSN").cells[0]!;
    expect(Number(tsn.text) - Number(tsn.was)).toBe(1);
    expect(rowOf(rows, "Next TSN").cells[1]!.was).toBeUndefined();
    expect(rowOf(rows, "My Verification Tag").cells[0]!.was).toBeUndefined();
  });

  it("have no cells for an end that has no association", () => {
    const [group, ...paths] = controlGroups([
      { now: undefined, before: undefined },
      { now: undefined, before: undefined },
    ]);
    expect(group!.rows.every(({ cells }) => cells.every((cell) => cell === undefined))).toBe(true);
    expect(paths).toEqual([]);
  });
});
