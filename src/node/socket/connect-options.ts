/**
 * What may be said to `connect`.
 * Owns: the options, `net`'s forms of them, and the checks that need no network. Does not own: connecting (connecting.ts).
 */
import type { BlockList, LookupFunction } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkArgument,
  isCheckedElsewhere,
  isFlag,
  isFunction,
  isObject,
  isSignal,
  isText,
  isTexts,
  isWhole,
  type OptionNames,
  received,
} from "../../base/option-check.ts";
import type { AssociationOptions, AssociationOptionsInput, StackOptionsInput } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { isWildcardAddress } from "../../platform/address.ts";
import {
  BUFFER_KINDS,
  checkWithAssociation,
  isBlockList,
  isFamily,
  isTimeout,
  isTrace,
  isTransports,
  KEEP_ALIVE_KINDS,
  type KeepAliveOptions,
  NET_FOREIGN,
  type NetOptions,
  portOf,
} from "../common/option-names.ts";
import { parseHosts, parseWithPort } from "../common/sctp-address.ts";
import { type AddressObject, isAddressObject } from "../common/server-address.ts";
import { DEFAULT_UDP_PORT, type Transports } from "../driver/open-port.ts";
import { checkBesideUdp, isUdpPort, type UdpPort } from "../driver/udp-port.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";
import type { BufferOptions } from "./buffer-options.ts";

/** No timer of Node waits longer. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** The options of `connect`: those of the association (src/base/options.ts) and these. */
export interface ConnectSocketOptions
  extends AssociationOptionsInput,
    BufferOptions,
    KeepAliveOptions,
    NetOptions {
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
  /**
   * Whether the association follows the addresses of this host while it lives (RFC 5061): those that appear are added, those that vanish
   * are removed; needs `dynamicAddresses` at both ends. Without a local address or a UDP port of its own it begins with all that reach as far
   * as the peer. False if absent.
   */
  readonly followHostAddresses?: boolean | undefined;
  /** 4 or 6 to look names up in one family only; 0 or absent: in both, IPv4 first. */
  readonly family?: 0 | 4 | 6 | "IPv4" | "IPv6" | undefined;
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
  /**
   * Whoever brings one has a UDP port of its own: a trace sees all that goes through a port. A
   * name stands for a file that is written anew, as `traceFile` does.
   */
  readonly trace?: TraceSink | string | undefined;
  /** Options of the stack of the UDP port, which is one of the socket's own then. */
  readonly stack?: StackOptionsInput | undefined;
  /** A UDP port that is open already; the socket uses that one. */
  readonly udp?: UdpPort | undefined;
  /** What carries the socket's packets instead of UDP sockets; `docs/transports.md`. */
  readonly transport?: Transports | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
}

const NAMES: OptionNames<ConnectSocketOptions, keyof AssociationOptions | keyof NetOptions> = {
  of: "connect()",
  see: "ConnectSocketOptions and AssociationOptions",
  kinds: {
    port: isCheckedElsewhere,
    host: isText,
    hosts: isTexts,
    remoteUdpPort: isCheckedElsewhere,
    localPort: isCheckedElsewhere,
    localUdpPort: isCheckedElsewhere,
    localAddress: isText,
    localAddresses: isTexts,
    followHostAddresses: isFlag,
    family: isFamily,
    lookup: isFunction,
    signal: isSignal,
    connectTimeoutMs: isWhole(1, LONGEST_TIMEOUT_MS),
    failOnPortUnreachable: isFlag,
    timeout: isTimeout,
    blockList: isBlockList,
    ...BUFFER_KINDS,
    ...KEEP_ALIVE_KINDS,
    trace: isTrace,
    stack: isObject,
    udp: isUdpPort,
    transport: isTransports,
    createSocket: isFunction,
  },
  meant: {
    udpPort: "remoteUdpPort",
    addresses: "hosts",
    address: "host",
    remoteAddress: "host",
    remoteAddresses: "hosts",
    remotePort: "port",
  },
  foreign: NET_FOREIGN,
};

/** The options of `connect` after the checks that need no network. */
export interface ConnectPlan {
  readonly options: ConnectSocketOptions;
  readonly association: AssociationOptionsInput;
  readonly remoteHosts: readonly string[];
  /** Empty: the wildcard. */
  readonly localHosts: readonly string[];
}

/**
 * What `connect` takes, as options: `net`'s forms, an address in the syntax of the field, and what `server.address()` gives.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS
 */
export function connectOptions(to: unknown, host: unknown): ConnectSocketOptions {
  if (typeof to === "number" || (typeof to === "string" && /^\s*[0-9]+\s*$/.test(to))) {
    const port = portOf(to, "port", 1);
    if (typeof host === "function" || host === undefined || host === null) return { port };
    checkArgument("host", host, isText);
    return { port, host: host as string };
  }
  if (typeof to === "string") {
    const { hosts, port } = parseWithPort(to);
    return { port, hosts: hosts.length === 0 ? undefined : hosts };
  }
  if (typeof to === "object" && to !== null && !Array.isArray(to))
    return isAddressObject(to) ? towards(to) : (to as ConnectSocketOptions);
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `connect() is told where to by a port, an address such as 10.50.1.1:2904 or options with a port, not ${received(to)}`,
  );
}

/**
 * The listener among the arguments of `connect`, wherever it stands.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
 */
export function connectListener(to: unknown, host: unknown, last: unknown): (() => void) | undefined {
  const afterOptions = typeof to === "object" || typeof host === "function" ? host : undefined;
  const listener = afterOptions ?? last ?? undefined;
  if (listener !== undefined) checkArgument("the listener", listener, isFunction);
  return listener as (() => void) | undefined;
}

/** To a server of this host, by what its `address()` says: its UDP port is the peer's, and a wildcard is this host. */
function towards(server: AddressObject): ConnectSocketOptions {
  const { address, family: _family, localAddresses, localUdpPort, ...more } = server;
  const hosts = isWildcardAddress(address) || localAddresses === undefined ? [address] : localAddresses;
  return { ...more, hosts, remoteUdpPort: localUdpPort };
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS */
export function planConnect(asked: ConnectSocketOptions): ConnectPlan {
  const { options, association } = checkWithAssociation(asked, NAMES);
  const { host, hosts, localAddress, localAddresses, localUdpPort, udp, transport } = options;
  const ports = {
    port: portOf(options.port, "port", 1),
    remoteUdpPort: portOf(options.remoteUdpPort ?? DEFAULT_UDP_PORT, "remoteUdpPort", 1),
    localPort: portOf(options.localPort ?? 0, "localPort", 0),
    localUdpPort: localUdpPort === undefined ? undefined : portOf(localUdpPort, "localUdpPort", 0),
  };
  if (udp !== undefined && transport !== undefined)
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "`udp` has its transports already: leave out `transport`",
    );
  if (udp !== undefined) checkBesideUdp(options);
  const remoteHosts = hosts ?? parseHosts(host ?? "localhost");
  if (remoteHosts.length === 0)
    throw new SctpError(SctpErrorCode.InvalidAddress, "hosts is empty: give an address or name of the peer");
  const localHosts = localAddresses ?? (localAddress === undefined ? [] : parseHosts(localAddress));
  return { options: { ...options, ...ports }, association, remoteHosts, localHosts };
}
