/**
 * What a server of several workers must be to its peers: one host.
 * Replay one seed: SIM_SEED=3 npx vitest run test/sim/cluster. More of them: SIM_SEEDS=200.
 */
import { describe, expect, it } from "vitest";
import { type LinkProfile, type SimAssociation, type SimHost, SimWorld } from "../../../src/sim/index.ts";
import { SimCluster, type Sockets } from "./cluster-net.ts";

const SERVER = ["10.0.0.1", "10.1.0.1"] as const;
const LOSSY: Partial<LinkProfile> = {
  delayMinMs: 5,
  delayMaxMs: 15,
  lossRate: 0.1,
  duplicateRate: 0.05,
  reorderRate: 0.1,
  corruptRate: 0.01,
};
const HOUR_MS = 3_600_000;
const pinned = process.env["SIM_SEED"];
const COUNT = Number(process.env["SIM_SEEDS"] ?? 5);
const SEEDS = pinned === undefined ? Array.from({ length: COUNT }, (_, i) => i) : [Number(pinned)];
const CASES = SEEDS.flatMap((seed) =>
  (["workers", "parent"] as const).map((sockets) => [seed, sockets] as const),
);

interface Net {
  readonly world: SimWorld;
  readonly cluster: SimCluster;
}

function net(seed: number, sockets: Sockets, addresses: readonly string[] = SERVER.slice(0, 1)): Net {
  const world = new SimWorld({ seed });
  const cluster = new SimCluster(world, addresses, { workers: 3, sockets });
  cluster.listen(7);
  return { world, cluster };
}

/** A client of one address, or of two where the server has two. */
function client({ world }: Net, number: number, profile: Partial<LinkProfile> = {}, paths = 1): SimHost {
  const own = SERVER.slice(0, paths).map((_, path) => `10.${path}.1.${number}`);
  const host = world.host(`client ${number}`, own);
  for (const [path, address] of own.entries()) world.link(address, SERVER[path] ?? "", profile);
  return host;
}

function establish({ world, cluster }: Net, ...associations: readonly SimAssociation[]): void {
  world.runUntil(
    () =>
      associations.every(
        (one) => one.state === "ESTABLISHED" && cluster.peerOf(one)?.state === "ESTABLISHED",
      ),
    { limitMs: HOUR_MS },
  );
}

/** Sends from both ends and waits until all of it has arrived. */
function exchange({ world, cluster }: Net, count: number, ...clients: readonly SimAssociation[]): void {
  const ends = clients.map((near) => [near, cluster.peerOf(near)] as const);
  const before = ends.map(([near, far]) => [near.receivedCount, far?.receivedCount ?? 0] as const);
  for (let i = 0; i < count; i++) {
    for (const [near, far] of ends) {
      near.send(i % 3, new Uint8Array(world.random.integer(1, 3_000)).fill(i));
      far?.send(i % 3, new Uint8Array(world.random.integer(1, 3_000)).fill(i));
    }
  }
  world.runUntil(
    () =>
      ends.every(
        ([near, far], i) =>
          near.receivedCount === (before[i]?.[0] ?? 0) + count &&
          far?.receivedCount === (before[i]?.[1] ?? 0) + count,
      ),
    { limitMs: world.nowMs + HOUR_MS },
  );
}

function connectMany(network: Net, count: number, profile: Partial<LinkProfile> = {}): SimAssociation[] {
  return Array.from({ length: count }, (_, i) => client(network, i + 1, profile).connect([SERVER[0]], 7));
}

/** The worker of the first client, the clients that it serves, and those that it does not. */
function chooseVictim(cluster: SimCluster, clients: readonly SimAssociation[]) {
  const indices = clients.map((one) => cluster.workerOf(one)?.index);
  const victim = indices[0] ?? 0;
  const hit = clients.filter((_, i) => indices[i] === victim);
  const spared = clients.filter((_, i) => indices[i] !== victim);
  return { victim, hit, spared };
}

describe.each(CASES)("seed %i, sockets held by the %s", (seed, sockets) => {
  it("serves many peers at once, each by one worker, all workers taking part", () => {
    const network = net(seed, sockets);
    const peers = connectMany(network, 30, LOSSY);
    establish(network, ...peers);
    exchange(network, 10, ...peers);
    expect(new Set(peers.map((peer) => network.cluster.workerOf(peer)?.index)).size).toBe(3);
    network.cluster.check();
    for (const peer of peers) peer.shutdown();
    network.world.runUntil(() => network.cluster.associations.length === 0, { limitMs: HOUR_MS });
    network.world.run(1_000);
    network.cluster.check();
  });

  it("keeps an association whose peer's NAT changes its port, or whose datagrams come in elsewhere", () => {
    const network = net(seed, sockets);
    const { world, cluster } = network;
    const hosts = Array.from({ length: 6 }, (_, i) => {
      const host = world.host(`client ${i}`, [`192.168.0.${i + 1}`]);
      world.nat(`192.168.0.${i + 1}`, `10.0.1.${i + 1}`);
      world.link(`10.0.1.${i + 1}`, SERVER[0], LOSSY);
      return host;
    });
    const peers = hosts.map((host) => host.connect([SERVER[0]], 7));
    establish(network, ...peers);
    const workers = peers.map((peer) => cluster.workerOf(peer));
    for (let round = 0; round < 3; round++) {
      for (const host of hosts) world.rebind(host.addresses[0] ?? "");
      cluster.reshuffle();
      // The peer's word goes first: ours would go to a port that leads nowhere.
      for (const peer of peers) peer.send(0, new Uint8Array(100));
      world.runUntil(() => peers.every(({ association }) => association.bufferedBytes === 0), {
        limitMs: world.nowMs + HOUR_MS,
      });
      exchange(network, 5, ...peers);
    }
    expect(peers.map((peer) => cluster.workerOf(peer))).toEqual(workers);
    expect(cluster.passedCount > 0 || sockets === "parent").toBe(true);
    cluster.check();
  });

  it("lets a peer of two addresses use both, and fail over", () => {
    const network = net(seed, sockets, SERVER);
    const { world, cluster } = network;
    const peers = [1, 2, 3].map((i) =>
      client(network, i, { delayMinMs: 5, delayMaxMs: 10 }, 2).connect([SERVER[0]], 7),
    );
    establish(network, ...peers);
    world.run(10_000); // Heartbeats confirm the second paths.
    for (const peer of peers) expect(peer.association.path(SERVER[1]).state).toBe("active");
    for (const i of [1, 2, 3]) world.cut(`10.0.1.${i}`, SERVER[0]);
    exchange(network, 20, ...peers);
    cluster.check();
  });

  it("recognises the restart of a peer wherever its INIT comes in (RFC 9260 5.2.2, 5.2.4 A)", () => {
    const network = net(seed, sockets, SERVER);
    const { world, cluster } = network;
    for (const [number, door] of [
      [1, SERVER[0]],
      [2, SERVER[1]], // from the second of its addresses: its home may be another worker
    ] as const) {
      const host = client(network, number, { delayMinMs: 5, delayMaxMs: 10 }, 2);
      const first = host.connect([SERVER[0]], 7, {}, 5_000);
      establish(network, first);
      world.run(10_000);
      const worker = cluster.workerOf(first);
      const association = cluster.peerOf(first);
      cluster.reshuffle();
      world.restart(host);
      const again = host.connect([door], 7, {}, 5_000);
      establish(network, again);
      expect(cluster.workerOf(again)).toBe(worker);
      expect(cluster.peerOf(again)).toBe(association);
      expect(association?.events).toContain("restarted");
      world.run(1_000);
      exchange(network, 5, again);
    }
    expect(cluster.associations.length).toBe(2);
    cluster.check();
  });

  it("meets a peer half-way that calls while it is being called (RFC 9260 5.2.1, 5.2.4 B)", () => {
    const network = net(seed, sockets);
    const { world, cluster } = network;
    for (let i = 1; i <= 6; i++) {
      const host = client(network, i, { delayMinMs: 10, delayMaxMs: 10 });
      host.listen(7);
      const caller = cluster.workers[i % 3];
      caller?.host.connect(host.addresses, 7, {}, 7);
      world.run(5 + i); // Before, at, and after the moment when the first INIT arrives.
      if (host.associations.length === 0) host.connect([SERVER[0]], 7, {}, 7);
      world.run(5_000);
      const [near] = host.associations.filter(({ state }) => state === "ESTABLISHED");
      expect(near && cluster.workerOf(near)).toBe(caller);
      expect(host.associations.filter(({ state }) => state !== "CLOSED").length).toBe(1);
    }
    expect(cluster.associations.length).toBe(6);
    cluster.check();
  });

  it("ends an association by an ABORT that reflects the peer's tag (RFC 9260 8.4, 8.5.1 B)", () => {
    const network = net(seed, sockets);
    const { world, cluster } = network;
    const hosts = [1, 2, 3, 4].map((i) => client(network, i));
    const peers = hosts.map((host) => host.connect([SERVER[0]], 7));
    establish(network, ...peers);
    const far = peers.map((peer) => cluster.peerOf(peer));
    cluster.reshuffle();
    for (const host of hosts) world.restart(host); // They know nothing, and answer the next packet so.
    for (const association of far) association?.send(0, new Uint8Array(10));
    world.runUntil(() => cluster.associations.length === 0, { limitMs: world.nowMs + 5_000 });
    expect(far.map((association) => association?.closeReason)).toMatchObject(
      far.map(() => ({ kind: "aborted", by: "peer" })),
    );
    world.run(10);
    cluster.check();
  });

  it("loses with a worker that dies its associations and no others", () => {
    const network = net(seed, sockets);
    const { world, cluster } = network;
    const peers = connectMany(network, 12, { delayMinMs: 5, delayMaxMs: 10 });
    establish(network, ...peers);
    const { victim, hit, spared } = chooseVictim(cluster, peers);
    expect(spared.length).toBeGreaterThan(0);
    cluster.kill(victim, 300);
    exchange(network, 5, ...spared); // While it is gone,
    world.run(1_000);
    exchange(network, 5, ...spared); // and when it has been replaced.
    for (const peer of hit) peer.send(0, new Uint8Array(10));
    world.runUntil(() => hit.every(({ state }) => state === "CLOSED"), { limitMs: HOUR_MS });
    for (const peer of hit) expect(peer.closeReason).toMatchObject({ kind: "aborted", by: "peer" });
    for (const peer of spared) expect(peer.events).not.toContain("closed");
    const again = hit.map(({ host }) => host.connect([SERVER[0]], 7));
    establish(network, ...again);
    exchange(network, 5, ...again, ...spared);
    world.run(100);
    cluster.check();
  });

  it("goes on without a worker that nobody replaces: the others stand in for it", () => {
    const network = net(seed, sockets);
    const { world, cluster } = network;
    const peers = connectMany(network, 12, { delayMinMs: 5, delayMaxMs: 10 });
    establish(network, ...peers);
    const { victim, hit, spared } = chooseVictim(cluster, peers);
    cluster.kill(victim, Number.POSITIVE_INFINITY);
    const diedAtMs = world.nowMs;
    for (const peer of hit) peer.send(0, new Uint8Array(10));
    world.runUntil(() => hit.every(({ state }) => state === "CLOSED"), { limitMs: diedAtMs + 1_000 });
    for (const peer of hit) expect(peer.closeReason).toMatchObject({ kind: "aborted", by: "peer" });
    const again = hit.map(({ host }) => host.connect([SERVER[0]], 7));
    establish(network, ...again);
    expect(world.nowMs - diedAtMs).toBeLessThan(1_000); // Nobody waited for a timer.
    exchange(network, 3, ...spared, ...again);
    // Restarts find their association, whoever was its home.
    for (const { host } of [...spared, ...again]) world.restart(host);
    cluster.reshuffle();
    const ports = [...spared, ...again].map(({ association }) => association.localPort);
    const restarted = [...spared, ...again].map(({ host }, i) => host.connect([SERVER[0]], 7, {}, ports[i]));
    establish(network, ...restarted);
    expect(cluster.associations.length).toBe(12);
    for (const peer of restarted) expect(cluster.peerOf(peer)?.events).toContain("restarted");
    world.run(10);
    cluster.check();
  });

  it("answers the cookie of a worker that died meanwhile so that the peer asks anew (RFC 9260 5.2.6)", () => {
    const network = net(seed, sockets);
    const { world, cluster } = network;
    const peers = connectMany(network, 6, { delayMinMs: 50, delayMaxMs: 50 });
    world.run(60); // Every INIT has been answered; the cookies are on their way out.
    for (const index of [0, 1, 2]) cluster.kill(index, 20);
    establish(network, ...peers);
    expect(world.nowMs).toBeLessThan(1_000); // Nobody waited for a timer.
    expect(cluster.workers.some(({ host }) => (host.stack.counters["stale-cookie"] ?? 0) > 0)).toBe(true);
    exchange(network, 3, ...peers);
    cluster.check();
  });

  it("keeps its cookies good while the secrets turn", () => {
    const network = net(seed, sockets);
    const peers = connectMany(network, 6, { delayMinMs: 50, delayMaxMs: 50 });
    network.world.at(60, () => network.cluster.turnSecrets());
    establish(network, ...peers);
    expect(network.world.nowMs).toBeLessThan(300);
    network.cluster.check();
  });
});
