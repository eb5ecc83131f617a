/**
 * One UDP socket, bound to one local address.
 * Owns: binding, sending from slabs, buffer sizes, what errors of the host mean (RFC 6951 5.5: none of them is fatal).
 * Does not own: when anything is sent (udp-port.ts).
 *
 * Hot: `send` goes through `dgram` once per packet; the slab comes back in a callback that is made once (slab-pool.ts).
 */
import { createSocket, type Socket as DgramSocket, type RemoteInfo, type SocketType } from "node:dgram";
import { SctpError, SctpErrorCode } from "../errors.ts";
import { addressFamily, canonicalAddress } from "../platform/address.ts";
import { debug } from "./diagnostics.ts";
import type { SendSlab, SlabPool } from "./slab-pool.ts";

/** Makes the UDP sockets; a test may pass a stand-in for `dgram.createSocket`. */
export type CreateDgramSocket = typeof createSocket;

/** What a transport tells its owner. */
export interface TransportOwner {
  onDatagram(datagram: Buffer, remote: RemoteInfo, transport: UdpTransport): void;
  /** ICMP made the host report an error, or it refused a setting; never fatal. */
  onSocketError(error: NodeJS.ErrnoException): void;
}

export interface TransportOptions {
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly socketBufferBytes: number;
  /** Where the slabs come from. */
  readonly slabs: SlabPool;
  readonly createSocket?: CreateDgramSocket | undefined;
}

export class UdpTransport {
  readonly address: string;
  readonly #socket: DgramSocket;
  readonly #owner: TransportOwner;
  readonly #slabs: SlabPool;
  #closed = false;

  /**
   * Binds at once.
   * @throws SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET
   */
  constructor(owner: TransportOwner, options: TransportOptions) {
    this.#owner = owner;
    this.address = options.address;
    this.#slabs = options.slabs;
    const type: SocketType = addressFamily(options.address) === 4 ? "udp4" : "udp6";
    const make = options.createSocket ?? createSocket;
    // With a lookup that answers at once, bind() and send() do their work before they return.
    this.#socket = make({
      type,
      ipv6Only: type === "udp6",
      lookup: (host, _options, callback) => callback(null, host, type === "udp4" ? 4 : 6),
    });
    this.#bind(options);
    this.#socket.on("message", (datagram, remote) => this.#onMessage(datagram, remote));
    this.#askForBuffers(options.socketBufferBytes);
  }

  get port(): number {
    return this.#socket.address().port;
  }
  /** What the host granted; Linux reports twice the bytes asked for. */
  get receiveBufferBytes(): number {
    return this.#socket.getRecvBufferSize();
  }
  send(slab: SendSlab, lengthBytes: number, remoteAddress: string, remotePort: number): void {
    if (this.#closed) return this.#slabs.put(slab);
    this.#slabs.inFlightCount++;
    try {
      this.#socket.send(slab.buffer, 0, lengthBytes, remotePort, remoteAddress, slab.onSent);
    } catch (error) {
      slab.onSent(error as Error);
    }
  }

  ref(): void {
    if (!this.#closed) this.#socket.ref();
  }
  unref(): void {
    if (!this.#closed) this.#socket.unref();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
  }

  #bind(options: TransportOptions): void {
    let failure: Error | undefined;
    const onError = (error: Error): void => {
      failure ??= error;
    };
    this.#socket.on("error", onError);
    this.#socket.bind({ port: options.port, address: options.address, exclusive: true });
    this.#socket.off("error", onError);
    this.#socket.on("error", (error) => this.#noteError(error)); // An ICMP error is never fatal.
    if (failure === undefined) return;
    this.#closed = true;
    throw bindError(failure, options);
  }

  #askForBuffers(bytes: number): void {
    try {
      this.#socket.setRecvBufferSize(bytes);
      this.#socket.setSendBufferSize(bytes);
    } catch (error) {
      this.#noteError(error as Error); // The host's default has to do.
    }
  }

  #onMessage(datagram: Buffer, remote: RemoteInfo): void {
    if (remote.family === "IPv6") remote.address = canonicalAddress(remote.address) ?? remote.address;
    this.#owner.onDatagram(datagram, remote, this);
  }

  #noteError(error: Error): void {
    this.#owner.onSocketError(error);
    debug("UDP socket %s: %s", this.address, error.message);
  }
}

function bindError(error: NodeJS.ErrnoException, { address, port }: TransportOptions): SctpError {
  switch (error.code) {
    case "EADDRINUSE":
      return new SctpError(
        SctpErrorCode.UdpPortInUse,
        `UDP port ${port} of ${address} is taken by another socket: choose another udpPort, or 0 for a free one`,
        { cause: error },
      );
    case "EADDRNOTAVAIL":
      return new SctpError(SctpErrorCode.UdpSocket, `${address} is not an address of this host`, {
        cause: error,
      });
    default:
      return new SctpError(
        SctpErrorCode.UdpSocket,
        `cannot bind UDP port ${port} of ${address}: ${error.message}`,
        {
          cause: error,
        },
      );
  }
}
