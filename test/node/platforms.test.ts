/** What differs on Windows, macOS and in other runtimes, on a stand-in for node:dgram that behaves so. */
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import {
  type CreateDgramSocket,
  createEndpoint,
  createServer,
  type Message,
  type SctpError,
  type Socket,
  UdpPort,
} from "../../src/index.ts";
import { driverOf } from "../../src/node/driver/udp-port.ts";
import { StandIn } from "./dgram-stand-in.ts";
import { connectTo, finish, listening, pair } from "./pair.ts";

async function sizes(messages: AsyncIterable<Message>, count: number): Promise<number[]> {
  const all: number[] = [];
  for await (const { data } of messages) if (all.push(data.length) === count) break;
  return all;
}

describe("macOS", () => {
  it("refuses datagrams above its send buffer: larger packets are not made, and what was granted decides", async () => {
    const network = new StandIn();
    const small = { createSocket: network.host({ sendBufferBytes: 9_216 }), maxPacketBytes: 65_507 };
    const ends = await pair({ server: small, client: small });
    expect(ends.client.pathInfo("127.0.0.1").maxPacketBytes).toBe(9_216);
    const read = sizes(ends.accepted.messages(), 3);
    for (const size of [100_000, 9_300, 1]) await ends.client.send(Buffer.alloc(size));
    expect(await read).toEqual([100_000, 9_300, 1]);
    expect([network.refusedCount, ends.client.stats().timeouts]).toEqual([0, 0]);
    await finish(ends);
  });

  it("that grants a larger send buffer gets larger packets", async () => {
    const network = new StandIn();
    const large = { createSocket: network.host({ sendBufferBytes: 4_194_304 }), maxPacketBytes: 65_507 };
    const ends = await pair({ server: large, client: large });
    expect(ends.client.pathInfo("127.0.0.1").maxPacketBytes).toBe(65_507);
    await finish(ends);
  });

  const boastful = { sendBufferBytes: 9_216, claimedSendBufferBytes: 65_536 };

  it("that refuses more than it said makes bundles smaller, and loses nothing", async () => {
    const network = new StandIn();
    const fast = { rtoInitialMs: 10, rtoMinMs: 10, maxPacketBytes: 65_507 };
    const ends = await pair({
      client: { createSocket: network.host(boastful), ...fast },
      server: { createSocket: network.host(), ...fast },
    });
    const read = sizes(ends.accepted.messages(), 60);
    for (let i = 0; i < 60; i++) void ends.client.send(Buffer.alloc(1_000));
    expect(await read).toEqual(new Array(60).fill(1_000));
    expect(network.refusedCount).toBeGreaterThan(0);
    expect(ends.client.pathInfo("127.0.0.1").maxPacketBytes).toBe(9_216);
    await finish(ends);
  });

  it("that refuses a chunk for ever ends the association at once, and says what to do", async () => {
    const network = new StandIn();
    const ends = await pair({
      client: { createSocket: network.host(boastful), maxPacketBytes: 65_507 },
      server: { createSocket: network.host() },
    });
    const failed = once(ends.client, "error") as Promise<[SctpError]>;
    void ends.client.send(Buffer.alloc(20_000));
    expect((await failed)[0]).toMatchObject({
      code: "EMSGSIZE",
      sctpCode: "ERR_SCTP_UDP_SOCKET",
      syscall: "send",
      message: expect.stringMatching(
        /refuses datagrams of 200\d\d bytes \(EMSGSIZE\): set maxPacketBytes to 9216 or less/,
      ),
    });
    ends.server.close();
    await once(ends.server, "close");
  });
});

describe("Windows", () => {
  it("reports ECONNRESET where nobody listened: other associations of the port go on", async () => {
    const network = new StandIn();
    const createSocket = network.host({ resets: true });
    const udp = new UdpPort({ localUdpPort: 0, createSocket });
    const server = await listening({ createSocket });
    const connection = once(server, "connection") as Promise<[Socket]>;
    const living = await connectTo(server, { udp }).opened;
    const [accepted] = await connection;
    const impatient = { rtoInitialMs: 10, rtoMinMs: 10, initTimeoutMaxMs: 20, maxInitRetransmits: 3 };
    const nobody = connectTo(server, { udp, remoteUdpPort: 1, ...impatient }).opened;
    await expect(nobody).rejects.toMatchObject({ code: "ERR_SCTP_PEER_UNREACHABLE" });
    expect([network.resetCount, udp.counters["ECONNRESET"]]).toEqual([4, 4]);
    await living.send("still here");
    expect(await sizes(accepted.messages(), 1)).toEqual([10]);
    living.end();
    server.close();
    await once(server, "close");
    udp.close();
  });

  it("can neither share a UDP port nor send to a wildcard address: neither is asked for", async () => {
    const network = new StandIn();
    const createSocket = network.host();
    const server = await listening({ createSocket }, "0.0.0.0");
    const client = await connectTo(server, { createSocket }).opened; // Its host is server.address(): 0.0.0.0.
    expect(network.created.every((options) => !("reusePort" in options) && !("reuseAddr" in options))).toBe(
      true,
    );
    expect([...network.destinations]).toEqual(["127.0.0.1"]);
    client.destroy();
    server.close();
  });

  it("does not allow some UDP ports", async () => {
    const network = new StandIn();
    const refuse = Object.assign(new Error("no"), { code: "EACCES" });
    const createSocket = network.host();
    const failing: CreateDgramSocket = (options) => {
      const socket = createSocket(options);
      socket.bind = () => socket.emit("error", refuse);
      return socket;
    };
    expect(
      () => new UdpPort({ localUdpPort: 5_040, localAddresses: ["127.0.0.1"], createSocket: failing }),
    ).toThrow(/the host does not allow UDP port 5040: choose another localUdpPort/);
  });
});

describe("a host", () => {
  it("without IPv6 listens on what it has, but an IPv6 address that was asked for is an error", async () => {
    const createSocket = new StandIn().host({ withoutIpv6: true });
    const udp = new UdpPort({ localUdpPort: 0, createSocket });
    expect(udp.localAddresses).toEqual(["0.0.0.0"]);
    udp.close();
    expect(
      () => new UdpPort({ localUdpPort: 0, localAddresses: ["127.0.0.1", "::1"], createSocket }),
    ).toThrow(/cannot bind UDP port \d+ of ::1: EAFNOSUPPORT/);
  });

  it("on which a free port is not free in both families tries another one, but not where the port was named", async () => {
    const network = new StandIn();
    const createSocket = network.host();
    const first = new UdpPort({ localUdpPort: 0, localAddresses: ["::"], createSocket });
    let asked = 0;
    network.freePort = () => (asked++ === 0 ? first.localUdpPort : 50_000);
    const second = new UdpPort({ localUdpPort: 0, createSocket });
    expect([second.localUdpPort, second.localAddresses]).toEqual([50_000, ["0.0.0.0", "::"]]);
    expect(() => new UdpPort({ localUdpPort: first.localUdpPort, createSocket })).toThrow(
      /UDP port \d+ of :: is taken/,
    );
    expect([...network.bound.keys()].sort()).toEqual(
      [`:: ${first.localUdpPort}`, "0.0.0.0 50000", ":: 50000"].sort(),
    );
    first.close();
    second.close();
  });

  it("that is idle answers a datagram in the turn that brought it", async () => {
    const createSocket = new StandIn().host();
    const udp = new UdpPort({ localUdpPort: 0, createSocket });
    const server = createServer((socket) => {
      socket.on("message", ({ data }) => void socket.send(data));
    });
    server.listen({ port: 0, udp });
    await once(server, "listening");
    const client = await connectTo(server, { createSocket, host: "127.0.0.1" }).opened;
    const answers = client.messages();
    const before = driverOf(udp).turn;
    for (let i = 0; i < 20; i++) {
      await client.send("question");
      await answers.next();
    }
    expect(driverOf(udp).turn - before).toBeLessThanOrEqual(25); // And a few for what is not DATA.
    client.destroy();
    udp.close();
  });

  it("that binds later, as in Bun, is waited for", async () => {
    const createSocket = new StandIn().host({ bindsLater: true });
    const ends = await pair({ server: { createSocket }, client: { createSocket } });
    await ends.client.send("hello");
    expect(await sizes(ends.accepted.messages(), 1)).toEqual([5]);
    const udp = await UdpPort.open({ localUdpPort: 0, createSocket });
    expect(udp.localAddresses).toEqual(["0.0.0.0", "::"]);
    udp.close();
    expect(() => new UdpPort({ localUdpPort: 0, createSocket })).toThrow(/use `await UdpPort.open\(\)`/);
    await finish(ends);
  });

  it("that binds later is waited for by an endpoint that sends, and by all that it sends meanwhile", async () => {
    const createSocket = new StandIn().host({ bindsLater: true });
    const [server, client] = [createEndpoint({ createSocket }), createEndpoint({ createSocket })];
    await server.listen({ port: 7, localUdpPort: 0 });
    const peer = {
      hosts: ["127.0.0.1"],
      port: 7,
      remoteUdpPort: server.address()?.localUdpPort ?? 0,
    };
    const ids = await Promise.all(["one", "two"].map((text) => client.send(peer, text)));
    expect(new Set(ids).size).toBe(1);
    const texts: string[] = [];
    for await (const item of server) {
      if (item.type === "message") texts.push(item.data.toString());
      if (texts.length === 2) break;
    }
    expect(texts).toEqual(["one", "two"]);
    const late = createEndpoint({ createSocket });
    const failure = late.connectx(["127.0.0.1"], 7).catch(({ code }) => code);
    await late.close();
    expect(await failure).toBe("ERR_SCTP_CLOSED");
    await client.close();
    await server.close();
  });
});
