/**
 * A server and a client on 127.0.0.1 whose streams stand for TCP connections.
 * Owns: the association, a fresh stream for each connection. Does not own: what runs over them (the tests).
 */
import { once } from "node:events";
import type { Duplex } from "node:stream";
import { connect, createServer } from "../../src/index.ts";

export interface Carrier {
  /** Another connection to the server. */
  readonly open: () => Duplex;
  /** Waits for all connections to have closed, then ends the association gracefully. */
  readonly close: () => Promise<void>;
}

/**
 * @param onConnection gets the server's end of each connection
 * @param allowHalfOpen of both ends of each connection; to be true under TLS, see there
 */
export async function carrier(
  onConnection: (connection: Duplex) => void,
  allowHalfOpen: boolean = false,
): Promise<Carrier> {
  const closings: Promise<unknown>[] = [];
  const watched = (connection: Duplex): Duplex => {
    closings.push(new Promise((resolve) => connection.once("close", resolve)));
    return connection;
  };
  const server = createServer({ outboundStreams: 64, maxInboundStreams: 64 }, (socket) => {
    socket.on("error", () => {}); // Each connection tells its own user.
    socket.on("stream", (stream) => onConnection(watched(stream.toNode({ allowHalfOpen }))));
  });
  server.listen({ port: 7, host: "127.0.0.1", localUdpPort: 0 });
  await once(server, "listening");
  const remoteUdpPort = server.address()?.localUdpPort;
  const socket = await connect({ port: 7, host: "127.0.0.1", remoteUdpPort, outboundStreams: 64 }).opened;
  let streamId = 0;
  return {
    open: () => watched(socket.stream(streamId++).toNode({ allowHalfOpen })),
    close: async () => {
      await Promise.all(closings);
      const closed = Promise.all([once(socket, "close"), once(server, "close")]);
      socket.end();
      server.close();
      await closed;
    },
  };
}
