/** The search for the largest packet of a path, state by state (RFC 8899 5.2), without packets. */
import { describe, expect, it } from "vitest";
import { LostSizes } from "../../../../src/association/model/lost-sizes.ts";
import {
  PacketSizeSearch,
  RAISE_INTERVAL_MS,
  type SearchBounds,
} from "../../../../src/association/paths/packet-size-search.ts";

const BOUNDS: SearchBounds = {
  family: 4,
  baseBytes: 1_200,
  maxBytes: 65_507,
  maxProbes: 1,
  probeTimeoutMs: 20_000,
  isUnasked: false,
};

/** A search on a path with a round trip of 10 ms, and each size that was tried, in order. */
class Trial {
  readonly search: PacketSizeSearch;
  readonly tried: number[] = [];
  nowMs = 0;

  constructor(bounds: Partial<SearchBounds> = {}) {
    this.search = new PacketSizeSearch({ ...BOUNDS, ...bounds });
    this.search.begin(0);
  }

  /** Goes on for so long. @param carries whether a probe of that size is answered */
  run(ms: number, carries: (bytes: number) => boolean): this {
    const endMs = this.nowMs + ms;
    while (this.search.deadlineMs <= endMs) {
      this.nowMs = Math.max(this.nowMs, this.search.deadlineMs);
      if (!this.search.onTimeout(this.nowMs)) continue;
      this.tried.push(this.search.probedBytes);
      this.search.onSent(this.nowMs);
      if (!carries(this.search.probedBytes)) continue;
      this.nowMs += 10;
      this.search.onAnswered(this.nowMs);
    }
    this.nowMs = endMs;
    return this;
  }
}

const upTo = (limit: number) => (bytes: number) => bytes <= limit;

describe("the sizes that are tried", () => {
  it("go upwards through the common ones, less the headers of IPv4 and UDP, to the largest", () => {
    const { tried, search } = new Trial().run(1_000, () => true);
    expect(tried).toEqual([
      1_200, 1_252, 1_372, 1_392, 1_412, 1_432, 1_452, 1_464, 1_472, 2_276, 4_324, 8_192, 8_972, 9_188,
      16_356, 32_740, 65_504,
    ]);
    expect([search.state, search.confirmedBytes]).toEqual(["SEARCH_COMPLETE", 65_504]);
  });

  it("have the longer headers of IPv6 taken off", () => {
    const { tried } = new Trial({ family: 6, maxBytes: 1_452 }).run(1_000, () => true);
    expect(tried).toEqual([1_200, 1_232, 1_352, 1_372, 1_392, 1_412, 1_432, 1_444, 1_452]);
  });

  it("end with the largest that is allowed, a multiple of four, and never go above it", () => {
    const { tried, search } = new Trial({ maxBytes: 1_403 }).run(1_000, () => true);
    expect(tried).toEqual([1_200, 1_252, 1_372, 1_392, 1_400]);
    expect(search.confirmedBytes).toBe(1_400);
  });

  it("are none beside the base where nothing worthwhile is allowed", () => {
    for (const maxBytes of [0, 1_200, 1_207]) {
      const { tried, search } = new Trial({ maxBytes }).run(1_000, () => true);
      expect([tried, search.state, search.confirmedBytes]).toEqual([[1_200], "SEARCH_COMPLETE", 1_200]);
    }
  });

  it("begin above a base of the user's", () => {
    const { tried } = new Trial({ baseBytes: 8_192, maxBytes: 8_972 }).run(1_000, () => true);
    expect(tried).toEqual([8_192, 8_972]);
  });
});

describe("a size that is not answered", () => {
  it("ends the search at what was confirmed before, with one probe by default", () => {
    const { tried, search } = new Trial().run(60_000, upTo(1_472));
    expect(tried.slice(-2)).toEqual([1_472, 2_276]);
    expect([search.state, search.confirmedBytes]).toEqual(["SEARCH_COMPLETE", 1_472]);
  });

  it("is tried MAX_PROBES times where that is more, and counting begins anew with each answer", () => {
    let lost = 0;
    const flaky = (bytes: number): boolean => bytes <= 1_252 || (bytes <= 1_372 && ++lost % 3 === 0);
    const { tried, search } = new Trial({ maxProbes: 3 }).run(300_000, flaky);
    expect(tried).toEqual([1_200, 1_252, 1_372, 1_372, 1_372, 1_392, 1_392, 1_392]);
    expect(search.confirmedBytes).toBe(1_372);
  });

  it("is waited for until PROBE_TIMER expires", () => {
    const trial = new Trial({ probeTimeoutMs: 5_000 }).run(5_000, upTo(1_200));
    expect([trial.search.state, trial.search.isWaiting]).toEqual(["SEARCHING", true]);
    expect(trial.run(10, upTo(1_200)).search.state).toBe("SEARCH_COMPLETE");
  });

  it("and the sizes above are tried again after ten minutes", () => {
    const trial = new Trial({ maxBytes: 1_472 }).run(60_000, upTo(1_372));
    const count = trial.tried.length;
    trial.run(RAISE_INTERVAL_MS - 60_000, () => true);
    expect(trial.tried).toHaveLength(count);
    trial.run(60_000, () => true);
    expect(trial.tried.slice(count)).toEqual([1_392, 1_412, 1_432, 1_452, 1_464, 1_472]);
    expect(trial.search.confirmedBytes).toBe(1_472);
  });

  it("leaves a search that may be put off for as long", () => {
    const trial = new Trial({ maxBytes: 1_472 }).run(60_000, upTo(1_372));
    trial.search.postpone(trial.nowMs);
    expect(trial.search.deadlineMs).toBe(trial.nowMs + RAISE_INTERVAL_MS);
  });
});

describe("a base that is not answered", () => {
  it("is tried three times, then packets are small until it is", () => {
    const trial = new Trial().run(59_000, upTo(800));
    expect([trial.tried, trial.search.state]).toEqual([[1_200, 1_200, 1_200], "BASE"]);
    expect(trial.search.confirmedBytes).toBe(1_200);
    trial.run(100_000, upTo(800));
    expect([trial.search.state, trial.search.confirmedBytes]).toEqual(["ERROR", 512]);
    expect(new Set(trial.tried)).toEqual(new Set([1_200]));
    trial.run(40_000, upTo(1_252));
    expect(trial.search.confirmedBytes).toBe(1_252);
  });

  it("never makes packets smaller than every link of IPv6 carries, nor larger than they were", () => {
    const sizes = (bounds: Partial<SearchBounds>): number =>
      new Trial(bounds).run(100_000, () => false).search.confirmedBytes;
    expect(sizes({ family: 6 })).toBe(1_200);
    expect(sizes({ family: 6, baseBytes: 4_000 })).toBe(1_232);
    expect(sizes({ family: 4, baseBytes: 4_000 })).toBe(512);
  });
});

describe("a path", () => {
  it("that cannot be reached carries the base at most, and nothing is tried", () => {
    const { search } = new Trial().run(1_000, () => true);
    search.stop();
    expect([search.state, search.confirmedBytes, search.deadlineMs]).toEqual([
      "DISABLED",
      1_200,
      Number.POSITIVE_INFINITY,
    ]);
    const small = new Trial().run(100_000, () => false).search;
    small.stop();
    expect(small.confirmedBytes).toBe(512);
  });

  it("that swallows what was confirmed carries the base, which is tried, and then more", () => {
    const trial = new Trial({ maxBytes: 8_972 }).run(1_000, () => true);
    trial.search.begin(trial.nowMs);
    expect([trial.search.state, trial.search.confirmedBytes]).toEqual(["BASE", 1_200]);
    trial.tried.length = 0;
    trial.run(100_000, upTo(1_400));
    expect(trial.tried).toEqual([1_200, 1_252, 1_372, 1_392, 1_412]);
    expect(trial.search.confirmedBytes).toBe(1_392);
  });
});

describe("what was lost", () => {
  it("is not tried within ten minutes, whatever begins the search anew", () => {
    const trial = new Trial({ maxBytes: 8_972 }).run(60_000, upTo(1_472));
    expect(trial.search.limit).toMatchObject({ maxBytes: 1_472 });
    trial.search.begin(trial.nowMs);
    trial.tried.length = 0;
    trial.run(60_000, () => true);
    expect([trial.tried.at(-1), trial.search.confirmedBytes]).toEqual([1_472, 1_472]);
    trial.run(RAISE_INTERVAL_MS, () => true);
    expect(trial.search.confirmedBytes).toBe(8_972);
  });

  it("by somebody else is heeded as well", () => {
    const trial = new Trial({ maxBytes: 8_972 });
    trial.search.heed({ maxBytes: 1_400, untilMs: 60_000 });
    expect(trial.run(1_000, () => true).search.confirmedBytes).toBe(1_400);
    expect(trial.run(RAISE_INTERVAL_MS + 1_000, () => true).search.confirmedBytes).toBe(8_972);
  });

  it("is remembered of so many addresses, the last ones", () => {
    const sizes = new LostSizes();
    const limit = { maxBytes: 1_472, untilMs: 1 };
    for (let i = 0; i < 2_000; i++) sizes.note(`2001:db8::${i}`, limit);
    sizes.note("2001:db8::1500", { ...limit, maxBytes: 1_400 });
    expect(sizes.of("2001:db8::1500")?.maxBytes).toBe(1_400);
    const known = Array.from({ length: 2_000 }, (_, i) => sizes.of(`2001:db8::${i}`)).filter(Boolean);
    expect(known).toHaveLength(1_024);
  });
});
