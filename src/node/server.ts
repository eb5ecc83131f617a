/**
 * The listening side, in the shape of `net.Server`.
 * Owns: listening, accepting, closing. Does not own: what an accepted socket does (socket.ts).
 */
import { EventEmitter } from "node:events";
import type { Association } from "../association/association.ts";
import { SctpError, SctpErrorCode } from "../errors.ts";
import type { AssociationOptions, StackOptions } from "../options.ts";
import type { TraceSink } from "../trace/sink.ts";
import { type LookupFunction, resolveHosts } from "./resolve.ts";
import { Socket } from "./socket.ts";
import { splitOptions } from "./split-options.ts";
import { type Acceptor, type AssociationUser, DEFAULT_UDP_PORT, UdpPort } from "./udp-port.ts";
import type { CreateDgramSocket } from "./udp-transport.ts";

export interface ServerOptions extends Partial<AssociationOptions> {
  /** Messages buffered per socket before the receive window begins to close; 16 if absent. */
  readonly readableHighWaterMark?: number | undefined;
  readonly trace?: TraceSink | undefined;
  /** Options of the stack, where the server opens a UDP port of its own. */
  readonly stack?: Partial<StackOptions> | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
  readonly lookup?: LookupFunction | undefined;
}

export interface ServerListenOptions {
  /** SCTP port; 0 takes a free one. */
  readonly port: number;
  /** One local address or name; all addresses of the host if absent. */
  readonly host?: string | undefined;
  /** Several local addresses or names: the association is multihomed then. */
  readonly hosts?: readonly string[] | undefined;
  /** UDP port, 9899 if absent; 0 takes a free one. */
  readonly udpPort?: number | undefined;
  /** A UDP port that is open already, instead of one of the server's own. */
  readonly udp?: UdpPort | undefined;
}

/** Where a server listens. */
export interface ServerAddress {
  /** SCTP port. */
  readonly port: number;
  readonly udpPort: number;
  readonly addresses: readonly string[];
}

export interface ServerEvents {
  listening: [];
  connection: [socket: Socket];
  error: [error: Error];
  close: [];
}

/** Accepts associations. Events: `'listening'`, `'connection'`, `'error'`, `'close'`. */
export class Server extends EventEmitter<ServerEvents> implements Acceptor {
  readonly #options: ServerOptions;
  readonly #sockets: Set<Socket> = new Set();
  #udp: UdpPort | undefined;
  #port = 0;
  #state: "new" | "starting" | "listening" | "closing" | "closed" = "new";

  constructor(options: ServerOptions = {}) {
    super();
    this.#options = options;
  }

  get listening(): boolean {
    return this.#state === "listening";
  }
  get connectionCount(): number {
    return this.#sockets.size;
  }

  /** Starts to listen; `'listening'` or `'error'` follows. Takes `net`'s forms: options, or port and host. */
  listen(
    options: ServerListenOptions | number,
    host?: string | (() => void),
    onListening?: () => void,
  ): this {
    const listen =
      typeof options === "number"
        ? { port: options, host: typeof host === "string" ? host : undefined }
        : options;
    const callback = typeof host === "function" ? host : onListening;
    if (this.#state !== "new" && this.#state !== "closed") {
      throw new SctpError(SctpErrorCode.InvalidArgument, "the server is listening already: close it first");
    }
    if (!Number.isInteger(listen.port) || listen.port < 0 || listen.port > 65_535) {
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        `an SCTP port is a whole number from 0 to 65535, not ${listen.port}`,
      );
    }
    const { association } = splitOptions(this.#options); // Told at once, not in an event.
    this.#state = "starting";
    if (callback !== undefined) this.once("listening", callback);
    void this.#start(listen, association);
    return this;
  }

  /** Undefined while the server does not listen. */
  address(): ServerAddress | undefined {
    if (this.#udp === undefined || this.#state !== "listening") return undefined;
    return { port: this.#port, udpPort: this.#udp.port, addresses: this.#udp.addresses };
  }

  /** Accepts no more; `'close'` follows when the last association has ended. */
  close(onClose?: (error?: Error) => void): this {
    if (this.#state !== "listening" && this.#state !== "starting") {
      if (onClose !== undefined) {
        process.nextTick(onClose, new SctpError(SctpErrorCode.Closed, "the server is not listening"));
      }
      return this;
    }
    if (onClose !== undefined) this.once("close", () => onClose());
    if (this.#state === "listening") this.#udp?.unlisten(this.#port);
    this.#state = "closing";
    this.#finishClose();
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "new" || this.#state === "closed") return;
    await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  /** For the UDP port: an association was established. */
  onAccept(association: Association): AssociationUser {
    const socket = new Socket(this.#options.readableHighWaterMark);
    if (this.#udp !== undefined) socket.attach(this.#udp, association, true);
    this.#sockets.add(socket);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#finishClose();
    });
    this.emit("connection", socket);
    return socket;
  }

  async #start(listen: ServerListenOptions, association: Partial<AssociationOptions>): Promise<void> {
    try {
      const addresses = await this.#addresses(listen);
      if (this.#state !== "starting") return;
      const { trace, stack, createSocket } = this.#options;
      const udp =
        listen.udp ??
        new UdpPort({ port: listen.udpPort ?? DEFAULT_UDP_PORT, addresses, trace, stack, createSocket });
      try {
        this.#port = udp.listen({ port: listen.port, options: association }, this);
      } catch (error) {
        if (listen.udp === undefined) udp.close();
        throw error;
      }
      this.#udp = udp;
      udp.hold();
      if (listen.udp === undefined) udp.closeWhenIdle();
      this.#state = "listening";
      this.emit("listening");
    } catch (error) {
      this.#state = "closed";
      this.emit("error", error as Error);
    }
  }

  async #addresses({ host, hosts, udp }: ServerListenOptions): Promise<readonly string[] | undefined> {
    const names = hosts ?? (host === undefined ? [] : [host]);
    if (udp !== undefined || names.length === 0) return undefined;
    return await resolveHosts(names, this.#options.lookup);
  }

  #finishClose(): void {
    if (this.#state !== "closing" || this.#sockets.size > 0) return;
    this.#state = "closed";
    this.#udp?.release();
    this.#udp = undefined;
    process.nextTick(() => this.emit("close"));
  }
}

/** A server whose options are those of the associations that it accepts. @throws SctpError ERR_SCTP_INVALID_OPTION */
export function createServer(
  options: ServerOptions | ((socket: Socket) => void) = {},
  onConnection?: (socket: Socket) => void,
): Server {
  const listener = typeof options === "function" ? options : onConnection;
  const server = new Server(typeof options === "function" ? {} : options);
  if (listener !== undefined) server.on("connection", listener);
  return server;
}
