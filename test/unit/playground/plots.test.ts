/** What is recorded of paths, and what the plots make of it. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type PathRecord,
  type PathSample,
  SeriesRecorder,
} from "../../../playground/src/session/series-recorder.ts";
import type { Snapshot } from "../../../playground/src/session/snapshot.ts";
import { takeSnapshot } from "../../../playground/src/session/take-snapshot.ts";
import {
  busiestHost,
  busyPaths,
  columnsOf,
  PLOTS,
  recordText,
  sampleAt,
  tableSamples,
  timeText,
  topOf,
  valueText,
} from "../../../playground/src/views/plots/plot-data.ts";
import { readScenario, ScenarioRun } from "../../../src/sim/index.ts";

const runOf = (name: string): ScenarioRun =>
  new ScenarioRun(
    readScenario(
      JSON.parse(readFileSync(new URL(`../../../examples/scenarios/${name}.json`, import.meta.url), "utf8")),
    ),
  );

function recorded(
  name: string,
  untilMs: number,
): { readonly recorder: SeriesRecorder; readonly last: Snapshot } {
  const run = runOf(name);
  const recorder = new SeriesRecorder();
  let last = takeSnapshot(run);
  for (let i = 0; i < 5_000 && run.nowMs < untilMs && run.step(); i++) {
    last = takeSnapshot(run);
    recorder.record(last);
  }
  return { recorder, last };
}

const recordOf = (records: readonly PathRecord[], host: string, address: string): PathRecord =>
  records.find((record) => record.host === host && record.address === address)!;

describe("the recorder", () => {
  it("has of each path what its control block says, and marks the loss where the window fell", () => {
    const { recorder, last } = recorded("fast-retransmit", 2_000);
    const { samples, losses } = recordOf(recorder.records, "alice", "10.0.0.2");
    const [path] = last.hosts[0]!.associations.at(-1)!.paths;
    expect(samples.at(-1)).toMatchObject({
      cwndBytes: path!.cwndBytes,
      srttMs: path!.srttMs,
      rtoMs: path!.rtoMs,
    });
    expect(samples.every(({ atMs }, i) => atMs > (samples[i - 1]?.atMs ?? -1))).toBe(true);
    expect(losses.map(({ by }) => by)).toEqual(["fast retransmit"]);
    const before = sampleAt(samples, losses[0]!.atMs - 0.001)!;
    expect(sampleAt(samples, losses[0]!.atMs)!.ssthreshBytes).toBeLessThan(before.ssthreshBytes);
  });

  it("marks a timeout on the path that it is of, and not on the other one", () => {
    const { recorder } = recorded("failover", 2_500);
    const marks = (address: string): string[] =>
      recordOf(recorder.records, "alice", address).losses.map(({ by }) => by);
    expect(marks("10.0.0.2")).toContain("timeout");
    expect(marks("10.1.0.2")).toEqual([]);
  });

  it("keeps no more than its limit, the newest whole, and the first and the last", () => {
    const { last } = recorded("fast-retransmit", 1_000);
    const recorder = new SeriesRecorder();
    const [host] = last.hosts;
    const end = host!.associations.at(-1)!;
    for (let i = 0; i < 2_001; i++) {
      const paths = end.paths.map((path) => ({ ...path, cwndBytes: 10_000 + i }));
      recorder.record({ ...last, nowMs: i, hosts: [{ ...host!, associations: [{ ...end, paths }] }] });
    }
    const [{ samples }] = recorder.records as [PathRecord];
    expect(samples).toHaveLength(1_501);
    expect([samples[0]!.atMs, samples[1]!.atMs, samples.at(-1)!.atMs]).toEqual([0, 2, 2_000]);
    expect(samples.slice(-1_000).map(({ atMs }) => atMs)).toEqual(
      Array.from({ length: 1_000 }, (_, i) => 1_001 + i),
    );
  });
});

describe("plots", () => {
  const [windows, roundTrips] = PLOTS as [(typeof PLOTS)[number], (typeof PLOTS)[number]];
  const sample = (atMs: number, more: Partial<PathSample> = {}): PathSample => ({
    atMs,
    cwndBytes: 4_000,
    ssthreshBytes: 0x7fff_ffff,
    flightBytes: 1_000,
    rwndBytes: 1_000_000,
    srttMs: undefined,
    rtoMs: 1_000,
    ...more,
  });

  it("have a column for each line, go on until now, and leave out what lies above the scale", () => {
    const columns = columnsOf(windows, [sample(0), sample(5, { rwndBytes: 8_000, ssthreshBytes: 3_000 })], 9);
    expect(columns).toEqual([
      [0, 5, 9],
      [4_000, 4_000, 4_000],
      [null, 3_000, 3_000],
      [1_000, 1_000, 1_000],
      [null, null, null],
    ]);
    expect(columnsOf(roundTrips, [sample(0)], 0)).toEqual([[0], [null], [1_000]]);
    expect(columnsOf(windows, [], 9)[0]).toEqual([]);
  });

  it("are as high as the windows, and as a ceiling that is not far above", () => {
    expect(topOf(windows, [sample(0)])).toBeCloseTo(4_320);
    expect(topOf(windows, [sample(0, { rwndBytes: 12_000 })])).toBeCloseTo(12_960);
    expect(topOf(windows, [sample(0, { rwndBytes: 12_001 })])).toBeCloseTo(4_320);
  });

  it("tell of a moment what was so then", () => {
    const samples = [sample(10), sample(20), sample(30)];
    expect([9, 10, 19.9, 20, 99].map((ms) => sampleAt(samples, ms)?.atMs)).toEqual([
      undefined,
      10,
      10,
      20,
      30,
    ]);
  });

  it("are a table with the first and the last sample", () => {
    const samples = Array.from({ length: 101 }, (_, i) => sample(i));
    expect(tableSamples(samples, 5).map(({ atMs }) => atMs)).toEqual([0, 25, 50, 75, 100]);
    expect(tableSamples(samples.slice(0, 3), 5)).toHaveLength(3);
  });

  it("are of the host that sends, and of the paths that it sends on", () => {
    const record = (host: string, address: string, flightBytes: number): PathRecord => ({
      host,
      address,
      samples: [sample(0, { flightBytes })],
      losses: [],
    });
    const records = [record("bob", "1", 0), record("alice", "2", 0), record("alice", "3", 9)];
    expect(busiestHost(records)).toBe("alice");
    expect(busyPaths(records, "alice").map(({ address }) => address)).toEqual(["3"]);
    expect(busyPaths(records, "bob").map(({ address }) => address)).toEqual(["1"]);
    expect(busiestHost([])).toBeUndefined();
  });

  it("are told in words", () => {
    const losses = [
      { atMs: 1, by: "timeout" },
      { atMs: 2, by: "fast retransmit" },
      { atMs: 3, by: "timeout" },
    ] as const;
    const samples = [sample(0, { cwndBytes: 42_732 }), sample(1)];
    expect(recordText({ host: "alice", address: "10.0.0.2", samples, losses })).toBe(
      "From alice to 10.0.0.2: cwnd is 4,000 B now and was 42,732 B at most; 1 fast retransmit, 2 timeouts.",
    );
    expect(recordText({ host: "alice", address: "10.0.0.2", samples: [], losses: [] })).toContain(
      "Nothing is known",
    );
    expect([
      valueText(windows, 1_234_567),
      valueText(roundTrips, 90.81),
      valueText(windows, undefined),
    ]).toEqual(["1,234,567 B", "90.8 ms", "–"]);
    expect(timeText(1_250)).toBe("1.25 s");
  });
});
