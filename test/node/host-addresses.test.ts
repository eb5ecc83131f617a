/** Ports, sockets and servers that follow the addresses of their host, which are what the test says. */
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect, createServer, type Server, type Socket } from "../../src/index.ts";
import { HostAddresses, THIS_HOST } from "../../src/node/driver/host-addresses.ts";
import { PortFollower } from "../../src/node/driver/port-follower.ts";

const [SERVER, FIRST, SECOND, THIRD] = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;

/** A host whose addresses are given. */
class Host extends HostAddresses {
  addresses: readonly string[];

  constructor(...addresses: readonly string[]) {
    super();
    this.addresses = addresses;
  }
  override read(): readonly string[] {
    return this.addresses;
  }
  /** It has these from now on, and two readings have shown it. */
  become(...addresses: readonly string[]): void {
    this.addresses = addresses;
    this.poll();
    this.poll();
  }
}

describe("the addresses of a host", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("change when two readings in a row, a second apart, say the same", () => {
    const host = new Host(FIRST);
    const seen: Array<readonly string[]> = [];
    const stop = host.watch(() => seen.push(host.all));
    host.addresses = [FIRST, SECOND];
    vi.advanceTimersByTime(1_000);
    expect(seen).toEqual([]);
    host.addresses = [SECOND];
    vi.advanceTimersByTime(1_000);
    expect([seen, host.all]).toEqual([[], [FIRST]]);
    vi.advanceTimersByTime(1_000);
    expect([seen, host.all]).toEqual([[[SECOND]], [SECOND]]);
    vi.advanceTimersByTime(60_000);
    expect(seen).toHaveLength(1);
    host.addresses = []; // For less than two readings.
    vi.advanceTimersByTime(1_000);
    host.addresses = [SECOND];
    vi.advanceTimersByTime(60_000);
    expect(seen).toHaveLength(1);
    stop();
  });

  it("are read only while somebody wants to know, by one timer for all", () => {
    const host = new Host(FIRST);
    const told = vi.fn();
    const stops = [host.watch(told), host.watch(told)];
    expect(vi.getTimerCount()).toBe(1);
    stops[0]?.();
    host.become(SECOND);
    expect(told).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(1);
    stops[1]?.();
    expect(vi.getTimerCount()).toBe(0);
    host.addresses = [THIRD];
    expect(host.all).toEqual([THIRD]); // Nobody watches: what it has at this moment.
    host.watch(told)();
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("are none that only this host, or only one link, can reach", () => {
    for (const address of new HostAddresses().read())
      expect(address).not.toMatch(/^127\.|^::1$|^fe80|^169\.254\./);
  });
});

/** A port that opens what it is asked for, and what happens to it and its follower. */
function followingPort(host: Host, ...localAddresses: string[]) {
  const happened: string[] = [];
  const port = {
    localAddresses: localAddresses as readonly string[],
    refused: new Set<string>(),
    async bind(address: string): Promise<void> {
      if (port.refused.has(address)) throw new Error("no");
      port.localAddresses = [...port.localAddresses, address];
      happened.push(`bind ${address}`);
    },
    drop(address: string): boolean {
      if (port.localAddresses.length < 2) return false;
      port.localAddresses = port.localAddresses.filter((each) => each !== address);
      happened.push(`drop ${address}`);
      return true;
    },
  };
  const follower = new PortFollower(port, host);
  const stop = follower.add({
    onAdded: (address) => happened.push(`added ${address}`),
    onRemoved: (address) => happened.push(`removed ${address}`),
  });
  const settled = async (): Promise<string[]> => {
    await vi.waitFor(() => expect(happened.length).toBeGreaterThan(0));
    return happened.splice(0);
  };
  return { port, happened, settled, stop, follower };
}

/** All that has been begun has ended. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("a port that follows", () => {
  it("takes up what appears, tells of it, and then drops what has vanished", async () => {
    const host = new Host(FIRST);
    const { settled, stop } = followingPort(host, FIRST);
    host.become(FIRST, SECOND);
    expect(await settled()).toEqual([`bind ${SECOND}`, `added ${SECOND}`]);
    host.become(THIRD);
    expect(await settled()).toEqual([
      `bind ${THIRD}`,
      `added ${THIRD}`,
      `drop ${FIRST}`,
      `removed ${FIRST}`,
      `drop ${SECOND}`,
      `removed ${SECOND}`,
    ]);
    stop();
  });

  it("keeps its last address until there is another", async () => {
    const host = new Host(FIRST);
    const { happened, settled, stop } = followingPort(host, FIRST);
    host.become();
    await turn();
    expect(happened).toEqual([]);
    host.become(SECOND);
    expect(await settled()).toEqual([
      `bind ${SECOND}`,
      `added ${SECOND}`,
      `drop ${FIRST}`,
      `removed ${FIRST}`,
    ]);
    stop();
  });

  it("tells of what has vanished behind a wildcard, as soon as there is another address of its family", async () => {
    const host = new Host(FIRST, "2001:db8::1");
    const { happened, settled, stop } = followingPort(host, "0.0.0.0");
    host.become("2001:db8::2");
    await turn();
    expect(happened).toEqual([]);
    host.become("2001:db8::2", SECOND);
    expect(await settled()).toEqual([`bind ${SECOND}`, `added ${SECOND}`, `removed ${FIRST}`]);
    host.become(SECOND, THIRD);
    expect(await settled()).toEqual([`bind ${THIRD}`, `added ${THIRD}`]); // Of FIRST it has been told once.
    host.become(THIRD);
    expect(await settled()).toEqual([`drop ${SECOND}`, `removed ${SECOND}`]);
    stop();
  });

  it("tells nothing of what has come back behind a wildcard meanwhile", async () => {
    const host = new Host(FIRST);
    const { happened, settled, stop } = followingPort(host, "0.0.0.0");
    host.become();
    await turn();
    host.become(FIRST);
    expect(await settled()).toEqual([`bind ${FIRST}`, `added ${FIRST}`]);
    await turn();
    expect(happened).toEqual([]);
    stop();
  });

  it("leaves alone what was there before, what is of another family, and what the host never had", async () => {
    const host = new Host(FIRST, SECOND);
    const { happened, stop, port } = followingPort(host, FIRST, "127.0.0.9");
    host.become(FIRST, SECOND, "2001:db8::1");
    await turn();
    expect(happened).toEqual([]);
    expect(port.localAddresses).toEqual([FIRST, "127.0.0.9"]);
    stop();
  });

  it("tells nothing of what it could not take up, and goes on", async () => {
    const host = new Host(FIRST);
    const { port, settled, stop } = followingPort(host, FIRST);
    port.refused.add(SECOND);
    host.become(FIRST, SECOND, THIRD);
    expect(await settled()).toEqual([`bind ${THIRD}`, `added ${THIRD}`]);
    stop();
  });

  it("follows no more when nobody wants it to", async () => {
    const host = new Host(FIRST);
    const { happened, stop, follower } = followingPort(host, FIRST);
    const other = follower.add({
      onAdded: (address) => happened.push(`other ${address}`),
      onRemoved: () => {},
    });
    stop();
    stop();
    host.become(FIRST, SECOND);
    await turn();
    expect(happened.splice(0)).toEqual([`bind ${SECOND}`, `other ${SECOND}`]);
    other();
    host.become(FIRST, SECOND, THIRD);
    await turn();
    expect(happened).toEqual([]);
  });
});

describe("followHostAddresses", () => {
  const sockets: Socket[] = [];
  const servers: Server[] = [];
  let addresses: readonly string[] = [];

  beforeEach(() => {
    addresses = [FIRST];
    vi.spyOn(THIS_HOST, "read").mockImplementation(() => addresses);
  });
  // All of them have stopped to follow before the next test begins.
  afterEach(async () => {
    const closed = servers.map((server) => once(server, "close"));
    for (const server of servers.splice(0)) server.close();
    for (const socket of sockets) if (!socket.closed) closed.push(once(socket, "close"));
    for (const socket of sockets.splice(0)) socket.destroy();
    await Promise.all(closed);
    vi.restoreAllMocks();
  });

  const become = (...all: readonly string[]): void => {
    addresses = all;
    THIS_HOST.poll();
    THIS_HOST.poll();
  };
  const DYNAMIC = { dynamicAddresses: true, rtoInitialMs: 200, rtoMinMs: 100 } as const;

  async function connected(
    serverOptions: object,
    clientOptions: object,
    host: string = SERVER,
  ): Promise<{ server: Server; client: Socket; accepted: Socket }> {
    const server = createServer({ ...DYNAMIC, ...serverOptions });
    server.listen({ port: 0, host, localUdpPort: 0 });
    await once(server, "listening");
    const { port = 0, localUdpPort = 0 } = server.address() ?? {};
    const connection = once(server, "connection") as Promise<[Socket]>;
    const client = connect({ port, host, remoteUdpPort: localUdpPort, ...DYNAMIC, ...clientOptions });
    client.on("error", () => {});
    await client.opened;
    const [accepted] = await connection;
    accepted.on("error", () => {});
    sockets.push(client, accepted);
    servers.push(server);
    return { server, client, accepted };
  }

  function pathNews(socket: Socket, address: string, state: string): Promise<void> {
    return new Promise((resolve) => {
      socket.on("path", (change) => {
        if (change.address === address && change.state === state) resolve();
      });
    });
  }

  it("keeps an association whose only address is replaced by another, again and again", async () => {
    const { client, accepted } = await connected({}, { localAddress: FIRST, followHostAddresses: true });
    const texts: string[] = [];
    accepted.on("data", ({ data }) => texts.push(String(data)));
    for (const [old, fresh] of [
      [FIRST, SECOND],
      [SECOND, THIRD],
      [THIRD, FIRST],
    ] as const) {
      await client.send(`before ${fresh}`);
      const removed = pathNews(accepted, old, "removed");
      const answered = new Promise<void>((resolve) => {
        client.on("addressChange", ({ address, change }) => {
          if (address === old && change === "remove") resolve();
        });
      });
      become(fresh);
      await client.send(`after ${fresh}`);
      await Promise.all([removed, answered]);
      expect(accepted.remoteAddresses).toEqual([fresh]);
      expect(client.localAddresses).toEqual([fresh]);
    }
    await client.send("end", { until: "delivered" });
    await vi.waitFor(() => expect(texts).toHaveLength(7));
    expect(texts.at(-1)).toBe("end");
  });

  it("begins with all addresses that reach as far as the peer, where no local one is named", async () => {
    addresses = [FIRST, SECOND, "2001:db8::7"];
    const { client, accepted } = await connected({}, { followHostAddresses: true });
    expect([...accepted.remoteAddresses].sort()).toEqual([FIRST, SECOND]);
    const added = pathNews(accepted, THIRD, "added");
    become(FIRST, SECOND, THIRD);
    await added;
    expect(client.destroyed).toBe(false);
  });

  it("is what SCTP_AUTO_ASCONF turns on and off", async () => {
    const { client, accepted } = await connected({}, { localAddress: FIRST });
    client.setOption("SCTP_AUTO_ASCONF", true);
    expect(client.getOption("SCTP_AUTO_ASCONF")).toBe(true);
    const added = pathNews(accepted, SECOND, "added");
    become(FIRST, SECOND);
    await added;
    client.setOption("SCTP_AUTO_ASCONF", false);
    become(FIRST, SECOND, THIRD);
    expect(client.getOption("SCTP_AUTO_ASCONF")).toBe(false);
  });

  it("of a server goes for all that it has accepted, and for what is to come", async () => {
    const { server, client } = await connected({ followHostAddresses: true }, {}, FIRST);
    const [added, removed] = [pathNews(client, SECOND, "added"), pathNews(client, FIRST, "removed")];
    become(SECOND);
    await added;
    await removed;
    expect(client.remoteAddresses).toEqual([SECOND]);
    expect(server.address()?.localAddresses).toEqual([SECOND]);
  });

  it("ends with the socket, and does nothing to a peer that does not know of it", async () => {
    const { client } = await connected(
      { dynamicAddresses: false },
      { localAddress: FIRST, followHostAddresses: true },
    );
    const changes = vi.fn();
    client.on("addressChange", changes);
    become(FIRST, SECOND);
    await turn();
    await client.send("on we go", { until: "delivered" });
    expect(changes).not.toHaveBeenCalled();
    client.destroy();
    await once(client, "close");
    become(FIRST, SECOND, THIRD);
    expect(THIS_HOST.all).toEqual([FIRST, SECOND, THIRD]);
  });
});
