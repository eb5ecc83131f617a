/** A port that is bound to a wildcard, on a host that loses an address: peers forget that one (RFC 5061). */
import { createSocket, type RemoteInfo, type SocketOptions } from "node:dgram";
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import {
  connect,
  createEndpoint,
  createServer,
  type DgramSocket,
  type SctpError,
  type Server,
  type ServerOptions,
  type Socket,
  UdpPort,
} from "../../src/index.ts";

const [PEER, FIRST, SECOND] = ["127.0.0.1", "127.0.0.2", "127.0.0.3"] as const;
const DYNAMIC = { dynamicAddresses: true, rtoInitialMs: 200, rtoMinMs: 100 } as const;

const open: Array<{ destroy(): void } | { close(): unknown }> = [];

afterEach(async () => {
  for (const one of open.splice(0)) await ("destroy" in one ? one.destroy() : one.close());
});

type Listener = (...values: never[]) => void;

/** What a wildcard is bound to is on FIRST, or on SECOND once the host has moved. */
class MovingHost {
  address: string = FIRST;

  readonly createSocket = (options: SocketOptions): DgramSocket => {
    const [first, second] = [createSocket(options), createSocket(options)];
    const sockets = new Map<string, typeof first>([
      [FIRST, first],
      [SECOND, second],
    ]);
    const onMessage = (listener: Listener): void => {
      for (const [address, socket] of sockets)
        socket.on("message", (datagram: Buffer, remote: RemoteInfo) => {
          if (!isWildcard || address === this.address) listener(datagram as never, remote as never);
        });
    };
    let isWildcard = false;
    const onListening: Listener[] = [];
    const tellListening = (): void => {
      for (const listener of onListening) listener();
    };
    return {
      on: (event: string, listener: Listener) => {
        if (event === "message") onMessage(listener);
        else if (event === "listening") onListening.push(listener);
        else first.on(event as "error", listener as () => void);
      },
      bind: ({ port, address, exclusive }) => {
        isWildcard = address === "0.0.0.0";
        second.on("listening", tellListening);
        first.on("listening", () => {
          if (isWildcard) second.bind({ port: first.address().port, address: SECOND, exclusive });
          else tellListening();
        });
        first.bind({ port, address: isWildcard ? FIRST : address, exclusive });
      },
      address: () => first.address(),
      setRecvBufferSize: (bytes) => first.setRecvBufferSize(bytes),
      setSendBufferSize: (bytes) => first.setSendBufferSize(bytes),
      getSendBufferSize: () => first.getSendBufferSize(),
      send: (...rest) => (isWildcard && this.address === SECOND ? second : first).send(...rest),
      ref: () => first.ref(),
      unref: () => {
        first.unref();
        second.unref();
      },
      close: () => {
        first.close();
        second.close();
      },
    };
  };
}

async function listening(options: ServerOptions, host: string): Promise<Server> {
  const server = createServer(options);
  open.push(server);
  server.listen({ port: 0, host, localUdpPort: 0 });
  await once(server, "listening");
  return server;
}

interface Ends {
  readonly client: Socket;
  readonly accepted: Socket;
}

async function connected(server: Server, host: string, options: object): Promise<Ends> {
  const connection = once(server, "connection") as Promise<[Socket]>;
  const { port = 0, localUdpPort: remoteUdpPort } = server.address() ?? {};
  const client = connect({ port, host, remoteUdpPort, ...DYNAMIC, ...options });
  const [accepted] = await Promise.all([connection.then(([socket]) => socket), client.opened]);
  for (const socket of [client, accepted]) {
    socket.on("error", () => {});
    open.push(socket);
  }
  return { client, accepted };
}

/** A client on a wildcard. */
async function wildcard(): Promise<Ends & { readonly host: MovingHost }> {
  const host = new MovingHost();
  const server = await listening(DYNAMIC, PEER);
  const udp = await UdpPort.open({
    localUdpPort: 0,
    localAddresses: ["0.0.0.0"],
    createSocket: host.createSocket,
  });
  open.push(udp);
  return { host, ...(await connected(server, PEER, { udp })) };
}

async function next(socket: Socket): Promise<string> {
  const [message] = (await once(socket, "data")) as [{ data: Buffer }];
  return message.data.toString();
}

async function talks({ client, accepted }: Ends): Promise<void> {
  const [there, back] = [next(accepted), next(client)];
  await Promise.all([client.send("there"), accepted.send("back")]);
  expect([await there, await back]).toEqual(["there", "back"]);
}

const errorOf = (promise: Promise<unknown>): Promise<SctpError | undefined> =>
  promise.then(
    () => undefined,
    (error: SctpError) => error,
  );

describe("behind a wildcard", () => {
  it("an address that the host has lost is forgotten by the peer, in one step with the one in its place", async () => {
    const { host, ...ends } = await wildcard();
    expect(ends.accepted.remoteAddresses).toEqual([FIRST]);
    host.address = SECOND;
    await Promise.all([ends.client.bindAddress(SECOND), ends.client.unbindAddress(FIRST)]);
    expect(ends.accepted.remoteAddresses).toEqual([SECOND]);
    await talks(ends);
  });

  it("an address is kept by the peer while the host sends from there, which is said, and the association goes on", async () => {
    const { host, ...ends } = await wildcard();
    await ends.client.bindAddress(SECOND);
    const error = await errorOf(ends.client.unbindAddress(FIRST));
    expect(error?.code).toBe("ERR_SCTP_ADDRESS_CHANGE_DENIED");
    expect(error?.message).toMatch(/cannot unbind 127\.0\.0\.2: .*Source/);
    await talks(ends);
    host.address = SECOND;
    await ends.client.unbindAddress(FIRST);
    expect(ends.accepted.remoteAddresses).toEqual([SECOND]);
    await talks(ends);
  });

  it("the wildcard itself is no address that anybody forgets", async () => {
    const { client } = await wildcard();
    const error = await errorOf(client.unbindAddress("0.0.0.0"));
    expect(error?.code).toBe("ERR_SCTP_INVALID_ADDRESS");
    expect(error?.message).toMatch(/stands for all addresses of this host/);
  });

  it("the peers of a server forget what its host has lost, and it listens as before", async () => {
    const host = new MovingHost();
    const server = await listening({ ...DYNAMIC, createSocket: host.createSocket }, "0.0.0.0");
    const ends = await connected(server, FIRST, { localAddress: PEER, localUdpPort: 0 });
    host.address = SECOND;
    await Promise.all([server.bindAddress(SECOND), server.unbindAddress(FIRST)]);
    expect(ends.client.remoteAddresses).toEqual([SECOND]);
    expect(server.address()?.localAddresses).toEqual(["0.0.0.0", SECOND]);
    await talks(ends);
    const later = await connected(server, SECOND, { localAddress: PEER, localUdpPort: 0 });
    await talks(later);
    await server.unbindAddress(SECOND); // Which is no loss of the host's: the server does without it.
    expect(server.address()?.localAddresses).toEqual(["0.0.0.0"]);
  });

  it("the peers of an endpoint forget what its host has lost", async () => {
    const host = new MovingHost();
    const server = await listening(DYNAMIC, PEER);
    const endpoint = createEndpoint({ createSocket: host.createSocket });
    open.push(endpoint);
    endpoint.setOption("SCTP_ASCONF_SUPPORTED", true, "future");
    await endpoint.bind({ localAddresses: ["0.0.0.0"], localUdpPort: 0 });
    const connection = once(server, "connection") as Promise<[Socket]>;
    const { port = 0, localUdpPort: remoteUdpPort } = server.address() ?? {};
    const id = await endpoint.connectx([PEER], port, { remoteUdpPort });
    const [accepted] = await connection;
    open.push(accepted);
    host.address = SECOND;
    await endpoint.bindAddress(SECOND);
    await endpoint.unbindAddress(FIRST);
    expect(accepted.remoteAddresses).toEqual([SECOND]);
    const heard = next(accepted);
    await endpoint.send(id, "from elsewhere", { until: "delivered" });
    expect(await heard).toBe("from elsewhere");
  });
});
