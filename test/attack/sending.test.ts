/**
 * A peer that takes data badly: acknowledges in crumbs, ahead of time, or not at all; shows no window, or one of a byte.
 * Owns: that it cannot make this side send faster than an honest one could, nor keep it busy, nor hold it for ever.
 */
import { describe, expect, it } from "vitest";
import { CONGESTION_CONTROLS } from "../../src/base/congestion-control.ts";
import { type SimAssociation, type SimHost, SimWorld } from "../../src/sim/index.ts";
import { chunksOf, Lab, type Link, PEER_ADDRESS, type SentPacket } from "../conformance/lab.ts";

const HOUR_MS = 3_600_000;
const QUIET = { heartbeatIntervalMs: 0, sendBufferBytes: 1_073_741_824, maxBurst: 1_024 };

function cwnd(link: Link): number {
  return link.association.path(PEER_ADDRESS).cwndBytes;
}

function dataIn(packets: readonly SentPacket[]): number {
  return chunksOf(packets, "DATA").length;
}

/** An association with more to send than any window allows. */
function flooding(messages: number, bytes: number, options: Parameters<Lab["accepted"]>[0] = {}): Link {
  const link = new Lab().accepted({ ...QUIET, ...options }, { aRwndBytes: 100_000_000 });
  for (let i = 0; i < messages; i++) link.association.send(new Uint8Array(bytes), {}, link.lab.nowMs);
  return link;
}

describe("splitting acknowledgements (RFC 9260 7.2.1)", () => {
  it.each(CONGESTION_CONTROLS)(
    "opens cwnd of %s by no more than the bytes that were acknowledged",
    (congestionControl) => {
      const link = flooding(2_000, 60, { congestionControl });
      let outstanding = dataIn(link.lab.flush());
      const before = cwnd(link);
      const chunks = outstanding;
      for (let i = 0; i < chunks; i++)
        outstanding += dataIn(link.receive([link.sack(i, { aRwndBytes: 100_000_000 })]));
      // BBR has four full chunks at least, once anything has been acknowledged.
      expect(cwnd(link)).toBeLessThanOrEqual(Math.max(before, 4 * 1_188) + chunks * (60 + 16));
      expect(outstanding).toBeLessThanOrEqual(2_000);
    },
  );

  it.each(CONGESTION_CONTROLS)(
    "gains nothing of %s by the same SACK a thousand times, in one packet or in a thousand",
    (congestionControl) => {
      const link = flooding(2_000, 1_000, { congestionControl });
      link.lab.flush();
      link.receive([link.sack(0, { aRwndBytes: 100_000_000 })]);
      const before = cwnd(link);
      const answers = [];
      for (let i = 0; i < 1_000; i++)
        answers.push(...link.receive([link.sack(0, { aRwndBytes: 100_000_000 })]));
      answers.push(
        ...link.receive(Array.from({ length: 1_000 }, () => link.sack(0, { aRwndBytes: 100_000_000 }))),
      );
      expect(cwnd(link)).toBe(before);
      expect(dataIn(answers)).toBe(0);
    },
  );

  it("gains nothing from acknowledging by gap, reneging and acknowledging again", () => {
    const link = flooding(2_000, 1_000);
    const sent = dataIn(link.lab.flush());
    const before = cwnd(link);
    let more = 0;
    for (let i = 0; i < 200; i++) {
      more += dataIn(link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: sent }] })]));
      more += dataIn(link.receive([link.sack(-1)]));
    }
    // Each transmission counts once: what was taken back is in flight again, and earns nothing when it comes back.
    expect(cwnd(link)).toBeLessThanOrEqual(before + 1_200);
    expect(more).toBeLessThan(20);
  });
});

describe("acknowledging ahead of time", () => {
  it("ends the association at the first TSN that was never sent", () => {
    for (const beyond of [0, 1, 1_000, 0x7fff_0000]) {
      const link = flooding(100, 1_000);
      const sent = dataIn(link.lab.flush());
      expect(chunksOf(link.receive([link.sack(sent + beyond)]), "ABORT")).toHaveLength(1);
      expect(link.state).toBe("CLOSED");
    }
  });

  it.each(CONGESTION_CONTROLS)(
    "of what is on its way opens cwnd of %s no faster than doubling in a round",
    (congestionControl) => {
      const link = flooding(20_000, 1_000, { congestionControl });
      let acked = -1;
      let sent = dataIn(link.lab.flush());
      for (let round = 0; round < 6; round++) {
        const before = cwnd(link);
        const end = sent;
        for (let tsn = acked + 1; tsn < end; tsn++)
          sent += dataIn(link.receive([link.sack(tsn, { aRwndBytes: 100_000_000 })]));
        acked = end - 1;
        expect(cwnd(link)).toBeLessThanOrEqual(2 * before + 1_200);
      }
    },
  );
});

describe("a window", () => {
  it("of nothing is probed ever more slowly, by one packet at a time, for as long as the peer answers", () => {
    const link = flooding(100, 1_000);
    link.lab.flush();
    let tsn = dataIn(link.lab.sent) - 1;
    link.receive([link.sack(tsn, { aRwndBytes: 0 })]);
    let probes = 0;
    const endMs = link.lab.nowMs + HOUR_MS;
    while (link.lab.nowMs < endMs) {
      const packets = link.lab.runUntilSent();
      probes += packets.length;
      expect(dataIn(packets)).toBeLessThanOrEqual(1);
      link.receive([link.sack(tsn, { aRwndBytes: 0 })]); // Not taken.
    }
    expect(probes).toBeLessThan(100);
    expect(link.state).toBe("ESTABLISHED");
    const open = link.receive([link.sack(tsn, { aRwndBytes: 1_000_000 })]);
    tsn += dataIn(open);
    expect(dataIn(link.lab.run(120_000)) + dataIn(open)).toBeGreaterThan(0);
  });

  it("of one byte makes no crumbs: whole messages, one per probe", () => {
    const link = flooding(50, 1_000);
    link.lab.flush();
    let acked = dataIn(link.lab.sent) - 1;
    link.receive([link.sack(acked, { aRwndBytes: 1 })]);
    for (let i = 0; i < 20; i++) {
      const packets = link.lab.runUntilSent();
      expect(chunksOf(packets, "DATA").map(({ payload }) => payload.length)).toEqual([1_000]);
      acked++;
      link.receive([link.sack(acked, { aRwndBytes: 1 })]);
    }
    expect(link.state).toBe("ESTABLISHED");
  });

  it("that opens and closes with every SACK costs no more than one packet for each", () => {
    const link = flooding(2_000, 1_000);
    link.lab.flush();
    let acked = dataIn(link.lab.sent) - 1;
    for (let i = 0; i < 200; i++) {
      const open = dataIn(link.receive([link.sack(acked, { aRwndBytes: 1_000 })]));
      expect(open).toBeLessThanOrEqual(1);
      acked += open;
      expect(link.receive([link.sack(acked, { aRwndBytes: 0 })])).toEqual([]);
    }
  });
});

describe("a peer that acknowledges nothing", () => {
  it("is given up, and its user gets everything back", () => {
    const link = flooding(100, 1_000, { associationMaxRetrans: 10 });
    const packets = link.lab.run(24 * HOUR_MS);
    expect(link.state).toBe("CLOSED");
    expect(link.lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { kind: "unreachable" } });
    expect(link.lab.eventKinds.filter((kind) => kind === "send-failed")).toHaveLength(100);
    // The first flight, and one packet for each expiry of T3-rtx.
    expect(packets.length).toBeLessThanOrEqual(12 + 11);
  });

  it("of its INIT ACK neither: the set-up ends", () => {
    const lab = new Lab();
    const association = lab.connect({ maxInitRetransmits: 8 });
    expect(lab.run(24 * HOUR_MS)).toHaveLength(9);
    expect(association.state).toBe("CLOSED");
  });

  it("but keeps talking is given up too", () => {
    const link = flooding(100, 1_000, { associationMaxRetrans: 10 });
    link.lab.flush();
    for (let i = 0; i < 10_000 && link.state === "ESTABLISHED"; i++) {
      link.receive([link.data(i)]);
      link.association.receiveMessage(link.lab.nowMs);
      link.lab.run(1_000);
    }
    expect(link.state).toBe("CLOSED");
  });
});

describe("a peer that stays reachable and takes nothing", () => {
  it("by answering heartbeats holds no more than the send buffer, and no longer than its user lets it (8.1)", () => {
    const link = new Lab().accepted({ sendBufferBytes: 50_000 });
    while (link.association.isWritable) link.send(1_000);
    const { lab, association } = link;
    const endMs = lab.nowMs + 6 * HOUR_MS;
    while (lab.nowMs < endMs) {
      for (const beat of chunksOf(lab.runUntilSent(), "HEARTBEAT"))
        link.receive([{ ...beat, kind: "HEARTBEAT ACK" }]);
    }
    expect(link.state).toBe("ESTABLISHED");
    expect(association.bufferedBytes).toBe(50_000);
    association.abort(new Uint8Array(0), lab.nowMs);
    lab.flush();
    expect(lab.stack.associationCount).toBe(0);
    expect(lab.stack.nextDeadlineMs()).toBe(Number.POSITIVE_INFINITY);
  });

  it("by showing no window keeps a shutdown waiting until the guard ends it (9.2)", () => {
    const link = flooding(20, 1_000);
    link.lab.flush();
    const acked = dataIn(link.lab.sent) - 1;
    link.receive([link.sack(acked, { aRwndBytes: 0 })]);
    link.association.shutdown(link.lab.nowMs);
    const endMs = link.lab.nowMs + HOUR_MS;
    while (link.lab.nowMs < endMs && link.lab.stack.associationCount > 0) {
      expect(link.state).toBe("SHUTDOWN-PENDING");
      link.lab.runUntilSent();
      link.receive([link.sack(acked, { aRwndBytes: 0 })]);
    }
    expect(endMs - link.lab.nowMs).toBeGreaterThanOrEqual(HOUR_MS - 305_000);
    expect(link.lab.eventKinds.at(-1)).toBe("closed");
    expect(link.lab.stack.associationCount).toBe(0);
  });
});

describe("a peer that acknowledges by gap, reneges and acknowledges again, but never the first chunk", () => {
  it("is given up like one that says nothing: a transmission counts as acknowledged once", () => {
    const link = flooding(6, 1_000, { associationMaxRetrans: 4 });
    const sent = dataIn(link.lab.flush());
    const endMs = link.lab.nowMs + HOUR_MS;
    while (link.lab.nowMs < endMs && link.state !== "CLOSED") {
      link.receive([link.sack(-1, { gapBlocks: [{ start: 2, end: sent }] })]);
      link.receive([link.sack(-1)]);
      link.lab.run(500);
    }
    expect(link.lab.events.at(-1)).toMatchObject({ kind: "closed", reason: { kind: "unreachable" } });
  });
});

describe("between two stacks of ours", () => {
  const seeds = [1, 2, 3];

  function connected(seed: number): { world: SimWorld; client: SimAssociation; server: SimAssociation } {
    const world = new SimWorld({ seed });
    const near: SimHost = world.host("client", ["10.0.0.1"]);
    const far: SimHost = world.host("server", ["10.0.0.2"]);
    world.link("10.0.0.1", "10.0.0.2", { delayMinMs: 5, delayMaxMs: 15, lossRate: 0.02 });
    far.listen(7, { receiveBufferBytes: 65_536 });
    const client = near.connect(["10.0.0.2"], 7, { sendBufferBytes: 262_144 });
    world.runUntil(() => far.associations[0]?.state === "ESTABLISHED", { limitMs: HOUR_MS });
    return { world, client, server: far.associations[0] as SimAssociation };
  }

  it.each(seeds)(
    "a reader that stops holds memory at both ends within the buffers, for an hour (seed %i)",
    (seed) => {
      const { world, client, server } = connected(seed);
      server.autoRead = false;
      let accepted = 0;
      const endMs = world.nowMs + HOUR_MS;
      while (world.nowMs < endMs) {
        while (client.association.isWritable) {
          client.send(accepted % 10, new Uint8Array(1 + ((accepted * 37) % 3_000)));
          accepted++;
        }
        world.run(60_000);
        expect(client.association.bufferedBytes).toBeLessThanOrEqual(262_144 + 3_000);
        expect(server.association.status().heldBytes).toBeLessThanOrEqual(65_536 + 1_500);
      }
      expect(client.state).toBe("ESTABLISHED");
      server.autoRead = true;
      server.read();
      world.runUntil(() => server.receivedCount === accepted, { limitMs: world.nowMs + HOUR_MS });
    },
  );
});
