/**
 * One UDP socket, bound to one local address.
 * Owns: binding, sending from slabs, buffer sizes, what errors of the host mean (RFC 6951 5.5: none of them is fatal).
 * Does not own: which sockets there are (open-transports.ts), when anything is sent (udp-port.ts).
 *
 * Hot: `send` goes through `dgram` once per packet, with a view that mostly exists already (`dgram` makes one itself if it
 * is given an offset and a length); the slab comes back in a callback that is made once (slab-pool.ts).
 */
import { createSocket, type Socket as DgramSocket, type RemoteInfo, type SocketType } from "node:dgram";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { addressFamily, canonicalAddress } from "../../platform/address.ts";
import { debug } from "../common/diagnostics.ts";
import type { SendSlab, SlabPool } from "./slab-pool.ts";

/** The largest UDP payload over IPv4. */
const MAX_UDP_PAYLOAD_BYTES = 65_507;

/** Makes the UDP sockets; a test may pass a stand-in for `dgram.createSocket`. */
export type CreateDgramSocket = typeof createSocket;

/** Whom a transport serves. */
export interface TransportOwner {
  /** Where the slabs come from and go back to. */
  readonly slabs: SlabPool;
  onDatagram(datagram: Buffer, remote: RemoteInfo, transport: UdpTransport): void;
  /** ICMP made the host report an error, or it refused a setting; never fatal. */
  onSocketError(error: NodeJS.ErrnoException): void;
}

export interface TransportOptions {
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly socketBufferBytes: number;
  readonly createSocket?: CreateDgramSocket | undefined;
}

export class UdpTransport {
  readonly address: string;
  /** Datagrams and errors go nowhere until there is an owner. */
  owner: TransportOwner | undefined;
  readonly #socket: DgramSocket;
  readonly #socketBufferBytes: number;
  /** Undefined while it is not known yet whether the host lets it bind. */
  #outcome: "bound" | SctpError | undefined;
  #onOutcome: () => void = () => {};
  #closed = false;
  #maxDatagramBytes = MAX_UDP_PAYLOAD_BYTES;

  /** Begins to bind. Node and Deno have done so when this returns, others do it later: see `whenBound`. */
  constructor(options: TransportOptions) {
    const { address, port } = options;
    this.address = address;
    this.#socketBufferBytes = options.socketBufferBytes;
    const type: SocketType = addressFamily(address) === 4 ? "udp4" : "udp6";
    const make = options.createSocket ?? createSocket;
    // With a lookup that answers at once, bind() and send() do their work before they return.
    this.#socket = make({
      type,
      ipv6Only: type === "udp6",
      lookup: (host, _options, callback) => callback(null, host, type === "udp4" ? 4 : 6),
    });
    this.#socket.on("error", (error) => {
      if (this.#outcome === undefined) this.#settle(bindError(error, options));
      else this.#noteError(error);
    });
    this.#socket.on("listening", () => this.#settle("bound"));
    this.#socket.on("message", (datagram, remote) => this.#onMessage(datagram, remote));
    this.#socket.bind({ port, address, exclusive: true });
  }

  /** Undefined while it is not known yet; an error means that the socket is closed. */
  get outcome(): "bound" | SctpError | undefined {
    return this.#outcome;
  }
  get port(): number {
    return this.#socket.address().port;
  }
  /** The largest datagram that the host lets out. On macOS that is its send buffer: 9,216 bytes unless it grants more. */
  get maxDatagramBytes(): number {
    return this.#maxDatagramBytes;
  }

  /** Resolves when `outcome` is known. */
  whenBound(): Promise<void> {
    if (this.#outcome !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onOutcome = resolve;
    });
  }

  send(slab: SendSlab, lengthBytes: number, remoteAddress: string, remotePort: number): void {
    const slabs = this.owner?.slabs;
    if (slabs === undefined) return;
    if (this.#closed) return slabs.put(slab);
    slabs.inFlightCount++;
    slab.lengthBytes = lengthBytes;
    slab.remoteAddress = remoteAddress;
    try {
      this.#socket.send(slab.packet(lengthBytes), remotePort, remoteAddress, slab.onSent);
    } catch (error) {
      slab.onSent(error as Error);
    }
  }

  /** Sends bytes that are left alone until `onDone`. */
  sendBytes(bytes: Uint8Array, remoteAddress: string, remotePort: number, onDone: () => void): void {
    if (this.#closed) return onDone();
    const onSent = (error: Error | null): void => {
      if (error !== null) this.#noteError(error);
      onDone();
    };
    try {
      this.#socket.send(bytes, remotePort, remoteAddress, onSent);
    } catch (error) {
      onSent(error as Error);
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

  #settle(outcome: "bound" | SctpError): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    if (outcome === "bound") this.#askForBuffers();
    else this.#closed = true;
    this.#onOutcome();
  }

  #askForBuffers(): void {
    for (const ask of ["setRecvBufferSize", "setSendBufferSize"] as const) {
      try {
        this.#socket[ask](this.#socketBufferBytes);
      } catch (error) {
        this.#noteError(error as Error); // The host's default has to do.
      }
    }
    try {
      this.#maxDatagramBytes = Math.min(MAX_UDP_PAYLOAD_BYTES, this.#socket.getSendBufferSize());
    } catch (error) {
      this.#noteError(error as Error);
    }
  }

  #onMessage(datagram: Buffer, remote: RemoteInfo): void {
    if (remote.family === "IPv6") remote.address = canonicalAddress(remote.address) ?? remote.address;
    this.owner?.onDatagram(datagram, remote, this);
  }

  #noteError(error: Error): void {
    this.owner?.onSocketError(error);
    debug("UDP socket %s: %s", this.address, error.message);
  }
}

function bindError(error: NodeJS.ErrnoException, { address, port }: TransportOptions): SctpError {
  const cause = error;
  switch (error.code) {
    case "EADDRINUSE":
      return new SctpError(
        SctpErrorCode.UdpPortInUse,
        `UDP port ${port} of ${address} is taken by another socket: choose another udpPort, or 0 for a free one`,
        { cause },
      );
    case "EADDRNOTAVAIL":
      return new SctpError(SctpErrorCode.UdpSocket, `${address} is not an address of this host`, { cause });
    case "EACCES":
      return new SctpError(
        SctpErrorCode.UdpSocket,
        `the host does not allow UDP port ${port}: choose another udpPort, or 0 for a free one`,
        { cause },
      );
    default:
      return new SctpError(
        SctpErrorCode.UdpSocket,
        `cannot bind UDP port ${port} of ${address}: ${error.message}`,
        { cause },
      );
  }
}
