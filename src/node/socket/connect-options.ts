/**
 * What may be said to `connect`.
 * Owns: the options, `net`'s forms of them, and the checks that need no network. Does not own: connecting (connecting.ts).
 */
import type { BlockList, LookupFunction } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import type { AssociationOptions, StackOptions } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { isWildcardAddress } from "../../platform/address.ts";
import { associationPart, checkFamily, checkPort, type OptionNames } from "../common/option-names.ts";
import { parseHosts, parseSctpAddress } from "../common/sctp-address.ts";
import type { ServerAddress } from "../common/server-address.ts";
import { DEFAULT_UDP_PORT, type Transports } from "../driver/open-port.ts";
import type { UdpPort } from "../driver/udp-port.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";
import type { BufferOptions } from "./buffer-options.ts";

/** No timer of Node waits longer. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The options of `connect`: those of the association (src/base/options.ts) and these. */
export interface ConnectSocketOptions extends Partial<AssociationOptions>, BufferOptions {
  /** SCTP port of the peer, 1 to 65535. */
  readonly port: number;
  /**
   * Address or name of the peer, "localhost" if absent: the addresses of a name are tried one after another, 250 ms apart, until
   * one answers. Or several, `10.50.1.1/10.50.2.1`, which are paths of one peer, the primary path first.
   */
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
  /** 4 or 6 to look names up in one family only; 0 or absent: in both, IPv4 first. */
  readonly family?: 0 | 4 | 6 | undefined;
  /** A stand-in for `dns.lookup`. */
  readonly lookup?: LookupFunction | undefined;
  /** Aborting it destroys the socket with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Milliseconds until `'connect'`, 1 to 2,147,483,647; then the socket is destroyed with ETIMEDOUT. If absent, the set-up ends
   * when `maxInitRetransmits` INITs have not been answered.
   */
  readonly connectTimeoutMs?: number | undefined;
  /**
   * Whether ECONNREFUSED is told as soon as the host of the peer says that nobody has the UDP port, which it may say of every
   * address of the peer; true if absent.
   */
  readonly failOnPortUnreachable?: boolean | undefined;
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
    "connectTimeoutMs",
    "failOnPortUnreachable",
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
  checkTimeout(options.connectTimeoutMs);
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

function checkTimeout(ms: number | undefined): void {
  if (ms === undefined || (Number.isInteger(ms) && ms >= 1 && ms <= LONGEST_TIMEOUT_MS)) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `connectTimeoutMs must be a whole number from 1 to ${LONGEST_TIMEOUT_MS}, not ${String(ms)}`,
  );
}
