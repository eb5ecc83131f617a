import { once } from "node:events";
import { expect, it, vi } from "vitest";
import {
  connect,
  createEndpoint,
  createServer,
  type Message,
  type OnSent,
  type Server,
  type Socket,
  type Transport,
  type TransportOwner,
  UdpPort,
} from "../../src/index.ts";

/** A wire in memory: what is sent on one end arrives at the other, before `send` returns. */
class MemoryTransport implements Transport {
  readonly localAddress: string;
  readonly localUdpPort = 9_899;
  readonly maxDatagramBytes = 1_000;
  owner: TransportOwner | undefined;
  other: MemoryTransport | undefined;
  largestBytes = 0;
  /** Whether it keeps the process alive. */
  referenced = true;
  closed = false;

  constructor(localAddress: string) {
    this.localAddress = localAddress;
  }

  send(datagram: Uint8Array, remoteAddress: string, _remoteUdpPort: number, onSent: OnSent): void {
    this.largestBytes = Math.max(this.largestBytes, datagram.length);
    const { other, localAddress: address, localUdpPort: port } = this;
    if (other !== undefined && other.localAddress === remoteAddress && !other.closed)
      other.owner?.onDatagram(Uint8Array.from(datagram), { address, port }, other);
    onSent(null);
    onSent(null); // Once too often: the memory must not be given back twice.
  }
  ref(): void {
    this.referenced = true;
  }
  unref(): void {
    this.referenced = false;
  }
  close(): void {
    this.closed = true;
  }
}

function wire(): [near: MemoryTransport, far: MemoryTransport] {
  const [near, far] = [new MemoryTransport("192.0.2.1"), new MemoryTransport("192.0.2.2")];
  near.other = far;
  far.other = near;
  return [near, far];
}

async function listeningOn(server: Server): Promise<Server> {
  server.listen({ port: 7 });
  await once(server, "listening");
  return server;
}

it("of the user's own carries an association from beginning to end", async () => {
  const [near, far] = wire();
  const server = await listeningOn(createServer({ transport: far }));
  expect(server.address()).toMatchObject({ localAddresses: ["192.0.2.2"], localUdpPort: 9_899 });
  const connection = once(server, "connection") as Promise<[Socket]>;
  const client = await connect({ host: "192.0.2.2", port: 7, transport: near }).opened;
  const [accepted] = await connection;
  const received: Message[] = [];
  accepted.on("message", (message) => {
    received.push(message);
    void accepted.send(message.data, { streamId: message.info.streamId });
  });
  const answers = client.messages();
  const large = Buffer.alloc(100_000, "x");
  const texts = ["hello", large.toString(), "bye"];
  for (const [streamId, text] of texts.entries()) await client.send(text, { streamId });
  const back = [];
  while (back.length < texts.length) back.push((await answers.next()).value?.data.toString() ?? "");
  expect(new Set(back)).toEqual(new Set(texts));
  expect(received.every(({ data }) => Buffer.isBuffer(data))).toBe(true); // Although plain bytes came in.
  expect([near.largestBytes, far.largestBytes].every((bytes) => bytes > 900 && bytes <= 1_000)).toBe(true);
  expect([near.referenced, far.referenced]).toEqual([true, true]);
  const closed = Promise.all([once(server, "close"), once(client, "close")]);
  client.end();
  client.resume();
  server.close();
  await closed;
  expect([near.referenced, far.referenced]).toEqual([false, false]);
});

it("serves a UDP port and an endpoint, too, and is closed with them", async () => {
  const [near, far] = wire();
  const udp = new UdpPort({ transport: [far] });
  const server = createServer((socket) => {
    socket.on("error", () => {}); // The endpoint aborts in the end.
    socket.on("message", ({ data }) => void socket.send(data));
  });
  server.listen({ port: 7, udp });
  await once(server, "listening");
  const endpoint = createEndpoint({ transport: near });
  const id = await endpoint.send({ hosts: ["192.0.2.2"], port: 7 }, "hello", { to: "192.0.2.2" });
  const { value } = await endpoint.items().next();
  expect(value).toMatchObject({
    type: "message",
    info: { associationId: id, peer: { address: "192.0.2.2" } },
  });
  expect(endpoint.address()).toMatchObject({ localUdpPort: 9_899, localAddresses: ["192.0.2.1"] });
  near.owner?.onTransportError(Object.assign(new Error("a hiccup"), { code: "EHICCUP" }));
  await endpoint.terminate();
  far.owner?.onTransportError(Object.assign(new Error("a hiccup"), { code: "EHICCUP" }));
  expect(udp.counters["EHICCUP"]).toBe(1);
  udp.close();
  expect(far.closed).toBe(true);
});

it("that is wrong, or is taken, is refused", async () => {
  const [near, far] = wire();
  const made = (fields: Partial<Transport>): Transport =>
    Object.assign(new MemoryTransport("192.0.2.9"), fields);
  const udp = new UdpPort({ transport: near });
  for (const [transport, complaint] of [
    [[], /`transport` is an empty list/],
    [near, /belongs to a UDP port already: share that one, by the option `udp`/],
    [made({ localAddress: "here" }), /an IP literal in canonical form, another for each, not "here"/],
    [[made({}), made({})], /another for each, not "192.0.2.9"/],
    [made({ localUdpPort: 0 }), /localUdpPort of a transport is a whole number from 1 to 65535, not 0/],
    [[far, made({ localUdpPort: 5 })], /have one localUdpPort, not 9899 and 5/],
    [made({ maxDatagramBytes: 0 }), /maxDatagramBytes of a transport is a number above 0, not 0/],
  ] as const)
    expect(() => new UdpPort({ transport })).toThrow(complaint);
  expect(() => new UdpPort({ transport: far, localUdpPort: 5 })).toThrow(/leave out localUdpPort/);
  expect(() => connect({ port: 7, transport: far, udp })).toThrow(/`udp` has its transports already/);
  expect(() => createServer().listen({ transport: far, host: "192.0.2.2" })).toThrow(/those of `transport`/);
  expect(() => createServer().listen({ transport: far, udp })).toThrow(/`udp` has its transports already/);
  udp.close();
});

/** A wire on which one datagram arrives at a time, when it is told to. */
class SlowTransport extends MemoryTransport {
  readonly #waiting: Uint8Array[] = [];

  override send(datagram: Uint8Array, _address: string, _udpPort: number, onSent: OnSent): void {
    this.#waiting.push(Uint8Array.from(datagram));
    onSent(null);
  }

  /** @returns whether there was a datagram */
  async pass(): Promise<boolean> {
    const datagram = this.#waiting.shift();
    if (datagram !== undefined && this.other !== undefined)
      this.other.owner?.onDatagram(datagram, { address: this.localAddress, port: 9_899 }, this.other);
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return datagram !== undefined;
  }
}

it("that is slow is no reason for 'timeout' while a large message is on its way, and a reason when nothing moves", async () => {
  const [near, far] = [new SlowTransport("192.0.2.1"), new SlowTransport("192.0.2.2")];
  near.other = far;
  far.other = near;
  const passOne = async (): Promise<boolean> => (await near.pass()) || (await far.pass());
  const server = await listeningOn(createServer({ transport: far, sackDelayMs: 0 }));
  const connection = once(server, "connection") as Promise<[Socket]>;
  const client = connect({ host: "192.0.2.2", port: 7, transport: near });
  while (client.pending) await passOne();
  const [accepted] = await connection;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const heard: string[] = [];
  client.setTimeout(1_000).on("timeout", () => heard.push("client"));
  accepted.setTimeout(1_000).on("timeout", () => heard.push("server"));
  const arrived = once(accepted, "message");
  void client.send(Buffer.alloc(50_000));
  for (let i = 0; i < 30; i++) {
    await near.pass();
    await far.pass();
    vi.advanceTimersByTime(100);
  }
  expect(heard).toEqual([]);
  vi.advanceTimersByTime(2_500);
  expect(heard.sort()).toEqual(["client", "server"]);
  while (await passOne());
  await arrived;
  vi.useRealTimers();
  client.destroy();
  server.close();
});
