import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  connect,
  createEndpoint,
  createServer,
  type Endpoint,
  type EndpointMessage,
  type EndpointOptions,
  type Notification,
  type PeerAddress,
  type SctpError,
  type Socket,
  UdpPort,
} from "../../src/index.ts";
import { foreignSocket } from "./pair.ts";

const HOST = "127.0.0.1";
const open: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((thing) => thing.close()));
});

function endpoint(options: EndpointOptions = {}): Endpoint {
  const made = createEndpoint(options);
  open.push(made);
  return made;
}

async function server(options: EndpointOptions = {}): Promise<{ server: Endpoint; peer: PeerAddress }> {
  const made = endpoint(options);
  await made.listen({ localAddresses: [HOST], localUdpPort: 0 });
  const { port = 0, localUdpPort: remoteUdpPort } = made.address() ?? {};
  return { server: made, peer: { hosts: [HOST], port, remoteUdpPort } };
}

/** The next items; the endpoint can be read on afterwards. */
async function take(from: Endpoint, count: number): Promise<(EndpointMessage | Notification)[]> {
  const items: (EndpointMessage | Notification)[] = [];
  for await (const item of from) {
    items.push(item);
    if (items.length === count) break;
  }
  return items;
}

function textOf(item: EndpointMessage | Notification | undefined): string {
  return item?.type === "message" ? item.data.toString() : `[${item?.type}]`;
}

const code = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => "no error",
    (error: SctpError) => error.code,
  );

describe("an endpoint", () => {
  it("sets associations up by sending, and answers by id", async () => {
    const { server: echo, peer } = await server();
    void (async () => {
      for await (const item of echo)
        if (item.type === "message")
          await echo.send(item.info.associationId, item.data, { streamId: item.info.streamId });
    })();
    const client = endpoint();
    const id = await client.send(peer, "first", { streamId: 1, ppid: 7 });
    expect(await client.send(peer, "second", { streamId: 2, unordered: true })).toBe(id);
    expect(client.associationOf({ address: HOST, port: peer.port })).toBe(id);
    const answers = await take(client, 2);
    expect(answers.map(textOf).sort()).toEqual(["first", "second"]);
    expect(answers[0]).toMatchObject({
      type: "message",
      info: {
        associationId: id,
        peer: { address: HOST, port: peer.port },
        endOfMessage: true,
        unordered: false,
      },
    });
    expect(client.associationIds).toEqual([id]);
    expect(client.peerAddresses(id)).toEqual([{ address: HOST, port: peer.port }]);
    expect(echo.localAddresses()).toEqual([{ address: HOST, port: peer.port }]);
  });

  it("tells of its associations in line with their messages", async () => {
    const { server: quiet, peer } = await server({
      notifications: ["SCTP_ASSOC_CHANGE", "SCTP_SHUTDOWN_EVENT"],
    });
    const client = endpoint();
    const id = await client.send(peer, "only message");
    const read = take(quiet, 4);
    await client.shutdown(id);
    const items = await read;
    expect(items.map(textOf)).toEqual([
      "[SCTP_ASSOC_CHANGE]",
      "only message",
      "[SCTP_SHUTDOWN_EVENT]",
      "[SCTP_ASSOC_CHANGE]",
    ]);
    expect(items[0]).toMatchObject({ state: "SCTP_COMM_UP" });
    expect(items[3]).toMatchObject({ state: "SCTP_SHUTDOWN_COMP" });
  });

  it("emits messages and notifications as events", async () => {
    const { server: listener, peer } = await server({ notifications: ["SCTP_ASSOC_CHANGE"] });
    const client = endpoint();
    const message = once(listener, "message") as Promise<[EndpointMessage]>;
    const notification = once(listener, "notification") as Promise<[Notification]>;
    await client.send(peer, "hello");
    expect(textOf((await message)[0])).toBe("hello");
    expect((await notification)[0].type).toBe("SCTP_ASSOC_CHANGE");
  });

  it("reaches everybody with sendAll", async () => {
    const { server: hub, peer } = await server();
    const clients = [endpoint(), endpoint(), endpoint()];
    await Promise.all(
      clients.map((client) => client.connectx([HOST], peer.port, { remoteUdpPort: peer.remoteUdpPort })),
    );
    while (hub.associationIds.length < 3) await new Promise(setImmediate);
    const result = await hub.sendAll("to all");
    expect(result).toEqual({ accepted: hub.associationIds, failed: [] });
    const heard = await Promise.all(clients.map((client) => take(client, 1)));
    expect(heard.flat().map(textOf)).toEqual(["to all", "to all", "to all"]);
  });

  it("peels an association off into a socket, with what of it was not read yet", async () => {
    const { server: hub, peer } = await server();
    const client = endpoint();
    const id = await client.connectx([HOST], peer.port, { remoteUdpPort: peer.remoteUdpPort });
    await client.send(id, "before");
    while (hub.associationIds.length === 0) await new Promise(setImmediate);
    const [serverId = 0] = hub.associationIds;
    while (hub.getOption("SCTP_STATUS", serverId).pendingData === 0) await new Promise(setImmediate);
    const socket: Socket = hub.peeloff(serverId);
    expect(hub.associationIds).toEqual([]);
    await client.send(id, "after");
    const texts: string[] = [];
    for await (const { data } of socket.messages()) if (texts.push(data.toString()) === 2) break;
    expect(texts).toEqual(["before", "after"]);
    await socket.send("answer");
    expect((await take(client, 1)).map(textOf)).toEqual(["answer"]);
    await hub.close();
    socket.end();
    await client.shutdown(id);
  });

  it("lets send wait for room, each association by itself", async () => {
    const { server: slow, peer } = await server();
    slow.setOption("SO_RCVBUF", 65_536);
    const client = endpoint();
    client.setOption("SO_SNDBUF", 65_536);
    const id = await client.connectx([HOST], peer.port, { remoteUdpPort: peer.remoteUdpPort });
    let accepted = 0;
    const flood = Promise.all(
      Array.from({ length: 100 }, () => client.send(id, Buffer.alloc(10_000)).then(() => accepted++)),
    );
    const other = endpoint();
    await other.send(peer, "past the stalled one");
    const controller = new AbortController();
    const late = client.send(id, "late", { signal: controller.signal });
    controller.abort(new Error("changed my mind"));
    await expect(late).rejects.toThrow("changed my mind");
    expect(accepted).toBeLessThan(50);
    const items = await take(slow, 101);
    await flood;
    expect(items.map(textOf).filter((line) => line.length < 100)).toEqual(["past the stalled one"]);
  });

  it("has options by the RFC's names", async () => {
    const { server: hub, peer } = await server();
    hub.setOption("SCTP_RTOINFO", { minMs: 50 }).setOption("SCTP_NODELAY", true);
    expect(hub.getOption("SCTP_RTOINFO").minMs).toBe(50);
    const client = endpoint();
    const id = await client.connectx([HOST], peer.port, {
      remoteUdpPort: peer.remoteUdpPort,
      init: { outboundStreams: 3 },
    });
    expect(client.getOption("SCTP_STATUS", id)).toMatchObject({
      state: "SCTP_ESTABLISHED",
      outboundStreams: 3,
    });
    expect(client.getOption("SCTP_GET_PEER_ADDR_INFO", id, { address: HOST }).state).toBe("SCTP_ACTIVE");
    const refusal = (set: () => unknown): string => {
      try {
        set();
        return "no error";
      } catch (error) {
        return (error as SctpError).code;
      }
    };
    expect(refusal(() => client.setOption("SCTP_CONTEXT", 1, 99))).toBe("ERR_SCTP_NOT_CONNECTED");
    expect(refusal(() => client.setOption("SCTP_MAX_BURST", -1))).toBe("ERR_SCTP_INVALID_ARGUMENT");
    expect(client.getOption("SCTP_EXPOSE_POTENTIALLY_FAILED_STATE", "future")).toBe(true);
    expect(refusal(() => client.setOption("SCTP_RECVRCVINFO", false))).toBe("ERR_SCTP_NOT_SUPPORTED");
    // @ts-expect-error the field is minMs
    expect(refusal(() => client.setOption("SCTP_RTOINFO", { min: 5 }))).toBe("ERR_SCTP_INVALID_ARGUMENT");
  });

  it("shares a UDP port with sockets and servers", async () => {
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
    open.push(udp);
    const hub = endpoint();
    await hub.listen({ port: 7, udp });
    const rival = createServer();
    rival.listen({ port: 7, udp });
    const [error] = (await once(rival, "error")) as [SctpError];
    expect(error).toMatchObject({ code: "EADDRINUSE", sctpCode: "ERR_SCTP_PORT_IN_USE" });
    const socket = connect({ port: 7, host: HOST, remoteUdpPort: udp.localUdpPort, udp });
    await socket.send("from a socket");
    expect((await take(hub, 1)).map(textOf)).toEqual(["from a socket"]);
    socket.end();
    socket.resume();
    await once(socket, "close");
  });
});

describe("errors say what happened", () => {
  it("of connectx and send", async () => {
    const { peer } = await server();
    const client = endpoint();
    const wrongPort = { remoteUdpPort: peer.remoteUdpPort };
    expect(await code(client.connectx([HOST], 9, wrongPort))).toBe("ECONNREFUSED");
    expect(await code(client.send(99, "x"))).toBe("ERR_SCTP_NOT_CONNECTED");
    const lost = createEndpoint({
      lookup: (_name, _options, callback) =>
        callback(Object.assign(new Error("?"), { code: "ENOTFOUND" }), []),
    });
    expect(await code(lost.send({ hosts: ["nowhere"], port: 7 }, "x"))).toBe("ENOTFOUND");
    const id = await client.connectx([HOST], peer.port, wrongPort);
    expect(await code(client.connectx([HOST], peer.port, wrongPort))).toBe("ERR_SCTP_ASSOCIATION_EXISTS");
    expect(await code(client.send(id, ""))).toBe("ERR_SCTP_INVALID_ARGUMENT");
    expect(await code(client.send(id, Buffer.alloc(2_000_000)))).toBe("ERR_SCTP_MESSAGE_TOO_LARGE");
    expect(await code(client.send(id, "x", { streamId: 10 }))).toBe("ERR_SCTP_INVALID_ARGUMENT");
  });

  it("of a peer that aborts: whoever waits hears why", async () => {
    const { server: hub, peer } = await server();
    hub.setOption("SO_RCVBUF", 4_096);
    const client = endpoint();
    client.setOption("SO_SNDBUF", 4_096);
    const id = await client.connectx([HOST], peer.port, { remoteUdpPort: peer.remoteUdpPort });
    const sends = Array.from({ length: 10 }, () => code(client.send(id, Buffer.alloc(4_000))));
    const ended = code(client.shutdown(id));
    while (hub.associationIds.length === 0) await new Promise(setImmediate);
    hub.abort(hub.associationIds[0] ?? 0, "enough");
    expect(new Set(await Promise.all(sends)).has("ERR_SCTP_ABORTED_BY_PEER")).toBe(true);
    expect(await ended).toBe("ERR_SCTP_ABORTED_BY_PEER");
  });

  it("of binding", async () => {
    const { server: hub } = await server();
    const foreign = await foreignSocket();
    open.push(foreign);
    const taken = { localAddresses: [HOST], localUdpPort: foreign.address().port };
    expect(await code(endpoint().bind(taken))).toBe("EADDRINUSE");
    expect(await code(hub.bind({ localUdpPort: 0 }))).toBe("ERR_SCTP_INVALID_ARGUMENT");
    const udp = await UdpPort.open({ localUdpPort: 0, localAddresses: [HOST] });
    open.push(udp);
    const first = endpoint();
    await first.listen({ port: 7, udp });
    const second = endpoint();
    expect(await code(second.listen({ port: 7, udp }))).toBe("ERR_SCTP_PORT_IN_USE");
    await second.listen({ port: 8, udp });
    expect(second.address()).toEqual({ port: 8, localUdpPort: udp.localUdpPort, localAddresses: [HOST] });
    const other = { port: 9, udp, localAddresses: ["127.0.0.9"] };
    expect(await code(endpoint().bind(other))).toBe("ERR_SCTP_INVALID_ADDRESS");
  });

  it("of a closed endpoint", async () => {
    const closed = endpoint();
    await closed.close();
    await closed.close();
    expect(await code(closed.send(1, "x"))).toBe("ERR_SCTP_CLOSED");
    expect(await code(closed.sendAll("x"))).toBe("ERR_SCTP_CLOSED");
    expect(await code(closed.bind())).toBe("ERR_SCTP_CLOSED");
    expect(await code(closed.connectx([HOST], 7))).toBe("ERR_SCTP_CLOSED");
    expect(closed.address()).toBeUndefined();
    expect(await take(closed, 1)).toEqual([]);
  });
});

describe("a full send buffer", () => {
  it("takes a message that is more important at once, and gives up what is less important", async () => {
    const { server: hub, peer } = await server();
    const client = endpoint();
    client.setOption("SO_SNDBUF", 8_192);
    const id = await client.send(peer, "first", { until: "delivered" });
    const lesser = { reliability: { priority: 5 } };
    for (let ppid = 1; ppid <= 5; ppid++) void client.send(id, Buffer.alloc(2_000), { ...lesser, ppid });
    void client.send(id, Buffer.alloc(2_000), { reliability: { priority: 1 }, ppid: 9 });
    const received = (await take(hub, 5)) as EndpointMessage[];
    expect(received.map(({ info }) => info.ppid)).toEqual([0, 3, 4, 5, 9]);
  });
});

describe("closing", () => {
  it("waits until every association has ended gracefully; iteration ends", async () => {
    const { server: hub, peer } = await server();
    const client = endpoint();
    const id = await client.send(peer, "x");
    const rest = take(hub, 99);
    for (let i = 0; i < 200; i++) void client.send(id, Buffer.alloc(5_000));
    await client.close();
    await client[Symbol.asyncDispose]();
    await hub.close();
    expect((await rest).length).toBeGreaterThan(0);
  });

  it("is nothing that unref() does: the UDP port stays, also for whoever wants its number", async () => {
    const { server: unreferenced, peer } = await server();
    unreferenced.unref();
    const { remoteUdpPort: localUdpPort } = peer;
    await expect(UdpPort.open({ localUdpPort, localAddresses: [HOST] })).rejects.toThrow(
      /is open in this thread|taken/,
    );
    const client = endpoint();
    await client.send(peer, "still here");
    expect(textOf((await take(unreferenced, 1))[0])).toBe("still here");
    await client.close();
  });

  it("terminate aborts, and waits for nobody's answer", async () => {
    const { server: hub, peer } = await server();
    const client = endpoint({ notifications: ["SCTP_ASSOC_CHANGE"] });
    await client.send(peer, "x");
    const change = take(client, 2);
    while (hub.associationIds.length === 0) await new Promise(setImmediate);
    await hub.terminate();
    expect((await change)[1]).toMatchObject({ state: "SCTP_COMM_LOST", error: 12 });
    expect(client.associationIds).toEqual([]);
  });

  it("a signal ends an iteration with an AbortError, and nothing else [B20]", async () => {
    const { server: hub, peer } = await server();
    const controller = new AbortController();
    const read: string[] = [];
    const reading = (async () => {
      for await (const item of hub.items({ signal: controller.signal })) read.push(textOf(item));
    })();
    controller.abort();
    await expect(reading).rejects.toMatchObject({ name: "AbortError", code: "ABORT_ERR" });
    await endpoint().send(peer, "later");
    expect((await take(hub, 1)).map(textOf)).toEqual(["later"]);
    expect(read).toEqual([]);
    hub.unref().ref();
  });
});
