import { expect, it } from "vitest";
import { completesBurst } from "../../../bench/peers/node/bursts.ts";
import { type Job, readJob } from "../../../bench/peers/node/contract.ts";
import { LatencyRecorder } from "../../../bench/peers/node/latency.ts";

it("a burst is complete when its last byte has come, however it was cut", () => {
  const job: Job = readJob(["sink", "--size", "100", "--burst", "3"]);
  const steps = [0, 100, 299, 300, 350, 650] as const;
  const complete = steps.slice(1).map((bytes, i) => completesBurst(job, steps[i] ?? 0, bytes));
  expect(complete).toEqual([false, false, true, false, true]);
});

it("times above the histogram are kept as they are", () => {
  const recorder = new LatencyRecorder();
  for (const ms of [80, 1, 300, 2, 90]) recorder.add(ms);
  expect(recorder.take()).toEqual({ p50Us: 80_000, p99Us: 300_000, p999Us: 300_000 });
  for (const ms of [1, 2, 90]) recorder.add(ms);
  expect(recorder.take()).toMatchObject({ p50Us: 2_000, p99Us: 90_000 });
  expect(recorder.take()).toEqual({});
});
