/**
 * Two honest hosts at work on a lossy network, while somebody who cannot see them fires at both.
 * Owns: that the work is done all the same, under the simulator's checkers. Does not own: single attacks (beside this).
 */
import { describe, expect, it } from "vitest";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { SeededRandom } from "../../src/platform/random.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";
import { addressParameter, dataChunk, initAckChunk, initChunk, sackChunk } from "../conformance/lab.ts";
import { ipv4 } from "./addresses.ts";

const HOUR_MS = 3_600_000;
const MESSAGES = 150;
const SHOTS = 6_000;
const UDP_PORT = 9_899;

/** Something to fire, that needs no knowledge but addresses and ports. */
function shot(random: SeededRandom): readonly Chunk[] | Uint8Array {
  const word = (): number => random.uint32();
  const cookie = new Uint8Array(word() % 200);
  random.fill(cookie);
  const listed = [
    addressParameter("10.0.0.1"),
    addressParameter("10.0.0.2"),
    addressParameter(ipv4(word() % 99)),
  ];
  const arsenal: ReadonlyArray<() => readonly Chunk[] | Uint8Array> = [
    () => cookie,
    () => [initChunk({ initiateTag: word() || 1 })],
    () => [initChunk({ initiateTag: word() || 1, parameters: listed })],
    () => [initAckChunk({ initiateTag: word() || 1 })],
    () => [{ kind: "COOKIE ECHO", cookie }],
    () => [{ kind: "COOKIE ACK" }],
    () => [{ kind: "ABORT", tagReflected: (word() & 1) === 1, causes: [] }],
    () => [{ kind: "SHUTDOWN", cumulativeTsnAck: word() }],
    () => [{ kind: "SHUTDOWN ACK" }],
    () => [{ kind: "SHUTDOWN COMPLETE", tagReflected: (word() & 1) === 1 }],
    () => [dataChunk({ tsn: word() }), dataChunk({ tsn: word() })],
    () => [sackChunk({ cumulativeTsnAck: word(), gapBlocks: [{ start: 2, end: 9 }] })],
    () => [{ kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs: word() }] }],
    () => [{ kind: "unknown", type: 0xc0 | (word() & 0x3f), flags: 0, value: cookie }],
  ];
  return arsenal[word() % arsenal.length]?.() ?? cookie;
}

/** Fires at a host, in the name of the other one or of anybody. */
function fire(random: SeededRandom, at: SimHost, other: SimHost, ports: readonly [number, number]): void {
  const bullet = shot(random);
  const mayBeInit = Array.isArray(bullet) && bullet[0]?.kind === "INIT" && random.uint32() % 4 > 0;
  const header = {
    sourcePort: ports[0],
    destinationPort: ports[1],
    verificationTag: mayBeInit ? 0 : random.uint32(),
  };
  const bytes = bullet instanceof Uint8Array ? bullet : encodePacket({ ...header, chunks: bullet });
  const spoofed = random.uint32() % 3 > 0;
  const from = spoofed ? (other.addresses[0] ?? "") : ipv4(random.uint32() % 5_000);
  at.receive(bytes, from, spoofed ? UDP_PORT : 1_024 + (random.uint32() % 60_000), at.addresses[0] ?? "");
}

describe.each([1, 2, 3, 4, 5])("seed %i", (seed) => {
  it("does not keep two hosts from their work, nor learn, nor leave anything", () => {
    const world = new SimWorld({ seed });
    const near: SimHost = world.host("client", ["10.0.0.1"]);
    const far: SimHost = world.host("server", ["10.0.0.2"]);
    world.link("10.0.0.1", "10.0.0.2", { delayMinMs: 5, delayMaxMs: 20, lossRate: 0.05, reorderRate: 0.1 });
    far.listen(7);
    const client = near.connect(["10.0.0.2"], 7, {}, 5_001);
    for (let i = 0; i < SHOTS; i++) {
      world.at(i * 5, () => {
        if (i % 2 === 0) fire(world.random, far, near, [5_001, 7]);
        else fire(world.random, near, far, [7, 5_001]);
      });
    }
    for (let i = 0; i < MESSAGES; i++) {
      world.at(1_000 + i * 180, () => client.send(i % 5, new Uint8Array(1 + ((i * 577) % 5_000)).fill(i)));
    }
    world.runUntil(() => far.associations.some(({ receivedCount }) => receivedCount === MESSAGES), {
      limitMs: HOUR_MS,
    });
    world.run(SHOTS * 5);
    const server = far.associations[0] as SimAssociation;
    for (const user of [client, server]) {
      expect(user.state).toBe("ESTABLISHED");
      expect(user.events).not.toContain("restarted");
      expect(user.association.remoteAddresses).toHaveLength(1);
    }
    expect([near.stack.associationCount, far.stack.associationCount]).toEqual([1, 1]);
    expect(far.associations).toHaveLength(1);
    expect(far.stack.counters["bad-verification-tag"]).toBeGreaterThan(500);
  });
});
