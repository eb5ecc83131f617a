/**
 * What tshark thinks of the captures that sctpkit itself writes.
 * Owns: conversations on a simulated network in which every kind of chunk goes out, their capture, the verdict. Does not own: tshark
 * (capture.ts), the sink (src/trace).
 */
import { rmSync, writeFileSync } from "node:fs";
import { type AssociationOptionsInput, ChunkType, chunkTypeName, PcapngSink } from "../../src/core.ts";
import { type SimAssociation, SimWorld } from "../../src/sim/index.ts";
import { inspect } from "./capture.ts";
import type { Result } from "./run-case.ts";

/** All that both sides can agree on, but for the format of user data and of what acknowledges it. */
const EVERYTHING: AssociationOptionsInput = {
  dynamicAddresses: true,
  allowStreamReset: true,
  allowAssociationReset: true,
  allowAddStreams: true,
  pathMtuDiscovery: true,
};
/** Reserved, and never sent. */
const UNUSED: ReadonlySet<number> = new Set([ChunkType.Ecne, ChunkType.Cwr]);
const UDP_PORT = 9_899;

/** @param file where the capture goes; it stays there only if something is wrong with it, or if it is to be kept */
export async function judgeOwnCapture(file: string, keep: boolean): Promise<Result> {
  const pieces: Uint8Array[] = [];
  const seen = new Set<number>();
  for (const interleaving of [false, true]) converse(interleaving, pieces, seen);
  writeFileSync(file, Buffer.concat(pieces));
  const { packetCount, complaints } = await inspect(file, [UDP_PORT]);
  const unseen = Object.values(ChunkType).filter((type) => !seen.has(type) && !UNUSED.has(type));
  const complaint =
    complaints.length > 0
      ? `tshark: ${complaints.length} complaints, the first: ${complaints[0]}`
      : unseen.length > 0
        ? `no ${unseen.map(chunkTypeName).join(", ")} went out`
        : undefined;
  if (complaint === undefined && !keep) rmSync(file);
  return { complaint, packetCount };
}

function converse(interleaving: boolean, pieces: Uint8Array[], seen: Set<number>): void {
  const seed = interleaving ? 2 : 1;
  const trace = new PcapngSink((bytes) => pieces.push(bytes), {
    comment: (datagram) => {
      note(datagram, seen);
      return [];
    },
    sectionComments: [`seed ${seed}`],
  });
  const world = new SimWorld({ seed });
  const alice = world.host("alice", ["10.0.0.1", "10.1.0.1"], { trace });
  const bob = world.host("bob", ["10.0.0.2", "10.1.0.2"]);
  for (const net of [0, 1]) world.link(`10.${net}.0.1`, `10.${net}.0.2`, { delayMinMs: 10, delayMaxMs: 10 });
  world.link("10.0.0.3", "10.0.0.2");
  const options = { ...EVERYTHING, interleaving, nrSack: interleaving };
  bob.listen(7, options);
  const association = alice.connect(["10.0.0.2"], 7, options);
  association.send(0, new Uint8Array(20_000));
  world.run(5_000);
  world.lose("DATA");
  world.lose(interleaving ? "I-DATA" : "DATA", { nth: 2 });
  for (let i = 0; i < 20; i++) association.send(i % 4, new Uint8Array(1_000));
  bob.associations[0]?.send(0, new Uint8Array(100));
  world.run(5_000);
  giveUp(world, association);
  association.resetStreams("outgoing", [1]);
  world.run(5_000);
  association.addStreams({ outbound: 1 });
  world.run(5_000);
  alice.gain("10.0.0.3");
  association.addAddress("10.0.0.3");
  world.run(120_000); // HEARTBEATs, and probes for larger packets.
  bob.associations[0]?.shutdown();
  world.run(30_000);
  const second = alice.connect(["10.0.0.2"], 7, options);
  world.run(5_000);
  second.abort();
  world.run(1_000);
  alice.connect(["10.0.0.2"], 8, options); // Nobody listens there.
  world.run(1_000);
  bob.listen(9, { ...options, maxCookieLifeMs: 1 }); // Each cookie is stale before it comes back.
  alice.connect(["10.0.0.2"], 9, options);
  world.run(1_000);
}

/** The path fails for as long as a message lives. */
function giveUp(world: SimWorld, association: SimAssociation): void {
  for (const net of [0, 1]) world.cut(`10.${net}.0.1`, `10.${net}.0.2`);
  association.send(2, new Uint8Array(3_000), { reliability: { lifetimeMs: 100 } });
  world.run(500);
  for (const net of [0, 1]) world.mend(`10.${net}.0.1`, `10.${net}.0.2`);
  world.run(20_000);
}

function note(datagram: Uint8Array, seen: Set<number>): void {
  for (let at = 12; at + 4 <= datagram.length; ) {
    seen.add(datagram[at] ?? 0);
    const length = ((datagram[at + 2] ?? 0) << 8) | (datagram[at + 3] ?? 0);
    at += Math.max(4, (length + 3) & ~3);
  }
}
