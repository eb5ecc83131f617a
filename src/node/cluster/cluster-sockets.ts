/**
 * UDP sockets for the workers of a cluster.
 * Owns: sockets that share a port (SO_REUSEPORT), whether the host has them, and a stand-in for a socket that the parent
 * holds. Does not own: reading, sending and closing them (udp-transport.ts).
 */
import { createSocket, type Socket as DgramSocket, type SocketOptions } from "node:dgram";
import { EventEmitter } from "node:events";
import { NO_WORKER } from "../../cluster/member.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";
import type { DatagramLink } from "./cluster-link.ts";

/** Since Node 22.12; elsewhere the option is not looked at. */
interface ReusingOptions extends SocketOptions {
  readonly reusePort: boolean;
}

/** `dgram.createSocket` for sockets that share their port, the kernel spreading peers over them. */
export const createReusingSocket: CreateDgramSocket = (options: SocketOptions | string) => {
  const given = typeof options === "string" ? ({ type: options } as SocketOptions) : options;
  const reusing: ReusingOptions = { ...given, reusePort: true };
  return createSocket(reusing);
};

/** Whether two sockets of this host can share a UDP port so that each gets its part of the peers: tries it. */
export function canReusePort(): boolean {
  // Elsewhere the option exists, but one socket gets everything.
  if (process.platform !== "linux" && process.platform !== "freebsd") return false;
  const sockets: DgramSocket[] = [];
  let refused = false;
  const bound = (port: number): number => {
    const socket = createReusingSocket({ type: "udp4", lookup: (host, _, done) => done(null, host, 4) });
    sockets.push(socket);
    socket.on("error", () => {
      refused = true;
    });
    socket.bind({ port, address: "127.0.0.1", exclusive: true });
    return refused ? 0 : socket.address().port;
  };
  try {
    const port = bound(0);
    if (!refused) bound(port);
    return !refused;
  } catch {
    return false;
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/**
 * As much of a `dgram.Socket` as `UdpTransport` uses, for a socket that is the parent's: what is sent goes there. What
 * the parent receives comes another way (cluster-worker.ts).
 */
class RelayedSocket extends EventEmitter {
  readonly #link: DatagramLink;
  readonly #localIndex: number;
  readonly #port: number;
  #bufferBytes = 0;

  constructor(link: DatagramLink, localIndex: number, port: number) {
    super();
    this.#link = link;
    this.#localIndex = localIndex;
    this.#port = port;
  }

  bind(): this {
    this.emit("listening"); // The parent has bound it.
    return this;
  }
  address(): { readonly port: number } {
    return { port: this.#port };
  }

  send(datagram: Buffer, port: number, address: string, onSent: (error: Error | null) => void): void {
    const passage = {
      address,
      port,
      localIndex: this.#localIndex,
      ingress: NO_WORKER,
      step: 0,
      settled: true,
    };
    this.#link.add(datagram, passage, () => onSent(null));
  }

  setRecvBufferSize(bytes: number): void {
    this.#bufferBytes = bytes; // The parent asked the host for it.
  }
  setSendBufferSize(bytes: number): void {
    this.#bufferBytes = bytes;
  }
  getSendBufferSize(): number {
    return this.#bufferBytes;
  }
  ref(): this {
    return this; // The channel to the parent keeps the worker alive.
  }
  unref(): this {
    return this;
  }
  close(): this {
    return this;
  }
}

/** A `createSocket` whose sockets stand for the parent's, in the order in which they are made. */
export function relayedSockets(link: DatagramLink, port: number): CreateDgramSocket {
  let count = 0;
  return () => new RelayedSocket(link, count++, port) as unknown as DgramSocket;
}
