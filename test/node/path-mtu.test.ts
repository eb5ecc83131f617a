/** The search for the largest packet on sockets of this host (RFC 8899), and what is known of its interfaces. */
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { type InterfaceFacts, interfaceLimitsTo } from "../../src/node/driver/interface-mtu.ts";
import { StandIn } from "./dgram-stand-in.ts";
import { finish, pair } from "./pair.ts";

/** A host with one interface. */
const host = (platform: string, more: Partial<InterfaceFacts> = {}): InterfaceFacts => ({
  platform,
  sourceTowards: () => "192.0.2.1",
  interfaceOf: (address) => (address === "192.0.2.1" ? "eth0" : undefined),
  mtuOf: (name) => (name === "eth0" ? 9_000 : undefined),
  ...more,
});

describe("what leaves a host whole", () => {
  it("is what the interface takes, less the headers; on Linux IPv4 cuts the rest", () => {
    expect(interfaceLimitsTo("192.0.2.9", host("linux"))).toEqual({ maxBytes: 8_972, cutFromBytes: 8_973 });
    expect(interfaceLimitsTo("2001:db8::9", host("linux"))).toEqual({
      maxBytes: 8_952,
      cutFromBytes: undefined,
    });
  });

  it("is never more than a datagram holds, and then nothing is cut", () => {
    const loopback = host("linux", { mtuOf: () => 65_536 });
    expect(interfaceLimitsTo("127.0.0.1", loopback)).toEqual({ maxBytes: 65_507, cutFromBytes: undefined });
  });

  it("is what Ethernet takes where the route, the interface or its MTU is not known", () => {
    const usual = { maxBytes: 1_472, cutFromBytes: undefined };
    for (const unknown of ["sourceTowards", "interfaceOf", "mtuOf"] as const)
      expect(interfaceLimitsTo("192.0.2.9", host("linux", { [unknown]: () => undefined }))).toEqual(usual);
  });

  it("is that on other systems as well, but for the loopback interface of macOS", () => {
    const usual = { maxBytes: 1_472, cutFromBytes: undefined };
    for (const platform of ["darwin", "win32", "freebsd"])
      expect(interfaceLimitsTo("192.0.2.9", host(platform))).toEqual(usual);
    for (const address of ["127.0.0.1", "::1"])
      expect(interfaceLimitsTo(address, host("darwin")).maxBytes).toBe(9_216);
    expect(interfaceLimitsTo("127.0.0.1", host("win32")).maxBytes).toBe(1_472);
  });

  it("can be asked of this one", () => {
    const { maxBytes } = interfaceLimitsTo("127.0.0.1");
    expect(maxBytes).toBeGreaterThanOrEqual(1_472);
    expect(maxBytes).toBeLessThanOrEqual(65_507);
    expect(interfaceLimitsTo("192.0.2.200").maxBytes).toBeLessThanOrEqual(65_507);
  });
});

describe("sockets of this host", () => {
  it("find out what the loopback interface carries, and use it", async () => {
    const wanted = { pathMtuDiscovery: true };
    const ends = await pair({ server: wanted, client: wanted });
    const expected = Math.min(interfaceLimitsTo("127.0.0.1").maxBytes & ~3, 65_504);
    while (ends.client.pathInfo("127.0.0.1").pathMtuSearch !== "SEARCH_COMPLETE") {
      const received = once(ends.accepted, "data");
      await ends.client.send("ping");
      await received; // Meanwhile the search has gone on.
    }
    expect(ends.client.pathInfo("127.0.0.1").maxPacketBytes).toBe(expected);
    const large = Buffer.alloc(16_384, 1);
    const received = once(ends.accepted, "data");
    const before = ends.client.stats().sentPackets;
    await ends.client.send(large);
    await received;
    if (expected > 20_000) expect(ends.client.stats().sentPackets - before).toBeLessThanOrEqual(4);
    await finish(ends);
  });

  it("that refuse a probe for its size keep the association, and the size before", async () => {
    const network = new StandIn();
    const refusing = { sendBufferBytes: 2_000, claimedSendBufferBytes: 65_536 };
    const ends = await pair({
      client: { createSocket: network.host(refusing), pathMtuDiscovery: true, pathMtuProbeTimeoutMs: 1_000 },
      server: { createSocket: network.host() },
    });
    while (network.refusedCount === 0) {
      const received = once(ends.accepted, "data");
      await ends.client.send("ping");
      await received;
    }
    await ends.client.send("still here");
    expect(ends.client.pathInfo("127.0.0.1").maxPacketBytes).toBe(1_472);
    await finish(ends);
  });
});
