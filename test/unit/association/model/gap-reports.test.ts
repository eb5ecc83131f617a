import { expect, it } from "vitest";
import { GapReports } from "../../../../src/association/model/gap-reports.ts";
import { nrSackView, sackView } from "../../../sack-view.ts";

/** Every second offset from 2 on. */
const blocks = (count: number, from: number = 2) =>
  Array.from({ length: count }, (_, i) => [from + 2 * i, from + 2 * i] as const);
const ranges = (count: number, from?: number): number[] => blocks(count, from).flat();

it("knows of no more than the blocks say where a SACK may have had no room, and of all where it has", () => {
  const reports = new GapReports();
  reports.read(sackView(10, 0, blocks(15)), 10);
  expect(reports.knownThroughTsn).toBeUndefined();
  reports.read(sackView(10, 0, blocks(16)), 10);
  expect(reports.knownThroughTsn).toBe(42);
  reports.read(sackView(20, 0, blocks(15)), 20);
  expect(reports.knownThroughTsn).toBeUndefined();
});

it("knows of no more than either list of an NR-SACK says, for the second may be the one that was cut", () => {
  const reports = new GapReports();
  reports.read(nrSackView(10, 0, [[300, 300]], blocks(16)), 10);
  expect(reports.knownThroughTsn).toBe(42);
  reports.read(nrSackView(10, 0, blocks(16), [[300, 300]]), 10);
  expect(reports.knownThroughTsn).toBe(42);
  reports.read(nrSackView(10, 0, [], blocks(16)), 10);
  expect(reports.knownThroughTsn).toBe(42);
});

it("keeps what was reported before beyond the last block, from there on", () => {
  const reports = new GapReports();
  reports.read(sackView(10, 0, [[30, 40]]), 10);
  reports.read(sackView(10, 0, blocks(16)), 10);
  expect(reports.ranges).toEqual([...ranges(16), 33, 40]);
  expect(reports.withdrawn()).toEqual([31, 31]);
  reports.read(sackView(12, 0, blocks(16)), 12);
  expect(reports.ranges).toEqual([...ranges(16), 33, 38]);
  reports.read(sackView(12, 0, blocks(15)), 12);
  expect(reports.withdrawn()).toEqual([32, 32, 33, 38]);
});

it("keeps as many as a SACK has itself: one that is small costs little, whatever came before", () => {
  const reports = new GapReports();
  reports.read(sackView(10, 0, blocks(300, 100)), 10);
  reports.read(sackView(10, 0, blocks(16)), 10);
  expect(reports.ranges).toEqual([...ranges(16), ...ranges(16, 100)]);
});
