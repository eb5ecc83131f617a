import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type ConnectSocketOptions,
  connect,
  createServer,
  type Message,
  type Socket,
} from "../../src/index.ts";
import { canReusePort } from "../../src/node/cluster/cluster-sockets.ts";
import {
  type ClusterServer,
  type ClusterServerOptions,
  type ClusterWorkerInfo,
  createClusterServer,
  joinCluster,
  type SocketHolder,
  type WorkerKind,
} from "../../src/node/cluster/index.ts";
import { UdpNat } from "./udp-nat.ts";

const PROGRAM = new URL("./cluster-boot.mjs", import.meta.url);
const PORT = 7;
/** Where the host cannot share a port among sockets, the parent's way is all there is. */
const HOLDERS: readonly SocketHolder[] = canReusePort() ? ["workers", "parent"] : ["parent"];
const CASES = (["thread", "process"] as const).flatMap((kind) =>
  HOLDERS.map((sockets) => [kind, sockets] as const),
);

interface Who {
  readonly index: number;
  readonly counters: { readonly passed: number; readonly received: number; readonly dropped: number };
  readonly given: unknown;
}

async function started(
  options: Partial<ClusterServerOptions> = {},
  localAddresses: readonly string[] = ["127.0.0.1"],
): Promise<ClusterServer> {
  const cluster = createClusterServer({ worker: PROGRAM, workers: 2, execArgv: [], ...options });
  onTestFinished(async () => {
    await new Promise<void>((resolve) => cluster.destroy(resolve));
  });
  const place = { port: PORT, localUdpPort: 0 };
  cluster.listen(localAddresses.length === 0 ? place : { ...place, localAddresses });
  await once(cluster, "listening");
  return cluster;
}

let lastPort = 10_000;

/** As from another host, by a UDP port of its own; all clients share one address, so each needs an SCTP port of its own. */
function call(cluster: ClusterServer, options: Partial<ConnectSocketOptions> = {}): Promise<Socket> {
  const udpPort = cluster.address()?.localUdpPort ?? 0;
  const socket = connect({
    port: PORT,
    host: "127.0.0.1",
    remoteUdpPort: udpPort,
    localPort: ++lastPort,
    localUdpPort: 0,
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  return socket.opened.then((opened) => opened.on("error", () => {}));
}

async function ask(socket: Socket, question: string | Buffer): Promise<Buffer> {
  const answer = once(socket, "message") as Promise<[Message]>;
  await socket.send(question);
  return (await answer)[0].data;
}

async function who(socket: Socket): Promise<Who> {
  return JSON.parse((await ask(socket, "who")).toString()) as Who;
}

/** Clients of both workers: at least `count`, and as many more as it takes; each with its worker's number. */
async function callBoth(cluster: ClusterServer, count: number): Promise<Array<[Socket, number]>> {
  const clients: Array<[Socket, number]> = [];
  for (let i = 0; i < 64 && (i < count || new Set(clients.map(([, index]) => index)).size < 2); i++) {
    const socket = await call(cluster);
    clients.push([socket, (await who(socket)).index]);
  }
  return clients;
}

/** Asks an association whose worker has gone, and waits for its end. A SACK that was due may have asked before. */
async function expectAborted(socket: Socket, failed: Promise<unknown[]> | undefined): Promise<void> {
  void socket.send("anybody?").catch(() => {});
  expect((await failed)?.[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
}

const settings = (kind: WorkerKind, sockets: SocketHolder) => ({ kind, sockets });

describe.each(CASES)("workers as a %s each, sockets held by the %s", (kind, sockets) => {
  it("serve many associations at once, and every byte comes back", async () => {
    const cluster = await started({ ...settings(kind, sockets), data: { greeting: "hello" } });
    expect(cluster.sockets).toBe(sockets);
    const clients = await callBoth(cluster, 12);
    expect(new Set(clients.map(([, index]) => index))).toEqual(new Set([0, 1]));
    await Promise.all(
      clients.map(async ([socket], i) => {
        for (const size of [1, 1_173, 100_000 + i]) {
          const echo = await ask(socket, Buffer.alloc(size, i + 1));
          expect([echo.length, echo.every((byte) => byte === i + 1)]).toEqual([size, true]);
        }
      }),
    );
    const [first] = clients[0] ?? [];
    expect(first && (await who(first)).given).toEqual({ greeting: "hello" });
  });

  it("lose with one of them its associations, not the others'; another takes its place", async () => {
    const cluster = await started(settings(kind, sockets));
    const clients = await callBoth(cluster, 6);
    const failures = new Map(clients.map(([socket]) => [socket, once(socket, "error")]));
    const victim = clients[0]?.[1] ?? 0;
    const killed = cluster.workers[victim];
    const exit = once(cluster, "exit") as Promise<[ClusterWorkerInfo]>;
    const online = once(cluster, "online") as Promise<[ClusterWorkerInfo]>;
    cluster.killWorker(victim);
    expect((await exit)[0]).toMatchObject({ index: victim, id: killed?.id });
    for (const [socket, index] of clients)
      if (index !== victim) expect((await ask(socket, "still there?")).toString()).toBe("still there?");
    const [replacement] = await online;
    expect(replacement.index).toBe(victim);
    expect(replacement.id).not.toBe(killed?.id);
    await Promise.all(
      clients.map(async ([socket, index]) => {
        if (index !== victim) return expect((await who(socket)).index).toBe(index);
        await expectAborted(socket, failures.get(socket));
      }),
    );
    expect(new Set((await callBoth(cluster, 2)).map(([, index]) => index))).toEqual(new Set([0, 1]));
  });

  it("keep a peer whose NAT gives it another port, and pass on what comes in elsewhere", async () => {
    const cluster = await started(settings(kind, sockets));
    const nat = await new UdpNat(cluster.address()?.localUdpPort ?? 0).open();
    onTestFinished(() => nat.close());
    const socket = await call(cluster, { remoteUdpPort: nat.port });
    const before = await who(socket);
    for (let i = 0; i < 20; i++) {
      await nat.rebind();
      expect((await ask(socket, `round ${i}`)).toString()).toBe(`round ${i}`);
    }
    const after = await who(socket);
    expect(after.index).toBe(before.index);
    expect(after.counters.received).toBeGreaterThan(before.counters.received);
    expect(after.counters.dropped).toBe(0);
  });

  it("are one multihomed host to their peers", async () => {
    const cluster = await started(settings(kind, sockets), ["127.0.0.1", "127.0.0.2"]);
    const localAddresses = ["127.0.0.3", "127.0.0.4"];
    const socket = await call(cluster, { localAddresses });
    expect([...socket.remoteAddresses].sort()).toEqual(["127.0.0.1", "127.0.0.2"]);
    const confirmed = once(socket, "path");
    socket.requestHeartbeat("127.0.0.2");
    expect((await confirmed)[0]).toMatchObject({ address: "127.0.0.2", state: "active" });
    socket.setPrimary("127.0.0.2");
    expect((await ask(socket, "by the other path")).toString()).toBe("by the other path");
  });

  it("call out from the port that they share", async () => {
    const cluster = await started(settings(kind, sockets));
    const server = createServer();
    server.listen({ port: PORT, host: "127.0.0.1", localUdpPort: 0 });
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const clients = await callBoth(cluster, 2);
    for (const [socket, index] of clients.slice(-2)) {
      const connection = once(server, "connection") as Promise<[Socket]>;
      await socket.send(`call ${server.address()?.localUdpPort}`);
      const [called] = await connection;
      const [message] = (await once(called, "message")) as [Message];
      expect(message.data.toString()).toBe(`worker ${index} calls`);
      expect((await ask(called, "and is answered")).toString()).toBe("and is answered");
      expect(called.remoteAddress).toBe("127.0.0.1");
      called.end();
      await once(called, "close");
    }
  });

  it("close when the last association has ended; destroy() waits for none", async () => {
    const cluster = await started(settings(kind, sockets));
    const socket = await call(cluster);
    let closed = false;
    cluster.close(() => {
      closed = true;
    });
    expect((await ask(socket, "a last word")).toString()).toBe("a last word");
    expect(closed).toBe(false);
    socket.end();
    await once(cluster, "close");
    expect(cluster.workers).toEqual([]);
    const other = await started(settings(kind, sockets));
    const failed = once(await call(other), "error");
    other.destroy();
    await once(other, "close");
    expect((await failed)[0]).toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
  });
});

describe("a cluster", () => {
  it("listens on all addresses of the host unless told otherwise", async () => {
    const cluster = await started({}, []);
    expect(cluster.address()?.localAddresses[0]).toBe("0.0.0.0");
    for (const host of ["127.0.0.1", "127.0.0.9"])
      expect((await ask(await call(cluster, { host }), "hello")).toString()).toBe("hello");
  });

  it("closes though a worker has a server that could not listen", async () => {
    const cluster = await started({ workers: 1, data: "twice" });
    await new Promise<void>((resolve) => cluster.close(resolve));
    expect(cluster.workers).toEqual([]);
  });

  it("that is told to close while it starts, closes", async () => {
    for (const turns of [0, 1]) {
      const cluster = createClusterServer({ worker: PROGRAM, workers: 2, execArgv: [] });
      let listened = false;
      cluster.listen({ port: PORT, host: "127.0.0.1", localUdpPort: 0 }, () => {
        listened = true;
      });
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      cluster.close();
      await once(cluster, "close");
      expect([listened, cluster.workers, cluster.address()]).toEqual([false, [], null]);
      await new Promise<void>((resolve) => cluster.close(resolve)); // Once more does no harm.
    }
  });

  it("does not replace a worker where it is told not to, and the others serve", async () => {
    const cluster = await started({ respawn: false });
    const clients = await callBoth(cluster, 2);
    const failures = new Map(clients.map(([socket]) => [socket, once(socket, "error")]));
    const exit = once(cluster, "exit");
    cluster.killWorker(0);
    await exit;
    expect(cluster.workers.map(({ index }) => index)).toEqual([1]);
    for (const [socket, index] of clients) {
      if (index === 1) expect((await who(socket)).index).toBe(1);
      else await expectAborted(socket, failures.get(socket));
    }
    for (let i = 0; i < 4; i++) expect((await who(await call(cluster))).index).toBe(1);
  });
});

describe("errors say what to do", () => {
  const create = (options: object) => () =>
    createClusterServer({ worker: PROGRAM, ...options } as ClusterServerOptions);

  it.each([
    [{ worker: "./worker.js" }, /worker must be a URL/],
    [{ workers: 0 }, /workers must be a whole number from 1 to 128, not 0/],
    [{ workers: 129 }, /not 129/],
    [{ kind: "fibre" }, /kind must be "thread" or "process", not "fibre"/],
    [{ sockets: "nobody" }, /sockets must be "workers" or "parent", not "nobody"/],
    [{ stack: { cookieLifeMs: -1 } }, /cookieLifeMs must be a number/],
  ])("for %j", (options, complaint) => {
    expect(create(options)).toThrow(complaint);
  });

  it("for a port that cannot be, or is taken, and a second listen()", async () => {
    const cluster = create({})();
    expect(() => cluster.listen({ port: 0 })).toThrow(
      /the SCTP port of a cluster, .* must be a whole number from 1 to 65535, not 0/,
    );
    const taken = createServer();
    taken.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
    await once(taken, "listening");
    onTestFinished(() => void taken.close());
    cluster.listen({ port: 7, host: "127.0.0.1", localUdpPort: taken.address()?.localUdpPort ?? 0 });
    expect(() => cluster.listen({ port: 7 })).toThrow(/listens once/);
    const [error] = await once(cluster, "error");
    expect(error).toMatchObject({
      code: "EADDRINUSE",
      sctpCode: "ERR_SCTP_UDP_PORT_IN_USE",
      syscall: "bind",
    });
  });

  it("for a program that fails, and one that no cluster started", async () => {
    const cluster = createClusterServer({ worker: PROGRAM, workers: 2, execArgv: [], data: "fail" });
    cluster.listen({ port: PORT, host: "127.0.0.1", localUdpPort: 0 });
    const closed = new Promise<void>((resolve) => cluster.once("close", resolve)); // once() would reject.
    const [error] = (await once(cluster, "error")) as [Error];
    expect(error.message).toMatch(/worker [01] ended before it listened/);
    expect((error.cause as Error).message).toBe("this worker was told to fail");
    await closed;
    await expect(joinCluster()).rejects.toThrow(/joinCluster\(\) is for programs that createClusterServer/);
  });
});
