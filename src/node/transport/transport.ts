/**
 * What carries SCTP packets for a UDP port.
 * Owns: that seam, and the check of transports that somebody else made. Does not own: the sockets of this host
 * (udp-transport.ts), what is sent (src/node/driver).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";
import { canonicalAddress, type TransportAddress } from "../../platform/address.ts";

/** The largest UDP payload over IPv4: no transport lets out more. */
export const MAX_DATAGRAM_BYTES = 65_507;

/** Called once for a datagram: when its bytes may be used again, with what went wrong if it did not go out. */
export type OnSent = (error: NodeJS.ErrnoException | null) => void;

/** Gets what a transport receives. */
export interface TransportOwner {
  /**
   * A datagram came in. Its memory is the owner's from now on: messages are views into it, so never write to it again.
   * It may be called at any time, also from within `send`. Whatever the bytes, nothing is thrown but what listeners of the
   * program throw.
   * @param remote where it came from: the canonical address (`canonicalAddress`) and the UDP port of the peer
   */
  onDatagram(datagram: Uint8Array, remote: TransportAddress, transport: Transport): void;
  /** Something went wrong that is no single datagram's fault. It is counted by its `code`; no error is fatal. */
  onTransportError(error: NodeJS.ErrnoException): void;
}

/**
 * One way out of this host and into it: a UDP socket, or anything else that carries datagrams which may be lost,
 * doubled and reordered, but not changed. A UDP port has one transport for each of its local addresses.
 *
 * No method may throw, except on misuse.
 */
export interface Transport {
  /**
   * The local address in canonical form (`canonicalAddress`); a wildcard stands for whatever the host has. Where there are
   * no IP addresses it is any literal: peers are told apart by what `onDatagram` says, and named alike to `connect`.
   */
  readonly localAddress: string;
  /** 1 to 65535; the same for all transports of a port. */
  readonly localUdpPort: number;
  /** The largest datagram that can be sent, in bytes; up to 65,507. No larger packets are made, also of messages. */
  readonly maxDatagramBytes: number;
  /** Set by the port that takes the transport, before anything is sent. What comes in earlier is lost. */
  owner: TransportOwner | undefined;
  /**
   * Sends one datagram. The bytes are to be left alone, and are left alone by the caller, until `onSent`, which may be
   * called before this returns. A port stops sending while 64 datagrams wait for theirs. What is lost on the way is no
   * error; one with the code `EMSGSIZE` makes smaller packets. After `close` nothing is sent, but `onSent` is called.
   */
  send(datagram: Uint8Array, remoteAddress: string, remoteUdpPort: number, onSent: OnSent): void;
  /** Keeps the process alive; so it is from the beginning. */
  ref(): void;
  /** Lets the process end. */
  unref(): void;
  /** Called once, when the port is closed. */
  close(): void;
}

/**
 * Checks transports that a user made.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS
 */
export function checkTransports(transports: readonly Transport[]): void {
  const [first] = transports;
  if (first === undefined) throw invalid("`transport` is an empty list: give one for each local address");
  const addresses = new Set<string>();
  for (const { localAddress, localUdpPort, maxDatagramBytes, owner } of transports) {
    if (canonicalAddress(localAddress) !== localAddress || addresses.has(localAddress)) {
      throw new SctpError(
        SctpErrorCode.InvalidAddress,
        `the localAddress of a transport is an IP literal in canonical form, another for each, not ${received(localAddress)}`,
      );
    }
    addresses.add(localAddress);
    if (!Number.isInteger(localUdpPort) || localUdpPort < 1 || localUdpPort > 65_535)
      throw invalid(
        `the localUdpPort of a transport is a whole number from 1 to 65535, not ${received(localUdpPort)}`,
      );
    if (localUdpPort !== first.localUdpPort)
      throw invalid(
        `all transports of a port have one localUdpPort, not ${first.localUdpPort} and ${localUdpPort}`,
      );
    if (typeof maxDatagramBytes !== "number" || !(maxDatagramBytes > 0))
      throw invalid(
        `the maxDatagramBytes of a transport is a number above 0, not ${received(maxDatagramBytes)}`,
      );
    if (owner !== undefined)
      throw invalid("the transport belongs to a UDP port already: share that one, by the option `udp`");
  }
}

function invalid(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.InvalidArgument, sentence);
}
