/** Addresses that come and go while an association lives (RFC 5061), with UDP sockets on several addresses of the loopback interface. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  connect,
  createServer,
  type LocalAddressChange,
  type PathChange,
  type SctpError,
  type Server,
  type ServerOptions,
  Socket,
  UdpPort,
} from "../../src/index.ts";
import { foreignSocket } from "./pair.ts";

const [SERVER, FIRST, SECOND, THIRD] = ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"] as const;
/** Of no host (RFC 5737). */
const NOWHERE = "192.0.2.77";
const DYNAMIC = { dynamicAddresses: true, rtoInitialMs: 200, rtoMinMs: 100 } as const;

const open: Array<{ destroy(): void } | { close(): void }> = [];

afterEach(() => {
  for (const one of open.splice(0)) "destroy" in one ? one.destroy() : one.close();
});

interface Ends {
  readonly server: Server;
  /** On FIRST alone. */
  readonly client: Socket;
  readonly accepted: Socket;
}

async function listening(options: ServerOptions = DYNAMIC): Promise<Server> {
  const server = createServer(options);
  open.push(server);
  server.listen({ port: 0, host: SERVER, localUdpPort: 0 });
  await once(server, "listening");
  return server;
}

async function connected(server: Server, options: object = DYNAMIC, from: string = FIRST): Promise<Ends> {
  const connection = once(server, "connection") as Promise<[Socket]>;
  const { port = 0, localUdpPort = 0 } = server.address() ?? {};
  const client = connect({
    port,
    host: SERVER,
    remoteUdpPort: localUdpPort,
    localAddress: from,
    localUdpPort: 0,
    ...options,
  });
  open.push(client);
  client.on("error", () => {});
  await client.opened;
  const [accepted] = await connection;
  open.push(accepted);
  accepted.on("error", () => {});
  return { server, client, accepted };
}

const ends = async (): Promise<Ends> => connected(await listening());

/** Resolves when a path has come into that state. */
function pathOf(socket: Socket, address: string, state: PathChange["state"]): Promise<void> {
  return new Promise((resolve) => {
    const onPath = (change: PathChange): void => {
      if (change.address !== address || change.state !== state) return;
      socket.off("path", onPath);
      resolve();
    };
    socket.on("path", onPath);
  });
}

async function errorOf(promise: Promise<unknown>): Promise<SctpError> {
  return await promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: SctpError) => error,
  );
}

/** The next message. */
async function next(socket: Socket): Promise<string> {
  const [message] = (await once(socket, "data")) as [{ data: Buffer }];
  return message.data.toString();
}

describe("bindAddress()", () => {
  it("gives the peer one more path, which it confirms, and data goes there when the first one is unbound", async () => {
    const { client, accepted } = await ends();
    const added = pathOf(accepted, SECOND, "added");
    const confirmed = pathOf(accepted, SECOND, "active");
    const changes: LocalAddressChange[] = [];
    client.on("addressChange", (change) => changes.push(change));
    await client.bindAddress(SECOND);
    await added;
    await confirmed;
    expect([...accepted.remoteAddresses].sort()).toEqual([FIRST, SECOND]);
    const removed = pathOf(accepted, FIRST, "removed");
    await client.unbindAddress(FIRST);
    await removed;
    expect(accepted.remoteAddresses).toEqual([SECOND]);
    expect(client.localAddresses).toEqual([SECOND]);
    const [there, back] = [next(accepted), next(client)];
    await Promise.all([client.send("there"), accepted.send("back")]);
    expect([await there, await back]).toEqual(["there", "back"]);
    expect(changes).toEqual([
      { change: "add", address: SECOND, outcome: "performed", reason: "" },
      { change: "remove", address: FIRST, outcome: "performed", reason: "" },
    ]);
  });

  it("of another address before the only one is unbound moves an association in mid-transfer, and nothing is lost", async () => {
    const { client, accepted } = await ends();
    const count = 400;
    const received: number[] = [];
    const all = new Promise<void>((resolve) => {
      accepted.on("data", ({ data }) => {
        received.push((data as Buffer).readUInt32BE());
        if (received.length === count) resolve();
      });
    });
    const send = async (from: number, to: number): Promise<void> => {
      for (let i = from; i < to; i++) {
        const data = Buffer.alloc(4_000);
        data.writeUInt32BE(i);
        await client.send(data);
      }
    };
    const moved = (async () => {
      for (const [old, fresh] of [
        [FIRST, SECOND],
        [SECOND, THIRD],
        [THIRD, FIRST],
      ] as const)
        await Promise.all([client.bindAddress(fresh), client.unbindAddress(old)]);
    })();
    await send(0, count / 2);
    await moved;
    await send(count / 2, count);
    await all;
    expect(received).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(accepted.remoteAddresses).toEqual([FIRST]);
    expect(client.stats().retransmittedAddressChanges).toBeLessThan(6);
  });

  it.each([
    ["nonsense", "ERR_SCTP_INVALID_ADDRESS"],
    ["0.0.0.0", "ERR_SCTP_INVALID_ADDRESS"],
    [FIRST, "ERR_SCTP_INVALID_ADDRESS"],
    [NOWHERE, "EADDRNOTAVAIL"],
  ])("refuses %s, with %s, and the association goes on", async (address, code) => {
    const { client, accepted } = await ends();
    const error = await errorOf(client.bindAddress(address));
    expect(error.code).toBe(code);
    if (code === "EADDRNOTAVAIL") expect(error).toMatchObject({ address, port: client.localUdpPort });
    const heard = next(accepted);
    await client.send("still here");
    expect(await heard).toBe("still here");
  });

  it("refuses an address where another program has the UDP port, telling both", async () => {
    const foreign = await foreignSocket();
    const { port } = foreign.address();
    const udp = await UdpPort.open({ localUdpPort: port, localAddresses: [FIRST] });
    open.push(udp);
    const server = await listening();
    const { client } = await connected(server, {
      ...DYNAMIC,
      localAddress: undefined,
      localUdpPort: undefined,
      udp,
    });
    const error = await errorOf(client.bindAddress(SERVER));
    expect(error).toMatchObject({ code: "EADDRINUSE", address: SERVER, port });
    foreign.close();
  });

  it("fails where either end has not switched it on, opening no socket", async () => {
    const server = await listening({});
    const { client, accepted } = await connected(server);
    const without = await connected(await listening(), {});
    for (const [socket, sentence] of [
      [client, /the peer does not know/],
      [accepted, /the option dynamicAddresses forbids/],
      [without.client, /the option dynamicAddresses forbids/],
    ] as const) {
      const error = await errorOf(socket.bindAddress(THIRD));
      expect(error.code).toBe("ERR_SCTP_NOT_SUPPORTED");
      expect(error.message).toMatch(sentence);
      expect(socket.localAddresses).not.toContain(THIRD);
    }
  });

  it("fails before there is an association, and when it has ended, also while the peer is being asked", async () => {
    expect((await errorOf(new Socket().bindAddress(SECOND))).code).toBe("ERR_SCTP_NOT_CONNECTED");
    const { client } = await ends();
    await client.bindAddress(SECOND);
    const asked = errorOf(client.setPeerPrimary(SECOND));
    await new Promise<void>((resolve) => setImmediate(resolve)); // It is asked, and nothing is read in between.
    client.destroy();
    expect((await asked).code).toBe("ERR_SCTP_CLOSED");
    expect((await errorOf(client.bindAddress(SECOND))).code).toBe("ERR_SCTP_CLOSED");
  });
});

/** A host that loses addresses: no socket can be bound to such a one, and nothing leaves from there or comes there. */
function losingHost() {
  const lost = new Set<string>();
  const silent = new Set<string>();
  let onSilenced: (() => void) | undefined;
  return {
    lost,
    /** Until it is lost as well, nobody is told of that. @returns resolves when something has been sent in vain */
    silence: (address: string): Promise<void> => {
      silent.add(address);
      return new Promise((resolve) => {
        onSilenced = resolve;
      });
    },
    createSocket: (options: Parameters<typeof createSocket>[0]) => {
      const socket = createSocket(options);
      const [bind, send, emit] = [
        socket.bind.bind(socket),
        socket.send.bind(socket),
        socket.emit.bind(socket),
      ];
      let own = "";
      const stops = (): boolean => lost.has(own) || silent.has(own);
      return Object.assign(socket, {
        bind: (to: { readonly port: number; readonly address: string }) => {
          own = to.address;
          if (!lost.has(own)) return bind(to);
          return emit("error", Object.assign(new Error("no such address"), { code: "EADDRNOTAVAIL" }));
        },
        send: (packet: Uint8Array, port: number, address: string, onSent: (error: Error | null) => void) => {
          if (!stops()) return send(packet, port, address, onSent);
          onSilenced?.();
          onSent(lost.has(own) ? Object.assign(new Error("no way"), { code: "EINVAL" }) : null);
        },
        emit: (event: string, ...words: unknown[]) =>
          event === "message" && stops() ? false : emit(event, ...words),
      });
    },
  };
}

describe("an address that the host has lost", () => {
  const moved = async ({ client, accepted }: Ends): Promise<void> => {
    expect(accepted.remoteAddresses).toEqual([SECOND]);
    expect(client.localAddresses).toEqual([SECOND]);
    const [there, back] = [next(accepted), next(client)];
    await Promise.all([client.send("there"), accepted.send("back")]);
    expect([await there, await back]).toEqual(["there", "back"]);
  };

  it("is replaced by one that it has: the peer is asked from there, for both at once", async () => {
    const { lost, createSocket } = losingHost();
    const both = await connected(await listening(), { ...DYNAMIC, createSocket });
    lost.add(FIRST);
    await Promise.all([both.client.bindAddress(SECOND), both.client.unbindAddress(FIRST)]);
    await moved(both);
    expect(both.client.stats().retransmittedAddressChanges).toBe(0);
  });

  it("does not keep the peer from hearing of another one, which is bound alone", async () => {
    const { lost, createSocket } = losingHost();
    const { client, accepted } = await connected(await listening(), { ...DYNAMIC, createSocket });
    lost.add(FIRST);
    await client.bindAddress(SECOND);
    expect([...accepted.remoteAddresses].sort()).toEqual([FIRST, SECOND]);
    expect(client.localAddresses).toEqual([SECOND]);
  });

  it("is waited for no more when it is unbound, even if the peer has been asked from there", async () => {
    const { lost, silence, createSocket } = losingHost();
    const both = await connected(await listening(), { ...DYNAMIC, createSocket });
    const inVain = silence(FIRST);
    const bound = both.client.bindAddress(SECOND);
    await inVain;
    lost.add(FIRST);
    await Promise.all([bound, both.client.unbindAddress(FIRST)]);
    await moved(both);
  });
});

describe("unbindAddress()", () => {
  it.each([
    ["nonsense", /not an IPv4 or IPv6 literal/],
    [THIRD, /none of the addresses/],
    [FIRST, /the last address/],
  ])("refuses %s", async (address, sentence) => {
    const { client } = await ends();
    const error = await errorOf(client.unbindAddress(address));
    expect(error.code).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(error.message).toMatch(sentence);
  });
});

describe("setPeerPrimary()", () => {
  it("makes the peer send to that address of ours", async () => {
    const { client, accepted } = await ends();
    const confirmed = pathOf(accepted, SECOND, "active");
    await client.bindAddress(SECOND);
    await confirmed;
    expect(accepted.remoteAddress).toBe(FIRST);
    await client.setPeerPrimary(SECOND);
    expect(accepted.remoteAddress).toBe(SECOND);
    expect((await errorOf(client.setPeerPrimary(THIRD))).code).toBe("ERR_SCTP_INVALID_ADDRESS");
  });
});

describe("a server's addresses", () => {
  it("come and go for all its associations, and for those to come", async () => {
    const { server, client } = await ends();
    const bystander = await connected(server, {}, SECOND);
    const added = pathOf(client, THIRD, "active");
    await server.bindAddress(THIRD);
    await added;
    expect(server.address()?.localAddresses).toEqual([SERVER, THIRD]);
    expect(bystander.client.remoteAddresses).toEqual([SERVER]);
    const later = await connected(server);
    expect([...later.client.remoteAddresses].sort()).toEqual([SERVER, THIRD]);
    const removed = pathOf(client, THIRD, "removed");
    await server.unbindAddress(THIRD);
    await removed;
    expect(client.remoteAddresses).toEqual([SERVER]);
    const last = await connected(server);
    expect(last.client.remoteAddresses).toEqual([SERVER]);
  });

  it("are refused where they are none, and while it does not listen", async () => {
    const server = await listening();
    expect((await errorOf(server.bindAddress("nonsense"))).code).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect((await errorOf(server.bindAddress(NOWHERE))).code).toBe("EADDRNOTAVAIL");
    expect((await errorOf(server.unbindAddress(SERVER))).message).toMatch(/the last address/);
    expect((await errorOf(server.unbindAddress(THIRD))).message).toMatch(/none of the addresses/);
    server.close();
    expect((await errorOf(server.bindAddress(THIRD))).code).toBe("ERR_SCTP_CLOSED");
    expect((await errorOf(server.unbindAddress(SERVER))).code).toBe("ERR_SCTP_CLOSED");
  });
});
