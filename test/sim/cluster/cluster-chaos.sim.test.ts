/**
 * A cluster under everything at once: peers that restart, move, vanish and come back, workers that die, sockets that
 * change hands, a bad network. In the end no address of a peer may have two associations, the accounts must be right,
 * and whoever thinks to have an association must have one.
 * Replay one seed: SIM_SEED=3 npx vitest run test/sim/cluster. More of them: SIM_SEEDS=200.
 */
import { expect, it } from "vitest";
import { type LinkProfile, type SimHost, SimViolation, SimWorld } from "../../../src/sim/index.ts";
import { SimCluster, type Sockets } from "./cluster-net.ts";

const SERVER = ["10.0.0.1", "10.1.0.1"] as const;
const BAD: Partial<LinkProfile> = {
  delayMinMs: 1,
  delayMaxMs: 40,
  lossRate: 0.15,
  duplicateRate: 0.1,
  reorderRate: 0.2,
  corruptRate: 0.01,
};
const MINUTE_MS = 60_000;
const pinned = process.env["SIM_SEED"];
const COUNT = Number(process.env["SIM_SEEDS"] ?? 10);
const SEEDS = pinned === undefined ? Array.from({ length: COUNT }, (_, i) => i) : [Number(pinned)];
const CASES = SEEDS.flatMap((seed) =>
  (["workers", "parent"] as const).map((sockets) => [seed, sockets] as const),
);

/** Peers that begin again under the same ports: 0 to 3 with two addresses, 4 to 7 behind a NAT. */
function peersOf(world: SimWorld): SimHost[] {
  return Array.from({ length: 8 }, (_, i) => {
    if (i < 4) {
      const host = world.host(`peer ${i}`, [`10.0.1.${i}`, `10.1.1.${i}`]);
      world.link(`10.0.1.${i}`, SERVER[0], BAD);
      world.link(`10.1.1.${i}`, SERVER[1], BAD);
      return host;
    }
    const host = world.host(`peer ${i}`, [`192.168.0.${i}`]);
    world.nat(`192.168.0.${i}`, `10.0.2.${i}`);
    world.link(`10.0.2.${i}`, SERVER[0], BAD);
    return host;
  });
}

const living = (host: SimHost) =>
  host.associations.filter(({ bootCount, state }) => bootCount === host.bootCount && state !== "CLOSED");

/** One thing that may happen to a peer or to the cluster. */
function mischief(world: SimWorld, cluster: SimCluster, peers: readonly SimHost[]): void {
  const index = world.random.integer(0, peers.length - 1);
  const host = peers[index];
  if (host === undefined) return;
  const [association] = living(host);
  switch (world.random.integer(0, 9)) {
    case 0:
      return cluster.reshuffle();
    case 1:
      return cluster.kill(world.random.integer(0, 2), world.random.integer(1, 400));
    case 2:
      return host.addresses.length === 1 ? world.rebind(host.addresses[0] ?? "") : undefined;
    case 3:
      return world.restart(host);
    case 4:
      return association?.abort();
    case 5:
      return association?.shutdown();
    case 6:
      return cluster.turnSecrets();
    default:
      if (association?.isOpen === true) association.send(0, new Uint8Array(world.random.integer(1, 3_000)));
      else if (association === undefined)
        host.connect([SERVER[world.random.integer(0, host.addresses.length - 1)] ?? ""], 7, {}, 5_000);
  }
}

function play(seed: number, sockets: Sockets): { world: SimWorld; cluster: SimCluster; peers: SimHost[] } {
  const world = new SimWorld({ seed });
  const cluster = new SimCluster(world, SERVER, { workers: 3, sockets });
  cluster.listen(7);
  const peers = peersOf(world);
  for (let i = 0; i < 300; i++) world.at(200 * i, () => mischief(world, cluster, peers));
  world.run(MINUTE_MS);
  world.heal();
  world.run(20 * MINUTE_MS); // Everybody who is alone finds out.
  return { world, cluster, peers };
}

it.each(CASES)("seed %i, sockets held by the %s: all is in order once it is quiet", (seed, sockets) => {
  const { world, cluster, peers } = play(seed, sockets);
  try {
    cluster.check();
  } catch (error) {
    throw new SimViolation(`seed ${seed}: ${(error as Error).message}`);
  }
  const ends = peers.flatMap(living);
  expect(ends.map(({ state }) => state)).toEqual(ends.map(() => "ESTABLISHED"));
  expect(ends.map((end) => cluster.peerOf(end)?.state)).toEqual(ends.map(() => "ESTABLISHED"));
  expect(cluster.associations.length).toBe(ends.length);
  for (const host of peers) if (living(host).length === 0) host.connect([SERVER[0]], 7, {}, 5_000);
  world.run(5_000);
  expect(cluster.associations.length).toBe(peers.length);
  cluster.check();
});
