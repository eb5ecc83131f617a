/**
 * One socket, many associations: the one-to-many style of RFC 6458 in Node's manner.
 * Owns: promises, events and iteration over a one-to-many socket.
 * Does not own: the socket (src/socket), the UDP port (endpoint-host.ts), sockets of one association (socket.ts).
 */
import { EventEmitter } from "node:events";
import type { LookupFunction } from "node:net";
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import { checkSendInfo, NO_SEND_INFO } from "../../association/model/send-info.ts";
import type { AssociationStats, PathInfo } from "../../association/reporting/status.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkArgument, checkOptions, isObject, received } from "../../base/option-check.ts";
import { stackOptions } from "../../base/options.ts";
import type { GetOption } from "../../socket/options/get-option.ts";
import type {
  GetArguments,
  OptionInput,
  OptionValue,
  ReadableOption,
  WritableOption,
} from "../../socket/options/options-table.ts";
import type { SetOption } from "../../socket/options/set-option.ts";
import type { SendAllResult } from "../../socket/send.ts";
import type { SctpSocket } from "../../socket/socket.ts";
import { SocketLayer } from "../../socket/socket-layer.ts";
import type { AssociationTarget, SocketAddress } from "../../socket/terms/ancillary.ts";
import type { Errno } from "../../socket/terms/errno.ts";
import type { Notification } from "../../socket/terms/notifications.ts";
import type { SctpStats } from "../../stack/stack-stats.ts";
import { abortError } from "../common/abort-error.ts";
import { whenAborted } from "../common/abort-listeners.ts";
import { Delivery } from "../common/delivery.ts";
import { watchListeners } from "../common/listener-watch.ts";
import { bytesOf, MESSAGES_NAMES, type MessagesOptions, type SendInfo } from "../common/message.ts";
import { NODE_DEFAULTS, portOf } from "../common/option-names.ts";
import { resolveHosts } from "../common/resolve.ts";
import { tell } from "../common/tell.ts";
import { DEFAULT_UDP_PORT } from "../driver/open-port.ts";
import { checkBesideUdp } from "../driver/udp-port.ts";
import { insideOf } from "../socket/association-duplex.ts";
import { Socket } from "../socket/socket.ts";
import { closeError, SET_OPTION_CODES, unwrap } from "../socket/socket-call-errors.ts";
import { EndpointAddresses, notBound } from "./endpoint-addresses.ts";
import type { OnEndpointEvent } from "./endpoint-events.ts";
import { EndpointHost } from "./endpoint-host.ts";
import { type EndpointMessage, messageOf, sendvInfo } from "./endpoint-messages.ts";
import {
  BIND_NAMES,
  CONNECTX_NAMES,
  type ConnectxOptions,
  checkHosts,
  ENDPOINT_NAMES,
  type EndpointBindOptions,
  type EndpointOptions,
  INIT_NAMES,
  type LocatedPeer,
  locate,
  type PeerAddress,
  udpPortOf,
} from "./endpoint-options.ts";
import { EndpointWaiters } from "./endpoint-waiters.ts";

/**
 * Many associations behind one SCTP port. Read it by events or as an async iterable, not both at once; what nobody reads
 * closes the receive window of its association. Once `'message'` or `'notification'` has a listener, everything is read.
 */
export class Endpoint extends EventEmitter implements AsyncIterable<EndpointMessage | Notification> {
  // The methods of an emitter, with the events that this one has.
  declare on: OnEndpointEvent<this>;
  declare once: OnEndpointEvent<this>;
  declare off: OnEndpointEvent<this>;
  declare addListener: OnEndpointEvent<this>;
  declare removeListener: OnEndpointEvent<this>;
  declare prependListener: OnEndpointEvent<this>;
  declare prependOnceListener: OnEndpointEvent<this>;

  readonly #host: EndpointHost;
  readonly #socket: SctpSocket;
  readonly #lookup: LookupFunction | undefined;
  readonly #remoteUdpPort: number;
  readonly #waiters: EndpointWaiters = new EndpointWaiters();
  readonly #addresses: EndpointAddresses;
  readonly #readers: Set<() => void> = new Set();
  /** Associations that have not ended, those of a closing endpoint among them. */
  readonly #living: Set<number> = new Set();
  readonly #whenClosed: Array<() => void> = [];
  #isFlowing = false;
  #state: "open" | "closing" | "closed" = "open";

  /**
   * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT; ERR_SCTP_NOT_SUPPORTED for notifications of extensions
   *   that are not built in
   */
  constructor(asked: EndpointOptions = {}) {
    super();
    const options = checkOptions(asked ?? {}, ENDPOINT_NAMES);
    const { transport, trace, stack, createSocket, lookup, notifications = [] } = options;
    if (stack !== undefined) stackOptions(stack); // Told at once, not when the port is opened.
    this.#host = new EndpointHost({ transport, trace, stack, createSocket }, this);
    this.#lookup = lookup;
    this.#remoteUdpPort = udpPortOf(options.remoteUdpPort, "remoteUdpPort", 1) ?? DEFAULT_UDP_PORT;
    const layer = { remoteUdpPort: this.#remoteUdpPort, defaultOptions: NODE_DEFAULTS };
    this.#socket = new SocketLayer(this.#host, layer).socket("one-to-many");
    this.#socket.onReady = () => this.#onReady();
    this.#socket.onAssociationEvent = (event) => this.#onAssociationEvent(event);
    this.#addresses = new EndpointAddresses({
      requireBound: () => (this.#state === "open" && this.address() && this.#host.driver) || notBound(),
      bindx: (address, flag) => void unwrap(this.#socket, this.#socket.bindx([{ address, port: 0 }], flag)),
      associations: { [Symbol.iterator]: () => this.#associations() },
    });
    this.setOption("SCTP_RECVRCVINFO", true);
    if (options.interleaving === true) {
      this.setOption("SCTP_FRAGMENT_INTERLEAVE", 2);
      this.setOption("SCTP_INTERLEAVING_SUPPORTED", true, "future");
    }
    for (const type of notifications) this.setOption("SCTP_EVENT", { type, on: true }, "future");
  }

  // ---- Addresses ---------------------------------------------------------------------------------------------

  /**
   * Opens the UDP port and takes the SCTP port; accepts no associations yet (RFC 6458 3.1.2).
   * @throws (rejects) SctpError ERR_SCTP_PORT_IN_USE, ERR_SCTP_UDP_PORT_IN_USE, ERR_SCTP_UDP_SOCKET,
   *   ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT if it is bound already, ERR_SCTP_INVALID_OPTION,
   *   ERR_SCTP_CLOSED; the lookup's error
   */
  async bind(asked: EndpointBindOptions = {}): Promise<void> {
    const options = checkOptions(asked, BIND_NAMES);
    const { localAddresses, udp } = options;
    if (udp !== undefined) checkBesideUdp({ localUdpPort: options.localUdpPort });
    const port = portOf(options.port ?? 0, "port", 0);
    const localUdpPort = udpPortOf(options.localUdpPort, "localUdpPort", 0);
    const literals =
      localAddresses === undefined ? undefined : await resolveHosts(localAddresses, { lookup: this.#lookup });
    if (this.#host.opening !== undefined) await this.#host.opening;
    this.#requireOpen();
    if (this.#host.driver !== undefined && unwrap(this.#socket, this.#socket.getsockname()).port !== 0)
      throw new SctpError(SctpErrorCode.InvalidArgument, "the endpoint is bound already");
    const sharing =
      udp === undefined ? this.#host.share({ localUdpPort, localAddresses: literals }) : undefined;
    if (sharing !== undefined) await sharing; // Not else: who binds twice at once is to be told.
    if (udp !== undefined) this.#host.use(udp);
    const names = (literals ?? ["0.0.0.0"]).map((address) => ({ address, port }));
    try {
      this.#requireOpen();
      unwrap(this.#socket, this.#socket.bindx(names, "SCTP_BINDX_ADD_ADDR"));
    } catch (error) {
      this.#host.forget();
      throw error;
    }
  }

  /** Accepts associations from now on, after binding if need be. @throws (rejects) as `bind` */
  async listen(options?: EndpointBindOptions): Promise<void> {
    if (options !== undefined || this.address() === undefined) await this.bind(options);
    unwrap(this.#socket, this.#socket.listen(1));
    tell(this, "listening");
  }

  /** Where the endpoint is bound; undefined before. */
  address():
    | { readonly port: number; readonly localUdpPort: number; readonly localAddresses: readonly string[] }
    | undefined {
    const { driver } = this.#host;
    const name = this.#socket.getsockname();
    if (driver === undefined || typeof name === "string" || name.port === 0) return undefined;
    const { localUdpPort, localAddresses } = driver;
    return { port: name.port, localUdpPort, localAddresses };
  }

  /**
   * One more local address (RFC 5061): associations to come are told of it, and those that exist and have agreed on `dynamicAddresses`
   * (SCTP_ASCONF_SUPPORTED) ask their peers to take it up. A peer that refuses keeps the addresses that it has.
   * @returns a promise that resolves when all that were asked have answered
   * @throws (rejects) SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_UDP_SOCKET, ERR_SCTP_UDP_PORT_IN_USE as `Socket.bindAddress`;
   *   ERR_SCTP_NOT_SUPPORTED if there are associations, and none has agreed; ERR_SCTP_CLOSED if it is not bound
   */
  bindAddress(address: string): Promise<void> {
    return this.#addresses.bind(address);
  }

  /**
   * The endpoint does without an address (RFC 5061): associations to come are not told of it, and those that exist ask their peers to
   * forget it. Its UDP socket is closed a little later, unless a peer was not to be asked, or others use it. On a wildcard the endpoint goes
   * on as it does, and peers are asked to forget an address that the host has lost.
   * @throws (rejects) SctpError ERR_SCTP_INVALID_ADDRESS; ERR_SCTP_INVALID_ARGUMENT if it is none of the endpoint's, or the last
   *   one; ERR_SCTP_CLOSED if it is not bound
   */
  unbindAddress(address: string): Promise<void> {
    return this.#addresses.unbind(address);
  }

  /**
   * Counters of the UDP port, all its associations together, under the names of RFC 3873; undefined while there is no port.
   * With an id, the counters of that association.
   * @throws SctpError ERR_SCTP_NOT_CONNECTED
   */
  stats(): SctpStats | undefined;
  stats(associationId: number): AssociationStats;
  stats(associationId?: number): SctpStats | AssociationStats | undefined {
    return associationId === undefined
      ? this.#host.driver?.stats()
      : this.#associationOf(associationId).stats;
  }

  /** Every path to the peer of an association. @throws SctpError ERR_SCTP_NOT_CONNECTED */
  paths(associationId: number): readonly PathInfo[] {
    return this.#associationOf(associationId).paths();
  }

  // ---- Associations ------------------------------------------------------------------------------------------

  /** The associations that live. */
  get associationIds(): readonly number[] {
    return this.#socket.associationIds;
  }

  /**
   * The id of the association with a peer, by one of its addresses; undefined if there is none.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT for what is no object
   */
  associationOf(peer: SocketAddress): number | undefined {
    checkArgument("a peer", peer, isObject);
    const id = this.#socket.getassocid(peer);
    return typeof id === "number" ? id : undefined;
  }

  /** All addresses of a peer (RFC 6458 9.3). @throws SctpError ERR_SCTP_NOT_CONNECTED */
  peerAddresses(associationId: number): readonly SocketAddress[] {
    return unwrap(this.#socket, this.#socket.getpaddrs(associationId));
  }

  /** The local addresses, or those that an association uses (RFC 6458 9.5). @throws SctpError ERR_SCTP_NOT_CONNECTED */
  localAddresses(associationId?: number): readonly SocketAddress[] {
    return unwrap(this.#socket, this.#socket.getladdrs(associationId));
  }

  /**
   * Sets up an association (RFC 6458 9.9). `send` to addresses does so by itself.
   * @param hosts addresses or names of one peer, the primary path first
   * @param port SCTP port of the peer
   * @returns its id, once it is established
   * @throws (rejects) SctpError ECONNREFUSED, ERR_SCTP_ABORTED_BY_PEER, ERR_SCTP_PEER_UNREACHABLE, ERR_SCTP_ASSOCIATION_EXISTS,
   *   ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_CLOSED; the lookup's error
   */
  async connectx(hosts: readonly string[], port: number, more: ConnectxOptions = {}): Promise<number> {
    checkHosts(hosts);
    const remotePort = portOf(port, "port", 1);
    const { init, remoteUdpPort } = checkOptions(more, CONNECTX_NAMES);
    const udpPort = udpPortOf(remoteUdpPort, "remoteUdpPort", 1);
    const asked = init === undefined ? undefined : checkOptions(init, INIT_NAMES);
    const literals = await resolveHosts(hosts, { lookup: this.#lookup });
    await this.#opened();
    const id = this.#towards(udpPort, () =>
      this.#socket.connectx(
        literals.map((address) => ({ address, port: remotePort })),
        asked,
      ),
    );
    this.#living.add(id);
    return await this.#waiters.whenOpen(id);
  }

  /**
   * Gives an association a socket of its own (RFC 6458 9.2); its messages that have not been read are read there.
   * @throws SctpError ERR_SCTP_NOT_CONNECTED, ERR_SCTP_CLOSED
   */
  peeloff(associationId: number): Socket {
    const socket = new Socket();
    const { user, attach } = insideOf(socket);
    const association = unwrap(this.#socket, this.#socket.detach(associationId, user));
    this.#living.delete(associationId);
    const { driver } = this.#host;
    if (driver !== undefined) attach(driver, association, true);
    const moved = new SctpError(SctpErrorCode.NotConnected, "the association has a socket of its own now");
    this.#waiters.ended(associationId, moved, false);
    this.#checkClosed();
    process.nextTick(() => user.onAssociationEvent({ kind: "readable", association }));
    return socket;
  }

  /**
   * Ends an association once everything has been acknowledged.
   * @throws (rejects) SctpError ERR_SCTP_NOT_CONNECTED; why it ended otherwise
   */
  async shutdown(associationId: number): Promise<void> {
    const flags = ["SCTP_EOF"] as const;
    unwrap(this.#socket, this.#socket.sendv(new Uint8Array(0), { sndinfo: { associationId, flags } }));
    await this.#waiters.whenEnded(associationId);
  }

  /** Ends an association at once; the reason goes to the peer. @throws SctpError ERR_SCTP_NOT_CONNECTED */
  abort(associationId: number, reason: string | Uint8Array = ""): void {
    const flags = ["SCTP_ABORT"] as const;
    unwrap(
      this.#socket,
      this.#socket.sendv(bytesOf(reason, "the reason"), { sndinfo: { associationId, flags } }),
    );
  }

  /** Shuts every association down, waits for their ends, and frees the ports; `'close'` follows. */
  async close(): Promise<void> {
    if (this.#state === "closed") return;
    if (this.#state === "open") {
      this.#state = "closing";
      this.#socket.close();
      for (const wake of [...this.#readers]) wake();
      process.nextTick(() => this.#checkClosed());
    }
    await new Promise<void>((resolve) => this.#whenClosed.push(resolve));
  }

  /**
   * Aborts every association and frees the ports: for peers that may not answer any more. `'close'` follows. Once `close`
   * has been called it waits as that does.
   */
  async terminate(): Promise<void> {
    if (this.#state === "open") this.setOption("SO_LINGER", { enabled: true, lingerSeconds: 0 });
    await this.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Keeps the process alive while the endpoint is open, as it does from the start. */
  ref(): this {
    this.#host.ref();
    return this;
  }

  /** Lets the process exit though the endpoint is open. */
  unref(): this {
    this.#host.unref();
    return this;
  }

  // ---- Messages ----------------------------------------------------------------------------------------------

  /**
   * Sends one message; to addresses of a peer without an association it sets one up. The bytes are not copied: leave
   * them alone until they have been acknowledged.
   * @returns the association's id, once the message has been accepted, after waiting for room if need be; with
   *   `until: "delivered"` once the peer has acknowledged all of it
   * @throws (rejects) SctpError ERR_SCTP_SEND_FAILED if it was to be delivered and was not; ERR_SCTP_NOT_CONNECTED, ERR_SCTP_MESSAGE_TOO_LARGE, ERR_SCTP_INVALID_ARGUMENT,
   *   ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_CLOSED; what ended the association meanwhile; the signal's reason
   */
  async send(
    to: number | PeerAddress,
    data: Uint8Array | string,
    info: SendInfo = NO_SEND_INFO,
  ): Promise<number> {
    if (info?.until !== "delivered") return await this.#send(to, data, info);
    if (bytesOf(data).length === 0)
      throw new SctpError(
        SctpErrorCode.EmptyMessage,
        "an empty message is never sent: nothing can be delivered",
      );
    const delivery = new Delivery();
    const accepted = this.#send(to, data, { ...info, receipt: delivery } as SendInfo);
    const [associationId] = await Promise.all([accepted, delivery.promise]);
    return associationId;
  }

  async #send(to: number | PeerAddress, data: Uint8Array | string, info: SendInfo): Promise<number> {
    this.#requireOpen();
    checkSendInfo(info);
    info.signal?.throwIfAborted();
    const bytes = bytesOf(data);
    if (typeof to === "number") return await this.#sendTo(to, bytes, info);
    const located = locate(to, this.#lookup);
    const peer = located instanceof Promise ? await located : located;
    const opening = this.#opened();
    if (opening !== undefined) await opening; // Not else: messages leave in the order of the calls.
    const associationId = this.#known(peer);
    if (associationId === undefined) return this.#sendFirst(peer, bytes, info);
    return await this.#sendTo(associationId, bytes, info);
  }

  async #sendTo(associationId: number, bytes: Uint8Array, info: SendInfo): Promise<number> {
    const send = (): number | Errno => this.#socket.sendv(bytes, sendvInfo(info, associationId));
    if (!this.#waiters.hasMessages(associationId)) {
      // Asked by sending: a full buffer makes room for what is more important (RFC 7496 3.2).
      const result = send();
      if (result !== "EAGAIN") {
        unwrap(this.#socket, result);
        return associationId;
      }
    }
    return await this.#waiters.addMessage(
      associationId,
      () => void unwrap(this.#socket, send()),
      info.signal,
    );
  }

  /**
   * Sends one message to every established association. Nobody is waited for: who has no room is in `failed`.
   * @throws (rejects) SctpError ERR_SCTP_CLOSED
   */
  async sendAll(
    data: Uint8Array | string,
    info: Omit<SendInfo, "signal" | "to" | "until"> = NO_SEND_INFO,
  ): Promise<SendAllResult> {
    this.#requireOpen();
    checkSendInfo(info);
    for (const name of ["signal", "to", "until"] as const) {
      if ((info as SendInfo)[name] === undefined) continue;
      throw new SctpError(
        SctpErrorCode.InvalidOption,
        `there is no option "${name}" of sendAll(): it waits for nobody, and goes to everybody's primary path`,
      );
    }
    return unwrap(this.#socket, this.#socket.sendall(bytesOf(data), sendvInfo(info)));
  }

  /**
   * Messages and notifications as they come; ends when the endpoint is closed.
   * @throws (rejects) an `AbortError` once the signal is aborted
   */
  items(options: MessagesOptions = {}): AsyncGenerator<EndpointMessage | Notification, void, undefined> {
    return this.#items(checkOptions(options ?? {}, MESSAGES_NAMES));
  }

  async *#items({
    signal,
  }: MessagesOptions): AsyncGenerator<EndpointMessage | Notification, void, undefined> {
    while (this.#state === "open") {
      if (signal?.aborted) throw abortError(signal);
      const next = this.#next();
      if (next === undefined) await this.#somethingToRead(signal);
      else yield next;
    }
  }

  [Symbol.asyncIterator](): AsyncGenerator<EndpointMessage | Notification, void, undefined> {
    return this.items();
  }

  // ---- Options -----------------------------------------------------------------------------------------------

  /**
   * An option of RFC 6458 or of an extension, by its RFC name; docs/socket-options.md lists them. Behind its value it is said whose
   * option it is: an association's by its id, or "future" and the like; future associations' if absent and allowed.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_NOT_SUPPORTED, ERR_SCTP_NOT_CONNECTED, ERR_SCTP_INVALID_OPTION
   */
  declare setOption: SetOption<this, [target?: AssociationTarget]>;
  /** An option of RFC 6458 or of an extension, by its RFC name. @throws SctpError as `setOption` */
  declare getOption: GetOption;

  // A method would have to repeat what is made from the table: one call for each option.
  static {
    watchListeners(Endpoint, (endpoint, event) => endpoint.#onListeners(event));
    Endpoint.prototype.setOption = function setOption<K extends WritableOption>(
      this: Endpoint,
      name: K,
      value: OptionInput<K>,
      target?: AssociationTarget,
    ): Endpoint {
      if (name === "SCTP_RECVRCVINFO" && value === false)
        throw new SctpError(SctpErrorCode.NotSupported, "an endpoint's messages always come with their info");
      unwrap(this.#socket, this.#socket.setsockopt(name, value, target), SET_OPTION_CODES);
      return this;
    } as SetOption<Endpoint, [target?: AssociationTarget]>;
    Endpoint.prototype.getOption = function getOption<K extends ReadableOption>(
      this: Endpoint,
      name: K,
      ...rest: GetArguments<K>
    ): OptionValue<K> {
      return unwrap(this.#socket, this.#socket.getsockopt(name, ...rest));
    } as GetOption;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #onListeners(event: string | symbol | undefined): void {
    if ((event !== "message" && event !== "notification") || this.listenerCount(event) === 0) return;
    this.#isFlowing = true;
    process.nextTick(() => this.#pump());
  }

  #associationOf(associationId: number): Association {
    if (this.#living.has(associationId))
      for (const association of this.#associations())
        if (association.id === associationId) return association;
    throw new SctpError(SctpErrorCode.NotConnected, `there is no association ${received(associationId)}`);
  }

  *#associations(): Generator<Association> {
    for (const association of this.#host.driver?.stack.associations ?? [])
      if (this.#living.has(association.id)) yield association;
  }

  /** Sees that there is a UDP port to send from; undefined: there is one now. @throws (or rejects) SctpError as `UdpPort` */
  #opened(): Promise<void> | undefined {
    this.#requireOpen();
    return this.#host.open()?.then(() => {
      if (this.#state !== "open") this.#host.forget();
      this.#requireOpen();
    });
  }

  #requireOpen(): void {
    if (this.#state !== "open") throw new SctpError(SctpErrorCode.Closed, "the endpoint has been closed");
  }

  #known({ addresses }: LocatedPeer): number | undefined {
    for (const address of addresses) {
      const id = this.associationOf(address);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  /** Begins something with a peer behind another UDP port than the usual one. @throws SctpError */
  #towards(remoteUdpPort: number | undefined, begin: () => ReturnType<SctpSocket["connectx"]>): number {
    if (remoteUdpPort !== undefined)
      this.setOption("SCTP_REMOTE_UDP_ENCAPS_PORT", { port: remoteUdpPort }, "future");
    try {
      return unwrap(this.#socket, begin());
    } finally {
      if (remoteUdpPort !== undefined)
        this.setOption("SCTP_REMOTE_UDP_ENCAPS_PORT", { port: this.#remoteUdpPort }, "future");
    }
  }

  /** The first message to a peer sets the association up (RFC 6458 7.5); an empty one does no more than that. */
  #sendFirst({ addresses, remoteUdpPort }: LocatedPeer, bytes: Uint8Array, info: SendInfo): number {
    const id = this.#towards(remoteUdpPort, () => this.#socket.connectx(addresses));
    this.#living.add(id);
    if (bytes.length > 0) unwrap(this.#socket, this.#socket.sendv(bytes, sendvInfo(info, id)));
    return id;
  }

  #onAssociationEvent(event: AssociationEvent): void {
    const { id } = event.association;
    this.#addresses.onAssociationEvent(event);
    switch (event.kind) {
      case "established":
        this.#living.add(id);
        this.#waiters.opened(id);
        break;
      case "writable":
        this.#waiters.drainMessages(id, () => this.#socket.refusal(id) !== "EAGAIN");
        break;
      case "closed":
        this.#living.delete(id);
        this.#waiters.ended(
          id,
          closeError(event.reason, event.association),
          event.reason.kind === "shutdown",
        );
        this.#checkClosed();
        break;
    }
  }

  #onReady(): void {
    if (this.#isFlowing) this.#pump();
    else for (const wake of [...this.#readers]) wake();
  }

  #pump(): void {
    while (this.#state === "open") {
      const next = this.#next();
      if (next === undefined) return;
      tell(this, next.type === "message" ? "message" : "notification", next);
    }
  }

  #next(): EndpointMessage | Notification | undefined {
    const received = this.#socket.recvmsg();
    if (typeof received !== "object") return undefined;
    return received.notification ?? messageOf(received);
  }

  #somethingToRead(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#readers.delete(wake);
        forgetSignal();
        resolve();
      };
      this.#readers.add(wake);
      const forgetSignal = whenAborted(signal, wake);
    });
  }

  #checkClosed(): void {
    if (this.#state !== "closing" || this.#living.size > 0) return;
    this.#state = "closed";
    this.#host.release();
    for (const resolve of this.#whenClosed.splice(0)) resolve();
    tell(this, "close");
  }
}

/** A one-to-many endpoint. @throws SctpError ERR_SCTP_NOT_SUPPORTED */
export function createEndpoint(options: EndpointOptions = {}): Endpoint {
  return new Endpoint(options);
}
