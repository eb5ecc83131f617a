/**
 * DATA on all paths at once, towards peers that are legal and odd: from seeds, in virtual time. What must hold whatever they do: each message
 * comes once and in order, no window is overrun, nothing is left in flight nor any timer running; and a path that loses nothing keeps
 * its window, whatever the other one does.
 */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import { SeededRandom } from "../../src/platform/random.ts";
import { adds, asconf, BARE, deletes } from "../conformance/address-peer.ts";
import {
  FORWARD_TSN_SUPPORTED,
  PEER_ADDRESS,
  PEER_SECOND_ADDRESS,
  supportedExtensions,
} from "../conformance/lab.ts";
import { type Oddities, TwoPathPeer, type Way } from "../inside/two-path-peer.ts";

const SETTINGS = [
  { lossDetection: "rfc9260", congestionControl: "rfc9260", multipath: "independent" },
  { lossDetection: "rfc9260", congestionControl: "cubic", multipath: "coupled" },
  { lossDetection: "rack", congestionControl: "rfc9260", multipath: "coupled" },
  { lossDetection: "rack", congestionControl: "cubic", multipath: "independent" },
  { lossDetection: "rack", congestionControl: "bbr", multipath: "independent" },
] as const satisfies ReadonlyArray<Partial<AssociationOptions>>;
const SETTINGS_NAMED = SETTINGS.map((each) => [Object.values(each).join(" "), each] as const);
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
/** With these, windows were once reduced for nothing. */
const ONCE_REDUCED = [14, 29, 105, 147, 191, 258, 445, 447, 471];
const LIMIT_MS = 120_000;
const SMALL_WINDOW = (heldBytes: number): number => Math.max(0, 40_000 - heldBytes);

class Draw {
  readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  of<T>(...choices: readonly T[]): T {
    return choices[this.random.integer(0, choices.length - 1)] as T;
  }

  happens(probability: number): boolean {
    return this.random.fraction() < probability;
  }

  /** Delays up to twenty to one, rates up to ten to one. */
  ways(): [Way, Way] {
    return [
      { delayMs: this.of(5, 10, 50), bytesPerMs: this.of(undefined, 1_250, 300) },
      { delayMs: this.of(5, 10, 50, 100), bytesPerMs: this.of(undefined, 1_250, 125) },
    ];
  }

  oddities(seed: number): Oddities {
    return {
      seed,
      sackWay: this.of(
        undefined,
        () => 0,
        () => 1,
      ),
      sackEvery: this.of(1, 2, 2, 5, 10),
      sacksGapsAtOnce: this.of(true, true, false),
      aRwndBytes: this.of(undefined, undefined, SMALL_WINDOW),
    };
  }
}

/** The way of each SACK at random, so that older ones come after newer ones. */
const AT_RANDOM = (_: number, random: SeededRandom): number => random.integer(0, 1);

describe.each(SETTINGS_NAMED)("%s", (_, settings) => {
  it("loses nothing, and reduces no window, where nothing is lost", () => {
    for (const seed of [...SEEDS, ...ONCE_REDUCED]) {
      const draw = new Draw(seed);
      const peer = new TwoPathPeer(settings, draw.ways(), draw.oddities(seed));
      peer.send(200);
      peer.finish(LIMIT_MS);
      expect([seed, peer.faults, peer.reductions]).toEqual([seed, [], [0, 0]]);
      expect(peer.association.stats.timeouts).toBe(0);
    }
  });

  it("reduces no window for losses of the other path", () => {
    for (const seed of [...SEEDS, ...ONCE_REDUCED]) {
      const draw = new Draw(seed);
      const ways = draw.ways();
      const loser = draw.of(0, 1);
      const share = draw.of(0.01, 0.05);
      ways[loser] = { ...ways[loser], loses: () => draw.happens(share) };
      const peer = new TwoPathPeer(settings, ways, draw.oddities(seed));
      peer.send(200);
      peer.finish(LIMIT_MS);
      expect([seed, peer.faults, peer.reductions[1 - loser]]).toEqual([seed, [], 0]);
    }
  });

  it("delivers what the peer takes back, hears of late, or loses on any path", () => {
    for (const seed of SEEDS) {
      const draw = new Draw(seed);
      const ways = draw.ways();
      const share = draw.of(0, 0.05);
      for (const at of [0, 1])
        ways[at] = { ...ways[at], delayMs: ways[at]?.delayMs ?? 0, loses: () => draw.happens(share) };
      const odd = { ...draw.oddities(seed), sackWay: AT_RANDOM, renegesShare: 0.1, renegesUntilMs: 3_000 };
      const peer = new TwoPathPeer(settings, ways, odd);
      peer.send(150);
      peer.finish(LIMIT_MS);
      expect([seed, peer.faults]).toEqual([seed, []]);
    }
  });

  it("goes on where a path goes away, for good or for a while, with packets of either direction", () => {
    for (const seed of SEEDS) {
      const draw = new Draw(seed);
      const ways = draw.ways();
      const gone = draw.of(0, 1);
      const [fromMs, toMs] = [draw.of(1_100, 1_300), draw.of(1_400, 4_000, Number.POSITIVE_INFINITY)];
      const isGone = (nowMs: number): boolean => nowMs >= fromMs && nowMs < toMs;
      const isBack = draw.of(true, false);
      ways[gone] = {
        ...ways[gone],
        loses: (_packet, nowMs) => !isBack && isGone(nowMs),
        losesBack: (nowMs) => isGone(nowMs),
      };
      const odd = { ...draw.oddities(seed), sackWay: draw.of(undefined, () => 1 - gone) };
      const quick = { ...settings, potentiallyFailedMaxRetrans: 0, heartbeatIntervalMs: 1_000 };
      const peer = new TwoPathPeer(quick, ways, odd);
      peer.send(200);
      peer.finish(LIMIT_MS);
      expect([seed, peer.faults]).toEqual([seed, []]);
    }
  });

  it("sends elsewhere what was in flight to an address that the peer takes away, and maybe gives back (RFC 5061 5.3)", () => {
    const addresses = [PEER_ADDRESS, PEER_SECOND_ADDRESS] as const;
    for (const seed of SEEDS) {
      const draw = new Draw(seed);
      const gone = draw.of(0, 1);
      const stays = 1 - gone;
      const odd = {
        ...draw.oddities(seed),
        sackWay: () => stays,
        parameters: [supportedExtensions(193, 128)],
      };
      const peer = new TwoPathPeer({ ...settings, ...BARE }, draw.ways(), odd);
      const change = (offset: number, parameter: typeof deletes): void =>
        peer.say([asconf(peer.link, offset, [parameter(addresses[gone] ?? "")], addresses[stays])], stays);
      peer.send(200);
      peer.run(draw.of(20, 60, 120));
      change(0, deletes);
      expect(peer.path(gone)).toBeUndefined();
      if (draw.of(true, false)) peer.at(peer.nowMs + 300, () => change(1, adds));
      peer.finish(LIMIT_MS);
      expect([seed, peer.faults]).toEqual([seed, []]);
    }
  });

  it("gives up messages whose chunks are in flight on both paths, and no others (RFC 3758)", () => {
    for (const seed of SEEDS) {
      const draw = new Draw(seed);
      const ways = draw.ways().map((way) => ({ ...way, loses: () => draw.happens(0.05) }));
      const odd = { ...draw.oddities(seed), parameters: [FORWARD_TSN_SUPPORTED] };
      const peer = new TwoPathPeer(settings, ways, odd);
      const limit = draw.of({ lifetimeMs: 150 }, { maxRetransmits: 0 });
      for (let i = 0; i < 150; i++) peer.send(1, i % 3 === 0 ? {} : { reliability: limit });
      peer.runUntil(() => peer.association.bufferedBytes === 0, LIMIT_MS);
      peer.rest();
      const whole = peer.received.filter((number) => number % 3 === 0);
      expect([seed, peer.faults]).toEqual([seed, []]);
      expect(whole).toEqual(Array.from({ length: 50 }, (_each, at) => 3 * at));
      expect(peer.received).toEqual([...peer.received].sort((a, b) => a - b));
    }
  });

  it("ends with a peer that acknowledges by SHUTDOWN alone (RFC 9260 9.2)", () => {
    for (const seed of SEEDS) {
      const draw = new Draw(seed);
      const ways = draw.ways().map((way) => ({ ...way, loses: () => draw.happens(0.01) }));
      const peer = new TwoPathPeer(settings, ways, { ...draw.oddities(seed), shutsDownAtMs: 1_250 });
      peer.send(200);
      peer.runUntil(
        () =>
          peer.association.state === "CLOSED" || (peer.nowMs > 1_250 && peer.association.bufferedBytes === 0),
        LIMIT_MS,
      );
      expect([seed, peer.faults, peer.received.length]).toEqual([seed, [], 200]);
    }
  });
});
