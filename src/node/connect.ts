/**
 * Asking for an association, in the shape of `net.connect`.
 * Owns: resolving the peer, opening a UDP port for it. Does not own: the socket (socket.ts), the handshake.
 */
import { SctpError, SctpErrorCode } from "../errors.ts";
import type { AssociationOptions, StackOptions } from "../options.ts";
import type { TraceSink } from "../trace/sink.ts";
import { type LookupFunction, resolveHosts } from "./resolve.ts";
import { Socket } from "./socket.ts";
import { splitOptions } from "./split-options.ts";
import { DEFAULT_UDP_PORT, UdpPort } from "./udp-port.ts";
import type { CreateDgramSocket } from "./udp-transport.ts";

export interface ConnectSocketOptions extends Partial<AssociationOptions> {
  /** SCTP port of the peer. */
  readonly port: number;
  /** Address or name of the peer; "localhost" if absent. */
  readonly host?: string | undefined;
  /** Several addresses or names of the same peer; the first is the primary path. */
  readonly hosts?: readonly string[] | undefined;
  /** UDP port of the peer; 9899 if absent. */
  readonly udpPort?: number | undefined;
  /** SCTP port of this side; a free one if absent. */
  readonly localPort?: number | undefined;
  /** UDP port of this side; a free one if absent. */
  readonly localUdpPort?: number | undefined;
  /** Local address or name; the wildcard if absent. */
  readonly localAddress?: string | undefined;
  /** Several local addresses or names: this side is multihomed then. */
  readonly localAddresses?: readonly string[] | undefined;
  /** 4 or 6 to look names up in one family only. */
  readonly family?: 0 | 4 | 6 | undefined;
  readonly lookup?: LookupFunction | undefined;
  /** Aborting it destroys the socket. */
  readonly signal?: AbortSignal | undefined;
  /** Messages buffered before the receive window begins to close; 16 if absent. */
  readonly readableHighWaterMark?: number | undefined;
  readonly trace?: TraceSink | undefined;
  /** Options of the stack, where the socket opens a UDP port of its own. */
  readonly stack?: Partial<StackOptions> | undefined;
  /** A UDP port that is open already, instead of one of the socket's own. */
  readonly udp?: UdpPort | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
}

/**
 * Begins an association and returns its socket at once; `'connect'` or `'error'` follows. `await socket.opened` waits.
 * Takes `net`'s forms: options, or port and host.
 * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT
 */
export function connect(
  options: ConnectSocketOptions | number,
  host?: string | (() => void),
  onConnect?: () => void,
): Socket {
  const wanted: ConnectSocketOptions =
    typeof options === "number"
      ? { port: options, host: typeof host === "string" ? host : undefined }
      : options;
  const callback = typeof host === "function" ? host : onConnect;
  const { association } = splitOptions(wanted);
  for (const name of ["port", "udpPort"] as const) checkPort(wanted[name] ?? DEFAULT_UDP_PORT, name);
  const socket = new Socket(wanted.readableHighWaterMark);
  if (callback !== undefined) socket.once("connect", callback);
  watchSignal(socket, wanted.signal);
  void open(socket, wanted, association);
  return socket;
}

async function open(
  socket: Socket,
  wanted: ConnectSocketOptions,
  association: Partial<AssociationOptions>,
): Promise<void> {
  try {
    const { lookup, family } = wanted;
    const remoteAddresses = await resolveHosts(wanted.hosts ?? [wanted.host ?? "localhost"], lookup, family);
    const localNames =
      wanted.localAddresses ?? (wanted.localAddress === undefined ? [] : [wanted.localAddress]);
    const localAddresses =
      localNames.length === 0 ? undefined : await resolveHosts(localNames, lookup, family);
    if (socket.destroyed) return;
    const { trace, stack, createSocket } = wanted;
    const udp =
      wanted.udp ??
      new UdpPort({ port: wanted.localUdpPort ?? 0, addresses: localAddresses, trace, stack, createSocket });
    try {
      const opened = udp.connect(
        {
          remoteAddresses,
          remotePort: wanted.port,
          remoteUdpPort: wanted.udpPort ?? DEFAULT_UDP_PORT,
          localPort: wanted.localPort ?? 0,
          options: association,
        },
        socket,
      );
      socket.attach(udp, opened, false);
    } finally {
      if (wanted.udp === undefined) udp.closeWhenIdle();
    }
  } catch (error) {
    socket.destroy(error as Error);
  }
}

function watchSignal(socket: Socket, signal: AbortSignal | undefined): void {
  if (signal === undefined) return;
  const onAbort = (): void => {
    socket.destroy(signal.reason instanceof Error ? signal.reason : new Error("the operation was aborted"));
  };
  if (signal.aborted) return void process.nextTick(onAbort);
  signal.addEventListener("abort", onAbort, { once: true });
  socket.once("close", () => signal.removeEventListener("abort", onAbort));
}

function checkPort(port: number, name: string): void {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${name} must be a whole number from 1 to 65535, not ${port}`,
  );
}
