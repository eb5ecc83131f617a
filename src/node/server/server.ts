/**
 * The listening side, in the shape of `net.Server`.
 * Owns: listening, accepting or refusing, closing. Does not own: what an accepted socket does (socket.ts), what may be
 * said to `listen` (listen-options.ts).
 */
import { EventEmitter } from "node:events";
import type { BlockList, LookupFunction } from "node:net";
import type { Association } from "../../association/association.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkArgument,
  isCheckedElsewhere,
  isFlag,
  isFunction,
  isObject,
  type OptionNames,
} from "../../base/option-check.ts";
import type { AssociationOptions, AssociationOptionsInput, StackOptionsInput } from "../../base/options.ts";
import { Places } from "../../base/places.ts";
import type { TraceSink } from "../../base/trace-sink.ts";
import { isBehindWildcard } from "../../platform/address.ts";
import type { Acceptor, AssociationUser } from "../../socket/state/host.ts";
import { requireAddress } from "../../stack/local-addresses.ts";
import { whenAborted } from "../common/abort-listeners.ts";
import {
  BUFFER_KINDS,
  blockedAddress,
  checkWithAssociation,
  isBlockList,
  isTrace,
  isTransports,
  KEEP_ALIVE_KINDS,
  type KeepAliveOptions,
  NET_FOREIGN,
  type NetOptions,
} from "../common/option-names.ts";
import { literalsOf, resolveHosts } from "../common/resolve.ts";
import { type ServerAddress, serverAddress } from "../common/server-address.ts";
import { familyOf } from "../common/socket-facts.ts";
import { tell } from "../common/tell.ts";
import type { Transports } from "../driver/open-port.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { leasePort, type PortLease } from "../driver/shared-ports.ts";
import { checkBesideUdp, driverOf } from "../driver/udp-port.ts";
import { insideOf, whenOver } from "../socket/association-duplex.ts";
import type { BufferOptions } from "../socket/buffer-options.ts";
import { followerFor } from "../socket/host-following.ts";
import { Socket } from "../socket/socket.ts";
import type { CreateDgramSocket } from "../transport/udp-transport.ts";
import { type ListenPlan, planListen, type ServerListenOptions } from "./listen-options.ts";
import type { DropArgument, OnServerEvent } from "./server-events.ts";

/** The options of `createServer`: those of the associations that it accepts (src/base/options.ts) and these. */
export interface ServerOptions extends AssociationOptionsInput, BufferOptions, KeepAliveOptions, NetOptions {
  /** UDP port where `listen()` names none; 9899 if absent, 0 takes a free one. */
  readonly localUdpPort?: number | undefined;
  /** What carries the packets instead of UDP sockets, where `listen()` names nothing else; `docs/transports.md`. */
  readonly transport?: Transports | undefined;
  /**
   * Whether the server follows the addresses of this host while it listens (RFC 5061), and with it its associations that have agreed on
   * `dynamicAddresses`: those that appear are added, those that vanish are removed. False if absent.
   */
  readonly followHostAddresses?: boolean | undefined;
  /** Peers with one of these addresses are refused. */
  readonly blockList?: BlockList | undefined;
  /** Rejections of async listeners: of `'connection'` destroy the socket, others become `'error'` (see node:events). */
  readonly captureRejections?: boolean | undefined;
  /** Accepted sockets are paused, and give no message before `resume()`. */
  readonly pauseOnConnect?: boolean | undefined;
  /**
   * Whoever brings one has a UDP port of its own: a trace sees all that goes through a port. A
   * name stands for a file that is written anew, as `traceFile` does.
   */
  readonly trace?: TraceSink | string | undefined;
  /** Options of the stack of the UDP port, which is one of the server's own then. */
  readonly stack?: StackOptionsInput | undefined;
  /** A stand-in for `dgram.createSocket`. */
  readonly createSocket?: CreateDgramSocket | undefined;
  /** A stand-in for `dns.lookup`. */
  readonly lookup?: LookupFunction | undefined;
}

const NAMES: OptionNames<ServerOptions, keyof AssociationOptions | keyof NetOptions> = {
  of: "createServer()",
  see: "ServerOptions and AssociationOptions; port and addresses belong to listen()",
  kinds: {
    localUdpPort: isCheckedElsewhere,
    transport: isTransports,
    followHostAddresses: isFlag,
    blockList: isBlockList,
    captureRejections: isFlag,
    pauseOnConnect: isFlag,
    ...BUFFER_KINDS,
    ...KEEP_ALIVE_KINDS,
    trace: isTrace,
    stack: isObject,
    createSocket: isFunction,
    lookup: isFunction,
  },
  meant: { udpPort: "localUdpPort" },
  foreign: {
    ...NET_FOREIGN,
    port: () => "it belongs to listen()",
    host: () => "it belongs to listen()",
    localAddress: () => "it belongs to listen()",
    localAddresses: () => "it belongs to listen()",
    backlog: () => "it belongs to listen()",
    maxConnections: () => "it is a property: server.maxConnections",
  },
};

/** Nobody hears of an association that was refused. */
const NOBODY: AssociationUser = { onAssociationEvent: () => {} };

/** Accepts associations. Events: see `OnServerEvent`. */
export class Server extends EventEmitter {
  // The methods of an emitter, with the events that this one has.
  declare on: OnServerEvent<this>;
  declare once: OnServerEvent<this>;
  declare off: OnServerEvent<this>;
  declare addListener: OnServerEvent<this>;
  declare removeListener: OnServerEvent<this>;
  declare prependListener: OnServerEvent<this>;
  declare prependOnceListener: OnServerEvent<this>;

  /** Associations that may exist at once; more are refused with `'drop'`. No limit if undefined. */
  maxConnections: number | undefined;
  readonly #options: ServerOptions;
  readonly #association: AssociationOptionsInput;
  readonly #sockets: Places<Socket> = new Places();
  readonly #acceptor: Acceptor = { onAccept: (association) => this.#accept(association) };
  #driver: PortDriver | undefined;
  #stopFollowing: (() => void) | undefined;
  #localAddresses: readonly string[] = [];
  #port = 0;
  #state: "closed" | "starting" | "listening" | "closing" = "closed";
  /** Counts the calls of listen(): what an older one finds out comes too late. */
  #attempt = 0;
  #referenced = true;
  #backlog = 0;
  #acceptedInTurn = 0;
  #turn = -1;
  /** Ends listening to the signal of `listen()`: it may outlive many servers. */
  #forgetSignal: (() => void) | undefined;

  /** @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT */
  constructor(
    options: ServerOptions | ((socket: Socket) => void) | null = {},
    onConnection?: ((socket: Socket) => void) | null,
  ) {
    const { options: given, association } = checkWithAssociation(
      typeof options === "function" ? {} : (options ?? {}),
      NAMES,
    );
    super(given.captureRejections === undefined ? {} : { captureRejections: given.captureRejections });
    this.#association = association;
    this.#options = given;
    const listener = typeof options === "function" ? options : (onConnection ?? undefined);
    if (listener === undefined) return;
    checkArgument("the listener", listener, isFunction);
    this.on("connection", listener);
  }

  /** Whether the server takes associations: from `'listening'` to `close()`. */
  get listening(): boolean {
    return this.#state === "listening";
  }
  /** Associations that were accepted and still exist. */
  get connectionCount(): number {
    return this.#sockets.size;
  }

  /**
   * Starts to listen; `'listening'` or `'error'` follows. Takes `net`'s forms, options or port, host and backlog, and an
   * address such as `10.50.1.1/10.50.2.1:2904`.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS
   */
  listen(options: ServerListenOptions, onListening?: () => void): this;
  listen(port?: number | string, host?: string, backlog?: number, onListening?: () => void): this;
  listen(port?: number | string, host?: string, onListening?: () => void): this;
  listen(port?: number | string, backlog?: number, onListening?: () => void): this;
  listen(port?: number | string, onListening?: () => void): this;
  listen(onListening?: () => void): this;
  listen(...words: ReadonlyArray<ServerListenOptions | number | string | (() => void) | undefined>): this {
    const plan = planListen(words, this.#options);
    const { trace, stack, createSocket } = this.#options;
    if (plan.udp !== undefined) checkBesideUdp({ trace, stack, createSocket });
    if (this.#state !== "closed") {
      const isClosing = this.#state === "closing";
      throw new SctpError(
        SctpErrorCode.InvalidArgument,
        isClosing
          ? "the server is closing: wait for 'close', or make another one"
          : "the server is listening already: close it first",
      );
    }
    const attempt = ++this.#attempt;
    this.#state = "starting";
    if (plan.callback !== undefined) this.once("listening", plan.callback);
    if (plan.signal !== undefined) this.#heed(plan.signal, attempt);
    this.#start(plan, attempt);
    return this;
  }

  /** Null while the server does not listen, as in `net`. */
  address(): ServerAddress | null {
    const { localUdpPort } = this.#driver ?? {};
    if (!this.listening || localUdpPort === undefined) return null;
    return serverAddress({ localUdpPort, localAddresses: this.#localAddresses }, this.#port);
  }

  /**
   * One more address for the server (RFC 5061): associations to come are told of it, and those that exist ask their peers to take it up.
   * A peer that does not know such requests, or refuses, keeps the addresses that it has.
   * @returns a promise that resolves when all that were asked have answered
   * @throws (rejects) SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_UDP_SOCKET, ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_NOT_SUPPORTED as
   *   `Socket.bindAddress`; ERR_SCTP_CLOSED if it does not listen
   */
  async bindAddress(text: string): Promise<void> {
    const driver = this.#requireListening();
    const address = await driver.addresses.bind(text, undefined);
    if (driver !== this.#driver || !this.listening)
      throw new SctpError(SctpErrorCode.Closed, "the server has been closed meanwhile");
    if (!this.#localAddresses.includes(address)) this.#listenOn([...this.#localAddresses, address]);
    await Promise.allSettled(this.#sockets.values().map((socket) => socket.bindAddress(address)));
  }

  /**
   * The server does without an address (RFC 5061): associations to come are not told of it, and those that exist ask their peers to
   * forget it. Its UDP socket is closed a little later, unless a peer was not to be asked, or others use it. On a wildcard the server goes on
   * as it does, and peers are asked to forget an address that the host has lost.
   * @throws (rejects) SctpError ERR_SCTP_INVALID_ADDRESS if it is none of the server's, or the last one; ERR_SCTP_CLOSED
   */
  async unbindAddress(text: string): Promise<void> {
    const driver = this.#requireListening();
    const address = requireAddress(text);
    const left = this.#localAddresses.filter((each) => each !== address);
    const isLost = isBehindWildcard(address, this.#localAddresses);
    if (!isLost && (left.length === this.#localAddresses.length || left.length === 0)) {
      const own = this.#localAddresses.join(", ");
      const why = left.length === 0 ? "is the last address" : `is none of the addresses (${own})`;
      throw new SctpError(SctpErrorCode.InvalidAddress, `${address} ${why} of the server`);
    }
    if (!isLost) this.#listenOn(left);
    await Promise.allSettled(this.#sockets.values().map((socket) => socket.unbindAddress(address)));
    driver.addresses.unbind(address, undefined);
  }

  /** Accepts no more; `'close'` follows when the last association has ended. */
  close(onClose?: ((error?: Error) => void) | null): this {
    if (onClose !== undefined && onClose !== null) checkArgument("the listener", onClose, isFunction);
    if (this.#state !== "listening" && this.#state !== "starting") {
      const error = new SctpError(SctpErrorCode.Closed, "the server is not listening");
      if (typeof onClose !== "function") return this;
      if (this.#state === "closed") process.nextTick(onClose, error);
      else this.once("close", () => onClose(error));
      return this;
    }
    if (typeof onClose === "function") this.once("close", () => onClose());
    this.#attempt++;
    this.#forgetSignal?.();
    if (this.#state === "listening") this.#driver?.unlisten(this.#port);
    this.#state = "closing";
    this.#finishClose();
    return this;
  }

  /** Calls back with the number of associations that exist. */
  getConnections(callback: (error: Error | null, count: number) => void): this {
    checkArgument("the callback", callback, isFunction);
    process.nextTick(callback, null, this.#sockets.size);
    return this;
  }

  /** Keeps the process alive while the server listens: so it is from the beginning. */
  ref(): this {
    if (!this.#referenced) this.#driver?.ref();
    this.#referenced = true;
    return this;
  }

  /** Lets the process end although the server listens. */
  unref(): this {
    if (this.#referenced) this.#driver?.unref();
    this.#referenced = false;
    return this;
  }

  /** Closes the server and resolves when its last association has ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === "closed") return;
    await new Promise<void>((resolve) => this.close(() => resolve()));
  }

  /** What becomes of the rejection of an async listener, where they are captured; as in `net`. */
  override [EventEmitter.captureRejectionSymbol](
    error: Error,
    event: unknown,
    ...args: readonly unknown[]
  ): void {
    const [socket] = args;
    if (event === "connection" && socket instanceof Socket) socket.destroy(error);
    else this.emit("error", error as SctpError); // Whatever the listener threw, as with net.
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #requireListening(): PortDriver {
    if (this.listening && this.#driver !== undefined) return this.#driver;
    throw new SctpError(SctpErrorCode.Closed, "the server is not listening");
  }

  #follow(driver: PortDriver): void {
    const follower = followerFor(driver, () =>
      this.#sockets.values().flatMap((socket) => insideOf(socket).association ?? []),
    );
    this.#stopFollowing = driver.follow({
      onAdded: (address) => {
        if (this.listening) this.#listenOn([...this.#localAddresses, address]);
        follower.onAdded(address);
      },
      onRemoved: (address) => {
        const left = this.#localAddresses.filter((each) => each !== address);
        if (this.listening && left.length > 0) this.#listenOn(left);
        follower.onRemoved(address);
      },
    });
  }

  /** Nothing comes in between: no INIT is refused. */
  #listenOn(localAddresses: readonly string[]): void {
    this.#driver?.unlisten(this.#port);
    this.#driver?.listen({ port: this.#port, localAddresses, options: this.#association }, this.#acceptor);
    this.#localAddresses = localAddresses;
  }

  /** An association was established. */
  #accept(association: Association): AssociationUser {
    const driver = this.#driver;
    if (driver === undefined || this.#refuses(association, driver)) {
      association.abort(Buffer.from("refused by the server"), driver?.nowMs() ?? 0);
      return NOBODY;
    }
    const { highWaterMark, readableHighWaterMark, writableHighWaterMark } = this.#options;
    const socket = new Socket({ highWaterMark, readableHighWaterMark, writableHighWaterMark });
    const { user, attach } = insideOf(socket);
    attach(driver, association, true);
    association.userData = user;
    if (this.#options.pauseOnConnect === true) socket.pause();
    const place = this.#sockets.add(socket);
    whenOver(socket, () => {
      this.#sockets.remove(place);
      this.#finishClose();
    });
    tell(this, "connection", socket);
    return user;
  }

  #refuses(association: Association, driver: PortDriver): boolean {
    if (blockedAddress(this.#options.blockList, association.remoteAddresses) !== undefined) return true;
    if (driver.turn !== this.#turn) this.#acceptedInTurn = 0;
    this.#turn = driver.turn;
    const full = this.maxConnections !== undefined && this.#sockets.size >= this.maxConnections;
    if (!full && this.#acceptedInTurn < this.#backlog) {
      this.#acceptedInTurn++;
      return false;
    }
    const [localAddress] = association.localAddresses;
    const dropped: DropArgument = {
      localAddress,
      localPort: association.localPort,
      localFamily: familyOf(localAddress),
      remoteAddress: association.primaryAddress,
      remotePort: association.remotePort,
      remoteFamily: familyOf(association.primaryAddress),
    };
    tell(this, "drop", dropped);
    return true;
  }

  /** Closes the server when the signal is aborted, as long as it is the server that was given the signal. */
  #heed(signal: AbortSignal, attempt: number): void {
    const onAbort = (): void => void (attempt === this.#attempt && this.close());
    if (signal.aborted) return process.nextTick(onAbort);
    this.#forgetSignal = whenAborted(signal, onAbort);
  }

  /** At once where nothing has to be looked up, and the runtime binds at once: as with `net`, `address()` answers then. */
  #start(plan: ListenPlan, attempt: number): void {
    const fail = (error: unknown): void => this.#onFailure(error as SctpError, attempt);
    try {
      const lease = this.#lease(plan);
      if (lease instanceof Promise) lease.then((found) => this.#begin(plan, attempt, found)).catch(fail);
      else this.#begin(plan, attempt, lease);
    } catch (error) {
      fail(error);
    }
  }

  /** The UDP port to listen on. @throws (or rejects) as `leasePort`; the lookup's error */
  #lease(plan: ListenPlan): PortLease | Promise<PortLease> {
    const { localUdpPort, localHosts, transport, udp } = plan;
    if (udp !== undefined) return { driver: driverOf(udp), localAddresses: undefined };
    const { trace, stack, createSocket } = this.#options;
    const wish = { localUdpPort, transport, trace, stack, createSocket };
    if (localHosts.length === 0) return leasePort(wish);
    const literals = literalsOf(localHosts);
    if (literals !== undefined) return leasePort({ ...wish, localAddresses: literals });
    return resolveHosts(localHosts, this.#options).then((found) =>
      leasePort({ ...wish, localAddresses: found }),
    );
  }

  /** @throws SctpError as `Stack.listen` */
  #begin(plan: ListenPlan, attempt: number, { driver, localAddresses }: PortLease): void {
    const isShared = plan.udp === undefined;
    if (attempt !== this.#attempt) {
      if (isShared) driver.forgo();
      return;
    }
    try {
      const listen = { port: plan.port, localAddresses, options: this.#association };
      this.#port = driver.listen(listen, this.#acceptor);
    } catch (error) {
      if (isShared) driver.forgo();
      throw portError(error, (localAddresses ?? driver.localAddresses)[0], plan.port);
    }
    this.#driver = driver;
    this.#localAddresses = localAddresses ?? driver.localAddresses;
    this.#backlog = plan.backlog;
    driver.hold();
    if (!this.#referenced) driver.unref();
    if (isShared) driver.closeWhenIdle();
    if (this.#options.followHostAddresses === true) this.#follow(driver);
    this.#state = "listening";
    process.nextTick(() => attempt === this.#attempt && this.emit("listening"));
  }

  #onFailure(error: SctpError, attempt: number): void {
    if (attempt !== this.#attempt) return;
    this.#forgetSignal?.();
    this.#state = "closed";
    process.nextTick(() => this.emit("error", error));
  }

  #finishClose(): void {
    if (this.#state !== "closing" || this.#sockets.size > 0) return;
    this.#state = "closed";
    this.#stopFollowing?.();
    if (!this.#referenced) this.#driver?.ref();
    this.#driver?.release();
    this.#driver = undefined;
    process.nextTick(() => this.emit("close"));
  }
}

/**
 * A server whose options are those of the associations that it accepts.
 * @throws SctpError ERR_SCTP_INVALID_OPTION
 */
export function createServer(
  options: ServerOptions | ((socket: Socket) => void) | null = {},
  onConnection?: ((socket: Socket) => void) | null,
): Server {
  return new Server(options, onConnection);
}

/** `net` calls a port that is taken EADDRINUSE, whichever kind of port it is. */
function portError(error: unknown, address: string | undefined, port: number): unknown {
  if (!(error instanceof SctpError) || error.sctpCode !== SctpErrorCode.PortInUse) return error;
  const about = { syscall: "listen", address, port };
  return new SctpError(error.sctpCode, error.message, { hostCode: "EADDRINUSE", cause: error, ...about });
}
