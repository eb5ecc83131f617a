/**
 * UDP sockets for the workers of a cluster.
 * Owns: sockets that share a port (SO_REUSEPORT), whether the host has them, and the transport in place of a socket that
 * the parent holds. Does not own: reading, sending and closing sockets (udp-transport.ts).
 */
import type { SocketOptions } from "node:dgram";
import { NO_WORKER } from "../../cluster/member.ts";
import { createHostSocket } from "../transport/deno-socket.ts";
import {
  MAX_DATAGRAM_BYTES,
  type OnSent,
  type Transport,
  type TransportOwner,
} from "../transport/transport.ts";
import type { DgramSocket } from "../transport/udp-transport.ts";
import type { DatagramLink } from "./cluster-link.ts";

/** Since Node 22.12; elsewhere the option is not looked at. */
interface ReusingOptions extends SocketOptions {
  readonly reusePort: boolean;
}

/** `dgram.createSocket` for sockets that share their port, the kernel spreading peers over them. */
export function createReusingSocket(options: SocketOptions): DgramSocket {
  const reusing: ReusingOptions = { ...options, reusePort: true };
  return createHostSocket(reusing);
}

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

export interface RelayOptions {
  readonly link: DatagramLink;
  /** The socket's place among the parent's. */
  readonly localIndex: number;
  readonly localAddress: string;
  readonly localUdpPort: number;
  /** What the parent asked the host for. */
  readonly socketBufferBytes: number | undefined;
}

/**
 * Stands for a socket that is the parent's: what is sent goes there. What the parent receives comes another way
 * (cluster-worker.ts).
 */
export class RelayedTransport implements Transport {
  readonly localAddress: string;
  readonly localUdpPort: number;
  readonly maxDatagramBytes: number;
  owner: TransportOwner | undefined;
  readonly #link: DatagramLink;
  readonly #localIndex: number;

  constructor({ link, localIndex, localAddress, localUdpPort, socketBufferBytes }: RelayOptions) {
    this.#link = link;
    this.#localIndex = localIndex;
    this.localAddress = localAddress;
    this.localUdpPort = localUdpPort;
    this.maxDatagramBytes = Math.min(MAX_DATAGRAM_BYTES, socketBufferBytes ?? MAX_DATAGRAM_BYTES);
  }

  send(datagram: Uint8Array, address: string, port: number, onSent: OnSent): void {
    const localIndex = this.#localIndex;
    const passage = { address, port, localIndex, ingress: NO_WORKER, step: 0, settled: true };
    this.#link.add(datagram, passage, () => onSent(null));
  }

  /** It is the channel to the parent that keeps the worker alive. */
  ref(): void {}
  unref(): void {}
  /** The parent closes its sockets. */
  close(): void {}
}
