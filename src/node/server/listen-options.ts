/**
 * What may be said to `listen`.
 * Owns: `net`'s forms of it, and the checks that need no network. Does not own: listening (server.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkPort } from "../common/option-names.ts";
import { parseHosts, parseSctpAddress } from "../common/sctp-address.ts";
import { DEFAULT_UDP_PORT, type UdpPort } from "../driver/udp-port.ts";

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
  /** The same as a list. */
  readonly hosts?: readonly string[] | undefined;
  /** UDP port; the server's `udpPort` option if absent, 9899 without that; 0 takes a free one. */
  readonly udpPort?: number | undefined;
  /** A UDP port that is open already, instead of one of the server's own. */
  readonly udp?: UdpPort | undefined;
  /** Associations that may be established in one turn of the event loop, 1 or more; 511 if absent. More are dropped. */
  readonly backlog?: number | undefined;
  /** Without `host`: listen on IPv6 addresses only. */
  readonly ipv6Only?: boolean | undefined;
  /** Aborting it closes the server. */
  readonly signal?: AbortSignal | undefined;
}

const NAMES: ReadonlySet<string> = new Set([
  "port",
  "host",
  "hosts",
  "udpPort",
  "udp",
  "backlog",
  "ipv6Only",
  "signal",
] satisfies Array<keyof ServerListenOptions>);

/** The options of `listen` after the checks that need no network. */
export interface ListenPlan {
  readonly port: number;
  readonly udpPort: number;
  /** Empty: all addresses. */
  readonly hosts: readonly string[];
  readonly udp: UdpPort | undefined;
  readonly backlog: number;
  readonly signal: AbortSignal | undefined;
  readonly callback: (() => void) | undefined;
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS */
export function planListen(
  words: ReadonlyArray<ServerListenOptions | number | string | (() => void) | undefined>,
  defaultUdpPort: number = DEFAULT_UDP_PORT,
): ListenPlan {
  const callback = words.findLast((word) => typeof word === "function");
  const [first] = words;
  const options = typeof first === "object" ? first : positional(words);
  for (const name of Object.keys(options)) {
    if (!NAMES.has(name)) {
      throw new SctpError(
        SctpErrorCode.InvalidOption,
        `there is no option "${name}" of listen(): see ServerListenOptions`,
      );
    }
  }
  const { port = 0, host, udpPort = defaultUdpPort, udp, backlog = DEFAULT_BACKLOG, signal } = options;
  checkPort(port, "port", 0);
  checkPort(udpPort, "udpPort", 0);
  if (!Number.isInteger(backlog) || backlog < 1) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `backlog must be a whole number above 0, not ${backlog}`,
    );
  }
  const named = options.hosts ?? (host === undefined ? [] : parseHosts(host));
  if (udp !== undefined && named.length > 0) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      "the addresses are those of `udp`: leave out host and hosts",
    );
  }
  const hosts = named.length === 0 && options.ipv6Only === true && udp === undefined ? ["::"] : named;
  return { port, udpPort, hosts, udp, backlog, signal, callback };
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
  return { port, hosts, backlog };
}
