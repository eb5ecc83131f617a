import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { fillParts } from "../../../docs/page-parts.ts";
import { networksPart, performancePage } from "../../../docs/performance-page.ts";

it("docs/performance.md has the figures of the published run: npm run docs", () => {
  const page = readFileSync(new URL("../../../docs/performance.md", import.meta.url), "utf8");
  expect(performancePage(page)).toBe(page);
});

it("a page without its markers is refused", () => {
  const page = "before\n<!-- one: made by npm run docs -->\nold\n<!-- end of one -->\nafter";
  expect(fillParts(page, { one: () => "new" })).toBe(page.replace("old", "new"));
  expect(() => fillParts(page, { two: () => "new" })).toThrow('no markers for "two"');
});

it("a run over real networks is told with its conditions", () => {
  const trial = {
    cell: "rtt 20 loss 1",
    seed: 1,
    queueMedianMs: 0,
    queueP95Ms: 0,
    lostAtRandom: 0,
    lostByQueue: 0,
  };
  const flows = [{ side: "sctpkit", megabytesPerSecond: 0.911, share: 1 }];
  const row = {
    cell: "rtt 20 loss 1",
    sides: ["sctpkit"],
    seconds: 30,
    trials: Array.from({ length: 5 }, () => ({ ...trial, flows, foreignLoad: 0.25 })),
    errors: [],
  };
  const result = {
    host: "2 x CPU",
    megabitsPerSecond: 100,
    queueProducts: 1,
    seed: 3,
    commit: "0123abc",
    rows: [row],
  };
  expect(networksPart({ ...result, bufferBytes: 8_388_608 }).split("\n")).toEqual([
    "2 x CPU: 100 Mbit/s, queues of one product, buffers 8 MiB, medians of 5 runs of 30 s, the first with seed 3, " +
      "at 0123abc. Others used 0.25 CPUs meanwhile (median), 0.25 in the worst tenth of the trials.",
    "",
    "| RTT, loss | sctpkit |",
    "| --- | --- |",
    "| 20 ms, 1 % | 0.91 |",
    "",
    "| goal | limit | measured | met |",
    "| --- | --- | --- | --- |",
    "| rtt 20 loss 1: MB/s by default | >= 0.91 | 0.911 | yes |",
  ]);
  expect(networksPart({ ...result, bufferBytes: 0 })).toContain("buffers each side's own,");
  const rows = [{ ...row, trials: row.trials.slice(0, 1) }];
  const once = networksPart({ ...result, rows, bufferBytes: 0, queueProducts: 4 });
  expect(once).toMatch(/queues of 4 products, .*, one run of 30 s,/);
});
