import { expect, it } from "vitest";
import { SimWorld } from "../../../src/sim/index.ts";
import { PacketMemory } from "../../../src/sim/world/packet-memory.ts";

it("keeps each copy as it is, whatever is copied behind it and whatever becomes of the original", () => {
  const memory = new PacketMemory();
  const original = new Uint8Array(1_400);
  const copies = Array.from({ length: 200 }, (_, i) => memory.copy(original.fill(i)));
  original.fill(255);
  expect(copies.map((copy) => [copy.length, copy[0], copy[1_399]])).toEqual(
    copies.map((_, i) => [1_400, i, i]),
  );
});

it("lays small packets into common blocks, and large ones by themselves", () => {
  const memory = new PacketMemory();
  const slab = new Uint8Array(65_507);
  const [first, large, second] = [100, 65_507, 100].map((length) => memory.copy(slab.subarray(0, length)));
  expect(second?.buffer).toBe(first?.buffer);
  slab.fill(1);
  expect([large?.length, large?.[0]]).toEqual([65_507, 0]);
});

it("carries the bytes that were sent, which nobody changes: a damaged copy is another one", () => {
  const seen: Array<readonly [sent: Uint8Array, arrives: readonly Uint8Array[]]> = [];
  const world = new SimWorld({
    seed: 1,
    fate: (number) => (number === 1 ? "doubled" : number === 3 ? "corrupted" : "carried"),
    observer: {
      onSent: ({ datagram }, copies) => seen.push([datagram, copies.map((copy) => copy.datagram)]),
      onArrived: () => undefined,
      onLost: () => undefined,
    },
  });
  const alice = world.host("alice", ["10.0.0.1"]);
  world.host("bob", ["10.0.0.2"]).listen(7);
  world.link("10.0.0.1", "10.0.0.2");
  alice.connect(["10.0.0.2"], 7);
  world.run(10);
  const [init, , damaged] = seen;
  expect(init?.[1].map((copy) => copy === init[0])).toEqual([true, true]);
  expect(damaged?.[1]).not.toContain(damaged?.[0]);
  expect(damaged?.[1][0]).not.toEqual(damaged?.[0]);
});
