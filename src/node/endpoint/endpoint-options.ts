/**
 * What may be said to an endpoint.
 * Owns: its options, their names, and a peer by its addresses. Does not own: what is done with them (endpoint.ts).
 */
import type { LookupFunction } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkOptions,
  isCheckedElsewhere,
  isFlag,
  isFunction,
  isNumeric,
  isObject,
  isTexts,
  isWhole,
  type OptionNames,
  received,
} from "../../base/option-check.ts";
import type { StackOptionsInput } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { canonicalAddress } from "../../platform/address.ts";
import type { InitInfo, SocketAddress } from "../../socket/terms/ancillary.ts";
import type { NotificationType } from "../../socket/terms/notifications.ts";
import { isTrace, isTransports, portOf } from "../common/option-names.ts";
import { resolveHosts } from "../common/resolve.ts";
import type { Transports } from "../driver/open-port.ts";
import { isUdpPort, type UdpPort } from "../driver/udp-port.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";

export interface EndpointOptions {
  /** Notifications of all associations that are wanted from the start; none if absent (RFC 6458 6.2). */
  readonly notifications?: readonly NotificationType[] | undefined;
  /**
   * Offer I-DATA, and agree to it (RFC 8260): large messages on different streams do not hold one another up, and where they come
   * in pieces, pieces of several come mixed, one message for each stream at a time. False if absent.
   */
  readonly interleaving?: boolean | undefined;
  /** UDP port of peers, unless a call says otherwise; 9899 if absent. */
  readonly remoteUdpPort?: number | undefined;
  /** A stand-in for `dns.lookup`. */
  readonly lookup?: LookupFunction | undefined;
  /** What carries the packets instead of UDP sockets; `docs/transports.md`. */
  readonly transport?: Transports | undefined;
  /** Sees all packets of the endpoint's UDP port, which is one of its own then. */
  readonly trace?: TraceSink | string | undefined;
  /** Options of the stack, where the endpoint opens a UDP port of its own. */
  readonly stack?: StackOptionsInput | undefined;
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
  kinds: {
    notifications: isTexts,
    interleaving: isFlag,
    remoteUdpPort: isCheckedElsewhere,
    lookup: isFunction,
    transport: isTransports,
    trace: isTrace,
    stack: isObject,
    createSocket: isFunction,
  },
  meant: { udpPort: "remoteUdpPort" },
};
export const BIND_NAMES: OptionNames<EndpointBindOptions> = {
  of: "bind() and listen()",
  see: "EndpointBindOptions",
  kinds: {
    port: isCheckedElsewhere,
    localAddresses: isTexts,
    localUdpPort: isCheckedElsewhere,
    udp: isUdpPort,
  },
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
  kinds: { hosts: isTexts, port: isCheckedElsewhere, remoteUdpPort: isCheckedElsewhere },
  meant: { addresses: "hosts", address: "hosts", host: "hosts", udpPort: "remoteUdpPort" },
};
export const CONNECTX_NAMES: OptionNames<ConnectxOptions> = {
  of: "connectx()",
  see: "ConnectxOptions",
  kinds: { remoteUdpPort: isCheckedElsewhere, init: isObject },
  meant: { udpPort: "remoteUdpPort" },
};
export const INIT_NAMES: OptionNames<InitInfo> = {
  of: "`init` of connectx()",
  see: "InitInfo",
  kinds: {
    outboundStreams: isWhole(0, 65_535),
    maxInboundStreams: isWhole(0, 65_535),
    maxAttempts: isWhole(0, 255),
    maxInitTimeoutMs: isNumeric,
  },
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
  const { hosts, ...ports } = checkOptions(peer, PEER_NAMES);
  checkHosts(hosts);
  const port = portOf(ports.port, "port", 1);
  const remoteUdpPort = udpPortOf(ports.remoteUdpPort, "remoteUdpPort", 1);
  const located = (addresses: readonly string[]): LocatedPeer => {
    return { addresses: addresses.map((address) => ({ address, port })), remoteUdpPort };
  };
  const areLiterals = hosts.every((host) => canonicalAddress(host) !== undefined);
  return areLiterals ? located(hosts) : resolveHosts(hosts, { lookup }).then(located);
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
export function checkHosts(hosts: unknown): void {
  if (isTexts(hosts) === undefined && (hosts as readonly string[]).length > 0) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `hosts must be a list of addresses or names, one at least, not ${received(hosts)}`,
  );
}

/** A UDP port that may be left out. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
export function udpPortOf(port: number | undefined, name: string, min: 0 | 1): number | undefined {
  return port === undefined ? undefined : portOf(port, name, min);
}
