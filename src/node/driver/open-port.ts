/**
 * Opening a UDP port.
 * Owns: what may be said of one, and whether its transports are opened here or were handed in. Does not own: what goes
 * through the port (port-driver.ts), UDP sockets (open-transports.ts).
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkOptions,
  isCheckedElsewhere,
  isFunction,
  isObject,
  isTexts,
  isWhole,
  type OptionNames,
} from "../../base/option-check.ts";
import { type StackOptionsInput, stackOptions } from "../../base/options.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import type { PacketLimits } from "../../stack/types.ts";
import { isTrace, isTransports, portOf } from "../common/option-names.ts";
import { traceFile } from "../common/trace-file.ts";
import {
  type OpenOptions,
  openTransport as openOneTransport,
  openTransports,
  openTransportsNow,
} from "../transport/open-transports.ts";
import { checkTransports, type Transport } from "../transport/transport.ts";
import { type CreateDgramSocket, UdpTransport } from "../transport/udp-transport.ts";
import { interfaceLimitsTo } from "./interface-mtu.ts";
import { makeWay, PortDriver } from "./port-driver.ts";
import type { PortShare } from "./port-share.ts";
import type { OpenTransport } from "./port-transports.ts";
import { SourceTrace } from "./source-trace.ts";

/** The registered port (RFC 6951 7). */
export const DEFAULT_UDP_PORT = 9_899;

/** What carries a port's packets, where it is not UDP sockets of the port's own: one for each local address. */
export type Transports = Transport | readonly Transport[];

export interface UdpPortOptions {
  /** 0 takes a free one; 9899 if absent. */
  readonly localUdpPort?: number | undefined;
  /** IP literals, one UDP socket each; the wildcards of both families if absent. */
  readonly localAddresses?: readonly string[] | undefined;
  /** Asked of the host for each UDP socket, 4 MiB if absent; the host may grant less. */
  readonly socketBufferBytes?: number | undefined;
  /** Transports of your own instead of UDP sockets: addresses and port number are theirs. */
  readonly transport?: Transports | undefined;
  /** Options of the port's stack. */
  readonly stack?: StackOptionsInput | undefined;
  /** Sees all packets of the port. A name stands for a file that is written anew, as `traceFile` does. */
  readonly trace?: TraceSink | string | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
}

const NAMES: OptionNames<UdpPortOptions> = {
  of: "a UDP port",
  see: "UdpPortOptions",
  kinds: {
    localUdpPort: isCheckedElsewhere,
    localAddresses: isTexts,
    socketBufferBytes: isWhole(1, 0x7fff_ffff),
    transport: isTransports,
    stack: isObject,
    trace: isTrace,
    createSocket: isFunction,
  },
  meant: {
    port: "localUdpPort",
    udpPort: "localUdpPort",
    addresses: "localAddresses",
    hosts: "localAddresses",
  },
};

/**
 * Packets that are larger than usual unasked take no larger part of what a UDP socket has room for, all associations of its port together.
 * After a loss an association has four packets in flight (RFC 9260 7.2.3), and a datagram in the socket takes a little more than its bytes.
 */
const MAX_ROOM_SHARE = 1 / 8;

/** For those who open a port: the cluster's workers share theirs with one another, the sockets of a thread theirs. */
export interface OpenPortOptions extends UdpPortOptions {
  readonly share?: PortShare | undefined;
  /** Called once, when the port is closed. */
  readonly onClose?: (() => void) | undefined;
}

/** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
export function checkPortOptions(asked: UdpPortOptions): UdpPortOptions {
  const options = checkOptions(asked, NAMES);
  const { localUdpPort, stack } = options;
  if (stack !== undefined) stackOptions(stack); // Told before anything is opened.
  return localUdpPort === undefined
    ? options
    : { ...options, localUdpPort: portOf(localUdpPort, "localUdpPort", 0) };
}

/**
 * Opens the UDP sockets at once, where the runtime can.
 * @throws SctpError ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET, ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT,
 *   ERR_SCTP_INVALID_OPTION
 */
export function openPortNow(options: OpenPortOptions): PortDriver {
  return made(options, handedIn(options) ?? openTransportsNow(wanted(options)));
}

/** Opens a UDP port: at once where the runtime binds at once, else it promises to. @throws (or rejects) as `openPortNow` */
export function openPort(options: OpenPortOptions): PortDriver | Promise<PortDriver> {
  const transports = handedIn(options) ?? openTransports(wanted(options));
  if (!(transports instanceof Promise)) return made(options, transports);
  return transports.then((opened) => made(options, opened));
}

function made(options: OpenPortOptions, transports: readonly Transport[]): PortDriver {
  const isOnHostSockets = options.transport === undefined && options.createSocket === undefined;
  const limitsTo = (remoteAddress: string): PacketLimits =>
    interfaceLimitsTo(remoteAddress, undefined, roomFor(transports) / Math.max(1, driver.associationCount));
  const driver: PortDriver = new PortDriver(
    {
      ...options,
      trace: traced(options),
      isOnHostSockets,
      limitsTo: isUdp(options) ? limitsTo : undefined,
      openTransport: opener(options),
    },
    transports,
  );
  return driver;
}

/** Undefined where the sockets are not the port's own. */
function opener({
  transport,
  share,
  socketBufferBytes,
  createSocket,
}: OpenPortOptions): OpenTransport | undefined {
  if (transport !== undefined || share !== undefined) return undefined;
  return (address, localUdpPort) =>
    openOneTransport({ localUdpPort, socketBufferBytes, createSocket }, address);
}

/** For one packet, if the other end is as this one; 0 where that is not known. */
function roomFor(transports: readonly Transport[]): number {
  let bytes = Number.POSITIVE_INFINITY;
  for (const transport of transports)
    bytes = Math.min(bytes, transport instanceof UdpTransport ? (transport.receiveBufferBytes ?? 0) : 0);
  return bytes * MAX_ROOM_SHARE;
}

/** Whether the packets leave by UDP sockets of this host, maybe another process's. */
function isUdp({ transport, share, createSocket }: OpenPortOptions): boolean {
  return createSocket === undefined && (transport === undefined || share !== undefined);
}

/** The trace of UDP sockets shows no wildcard; what the addresses of another transport mean, the host does not know. */
function traced(options: OpenPortOptions): TraceSink | undefined {
  const trace = typeof options.trace === "string" ? traceFile(options.trace) : options.trace;
  return trace === undefined || !isUdp(options) ? trace : new SourceTrace(trace);
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS */
function handedIn(options: OpenPortOptions): readonly Transport[] | undefined {
  const { transport } = options;
  if (transport === undefined) return undefined;
  for (const name of ["localUdpPort", "localAddresses", "socketBufferBytes", "createSocket"] as const) {
    if (options[name] === undefined) continue;
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `addresses and UDP port are those of \`transport\`: leave out ${name}`,
    );
  }
  const transports = "send" in transport ? [transport] : transport;
  checkTransports(transports);
  return transports;
}

/** The options with their defaults; a port that only lingers gives way to whoever wants its number. */
function wanted(options: OpenPortOptions): OpenOptions {
  const { localUdpPort = DEFAULT_UDP_PORT } = options;
  makeWay(localUdpPort);
  return { ...options, localUdpPort };
}
