/** Two connected sockets on 127.0.0.1 for the Node-side tests. */
import { createSocket, type Socket as DgramSocket } from "node:dgram";
import { once } from "node:events";
import {
  type ConnectSocketOptions,
  connect,
  createServer,
  type Server,
  type ServerOptions,
  type Socket,
} from "../../src/index.ts";

export interface Pair {
  readonly server: Server;
  readonly client: Socket;
  readonly accepted: Socket;
}

export async function listening(options: ServerOptions = {}, host = "127.0.0.1"): Promise<Server> {
  const server = createServer(options);
  server.listen({ port: 0, host, localUdpPort: 0 });
  await once(server, "listening");
  return server;
}

export function connectTo(server: Server, options: Partial<ConnectSocketOptions> = {}): Socket {
  const address = server.address();
  return connect({
    port: address?.port ?? 0,
    host: address?.localAddresses[0] ?? "",
    remoteUdpPort: address?.localUdpPort ?? 0,
    ...options,
  });
}

export async function pair(
  options: {
    readonly server?: ServerOptions;
    readonly client?: Partial<ConnectSocketOptions>;
    readonly host?: string;
  } = {},
): Promise<Pair> {
  const server = await listening(options.server, options.host);
  const connection = once(server, "connection") as Promise<[Socket]>;
  const client = await connectTo(server, options.client).opened;
  const [accepted] = await connection;
  for (const socket of [client, accepted]) socket.on("error", () => {}); // Tests that mean an error look at it themselves.
  return { server, client, accepted };
}

/** A UDP port of 127.0.0.1 that another program has. */
export async function foreignSocket(): Promise<DgramSocket> {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

/** Ends everything gracefully. */
export async function finish({ server, client, accepted }: Pair): Promise<void> {
  const closed = Promise.all([once(server, "close"), once(client, "close")]);
  accepted.resume();
  client.resume();
  client.end();
  server.close();
  await closed;
}
