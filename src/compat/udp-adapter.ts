/**
 * `udpTransport`: somebody else's UDP socket, or something like one (DTLS), under a UDP port of sctpkit.
 * Owns: making it look like a socket that sctpkit opened. Does not own: the socket: it is never closed here.
 *
 * The peer is one and known, so addresses mean nothing to SCTP there: everything comes from, and goes to, that peer.
 */
import { EventEmitter } from "node:events";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import type { CreateDgramSocket } from "../node/transport/udp-transport.ts";
import { canonicalAddress } from "../platform/address.ts";

type SendCallback = (error: Error | null) => void;

/** A `dgram.Socket`, or what behaves like one as far as this goes. */
export interface UdpTransportLike {
  on(event: "message", listener: (datagram: Buffer) => void): unknown;
  on(event: "error", listener: (error: Error) => void): unknown;
  once(event: "listening", listener: () => void): unknown;
  off(event: "message", listener: (datagram: Buffer) => void): unknown;
  off(event: "error", listener: (error: Error) => void): unknown;
  send(datagram: Uint8Array, port: number, address: string, callback: SendCallback): unknown;
  send(datagram: Uint8Array, offset: number, length: number, callback: SendCallback): unknown;
  address?(): unknown;
  remoteAddress?(): { address: string; port: number };
}

/** Where the peer is; needed unless the transport is connected. */
export interface UdpPeer {
  readonly host?: string;
  readonly address?: string;
  readonly port: number;
}

/** What SCTP calls a peer whose address is not known or not an IP literal (RFC 5737). */
const NAMELESS_ADDRESS = "192.0.2.1";
const NAMELESS_PORT = 9_899;

export class UdpAdapter {
  /** The peer, as SCTP is to call it. */
  readonly peerAddress: string;
  readonly peerPort: number;
  readonly localAddress: string;
  readonly #transport: UdpTransportLike;
  /** Undefined for a transport that is connected. */
  readonly #to: { readonly address: string; readonly port: number } | undefined;

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
  constructor(transport: UdpTransportLike, peer: UdpPeer | undefined) {
    this.#transport = transport;
    const connected = peer === undefined ? connectedPeer(transport) : undefined;
    const address = peer?.address ?? peer?.host ?? connected?.address;
    if (peer !== undefined) {
      if (address === undefined) {
        throw new SctpError(SctpErrorCode.InvalidArgument, "udpPeer needs an address and a port");
      }
      this.#to = { address, port: peer.port };
    }
    this.peerAddress = canonicalAddress(address ?? "") ?? NAMELESS_ADDRESS;
    this.peerPort = peer?.port ?? connected?.port ?? NAMELESS_PORT;
    this.localAddress = this.peerAddress.includes(":") ? "::" : "0.0.0.0";
  }

  /** For `UdpPort`. */
  readonly createSocket: CreateDgramSocket = (() => this.#socket()) as unknown as CreateDgramSocket;

  #socket(): AdaptedSocket {
    const { peerAddress: address, peerPort: port, localAddress } = this;
    return new AdaptedSocket(this.#transport, this.#to, { address, port }, localAddress);
  }
}

/** As much of a `dgram.Socket` as a UDP port asks for. */
class AdaptedSocket extends EventEmitter {
  readonly #transport: UdpTransportLike;
  readonly #to: { readonly address: string; readonly port: number } | undefined;
  readonly #onMessage: (datagram: Buffer) => void;
  readonly #onError: (error: Error) => void = (error) => void this.emit("error", error);
  readonly #localAddress: string;

  constructor(
    transport: UdpTransportLike,
    to: { readonly address: string; readonly port: number } | undefined,
    from: { readonly address: string; readonly port: number },
    localAddress: string,
  ) {
    super();
    this.#transport = transport;
    this.#to = to;
    this.#localAddress = localAddress;
    const family = from.address.includes(":") ? "IPv6" : "IPv4";
    this.#onMessage = (datagram) =>
      void this.emit("message", datagram, { ...from, family, size: datagram.length });
  }

  bind(): this {
    this.#transport.on("message", this.#onMessage);
    this.#transport.on("error", this.#onError);
    if (isBound(this.#transport)) this.emit("listening");
    else this.#transport.once("listening", () => this.emit("listening"));
    return this;
  }

  send(datagram: Buffer, _port: number, _address: string, done: SendCallback): void {
    if (this.#to === undefined) this.#transport.send(datagram, 0, datagram.length, done);
    else this.#transport.send(datagram, this.#to.port, this.#to.address, done);
  }

  address(): { address: string; port: number } {
    return { address: this.#localAddress, port: NAMELESS_PORT };
  }

  /** Buffers, and keeping the process alive, are the business of whoever made the transport. */
  setRecvBufferSize(): void {}
  setSendBufferSize(): void {}
  getSendBufferSize(): number {
    return Number.POSITIVE_INFINITY;
  }
  ref(): void {}
  unref(): void {}

  close(): void {
    this.#transport.off("message", this.#onMessage);
    this.#transport.off("error", this.#onError);
  }
}

/** A `dgram.Socket` that is not bound has no address; anything else is taken to be ready. */
function isBound(transport: UdpTransportLike): boolean {
  try {
    transport.address?.();
    return true;
  } catch {
    return false;
  }
}

function connectedPeer(transport: UdpTransportLike): { address: string; port: number } | undefined {
  if (transport.remoteAddress === undefined) return undefined;
  try {
    return transport.remoteAddress();
  } catch {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "udpTransport is not connected: say with udpPeer where the peer is",
    );
  }
}
