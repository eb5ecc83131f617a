import { describe, expect, it } from "vitest";
import { allCells, type Cell, isChosen, linkOptions } from "../../../bench/networks/cells.ts";
import { ceilingMegabytes, checkLines, smokeComplaints } from "../../../bench/networks/checks.ts";
import { goalTable } from "../../../bench/networks/goals.ts";
import { goalJobs, type Job, remaining, takeUp } from "../../../bench/networks/jobs.ts";
import { parseConnection } from "../../../bench/networks/kernel-state.ts";
import {
  amounts,
  detailLines,
  disturbance,
  lossTable,
  type Row,
  sharingLines,
} from "../../../bench/networks/results.ts";
import {
  areOptionsByName,
  canRun,
  type NetworkSide,
  programCommand,
  sideOf,
  USUAL_SIDES,
} from "../../../bench/networks/sides.ts";
import { timesOf } from "../../../bench/networks/trial.ts";
import {
  type Answers,
  type FlowFigures,
  figuresOf,
  type LinkMark,
  type Moment,
  type Trial,
} from "../../../bench/networks/trial-figures.ts";
import { readJob } from "../../../bench/peers/node/contract.ts";

const CELLS = allCells({
  megabitsPerSecond: 100,
  roundTripsMs: [20, 200],
  lossPercents: [0, 0.1],
  lossBurst: 3,
  jitterMs: 2,
  queueProducts: 0.5,
});

function cellOf(name: string): Cell {
  const found = CELLS.find((cell) => cell.name === name);
  if (found === undefined) throw new Error(`no cell ${name}`);
  return found;
}

describe("cells", () => {
  it("are the table's first, in its order", () => {
    expect(CELLS.slice(0, 4).map(({ name }) => name)).toEqual([
      "rtt 20 loss 0",
      "rtt 20 loss 0.1",
      "rtt 200 loss 0",
      "rtt 200 loss 0.1",
    ]);
  });

  it("tell the link half of the round trip for each direction, and the queue in bytes", () => {
    expect(linkOptions(cellOf("rtt 200 loss 0.1"))).toEqual({
      rate: 100,
      delay: 100,
      jitter: 2,
      queue: 1_250_000,
      loss: 0.1,
      burst: 3,
      reorder: 0,
      late: 0,
    });
    expect(linkOptions(cellOf("reorder"))).toMatchObject({ delay: 10, reorder: 3, late: 4, loss: 0 });
  });

  it("lose the last one of a burst, of which each fills a packet", () => {
    expect(cellOf("tail 10")).toMatchObject({
      measure: "bursts",
      messageBytes: 1_444,
      burst: 10,
      conditions: { dropNth: 10, drops: 1, roundTripMs: 20, lossPercent: 0 },
    });
    expect(cellOf("tail 10 twice")).toMatchObject({ burst: 10, conditions: { dropNth: 10, drops: 2 } });
    expect(cellOf("tail 10").isInARow).toBe(false);
    expect(cellOf("tails 10")).toEqual({ ...cellOf("tail 10"), name: "tails 10", isInARow: true });
  });

  it("have a queue that holds some packets, however short the round trip is", () => {
    const [cell] = allCells({
      megabitsPerSecond: 1,
      roundTripsMs: [1],
      lossPercents: [0],
      lossBurst: 1,
      jitterMs: 0,
      queueProducts: 0.1,
    });
    expect(cell?.conditions.queueBytes).toBe(15_000);
  });

  it.each([
    ["rtt 20", ["rtt 20 loss 0", "rtt 20 loss 0.1"]],
    ["rtt 20 loss 0", ["rtt 20 loss 0"]],
    ["reorder", ["reorder"]],
    ["tail 1", ["tail 1"]],
    ["tail 10", ["tail 10", "tail 10 twice"]],
    ["rt", []],
  ])("'%s' chooses by whole words", (beginning, names) => {
    expect(CELLS.filter((cell) => isChosen(cell, [beginning])).map(({ name }) => name)).toEqual(names);
  });
});

describe("sides", () => {
  const flow = { sink: "10.0.0.2", source: "10.0.0.1", sinkPort: 20, sourcePort: 21 };

  it("all usual names stand for something", () => {
    expect(USUAL_SIDES.map((name) => sideOf(name, {})?.name)).toEqual(USUAL_SIDES);
  });

  it.each(["tcp", "sctpkit-nonsense", "usrsctp-x", "pion-cubic", "werift", "", "raw-x"])(
    "'%s' stands for nothing",
    (name) => {
      expect(sideOf(name, {})).toBeUndefined();
    },
  );

  it("TCP is told its congestion control by the kernel, sctpkit by its options", () => {
    expect(sideOf("tcp-bbr", {})).toMatchObject({ kernelControl: "bbr", options: {} });
    expect(sideOf("sctpkit-cubic", {})).toMatchObject({
      kernelControl: undefined,
      options: { congestionControl: "cubic" },
    });
    expect(sideOf("sctpkit-x", { "sctpkit-x": { maxBurst: 8 } })?.options).toEqual({ maxBurst: 8 });
    expect(sideOf("sctpkit", { sctpkit: { maxBurst: 8 } })?.options).toEqual({ maxBurst: 8 });
    expect(sideOf("tcp-x", { "tcp-x": { maxBurst: 8 } })?.options).toEqual({});
  });

  it("each name must be given an object", () => {
    expect(areOptionsByName({})).toBe(true);
    expect(areOptionsByName({ a: { maxBurst: 8 }, b: {} })).toBe(true);
    for (const value of [1, "x", null, []]) expect(areOptionsByName({ a: {}, b: value })).toBe(false);
  });

  it("both ends are told where the other is, in words that their programs read", () => {
    const side = sideOf("sctpkit-x", { "sctpkit-x": { maxBurst: 8 } });
    if (side === undefined) throw new Error("no such side");
    const jobOf = (role: "sink" | "source") =>
      readJob(programCommand(side, role, cellOf("tail 9"), flow, 5_000).slice(2));
    expect(jobOf("source")).toMatchObject({
      role: "source",
      transport: "sctpkit",
      measure: "bursts",
      burst: 9,
      messageBytes: 1_444,
      packetBytes: 1_472,
      bufferBytes: 5_000,
      udpPort: 21,
      remotePort: 20,
      localAddress: "10.0.0.1",
      remoteAddress: "10.0.0.2",
      options: { maxBurst: 8 },
    });
    expect(jobOf("sink")).toMatchObject({
      role: "sink",
      udpPort: 20,
      remotePort: 21,
      localAddress: "10.0.0.2",
    });
  });

  it("the default side is told of no buffers and packets, and others of no options of ours", () => {
    const commandOf = (name: string): string[] => {
      const side = sideOf(name, {});
      if (side === undefined) throw new Error(`no side ${name}`);
      return programCommand(side, "sink", cellOf("reorder"), flow, 5_000);
    };
    expect(commandOf("sctpkit-default").join(" ")).toContain("--packet 0 --buffer 0");
    expect(commandOf("usrsctp").join(" ")).toContain("--packet 1472 --buffer 5000");
    expect(commandOf("usrsctp")).not.toContain("--options");
    expect(commandOf("usrsctp")).not.toContain("--burst");
  });

  it("bursts are for the programs in Node", () => {
    const can = (...names: string[]): boolean =>
      canRun(
        cellOf("tail 1"),
        names.flatMap((name) => sideOf(name, {}) ?? []),
      );
    expect([can("sctpkit"), can("tcp-cubic"), can("usrsctp"), can("sctpkit", "pion")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(canRun(cellOf("reorder"), [])).toBe(true);
  });
});

describe("what ss says", () => {
  const text = [
    "ESTAB 0      0       10.97.0.1:40000   10.97.0.2:20002",
    "\t reno wscale:10,10 rto:224 rtt:1/1 mss:1448 cwnd:2",
    "ESTAB 0      2896    10.97.0.1:47822   10.97.0.2:20000",
    "\t cubic wscale:10,10 rto:224 rtt:20.31/0.5 ato:40 mss:1448 pmtu:1500 cwnd:173 ssthresh:160 bytes_sent:9",
  ].join("\n");

  it("is read of the connection with the port", () => {
    expect(parseConnection(text, 20_000)).toEqual({ control: "cubic", cwndBytes: 173 * 1_448, rttMs: 20.31 });
    expect(parseConnection(text, 20_002)).toMatchObject({ control: "reno", cwndBytes: 2_896 });
  });

  it("is nothing where there is no such connection, or nothing is said of it", () => {
    expect(parseConnection(text, 2_000)).toBeUndefined();
    expect(parseConnection("", 20_000)).toBeUndefined();
    expect(parseConnection("ESTAB 0 0 10.97.0.1:1 10.97.0.2:20000\n\t ts sack", 20_000)).toEqual({
      control: undefined,
      cwndBytes: undefined,
      rttMs: undefined,
    });
  });
});

describe("when a trial asks", () => {
  it("before and after what is measured", () => {
    expect(timesOf({ warmUpMs: 2_000, durationMs: 500, sampleMs: 0 })).toEqual([2_000, 2_500]);
  });

  it("and all along, in order and each time once", () => {
    expect(timesOf({ warmUpMs: 250, durationMs: 250, sampleMs: 100 })).toEqual([
      0, 100, 200, 250, 300, 400, 500,
    ]);
    expect(timesOf({ warmUpMs: 200, durationMs: 200, sampleMs: 100 })).toEqual([0, 100, 200, 300, 400]);
  });
});

describe("the figures of a trial", () => {
  const program = { event: "mark", messages: 0, cpuSeconds: 0, peakMegabytes: 0 } as const;
  const moment = (ms: number, ...bytes: number[]): Moment => ({
    ms,
    ends: bytes.map((count) => ({
      sink: { ...program, seconds: 100 + ms / 1_000, bytes: count, cpuSeconds: ms / 4_000 },
      source: { ...program, seconds: ms / 1_000, bytes: 0, cwndBytes: 10 * ms, srttMs: 20, p50Us: 20_500 },
      kernel: undefined,
    })),
  });
  const link = (atRandom: number, byQueue: number): LinkMark => ({
    ...program,
    seconds: 0,
    bytes: 0,
    there: { atRandom, byQueue },
    back: { atRandom: 1, byQueue: 2 },
  });
  const answers: Answers = {
    cell: cellOf("rtt 20 loss 0"),
    sides: ["sctpkit", "tcp-cubic"],
    timing: { warmUpMs: 1_000, sampleMs: 500, seed: 7 },
    moments: [moment(0, 0, 0), moment(500, 1e6, 0), moment(1_000, 2e6, 1e6), moment(2_000, 8e6, 3e6)],
    link: [link(3, 10), link(8, 30)],
    // 12,500 bytes are a millisecond of 100 Mbit/s.
    queue: [
      { ms: -10, bytes: 99 },
      ...Array.from({ length: 10 }, (_, i) => ({ ms: 10 * i, bytes: 250_000 })),
      ...Array.from({ length: 100 }, (_, i) => ({ ms: 1_000 + 10 * i, bytes: 125 * i })),
    ],
    hostLoad: 1.75,
  };

  it("are of what came after the warm-up, by the clock of who received it", () => {
    const trial = figuresOf(answers);
    expect(trial.flows.map(({ megabytesPerSecond, share }) => [megabytesPerSecond, share])).toEqual([
      [6, 0.75],
      [2, 0.25],
    ]);
    expect(trial).toMatchObject({ cell: "rtt 20 loss 0", seed: 7, lostAtRandom: 5, lostByQueue: 20 });
    expect(trial.queueMedianMs).toBe(0.5);
    expect(trial.queueP95Ms).toBe(0.95);
    expect(trial.flows[0]?.p50Ms).toBe(20.5);
  });

  it("do not count our own programs among the others", () => {
    expect(figuresOf(answers).foreignLoad).toBe(1.25);
    expect(figuresOf({ ...answers, hostLoad: 0.1 }).foreignLoad).toBe(0);
  });

  it("have a series from the very beginning, only where it is asked for", () => {
    const trial = figuresOf(answers);
    expect(trial.flows[0]?.series).toEqual([
      { ms: 500, megabytesPerSecond: 2, cwndBytes: 5_000, rttMs: 20 },
      { ms: 1_000, megabytesPerSecond: 2, cwndBytes: 10_000, rttMs: 20 },
      { ms: 2_000, megabytesPerSecond: 6, cwndBytes: 20_000, rttMs: 20 },
    ]);
    expect(trial.queueSeries?.slice(0, 2)).toEqual([
      { ms: 0, waitMs: 20 },
      { ms: 1_000, waitMs: 0.49 },
    ]);
    const without = figuresOf({ ...answers, timing: { ...answers.timing, sampleMs: 0 } });
    expect(without.flows[0]).not.toHaveProperty("series");
    expect(without).not.toHaveProperty("queueSeries");
  });
});

function row(cell: string, sides: readonly string[], rates: readonly (readonly number[])[]): Row {
  const trials = rates.map((ofFlows, i): Trial => {
    const total = ofFlows.reduce((sum, rate) => sum + rate, 0);
    const flows = sides.map(
      (side, flow): FlowFigures => ({
        side,
        megabytesPerSecond: ofFlows[flow] ?? Number.NaN,
        share: (ofFlows[flow] ?? Number.NaN) / total,
        p50Ms: 21,
      }),
    );
    return {
      cell,
      seed: i,
      flows,
      queueMedianMs: 5,
      queueP95Ms: 9,
      lostAtRandom: 10,
      lostByQueue: 2,
      foreignLoad: i / 10,
    };
  });
  return { cell, sides, seconds: 12, trials, errors: [] };
}

describe("the result", () => {
  const rows = [
    row("rtt 20 loss 0", ["tcp-cubic"], [[12], [11], [12.5]]),
    row("rtt 20 loss 1", ["tcp-cubic"], [[1]]),
    row("rtt 20 loss 0", ["sctpkit"], [[11.5]]),
    row("rtt 20 loss 1", ["sctpkit"], []),
    row("reorder", ["sctpkit"], [[3]]),
    row("rtt 20 loss 0", ["sctpkit", "tcp-cubic"], [[9, 3]]),
  ];

  it("has a line for each round trip and a column for each side", () => {
    expect(lossTable(rows)).toEqual([
      "| RTT, loss | tcp-cubic | sctpkit |",
      "| --- | --- | --- |",
      "| 20 ms, 0 / 1 % | 12.00 / 1.00 | 11.50 / - |",
    ]);
    expect(lossTable(rows.slice(4))).toEqual([]);
  });

  it("tells of every flow, and of what failed", () => {
    const lines = detailLines(rows);
    expect(lines).toHaveLength(1 + 7);
    expect(lines[1]).toMatch(/^rtt 20 loss 0 +tcp-cubic +12\.00 +6 +- +21\.0 +- +5\.0 +9\.0 +10\+2 +0\.10$/);
    expect(lines[4]).toMatch(/^rtt 20 loss 1 +sctpkit +failed$/);
    expect(lines[7]).toMatch(/^rtt 20 loss 0 +tcp-cubic +3\.00 +0 +0\.25 +21\.0 +-$/);
  });

  it("names another congestion control than the one that was wanted", () => {
    const [first] = row("reorder", ["tcp-bbr"], [[3]]).trials;
    const flows = (first?.flows ?? []).map((flow) => ({ ...flow, kernelControl: "cubic" }));
    const trials = [{ ...(first as Trial), flows }];
    const lines = detailLines([{ cell: "reorder", sides: ["tcp-bbr"], seconds: 12, trials, errors: [] }]);
    expect(lines[1]).toContain("tcp-bbr (in fact cubic)");
  });

  it("tells how two flows share the link", () => {
    expect(sharingLines(rows)).toEqual([
      "rtt 20 loss 0: sctpkit 0.75, tcp-cubic 0.25 of the payload; Jain's index 0.800",
    ]);
  });

  it("tells how often and how long was measured, and which cells otherwise", () => {
    const short = { ...row("tail 1", ["sctpkit"], [[1]]), seconds: 8 };
    const both = row(
      "rtt 20 loss 0",
      ["sctpkit", "tcp-cubic"],
      [
        [9, 3],
        [8, 3],
        [9, 4],
      ],
    );
    expect(amounts([short, ...rows.slice(0, 1), both])).toBe(
      "medians of 3 runs of 12 s; one run of 8 s in tail 1",
    );
    expect(amounts([short, { ...both, seconds: 30 }])).toContain("runs of 30 s in rtt 20 loss 0 shared");
    expect(amounts([short])).toBe("one run of 8 s");
    expect(amounts([])).toBe("nothing was measured");
  });

  it("tells how much others have used", () => {
    expect(disturbance(rows.slice(0, 1))).toBe(
      "Others used 0.10 CPUs meanwhile (median), 0.20 in the worst tenth of the trials.",
    );
  });
});

describe("the jobs of the goals", () => {
  const side = (name: string): NetworkSide => sideOf(name, {}) as NetworkSide;
  const named = (jobs: readonly Job[]): string[] => jobs.map(({ row }) => `${row.cell}: ${row.sides.join()}`);

  it("are what goalTable asks for, those first that tell most", () => {
    const names = named(goalJobs(CELLS, side));
    expect(names.slice(0, 4)).toEqual([
      "rtt 20 loss 0: tcp-cubic",
      "rtt 20 loss 0: sctpkit-default",
      "rtt 20 loss 0: tcp-bbr",
      "rtt 20 loss 0: sctpkit-bbr",
    ]);
    expect(names.slice(16)).toEqual([
      "rtt 20 loss 0: sctpkit-default,tcp-cubic",
      "reorder: sctpkit-default",
      "deep queue: sctpkit-bbr",
      ...["1", "2", "9", "10", "10 twice"].map((burst) => `tail ${burst}: sctpkit`),
    ]);
  });

  it("leave out who cannot run here, alone or beside another", () => {
    const names = named(goalJobs(CELLS, (name) => (name === "tcp-cubic" ? undefined : side(name))));
    expect(names.filter((name) => name.includes("tcp-cubic"))).toEqual([]);
    expect(names).toContain("rtt 20 loss 0: sctpkit-default");
  });

  it("go on with the trials of an earlier run, each with its own", () => {
    const jobs = goalJobs(CELLS, side);
    const before = row("rtt 20 loss 0", ["tcp-cubic"], [[12], [11]]);
    takeUp(jobs, [before, row("deep queue", ["sctpkit-bbr"], [[9]])]);
    expect(jobs.map((job) => job.row.trials.length).filter((count) => count > 0)).toEqual([2, 1]);
    expect(jobs[0]?.row.trials).toEqual(before.trials);
  });

  it("are run longer and more often where losses decide, or two flows do", () => {
    const amountOf = (name: string): unknown => {
      const found = goalJobs(CELLS, side).find((job) => named([job])[0] === name);
      return [found?.runs, found?.row.seconds];
    };
    expect(amountOf("rtt 200 loss 0.1: sctpkit-default")).toEqual([5, 30]);
    expect(amountOf("rtt 20 loss 0: sctpkit-default,tcp-cubic")).toEqual([5, 30]);
    expect(amountOf("rtt 200 loss 0: sctpkit-default")).toEqual([3, 12]);
    expect(amountOf("tail 9: sctpkit")).toEqual([3, 12]);
  });

  it("do not go on with trials of another length", () => {
    const jobs = goalJobs(CELLS, side);
    takeUp(jobs, [{ ...row("rtt 20 loss 0", ["tcp-cubic"], [[12]]), seconds: 10 }]);
    expect(jobs[0]?.row.trials).toEqual([]);
  });

  it("take so many minutes, with what lies between two trials", () => {
    const jobs = goalJobs(CELLS, side).slice(0, 2);
    expect(remaining(jobs, 2)).toEqual({ trials: 6, minutes: Math.ceil((6 * 15.5) / 60) });
    takeUp(jobs, [row("rtt 20 loss 0", ["tcp-cubic"], [[12], [11], [12], [12]])]);
    expect(remaining(jobs, 2)).toEqual({ trials: 3, minutes: 1 });
  });
});

describe("the goals", () => {
  it("are told of what was measured, met or not", () => {
    const rows = [
      row("rtt 20 loss 0", ["tcp-cubic"], [[12], [12]]),
      row("rtt 20 loss 0", ["sctpkit"], [[11.94], [11.94]]),
      row("rtt 20 loss 1", ["tcp-cubic"], [[1]]),
      row("rtt 20 loss 1", ["sctpkit"], [[0.8]]),
      row("rtt 20 loss 1", ["sctpkit-bbr"], [[9]]),
      row("rtt 20 loss 1", ["tcp-bbr"], [[12]]),
      row("rtt 20 loss 2", ["tcp-cubic"], [[1]]),
      row("rtt 20 loss 2", ["sctpkit-bbr"], [[5]]),
      row("rtt 20 loss 2", ["tcp-bbr"], [[12]]),
      row("reorder", ["sctpkit"], [[12]]),
      row("rtt 20 loss 0", ["sctpkit", "tcp-cubic"], [[9, 3]]),
      row("deep queue", ["sctpkit-bbr"], [[12]]),
    ];
    expect(goalTable(rows).slice(2)).toEqual([
      "| rtt 20 loss 0: default, of TCP CUBIC | >= 0.99 | 0.995 | yes |",
      "| rtt 20 loss 1: default, of TCP CUBIC | >= 0.95 | 0.800 | NO |",
      "| rtt 20 loss 1: MB/s by default | >= 0.91 | 0.800 | NO |",
      '| rtt 20 loss 1: `"bbr"`, of Linux\'s BBR | >= 0.7 | 0.750 | yes |',
      '| rtt 20 loss 2: `"bbr"`, of TCP CUBIC | >= 3 | 5.000 | yes |',
      "| reorder: MB/s by default | >= 11.43 | 12.0 | yes |",
      "| rtt 20 loss 0: smaller share beside TCP CUBIC | >= 0.33 | 0.250 | NO |",
      '| deep queue: `"bbr"`, ms in the queue, 95th percentile | <= 30 | 9.000 | yes |',
    ]);
    expect(goalTable([])).toEqual([]);
  });
});

describe("the link's check", () => {
  const flood = cellOf("rtt 20 loss 0");
  const ping = cellOf("ping 20");
  const pinged = (p50Ms: number) => {
    const made = row("ping 20", ["raw"], [[0]]);
    const trials = made.trials.map((trial) => ({
      ...trial,
      flows: trial.flows.map((flow) => ({ ...flow, p50Ms })),
    }));
    return { cell: ping, row: { ...made, trials } };
  };
  const flooded = (side: string, rate: number) => ({ cell: flood, row: row(flood.name, [side], [[rate]]) });

  it("knows what full packets leave to the payload", () => {
    expect(ceilingMegabytes(flood, "tcp-cubic")).toBeCloseTo(12.067);
    expect(ceilingMegabytes(flood, "sctpkit")).toBeCloseTo(12.033);
  });

  it("says what it saw", () => {
    expect(checkLines([pinged(20.25), flooded("tcp-cubic", 12)])).toEqual([
      "round trip of 20 ms: single datagrams take 20.25 ms (median)",
      "rtt 20 loss 0: tcp-cubic carries 12.00 MB/s of 12.07",
    ]);
  });

  it("is content with what can be", () => {
    expect(smokeComplaints([pinged(20.25), flooded("tcp-cubic", 12.1), flooded("sctpkit", 2)])).toEqual([]);
  });

  it("complains of a round trip that is too short or too long, and of rates that cannot be", () => {
    const faults = [pinged(19.9), pinged(121), flooded("sctpkit", 14), flooded("sctpkit", 0.1)];
    expect(smokeComplaints(faults)).toHaveLength(4);
    const nothing = { cell: flood, row: row(flood.name, ["sctpkit"], []) };
    expect(smokeComplaints([nothing])).toHaveLength(1);
    expect(smokeComplaints([{ ...nothing, row: { ...nothing.row, errors: ["it ended"] } }])).toEqual([
      "rtt 20 loss 0, sctpkit: it ended",
    ]);
  });
});
