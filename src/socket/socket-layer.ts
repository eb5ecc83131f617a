/**
 * All sockets of one stack: what a kernel's socket layer is.
 * Owns: making sockets, and which SCTP port belongs to which of them.
 * Does not own: what a socket does (socket.ts), the stack and its driver (host.ts).
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import type { AssociationOptionsInput } from "../base/options.ts";
import { SctpSocket } from "./socket.ts";
import type { SocketHost } from "./state/host.ts";
import { type Ports, SocketCore, type SocketDomain, type SocketStyle } from "./state/socket-core.ts";
import { Fault } from "./terms/errno.ts";

/** The registered UDP port (RFC 6951 7). */
const SCTP_UDP_PORT = 9_899;
const DEFAULT_MAX_NOTIFICATIONS = 4_096;

export interface SocketLayerOptions {
  /** UDP port of peers, unless SCTP_REMOTE_UDP_ENCAPS_PORT says otherwise; 9899 if absent. */
  readonly remoteUdpPort?: number | undefined;
  /** Options of the associations of its sockets, until those are set; the core's defaults if absent. */
  readonly defaultOptions?: AssociationOptionsInput | undefined;
  /** Notifications that may wait on a socket before it stops them (RFC 6458 6.1.10); 4,096 if absent. */
  readonly maxNotifications?: number | undefined;
}

/** Is told of associations that a probe of a port could meet: none, as the probe ends before any packet. */
const NO_ACCEPTOR = { onAccept: () => ({ onAssociationEvent: () => {} }) };

export class SocketLayer implements Ports {
  readonly host: SocketHost;
  readonly defaultRemoteUdpPort: number;
  readonly defaultOptions: AssociationOptionsInput | undefined;
  readonly maxNotifications: number;
  readonly #owners = new Map<number, Set<SocketCore>>();

  constructor(host: SocketHost, options: SocketLayerOptions = {}) {
    this.host = host;
    this.defaultRemoteUdpPort = options.remoteUdpPort ?? SCTP_UDP_PORT;
    this.defaultOptions = options.defaultOptions;
    this.maxNotifications = options.maxNotifications ?? DEFAULT_MAX_NOTIFICATIONS;
  }

  /**
   * RFC 6458 3.1.1, 4.1.1.
   * @param style SOCK_SEQPACKET is one-to-many, SOCK_STREAM one-to-one
   */
  socket(style: SocketStyle, domain: SocketDomain = "PF_INET6"): SctpSocket {
    return new SctpSocket(new SocketCore(this, style, domain));
  }

  /** For sockets: a port for one of them; 0 finds a free one. @throws Fault EADDRINUSE */
  reserve(core: SocketCore, wanted: number): number {
    const owners = this.#owners.get(wanted);
    const shares = core.settings.reusePort && [...(owners ?? [])].every(({ settings }) => settings.reusePort);
    if (owners !== undefined && !shares)
      throw new Fault(
        "EADDRINUSE",
        `SCTP port ${wanted} is taken by another socket: bind to 0 for a free one`,
      );
    const port = owners === undefined ? this.#probe(wanted) : wanted;
    const all = owners ?? new Set();
    all.add(core);
    this.#owners.set(port, all);
    return port;
  }

  release(core: SocketCore): void {
    const owners = this.#owners.get(core.port);
    owners?.delete(core);
    if (owners?.size === 0) this.#owners.delete(core.port);
  }

  /** Asks the stack whether a port is free, or for one that is and that no socket has been bound to. */
  #probe(wanted: number): number {
    for (;;) {
      const port = this.#listenOnce(wanted);
      if (!this.#owners.has(port)) return port;
    }
  }

  #listenOnce(wanted: number): number {
    try {
      const port = this.host.listen({ port: wanted }, NO_ACCEPTOR);
      this.host.unlisten(port);
      return port;
    } catch (error) {
      if (!(error instanceof SctpError) || error.sctpCode !== SctpErrorCode.PortInUse) throw error;
      throw new Fault("EADDRINUSE", error.message);
    }
  }
}
