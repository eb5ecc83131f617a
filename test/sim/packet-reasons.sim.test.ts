/** Why packets are sent, as the trace of a host tells it just before each of them. */
import { describe, expect, it } from "vitest";
import type { TraceDetail, TraceSink } from "../../src/base/trace-sink.ts";
import { SimWorld } from "../../src/sim/index.ts";
import { chunkNames } from "../../src/trace/labels.ts";
import { ALICE, BOB, net, up } from "./traced-hosts.ts";

interface Watched {
  readonly trace: TraceSink;
  /** The reasons for each packet that was sent, behind the names of its chunks. */
  readonly packets: Array<readonly [chunks: string, ...reasons: string[]]>;
  /** What the reasons begin with, without the sections. */
  readonly said: () => string[];
}

function watch(): Watched {
  const packets: Watched["packets"] = [];
  let told: Extract<TraceDetail, { kind: "sending" }> | undefined;
  const onPacket: TraceSink["packet"] = (direction, datagram, _local, remote) => {
    if (direction === "received") return;
    expect(told?.address).toBe(remote.address);
    packets.push([chunkNames(datagram).join("+"), ...(told?.reasons ?? [])]);
    told = undefined;
  };
  const trace: TraceSink = {
    packet: onPacket,
    lost: onPacket,
    event: () => {},
    detail(detail) {
      if (detail.kind !== "sending") return;
      expect(told).toBeUndefined();
      told = detail;
    },
  };
  return { trace, packets, said: () => packets.flatMap(([, ...reasons]) => reasons) };
}

describe("why a packet is sent", () => {
  it("is told of every packet, from the first to the last, one reason for each kind of chunk", () => {
    const { trace, packets } = watch();
    const bench = net(trace);
    const association = up(bench);
    association.send(0, Uint8Array.of(1));
    bench.world.run(1_000);
    association.shutdown();
    bench.world.run(1_000);
    expect(packets).toEqual([
      ["INIT", "INIT: the user asks for an association (RFC 9260 5.1 A)"],
      ["COOKIE ECHO", "COOKIE ECHO: returns the cookie of the INIT ACK (RFC 9260 5.1 C)"],
      ["DATA", "DATA: new, as the windows allow (RFC 9260 6.1)"],
      [
        "SHUTDOWN",
        "SHUTDOWN: the user ends the association, and all that was sent is acknowledged (RFC 9260 9.2)",
      ],
      [
        "SHUTDOWN COMPLETE",
        "SHUTDOWN COMPLETE: answers a SHUTDOWN ACK: the association is over (RFC 9260 9.2, 8.5.1 C)",
      ],
    ]);
  });

  it("is told by who answers, too, who has no association yet", () => {
    const { trace, packets } = watch();
    const world = new SimWorld({ seed: 3 });
    const alice = world.host("alice", [ALICE]);
    const bob = world.host("bob", [BOB], { trace });
    world.link(ALICE, BOB);
    bob.listen(7);
    const association = up({ world, alice, bob });
    association.shutdown();
    world.run(1_000);
    expect(packets).toEqual([
      [
        "INIT ACK",
        "INIT ACK: answers an INIT, with all that must be known later in its cookie (RFC 9260 5.1 B)",
      ],
      ["COOKIE ACK", "COOKIE ACK: the cookie is genuine (RFC 9260 5.1 D, 5.2.4)"],
      [
        "SHUTDOWN ACK",
        "SHUTDOWN ACK: the peer ends the association, and all that was sent is acknowledged (RFC 9260 9.2)",
      ],
    ]);
  });

  it("tells repeats by the timer that had them sent", () => {
    const { trace, said } = watch();
    const bench = net(trace);
    for (const chunk of ["INIT", "COOKIE ECHO", "DATA", "SHUTDOWN"] as const) bench.world.lose(chunk);
    const association = up(bench);
    association.send(0, Uint8Array.of(1));
    bench.world.run(5_000);
    association.shutdown();
    bench.world.run(5_000);
    expect(association.state).toBe("CLOSED");
    const repeats = said().filter((reason) => reason.includes("again"));
    expect(repeats.map((reason) => reason.replace(/TSN \d+/, "TSN n"))).toEqual([
      "INIT: not answered before T1-init expired, so it goes again (RFC 9260 5.1 A)",
      "COOKIE ECHO: not answered before T1-cookie expired, so it goes again (RFC 9260 5.1 C)",
      "DATA: TSN n again: not acknowledged before T3-rtx expired (RFC 9260 6.3.3)",
      "SHUTDOWN: not answered before T2-shutdown expired, so it goes again (RFC 9260 9.2)",
    ]);
  });

  it("tells a fast retransmission and the SACKs that ask for it", () => {
    const [alice, bob] = [watch(), watch()];
    const world = new SimWorld({ seed: 7 });
    const hosts = {
      world,
      alice: world.host("alice", [ALICE], { trace: alice.trace }),
      bob: world.host("bob", [BOB], { trace: bob.trace }),
    };
    world.link(ALICE, BOB, { delayMinMs: 10, delayMaxMs: 10 });
    hosts.bob.listen(7);
    const association = up(hosts);
    association.send(0, Uint8Array.of(1));
    world.run(1_000);
    world.lose("DATA");
    for (let i = 0; i < 4; i++) {
      association.send(0, new Uint8Array(1_000));
      world.run(1);
    }
    world.run(1_000);
    association.send(0, Uint8Array.of(1));
    world.run(1_000);
    expect(alice.said().filter((reason) => reason.includes("again"))).toEqual([
      expect.stringMatching(
        /^DATA: TSN \d+ again: SACKs show that it is lost \(RFC 9260 7\.2\.4, or by time RFC 8985 6\.2\)$/,
      ),
    ]);
    const sacks = bob.said().filter((reason) => reason.startsWith("SACK"));
    expect(sacks).toEqual([
      "SACK: due: for every second packet with DATA, the first one, or one that asks for it (RFC 9260 6.2, 5.1)",
      ...Array.from({ length: 3 }, () => "SACK: DATA is missing, which is told at once (RFC 9260 6.7)"),
      expect.stringMatching(/^SACK: due/),
      "SACK: DATA has waited for it as long as it may (RFC 9260 6.2)",
    ]);
  });

  it("tells why a path is tested", () => {
    const { trace, said } = watch();
    const world = new SimWorld({ seed: 7 });
    const alice = world.host("alice", [ALICE, "10.1.0.1"], { trace });
    const bob = world.host("bob", [BOB, "10.1.0.2"]);
    world.link(ALICE, BOB);
    world.link("10.1.0.1", "10.1.0.2");
    bob.listen(7);
    up({ world, alice, bob });
    world.run(60_000);
    world.cut("10.1.0.1", "10.1.0.2");
    world.run(120_000);
    const why = said().filter((reason) => reason.startsWith("HEARTBEAT:"));
    expect(why[0]).toBe("HEARTBEAT: is the peer at this address? (RFC 9260 5.4)");
    expect(why).toContain("HEARTBEAT: nothing went on this path for a while: is it alive? (RFC 9260 8.3)");
    expect(why).toContain(
      "HEARTBEAT: the path is potentially-failed: does it answer again? (RFC 9260 8.3, RFC 7829 3.2)",
    );
  });

  it("costs nothing where the sink does not ask: no detail is built", () => {
    const world = new SimWorld({ seed: 7 });
    const seen: string[] = [];
    const trace: TraceSink = { packet: () => seen.push("packet"), event: () => {} };
    const alice = world.host("alice", [ALICE], { trace });
    const bob = world.host("bob", [BOB]);
    world.link(ALICE, BOB);
    bob.listen(7);
    up({ world, alice, bob });
    expect(seen).toHaveLength(4);
    expect(trace).not.toHaveProperty("detail");
  });
});
