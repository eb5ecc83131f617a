/** The search for the largest packet on sockets of this host (RFC 8899), and what is known of its interfaces. */
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { AssociationOptionsInput } from "../../src/base/options.ts";
import { createEndpoint, UdpPort } from "../../src/index.ts";
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
    expect(interfaceLimitsTo("192.0.2.9", host("linux"))).toMatchObject({
      maxBytes: 8_972,
      cutFromBytes: 8_973,
    });
    expect(interfaceLimitsTo("2001:db8::9", host("linux"))).toMatchObject({
      maxBytes: 8_952,
      cutFromBytes: undefined,
    });
  });

  it("is never more than a datagram holds, and then nothing is cut", () => {
    const loopback = host("linux", { mtuOf: () => 65_536 });
    expect(interfaceLimitsTo("127.0.0.1", loopback)).toMatchObject({
      maxBytes: 65_507,
      cutFromBytes: undefined,
    });
  });

  it("is what Ethernet takes where the route, the interface or its MTU is not known", () => {
    const usual = { maxBytes: 1_472, cutFromBytes: undefined, staysOnHost: false };
    for (const unknown of ["sourceTowards", "interfaceOf", "mtuOf"] as const)
      expect(interfaceLimitsTo("192.0.2.9", host("linux", { [unknown]: () => undefined }))).toEqual(usual);
  });

  it("is that on other systems as well, but for the loopback interface of macOS", () => {
    const usual = { maxBytes: 1_472, cutFromBytes: undefined, staysOnHost: false };
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

describe("what is worth a search that nobody has asked for", () => {
  const unasked = (remote: string, facts: InterfaceFacts, roomBytes = 1_000_000): number | undefined =>
    interfaceLimitsTo(remote, facts, roomBytes).unaskedMaxBytes;
  const loopback = host("linux", { mtuOf: () => 65_536 });

  it("is what an interface tells of itself, as far as links of jumbo frames go, and the loopback interface", () => {
    expect(unasked("127.0.0.1", loopback)).toBe(65_000);
    expect(unasked("::1", host("darwin"))).toBe(9_216);
    expect(unasked("192.0.2.9", host("linux"))).toBe(8_972);
    expect(unasked("192.0.2.9", loopback)).toBe(8_972); // A tunnel with a large MTU, say.
    expect(unasked("2001:db8::9", host("linux"))).toBe(8_952);
    expect(unasked("192.0.2.9", host("linux", { mtuOf: () => 1_500 }))).toBe(1_472);
    expect(unasked("192.0.2.9", host("linux", { mtuOf: () => 1_420 }))).toBe(1_392); // A tunnel.
    expect(unasked("192.0.2.9", host("linux", { mtuOf: () => undefined }))).toBeUndefined();
    expect(unasked("192.0.2.9", host("linux", { mtuOf: () => 1_501 }))).toBe(1_473);
    expect(unasked("192.0.2.9", host("win32"))).toBeUndefined();
    expect(unasked("127.0.0.1", host("win32"))).toBeUndefined();
  });

  it("is no more than there is room for, where that is more than Ethernet carries", () => {
    expect(unasked("127.0.0.1", loopback, 53_248.5)).toBe(53_248);
    expect(unasked("127.0.0.1", loopback, 1_000)).toBe(1_472);
    expect(interfaceLimitsTo("::1", loopback).unaskedMaxBytes).toBe(1_452);
  });
});

describe("sockets of this host", () => {
  /** Messages of 16 KiB, and a message back and forth until so much is known. */
  async function afterData(
    options: AssociationOptionsInput,
    isKnown: (bytes: number) => boolean,
    udp?: UdpPort,
  ) {
    const ends = await pair({ server: options, client: { ...options, udp } });
    const size = (): number => ends.client.pathInfo("127.0.0.1").maxPacketBytes;
    for (let i = 0; i < 32; i++) {
      const received = once(ends.accepted, "data");
      await ends.client.send(Buffer.alloc(16_384, i));
      await received;
    }
    for (let i = 0; i < 100_000 && !isKnown(size()); i++) {
      const received = once(ends.accepted, "data");
      await ends.client.send("ping");
      await received;
    }
    const { maxPacketBytes, pathMtuSearch } = ends.client.pathInfo("127.0.0.1");
    const { sentPackets } = ends.client.stats();
    await finish(ends);
    return { maxPacketBytes, pathMtuSearch, sentPackets };
  }
  const isWide = interfaceLimitsTo("127.0.0.1").maxBytes > 1_472;

  it("use larger packets than Ethernet's on the loopback interface after some data, unasked", async () => {
    const { maxPacketBytes, pathMtuSearch } = await afterData({}, (bytes) => bytes > 1_472 || !isWide);
    if (isWide) expect(maxPacketBytes).toBeGreaterThan(1_472);
    else expect([maxPacketBytes, pathMtuSearch]).toEqual([1_200, undefined]);
  });

  it("do not where the user says so, or how large a packet is", async () => {
    const off = await afterData({ pathMtuDiscovery: false }, () => true);
    expect(off).toMatchObject({ maxPacketBytes: 1_200, pathMtuSearch: undefined });
    const said = await afterData({ maxPacketBytes: 1_400 }, () => true);
    expect(said).toMatchObject({ maxPacketBytes: 1_400, pathMtuSearch: undefined });
  });

  it("use none larger than Ethernet's where the host grants their UDP socket little room", async () => {
    const udp = await UdpPort.open({
      localUdpPort: 0,
      localAddresses: ["127.0.0.1"],
      socketBufferBytes: 4_096,
    });
    const small = await afterData({}, () => true, udp);
    expect(small.maxPacketBytes).toBe(isWide ? 1_472 : 1_200);
    udp.close();
  });

  it("are those of endpoints, too", async () => {
    const endpoint = createEndpoint();
    expect(endpoint.getOption("SCTP_PEER_ADDR_PARAMS").pmtudEnabled).toBe(true);
    endpoint.setOption("SCTP_PEER_ADDR_PARAMS", { pmtudEnabled: false, pathMtuBytes: 1_388 });
    expect(endpoint.getOption("SCTP_PEER_ADDR_PARAMS")).toMatchObject({
      pmtudEnabled: false,
      pathMtuBytes: 1_388,
    });
    await endpoint.close();
  });

  it("say by the options of RFC 6458 whether they search, and what was found", async () => {
    const query = { address: "127.0.0.1" };
    const ends = await pair();
    expect(ends.client.getOption("SCTP_PEER_ADDR_PARAMS", undefined, query).pmtudEnabled).toBe(true);
    ends.client.setOption("SCTP_PEER_ADDR_PARAMS", { ...query, pmtudEnabled: false });
    const { pmtudEnabled, pathMtuBytes } = ends.client.getOption("SCTP_PEER_ADDR_PARAMS", undefined, query);
    expect([pmtudEnabled, pathMtuBytes]).toEqual([false, 1_188]);
    await finish(ends);
  });

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
