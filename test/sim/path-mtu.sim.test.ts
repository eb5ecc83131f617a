/**
 * Paths whose largest packet is searched for (RFC 8899), and which change meanwhile: whatever the network lets through, everything is
 * delivered. Replay one seed: SIM_SEED=3 npx vitest run test/sim/path-mtu. More of them: SIM_SEEDS=200.
 */
import { describe, expect, it } from "vitest";
import type { AssociationOptions, TraceSink } from "../../src/core.ts";
import { type LinkProfile, type SimAssociation, SimWorld } from "../../src/sim/index.ts";

const HOUR_MS = 3_600_000;
const [NEAR, FAR] = ["10.0.0.1", "10.0.0.2"];
const JUMBO_BYTES = 8_972;
const WANTED = { pathMtuDiscovery: true, maxBurst: 16 } as const;
const pinned = process.env["SIM_SEED"];
const COUNT = Number(process.env["SIM_SEEDS"] ?? 6);
const SEEDS = pinned === undefined ? Array.from({ length: COUNT }, (_, i) => i) : [Number(pinned)];

/** Lengths of packets with DATA that left whole. */
class Sizes implements TraceSink {
  largestBytes = 0;

  packet(direction: "sent" | "received", datagram: Uint8Array): void {
    if (direction === "received" || datagram.length > JUMBO_BYTES || datagram[12] === 4) return;
    this.largestBytes = Math.max(this.largestBytes, datagram.length);
  }
  event(): void {}
}

interface Net {
  readonly world: SimWorld;
  readonly near: SimAssociation;
  readonly far: SimAssociation;
  readonly sizes: Sizes;
}

/** An association over a link with interfaces of 9,000 bytes, and something between them. */
function net(seed: number, link: Partial<LinkProfile>, options: Partial<AssociationOptions> = {}): Net {
  const sizes = new Sizes();
  const world = new SimWorld({ seed });
  const client = world.host("client", [NEAR], { interfaceBytes: JUMBO_BYTES, trace: sizes });
  const server = world.host("server", [FAR], { interfaceBytes: JUMBO_BYTES });
  world.link(NEAR, FAR, { delayMinMs: 5, delayMaxMs: 10, ...link });
  server.listen(7, { ...WANTED, ...options });
  const near = client.connect([FAR], 7, { ...WANTED, ...options });
  world.runUntil(() => near.state === "ESTABLISHED" && server.associations[0]?.state === "ESTABLISHED", {
    limitMs: HOUR_MS,
  });
  const far = server.associations[0];
  if (far === undefined) throw new Error("the server has no association");
  return { world, near, far, sizes };
}

/** Messages in both directions from now on, one of each every so often. */
function exchange({ world, near, far }: Net, count: number, bytes: number, everyMs: number): void {
  for (let i = 0; i < count; i++) {
    world.at(world.nowMs + i * everyMs, () => near.send(i % 3, new Uint8Array(bytes).fill(i)));
    world.at(world.nowMs + i * everyMs, () => far.send(i % 2, new Uint8Array(bytes).fill(i)));
  }
}

function untilDelivered({ world, near, far }: Net, count: number, limitMs = HOUR_MS): void {
  world.runUntil(() => near.receivedCount === count && far.receivedCount === count, {
    limitMs: world.nowMs + limitMs,
  });
}

const sizesOf = ({ near, far }: Net): number[] => [
  near.association.path(FAR).maxPacketBytes,
  far.association.path(NEAR).maxPacketBytes,
];

describe.each(SEEDS)("seed %i", (seed) => {
  it("a link that carries less than the interfaces is found out, and nothing larger is sent for data", () => {
    const all = net(seed, { mtuBytes: 4_400 });
    exchange(all, 100, 20_000, 20);
    untilDelivered(all, 100);
    all.world.run(60_000);
    expect(sizesOf(all)).toEqual([4_324, 4_324]);
    expect(all.sizes.largestBytes).toBe(4_324);
  });

  it("a link that shrinks in mid-transfer, without a word: all is delivered", () => {
    const all = net(seed, { mtuBytes: JUMBO_BYTES });
    all.world.run(2_000);
    expect(sizesOf(all)).toEqual([JUMBO_BYTES, JUMBO_BYTES]);
    exchange(all, 200, 30_000, 10);
    all.world.run(1_000);
    for (const [from, to] of [
      [NEAR, FAR],
      [FAR, NEAR],
    ] as const)
      all.world.adjust(from, to, { mtuBytes: 1_300 });
    untilDelivered(all, 200);
    all.world.run(60_000);
    expect(sizesOf(all)).toEqual([1_252, 1_252]);
  });

  it("a link that swallows large packets for a while: all is delivered, and they are back after ten minutes", () => {
    const all = net(seed, { mtuBytes: JUMBO_BYTES });
    all.world.run(2_000);
    exchange(all, 400, 10_000, 3_000);
    for (const [from, to] of [
      [NEAR, FAR],
      [FAR, NEAR],
    ] as const) {
      all.world.at(all.world.nowMs + 5_000, () => all.world.adjust(from, to, { mtuBytes: 1_472 }));
      all.world.at(all.world.nowMs + 60_000, () => all.world.adjust(from, to, { mtuBytes: JUMBO_BYTES }));
    }
    all.world.run(50_000);
    expect(Math.max(...sizesOf(all))).toBeLessThanOrEqual(1_472);
    untilDelivered(all, 400);
    expect(sizesOf(all)).toEqual([JUMBO_BYTES, JUMBO_BYTES]);
  });

  it("a router that lets small packets through only: all is delivered", () => {
    const all = net(seed, { mtuBytes: 700 });
    exchange(all, 10, 3_000, 100);
    untilDelivered(all, 10);
    expect(Math.max(...sizesOf(all))).toBeLessThanOrEqual(1_200);
  });

  it("probes that are lost like anything else: no size is used that the link does not carry", () => {
    const all = net(
      seed,
      { mtuBytes: 1_472, lossRate: 0.1, duplicateRate: 0.1, reorderRate: 0.2 },
      { pathMtuMaxProbes: 3 },
    );
    exchange(all, 300, 5_000, 200);
    untilDelivered(all, 300);
    expect(all.sizes.largestBytes).toBeLessThanOrEqual(1_472);
    expect(Math.min(...sizesOf(all))).toBeGreaterThanOrEqual(1_200);
  });
});
