/**
 * `sctp.Server`.
 * Owns: that face. Does not own: listening and accepting: a server of sctpkit does that within.
 */
import { EventEmitter } from "node:events";
import { Server as NativeServer } from "../node/server/server.ts";
import { checkedOptions, optionsWithPort } from "./option-names.ts";
import { associationDefaults } from "./sctp-defaults.ts";
import { Socket } from "./sctp-socket.ts";
import { portFor, type TransportChoice } from "./shared-port.ts";

export interface ServerOptions extends TransportChoice {
  /** PPID of what accepted sockets write; 0 if absent. */
  readonly ppid?: number | undefined;
  readonly [other: string]: unknown;
}

export interface ListenOptions extends TransportChoice {
  /** SCTP port; 0, or absent, takes a free one. */
  readonly port?: number | string | undefined;
  /** Accepted, but SCTP in UDP listens on all addresses of the UDP port. */
  readonly host?: string | readonly string[] | undefined;
  /** Inbound streams allowed; 2 if absent. */
  readonly MIS?: number | undefined;
  /** Outbound streams asked for; 2 if absent. */
  readonly OS?: number | undefined;
  readonly [other: string]: unknown;
}

interface ServerEvents {
  listening: [];
  connection: [socket: Socket];
  close: [];
  error: [error: Error];
}

export class Server extends EventEmitter<ServerEvents> {
  maxConnections: number | undefined;
  readonly #options: ServerOptions;
  #native: NativeServer | undefined;
  /** Takes back the listen() whose UDP port is being opened. */
  #giveUp: (() => void) | undefined;

  constructor(
    options: ServerOptions | ((socket: Socket) => void) = {},
    onConnection?: (socket: Socket) => void,
  ) {
    super();
    this.#options = typeof options === "function" ? {} : checkedOptions(options ?? {}, "createServer()");
    const listener = typeof options === "function" ? options : onConnection;
    if (listener !== undefined) this.on("connection", listener);
  }

  get listening(): boolean {
    return this.#native?.listening === true;
  }

  address(): { port: number | undefined; address: string | undefined; family: string } {
    const where = this.#native?.address();
    return { port: where?.port, address: where?.address, family: where?.family ?? "IPv4" };
  }

  /**
   * `(options, listener)` or `(port, host, backlog, listener)`; `'listening'` or `'error'` follows.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION
   */
  listen(
    where: ListenOptions | number | string,
    host?: string | (() => void),
    backlog?: number | (() => void),
    onListening?: () => void,
  ): this {
    const callback = [where as unknown, host, backlog, onListening].find(
      (word) => typeof word === "function",
    ) as (() => void) | undefined;
    if (callback !== undefined) this.once("listening", callback);
    const words = typeof where === "function" ? 0 : (where ?? 0);
    const options = optionsWithPort<ListenOptions>(words, "listen()", 0);
    this.#start(options).catch((error: Error) => process.nextTick(() => this.emit("error", error)));
    return this;
  }

  /** Accepts no more; `'close'` comes when the last association has ended. */
  close(onClose?: () => void): void {
    if (onClose !== undefined) this.once("close", onClose);
    if (this.#giveUp === undefined) this.#native?.close();
    else this.#giveUp();
  }

  async #start(options: ListenOptions & { readonly port: number }): Promise<void> {
    let isGivenUp = false;
    const giveUp = (): void => {
      isGivenUp = true;
      this.#giveUp = undefined;
      process.nextTick(() => this.emit("close"));
    };
    this.#giveUp = giveUp;
    const { udp } = await portFor({ ...this.#options, ...options }, true).finally(() => {
      if (this.#giveUp === giveUp) this.#giveUp = undefined;
    });
    if (isGivenUp) return;
    const native = new NativeServer(
      associationDefaults({ OS: options.OS, MIS: options.MIS ?? this.maxConnections }),
    );
    this.#native = native;
    if (this.maxConnections !== undefined) native.maxConnections = this.maxConnections;
    native.on("connection", (accepted) => {
      const socket = new Socket({ ppid: this.#options.ppid });
      socket.adopt(accepted);
      this.emit("connection", socket);
    });
    native.on("listening", () => this.emit("listening"));
    native.on("close", () => this.emit("close"));
    native.on("error", (error) => this.emit("error", error));
    native.listen({ port: options.port, udp });
  }
}

/** A server; `listen` says where. */
export function createServer(
  options?: ServerOptions | ((socket: Socket) => void),
  onConnection?: (socket: Socket) => void,
): Server {
  return new Server(options, onConnection);
}
