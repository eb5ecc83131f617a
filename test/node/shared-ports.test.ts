/** Whose sockets and servers share a UDP port, and what each of them sees of the others. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import {
  type ConnectSocketOptions,
  connect,
  createEndpoint,
  createServer,
  type Server,
  type ServerListenOptions,
  type Socket,
  type TraceSink,
} from "../../src/index.ts";
import { connectTo, foreignSocket, listening } from "./pair.ts";

const HOST = "127.0.0.1";
const open: Array<{ destroy(): void } | { close(): void }> = [];

afterEach(() => {
  for (const one of open.splice(0)) "destroy" in one ? one.destroy() : one.close();
});

function server(options: Parameters<typeof createServer>[0], listen: ServerListenOptions): Server {
  const made = createServer(options);
  open.push(made);
  made.on("connection", (socket) => {
    open.push(socket);
    socket.on("error", () => {});
    socket.on("message", ({ data }) => void socket.send(data));
  });
  return made.listen(listen);
}

/** Not every runtime binds at once. */
async function listeningServer(...of: Parameters<typeof server>): Promise<Server> {
  const made = server(...of);
  if (!made.listening) await once(made, "listening");
  return made;
}

async function connected(to: Server, options: Partial<ConnectSocketOptions> = {}): Promise<Socket> {
  const socket = connectTo(to, options);
  open.push(socket);
  return await socket.opened;
}

describe("clients", () => {
  it("that bring nothing of their own share a UDP port, of the family that they need [B11]", async () => {
    const to = await listeningServer({}, { port: 0, host: HOST, localUdpPort: 0 });
    const sockets = await Promise.all(Array.from({ length: 100 }, () => connected(to)));
    expect(new Set(sockets.map(({ localUdpPort }) => localUdpPort)).size).toBe(1);
    expect(new Set(sockets.map(({ localPort }) => localPort)).size).toBe(100);
    expect(sockets[0]?.localAddresses).toEqual(["0.0.0.0"]);
  });

  it("from one SCTP port to one server are told the way out, which works [B3]", async () => {
    const to = await listening();
    open.push(to);
    await connected(to, { localPort: 4_000 });
    await expect(connected(to, { localPort: 4_000 })).rejects.toMatchObject({
      code: "ERR_SCTP_ASSOCIATION_EXISTS",
      message: expect.stringContaining("choose another localPort, or leave it out"),
    });
    await expect(connected(to, { localPort: 4_000, localUdpPort: 0 })).rejects.toMatchObject({
      causeCodes: [14], // The peer takes it for a restart.
    });
    await connected(to, { localPort: 4_001 });
    await connected(to);
  });

  it("of other families and from other addresses have another one [B11]", async () => {
    const to = await listeningServer({}, { port: 0, localUdpPort: 0 });
    const ways: Array<Partial<ConnectSocketOptions>> = [
      { host: HOST },
      { host: "::1" },
      { hosts: [HOST, "::1"] },
      { host: HOST, localAddress: HOST },
      { host: HOST, localAddress: "127.0.0.9" },
    ];
    const ports = new Set<number | undefined>();
    for (const way of [...ways, ...ways]) ports.add((await connected(to, way)).localUdpPort);
    expect(ports.size).toBe(ways.length);
  });

  it("with a trace, options of the stack or a UDP port of their own show and bound nobody else [B11]", async () => {
    const to = await listeningServer({}, { port: 0, host: HOST, localUdpPort: 0 });
    const plain = await connected(to);
    let seen = 0;
    const trace: TraceSink = { packet: () => void seen++, event: () => {} };
    const traced = await connected(to, { trace });
    const before = seen;
    await plain.send("not seen");
    await once(plain, "message");
    expect(seen).toBe(before);
    const bounded = await connected(to, { stack: { maxQueuedEvents: 100 } });
    const own = await connected(to, { localUdpPort: 0 });
    const ports = [plain, traced, bounded, own].map(({ localUdpPort }) => localUdpPort);
    expect(new Set(ports).size).toBe(4);
  });

  it("take over the port that a client left, also while it lingers [B11]", async () => {
    const to = await listeningServer({}, { port: 0, host: HOST, localUdpPort: 0 });
    const first = await connected(to);
    const { localUdpPort } = first;
    first.end().resume();
    await once(first, "close");
    const second = await connected(to);
    expect(second.localUdpPort).toBe(localUdpPort);
    second.destroy();
    await once(second, "close");
    expect((await connected(to)).localUdpPort).toBe(localUdpPort);
  });
});

describe("many clients", () => {
  it("need a handful of file descriptors, and none of them fails [B10, B11]", async () => {
    const program = fileURLToPath(new URL("./many-connects.ts", import.meta.url));
    const words = process.versions["deno"] === undefined ? "--import tsx" : "run -A"; // Nobody translates them for Deno in a shell.
    const command = `ulimit -n 256; exec "${process.execPath}" ${words} "${program}" 1000 200`;
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", "pipe", "inherit"] });
    let told = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
    expect(await once(child, "close")).toEqual([0, null]);
    const { failures, most } = JSON.parse(told) as { failures: readonly string[]; most: number };
    expect(failures).toEqual([]);
    expect(most).toBeLessThanOrEqual(4);
  }, 60_000);
});

describe("servers of one process", () => {
  it("share a UDP port, each with its SCTP port; one that is taken is EADDRINUSE [B3]", async () => {
    const first = await listeningServer({}, { port: 7, host: HOST, localUdpPort: 0 });
    const { localUdpPort = 0 } = first.address() ?? {};
    const second = await listeningServer({}, { port: 8, host: HOST, localUdpPort });
    expect(second.address()).toEqual({ ...first.address(), port: 8 });
    const rival = server({}, { port: 8, host: HOST, localUdpPort });
    expect((await once(rival, "error"))[0]).toMatchObject({
      code: "EADDRINUSE",
      sctpCode: "ERR_SCTP_PORT_IN_USE",
      syscall: "listen",
      port: 8,
    });
    first.close();
    await once(first, "close");
    const late = await connected(second);
    await late.send("still there");
    expect(String((await once(late, "message"))[0].data)).toBe("still there");
    await expect(connected(second, { port: 7 })).rejects.toThrow();
  });

  it("and endpoints share it; one of two addresses is enough for one that wants it [B3]", async () => {
    const first = await listeningServer(
      {},
      { port: 7, localAddresses: [HOST, "127.0.0.2"], localUdpPort: 0 },
    );
    const { localUdpPort = 0 } = first.address() ?? {};
    const second = await listeningServer({}, { port: 8, host: "127.0.0.2", localUdpPort });
    expect(second.address()?.localAddresses).toEqual(["127.0.0.2"]);
    expect((await connected(second)).remoteAddress).toBe("127.0.0.2");
    await expect(connected(second, { host: HOST })).rejects.toThrow();
    const endpoint = createEndpoint();
    open.push({ close: () => void endpoint.terminate() });
    await endpoint.listen({ port: 9, localAddresses: [HOST, "127.0.0.2"], localUdpPort });
    expect((await connected(first, { port: 9 })).remotePort).toBe(9);
  });

  it("on the wildcards of one family are not reached by the other [B3]", async () => {
    const both = await listeningServer({}, { port: 7, localUdpPort: 0 });
    const { localUdpPort = 0 } = both.address() ?? {};
    const six = await listeningServer({}, { port: 8, ipv6Only: true, localUdpPort });
    expect(six.address()).toMatchObject({ family: "IPv6", localAddresses: ["::"], localUdpPort });
    expect((await connected(six, { host: "::1" })).remoteFamily).toBe("IPv6");
    await expect(connected(six, { host: HOST })).rejects.toThrow();
    expect((await connected(both, { host: HOST })).remoteFamily).toBe("IPv4");
  });

  it("of one family do not take the other from those who want both [B3]", async () => {
    const six = await listeningServer({}, { port: 7, ipv6Only: true, localUdpPort: 0 });
    const { localUdpPort = 0 } = six.address() ?? {};
    const [error] = await once(server({}, { port: 8, localUdpPort }), "error");
    expect(error.message).toMatch(/is open in this thread, on ::: /);
  });

  it("that cannot share are told why, and what to do [B3]", async () => {
    const first = await listeningServer({}, { port: 7, host: HOST, localUdpPort: 0 });
    const { localUdpPort = 0 } = first.address() ?? {};
    for (const [options, listen] of [
      [{ trace: { packet: () => {}, event: () => {} } }, { port: 8, host: HOST, localUdpPort }],
      [{}, { port: 8, localAddresses: [HOST, "127.0.0.2"], localUdpPort }],
      [{}, { port: 8, localUdpPort }],
    ] as const) {
      const [error] = await once(server(options, listen), "error");
      expect(error).toMatchObject({ sctpCode: "ERR_SCTP_UDP_PORT_IN_USE" });
      expect(error.message).toMatch(
        /is open in this thread, on 127.0.0.1: .* choose another localUdpPort, or 0/,
      );
    }
    const client = await connected(first);
    const [ofClients] = await once(server({}, { port: 8, localUdpPort: client.localUdpPort ?? 0 }), "error");
    expect(ofClients.message).toMatch(
      /is open in this thread, on .*: it is shared by the clients that name no localUdpPort; choose another/,
    );
    const foreign = await foreignSocket();
    open.push(foreign);
    const elsewhere = { port: 8, host: HOST, localUdpPort: foreign.address().port };
    const [error] = await once(server({}, elsewhere), "error");
    expect(error.message).toMatch(/is taken by another socket: choose another localUdpPort, or 0/);
  });

  it("know their address right after listen(), and connect() takes it [B3]", async () => {
    for (const listen of [{ host: HOST }, {}, { ipv6Only: true }]) {
      const made = createServer((socket) => void open.push(socket)).listen({
        port: 0,
        localUdpPort: 0,
        ...listen,
      });
      open.push(made);
      const address = made.address();
      expect(address).toMatchObject({ port: expect.any(Number), localUdpPort: expect.any(Number) });
      if (address === null) continue;
      const socket = connect(address);
      open.push(socket);
      expect((await socket.opened).remotePort).toBe(address.port);
    }
  });

  it("that failed or were closed at once leave no UDP port behind [B3]", async () => {
    const first = await listeningServer({}, { port: 7, host: HOST, localUdpPort: 0 });
    const { localUdpPort = 0 } = first.address() ?? {};
    const rival = server({}, { port: 7, host: HOST, localUdpPort });
    await once(rival, "error");
    expect((await connected(first)).remotePort).toBe(7);
    const failed = server(
      {},
      { port: 7, host: HOST, localUdpPort: (await listening()).address()?.localUdpPort ?? 0 },
    );
    await once(failed, "listening");
    const closed = createServer().listen({ port: 7, host: "localhost", localUdpPort: 0 });
    closed.close();
    await once(closed, "close");
    expect(closed.address()).toBeNull();
  });
});
