/**
 * Two simulated hosts, the first of them traced.
 * Owns: the hosts, their link, an association that is up. Does not own: what traces are to tell of them.
 */
import type { AssociationOptions } from "../../src/base/options.ts";
import type { TraceSink } from "../../src/base/trace-sink.ts";
import { type LinkProfile, type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";

export const ALICE = "10.0.0.1";
export const BOB = "10.0.0.2";
const HOUR_MS = 3_600_000;

export interface Net {
  readonly world: SimWorld;
  readonly alice: SimHost;
  readonly bob: SimHost;
}

export function net(trace: TraceSink, link: Partial<LinkProfile> = { delayMinMs: 10, delayMaxMs: 10 }): Net {
  const world = new SimWorld({ seed: 7 });
  const alice = world.host("alice", [ALICE], { trace });
  const bob = world.host("bob", [BOB]);
  world.link(ALICE, BOB, link);
  bob.listen(7);
  return { world, alice, bob };
}

/** An association that is up on both sides. */
export function up({ world, alice, bob }: Net, options: Partial<AssociationOptions> = {}): SimAssociation {
  const association = alice.connect([BOB], 7, options);
  world.runUntil(() => bob.associations[0]?.state === "ESTABLISHED" && association.state === "ESTABLISHED", {
    limitMs: HOUR_MS,
  });
  return association;
}
