/** What the traces of simulated hosts tell: of packets, and of losses. */
import { describe, expect, it } from "vitest";
import type { TraceSink } from "../../src/base/trace-sink.ts";
import { type ChunkName, SimWorld } from "../../src/sim/index.ts";
import { SequenceDiagram } from "../../src/trace/drawings/sequence-diagram.ts";
import { EventLog } from "../../src/trace/event-log.ts";
import { fanOut } from "../../src/trace/fan-out.ts";
import { ALICE, BOB, type Net, net, up } from "./traced-hosts.ts";

function diagram(): { readonly lines: string[]; readonly trace: SequenceDiagram } {
  const lines: string[] = [];
  const names = { localName: "alice", remoteName: "bob", widthColumns: 72 };
  return { lines, trace: new SequenceDiagram((line) => lines.push(line), names) };
}

describe("the trace of a host", () => {
  it("draws each packet once, an INIT on its way from alice to bob, and calls both by their names [C1]", () => {
    const { lines, trace } = diagram();
    const bench = net(trace);
    up(bench).shutdown();
    bench.world.run(1_000);
    expect(lines).toEqual([
      "time (ms)  alice                                                     bob",
      "           10.0.0.1:9899                                   10.0.0.2:9899",
      expect.stringMatching(/alice goes from CLOSED to COOKIE-WAIT/),
      expect.stringMatching(/^ +0\.000 │── INIT ─+►│$/),
      expect.stringMatching(/^ +20\.000 │◄─ INIT ACK ─+│$/),
      expect.stringMatching(/^ +20\.000 │ +\* alice goes from COOKIE-WAIT to COOKIE-ECHOED +│$/),
      expect.stringMatching(/^ +20\.000 │── COOKIE ECHO ─+►│$/),
      expect.stringMatching(/^ +40\.000 │◄─ COOKIE ACK ─+│$/),
      expect.stringMatching(/alice goes from COOKIE-ECHOED to ESTABLISHED/),
      expect.stringMatching(/alice goes from ESTABLISHED to SHUTDOWN-PENDING/),
      expect.stringMatching(/alice goes from SHUTDOWN-PENDING to SHUTDOWN-SENT/),
      expect.stringMatching(/── SHUTDOWN \(up to #0\) ─+►│$/),
      expect.stringMatching(/◄─ SHUTDOWN ACK ─+│$/),
      expect.stringMatching(/alice goes from SHUTDOWN-SENT to CLOSED/),
      expect.stringMatching(/── SHUTDOWN COMPLETE ─+►│$/),
    ]);
  });

  it("leaves a host without one unwatched, and lets two hosts have two [C1]", () => {
    const seen: Record<string, string[]> = { alice: [], bob: [] };
    const log = (name: string): TraceSink =>
      new EventLog((line) => seen[name]?.push(JSON.parse(line).direction), { kinds: new Set(["packet"]) });
    const world = new SimWorld({ seed: 1 });
    const alice = world.host("alice", [ALICE], { trace: log("alice") });
    const bob = world.host("bob", [BOB], { trace: log("bob") });
    world.host("carol", ["10.0.0.3"]);
    world.link(ALICE, BOB);
    bob.listen(7);
    up({ world, alice, bob });
    expect(seen).toEqual({
      alice: ["sent", "received", "sent", "received"],
      bob: ["received", "sent", "received", "sent"],
    });
  });

  it("draws lost packets as lost, whoever sent them, each once [C1]", () => {
    const { lines, trace } = diagram();
    const bench = net(trace);
    const association = up(bench);
    bench.world.lose("DATA");
    bench.world.lose("SACK");
    const from = lines.length;
    association.send(0, new Uint8Array(10));
    bench.world.run(10_000);
    expect(lines.slice(from).filter((line) => /─ (?:DATA|SACK) /.test(line))).toEqual([
      expect.stringMatching(/│── DATA #1 stream 0, 10 bytes ─+✕ lost │$/),
      expect.stringMatching(/│── DATA #1 stream 0, 10 bytes ─+►│$/),
      expect.stringMatching(/│ lost ✕─ SACK up to #1 ─+│$/),
      expect.stringMatching(/│── DATA #1 stream 0, 10 bytes ─+►│$/),
      expect.stringMatching(/│◄─ SACK up to #1 ─+│$/),
    ]);
    expect(new Set(lines.slice(2).map((line) => line.length))).toEqual(new Set([72]));
  });

  it("gives lost packets to sinks that do not ask for them as the stack sent them [C1]", () => {
    const lines: { direction: string; chunks: string[]; lost?: true }[] = [];
    const plain: string[] = [];
    const log = new EventLog((line) => lines.push(JSON.parse(line)), { kinds: new Set(["packet"]) });
    const counter: TraceSink = { packet: (direction) => void plain.push(direction), event() {} };
    const bench = net(fanOut(log, counter));
    up(bench);
    bench.world.lose("DATA");
    bench.world.lose("SACK");
    lines.length = plain.length = 0;
    bench.alice.associations[0]?.send(0, new Uint8Array(10));
    bench.world.run(10_000);
    expect(lines.map(({ direction, chunks, lost = false }) => [direction, chunks.join(), lost])).toEqual([
      ["sent", "DATA", true],
      ["sent", "DATA", false],
      ["received", "SACK", true],
      ["sent", "DATA", false],
      ["received", "SACK", false],
    ]);
    expect(plain).toEqual(["sent", "sent", "sent", "received"]);
  });
});

describe("losses by plan", () => {
  /** Which of bob's first SACKs arrive at alice. */
  function sacksHeard(plan: (world: SimWorld, bench: Net) => void): string {
    let heard = "";
    const log = new EventLog(
      (line) => {
        const { direction, chunks, lost } = JSON.parse(line);
        if (direction === "received" && chunks.includes("SACK")) heard += lost === true ? "x" : ".";
      },
      { kinds: new Set(["packet"]) },
    );
    const bench = net(log);
    const association = up(bench);
    plan(bench.world, bench);
    for (let i = 0; i < 6; i++) {
      bench.world.at(bench.world.nowMs + 500 * i, () => association.send(0, new Uint8Array(10)));
    }
    bench.world.run(2_900);
    return heard;
  }

  it("take one line for the third SACK [C12]", () => {
    expect(sacksHeard((world) => world.lose("SACK", { nth: 3 }))).toMatch(/^\.\.x\.+$/);
  });

  it("take so many in a row, of one sender, and several plans at once [C12]", () => {
    expect(sacksHeard((world) => world.lose("SACK", { nth: 2, count: 2 }))).toMatch(/^\.xx\.+$/);
    expect(sacksHeard((world, { alice }) => world.lose("SACK", { from: alice }))).toMatch(/^\.{6}$/);
    expect(sacksHeard((world, { bob }) => world.lose("SACK", { from: bob }))).toMatch(/^x\.+$/);
    const two = (world: SimWorld): void => {
      world.lose("SACK");
      world.lose("SACK", { nth: 3 });
    };
    expect(sacksHeard(two)).toMatch(/^x\.x\.+$/);
  });

  it.each<[chunk: string, which: { nth?: number; count?: number }]>([
    ["SAKC", {}],
    ["SACK", { nth: 0 }],
    ["SACK", { nth: 1.5 }],
    ["SACK", { count: 0 }],
  ])("of %s %j are refused [C12]", (chunk, which) => {
    expect(() => new SimWorld({ seed: 1 }).lose(chunk as ChunkName, which)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_ARGUMENT" }),
    );
  });
});
