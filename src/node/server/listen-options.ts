/**
 * What may be said to `listen`.
 * Owns: `net`'s forms of it, and the checks that need no network. Does not own: listening (server.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkNames, checkPort, type OptionNames } from "../common/option-names.ts";
import { parseHosts, parseSctpAddress } from "../common/sctp-address.ts";
import { DEFAULT_UDP_PORT, type Transports } from "../driver/open-port.ts";
import type { UdpPort } from "../driver/udp-port.ts";

/** As in `net`. */
const DEFAULT_BACKLOG = 511;

export interface ServerListenOptions {
  /** SCTP port; 0, or absent, takes a free one. */
  readonly port?: number | undefined;
  /**
   * A local address or name, or several: `10.50.1.1/10.50.2.1`, and the associations are multihomed. All addresses of
   * the host if absent.
   */
  readonly host?: string | undefined;
  /** The same as a list. (`host` is `net`'s name for it, and the only place where a host is this one.) */
  readonly localAddresses?: readonly string[] | undefined;
  /** 0 takes a free one; the server's `localUdpPort` if absent, 9899 without that. */
  readonly localUdpPort?: number | undefined;
  /** A UDP port that is open already, instead of one of the server's own. */
  readonly udp?: UdpPort | undefined;
  /** What carries the packets instead of UDP sockets; the server's `transport` if absent. See `docs/transports.md`. */
  readonly transport?: Transports | undefined;
  /** Associations that may be established in one turn of the event loop, 1 or more; 511 if absent. More are dropped. */
  readonly backlog?: number | undefined;
  /** Without `host`: listen on IPv6 addresses only. */
  readonly ipv6Only?: boolean | undefined;
  /** Aborting it closes the server. */
  readonly signal?: AbortSignal | undefined;
}

const NAMES: OptionNames<ServerListenOptions> = {
  of: "listen()",
  see: "ServerListenOptions; options of the associations belong to createServer()",
  names: [
    "port",
    "host",
    "localAddresses",
    "localUdpPort",
    "udp",
    "transport",
    "backlog",
    "ipv6Only",
    "signal",
  ],
  meant: {
    udpPort: "localUdpPort",
    hosts: "localAddresses",
    addresses: "localAddresses",
    localAddress: "host",
    address: "host",
    localPort: "port",
  },
};

/** The options of `listen` after the checks that need no network. */
export interface ListenPlan {
  readonly port: number;
  /** Undefined: that of the transport. */
  readonly localUdpPort: number | undefined;
  /** Addresses or names; empty: all addresses. */
  readonly localHosts: readonly string[];
  readonly udp: UdpPort | undefined;
  readonly transport: Transports | undefined;
  readonly backlog: number;
  readonly signal: AbortSignal | undefined;
  readonly callback: (() => void) | undefined;
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS */
export function planListen(
  words: ReadonlyArray<ServerListenOptions | number | string | (() => void) | undefined>,
  defaults: Pick<ServerListenOptions, "localUdpPort" | "transport">,
): ListenPlan {
  const callback = words.findLast((word) => typeof word === "function");
  const [first] = words;
  const options = typeof first === "object" ? first : positional(words);
  checkNames(options, NAMES);
  const { port = 0, host, udp, backlog = DEFAULT_BACKLOG, signal } = options;
  const transport = udp === undefined ? (options.transport ?? defaults.transport) : options.transport;
  const localUdpPort = options.localUdpPort ?? defaults.localUdpPort;
  checkPort(port, "port", 0);
  checkPort(localUdpPort ?? DEFAULT_UDP_PORT, "localUdpPort", 0);
  if (!Number.isInteger(backlog) || backlog < 1) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `backlog must be a whole number above 0, not ${backlog}`,
    );
  }
  const named = options.localAddresses ?? (host === undefined ? [] : parseHosts(host));
  const ready = udp === undefined ? "transport" : "udp";
  const isReady = udp !== undefined || transport !== undefined;
  if (isReady && named.length > 0) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `the addresses are those of \`${ready}\`: leave out host and localAddresses`,
    );
  }
  if (udp !== undefined && transport !== undefined)
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "`udp` has its transports already: leave out `transport`",
    );
  const localHosts = named.length === 0 && options.ipv6Only === true && !isReady ? ["::"] : named;
  return { port, localUdpPort, localHosts, udp, transport, backlog, signal, callback };
}

/** `(port, host, backlog)`, all of which may be left out; the port may be an address with its port. */
function positional(words: ReadonlyArray<unknown>): ServerListenOptions {
  const [first, ...more] = words;
  if (typeof first === "function") return {};
  const host = more.find((word) => typeof word === "string");
  const backlog = more.find((word) => typeof word === "number");
  if (typeof first !== "string") return { port: first as number | undefined, host, backlog };
  if (/^[0-9]+$/.test(first)) return { port: Number(first), host, backlog };
  const { hosts, port } = parseSctpAddress(first);
  if (port === undefined) {
    throw new SctpError(SctpErrorCode.InvalidAddress, `"${first}" has no port: write ${first}:PORT`);
  }
  return { port, localAddresses: hosts, backlog };
}
