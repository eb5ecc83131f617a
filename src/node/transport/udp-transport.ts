/**
 * One UDP socket, bound to one local address.
 * Owns: binding, buffer sizes, what errors of the host mean (RFC 6951 5.5: none of them is fatal).
 * Does not own: which sockets there are (open-transports.ts), when anything is sent (port-driver.ts).
 *
 * Hot: `send` goes through `dgram` once per packet, with a view (`dgram` makes one itself if it is given an offset and a
 * length) and a callback that the caller has made already (slab-pool.ts).
 */
import type { RemoteInfo, SocketOptions } from "node:dgram";
import { type SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkArgument, hasMethods, type Kind } from "../../base/option-check.ts";
import { addressFamily, canonicalAddress } from "../../platform/address.ts";
import { debug } from "../common/diagnostics.ts";
import { hostError } from "../common/host-error.ts";
import { createHostSocket } from "./deno-socket.ts";
import { MAX_DATAGRAM_BYTES, type OnSent, type Transport, type TransportOwner } from "./transport.ts";

/** As much of a `dgram.Socket` as is used. */
export interface DgramSocket {
  on(event: "error", listener: (error: NodeJS.ErrnoException) => void): unknown;
  on(event: "listening", listener: () => void): unknown;
  on(event: "message", listener: (datagram: Buffer, remote: RemoteInfo) => void): unknown;
  bind(options: { readonly port: number; readonly address: string; readonly exclusive: boolean }): unknown;
  address(): { readonly port: number };
  setRecvBufferSize(bytes: number): void;
  setSendBufferSize(bytes: number): void;
  getSendBufferSize(): number;
  getRecvBufferSize?(): number;
  send(datagram: Uint8Array, port: number, address: string, onSent: (error: Error | null) => void): void;
  ref(): unknown;
  unref(): unknown;
  close(): unknown;
}

/** Makes the UDP sockets; a test may pass a stand-in for `dgram.createSocket`. */
export type CreateDgramSocket = (options: SocketOptions) => DgramSocket;

const DGRAM_METHODS = ["on", "bind", "send", "address", "ref", "unref", "close"];
const isDgramSocket: Kind = (value) =>
  hasMethods(value, DGRAM_METHODS) ? undefined : "a UDP socket, as of dgram.createSocket()";

export interface UdpTransportOptions {
  readonly address: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly socketBufferBytes: number;
  readonly createSocket?: CreateDgramSocket | undefined;
}

export class UdpTransport implements Transport {
  readonly localAddress: string;
  owner: TransportOwner | undefined;
  readonly #socket: DgramSocket;
  readonly #socketBufferBytes: number;
  /** Undefined while it is not known yet whether the host lets it bind. */
  #outcome: "bound" | SctpError | undefined;
  #onOutcome: () => void = () => {};
  #closed = false;
  #maxDatagramBytes: number = MAX_DATAGRAM_BYTES;

  /** Begins to bind. Node and Deno have done so when this returns, others do it later: see `whenBound`. */
  constructor(options: UdpTransportOptions) {
    const { address, port } = options;
    this.localAddress = address;
    this.#socketBufferBytes = options.socketBufferBytes;
    const type = addressFamily(address) === 4 ? "udp4" : "udp6";
    const make = options.createSocket ?? createHostSocket;
    // With a lookup that answers at once, bind() and send() do their work before they return.
    const socket = make({
      type,
      ipv6Only: type === "udp6",
      lookup: (host, _options, callback) => callback(null, host, type === "udp4" ? 4 : 6),
    });
    checkArgument("what createSocket returns", socket, isDgramSocket);
    this.#socket = socket;
    this.#socket.on("error", (error) => {
      if (this.#outcome === undefined) this.#settle(bindError(error, options));
      else this.#noteError(error);
    });
    this.#socket.on("listening", () => this.#settle("bound"));
    this.#socket.on("message", this.#onMessage.bind(this));
    this.#socket.bind({ port, address, exclusive: true });
  }

  /** Undefined while it is not known yet; an error means that the socket is closed. */
  get outcome(): "bound" | SctpError | undefined {
    return this.#outcome;
  }
  get localUdpPort(): number {
    return this.#socket.address().port;
  }
  /** The largest datagram that the host lets out. On macOS that is its send buffer: 9,216 bytes unless it grants more. */
  get maxDatagramBytes(): number {
    return this.#maxDatagramBytes;
  }

  /** What the host has granted for datagrams that have not been read; undefined where it does not say. */
  get receiveBufferBytes(): number | undefined {
    try {
      return this.#socket.getRecvBufferSize?.();
    } catch {
      return undefined; // Not bound, or closed.
    }
  }

  /** Resolves when `outcome` is known. */
  whenBound(): Promise<void> {
    if (this.#outcome !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onOutcome = resolve;
    });
  }

  send(datagram: Uint8Array, remoteAddress: string, remoteUdpPort: number, onSent: OnSent): void {
    if (this.#closed) return onSent(null);
    try {
      this.#socket.send(datagram, remoteUdpPort, remoteAddress, onSent);
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
      this.#maxDatagramBytes = Math.min(MAX_DATAGRAM_BYTES, this.#socket.getSendBufferSize());
    } catch (error) {
      this.#noteError(error as Error);
    }
  }

  #onMessage(datagram: Buffer, remote: RemoteInfo): void {
    if (remote.family === "IPv6") remote.address = canonicalAddress(remote.address) ?? remote.address;
    this.owner?.onDatagram(datagram, remote, this);
  }

  #noteError(error: Error): void {
    this.owner?.onTransportError(error);
    debug("UDP socket %s: %s", this.localAddress, error.message);
  }
}

function bindError(error: NodeJS.ErrnoException, { address, port }: UdpTransportOptions): SctpError {
  const about = { syscall: "bind", address, port };
  switch (error.code) {
    case "EADDRINUSE":
      return hostError(
        SctpErrorCode.UdpPortInUse,
        `UDP port ${port} of ${address} is taken by another socket: choose another localUdpPort, or 0 for a free one`,
        error,
        about,
      );
    case "EADDRNOTAVAIL":
      return hostError(SctpErrorCode.UdpSocket, `${address} is not an address of this host`, error, about);
    case "EACCES":
      return hostError(
        SctpErrorCode.UdpSocket,
        `the host does not allow UDP port ${port}: choose another localUdpPort, or 0 for a free one`,
        error,
        about,
      );
    default:
      return hostError(
        SctpErrorCode.UdpSocket,
        `cannot bind UDP port ${port} of ${address}: ${error.message}`,
        error,
        about,
      );
  }
}
