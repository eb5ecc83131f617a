/** The addresses of one name, of which one is enough; and lists, whose addresses are paths of one peer. */
import { once } from "node:events";
import { BlockList, type LookupFunction } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { decodePacket } from "../../src/chunks/packet.ts";
import {
  type ConnectSocketOptions,
  connect,
  createServer,
  type SctpError,
  type Server,
  type Socket,
  type TraceSink,
  UdpPort,
} from "../../src/index.ts";
import { foreignSocket, listening } from "./pair.ts";

const open: Array<{ destroy(): unknown } | { close(): unknown }> = [];

afterEach(() => {
  for (const one of open.splice(0)) "destroy" in one ? one.destroy() : one.close();
});

/** A name with these addresses. */
function named(...addresses: readonly string[]): LookupFunction {
  return (_name, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
}

function begin(server: Server | number, options: Partial<ConnectSocketOptions>): Socket {
  const address = typeof server === "number" ? undefined : server.address();
  const remoteUdpPort = typeof server === "number" ? server : address?.localUdpPort;
  const socket = connect({ port: address?.port ?? 7, host: "a.name", remoteUdpPort, ...options });
  open.push(socket);
  return socket;
}

/** A server, which takes a UDP port of one address only; on others somebody listens and says nothing, if so wanted. */
async function serverOn(host: string, localUdpPort = 0): Promise<Server> {
  const server = createServer((socket) => {
    open.push(socket);
    socket.on("error", () => {});
  });
  open.push(server);
  server.listen({ port: 0, host, localUdpPort });
  if (!server.listening) await once(server, "listening");
  return server;
}

async function failure(socket: Socket): Promise<SctpError> {
  const [error] = await once(socket, "error");
  return error as SctpError;
}

describe("the addresses of a name", () => {
  it("are tried in turn: a server on ::1 alone is found, at once where the other one refuses [B19]", async () => {
    const server = await serverOn("::1");
    const socket = await begin(server, { host: "localhost", lookup: named("127.0.0.1", "::1") }).opened;
    expect(socket.remoteAddresses).toEqual(["::1"]);
    expect(socket.connecting).toBe(false);
  });

  it("are tried 250 ms apart where one is silent, which hears of nothing but INITs [B19]", async () => {
    const silent = await foreignSocket();
    open.push(silent);
    const kinds = new Set<string>();
    silent.on("message", (datagram) => {
      for (const { kind } of datagram.length === 0 ? [] : decodePacket(datagram).chunks) kinds.add(kind);
    });
    const server = await serverOn("::1", silent.address().port);
    const connections: Socket[] = [];
    server.on("connection", (accepted) => connections.push(accepted));
    const udp = await UdpPort.open({ localUdpPort: 0 });
    open.push(udp);
    const startMs = performance.now();
    const socket = await begin(server, { lookup: named("127.0.0.1", "::1"), udp }).opened;
    expect(performance.now() - startMs).toBeGreaterThan(240);
    expect(socket.remoteAddress).toBe("::1");
    await socket.send("to be sure that everything has come");
    const [accepted] = connections;
    if (accepted !== undefined) await once(accepted, "message");
    expect([connections.length, udp.associationCount]).toEqual([1, 1]);
    expect([...kinds]).toEqual(["INIT"]);
  });

  it("come from both families in turn, and 'lookup' tells of each [B19]", async () => {
    const refusing = await foreignSocket();
    const { port } = refusing.address();
    await new Promise<void>((resolve) => refusing.close(resolve));
    const socket = begin(port, { lookup: named("::1", "127.0.0.1", "127.0.0.2") });
    const found: unknown[] = [];
    socket.on("lookup", (_error, address, family, host) => found.push([address, family, host]));
    const error = await failure(socket);
    expect(found).toEqual([
      ["127.0.0.1", 4, "a.name"],
      ["::1", 6, "a.name"],
      ["127.0.0.2", 4, "a.name"],
    ]);
    expect(error.cause).toBeInstanceOf(AggregateError);
  });

  it("fail together with what the first one said, and the others beside it [B19]", async () => {
    const refusing = await foreignSocket();
    const { port } = refusing.address();
    await new Promise<void>((resolve) => refusing.close(resolve));
    const socket = begin(port, { lookup: named("127.0.0.1", "::1") });
    const events: string[] = [];
    for (const event of ["error", "close"] as const) socket.on(event as "close", () => events.push(event));
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    const error = await failure(socket);
    await closed;
    expect(error).toMatchObject({ code: "ECONNREFUSED", syscall: "connect", address: "127.0.0.1", port });
    expect(error.message).toMatch(/ECONNREFUSED 127\.0\.0\.1:.*; connect ECONNREFUSED ::1:/);
    expect((error.cause as AggregateError).errors).toHaveLength(2);
    expect(events).toEqual(["error", "close"]);
  });

  it("take what was sent before, in order, and the end [B19]", async () => {
    const server = await serverOn("::1");
    const connection = once(server, "connection") as Promise<[Socket]>;
    const socket = begin(server, { lookup: named("127.0.0.1", "::1") });
    expect([socket.connecting, socket.localPort]).toEqual([true, undefined]);
    for (const text of ["one", "two", "three"]) void socket.send(text);
    socket.end();
    socket.resume();
    const [accepted] = await connection;
    const messages: string[] = [];
    for await (const { data } of accepted.messages()) messages.push(data.toString());
    expect(messages).toEqual(["one", "two", "three"]);
  });

  it("are left alone by a socket that is destroyed, and by one whose time is over [B19]", async () => {
    const silent = await foreignSocket();
    open.push(silent);
    const { port } = silent.address();
    const lookup = named("127.0.0.1", "127.0.0.1", "127.0.0.3");
    const gone = begin(port, { lookup });
    await once(silent, "message");
    gone.destroy();
    await once(gone, "close");
    const late = begin(port, { lookup, connectTimeoutMs: 20 });
    expect(await failure(late)).toMatchObject({ code: "ETIMEDOUT", address: "a.name", port: 7 });
  });

  it("are left alone by a socket that is destroyed without listeners", async () => {
    const silent = await foreignSocket();
    const udp = await UdpPort.open({ localUdpPort: 0 });
    open.push(silent, udp);
    const gone = begin(silent.address().port, { lookup: named("127.0.0.1", "127.0.0.3"), udp });
    await once(silent, "message");
    gone.removeAllListeners().destroy();
    await once(gone, "close");
    for (let turn = 0; turn < 100 && udp.associationCount > 0; turn++) await new Promise(setImmediate);
    expect(udp.associationCount).toBe(0);
  });

  it("that are on the block list are left out, and so are families that this side has no address of [B19]", async () => {
    const server = await listening();
    open.push(server);
    const blockList = new BlockList();
    blockList.addAddress("::1", "ipv6");
    const lookup = named("::1", "127.0.0.1");
    expect((await begin(server, { lookup, blockList }).opened).remoteAddress).toBe("127.0.0.1");
    blockList.addAddress("127.0.0.1");
    expect(await failure(begin(server, { lookup, blockList }))).toMatchObject({
      code: "ERR_SCTP_ADDRESS_BLOCKED",
    });
    const six = await serverOn("::1");
    const from = { lookup: named("127.0.0.1", "::1"), localAddress: "::1" };
    expect((await begin(six, from).opened).localAddress).toBe("::1");
  });

  it("leave from one UDP port where the socket has one of its own [B19]", async () => {
    const server = await serverOn("::1");
    const ports = new Set<number>();
    const tried = new Set<string>();
    const packet: TraceSink["packet"] = (_direction, _bytes, local, remote) => {
      ports.add(local.port);
      tried.add(remote.address);
    };
    const lookup = named("127.0.0.1", "::1");
    const socket = await begin(server, { lookup, trace: { packet, event: () => {} } }).opened;
    expect([...ports]).toEqual([socket.localUdpPort]);
    expect([...tried]).toEqual(["127.0.0.1", "::1"]);
  });
});

describe("a list of hosts", () => {
  it("is one peer: all of them are paths of it, and a name in it stands for one address [B19]", async () => {
    const server = await serverOn("127.0.0.1/127.0.0.2");
    const hosts = ["127.0.0.1", "a.name"];
    const socket = await begin(server, { host: undefined, hosts, lookup: named("::1", "127.0.0.2") }).opened;
    expect([...socket.remoteAddresses].sort()).toEqual(["127.0.0.1", "127.0.0.2"]);
  });
});
