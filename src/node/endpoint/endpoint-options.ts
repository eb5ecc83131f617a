/**
 * What may be said to an endpoint.
 * Owns: its options, their names, and a peer by its addresses. Does not own: what is done with them (endpoint.ts).
 */
import type { LookupFunction } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { StackOptions } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { canonicalAddress } from "../../platform/address.ts";
import type { InitInfo, SocketAddress } from "../../socket/terms/ancillary.ts";
import type { NotificationType } from "../../socket/terms/notifications.ts";
import { checkNames, type OptionNames } from "../common/option-names.ts";
import { resolveHosts } from "../common/resolve.ts";
import type { Transports } from "../driver/open-port.ts";
import type { UdpPort } from "../driver/udp-port.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";

export interface EndpointOptions {
  /** Notifications of all associations that are wanted from the start; none if absent (RFC 6458 6.2). */
  readonly notifications?: readonly NotificationType[] | undefined;
  /** UDP port of peers, unless a call says otherwise; 9899 if absent. */
  readonly remoteUdpPort?: number | undefined;
  readonly lookup?: LookupFunction | undefined;
  /** What carries the packets instead of UDP sockets; `docs/transports.md`. */
  readonly transport?: Transports | undefined;
  readonly trace?: TraceSink | undefined;
  /** Options of the stack, where the endpoint opens a UDP port of its own. */
  readonly stack?: Partial<StackOptions> | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
}

export interface EndpointBindOptions {
  /** SCTP port; 0 or absent takes a free one. */
  readonly port?: number | undefined;
  /** Addresses or names of this side; all of the host's if absent. */
  readonly localAddresses?: readonly string[] | undefined;
  /** 9899 if absent, 0 takes a free one. */
  readonly localUdpPort?: number | undefined;
  /** A UDP port that is open already, instead of one of the endpoint's own. */
  readonly udp?: UdpPort | undefined;
}

/** A peer by its addresses. */
export interface PeerAddress {
  /** Addresses or names; the first is the primary path. */
  readonly hosts: readonly string[];
  /** SCTP port. */
  readonly port: number;
  /** Where it is not the endpoint's `remoteUdpPort`. */
  readonly remoteUdpPort?: number | undefined;
}

/** What `connectx` may be told beside the peer. */
export interface ConnectxOptions {
  /** UDP port of the peer, where it is not the endpoint's `remoteUdpPort`. */
  readonly remoteUdpPort?: number | undefined;
  readonly init?: InitInfo | undefined;
}

export const ENDPOINT_NAMES: OptionNames<EndpointOptions> = {
  of: "createEndpoint()",
  see: "EndpointOptions; port and addresses belong to bind() and listen(), other options to setOption()",
  names: ["notifications", "remoteUdpPort", "lookup", "transport", "trace", "stack", "createSocket"],
  meant: { udpPort: "remoteUdpPort" },
};
export const BIND_NAMES: OptionNames<EndpointBindOptions> = {
  of: "bind() and listen()",
  see: "EndpointBindOptions",
  names: ["port", "localAddresses", "localUdpPort", "udp"],
  meant: {
    addresses: "localAddresses",
    hosts: "localAddresses",
    host: "localAddresses",
    udpPort: "localUdpPort",
    localPort: "port",
  },
};
const PEER_NAMES: OptionNames<PeerAddress> = {
  of: "a peer",
  see: "PeerAddress",
  names: ["hosts", "port", "remoteUdpPort"],
  meant: { addresses: "hosts", address: "hosts", host: "hosts", udpPort: "remoteUdpPort" },
};
export const CONNECTX_NAMES: OptionNames<ConnectxOptions> = {
  of: "connectx()",
  see: "ConnectxOptions",
  names: ["remoteUdpPort", "init"],
  meant: { udpPort: "remoteUdpPort" },
};

/** A peer whose names have been looked up. */
export interface LocatedPeer {
  readonly addresses: readonly SocketAddress[];
  readonly remoteUdpPort: number | undefined;
}

/**
 * Where a peer is, at once if all its hosts are IP literals.
 * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT; (rejects) the lookup's error
 */
export function locate(
  peer: PeerAddress,
  lookup: LookupFunction | undefined,
): LocatedPeer | Promise<LocatedPeer> {
  const { hosts, port, remoteUdpPort } = peer;
  checkNames(peer, PEER_NAMES);
  if (!Array.isArray(hosts)) {
    throw new SctpError(SctpErrorCode.InvalidArgument, "a peer is told by its hosts, a list, and its port");
  }
  const located = (addresses: readonly string[]): LocatedPeer => {
    return { addresses: addresses.map((address) => ({ address, port })), remoteUdpPort };
  };
  const areLiterals = hosts.every((host) => canonicalAddress(host) !== undefined);
  return areLiterals ? located(hosts) : resolveHosts(hosts, { lookup }).then(located);
}
