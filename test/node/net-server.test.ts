/** The listening side, beside `net.Server`: what a program written for one meets on the other. */
import { EventEmitter, getEventListeners, once } from "node:events";
import { BlockList } from "node:net";
import { describe, expect, it } from "vitest";
import {
  connect,
  createServer,
  type DropArgument,
  type SctpError,
  Server,
  type Socket,
  UdpPort,
} from "../../src/index.ts";
import { connectTo, foreignSocket, listening, pair } from "./pair.ts";

function local(
  options: { readonly port?: number; readonly backlog?: number; readonly signal?: AbortSignal } = {},
) {
  return { port: 0, host: "127.0.0.1", localUdpPort: 0, ...options };
}

async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  await once(server, "close");
}

describe("listen", () => {
  it("takes net's forms", async () => {
    for (const listen of [
      (server: Server, done: () => void) => server.listen(done),
      (server: Server, done: () => void) => server.listen(2_904, done),
      (server: Server, done: () => void) => server.listen(2_904, "127.0.0.1", done),
      (server: Server, done: () => void) => server.listen(2_904, "127.0.0.1", 10, done),
      (server: Server, done: () => void) => server.listen("127.0.0.1/[::1]:2904", done),
      (server: Server, done: () => void) =>
        server.listen({ port: 2_904, localAddresses: ["127.0.0.1"] }, done),
    ]) {
      const server = createServer({ localUdpPort: 0 });
      await new Promise<void>((resolve) => expect(listen(server, resolve)).toBe(server));
      expect(server.listening).toBe(true);
      expect(server.address()).toMatchObject({ localUdpPort: expect.any(Number), family: "IPv4" });
      await closed(server);
    }
  });

  it("tells where it listens, and null when it does not", async () => {
    const server = createServer();
    expect(server.address()).toBe(null);
    server.listen({ port: 2_905, host: "127.0.0.1/[::1]", localUdpPort: 0 });
    expect(server.listening).toBe(true); // Names alone take longer.
    await once(server, "listening");
    const address = server.address();
    expect(address).toMatchObject({ address: "127.0.0.1", family: "IPv4", port: 2_905 });
    expect(address?.localAddresses).toEqual(["127.0.0.1", "::1"]);
    expect(() => server.listen(local())).toThrow(/listening already: close it first/);
    await closed(server);
    expect(server.address()).toBe(null);
    server.listen({ port: 0, ipv6Only: true, localUdpPort: 0 });
    await once(server, "listening");
    expect(server.address()?.localAddresses).toEqual(["::"]);
    await closed(server);
  });

  it.each([
    [{ port: 65_536 }, /port must be a whole number from 0 to 65535, not 65536/],
    [{ port: 7, localUdpPort: -1 }, /localUdpPort must be a whole number from 0 to 65535, not -1/],
    [{ port: 7, backlog: -1 }, /backlog must be a whole number from 0 to \d+, not -1/],
    [{ port: 7, host: "10.0.0.1:7" }, /a port does not belong here/],
    [{ port: 7, hots: "10.0.0.1" } as object, /there is no option "hots" of listen\(\): it is called host/],
    [
      { port: 7, hosts: ["10.0.0.1"] } as object,
      /no option "hosts" of listen\(\): it is called localAddresses/,
    ],
    [{ port: 7, udpPort: 0 } as object, /no option "udpPort" of listen\(\): it is called localUdpPort/],
  ])("refuses %j at once", (options, complaint) => {
    expect(() => createServer().listen(options)).toThrow(complaint);
  });

  it("refuses an address without a port, and options that net has but SCTP does not", () => {
    expect(() => createServer().listen("10.0.0.1/10.0.0.2")).toThrow(
      /has no port: write 10.0.0.1\/10.0.0.2:PORT/,
    );
    expect(() => createServer().listen("::")).toThrow(/has no port: write \[::\]:PORT/);
    const odd = { allowHalfOpen: true } as object;
    expect(() => createServer(odd)).toThrow(/an SCTP association has no half-closed state/);
    expect(() => createServer({ highWaterMark: -1 })).toThrow(
      /highWaterMark must be a whole number from 0 to \d+, not -1/,
    );
  });

  it("tells UDP ports that are taken from SCTP ports that are, and an address that is not local", async () => {
    const foreign = await foreignSocket();
    const localUdpPort = foreign.address().port;
    const failure = async (server: Server): Promise<SctpError> => (await once(server, "error"))[0];
    expect(await failure(createServer().listen({ port: 7, host: "127.0.0.1", localUdpPort }))).toMatchObject({
      code: "EADDRINUSE",
      sctpCode: "ERR_SCTP_UDP_PORT_IN_USE",
      message: expect.stringMatching(/UDP port \d+ of 127.0.0.1 is taken.*choose another localUdpPort, or 0/),
      cause: { code: "EADDRINUSE" },
    });
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
    const second = createServer().listen({ port: 9, udp });
    await once(second, "listening");
    expect(await failure(createServer().listen({ port: 9, udp }))).toMatchObject({
      code: "EADDRINUSE",
      sctpCode: "ERR_SCTP_PORT_IN_USE",
      message: expect.stringMatching(/SCTP port 9 is taken on this UDP port: choose another, or 0/),
    });
    expect(
      await failure(createServer().listen({ port: 7, host: "192.0.2.1", localUdpPort: 0 })),
    ).toMatchObject({
      code: "EADDRNOTAVAIL",
      sctpCode: "ERR_SCTP_UDP_SOCKET",
      message: "192.0.2.1 is not an address of this host",
    });
    await closed(second);
    foreign.close();
    udp.close();
  });

  it("ends by its signal", async () => {
    const controller = new AbortController();
    const server = createServer().listen(local({ signal: controller.signal }));
    await once(server, "listening");
    controller.abort();
    await once(server, "close");
    expect(server.listening).toBe(false);
    const early = createServer().listen(local({ signal: AbortSignal.abort() }));
    await once(early, "close");
  });

  it("leaves nothing at a signal that outlives it, whether it was closed or failed", async () => {
    const { signal } = new AbortController();
    const server = createServer().listen(local({ signal }));
    await once(server, "listening");
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    await closed(server);
    await once(createServer().listen({ ...local({ signal }), host: "192.0.2.1" }), "error");
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});

describe("close", () => {
  it("while the server is starting never listens, and the server may listen again at once", async () => {
    const server = createServer();
    const heard: string[] = [];
    server.on("listening", () => heard.push("listening"));
    server.on("close", () => heard.push("close"));
    server.listen(local());
    server.close();
    server.listen(local({ port: 2_906 }));
    await once(server, "listening");
    expect(server.address()?.port).toBe(2_906);
    await closed(server);
    expect(heard).toEqual(["close", "listening", "close"]);
  });

  it("tells a server that is not listening, and is a disposal", async () => {
    const server = createServer();
    const error = await new Promise<Error | undefined>((resolve) => server.close(resolve));
    expect(error).toMatchObject({ code: "ERR_SCTP_CLOSED", message: "the server is not listening" });
    server.listen(local());
    await server[Symbol.asyncDispose]();
    expect(server.listening).toBe(false);
    await server[Symbol.asyncDispose]();
  });
});

describe("associations", () => {
  it("are counted, and refused above maxConnections with 'drop'", async () => {
    const server = await listening();
    server.maxConnections = 1;
    const first = await connectTo(server).opened;
    const dropped = once(server, "drop") as Promise<[DropArgument]>;
    const second = connectTo(server);
    const refused = once(second, "error") as Promise<[SctpError]>;
    const [drop] = await dropped;
    expect(drop).toMatchObject({
      localAddress: "127.0.0.1",
      localFamily: "IPv4",
      localPort: server.address()?.port,
      remoteAddress: "127.0.0.1",
      remoteFamily: "IPv4",
    });
    expect((await refused)[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
    const count = await new Promise((resolve) => server.getConnections((_error, number) => resolve(number)));
    expect([count, server.connectionCount]).toEqual([1, 1]);
    first.destroy();
    await closed(server);
  });

  it("beyond the backlog of one turn are dropped", async () => {
    const server = createServer((socket) => void socket.on("error", () => {}));
    server.listen(local({ backlog: 1 }));
    await once(server, "listening");
    const counted = { connection: 0, drop: 0 };
    let onCounted = (): void => {};
    for (const event of ["connection", "drop"] as const)
      server.on(event, () => {
        counted[event]++;
        onCounted();
      });
    /** They ask in one turn, through one UDP socket: so they also come in very few turns, unless the host is busy. */
    const askTogether = async (): Promise<void> => {
      const wanted = counted.connection + counted.drop + 20;
      const all = new Promise<void>((resolve) => {
        onCounted = () => {
          if (counted.connection + counted.drop === wanted) resolve();
        };
      });
      const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: ["127.0.0.1"] });
      const clients = Array.from({ length: 20 }, () => connectTo(server, { udp }));
      for (const client of clients) client.on("error", () => {});
      await all;
      for (const client of clients) client.destroy();
      udp.close();
    };
    for (let round = 0; round < 20 && counted.drop === 0; round++) await askTogether();
    expect(counted.drop).toBeGreaterThan(0);
    expect(counted.connection).toBeGreaterThan(0);
    await closed(server);
  });

  it("with a blocked address are refused on either side", async () => {
    const blockList = new BlockList();
    blockList.addSubnet("127.0.0.0", 8);
    const strict = await listening({ blockList });
    const refused = connectTo(strict);
    const [error] = (await once(refused, "error")) as [SctpError];
    expect(error.code).toBe("ERR_SCTP_ABORTED_BY_PEER");
    expect(strict.connectionCount).toBe(0);
    await closed(strict);
    const unasked = connect({ port: 7, host: "127.0.0.1", blockList }).opened;
    await expect(unasked).rejects.toMatchObject({ code: "ERR_SCTP_ADDRESS_BLOCKED" });
  });

  it("are destroyed where the listener's promise is rejected and rejections are captured", async () => {
    const server = createServer({ captureRejections: true });
    server.on("connection", (async (socket: Socket) => {
      socket.on("error", () => {});
      await Promise.reject(new Error("not today"));
    }) as (socket: Socket) => void);
    server.listen(local());
    await once(server, "listening");
    const client = connectTo(server);
    client.resume();
    await once(client, "end"); // As with net, where destroy(error) closes the connection.
    server.on("listening", (async () => await Promise.reject(new Error("nor tomorrow"))) as () => void);
    await closed(server);
    server.listen(local());
    const [told] = (await once(server, "error")) as [Error];
    expect(told.message).toBe("nor tomorrow");
    await closed(server);
    expect(new Server()).toBeInstanceOf(EventEmitter);
  });

  it("are a socket each, in the order of net's events", async () => {
    const heard: string[] = [];
    const server = createServer((socket) => heard.push(`listener ${socket.readyState}`));
    server.on("connection", () => heard.push("connection"));
    server.listen(local(), () => heard.push("callback"));
    await once(server, "listening");
    const client = connectTo(server);
    client.on("connect", () => heard.push("connect")).on("ready", () => heard.push("ready"));
    await once(server, "connection");
    if (client.connecting) await once(client, "ready");
    client.end();
    await closed(server);
    expect(heard.filter((what) => !what.startsWith("conn") && what !== "ready")).toEqual([
      "callback",
      "listener open",
    ]);
    expect(heard.indexOf("connect") + 1).toBe(heard.indexOf("ready"));
  });

  it("are counted by the server, whatever becomes of their listeners", async () => {
    const { server, client, accepted } = await pair();
    accepted.removeAllListeners();
    client.destroy();
    accepted.resume();
    await once(accepted, "close");
    expect(server.connectionCount).toBe(0);
    server.close();
    await once(server, "close");
  });

  it("keep a closing server from listening again, which says what to wait for", async () => {
    const { server, client, accepted } = await pair();
    expect(() => server.listen()).toThrow(/is listening already: close it first/);
    server.close();
    expect(() => server.listen()).toThrow(/is closing: wait for 'close'/);
    accepted.destroy();
    client.resume();
    await once(server, "close");
    await once(server.listen(local()), "listening");
    await closed(server);
  });

  it("keep a closing server open until the last has ended", async () => {
    const { server, client, accepted } = await pair();
    let isClosed = false;
    server.close(() => {
      isClosed = true;
    });
    expect([server.listening, isClosed]).toEqual([false, false]);
    client.end();
    accepted.resume();
    await once(server, "close");
    expect(isClosed).toBe(true);
  });
});
