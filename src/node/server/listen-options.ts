/**
 * What may be said to `listen`.
 * Owns: `net`'s forms of it, and the checks that need no network. Does not own: listening (server.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkArgument,
  checkOptions,
  isCheckedElsewhere,
  isFlag,
  isSignal,
  isText,
  isTexts,
  isWhole,
  type OptionNames,
  received,
} from "../../base/option-check.ts";
import {
  ASSOCIATION_NAMES,
  BUFFER_KINDS,
  isTransports,
  KEEP_ALIVE_KINDS,
  NET_LISTEN_FOREIGN,
  portOf,
} from "../common/option-names.ts";
import { parseHosts, parseWithPort } from "../common/sctp-address.ts";
import { isAddressObject } from "../common/server-address.ts";
import type { Transports } from "../driver/open-port.ts";
import { checkBesideUdp, isUdpPort, type UdpPort } from "../driver/udp-port.ts";

/** As in `net`. */
const DEFAULT_BACKLOG = 511;

export interface ServerListenOptions extends NetListenOptions {
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
  /** Associations that may be established in one turn of the event loop; 511 if absent or 0. More are dropped. */
  readonly backlog?: number | undefined;
  /** Without `host`: listen on IPv6 addresses only. */
  readonly ipv6Only?: boolean | undefined;
  /** Aborting it closes the server. */
  readonly signal?: AbortSignal | undefined;
}

/** What is said where the server is made: of it, and of all the associations that it accepts. */
const OF_THE_SERVER: readonly string[] = [
  ...ASSOCIATION_NAMES,
  ...Object.keys(BUFFER_KINDS),
  ...Object.keys(KEEP_ALIVE_KINDS),
  ...["blockList", "captureRejections", "pauseOnConnect", "trace", "stack", "createSocket", "lookup"],
];

const NAMES: OptionNames<ServerListenOptions, keyof NetListenOptions> = {
  of: "listen()",
  see: "ServerListenOptions; options of the associations belong to createServer()",
  kinds: {
    port: isCheckedElsewhere,
    host: isText,
    localAddresses: isTexts,
    localUdpPort: isCheckedElsewhere,
    udp: isUdpPort,
    transport: isTransports,
    backlog: isCheckedElsewhere,
    ipv6Only: isFlag,
    signal: isSignal,
  },
  meant: {
    udpPort: "localUdpPort",
    hosts: "localAddresses",
    addresses: "localAddresses",
    localAddress: "host",
    address: "host",
    localPort: "port",
  },
  foreign: {
    ...NET_LISTEN_FOREIGN,
    ...Object.fromEntries(OF_THE_SERVER.map((name) => [name, () => "it belongs to createServer()"])),
  },
};

/** Options of `net` that change nothing here, so that programs may go on saying them. */
interface NetListenOptions {
  /** Of Node's `cluster`: UDP ports are not shared by it. */
  readonly exclusive?: boolean | undefined;
  /** Processes and threads share a port by `sctpkit/cluster`. */
  readonly reusePort?: false | undefined;
}

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
  words: readonly unknown[],
  defaults: Pick<ServerListenOptions, "localUdpPort" | "transport">,
): ListenPlan {
  const callback = words.findLast((word) => typeof word === "function") as (() => void) | undefined;
  const options = checkOptions(listenOptions(words), NAMES);
  const { host, udp, signal } = options;
  const transport = udp === undefined ? (options.transport ?? defaults.transport) : options.transport;
  const port = portOf(options.port ?? 0, "port", 0);
  const udpPort = options.localUdpPort ?? defaults.localUdpPort;
  const localUdpPort = udpPort === undefined ? undefined : portOf(udpPort, "localUdpPort", 0);
  const backlog = options.backlog ?? DEFAULT_BACKLOG;
  checkArgument("backlog", backlog, isWhole(0, Number.MAX_SAFE_INTEGER));
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
  if (udp !== undefined) checkBesideUdp(options);
  const localHosts = named.length === 0 && options.ipv6Only === true && !isReady ? ["::"] : named;
  return {
    port,
    localUdpPort,
    localHosts,
    udp,
    transport,
    backlog: backlog === 0 ? DEFAULT_BACKLOG : backlog, // As net has it.
    signal,
    callback,
  };
}

/** `net`'s forms: options, or `(port, host, backlog)`, all of which may be left out; the port may be an address with its port. */
function listenOptions(words: readonly unknown[]): ServerListenOptions {
  const [first, ...more] = words;
  if (typeof first === "object" && first !== null) {
    if (!isAddressObject(first)) return first as ServerListenOptions;
    const { address, family: _family, localAddresses = [address], ...where } = first;
    return { localAddresses, ...where };
  }
  if (typeof first === "function" || first === undefined || first === null) return positional(more);
  if (typeof first === "string" && !/^\s*[0-9]+\s*$/.test(first)) {
    const { hosts, port } = parseWithPort(first);
    return { ...positional(more), port, localAddresses: hosts };
  }
  return { ...positional(more), port: portOf(first, "port", 0) };
}

/** What follows the port. @throws SctpError ERR_SCTP_INVALID_ARGUMENT */
function positional(words: readonly unknown[]): ServerListenOptions {
  let host: string | undefined;
  let backlog: number | undefined;
  for (const word of words) {
    if (typeof word === "string") host = word;
    else if (typeof word === "number") backlog = word;
    else if (typeof word !== "function" && word !== undefined && word !== null)
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `after the port listen() takes a host, a backlog and a listener, not ${received(word)}`,
      );
  }
  return { host, backlog };
}
