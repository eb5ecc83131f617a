/**
 * Hosts of several addresses between which single pairs fail (RFC 9260 6.4.1): an association lives while one pair works.
 * Replay one seed: SIM_SEED=3 npx vitest run test/sim/address-pairs. More of them: SIM_SEEDS=200.
 */
import { describe, expect, it } from "vitest";
import type { AssociationOptions } from "../../src/base/options.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";
import { AnswerWatcher } from "./answer-watcher.ts";

const HOUR_MS = 3_600_000;
const LINK = { delayMinMs: 5, delayMaxMs: 10 };
const pinned = process.env["SIM_SEED"];
const COUNT = Number(process.env["SIM_SEEDS"] ?? 12);
const SEEDS = pinned === undefined ? Array.from({ length: COUNT }, (_, i) => i) : [Number(pinned)];

interface Net {
  readonly world: SimWorld;
  readonly watcher: AnswerWatcher;
  readonly near: SimAssociation;
  readonly far: SimAssociation;
  readonly pairs: ReadonlyArray<readonly [ours: string, theirs: string]>;
}

const addresses = (count: number, host: number): string[] =>
  Array.from({ length: count }, (_, i) => `10.${i}.0.${host}`);

/** A client and a server with so many addresses, every pair linked, and an association that is up. */
function net(
  seed: number,
  [clients, servers]: readonly [number, number],
  options: Partial<AssociationOptions> = {},
): Net {
  const ours = addresses(clients, 1);
  const theirs = addresses(servers, 2);
  const watcher = new AnswerWatcher((address) => (ours.includes(address) ? "client" : "server"));
  const world = new SimWorld({ seed });
  const client: SimHost = world.host("client", ours, { trace: watcher });
  const server: SimHost = world.host("server", theirs, { trace: watcher });
  const pairs = ours.flatMap((a) => theirs.map((b) => [a, b] as const));
  for (const [a, b] of pairs) world.link(a, b, LINK);
  server.listen(7, options);
  const near = client.connect(theirs, 7, options);
  world.runUntil(() => near.state === "ESTABLISHED" && server.associations[0]?.state === "ESTABLISHED", {
    limitMs: HOUR_MS,
  });
  const far = server.associations[0];
  if (far === undefined) throw new Error("the server has no association");
  return { world, watcher, near, far, pairs };
}

function sendEvery(world: SimWorld, from: SimAssociation, count: number, everyMs: number): void {
  for (let i = 0; i < count; i++)
    world.at(world.nowMs + i * everyMs, () => from.send(i % 3, new Uint8Array(100).fill(i)));
}

function stateOf(user: SimAssociation, theirs: string, ours: string): string | undefined {
  return user.association.path(theirs).sources.find(({ address }) => address === ours)?.state;
}

const SHAPES: ReadonlyArray<readonly [clients: number, servers: number]> = [
  [1, 2],
  [2, 1],
  [2, 2],
  [1, 3],
  [3, 1],
];
const DIRECTIONS = ["both ways", "there", "back"] as const;

function cut(world: SimWorld, a: string, b: string, direction: (typeof DIRECTIONS)[number]): void {
  if (direction !== "back") world.cutOneWay(a, b);
  if (direction !== "there") world.cutOneWay(b, a);
}

describe.each(SHAPES)("a client of %i and a server of %i addresses", (clients, servers) => {
  it.each(DIRECTIONS)("live on when the pair in use is cut, %s: all messages arrive [A15]", (direction) => {
    for (const sender of ["near", "far"] as const) {
      const { world, near, far, watcher } = net(1, [clients, servers]);
      cut(world, "10.0.0.1", "10.0.0.2", direction);
      const [from, to] = sender === "near" ? [near, far] : [far, near];
      sendEvery(world, from, 20, 300);
      world.runUntil(() => to.receivedCount === 20, { limitMs: world.nowMs + 120_000 });
      expect([near.state, far.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
      expect(watcher.complaints).toEqual([]);
    }
  });

  it("find a pair that has healed, and tell which pairs work all the while [A15]", () => {
    const { world, near, far, pairs } = net(2, [clients, servers], { heartbeatIntervalMs: 5_000 });
    world.run(60_000);
    world.cut("10.0.0.1", "10.0.0.2");
    world.run(120_000);
    // A host of one address has no choice of sources: there it is the state of the path that tells.
    const seen = (): string[] => [
      clients > 1 ? `${stateOf(near, "10.0.0.2", "10.0.0.1")}` : near.association.path("10.0.0.2").state,
      servers > 1 ? `${stateOf(far, "10.0.0.1", "10.0.0.2")}` : far.association.path("10.0.0.1").state,
    ];
    expect(seen()).toEqual([clients > 1 ? "lost" : "inactive", servers > 1 ? "lost" : "inactive"]);
    for (const [a, b] of pairs.filter((pair) => pair.join() !== "10.0.0.1,10.0.0.2")) {
      if (clients > 1) expect(stateOf(near, b, a)).toBe("reaching");
      if (servers > 1) expect(stateOf(far, a, b)).toBe("reaching");
    }
    world.heal();
    world.run(120_000);
    expect(seen()).toEqual([clients > 1 ? "reaching" : "active", servers > 1 ? "reaching" : "active"]);
    expect(near.events.filter((kind) => kind === "closed")).toEqual([]);
  });

  it("live on when one pair after another is the only one that works [A15]", () => {
    const { world, near, far, pairs } = net(3, [clients, servers], { heartbeatIntervalMs: 5_000 });
    world.run(20_000);
    sendEvery(world, near, 200, 1_000);
    sendEvery(world, far, 200, 1_000);
    for (const working of [...pairs, ...pairs]) {
      for (const [a, b] of pairs) world.mend(a, b);
      world.run(10_000);
      for (const pair of pairs) if (pair !== working) world.cut(...pair);
      world.run(60_000);
    }
    world.runUntil(() => near.receivedCount === 200 && far.receivedCount === 200, {
      limitMs: world.nowMs + 120_000,
    });
  });
});

it.each([
  [1, 2],
  [2, 1],
  [2, 2],
] as const)(
  "answers leave from where they were asked at, from INIT to SHUTDOWN COMPLETE: %i and %i addresses [A15]",
  (...shape) => {
    const { world, watcher, near, far, pairs } = net(4, shape, { heartbeatIntervalMs: 1_000 });
    sendEvery(world, near, 100, 300);
    sendEvery(world, far, 100, 300);
    for (const pair of pairs) {
      world.cut(...pair);
      world.run(8_000);
      world.mend(...pair);
    }
    world.run(20_000);
    near.shutdown();
    world.runUntil(() => near.closeReason !== undefined && far.closeReason !== undefined, {
      limitMs: HOUR_MS,
    });
    expect(watcher.complaints).toEqual([]);
    for (const type of [2, 3, 5, 8, 11, 14]) expect(watcher.counts.get(type)).toBeGreaterThan(0);
    expect(watcher.counts.get(5)).toBeGreaterThan(20);
  },
);

it("a destination is inactive only when no source reaches it, and then it is [A15]", () => {
  const { world, near } = net(5, [2, 1], { heartbeatIntervalMs: 1_000, pathMaxRetrans: 1 });
  world.run(20_000);
  world.cut("10.0.0.1", "10.0.0.2");
  world.run(120_000);
  expect(near.association.path("10.0.0.2")).toMatchObject({ state: "active", localAddress: "10.1.0.1" });
  world.cut("10.1.0.1", "10.0.0.2");
  world.run(10_000);
  expect(near.association.path("10.0.0.2").state).toBe("inactive");
});

describe.each(SEEDS)("seed %i", (seed) => {
  it("no association dies and every message arrives while one pair always works [A15]", () => {
    const shape = SHAPES[seed % SHAPES.length] ?? [2, 2];
    const { world, near, far, pairs } = net(seed, shape, { heartbeatIntervalMs: 5_000 });
    const { random } = world;
    world.run(random.integer(0, 20_000));
    const works = pairs[random.integer(0, pairs.length - 1)];
    for (let ms = 0; ms < 600_000; ms += random.integer(500, 30_000)) {
      world.at(world.nowMs + ms, () => {
        const [a, b] = pairs[random.integer(0, pairs.length - 1)] ?? ["", ""];
        if (works?.[0] === a && works[1] === b) return;
        if (random.fraction() < 0.3) world.mend(a, b);
        else cut(world, a, b, DIRECTIONS[random.integer(0, 2)] ?? "both ways");
      });
    }
    sendEvery(world, near, 600, 1_000);
    sendEvery(world, far, 600, 1_000);
    world.runUntil(() => near.receivedCount === 600 && far.receivedCount === 600, { limitMs: HOUR_MS });
    expect([near.state, far.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
  });
});
