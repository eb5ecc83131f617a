/** A host whose only address is replaced by one of another network again and again keeps its associations (RFC 5061 5.3.2). */
import { expect, it } from "vitest";
import type { AssociationOptionsInput } from "../../src/base/options.ts";
import { type LinkProfile, type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";

const SERVER = "198.51.100.1";
const PORT = 7;
const MOVE_EVERY_MS = 2_000;
const MESSAGE_BYTES = 10_000;

interface Journey {
  readonly seed: number;
  readonly link: Partial<LinkProfile>;
  readonly options?: AssociationOptionsInput;
  readonly isBehindNats: boolean;
  readonly messageCount: number;
}

interface Arrived {
  readonly client: SimHost;
  readonly user: SimAssociation;
  readonly acceptor: SimAssociation;
  readonly moveCount: number;
  readonly longestGapMs: number;
}

const inner = (network: number): string => `10.0.${network}.5`;
const outer = (network: number): string => `203.0.113.${network}`;

/** Sends as much in either direction while the client moves; nobody sends more than fits into the buffer. */
function travel({ seed, link, options = {}, isBehindNats, messageCount }: Journey): Arrived {
  const world = new SimWorld({ seed });
  const at = isBehindNats ? inner : outer;
  const all = { dynamicAddresses: true, heartbeatIntervalMs: 5_000, ...options };
  const server = world.host("server", [SERVER]);
  const client = world.host("client", [at(1)]);
  for (let network = 1; network < 250; network++) {
    world.link(outer(network), SERVER, link);
    if (isBehindNats) world.nat(inner(network), outer(network));
  }
  server.listen(PORT, all);
  const user = client.connect([SERVER], PORT, all);
  world.runUntil(() => user.state === "ESTABLISHED" && server.associations.length === 1, { limitMs: 60_000 });
  const [acceptor] = server.associations;
  if (acceptor === undefined) throw new Error("nobody has accepted");
  let network = 1;
  const move = (): void => {
    client.move(at(network), at(network + 1));
    network++;
    world.at(world.nowMs + MOVE_EVERY_MS, move);
  };
  world.at(world.nowMs + MOVE_EVERY_MS, move);
  let [lastHeardMs, longestGapMs, received] = [world.nowMs, 0, 0];
  const ends = [user, acceptor].map((end) => ({ end, sent: 0 }));
  const payload = new Uint8Array(MESSAGE_BYTES);
  world.runUntil(
    () => {
      for (const each of ends) {
        while (each.sent < messageCount && each.end.association.isWritable) {
          each.end.send(0, payload);
          each.sent++;
        }
      }
      const now = user.receivedCount + acceptor.receivedCount;
      if (now > received) {
        longestGapMs = Math.max(longestGapMs, world.nowMs - lastHeardMs);
        [lastHeardMs, received] = [world.nowMs, now];
      }
      return received === 2 * messageCount;
    },
    { limitMs: 3_600_000 },
  );
  return { client, user, acceptor, moveCount: network - 1, longestGapMs };
}

/** 1 Mbit/s, 20 ms away: some moves fit into what is cheap to play. */
const LINK: Partial<LinkProfile> = { delayMinMs: 20, delayMaxMs: 20, bytesPerSecond: 125_000 };

it("moves between NATs every 2 s while megabytes go through in both directions", () => {
  const { client, user, acceptor, moveCount, longestGapMs } = travel({
    seed: 1,
    link: LINK,
    isBehindNats: true,
    messageCount: 150,
  });
  expect(moveCount).toBeGreaterThanOrEqual(8);
  expect(longestGapMs).toBeLessThan(1_000);
  expect([user.state, acceptor.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
  expect(client.associations).toEqual([user]);
  expect(acceptor.association.remoteAddresses).toHaveLength(1);
  expect(acceptor.association.stats.addedPeerAddresses).toBe(moveCount);
});

it("moves between networks without a NAT, and names its addresses", () => {
  const { acceptor, moveCount, longestGapMs } = travel({
    seed: 2,
    link: LINK,
    isBehindNats: false,
    messageCount: 50,
  });
  expect(moveCount).toBeGreaterThanOrEqual(2);
  expect(longestGapMs).toBeLessThan(1_000);
  expect(acceptor.association.remoteAddresses).toEqual([outer(moveCount + 1)]);
});

it.each([3, 4])("arrives with everything although one packet in fifty is lost (seed %i)", (seed) => {
  const link = { ...LINK, delayMaxMs: 30, lossRate: 0.02, duplicateRate: 0.01, reorderRate: 0.02 };
  const isBehindNats = seed % 2 === 0;
  const { user, acceptor, moveCount } = travel({ seed, link, isBehindNats, messageCount: 50 });
  expect(moveCount).toBeGreaterThanOrEqual(2);
  expect([user.state, acceptor.state]).toEqual(["ESTABLISHED", "ESTABLISHED"]);
});
