/** Several addresses of loopback, on real UDP sockets: an association lives while one pair of them works (RFC 9260 6.4.1). */
import { once } from "node:events";
import { expect, it } from "vitest";
import {
  connect,
  createServer,
  type Message,
  type PathInfo,
  type Socket,
  type Transport,
} from "../../src/index.ts";
import { openTransports } from "../../src/node/transport/open-transports.ts";

const TIMERS = { rtoInitialMs: 100, rtoMinMs: 50, rtoMaxMs: 200, heartbeatIntervalMs: 50 };

/** Which datagrams are lost: "from > to". */
type Cuts = Set<string>;

/** UDP sockets on those addresses, from which what is cut does not leave. */
async function sockets(localAddresses: readonly string[], cuts: Cuts): Promise<readonly Transport[]> {
  const opened = await openTransports({ localUdpPort: 0, localAddresses });
  for (const transport of opened) {
    const send = transport.send.bind(transport);
    transport.send = (datagram, to, port, onSent) =>
      cuts.has(`${transport.localAddress} > ${to}`) ? onSent(null) : send(datagram, to, port, onSent);
  }
  return opened;
}

function cut(cuts: Cuts, a: string, b: string): void {
  cuts.add(`${a} > ${b}`).add(`${b} > ${a}`);
}

interface Ends {
  readonly client: Socket;
  readonly accepted: Socket;
  readonly close: () => Promise<void>;
}

async function ends(ours: readonly string[], theirs: readonly string[], cuts: Cuts): Promise<Ends> {
  const [near, far] = [await sockets(ours, cuts), await sockets(theirs, cuts)];
  const server = createServer({ transport: far, ...TIMERS });
  server.listen({ port: 7 });
  await once(server, "listening");
  const connection = once(server, "connection") as Promise<[Socket]>;
  const remoteUdpPort = far[0]?.localUdpPort ?? 0;
  const client = connect({ host: theirs.join("/"), port: 7, remoteUdpPort, transport: near, ...TIMERS });
  await client.opened;
  const [accepted] = await connection;
  const close = async (): Promise<void> => {
    const closed = Promise.all([once(server, "close"), once(client, "close")]);
    for (const socket of [client, accepted]) socket.resume();
    client.end();
    server.close();
    await closed;
  };
  return { client, accepted, close };
}

/** Sends so many messages and returns those that come. */
async function exchange(from: Socket, to: Socket, count: number): Promise<string[]> {
  const arrived = new Promise<string[]>((resolve) => {
    const texts: string[] = [];
    const onMessage = ({ data }: Message): void => {
      if (texts.push(data.toString()) < count) return;
      to.off("message", onMessage);
      resolve(texts);
    };
    to.on("message", onMessage);
  });
  for (let i = 0; i < count; i++) await from.send(`message ${i}`);
  return await arrived;
}

const TEN = Array.from({ length: 10 }, (_, i) => `message ${i}`);

/** Resolves when a source of the only path is in that state. */
async function untilSource(
  socket: Socket,
  address: string,
  state: PathInfo["sources"][number]["state"],
): Promise<void> {
  const isThere = (): boolean =>
    socket.paths()[0]?.sources.some((source) => source.address === address && source.state === state) ??
    false;
  while (!isThere()) await once(socket, "path");
}

it("a server of two addresses is heard by a client of one, and hears it, whichever pair is cut [A15]", async () => {
  const cuts: Cuts = new Set();
  const { client, accepted, close } = await ends(["127.0.0.1"], ["127.0.0.2", "127.0.0.3"], cuts);
  await untilSource(accepted, "127.0.0.3", "reaching");
  for (const address of ["127.0.0.2", "127.0.0.3"]) {
    cuts.clear();
    for (const each of ["127.0.0.2", "127.0.0.3"]) await untilSource(accepted, each, "reaching");
    cut(cuts, "127.0.0.1", address);
    expect(await exchange(accepted, client, 10)).toEqual(TEN);
    expect(await exchange(client, accepted, 10)).toEqual(TEN);
    await untilSource(accepted, address, "lost");
  }
  await close();
});

it("a client of two addresses hears a server of one, and is heard, whichever pair is cut; it says so [A15]", async () => {
  const cuts: Cuts = new Set();
  const { client, accepted, close } = await ends(["127.0.0.1", "127.0.0.2"], ["127.0.0.3"], cuts);
  const told: string[] = [];
  client.on("path", ({ address, state, reachedFrom }) =>
    told.push(`${address} ${state} ${reachedFrom.join()}`),
  );
  await untilSource(client, "127.0.0.1", "reaching");
  for (const [address, other] of [
    ["127.0.0.2", "127.0.0.1"],
    ["127.0.0.1", "127.0.0.2"],
  ] as const) {
    cuts.clear();
    for (const each of [address, other]) await untilSource(client, each, "reaching");
    cut(cuts, address, "127.0.0.3");
    expect(await exchange(client, accepted, 10)).toEqual(TEN);
    expect(await exchange(accepted, client, 10)).toEqual(TEN);
    await untilSource(client, address, "lost");
    expect(client.paths()[0]?.localAddress).toBe(other);
    expect(told.at(-1)).toBe(`127.0.0.3 active ${other}`);
  }
  await close();
});
