/** The scenarios of examples/scenarios show what they claim, and docs/simulation.md lists them. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { TraceEvent } from "../../src/base/trace-sink.ts";
import {
  type EndAccount,
  observeAll,
  readScenario,
  ScenarioAccount,
  ScenarioLadder,
  ScenarioRun,
  writeScenario,
} from "../../src/sim/index.ts";
import type { LadderPacket } from "../../src/trace/drawings/ladder.ts";

const FOLDER = new URL("../../examples/scenarios/", import.meta.url);
const FILES = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ""));

interface Shown {
  readonly run: ScenarioRun;
  readonly account: ScenarioAccount;
  readonly packets: readonly LadderPacket[];
  readonly ends: readonly EndAccount[];
  readonly events: ReadonlyArray<readonly [host: string, atMs: number, event: TraceEvent]>;
}

function scenarioOf(name: string) {
  return readScenario(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
}

function shown(name: string): Shown {
  const scenario = scenarioOf(name);
  const [account, picture] = [new ScenarioAccount(), new ScenarioLadder(scenario)];
  const events: Array<readonly [string, number, TraceEvent]> = [];
  const run = new ScenarioRun(scenario, {
    observer: observeAll(account, picture),
    trace: (host) => {
      const sinks = [account.trace(host), picture.trace(host)];
      return {
        packet() {},
        event(event, nowMs) {
          events.push([host, nowMs, event]);
          for (const sink of sinks) sink.event(event, nowMs);
        },
      };
    },
  });
  run.play();
  expect(run.refused).toEqual([]);
  return { run, account, packets: picture.ladder.packets, ends: account.ends(run), events };
}

const labels = (packets: readonly LadderPacket[]): string[] =>
  packets.map(({ label }) => label.split(" stream")[0] ?? "");
const lost = (packets: readonly LadderPacket[]): string[] =>
  labels(packets.filter(({ arrows }) => arrows.some(({ fate }) => fate === "lost")));
const again = (packets: readonly LadderPacket[]) =>
  packets.filter((packet) => packet.again !== "").map(({ again: why, sentAtMs }) => [why, sentAtMs]);
const graceful = ({ ends }: Shown): void =>
  expect(ends.map(({ closeReason }) => closeReason?.kind)).toEqual(["shutdown", "shutdown"]);

describe("examples/scenarios", () => {
  it("are all read, written as the same, and listed in docs/simulation.md", () => {
    const page = readFileSync(new URL("../../docs/simulation.md", import.meta.url), "utf8");
    expect(FILES.length).toBeGreaterThanOrEqual(12);
    for (const name of FILES) {
      const scenario = scenarioOf(name);
      expect(scenario.about).not.toBe("");
      expect(readScenario(writeScenario(scenario))).toEqual(scenario);
      expect(page).toContain(`| \`${name}.json\` |`);
    }
  });

  it("handshake: four packets set it up, a message goes each way, three end it", () => {
    const all = shown("handshake");
    const names = labels(all.packets);
    expect(names.slice(0, 4)).toEqual(["INIT", "INIT ACK", "COOKIE ECHO", "COOKIE ACK"]);
    expect(names.slice(-3)).toEqual(["SHUTDOWN (up to #1)", "SHUTDOWN ACK", "SHUTDOWN COMPLETE"]);
    expect(all.ends.map(({ sentMessages, receivedMessages }) => [sentMessages, receivedMessages])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    graceful(all);
  });

  it("third-sack: the third SACK was dropped, nothing was sent again", () => {
    const { packets } = shown("third-sack");
    const sacks = packets.filter(({ role }) => role === "ack");
    expect(sacks.map(({ arrows }) => arrows[0]?.fate)).toEqual(["arrived", "arrived", "lost", "arrived"]);
    expect(again(packets)).toEqual([]);
  });

  it("lossy: packets are lost either way, and everything arrives", () => {
    const all = shown("lossy");
    expect(all.account.ways.map(({ lost: by }) => (by.chance ?? 0) > 0)).toEqual([true, true]);
    expect(all.ends[1]?.receivedMessages).toBe(100);
    graceful(all);
  });

  it("fast-retransmit: the third DATA was lost, one fast retransmit filled the gap, no timer expired", () => {
    const all = shown("fast-retransmit");
    expect(lost(all.packets)).toEqual(["DATA #3"]);
    expect(again(all.packets)).toEqual([["fast retransmit", expect.any(Number)]]);
    expect(all.ends[0]).toMatchObject({ retransmittedChunks: 1, fastRetransmits: 1, timeouts: 0 });
    expect(all.ends[1]?.receivedMessages).toBe(10);
    graceful(all);
  });

  it("timer: T3-rtx expires after one second, and then after two", () => {
    const all = shown("timer");
    expect(lost(all.packets)).toEqual(["DATA #1", "DATA #1"]);
    expect(again(all.packets)).toEqual([
      ["timer T3-rtx", 1_500],
      ["timer T3-rtx", 3_500],
    ]);
    expect(all.ends[0]).toMatchObject({ fastRetransmits: 0, timeouts: 2 });
    graceful(all);
  });

  it("failover: messages go on by the second path, and return to the first", () => {
    const all = shown("failover");
    const data = all.packets.filter(({ role, arrows }) => role === "data" && arrows[0]?.fate === "arrived");
    const way = (fromMs: number, toMs: number) => [
      ...new Set(
        data
          .filter(({ sentAtMs }) => sentAtMs > fromMs && sentAtMs < toMs)
          .map(({ destination }) => destination),
      ),
    ];
    expect([way(0, 2_000), way(2_000, 5_000)]).toEqual([["10.0.0.2"], ["10.1.0.2"]]);
    expect(way(9_000, 11_000)).toEqual(["10.0.0.2"]);
    const states = all.events.flatMap(([host, , event]) =>
      host === "alice" && event.kind === "path" && event.address === "10.0.0.2" ? [event.state] : [],
    );
    expect(states.filter((state, i) => state !== states[i - 1])).toEqual([
      "potentially-failed",
      "inactive",
      "active",
    ]);
    expect(all.ends[1]?.receivedMessages).toBe(90);
    graceful(all);
  });

  it("restart: Bob is told that his peer began anew, and has the messages of both lives", () => {
    const { ends } = shown("restart");
    expect(ends.map(({ host, isForgotten }) => [host, isForgotten])).toEqual([
      ["alice", true],
      ["alice", false],
      ["bob", false],
    ]);
    expect(ends[2]?.events).toContain("restarted");
    expect([ends[2]?.receivedMessages, ends[2]?.closeReason?.kind]).toEqual([10, "shutdown"]);
  });

  it("partial-reliability: the second message was lost and given up, the rest arrived", () => {
    const all = shown("partial-reliability");
    expect(lost(all.packets)).toEqual(["DATA #2"]);
    expect(labels(all.packets.filter(({ isGivenUp }) => isGivenUp))).toEqual(["DATA #2"]);
    expect(labels(all.packets)).toContain("FORWARD TSN up to #2");
    expect(again(all.packets)).toEqual([]);
    expect([all.ends[0]?.failedMessages, all.ends[1]?.receivedMessages]).toEqual([1, 7]);
    graceful(all);
  });

  it("stream-reset: the request was repeated, stream 1 began anew at 0, stream 2 went on", () => {
    const all = shown("stream-reset");
    const names = labels(all.packets);
    expect(names.filter((name) => name.startsWith("RE-CONFIG: reset outgoing"))).toHaveLength(2);
    expect(lost(all.packets)[0]).toMatch(/^RE-CONFIG: /);
    expect(all.run.host("alice")?.associations[0]?.performed.has("streams-reset")).toBe(true);
    expect(ssnsOf(all)).toEqual([
      [1, 0],
      [1, 1],
      [1, 2],
      [2, 0],
      [2, 1],
      [1, 0],
      [2, 2],
    ]);
    graceful(all);
  });

  it("interleaving: the small message arrives while the large one is being sent", () => {
    const run = new ScenarioRun(scenarioOf("interleaving"));
    const bob = () => run.host("bob")?.associations[0]?.received;
    while (bob()?.get(1) === undefined) expect(run.step()).toBe(true);
    expect(bob()?.get(0)).toBeUndefined();
    const early = run.nowMs;
    while (bob()?.get(0) === undefined) expect(run.step()).toBe(true);
    expect([early < 700, run.nowMs > 1_000]).toEqual([true, true]);
  });

  it("congestion: the queue overflows, and every loss is mended without a timeout", () => {
    const all = shown("congestion");
    const [there] = all.account.ways;
    expect(there?.lost).toEqual({ "full queue": all.ends[0]?.retransmittedChunks });
    expect(all.ends[0]).toMatchObject({ timeouts: 0, closeReason: { kind: "shutdown" } });
    expect(all.ends[0]?.fastRetransmits).toBeGreaterThan(1);
    expect(all.ends[1]?.receivedMessages).toBe(800);
  });

  it("nat: Bob answers to the new port", () => {
    const all = shown("nat");
    expect(all.run.host("bob")?.associations[0]?.association.path("192.0.2.1").remoteUdpPort).toBe(20_001);
    expect(all.ends.map(({ receivedMessages }) => receivedMessages)).toEqual([1, 6]);
    graceful(all);
  });
});

/** Stream and SSN of each DATA that arrived, in the order of the first arrival. */
function ssnsOf({ run }: Shown): number[][] {
  const seen: number[][] = [];
  const again = new ScenarioRun(run.scenario, {
    observer: {
      onSent() {},
      onLost() {},
      onArrived({ datagram }) {
        const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
        for (let at = 12; at + 16 <= datagram.length; at += Math.ceil(view.getUint16(at + 2) / 4) * 4) {
          if (view.getUint8(at) === 0) seen.push([view.getUint16(at + 8), view.getUint16(at + 10)]);
        }
      },
    },
  });
  again.play();
  return seen;
}

describe("the account", () => {
  it("says what happened to whom, in a few lines", () => {
    const { account, run } = shown("fast-retransmit");
    expect(account.lines(run).slice(3)).toEqual([
      "alice  10 messages sent, 0 received; 1 chunk sent again (1 fast retransmit, 0 timeouts); ended by shutdown at 3040.000 ms",
      "bob    0 messages sent, 10 received; nothing sent again; ended by shutdown at 3060.000 ms",
      "",
      "from      to        packets   bytes  arrived  lost",
      "10.0.0.1  10.0.0.2       15  11,524       14  1 plan",
      "10.0.0.2  10.0.0.1       12     480       12  0",
    ]);
  });

  it("tells of aborts, of peers that fell silent, and of what was refused", () => {
    const scenario = readScenario({
      hosts: ["alice", "bob", "carol"].map((name, i) => ({
        name,
        addresses: [`10.0.0.${i}`],
        options: { maxInitRetransmits: 1 },
      })),
      links: [{ between: ["10.0.0.0", "10.0.0.1"] }],
      timeline: [
        { atMs: 0, do: "listen", host: "bob", port: 7 },
        { atMs: 0, do: "connect", host: "alice", to: "bob", port: 7 },
        { atMs: 0, do: "connect", host: "carol", to: "bob", port: 7 },
        { atMs: 100, do: "abort", host: "bob" },
        { atMs: 200, do: "shutdown", host: "alice" },
      ],
    });
    const account = new ScenarioAccount();
    const run = new ScenarioRun(scenario, { observer: account, trace: (host) => account.trace(host) });
    run.play();
    expect(account.lines(run).slice(2, 5)).toEqual([
      "alice  0 messages sent, 0 received; nothing sent again; aborted by its peer: User-Initiated Abort at 101.000 ms",
      "bob    0 messages sent, 0 received; nothing sent again; aborted by this side: User-Initiated Abort at 100.000 ms",
      "carol  0 messages sent, 0 received; nothing sent again; gave up: no answer during setup at 3000.000 ms",
    ]);
    expect(account.lines(run).at(-1)).toBe('at 200.000 ms "shutdown" was refused: alice has no association');
  });
});
