/** NR-SACK between two stacks; the simulator's checkers judge each packet. */
import { expect, it } from "vitest";
import { decodePacket } from "../../src/core.ts";
import { SimWorld } from "../../src/sim/index.ts";

it.each([
  ["by itself", {}, ["NR-SACK"]],
  [
    "authenticated where the peer wants it (RFC 4895 6.2)",
    { authentication: { chunks: [16] } },
    ["AUTH", "NR-SACK"],
  ],
])("brings everything through loss, %s", (_how, more, kinds) => {
  const acknowledgements: string[][] = [];
  let promising = 0;
  const trace = {
    packet(direction: "sent" | "received", datagram: Uint8Array): void {
      const { chunks } = decodePacket(datagram);
      const at = chunks.findIndex(({ kind }) => kind === "SACK" || kind === "NR-SACK");
      if (direction === "received" || at === -1) return;
      const before = chunks.slice(0, at + 1).map(({ kind }) => kind);
      acknowledgements.push(before.filter((kind) => kind !== "COOKIE ACK"));
      promising += chunks.some((chunk) => chunk.kind === "NR-SACK" && chunk.nonRenegableBlocks.length > 0)
        ? 1
        : 0;
    },
    event: () => undefined,
  };
  const world = new SimWorld({ seed: 16 });
  const alice = world.host("alice", ["10.0.0.1"]);
  const bob = world.host("bob", ["10.0.0.2"], { trace });
  world.link("10.0.0.1", "10.0.0.2", { delayMinMs: 10, delayMaxMs: 30, lossRate: 0.05 });
  const options = { nrSack: true, outboundStreams: 8, ...more };
  bob.listen(7, options);
  const association = alice.connect(["10.0.0.2"], 7, options);
  for (let i = 0; i < 300; i++) association.send(i % 8, new Uint8Array(700 + i));
  world.run(120_000);
  expect(bob.associations[0]?.association.nrSack).toBe(true);
  expect(association.association.bufferedBytes).toBe(0);
  expect(new Set(acknowledgements.map((each) => each.join()))).toEqual(new Set([kinds.join()]));
  expect(promising).toBeGreaterThan(10);
});
