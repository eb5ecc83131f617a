import { expect, it } from "vitest";
import { BurstAnswers } from "../../../bench/peers/node/bursts.ts";
import { readJob } from "../../../bench/peers/node/contract.ts";
import { LatencyRecorder } from "../../../bench/peers/node/latency.ts";

it("the sink answers the greeting, and each burst when its last byte has come, however it was cut", () => {
  const answers = new BurstAnswers(readJob(["sink", "--size", "100", "--burst", "3"]));
  const answered = [1, 100, 199, 1, 50, 300].map((bytes) => answers.onBytes(bytes)?.length);
  expect(answered).toEqual([1, undefined, undefined, 1, undefined, 1]);
});

it("times above the histogram are kept as they are", () => {
  const recorder = new LatencyRecorder();
  for (const ms of [80, 1, 300, 2, 90]) recorder.add(ms);
  expect(recorder.take()).toEqual({ p50Us: 80_000, p99Us: 300_000, p999Us: 300_000 });
  for (const ms of [1, 2, 90]) recorder.add(ms);
  expect(recorder.take()).toMatchObject({ p50Us: 2_000, p99Us: 90_000 });
  expect(recorder.take()).toEqual({});
});
