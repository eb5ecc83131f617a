/**
 * From the options of `connect` to an association.
 * Owns: checking them, resolving the peer, which UDP port it is. Does not own: the socket (socket.ts), the handshake, who shares
 * a UDP port (shared-ports.ts).
 */
import type { BlockList, LookupFunction } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { AssociationOptions, StackOptions } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { addressFamily, isWildcardAddress } from "../../platform/address.ts";
import {
  associationPart,
  blockedAddress,
  checkFamily,
  checkPort,
  type OptionNames,
} from "../common/option-names.ts";
import { resolveHosts } from "../common/resolve.ts";
import { parseHosts, parseSctpAddress } from "../common/sctp-address.ts";
import type { ServerAddress } from "../common/server-address.ts";
import { DEFAULT_UDP_PORT, type Transports } from "../driver/open-port.ts";
import { leaseClientPort, leasePort, type PortLease } from "../driver/shared-ports.ts";
import { driverOf, type UdpPort } from "../driver/udp-port.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";
import { type AssociationDuplex, insideOf } from "./association-duplex.ts";
import type { BufferOptions } from "./buffer-options.ts";

/** The options of `connect`: those of the association (src/base/options.ts) and these. */
export interface ConnectSocketOptions extends Partial<AssociationOptions>, BufferOptions {
  /** SCTP port of the peer, 1 to 65535. */
  readonly port: number;
  /** Address or name of the peer, or several: `10.50.1.1/10.50.2.1`, the primary path first. "localhost" if absent. */
  readonly host?: string | undefined;
  /** The same as a list. */
  readonly hosts?: readonly string[] | undefined;
  /** UDP port of the peer, 1 to 65535; 9899 if absent. */
  readonly remoteUdpPort?: number | undefined;
  /** SCTP port of this side; a free one if 0 or absent. */
  readonly localPort?: number | undefined;
  /** UDP port of this side; 0 takes a free one. If absent, it is one that the clients of this thread share. */
  readonly localUdpPort?: number | undefined;
  /** Local address or name, or several (this side is multihomed then); the wildcard if absent. */
  readonly localAddress?: string | undefined;
  /** The same as a list. */
  readonly localAddresses?: readonly string[] | undefined;
  /** 4 or 6 to look names up in one family only; 0 or absent: IPv4 where there is a choice. */
  readonly family?: 0 | 4 | 6 | undefined;
  /** A stand-in for `dns.lookup`. */
  readonly lookup?: LookupFunction | undefined;
  /** Aborting it destroys the socket with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /** As `setTimeout()` from the beginning: milliseconds without activity before `'timeout'`. */
  readonly timeout?: number | undefined;
  /** A peer with one of these addresses is not asked. */
  readonly blockList?: BlockList | undefined;
  /** Whoever brings one has a UDP port of its own: a trace sees all that goes through a port. */
  readonly trace?: TraceSink | undefined;
  /** Options of the stack of the UDP port, which is one of the socket's own then. */
  readonly stack?: Partial<StackOptions> | undefined;
  /** A UDP port that is open already; the socket uses that one. */
  readonly udp?: UdpPort | undefined;
  /** What carries the socket's packets instead of UDP sockets; `docs/transports.md`. */
  readonly transport?: Transports | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
}

const NAMES: OptionNames<ConnectSocketOptions> = {
  of: "connect()",
  see: "ConnectSocketOptions and AssociationOptions",
  names: [
    "port",
    "host",
    "hosts",
    "remoteUdpPort",
    "localPort",
    "localUdpPort",
    "localAddress",
    "localAddresses",
    "family",
    "lookup",
    "signal",
    "timeout",
    "blockList",
    "highWaterMark",
    "readableHighWaterMark",
    "writableHighWaterMark",
    "trace",
    "stack",
    "udp",
    "transport",
    "createSocket",
  ],
  meant: {
    udpPort: "remoteUdpPort",
    addresses: "hosts",
    address: "host",
    remoteAddress: "host",
    remoteAddresses: "hosts",
    remotePort: "port",
  },
};

/** The options of `connect` after the checks that need no network. */
export interface ConnectPlan {
  readonly options: ConnectSocketOptions;
  readonly association: Partial<AssociationOptions>;
  readonly remoteHosts: readonly string[];
  /** Empty: the wildcard. */
  readonly localHosts: readonly string[];
}

/** What `connect` takes, as options: `net`'s forms, and an address in the syntax of the field. */
export function connectOptions(
  to: ConnectSocketOptions | ServerAddress | number | string,
  host: unknown,
): ConnectSocketOptions {
  if (typeof to === "object" && "address" in to && "localUdpPort" in to) return towards(to);
  if (typeof to === "number") return { port: to, host: typeof host === "string" ? host : undefined };
  if (typeof to !== "string") return to;
  const { hosts, port } = parseSctpAddress(to);
  if (port !== undefined) return { port, hosts: hosts.length === 0 ? undefined : hosts };
  throw new SctpError(SctpErrorCode.InvalidAddress, `"${to}" has no port: write ${to}:PORT`);
}

/** To a server of this host, by what its `address()` says: its UDP port is the peer's, and a wildcard is this host. */
function towards(server: ServerAddress): ConnectSocketOptions {
  const { address, family: _family, localAddresses, localUdpPort, ...more } = server;
  const hosts = isWildcardAddress(address) ? [address] : localAddresses;
  return { ...more, hosts, remoteUdpPort: localUdpPort };
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS */
export function planConnect(options: ConnectSocketOptions): ConnectPlan {
  const association = associationPart(options, NAMES);
  checkPort(options.port, "port", 1);
  checkPort(options.remoteUdpPort ?? DEFAULT_UDP_PORT, "remoteUdpPort", 1);
  checkPort(options.localPort ?? 0, "localPort", 0);
  checkPort(options.localUdpPort ?? 0, "localUdpPort", 0);
  checkFamily(options.family);
  const { host, hosts, localAddress, localAddresses, udp, transport } = options;
  if (udp !== undefined && transport !== undefined)
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "`udp` has its transports already: leave out `transport`",
    );
  const remoteHosts = hosts ?? parseHosts(host ?? "localhost");
  const localHosts = localAddresses ?? (localAddress === undefined ? [] : parseHosts(localAddress));
  return { options, association, remoteHosts, localHosts };
}

/** Asks for the association; what goes wrong destroys the socket. */
export async function openAssociation(socket: AssociationDuplex, plan: ConnectPlan): Promise<void> {
  const { options, association, localHosts } = plan;
  try {
    const onLookup = (...found: readonly unknown[]): void => void socket.emit("lookup", ...found);
    const found = await resolveHosts(plan.remoteHosts, options, onLookup);
    const remoteAddresses = found.map(reachable);
    const localAddresses = localHosts.length === 0 ? undefined : await resolveHosts(localHosts, options);
    if (socket.destroyed) return;
    const blocked = blockedAddress(options.blockList, remoteAddresses);
    if (blocked !== undefined) {
      throw new SctpError(SctpErrorCode.AddressBlocked, `${blocked} is on the block list`);
    }
    const lease = await portFor(options, localAddresses, remoteAddresses);
    const { driver } = lease;
    const { user, attach } = insideOf(socket);
    try {
      if (socket.destroyed) return;
      const opened = driver.connect(
        {
          remoteAddresses,
          remotePort: options.port,
          remoteUdpPort: options.remoteUdpPort ?? DEFAULT_UDP_PORT,
          localPort: options.localPort ?? 0,
          localAddresses: lease.localAddresses,
          options: association,
        },
        user,
      );
      attach(driver, opened, false);
    } finally {
      if (options.udp === undefined) driver.closeWhenIdle();
    }
  } catch (error) {
    socket.destroy(error as Error);
  }
}

/** The port that is given, one of the socket's own, or the one that clients share. @throws (or rejects) as `leasePort` */
function portFor(
  options: ConnectSocketOptions,
  localAddresses: readonly string[] | undefined,
  remoteAddresses: readonly string[],
): PortLease | Promise<PortLease> {
  const { udp, transport, trace, stack, createSocket, localUdpPort } = options;
  if (udp !== undefined) return { driver: driverOf(udp), localAddresses: undefined };
  const own = [localUdpPort, transport, trace, stack, createSocket];
  if (own.every((option) => option === undefined))
    return leaseClientPort(localAddresses, [...new Set(remoteAddresses.map(addressFamily))]);
  const number = localUdpPort ?? (transport === undefined ? 0 : undefined);
  return leasePort({ localUdpPort: number, localAddresses, transport, trace, stack, createSocket });
}

/** Nothing can be sent to a wildcard address; whoever writes one means this host, as with `net`. */
function reachable(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}
