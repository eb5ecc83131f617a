/**
 * `udpTransport`: somebody else's UDP socket, or something like one (DTLS), under a UDP port of sctpkit.
 * Owns: the transport around it. Does not own: the socket: it is never closed here.
 *
 * The peer is one and known, so addresses mean nothing to SCTP there: everything comes from, and goes to, that peer.
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import {
  MAX_DATAGRAM_BYTES,
  type OnSent,
  type Transport,
  type TransportOwner,
} from "../node/transport/transport.ts";
import { canonicalAddress, type TransportAddress } from "../platform/address.ts";

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

export class UdpAdapter implements Transport {
  /** The peer, as SCTP is to call it. */
  readonly peer: TransportAddress;
  readonly localAddress: string;
  readonly localUdpPort: number = NAMELESS_PORT;
  readonly maxDatagramBytes: number = MAX_DATAGRAM_BYTES;
  owner: TransportOwner | undefined;
  readonly #transport: UdpTransportLike;
  /** Undefined for a transport that is connected. */
  readonly #to: TransportAddress | undefined;
  readonly #onMessage = (datagram: Buffer): void => this.owner?.onDatagram(datagram, this.peer, this);
  readonly #onError = (error: Error): void => this.owner?.onTransportError(error);

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
    this.peer = {
      address: canonicalAddress(address ?? "") ?? NAMELESS_ADDRESS,
      port: peer?.port ?? connected?.port ?? NAMELESS_PORT,
    };
    this.localAddress = this.peer.address.includes(":") ? "::" : "0.0.0.0";
    transport.on("message", this.#onMessage);
    transport.on("error", this.#onError);
  }

  /** Resolves when there is something to send by. */
  whenBound(): Promise<void> {
    if (isBound(this.#transport)) return Promise.resolve();
    return new Promise((resolve) => void this.#transport.once("listening", resolve));
  }

  send(datagram: Uint8Array, _address: string, _port: number, onSent: OnSent): void {
    if (this.#to === undefined) this.#transport.send(datagram, 0, datagram.length, onSent);
    else this.#transport.send(datagram, this.#to.port, this.#to.address, onSent);
  }

  /** Keeping the process alive is the business of whoever made the transport. */
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
