/** What `connect` is told of a peer that is not there, beside what net is told. */
import type { Socket as DgramSocket } from "node:dgram";
import { once } from "node:events";
import { createServer as createTcpServer, connect as tcpConnect } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  type ConnectSocketOptions,
  connect,
  createEndpoint,
  createServer,
  type SctpError,
  type Socket,
  UdpPort,
} from "../../src/index.ts";
import { whenRefused } from "../../src/node/driver/refusals.ts";
import { Lab } from "../conformance/lab.ts";
import { connectTo, foreignSocket, listening } from "./pair.ts";

const HOST = "127.0.0.1";
const open: Array<{ close(): unknown }> = [];

afterEach(() => {
  vi.useRealTimers();
  for (const one of open.splice(0)) one.close();
});

/** A UDP port that nobody has. */
async function freeUdpPort(): Promise<number> {
  const socket = await foreignSocket();
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(resolve));
  return port;
}

/** Somebody has the UDP port, and says nothing. */
async function silentSocket(): Promise<{ readonly silent: DgramSocket; readonly remoteUdpPort: number }> {
  const silent = await foreignSocket();
  open.push(silent);
  return { silent, remoteUdpPort: silent.address().port };
}

/** The error, and the events that came until the end. */
async function failure(options: ConnectSocketOptions): Promise<{ error: SctpError; events: unknown[] }> {
  const socket = connect(options);
  const events: unknown[] = [];
  for (const event of ["connect", "error", "end", "close"] as const)
    socket.on(event as "close", (value?: unknown) =>
      events.push(event === "close" ? [event, value] : [event]),
    );
  let error: unknown;
  socket.on("error", (told) => {
    error = told;
  });
  await new Promise<void>((resolve) => socket.on("close", () => resolve()));
  return { error: error as SctpError, events };
}

/** What net says, and with which fields. */
async function failureOfNet(): Promise<{ error: NodeJS.ErrnoException; events: unknown[] }> {
  const server = createTcpServer().listen(0, HOST);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const socket = tcpConnect({ port, host: HOST });
  const events: unknown[] = [];
  for (const event of ["connect", "error", "end", "close"])
    socket.on(event, (value: unknown) => events.push(event === "close" ? [event, value] : [event]));
  const [error] = await once(socket, "error");
  await once(socket, "close");
  return { error, events };
}

const PATIENT = { rtoInitialMs: 3_000, initTimeoutMaxMs: 60_000, maxInitRetransmits: 100 };
const IMPATIENT = { rtoInitialMs: 20, rtoMinMs: 20, initTimeoutMaxMs: 20, maxInitRetransmits: 4 };

describe("a UDP port that nobody has", () => {
  it.each([HOST, "::1"])("of %s is told at once, like a TCP port [B8]", async (host) => {
    const remoteUdpPort = await freeUdpPort();
    const net = await failureOfNet();
    const { error, events } = await failure({ port: 7, host, remoteUdpPort });
    const { code, errno, syscall } = net.error;
    expect(error).toMatchObject({ code, errno, syscall, address: host, port: remoteUdpPort });
    expect(error).toMatchObject({ code: "ECONNREFUSED", sctpCode: "ERR_SCTP_PEER_UNREACHABLE" });
    expect(error.message).toContain(`connect ECONNREFUSED ${host}:${remoteUdpPort}: nobody has UDP port`);
    expect(events).toEqual(net.events);
  });

  it("is no reason to give up where another address of the peer may answer [B8]", async () => {
    const server = await listening({}, "127.0.0.2");
    open.push(server);
    const hosts = [HOST, "127.0.0.2"];
    const socket = await connectTo(server, { host: undefined, hosts, ...IMPATIENT }).opened;
    expect(socket.remoteAddresses).toEqual(["127.0.0.2"]);
    socket.destroy();
    const { remoteUdpPort: silentPort } = await silentSocket(); // Of HOST alone.
    const halfSilent = { port: 7, hosts: ["127.0.0.2", HOST], remoteUdpPort: silentPort };
    const { error } = await failure({ ...halfSilent, ...IMPATIENT });
    expect(error).toMatchObject({ code: "ERR_SCTP_PEER_UNREACHABLE" });
    const remoteUdpPort = await freeUdpPort();
    const both = await failure({ port: 7, hosts, remoteUdpPort });
    expect(both.error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("is not looked for by who does not want it, and not through other transports than UDP sockets [B8]", async () => {
    const remoteUdpPort = await freeUdpPort();
    const to = { port: 7, host: HOST, remoteUdpPort, ...IMPATIENT };
    const { error } = await failure({ ...to, failOnPortUnreachable: false });
    expect(error).toMatchObject({ code: "ERR_SCTP_PEER_UNREACHABLE" });
    const { createSocket } = await import("node:dgram");
    const standIn = await failure({ ...to, createSocket });
    expect(standIn.error).toMatchObject({ code: "ERR_SCTP_PEER_UNREACHABLE" });
  });

  it("is looked for by one empty datagram, however many wait, and by none where the peer answers [B8]", async () => {
    const { silent, remoteUdpPort } = await silentSocket();
    let empty = 0;
    silent.on("message", ({ length }) => {
      if (length === 0) empty++;
    });
    const to = { port: 7, host: HOST, remoteUdpPort, connectTimeoutMs: 400 };
    const failures = await Promise.all(Array.from({ length: 50 }, () => failure(to)));
    expect(new Set(failures.map(({ error }) => error.code))).toEqual(new Set(["ETIMEDOUT"]));
    expect(empty).toBe(1);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
    open.push(udp);
    createServer().listen({ port: 7, udp });
    const socket = await connect({ port: 7, host: HOST, remoteUdpPort: udp.localUdpPort }).opened;
    vi.advanceTimersByTime(5_000);
    expect(udp.counters["too-short"]).toBeUndefined();
    socket.destroy();
  });

  it("is looked for once by each that waits, however long, and not for one that has been answered [B8]", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const { silent, remoteUdpPort } = await silentSocket();
    const to = { localAddress: HOST, remoteAddress: HOST, remoteUdpPort };
    const heard: string[] = [];
    silent.on("message", (message) => heard.push(message.toString()));
    /** What was sent before has come when this has: both leave from this host. */
    const mark = async (text: string): Promise<void> => {
      const marker = await foreignSocket();
      marker.send(text, remoteUdpPort, HOST);
      while (heard.at(-1) !== text) await new Promise(setImmediate);
      marker.close();
    };
    /** Time for a socket to connect, and to send. */
    const settle = async (): Promise<void> => {
      for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    };
    const isOver = vi.fn<() => boolean>(() => false);
    whenRefused(to, isOver, () => {});
    vi.advanceTimersByTime(50);
    await settle();
    await mark("answered");
    expect(isOver).toHaveBeenCalled();
    const end = whenRefused(
      to,
      () => true,
      () => {},
    );
    vi.advanceTimersByTime(50);
    while (heard.at(-1) !== "") await new Promise(setImmediate);
    for (let second = 0; second < 5; second++) {
      vi.advanceTimersByTime(1_000);
      await settle();
    }
    await mark("asked");
    end();
    expect(heard).toEqual(["answered", "", "asked"]);
  });

  it("is nothing to a set-up that was answered before the look was taken [B8]", async () => {
    const to = { localAddress: "0.0.0.0", remoteAddress: HOST, remoteUdpPort: await freeUdpPort() };
    let askedCount = 0;
    let told = false;
    whenRefused(
      to,
      () => ++askedCount > 1,
      () => {
        told = true;
      },
    );
    const refusal = await new Promise((resolve) => whenRefused(to, () => true, resolve));
    expect(refusal).toBe("ECONNREFUSED");
    expect(told).toBe(false);
  });

  it("leaves many clients at once with the same answer [B8]", async () => {
    const remoteUdpPort = await freeUdpPort();
    const to = { port: 7, host: HOST, remoteUdpPort };
    const failures = await Promise.all(Array.from({ length: 300 }, () => failure(to)));
    expect(new Set(failures.map(({ error }) => error.code))).toEqual(new Set(["ECONNREFUSED"]));
  });

  it("is not looked for by endpoints, which may be waited for [B8]", async () => {
    const remoteUdpPort = await freeUdpPort();
    const endpoint = createEndpoint();
    open.push({ close: () => void endpoint.terminate() });
    endpoint.setOption("SCTP_INITMSG", { maxAttempts: 2, maxInitTimeoutMs: 20 });
    endpoint.setOption("SCTP_RTOINFO", { initialMs: 20, minMs: 20 });
    await expect(endpoint.connectx([HOST], 7, { remoteUdpPort })).rejects.toMatchObject({
      code: "ERR_SCTP_PEER_UNREACHABLE",
    });
  });
});

describe("the empty datagram", () => {
  it("is counted by a stack that gets it, and answered by nothing [B8]", () => {
    const lab = new Lab();
    lab.listen();
    expect(lab.receiveBytes(new Uint8Array(0))).toEqual([]);
    expect(lab.stack.counters).toMatchObject({ "received-packets": 1, "too-short": 1, "sent-packets": 0 });
    expect(lab.events).toEqual([]);
  });
});

describe("an SCTP port on which nobody listens", () => {
  it("is refused, too [B8]", async () => {
    const server = await listening();
    open.push(server);
    const { port = 0, localUdpPort: remoteUdpPort } = server.address() ?? {};
    const refusedPort = port === 9 ? 10 : 9;
    const { error } = await failure({ port: refusedPort, host: HOST, remoteUdpPort });
    expect(error).toMatchObject({
      code: "ECONNREFUSED",
      sctpCode: "ERR_SCTP_ABORTED_BY_PEER",
      syscall: "connect",
      address: HOST,
      port: refusedPort,
      causeCodes: [],
    });
    const endpoint = createEndpoint();
    open.push({ close: () => void endpoint.terminate() });
    await expect(endpoint.connectx([HOST], refusedPort, { remoteUdpPort })).rejects.toMatchObject({
      code: "ECONNREFUSED",
      port: refusedPort,
    });
    expect(error.message).toBe(
      `connect ECONNREFUSED ${HOST}:${refusedPort}: nobody listens on SCTP port ${refusedPort} there`,
    );
  });

  it("is not what ended it where the peer had answered and aborts then [B8]", async () => {
    const server = await listening();
    open.push(server);
    server.on("connection", (socket) => socket.abort("enough"));
    await expect(connectTo(server).opened).rejects.toMatchObject({ code: "ERR_SCTP_ABORTED_BY_PEER" });
  });
});

describe("connectTimeoutMs", () => {
  it("ends a set-up that takes longer, a lookup that does [B8, B9]", async () => {
    const { remoteUdpPort } = await silentSocket();
    const to = { port: 7, remoteUdpPort, connectTimeoutMs: 30 };
    const { error, events } = await failure({ ...to, host: HOST });
    expect(error).toMatchObject({
      code: "ETIMEDOUT",
      errno: -110,
      syscall: "connect",
      address: HOST,
      port: 7,
      message: expect.stringContaining(`connect ETIMEDOUT ${HOST}:7: `),
    });
    expect(events).toEqual([["error"], ["close", true]]);
    const lookup = (): void => {};
    expect((await failure({ ...to, host: "slow.example", lookup })).error).toMatchObject({
      code: "ETIMEDOUT",
      address: "slow.example",
    });
  });

  it("means nothing to an association that is established [B8]", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const server = await listening();
    open.push(server);
    const socket: Socket = await connectTo(server, { connectTimeoutMs: 1_000 }).opened;
    vi.advanceTimersByTime(5_000);
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it("means nothing to one whose listeners were removed while it was set up", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const server = await listening();
    open.push(server);
    const socket = connectTo(server, { connectTimeoutMs: 1_000 }).removeAllListeners();
    await once(socket, "connect");
    vi.advanceTimersByTime(5_000);
    expect(socket.destroyed).toBe(false);
    socket.destroy();
  });

  it("means nothing to a later attempt of the same socket [B8]", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const to = { port: 7, host: HOST, ...IMPATIENT };
    const socket = connect({ ...to, remoteUdpPort: await freeUdpPort(), connectTimeoutMs: 1_000_000 });
    let error: unknown;
    socket.on("error", (told) => {
      error = told;
    });
    while (!socket.closed) {
      vi.advanceTimersByTime(1); // Until the peer is refused, or has not answered.
      await new Promise(setImmediate);
    }
    expect(error).toMatchObject({ sctpCode: "ERR_SCTP_PEER_UNREACHABLE" });
    const { remoteUdpPort } = await silentSocket();
    socket.connect({ ...to, ...PATIENT, remoteUdpPort, connectTimeoutMs: 10_000_000 });
    vi.advanceTimersByTime(2_000_000);
    expect(socket.connecting).toBe(true);
    socket.destroy();
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])("is not %s [B8]", (connectTimeoutMs) => {
    expect(() => connect({ port: 7, connectTimeoutMs })).toThrow(
      /connectTimeoutMs must be a whole number from 1 to 2147483647/,
    );
  });
});
