import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { TraceEvent } from "../../../src/base/trace-sink.ts";
import type { Chunk } from "../../../src/chunks/chunk.ts";
import { Ladder, type LadderArrow, type LadderSending } from "../../../src/trace/drawings/ladder.ts";
import { LadderScale } from "../../../src/trace/drawings/ladder-scale.ts";
import { ladderSvg } from "../../../src/trace/drawings/ladder-svg.ts";
import { ladderText } from "../../../src/trace/drawings/ladder-text.ts";
import { LadderTrace } from "../../../src/trace/drawings/ladder-trace.ts";
import * as talk from "./conversation.ts";
import { textsOf, xmlFaults } from "./well-formed.ts";

type Sack = Extract<Chunk, { readonly kind: "SACK" }>;
const A = 0;
const B = 1;
const TSN = talk.CLIENT_TSN;
const arrived = (arrivesAtMs: number, isDamaged = false): LadderArrow => ({
  fate: "arrived",
  arrivesAtMs,
  lostBy: "",
  isDamaged,
});
const SENDING = { from: A, to: B, source: "10.0.0.1", destination: "10.0.0.2" };
const LOST: LadderArrow = { fate: "lost", arrivesAtMs: undefined, lostBy: "cut", isDamaged: false };

/** Of two hosts that have set an association up before the time 100. */
class Bench {
  readonly ladder = new Ladder(["alice", "bob"]);

  constructor(path: readonly [string, string] = ["10.0.0.1", "10.0.0.2"]) {
    for (const [i, [way, datagram]] of talk.HANDSHAKE.entries())
      this.sent(way === "sent" ? A : B, datagram, 20 * i, [arrived(20 * i + 10)], path);
  }

  sent(
    from: number,
    datagram: Uint8Array,
    sentAtMs: number,
    arrows: readonly LadderArrow[] = [arrived(sentAtMs + 10)],
    [a, b]: readonly [string, string] = ["10.0.0.1", "10.0.0.2"],
  ): number {
    const ends: Pick<LadderSending, "source" | "destination"> =
      from === A ? { source: a, destination: b } : { source: b, destination: a };
    return this.ladder.sent({ from, to: from === A ? B : A, ...ends, sentAtMs, datagram, arrows });
  }

  data(tsn: number, atMs: number, arrows?: readonly LadderArrow[], path?: readonly [string, string]): number {
    return this.sent(A, talk.fromClient([talk.data(tsn, "x")]), atMs, arrows, path);
  }

  sack(
    tsn: number,
    atMs: number,
    gaps: readonly { start: number; end: number }[] = [],
    arrows?: readonly LadderArrow[],
  ): number {
    return this.sent(
      B,
      talk.fromServer([{ ...(talk.sack(tsn) as Sack), gapBlocks: [...gaps] }]),
      atMs,
      arrows,
    );
  }

  get marks(): ReadonlyArray<readonly [string, string, boolean]> {
    return this.ladder.packets
      .slice(4)
      .map(({ label, again, isGivenUp }) => [label.replace(" stream 3, 1 byte", ""), again, isGivenUp]);
  }
  get text(): string[] {
    return ladderText(this.ladder);
  }
}

const window = (cwndBytes: number): TraceEvent => ({
  kind: "congestion",
  association: 1,
  address: "10.0.0.2",
  reason: "x",
  cwndBytes,
  ssthreshBytes: 9,
  flightBytes: 1_234,
});

describe("Ladder", () => {
  it("tells what is sent again from what is new, and why", () => {
    const bench = new Bench();
    bench.data(TSN, 100, [LOST]);
    bench.data(TSN + 1, 110);
    bench.ladder.event(
      A,
      { kind: "retransmit", association: 1, reason: "T3-rtx", address: "10.0.0.2", tsn: TSN },
      120,
    );
    bench.data(TSN, 120);
    bench.data(TSN + 1, 130);
    bench.ladder.event(
      A,
      { kind: "retransmit", association: 1, reason: "fast-retransmit", address: "10.0.0.2", tsn: TSN },
      120,
    );
    bench.data(TSN, 140);
    expect(bench.marks).toEqual([
      ["DATA #1", "", false],
      ["DATA #2", "", false],
      ["DATA #1", "timer T3-rtx", false],
      ["DATA #2", "sent again", false],
      ["DATA #1", "fast retransmit", false],
    ]);
  });

  it("marks what its sender gives up, and not what has been acknowledged, even in a gap or by a lost SACK", () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) bench.data(TSN + i, 100 + i);
    bench.sack(TSN, 110);
    bench.sack(TSN, 111, [{ start: 2, end: 2 }], [LOST]);
    bench.sent(
      A,
      talk.fromClient([{ kind: "FORWARD TSN", newCumulativeTsn: (TSN + 3) >>> 0, skipped: [] }]),
      120,
    );
    const given = bench.marks.filter(([, , isGivenUp]) => isGivenUp).map(([label]) => label);
    expect(given).toEqual(["DATA #2", "DATA #4"]);
  });

  it("takes both kinds of an NR-SACK's blocks for acknowledged, and the packet for an acknowledgement", () => {
    const bench = new Bench();
    for (let i = 0; i < 5; i++) bench.data(TSN + i, 100 + i);
    const chunk: Chunk = {
      kind: "NR-SACK",
      cumulativeTsnAck: TSN,
      aRwndBytes: 9,
      gapBlocks: [{ start: 4, end: 4 }],
      nonRenegableBlocks: [{ start: 2, end: 2 }],
      duplicateTsns: [],
    };
    bench.sent(B, talk.fromServer([chunk]), 110);
    expect(bench.ladder.packets.at(-1)?.role).toBe("ack");
    const newCumulativeTsn = (TSN + 4) >>> 0;
    bench.sent(A, talk.fromClient([{ kind: "FORWARD TSN", newCumulativeTsn, skipped: [] }]), 120);
    const given = bench.marks.filter(([, , isGivenUp]) => isGivenUp).map(([label]) => label);
    expect(given).toEqual(["DATA #2", "DATA #4"]);
  });

  it("knows the role of a packet, and the window of its sender on that path", () => {
    const bench = new Bench();
    bench.ladder.event(A, window(5_000), 90);
    bench.data(TSN, 100);
    bench.data(TSN + 1, 101, [arrived(111)], ["10.1.0.1", "10.1.0.2"]);
    bench.sack(TSN, 110);
    bench.ladder.event(A, window(6_000), 115);
    bench.data(TSN + 2, 120);
    const seen = bench.ladder.packets.slice(3).map(({ role, window: room }) => [role, room?.cwndBytes]);
    expect(seen).toEqual([
      ["control", undefined],
      ["data", 5_000],
      ["data", undefined],
      ["ack", undefined],
      ["data", 6_000],
    ]);
    expect(bench.ladder.paths).toEqual(["10.0.0.1 - 10.0.0.2", "10.1.0.1 - 10.1.0.2"]);
    expect(bench.ladder.endMs).toBe(120);
  });

  it("takes note of what is worth it", () => {
    const { ladder } = new Bench();
    ladder.event(B, { kind: "state", association: 1, from: "CLOSED", to: "COOKIE-WAIT" }, 1);
    ladder.event(B, { kind: "timer", association: 1, timer: "T3-rtx", address: undefined }, 2);
    ladder.event(B, { kind: "timer", association: 1, timer: "delayed-sack", address: undefined }, 3);
    ladder.event(
      B,
      { kind: "path", association: 1, address: "10.0.0.1", state: "inactive", reason: "too many errors" },
      4,
    );
    ladder.event(B, { kind: "rtt", association: 1, address: "x", sampleMs: 1, srttMs: 1, rtoMs: 1 }, 5);
    ladder.deed(A, "alice sends", 6);
    expect(ladder.notes.map(({ lane, kind, brief }) => [lane, kind, brief])).toEqual([
      [B, "state", "COOKIE-WAIT"],
      [B, "timer", "T3-rtx expired"],
      [B, "path", "10.0.0.1 inactive"],
      [A, "deed", "alice sends"],
    ]);
    expect(ladder.notes[0]?.text).toBe("bob goes from CLOSED to COOKIE-WAIT");
  });

  it("counts what is too much for it, and does not read it", () => {
    const bench = new Bench();
    const { ladder } = bench;
    const data = talk.fromClient([talk.data(TSN, "first")]);
    for (let sent = ladder.packets.length; sent < 100_000; sent++)
      ladder.sent({ ...SENDING, sentAtMs: 100, datagram: data, label: "filling", arrows: [LOST] });
    const unread = new Proxy(data, {
      get: () => {
        throw new Error("it is read");
      },
    });
    expect(ladder.sent({ ...SENDING, sentAtMs: 200, datagram: unread, arrows: [LOST] })).toBe(-1);
    expect([ladder.packets.length, ladder.omittedCount, ladder.endMs]).toEqual([100_000, 1, 200]);
  });

  it("keeps a packet that is none, and learns later of copies", () => {
    const bench = new Bench();
    const number = bench.sent(A, Uint8Array.of(1, 2, 3), 100, [
      { fate: "under way", arrivesAtMs: 150, lostBy: "", isDamaged: false },
    ]);
    bench.ladder.changeArrow(number, 0, arrived(150));
    bench.ladder.changeArrow(number, 9, arrived(170, true));
    bench.ladder.changeArrow(-1, 0, LOST);
    const { label, role, arrows } = bench.ladder.packets[4] ?? {};
    expect([label, role]).toEqual([expect.stringContaining("not SCTP: "), "unknown"]);
    expect(arrows).toEqual([arrived(150), arrived(170, true)]);
    expect(bench.ladder.endMs).toBe(170);
  });
});

describe("ladderText", () => {
  it("draws each packet from lifeline to lifeline, with what becomes of it at the side", () => {
    const bench = new Bench();
    bench.ladder.event(A, window(5_000.7), 90);
    bench.data(TSN, 100, [LOST]);
    bench.data(TSN, 300, [arrived(310), arrived(315)]);
    bench.sack(TSN, 310, [], [arrived(320, true)]);
    bench.data(TSN + 1, 330, [{ fate: "under way", arrivesAtMs: 340, lostBy: "", isDamaged: false }]);
    bench.ladder.event(B, { kind: "state", association: 1, from: "ESTABLISHED", to: "CLOSED" }, 340);
    expect(bench.text).toEqual([
      "time (ms)  alice                                                   bob",
      "     0.000 │── INIT ────────────────────────────────────────────────►│  +10.0",
      "    20.000 │◄─ INIT ACK ─────────────────────────────────────────────│  +10.0",
      "    40.000 │── COOKIE ECHO ─────────────────────────────────────────►│  +10.0",
      "    60.000 │◄─ COOKIE ACK ───────────────────────────────────────────│  +10.0",
      "   100.000 │── DATA #1 stream 3, 1 byte ───────────────────── ✕ lost │  cut  cwnd 5,000",
      "   300.000 │── DATA #1 stream 3,... (again: sent again, 2 copies) ──►│  +10.0  cwnd 5,000",
      "   300.000 │── DATA #1 stream 3,... (again: sent again, 2 copies) ──►│  +15.0  cwnd 5,000",
      "   310.000 │◁─ SACK up to #1 (damaged) ──────────────────────────────│  +10.0",
      "   330.000 │── DATA #2 stream 3, 1 byte ───────────────────────── ···│  due +10.0  cwnd 5,000",
      "   340.000 │                  * bob goes from ESTABLISHED to CLOSED  │",
    ]);
  });

  it("has a lifeline for each host, and names paths where there are several", () => {
    const ladder = new Ladder(["a", "b", "c"]);
    const sending = { sentAtMs: 1, datagram: talk.fromClient([talk.cookieAck]), arrows: [arrived(2)] };
    ladder.sent({ from: 0, to: 2, source: "10.0.0.1", destination: "10.0.0.3", ...sending });
    ladder.sent({ from: 2, to: 1, source: "10.0.0.3", destination: "10.0.0.2", ...sending });
    ladder.sent({ from: 1, to: 1, source: "10.0.0.2", destination: "10.0.0.9", ...sending });
    ladder.event(1, { kind: "state", association: 1, from: "CLOSED", to: "ESTABLISHED" }, 3);
    const lines = ladderText(ladder, { laneColumns: 40 });
    expect(lines[0]).toMatch(/^time \(ms\) {2}a {39}b {39}c$/);
    expect(lines[1]).toMatch(/│── COOKIE ACK \[10\.0\.0\.3\] ─+►│ {2}\+1\.0$/);
    expect(lines[2]).toMatch(/│ {39}│◄─ COOKIE ACK \[10\.0\.0\.2\] ─+│/);
    expect(lines[3]).toMatch(/│ {39}│── COOKIE ACK \[10\.0\.0\.9\] ─+►│/);
    expect(lines[4]).toMatch(/│ {39}│ {2}\* b goes from CLOSED to/);
    expect(lines.slice(1).map((line) => [...line].indexOf("│"))).toEqual(lines.slice(1).map(() => 11));
  });

  it("leaves out what was not asked for", () => {
    const bench = new Bench();
    expect(
      ladderText(bench.ladder, { fromMs: 20, toMs: 40 }).map((line) => line.slice(0, 10).trim()),
    ).toEqual(["time (ms)", "20.000", "40.000"]);
    expect(() => ladderText(bench.ladder, { lanes: 5 } as object)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_OPTION" }),
    );
  });
});

describe("LadderScale", () => {
  it("gives each row its room, grows with time, and breaks where there would be too much of it", () => {
    const entry = (atMs: number, needs: number) => ({ atMs, needs, of: {} });
    const entries = [
      entry(0, 18),
      entry(0, 18),
      entry(10, 7),
      entry(30, 18),
      entry(30.001, 18),
      entry(5_000, 18),
    ];
    const scale = new LadderScale(entries, 2);
    expect(entries.map(({ of }) => Math.round(scale.yOf(of) ?? -1))).toEqual([18, 36, 56, 96, 114, 174]);
    expect(scale.height).toBeCloseTo(174);
    expect(scale.marks.map(({ atMs, isBreak }) => [atMs, isBreak])).toEqual([
      [0, false],
      [30, false],
      [30.001, false],
      [5_000, true],
    ]);
    expect(scale.yOf({})).toBeUndefined();
  });
});

describe("ladderSvg", () => {
  const full = (): Bench => {
    const bench = new Bench();
    bench.ladder.event(A, window(5_000), 90);
    bench.data(TSN, 100, [LOST]);
    bench.data(TSN, 300, [arrived(310), arrived(315, true)], ["10.1.0.1", "10.1.0.2"]);
    bench.data(TSN + 1, 330, [{ fate: "under way", arrivesAtMs: 340, lostBy: "", isDamaged: false }]);
    bench.sent(
      A,
      talk.fromClient([{ kind: "FORWARD TSN", newCumulativeTsn: (TSN + 1) >>> 0, skipped: [] }]),
      400,
    );
    for (const kind of ["state", "path", "timer", "drop"] as const) {
      const events: Record<typeof kind, TraceEvent> = {
        state: { kind, association: 1, from: "CLOSED", to: "ESTABLISHED" } as TraceEvent,
        path: { kind, association: 1, address: "10.0.0.2", state: "inactive", reason: "x" } as TraceEvent,
        timer: { kind, association: 1, timer: "T3-rtx", address: undefined } as TraceEvent,
        drop: { kind, association: 1, reason: "bad-checksum", detail: "" } as TraceEvent,
      };
      bench.ladder.event(B, events[kind], 410);
    }
    bench.ladder.deed(A, "alice sends", 420);
    return bench;
  };

  it("is well-formed, with a title, a description, and everything that was said", () => {
    const svg = ladderSvg(full().ladder, { title: "Two paths", idPrefix: "one" });
    expect(xmlFaults(svg)).toEqual([]);
    expect(svg).toContain('role="img" aria-labelledby="one-title one-desc"');
    expect(svg).toContain('<title id="one-title">Two paths</title><desc id="one-desc">');
    const [, ...told] = textsOf(svg, "title");
    expect(textsOf(svg, "desc")[0]).toBe(
      "Time runs down. alice, bob: 8 packets, 1 loss, 1 packet with what had been sent before.",
    );
    expect(told).toContain(
      "100.000 ms, alice to bob (10.0.0.2): DATA #1 stream 3, 1 byte; given up; lost: cut",
    );
    expect(told).toContain(
      "300.000 ms, alice to bob (10.1.0.2): DATA #1 stream 3, 1 byte; again: sent again; given up; damaged; 2 copies; " +
        "arrived at 310.000 ms; arrived at 315.000 ms",
    );
    expect(told).toContain(
      "330.000 ms, alice to bob (10.0.0.2): DATA #2 stream 3, 1 byte; given up; under way",
    );
    const texts = textsOf(svg, "text");
    for (const text of [
      "cwnd 5,000, in flight 1,234",
      "ESTABLISHED",
      "alice sends",
      "10.1.0.1 - 10.1.0.2",
      "carries what was sent before",
      "was given up by its sender",
    ])
      expect(texts).toContain(text);
  });

  it("tells paths, marks and notes apart by their shapes", () => {
    const { ladder } = full();
    const svg = ladderSvg(ladder);
    const body = svg.slice(svg.indexOf("</style>"));
    const damagedCount = ladder.packets.flatMap(({ arrows }) => arrows).filter((one) => one.isDamaged).length;
    expect(damagedCount).toBeGreaterThan(0);
    expect([...body.matchAll(/class="line\d hollow whole"/g)]).toHaveLength(damagedCount);
    const shapes = new Set(
      [...body.matchAll(/class="mark" (?:d="M[\d.]+ [\d.]+([^"]+)|cx)/g)].map(([, shape]) => shape),
    );
    expect(shapes.size).toBe(4); // A drop is a cross.
    expect(body.match(/class="line line1"/g)?.length).toBeGreaterThan(1);
    expect(body).toContain('class="line1 hollow whole"');
    expect(svg).toMatch(/\.line1\{stroke-dasharray:\d/);
    expect(svg).toMatch(/@media \(prefers-color-scheme:dark\).*@media print/s);
  });

  it("lets arrows slant down to where they arrive, and to the side that they go to", () => {
    const { ladder } = new Bench();
    const svg = ladderSvg(ladder);
    const lines = [...svg.matchAll(/class="line line0" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/g)].map(
      ([, ...at]) => at.map(Number),
    );
    expect(lines.length).toBe(4);
    expect(lines.map(([x1 = 0, y1 = 0, x2 = 0, y2 = 0]) => [x2 > x1, y2 > y1 + 6])).toEqual([
      [true, true],
      [false, true],
      [true, true],
      [false, true],
    ]);
  });

  const odd = fc.constantFrom("a", "<", "&", '"', "\u0000", "\ufffe", "\ud800", "\u{1f600}", "]]>", "-->");

  it("stays well-formed whatever hosts are called, and whatever packets hold", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: odd, maxLength: 12 }),
        fc.uint8Array({ maxLength: 60 }),
        (name, bytes) => {
          const ladder = new Ladder([name, `<&"'${name}`, "c"]);
          const more = { source: name, destination: "]]>", sentAtMs: 1, arrows: [LOST] };
          ladder.sent({ from: 0, to: 1, ...more, datagram: talk.fromClient([talk.data(TSN, "x")]) });
          ladder.sent({ from: 1, to: 2, ...more, datagram: bytes });
          ladder.deed(1, `${name}\u0000\ud800 --> <script>`, 2);
          expect(xmlFaults(ladderSvg(ladder, { title: name }))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("is as narrow as it is asked to be, with labels that end before the next lifeline, and what is odd in them", () => {
    const { ladder } = full();
    for (const laneWidth of [296, 440, 900]) {
      const svg = ladderSvg(ladder, { laneWidth });
      expect(svg).toContain(`viewBox="0 0 ${520 + laneWidth} `);
      const labels = [...svg.matchAll(/<text x="[\d.]+" y="[\d.]+" class="(?:label|alarm)"[^>]*>([^<]+)</g)];
      expect(labels.length).toBeGreaterThan(5);
      for (const [, label = ""] of labels) expect(6.5 * label.length).toBeLessThan(laneWidth - 20);
      expect(labels.filter(([, label]) => label?.includes("(given up")).length).toBeGreaterThan(0);
    }
    expect(ladderSvg(ladder, { laneWidth: 1 })).toBe(ladderSvg(ladder, { laneWidth: 200 }));
    expect(ladderSvg(ladder, { laneWidth: 9_999 })).toBe(ladderSvg(ladder, { laneWidth: 2_000 }));
  });

  it("draws an empty ladder, and only what was asked for", () => {
    expect(xmlFaults(ladderSvg(new Ladder([])))).toEqual([]);
    expect(xmlFaults(ladderSvg(new Ladder(["alone"])))).toEqual([]);
    const svg = ladderSvg(new Bench().ladder, { fromMs: 20, toMs: 40 });
    expect(textsOf(svg, "text").filter((text) => /^[A-Z]{3}/.test(text))).toEqual([
      "INIT ACK",
      "COOKIE ECHO",
    ]);
  });
});

describe("LadderTrace", () => {
  it("draws a trace of one side", () => {
    const trace = new LadderTrace({ localName: "the client", remoteName: "the server" });
    for (const [i, [way, datagram]] of talk.HANDSHAKE.entries())
      trace.packet(way, datagram, talk.CLIENT, talk.SERVER, i);
    trace.lost("sent", talk.fromClient([talk.data(TSN, "hello")]), talk.CLIENT, talk.SERVER, 5);
    trace.lost("received", talk.fromServer([talk.sack(TSN)]), talk.CLIENT, talk.SERVER, 6);
    trace.event({ kind: "state", association: 1, from: "COOKIE-WAIT", to: "CLOSED" }, 7);
    expect(ladderText(trace.ladder).slice(4)).toEqual([
      "     3.000 │◄─ COOKIE ACK ───────────────────────────────────────────│",
      "     5.000 │── DATA #1 stream 3, 5 bytes ──────────────────── ✕ lost │",
      "     6.000 │ lost ✕ ─ SACK up to #1 ─────────────────────────────────│",
      "     7.000 │  * the client goes from COOKIE-WAIT to CLOSED           │",
    ]);
    const { lanes, paths } = trace.ladder;
    expect([lanes, paths]).toEqual([["the client", "the server"], ["127.0.0.1 - 127.0.0.1"]]);
    expect(() => new LadderTrace({ name: "x" } as object)).toThrow(
      expect.objectContaining({ code: "ERR_SCTP_INVALID_OPTION" }),
    );
  });
});
