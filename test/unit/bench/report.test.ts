import { expect, it } from "vitest";
import { allCases, type Case } from "../../../bench/runner/cases.ts";
import { costsAgainst, figure, type Row, ratios, summary, table } from "../../../bench/runner/report.ts";
import { baselineSide, SIDES, type Side } from "../../../bench/runner/sides.ts";
import type { Outcome } from "../../../bench/runner/trial.ts";

const CASES = allCases(false);
const OURS = SIDES[0] as Side;
const BASELINE = baselineSide("main.js");

function outcome(figures: Partial<Outcome>): Outcome {
  const nothing = Number.NaN;
  return {
    messagesPerSecond: nothing,
    megabytesPerSecond: nothing,
    megabytesPerCoreSecond: nothing,
    cpuSecondsPerGigabyte: nothing,
    cpuSecondsPerMillionMessages: nothing,
    sinkLoad: nothing,
    sourceLoad: nothing,
    foreignLoad: nothing,
    peakMegabytes: nothing,
    allocatedBytesPerPacket: nothing,
    flowShare: nothing,
    p50Us: nothing,
    p99Us: nothing,
    p999Us: nothing,
    droppedAtRandom: nothing,
    droppedByQueue: nothing,
    droppedTooLarge: nothing,
    ...figures,
  };
}

function row(name: string, side: Side, outcomes: readonly (Partial<Outcome> | undefined)[]): Row {
  const test = CASES.find((candidate) => candidate.name === name) as Case;
  return { test, side, outcomes: outcomes.map((one) => one && outcome(one)), errors: [] };
}

const rates = (...numbers: readonly number[]) =>
  numbers.map((megabytesPerSecond) => ({ megabytesPerSecond }));

it("a round that failed on one side is no round of the other's", () => {
  const ours = row("oneway 64", OURS, [...rates(10), undefined, ...rates(30)]);
  const theirs = row("oneway 64", BASELINE, rates(10, 20, 15));
  expect(ratios(ours, theirs, "megabytesPerSecond")).toEqual([1, Number.NaN, 2]);
  expect(figure(ours, "megabytesPerSecond")).toBe(20);
  expect(summary(ours)).toMatchObject({ rounds: 2, megabytesPerSecond: 20, spread: 0.5 });
});

it("what is compared with a baseline is a cost, whichever way the figure counts", () => {
  const rows = [
    row("oneway 64", BASELINE, [{ megabytesPerSecond: 10, cpuSecondsPerMillionMessages: 2 }]),
    row("oneway 64", OURS, [{ megabytesPerSecond: 8, cpuSecondsPerMillionMessages: 3 }]),
    row("latency 100", BASELINE, [{ p50Us: 100 }]),
    row("latency 100", OURS, [{ p50Us: 90 }]),
    row("handshakes", BASELINE, [{ messagesPerSecond: 100 }]),
    row("handshakes", OURS, [{ messagesPerSecond: 200 }]),
    row("streams 64", OURS, [{ megabytesPerSecond: 1 }]),
  ];
  expect(costsAgainst(rows, "sctpkit-baseline")).toEqual([
    { what: "oneway 64, 10 -> 8 MB/s", costRatios: [1.25] },
    { what: "oneway 64, 2 -> 3 CPU s/M messages", costRatios: [1.5] },
    { what: "latency 100, 100 -> 90 us p50", costRatios: [0.9] },
    { what: "handshakes, 100 -> 200 a second", costRatios: [0.5] },
  ]);
});

it("the table tells what a link dropped, too large datagrams by themselves", () => {
  const dropped = { megabytesPerSecond: 1, droppedAtRandom: 3, droppedByQueue: 20, droppedTooLarge: 7 };
  const lines = table([row("link loss 1%", OURS, [dropped]), row("oneway 64", OURS, rates(1))]);
  expect(lines[0]).toContain("dropped");
  expect(lines[1]).toContain(" 3+20+7 ");
  expect(lines[2]).not.toContain("+20+");
  expect(table([row("oneway 64", OURS, [undefined])])[1]).toContain("failed");
});
