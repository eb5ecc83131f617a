/**
 * UDP sockets as Deno has them, made to do what transports expect of `node:dgram`.
 * Owns: the two ways in which Deno's (2.9) cost most, and when they are put right. Does not own: what is done with a socket
 * (udp-transport.ts), what is only told of (runtimes/lacks.ts).
 *
 * Deno reads each datagram into fresh memory as large as the receive buffer that was asked for: 4 MiB for 28 bytes.
 * `unref()` holds from the next read on only: a socket that waits for a datagram goes on keeping the process alive.
 */
import { createSocket, type Socket, type SocketOptions } from "node:dgram";

/** A timer may wait no longer. */
const LONGEST_MS = 0x7fff_ffff;

/** `dgram.createSocket` of this runtime. */
export const createHostSocket: (options: SocketOptions) => Socket =
  process.versions["deno"] === undefined ? createSocket : (options) => asOnNode(createSocket(options));

/** @param socket not bound yet */
export function asOnNode(socket: Socket): Socket {
  socket.unref(); // Before it is bound: the first read knows of it.
  let hold: NodeJS.Timeout | undefined;
  const release = (): Socket => {
    clearInterval(hold);
    hold = undefined;
    return socket;
  };
  socket.ref = () => {
    hold ??= setInterval(() => {}, LONGEST_MS); // Does nothing, but a process waits for it.
    return socket;
  };
  socket.unref = release;
  socket.once("error", release); // It was not bound: what comes later is no 'error' of a socket that only sends to addresses.
  socket.once("close", release);
  socket.setRecvBufferSize = () => {}; // The host's default has to do.
  return socket.ref();
}
