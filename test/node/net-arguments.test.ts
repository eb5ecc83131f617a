/** The same words to `net` and to sctpkit: what the one takes the other takes, and the same happens. */
import { once } from "node:events";
import net from "node:net";
import { describe, expect, it } from "vitest";
import { connect, createServer, type Server, type ServerAddress, Socket } from "../../src/index.ts";
import { insideOf } from "../../src/node/socket/association-duplex.ts";
import { connectTo, finish, listening, pair } from "./pair.ts";

/** As if from JavaScript: an argument of a type that the declarations do not have. */
const say = (value: unknown): never => value as never;

async function closed(emitter: { close(): unknown } & NodeJS.EventEmitter): Promise<void> {
  emitter.close();
  await once(emitter, "close");
}

describe("a port as digits, as from the environment", () => {
  it.each<[what: string, listen: (server: Server) => unknown, port: number]>([
    ["listen({ port: '7007' })", (server) => server.listen(say({ port: "7007", host: "127.0.0.1" })), 7007],
    ["listen('7007')", (server) => server.listen("7007", "127.0.0.1"), 7007],
    ["listen(' 7007 ')", (server) => server.listen(" 7007 ", "127.0.0.1"), 7007],
    ["listen('0x1b5f')", (server) => server.listen(say({ port: "0x1b5f", host: "127.0.0.1" })), 7007],
  ])("%s [B3]", async (_what, listen, port) => {
    const theirs = net.createServer();
    listen(theirs as never);
    await once(theirs, "listening");
    const server = createServer({ localUdpPort: 0 });
    listen(server);
    await once(server, "listening");
    expect(server.address()?.port).toBe((theirs.address() as net.AddressInfo).port);
    expect(server.address()?.port).toBe(port);
    await Promise.all([closed(theirs), closed(server)]);
  });

  it("of connect, every port of it [B3]", async () => {
    const server = await listening();
    const { port, localUdpPort } = server.address() ?? {};
    const socket = connect(
      say({
        port: `${port}`,
        host: "127.0.0.1",
        remoteUdpPort: `${localUdpPort}`,
        localUdpPort: "0",
        localPort: "0",
      }),
    );
    await socket.opened;
    expect(socket.remotePort).toBe(port);
    socket.destroy();
    await closed(server);
  });
});

describe("options and arguments of net that change nothing", () => {
  const harmless = {
    allowHalfOpen: false,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 250,
    hints: 0,
    keepAlive: true,
    keepAliveInitialDelay: 0,
    readable: true,
    writable: true,
  };

  it("are taken by connect, createServer and listen [B15]", async () => {
    const server = createServer({ ...harmless, localUdpPort: 0, pauseOnConnect: false } as object);
    server.listen({
      port: 0,
      host: "127.0.0.1",
      exclusive: true,
      reusePort: false,
      ...(say({ readableAll: false }) as object),
    });
    await once(server, "listening");
    const socket = connectTo(server, { ...(say(harmless) as object), family: "IPv4", host: "127.0.0.1" });
    await socket.opened;
    socket.destroy();
    await closed(server);
  });

  it("null stands for what is not given, as with net [B13]", async () => {
    const server = createServer(null, null);
    const theirs = net.createServer(say(null), say(null));
    for (const each of [server, theirs] as never[] as Server[]) {
      each.listen(say({ port: null, host: "127.0.0.1", localUdpPort: 0, backlog: null }));
    }
    await Promise.all([once(server, "listening"), once(theirs, "listening")]);
    const { port = 0, localUdpPort = 0 } = server.address() ?? {};
    const socket = connect(
      say({
        port,
        host: "127.0.0.1",
        remoteUdpPort: localUdpPort,
        localAddress: null,
        lookup: null,
        noDelay: null,
      }),
      null,
    );
    await socket.opened;
    socket.destroy();
    server.close(null);
    theirs.close(say(null));
    await Promise.all([once(server, "close"), once(theirs, "close")]);
    expect(() => server.close(null)).not.toThrow();
  });

  it("keepAlive with a delay says how often there are heartbeats [B15]", async () => {
    const ends = await pair({ client: { keepAlive: true, keepAliveInitialDelay: 1_234 } });
    expect(ends.client.paths()[0]?.heartbeatIntervalMs).toBe(1_234);
    await finish(ends);
  });
});

describe("setKeepAlive", () => {
  it("sets the interval of heartbeats, turns them off, and on again [B3]", async () => {
    const ends = await pair();
    const { client } = ends;
    const interval = (): number | undefined => client.paths()[0]?.heartbeatIntervalMs;
    const usual = interval();
    expect(client.setKeepAlive(true)).toBe(client);
    expect(interval()).toBe(usual);
    client.setKeepAlive(true, 5_000);
    expect(interval()).toBe(5_000);
    client.setKeepAlive(true, 0);
    expect(interval()).toBe(5_000);
    client.setKeepAlive(false);
    expect(interval()).toBe(0);
    client.setKeepAlive(true);
    expect(interval()).toBe(usual);
    client.setKeepAlive(true, 1e12);
    expect(interval()).toBe(24 * 3_600_000);
    await finish(ends);
  });

  it("holds also when it is said before there is an association [B3]", async () => {
    const server = await listening();
    const socket = connectTo(server).setKeepAlive(true, 2_000).setNoDelay(false);
    await socket.opened;
    expect(socket.paths()[0]?.heartbeatIntervalMs).toBe(2_000);
    expect(socket.getOption("SCTP_NODELAY")).toBe(false);
    socket.destroy();
    await closed(server);
  });
});

it("pauseOnConnect gives no message before resume() [B15]", async () => {
  const server = createServer({ pauseOnConnect: true, localUdpPort: 0 }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const client = connectTo(server);
  const [accepted] = (await once(server, "connection")) as [Socket];
  expect(accepted.isPaused()).toBe(true);
  const heard: string[] = [];
  accepted.on("message", ({ data }) => heard.push(`${data}`));
  await client.send("early");
  client.end();
  await once(accepted, "shutdown");
  expect(heard).toEqual([]);
  accepted.resume();
  await once(accepted, "end");
  expect(heard).toEqual(["early"]);
  await closed(server);
});

describe("an address object", () => {
  it("of a server is where its clients connect to, and where it can listen again [B3]", async () => {
    const first = createServer().listen({ port: 0, host: "127.0.0.1/127.0.0.2", localUdpPort: 0 });
    await once(first, "listening");
    const address = first.address();
    if (address === null) throw new Error("the server does not listen");
    const socket = await connect(address).opened;
    expect([...socket.remoteAddresses].sort()).toEqual(["127.0.0.1", "127.0.0.2"]);
    expect([socket.remotePort, socket.remoteUdpPort]).toEqual([address.port, address.localUdpPort]);
    socket.destroy();
    await closed(first);
    const second = createServer().listen(address);
    await once(second, "listening");
    expect(second.address()).toEqual(address);
    await closed(second);
  });

  it("of a server on all addresses leads to this host [B3]", async () => {
    const server = createServer({ localUdpPort: 0 }).listen(0);
    await once(server, "listening");
    const socket = await connect({ ...(server.address() as ServerAddress), localPort: 5_005 }).opened;
    expect([socket.remoteAddress, socket.localPort]).toEqual(["127.0.0.1", 5_005]);
    socket.destroy();
    await closed(server);
  });
});

describe("connect() again", () => {
  it("on a socket that was closed, as a reconnecting client of net does [B13]", async () => {
    const server = await listening();
    const address = server.address();
    if (address === null) throw new Error("the server does not listen");
    server.on("connection", (accepted) => {
      accepted.on("error", () => {});
      accepted.on("message", ({ data }) => void accepted.send(`${data}!`).catch(() => {}));
    });
    const socket = new Socket();
    const heard: string[] = [];
    socket.on("message", ({ data }) => heard.push(`${data}`));
    for (const round of [1, 2, 3]) {
      socket.connect(address);
      expect([socket.connecting, socket.destroyed, socket.readyState]).toEqual([true, false, "opening"]);
      await socket.opened;
      expect([socket.bytesRead, socket.bytesWritten, socket.openStreams]).toEqual([0, 0, []]);
      socket.stream(5);
      const answer = once(socket, "message");
      await socket.send(`round ${round}`);
      await answer;
      if (round === 2) socket.destroy();
      else socket.end();
      await once(socket, "close");
    }
    expect(heard).toEqual(["round 1!", "round 2!", "round 3!"]);
    await closed(server);
  });

  it("after an error, before 'close' has come, and after a set-up that failed [B13]", async () => {
    const server = await listening();
    const address = server.address();
    server.on("connection", (accepted) => accepted.resume());
    if (address === null) throw new Error("the server does not listen");
    const socket = new Socket();
    const lookup: net.LookupFunction = (_host, _options, callback) =>
      callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), "", 4);
    socket.once("error", () => socket.connect(address));
    socket.connect({ port: 7, host: "nowhere.example", lookup });
    await new Promise<void>((resolve) => socket.once("connect", resolve)); // once() would reject.
    expect(socket.readyState).toBe("open");
    await socket.opened;
    socket.resume().end();
    await once(socket, "close");
    await closed(server);
  });

  it("the end of the association before, which is told later, is no end of the next one [B13]", async () => {
    const server = await listening();
    const address = server.address();
    server.on("connection", (accepted) => accepted.on("error", () => {}).resume());
    if (address === null) throw new Error("the server does not listen");
    const socket = new Socket().on("error", () => {});
    socket.connect({ port: address.port, host: address.address, remoteUdpPort: address.localUdpPort });
    while (socket.localPort === undefined) await new Promise(setImmediate); // Until it has an association, in COOKIE-WAIT.
    socket.destroy();
    socket.once("close", () => socket.connect(address));
    await new Promise<void>((resolve) => socket.once("connect", resolve));
    await socket.send("hello");
    socket.resume().end();
    await once(socket, "close");
    expect(socket.errored).toBe(null);
    await closed(server);
  });

  it("what the lookup of an attempt before finds, or fails with, late, is nothing of the next one's [B13]", async () => {
    const server = await listening();
    const address = server.address() as ServerAddress;
    let acceptedCount = 0;
    server.on("connection", (accepted) => {
      acceptedCount++;
      accepted.resume();
    });
    const answers: Array<() => void> = [];
    const late =
      (error: Error | null): net.LookupFunction =>
      (_host, _options, callback) =>
        void answers.push(() =>
          callback(error as NodeJS.ErrnoException, [{ address: "127.0.0.1", family: 4 }]),
        );
    const named = { port: address.port, remoteUdpPort: address.localUdpPort, host: "late.example" };
    const socket = new Socket();
    const lookups: string[] = [];
    socket.on("lookup", (_error, _address, _family, host) => lookups.push(host));
    for (const error of [null, new Error("nobody knows it")]) {
      socket.connect({ ...named, lookup: late(error) });
      socket.destroy();
      await once(socket, "close");
    }
    socket.connect(address);
    await once(socket, "connect");
    for (const answer of answers) answer();
    await socket.send("hello");
    expect([socket.destroyed, acceptedCount, lookups.filter((host) => host === "late.example")]).toEqual([
      false,
      1,
      [],
    ]);
    socket.resume().end();
    await once(socket, "close");
    await closed(server);
  });

  it("asked for between destroy() and 'close' it is under way, can be asked for once, and destroy() takes it back [B13]", async () => {
    const server = await listening();
    const address = server.address() as ServerAddress;
    server.on("connection", (accepted) => accepted.resume());
    const socket = new Socket();
    socket.connect(address);
    await once(socket, "connect");
    socket.destroy().connect(address);
    expect([socket.connecting, socket.readyState]).toEqual([true, "opening"]);
    expect(() => socket.connect(address)).toThrow(/has its association, or is about to/);
    await once(socket, "connect");
    socket.destroy().connect(address).destroy();
    await once(socket, "close");
    expect([socket.connecting, socket.destroyed]).toEqual([false, true]);
    await closed(server);
  });

  it("'connect' is not told once destroy() was called, though the set-up has ended already [B13]", async () => {
    const server = await listening();
    const socket = connect(server.address() as ServerAddress).on("error", () => {});
    while (socket.localPort === undefined) await new Promise(setImmediate);
    const { user, association } = insideOf(socket);
    if (association === undefined) throw new Error("there is no association");
    const told: string[] = [];
    for (const event of ["connect", "ready", "close"] as const) socket.on(event, () => told.push(event));
    socket.destroy();
    user.onAssociationEvent({ kind: "established", inbound: false, association }); // As if it had been on its way.
    await once(socket, "close");
    expect(told).toEqual(["close"]);
    await closed(server);
  });

  it("gives no message of the association before, and no end of it", async () => {
    const { server, client, accepted } = await pair();
    const heard: string[] = [];
    client.on("message", ({ data }) => heard.push(data.toString()));
    client.on("end", () => heard.push("end"));
    client.pause();
    for (const word of ["too", "late"]) await accepted.send(word);
    accepted.end().resume();
    while (client.status().state !== "CLOSED" || client.readableLength === 0) {
      client.read(0);
      await new Promise(setImmediate);
    }
    client.destroy();
    await once(client, "close");
    server.on("connection", (socket) => void socket.on("error", () => {}).send("new"));
    client.connect(server.address() as ServerAddress).resume();
    await once(client, "message");
    expect(heard).toEqual(["new"]);
    client.abort();
    await closed(server);
  });

  it("leaves no listeners of attempts that failed, however many there were", async () => {
    const socket = new Socket();
    const events = ["connect", "ready", "error", "close", "lookup"] as const;
    const listeners = (): number[] => events.map((event) => socket.listenerCount(event));
    const before = listeners();
    const lookup: net.LookupFunction = (_host, _options, callback) =>
      callback(Object.assign(new Error("no"), { code: "ENOTFOUND" }), "", 4);
    for (let attempt = 0; attempt < 3; attempt++) {
      socket.connect({ port: 7, host: "nowhere.example", lookup, connectTimeoutMs: 60_000 });
      const end = new Promise<void>((resolve) => socket.once("close", () => resolve())); // once() would reject.
      await expect(socket.opened).rejects.toMatchObject({ code: "ENOTFOUND" });
      await end;
      expect(listeners()).toEqual(before);
    }
  });

  it("wrong words leave a closed socket closed [B13]", async () => {
    const socket = new Socket();
    socket.destroy();
    await once(socket, "close");
    expect(() => socket.connect({ port: -1 })).toThrow(/port must be/);
    expect(socket.destroyed).toBe(true);
  });
});
