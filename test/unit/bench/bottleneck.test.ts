import { expect, it } from "vitest";
import { Bottleneck, type BottleneckOptions } from "../../../bench/peers/node/bottleneck.ts";

const OPTIONS: BottleneckOptions = {
  megabitsPerSecond: 100,
  roundTripMs: 20,
  lossPercent: 0,
  reorderPercent: 0,
};

/** Sends datagrams of the sizes at time 0; when each arrives, by its place. */
function arrivals(link: Bottleneck, sizes: readonly number[]): Map<number, number> {
  const found = new Map<number, number>();
  let nowMs = 0;
  for (const [i, size] of sizes.entries()) link.send(new Uint8Array(size), 0, () => found.set(i, nowMs));
  while (link.nextArrivalMs < Number.POSITIVE_INFINITY) {
    nowMs = link.nextArrivalMs;
    link.flush(nowMs);
  }
  return found;
}

it("a full packet takes its time on the wire and half a round trip", () => {
  const link = new Bottleneck(OPTIONS, 1);
  const [first, second] = arrivals(link, [1_472, 1_472]).values();
  expect(first).toBeCloseTo(0.12 + 10);
  expect(second).toBeCloseTo(0.24 + 10);
});

it("drops datagrams above 1,472 bytes unless told otherwise, and counts them by themselves", () => {
  const link = new Bottleneck(OPTIONS, 1);
  expect([...arrivals(link, [1_473, 1_472, 9_000]).keys()]).toEqual([1]);
  expect(link.dropped).toEqual({ atRandom: 0, byQueue: 0, tooLarge: 2 });

  const wide = new Bottleneck({ ...OPTIONS, largestDatagramBytes: 8_972 }, 1);
  expect([...arrivals(wide, [1_473, 8_972, 8_973]).keys()]).toEqual([0, 1]);
  expect(wide.dropped.tooLarge).toBe(1);
});

it("holds one bandwidth-delay product and drops the rest", () => {
  const link = new Bottleneck(OPTIONS, 1);
  const sent = 200;
  const arrived = arrivals(
    link,
    Array.from({ length: sent }, () => 1_472),
  ).size;
  expect(arrived).toBe(Math.floor(250_000 / 1_500));
  expect(link.dropped).toEqual({ atRandom: 0, byQueue: sent - arrived, tooLarge: 0 });
});

it("holds as much as it is told to", () => {
  const link = new Bottleneck({ ...OPTIONS, queueBytes: 4_500 }, 1);
  expect(arrivals(link, [1_472, 1_472, 1_472, 1_472]).size).toBe(3);
  expect(link.dropped.byQueue).toBe(1);
});

it("loses and reorders its share, the same from the same seed", () => {
  const options = { ...OPTIONS, megabitsPerSecond: 100_000, lossPercent: 10, reorderPercent: 10 };
  const small = Array.from({ length: 1_000 }, () => 72);
  const link = new Bottleneck(options, 3);
  const arrived = [...arrivals(link, small).keys()];
  expect(link.dropped.atRandom).toBeGreaterThan(60);
  expect(link.dropped.atRandom).toBeLessThan(140);
  expect(arrived).toHaveLength(1_000 - link.dropped.atRandom);
  expect(arrived).not.toEqual([...arrived].sort((a, b) => a - b));
  expect([...arrivals(new Bottleneck(options, 3), small).keys()]).toEqual(arrived);
});
