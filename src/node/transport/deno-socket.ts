/**
 * UDP sockets as Deno has them, made to do what transports expect of `node:dgram`.
 * Owns: the ways in which Deno's (2.9) cost most, and when they are put right. Does not own: what is done with a socket
 * (udp-transport.ts), what is only told of (runtimes/lacks.ts).
 *
 * A "receive buffer" is no matter of the host there, but the memory that each datagram is read into: 4 MiB for 28 bytes.
 * Left alone it is 64 KiB, and a message that waits to be read would hold all of it: so each datagram moves to its own.
 * `unref()` holds from the next read on only: a socket that waits for a datagram goes on keeping the process alive.
 */
import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from "node:dgram";

/** A timer may wait no longer. */
const LONGEST_MS = 0x7fff_ffff;

/** `dgram.createSocket` of this runtime. */
export const createHostSocket: (options: SocketOptions) => Socket =
  process.versions["deno"] === undefined ? createSocket : (options) => asOnNode(createSocket(options));

/** @param socket not bound yet, and without listeners to "message" */
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
  socket.once("error", release); // It could not be bound.
  socket.once("close", release);
  socket.setRecvBufferSize = () => {};
  const emit = socket.emit.bind(socket) as (...all: unknown[]) => boolean;
  socket.emit = (event: string, ...values: unknown[]) =>
    event === "message" ? emit(event, ...moved(values as [Buffer, RemoteInfo])) : emit(event, ...values);
  return socket.ref();
}

function moved([datagram, remote]: [Buffer, RemoteInfo]): [Buffer, RemoteInfo] {
  const { buffer, byteOffset, length } = datagram;
  return [Buffer.from(buffer.slice(byteOffset, byteOffset + length)), remote];
}
