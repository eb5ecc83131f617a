/** DATA on all paths at once: whole stacks over links with rates, delays and queues. The long form is `npm run bench:multipath`. */
import { describe, expect, it } from "vitest";
import { SharedLink } from "../../bench/shared-link.ts";
import { type Route, Transfer } from "../../bench/two-links.ts";
import type { AssociationOptionsInput } from "../../src/core.ts";

const EQUAL: Route = { bytesPerSecond: 1_250_000, roundTripMs: 40 };
const FAST: Route = { bytesPerSecond: 1_250_000, roundTripMs: 20 };
const SLOW: Route = { bytesPerSecond: 125_000, roundTripMs: 100 };
const PRODUCT_BYTES = 1_375_000 / 10;
const LARGE = { receiveBufferBytes: 8_388_608 };
const BY_RFC_9260 = { congestionControl: "rfc9260", lossDetection: "rfc9260" } as const;
const BY_TIME = { congestionControl: "cubic", lossDetection: "rack" } as const;

function rateOf(routes: readonly Route[], options: AssociationOptionsInput, messages = 1_200): number {
  return new Transfer({ routes, options, messages }).finish();
}

describe.each([
  ["RFC 9260's rules", BY_RFC_9260],
  ["CUBIC and RACK", BY_TIME],
] as const)("two equal links, by %s", (_, settings) => {
  const alone = rateOf([EQUAL], { ...settings, ...LARGE });

  it.each(["independent", "coupled"] as const)("carry nearly twice what one does, %s", (multipath) => {
    const both = rateOf([EQUAL, EQUAL], { ...settings, ...LARGE, multipath });
    expect(both / alone).toBeGreaterThan(1.9);
  });
});

it('carry nearly twice what one does by "bbr", "independent"', () => {
  const settings = { ...LARGE, congestionControl: "bbr", lossDetection: "rack" } as const;
  const both = rateOf([EQUAL, EQUAL], { ...settings, multipath: "independent" });
  expect(both / rateOf([EQUAL], settings)).toBeGreaterThan(1.85);
});

it.each([
  [1, 0.8],
  [2, 0.95],
  [4, 0.95],
])("a slow link beside a fast one costs little where the buffer is small: %s products", (products, least) => {
  const settings = { ...BY_TIME, receiveBufferBytes: products * PRODUCT_BYTES };
  const both = rateOf([FAST, SLOW], { ...settings, multipath: "independent" }, 1_500);
  expect(both / rateOf([FAST], settings, 1_500)).toBeGreaterThan(least);
});

describe("a bottleneck that both paths share, with a queue that drops what does not fit", () => {
  it.each([
    ["coupled", 0.4, 1.2],
    ["independent", 1.4, 3],
  ] as const)("is taken from one flow that is there as well: %s", (multipath, least, most) => {
    // Some tens of losses in 40 s: how they fall decides about a tenth of a share, so that six runs are judged together.
    const runs = [1, 2, 3, 4, 5, 6].map((seed) => {
      const route = { bytesPerSecond: 1_250_000, roundTripMs: 40, queueProducts: 1, seed };
      const link = new SharedLink(route, [
        { paths: 2, options: { ...BY_TIME, multipath } },
        { paths: 1, options: BY_TIME },
      ]);
      link.run(10_000);
      return link.run(40_000);
    });
    const [both = Number.NaN, one = Number.NaN] = [0, 1].map((at) =>
      runs.reduce((bytes, run) => bytes + (run[at] ?? Number.NaN), 0),
    );
    expect(both / one).toBeGreaterThan(least);
    expect(both / one).toBeLessThan(most);
    expect((both + one) / (runs.length * 40)).toBeGreaterThan(0.95 * 1_250_000);
  });
});

describe.each([
  ["RFC 9260's rules", BY_RFC_9260],
  ["CUBIC and RACK", BY_TIME],
] as const)("a path that fails in the middle, by %s", (_, settings) => {
  it.each([
    ["for good", undefined],
    ["for a while", 5_000],
  ])("%s: everything arrives once, in the order of its stream", (__, mendAfterMs) => {
    const options = { ...settings, multipath: "independent" } as const;
    const transfer = new Transfer({ routes: [EQUAL, EQUAL], options, messages: 1_000, streams: 5 });
    const { world, near, routes } = transfer;
    world.runUntil(() => transfer.receivedCount > 200, { limitMs: 60_000 });
    const [, second] = routes;
    world.cut(second!.near, second!.far);
    world.cut(second!.far, second!.near);
    if (mendAfterMs !== undefined) {
      world.run(mendAfterMs);
      world.mend(second!.near, second!.far);
      world.mend(second!.far, second!.near);
    }
    transfer.finish();
    const state = (): string => near.association.path(second!.far).state;
    expect(state()).toBe("potentially-failed");
    if (mendAfterMs !== undefined)
      world.runUntil(() => state() === "active", { limitMs: world.nowMs + 60_000 }); // A HEARTBEAT finds out. Throws if none does.
    expect(near.association.stats.timeouts).toBeGreaterThan(0);
  });
});
