/**
 * How long messages wait when one of two networks is cut at any moment (RFC 7829), and that it is not left for nothing.
 * Replay one seed: SIM_SEED=3 npx vitest run test/sim/quick-failover.
 */
import { describe, expect, it } from "vitest";
import { type AssociationOptionsInput, NEVER_EXCEEDED } from "../../src/base/options.ts";
import type { TraceSink } from "../../src/base/trace-sink.ts";
import { type SimAssociation, SimWorld } from "../../src/sim/index.ts";

const MINUTE_MS = 60_000;
const NEAR = ["10.0.0.1", "10.1.0.1"] as const;
const FAR = ["10.0.0.2", "10.1.0.2"] as const;
const pinned = process.env["SIM_SEED"];
const SEEDS = pinned === undefined ? Array.from({ length: 100 }, (_, i) => i) : [Number(pinned)];

/** One direction: when each message was sent, and how long the one that waited longest did. */
class Flow {
  readonly #world: SimWorld;
  readonly #from: SimAssociation;
  readonly #to: SimAssociation;
  readonly #sentAtMs: number[] = [];
  #readCount = 0;
  longestMs = 0;

  constructor(world: SimWorld, from: SimAssociation, to: SimAssociation) {
    this.#world = world;
    this.#from = from;
    this.#to = to;
  }

  send(): void {
    this.#sentAtMs.push(this.#world.nowMs);
    this.#from.send(0, new Uint8Array(100).fill(this.#sentAtMs.length));
  }

  /** Looks at what has come; returns whether all has, each message once. */
  look(): boolean {
    for (; this.#readCount < this.#to.receivedCount; this.#readCount++) {
      const sentAtMs = this.#sentAtMs[this.#readCount] ?? Number.NaN;
      this.longestMs = Math.max(this.longestMs, this.#world.nowMs - sentAtMs);
    }
    return this.#readCount === this.#sentAtMs.length;
  }
}

interface Net {
  readonly world: SimWorld;
  readonly near: SimAssociation;
  readonly far: SimAssociation;
  /** States that a path of either side has got into, but "active". */
  readonly suspicions: string[];
}

function net(seed: number, nearOptions: AssociationOptionsInput, farOptions: AssociationOptionsInput): Net {
  const suspicions: string[] = [];
  const trace: TraceSink = {
    packet() {},
    event(event, nowMs) {
      if (event.kind === "path" && event.state !== "active")
        suspicions.push(`${nowMs.toFixed()} ${event.address} ${event.state}`);
    },
  };
  const world = new SimWorld({ seed });
  const client = world.host("near", NEAR, { trace });
  const server = world.host("far", FAR, { trace });
  for (const i of [0, 1] as const) world.link(NEAR[i], FAR[i], { delayMinMs: 1, delayMaxMs: 10 });
  server.listen(7, farOptions);
  const near = client.connect(FAR, 7, nearOptions);
  world.run(3_000);
  const [far] = server.associations;
  if (far === undefined) throw new Error("the server has no association");
  for (const { association } of [near, far])
    expect(association.paths().map(({ state }) => state)).toEqual(["active", "active"]);
  return { world, near, far, suspicions };
}

/** Both sides send a message now and then, the NIC of the first network is pulled; how long the slowest message took. */
function longestWait(seed: number, options: AssociationOptionsInput): number {
  const { world, near, far } = net(seed, options, options);
  const flows = [new Flow(world, near, far), new Flow(world, far, near)];
  const startMs = world.nowMs;
  for (const flow of flows) {
    let atMs = startMs;
    for (let i = 0; i < 60; i++) {
      atMs += world.random.integer(1, 100);
      world.at(atMs, () => flow.send());
    }
  }
  world.at(startMs + 500 + 1_000 * world.random.fraction(), () => world.cut(NEAR[0], FAR[0]));
  const isDone = (): boolean =>
    flows.map((flow) => flow.look()).every(Boolean) && world.nowMs > startMs + 60 * 100;
  world.at(startMs + 60 * 100 + 1, () => {});
  world.runUntil(isDone, { limitMs: 10 * MINUTE_MS });
  return Math.max(...flows.map(({ longestMs }) => longestMs));
}

/** What 99 of 100 are not above. */
function percentile99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN;
}

describe("one of two networks is cut at any moment, 100 times", () => {
  const waits = (options: AssociationOptionsInput): readonly number[] =>
    SEEDS.map((seed) => longestWait(seed, options));

  it("with default options no message waits for 2 s", () => {
    expect(percentile99(waits({}))).toBeLessThan(2_000);
  });

  it("with the preset fastFailover no message waits for 300 ms", () => {
    expect(percentile99(waits({ preset: "fastFailover" }))).toBeLessThan(300);
  });

  it("without quick failover some message waits much longer", () => {
    const slow = { potentiallyFailedMaxRetrans: NEVER_EXCEEDED };
    expect(Math.max(...SEEDS.slice(0, 5).map((seed) => longestWait(seed, slow)))).toBeGreaterThan(5_000);
  });
});

describe("with the preset fastFailover", () => {
  it.each([
    ["of the preset, too", { preset: "fastFailover" }],
    ["that delays its SACKs by 200 ms", { sackDelayMs: 200 }],
    ["that delays its SACKs by 500 ms", { sackDelayMs: 500 }],
  ] as const)("no path is left for nothing in ten minutes, with a peer %s", (_, farOptions) => {
    const { world, near, far, suspicions } = net(1, { preset: "fastFailover" }, farOptions);
    let sentCount = 0;
    const endMs = world.nowMs + 10 * MINUTE_MS;
    for (let atMs = world.nowMs; atMs < endMs; atMs += world.random.integer(1, 2_000)) {
      sentCount++;
      const lengthBytes = world.random.integer(1, 5_000);
      world.at(atMs, () => near.send(sentCount % 3, new Uint8Array(lengthBytes)));
    }
    world.run(10 * MINUTE_MS + 5_000);
    expect([suspicions, far.receivedCount]).toEqual([[], sentCount]);
  });

  it("nor with a scripted peer that heeds no I bit, if rtoMinMs allows for its delay", () => {
    const left = (options: AssociationOptionsInput): number => {
      const world = new SimWorld({ seed: 2 });
      let leftCount = 0;
      const trace: TraceSink = {
        packet() {},
        event(event) {
          if (event.kind === "path" && event.state !== "active") leftCount++;
        },
      };
      const host = world.host("near", [NEAR[0]], { trace });
      const peer = world.peer("far", FAR[0], { port: 7 });
      peer.listen();
      world.link(NEAR[0], FAR[0], { delayMinMs: 1, delayMaxMs: 10 });
      const near = host.connect([FAR[0]], 7, { preset: "fastFailover", ...options });
      for (let atMs = 1_000; atMs < 10 * MINUTE_MS; atMs += world.random.integer(1, 2_000))
        world.at(atMs, () => near.send(0, new Uint8Array(world.random.integer(1, 3_000))));
      world.run(10 * MINUTE_MS);
      expect(near.state).toBe("ESTABLISHED");
      return leftCount;
    };
    expect(left({ rtoMinMs: 300, rtoInitialMs: 300 })).toBe(0);
    expect(left({})).toBeGreaterThan(10);
  });
});
