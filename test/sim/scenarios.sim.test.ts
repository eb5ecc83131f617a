/**
 * What an association must live through, or end by: every checker of the simulator watches each scenario.
 * Replay one seed: SIM_SEED=3 npx vitest run test/sim/scenarios. More of them: SIM_SEEDS=200.
 */
import { describe, expect, it } from "vitest";
import {
  type LinkProfile,
  type SimAssociation,
  type SimHost,
  type SimHostOptions,
  SimWorld,
} from "../../src/sim/index.ts";
import { HighNumbers } from "../../src/sim/world/high-numbers.ts";

const PATHS = [
  ["10.0.0.1", "10.0.0.2"],
  ["10.1.0.1", "10.1.0.2"],
] as const;
const LOSSY: Partial<LinkProfile> = {
  delayMinMs: 5,
  delayMaxMs: 15,
  lossRate: 0.2,
  duplicateRate: 0.05,
  reorderRate: 0.2,
  corruptRate: 0.01,
};
const PATIENT = { associationMaxRetrans: 50, pathMaxRetrans: 50, maxInitRetransmits: 50, shutdownGuardMs: 0 };
const HOUR_MS = 3_600_000;
const pinned = process.env["SIM_SEED"];
const COUNT = Number(process.env["SIM_SEEDS"] ?? 10);
const SEEDS = pinned === undefined ? Array.from({ length: COUNT }, (_, i) => i) : [Number(pinned)];

interface Pair {
  readonly world: SimWorld;
  readonly client: SimHost;
  readonly server: SimHost;
}

function pair(
  seed: number,
  profile: Partial<LinkProfile> = {},
  pathCount = 1,
  clientOptions: SimHostOptions = {},
  serverOptions: SimHostOptions = clientOptions,
): Pair {
  const paths = PATHS.slice(0, pathCount);
  const world = new SimWorld({ seed });
  const client = world.host(
    "client",
    paths.map(([a]) => a),
    clientOptions,
  );
  const server = world.host(
    "server",
    paths.map(([, b]) => b),
    serverOptions,
  );
  for (const [a, b] of paths) world.link(a, b, profile);
  return { world, client, server };
}

/** Both ends of an association that is up. */
function connected(
  { world, client, server }: Pair,
  options: Parameters<SimHost["connect"]>[2] = {},
): [SimAssociation, SimAssociation] {
  server.listen(7, options);
  const near = client.connect([server.addresses[0] ?? ""], 7, options);
  world.runUntil(() => near.state === "ESTABLISHED" && server.associations[0]?.state === "ESTABLISHED", {
    limitMs: HOUR_MS,
  });
  const far = server.associations[0];
  if (far === undefined) throw new Error("the server has no association");
  return [near, far];
}

function sendMany(world: SimWorld, from: SimAssociation, count: number, maxBytes = 3_000): void {
  for (let i = 0; i < count; i++) {
    const payload = new Uint8Array(world.random.integer(1, maxBytes));
    world.random.fill(payload);
    from.send(i % 3, payload);
  }
}

describe.each(SEEDS)("seed %i", (seed) => {
  it("moves to the second path when the first is cut, and loses nothing", () => {
    const net = pair(seed, { delayMinMs: 5, delayMaxMs: 10 }, 2);
    const { world } = net;
    const [near, far] = connected(net, { pathMaxRetrans: 2 });
    world.run(5_000); // Heartbeats confirm the second path.
    world.cut("10.0.0.1", "10.0.0.2");
    sendMany(world, near, 100);
    world.runUntil(() => far.receivedCount === 100, { limitMs: HOUR_MS });
    world.run(60_000);
    expect(near.association.path("10.0.0.2").state).toBe("inactive");
    expect(near.events).toContain("path");
    world.heal();
    world.run(120_000);
    expect(near.association.path("10.0.0.2").state).toBe("active");
    sendMany(world, far, 100);
    world.runUntil(() => near.receivedCount === 100, { limitMs: HOUR_MS });
    expect(near.state).toBe("ESTABLISHED");
  });

  it("survives cuts of either path in turn, under loss", () => {
    const net = pair(seed, LOSSY, 2);
    const { world } = net;
    const [near, far] = connected(net, { ...PATIENT, pathMaxRetrans: 3 });
    for (let i = 0; i < 200; i++) world.at(world.nowMs + 200 * i, () => sendMany(world, near, 1));
    for (const [round, [a, b]] of PATHS.entries())
      world.at(world.nowMs + 5_000 + 15_000 * round, () => world.cut(a, b));
    world.at(world.nowMs + 40_000, () => world.heal());
    world.runUntil(() => far.receivedCount === 200, { limitMs: HOUR_MS });
    expect(near.state).toBe("ESTABLISHED");
  });

  it("shuts down gracefully from either side with data queued on both", () => {
    for (const who of ["near", "far"] as const) {
      const net = pair(seed, LOSSY);
      const { world } = net;
      const [near, far] = connected(net, PATIENT);
      sendMany(world, near, 60);
      sendMany(world, far, 60);
      (who === "near" ? near : far).shutdown();
      world.runUntil(() => near.closeReason !== undefined && far.closeReason !== undefined, {
        limitMs: 2 * HOUR_MS,
      });
      expect([far.receivedCount, near.receivedCount]).toEqual([60, 60]);
      expect([near.failed, far.failed]).toEqual([[], []]);
      expect(net.client.stack.associationCount + net.server.stack.associationCount).toBe(0);
    }
  });

  it("shuts down when both sides ask at once", () => {
    const net = pair(seed, LOSSY);
    const { world } = net;
    const [near, far] = connected(net, PATIENT);
    sendMany(world, near, 20);
    sendMany(world, far, 20);
    near.shutdown();
    far.shutdown();
    world.runUntil(() => near.closeReason !== undefined && far.closeReason !== undefined, {
      limitMs: 2 * HOUR_MS,
    });
    expect([near.closeReason, far.closeReason]).toEqual([{ kind: "shutdown" }, { kind: "shutdown" }]);
    expect([far.receivedCount, near.receivedCount]).toEqual([20, 20]);
  });

  it("makes one association when both sides connect at once", () => {
    const net = pair(seed, { ...LOSSY, lossRate: 0.1 });
    const { world, client, server } = net;
    client.listen(5_000, PATIENT);
    server.listen(7, PATIENT);
    const near = client.connect(["10.0.0.2"], 7, PATIENT, 5_000);
    const far = server.connect(["10.0.0.1"], 5_000, PATIENT, 7);
    world.runUntil(() => near.state === "ESTABLISHED" && far.state === "ESTABLISHED", { limitMs: HOUR_MS });
    expect([client.associations.length, server.associations.length]).toEqual([1, 1]);
    expect(near.association.peerTag).toBe(far.association.localTag);
    sendMany(world, near, 30);
    sendMany(world, far, 30);
    world.runUntil(() => far.receivedCount === 30 && near.receivedCount === 30, { limitMs: HOUR_MS });
  });

  it("carries data across the wrap of the TSN", () => {
    const net = pair(
      seed,
      LOSSY,
      1,
      { randomFrom: (from) => new HighNumbers(from, 0) },
      { randomFrom: (from) => new HighNumbers(from, 1) },
    );
    const { world } = net;
    const [near, far] = connected(net, PATIENT);
    expect(near.association.localInitialTsn).toBeGreaterThanOrEqual(0xffff_ffc0);
    sendMany(world, near, 100);
    sendMany(world, far, 100);
    world.runUntil(() => far.receivedCount === 100 && near.receivedCount === 100, { limitMs: HOUR_MS });
  });

  it("waits for a reader that does not read, and goes on when it does", () => {
    const net = pair(seed, { ...LOSSY, lossRate: 0.1 });
    const { world } = net;
    const [near, far] = connected(net, { ...PATIENT, receiveBufferBytes: 16_384 });
    far.autoRead = false;
    sendMany(world, near, 100);
    world.run(120_000);
    expect(far.receivedCount).toBe(0);
    expect(near.state).toBe("ESTABLISHED");
    expect(near.association.status().pendingBytes).toBeGreaterThan(0);
    const tick = (): void => {
      far.read(3);
      far.host.flush();
      if (far.receivedCount < 100) world.at(world.nowMs + 100, tick);
    };
    tick();
    world.runUntil(() => far.receivedCount === 100, { limitMs: HOUR_MS });
  });
});

describe("the end of an association", () => {
  it("tells the peer the reason of an abort", () => {
    const net = pair(1, { delayMinMs: 5, delayMaxMs: 5 });
    const { world } = net;
    const [near, far] = connected(net);
    sendMany(world, near, 20);
    near.abort(Uint8Array.of(104, 105));
    world.run(1_000);
    expect(near.closeReason).toMatchObject({ kind: "aborted", by: "local" });
    expect(far.closeReason).toMatchObject({
      kind: "aborted",
      by: "peer",
      causeCodes: [12],
      reason: Uint8Array.of(104, 105),
    });
    expect(net.client.stack.associationCount + net.server.stack.associationCount).toBe(0);
  });

  it("gives up on a peer that fell silent, and hands back what was not acknowledged", () => {
    const net = pair(1);
    const { world } = net;
    const [near] = connected(net);
    world.cut("10.0.0.1", "10.0.0.2");
    sendMany(world, near, 20);
    world.runUntil(() => near.closeReason !== undefined, { limitMs: HOUR_MS });
    expect(near.closeReason).toEqual({ kind: "unreachable", during: "transfer" });
    expect(near.failed).toHaveLength(20);
  });

  it("tells of a restart of the peer, and goes on in the same association", () => {
    const net = pair(1);
    const { world, client, server } = net;
    server.listen(7);
    const before = client.connect(["10.0.0.2"], 7, {}, 5_000);
    world.runUntil(() => server.associations[0]?.state === "ESTABLISHED", { limitMs: 10_000 });
    sendMany(world, before, 20);
    world.run(1_000);
    world.restart(client);
    const after = client.connect(["10.0.0.2"], 7, {}, 5_000);
    world.runUntil(() => after.state === "ESTABLISHED", { limitMs: 60_000 });
    const [far] = server.associations;
    expect(far?.events).toContain("restarted");
    expect(server.stack.associationCount).toBe(1);
    sendMany(world, after, 20);
    world.runUntil(() => far?.receivedCount === 40, { limitMs: HOUR_MS });
  });

  it("ends the association of a peer that came back and knows nothing", () => {
    const net = pair(1);
    const { world, server } = net;
    const [near] = connected(net);
    world.restart(server);
    sendMany(world, near, 1);
    world.run(10_000);
    expect(near.closeReason).toMatchObject({ kind: "aborted", by: "peer" });
  });
});

describe("the network", () => {
  it("keeps a slow link busy without overrunning it", () => {
    const net = pair(1, { delayMinMs: 20, delayMaxMs: 20, bytesPerSecond: 125_000, queueBytes: 20_000 });
    const { world } = net;
    const [near, far] = connected(net);
    for (let i = 0; i < 100; i++) near.send(0, new Uint8Array(12_500));
    const startMs = world.nowMs;
    world.runUntil(() => far.receivedCount === 100, { limitMs: HOUR_MS });
    const utilisation = 1_250_000 / ((world.nowMs - startMs) / 1_000) / 125_000;
    expect(utilisation).toBeGreaterThan(0.8);
    expect(utilisation).toBeLessThan(1);
  });

  it("crosses a path that swallows everything above 1,200 bytes", () => {
    const net = pair(1, { mtuBytes: 1_200 });
    const { world } = net;
    const [near, far] = connected(net);
    near.send(0, new Uint8Array(100_000).fill(7));
    world.runUntil(() => far.receivedCount === 1, { limitMs: 10_000 });
    expect(near.association.stats.timeouts).toBe(0);
  });
});
