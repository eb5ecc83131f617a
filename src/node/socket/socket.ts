/**
 * The one-to-one socket: an association in the shape of `net.Socket`.
 * Owns: the names that users know. Does not own: how it works (association-duplex.ts), connecting (connecting.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type {
  AddedStreamCounts,
  ResetDirection,
} from "../../association/extensions/stream-reconfiguration.ts";
import { NO_SEND_INFO } from "../../association/model/send-info.ts";
import type { AssociationStats, AssociationStatus, PathInfo } from "../../association/reporting/status.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkOptions, isSignal, type OptionNames } from "../../base/option-check.ts";
import { ASSOCIATION_OPTIONS, type AssociationOptionsInput } from "../../base/options.ts";
import { AssociationView } from "../../socket/association-view.ts";
import type { GetOption } from "../../socket/options/get-option.ts";
import type {
  GetArguments,
  OptionInput,
  OptionValue,
  ReadableOption,
  WritableOption,
} from "../../socket/options/options-table.ts";
import type { SetOption } from "../../socket/options/set-option.ts";
import type { Notification } from "../../socket/terms/notifications.ts";
import type { SctpStream, StreamDefaults } from "../channels/sctp-stream.ts";
import { abortError } from "../common/abort-error.ts";
import { whenAborted } from "../common/abort-listeners.ts";
import { watchListeners } from "../common/listener-watch.ts";
import { bytesOf, type Message, type SendInfo } from "../common/message.ts";
import { BUFFER_KINDS, NET_FOREIGN, type NetOptions } from "../common/option-names.ts";
import type { ServerAddress } from "../common/server-address.ts";
import { type AddressInfo, familyOf, type IpFamily, type SocketFacts } from "../common/socket-facts.ts";
import type { PortDriver } from "../driver/port-driver.ts";
import { AssociationDuplex, insideOf, requireAssociation, whenOver } from "./association-duplex.ts";
import type { BufferOptions } from "./buffer-options.ts";
import {
  type ConnectPlan,
  type ConnectSocketOptions,
  connectListener,
  connectOptions,
  planConnect,
} from "./connect-options.ts";
import { openAssociation } from "./connecting.ts";
import { closedError } from "./ending.ts";
import { SET_OPTION_CODES, unwrap } from "./socket-call-errors.ts";
import type { OnSocketEvent } from "./socket-events.ts";

export interface SocketOptions extends BufferOptions, NetOptions {
  /** Aborting it destroys the socket with an `AbortError`. */
  readonly signal?: AbortSignal | undefined;
}

const NAMES: OptionNames<SocketOptions, keyof NetOptions> = {
  of: "a socket",
  see: "SocketOptions; options of the association belong to connect()",
  kinds: { ...BUFFER_KINDS, signal: isSignal },
  foreign: NET_FOREIGN,
};
const NONE: readonly Notification[] = [];
/** The longest interval between heartbeats that the core takes. */
const LONGEST_HEARTBEAT_MS = ASSOCIATION_OPTIONS.heartbeatIntervalMs.max;

/** Events are those of `net.Socket` and the ones in `OnSocketEvent`. The readable side gives `Message` objects. */
export class Socket extends AssociationDuplex implements SocketFacts {
  // The methods of an emitter, with the events that this one has.
  declare on: OnSocketEvent<this>;
  declare once: OnSocketEvent<this>;
  declare off: OnSocketEvent<this>;
  declare addListener: OnSocketEvent<this>;
  declare removeListener: OnSocketEvent<this>;
  declare prependListener: OnSocketEvent<this>;
  declare prependOnceListener: OnSocketEvent<this>;

  #asked = false;
  /** `'message'` is `'data'` under its proper name: the one that tells. */
  #messageTeller: ((message: Message) => void) | undefined;
  /** Connects again as soon as the end before has been told. */
  #again: (() => void) | undefined;
  /** What `setNoDelay` and `setKeepAlive` said. */
  #wishes: AssociationOptionsInput | undefined;
  #opened: Promise<this> | undefined;
  /** Made for the first option of RFC 6458 that is asked for. */
  #view: AssociationView | undefined;

  /**
   * A socket without an association: `connect()` gives it one.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT
   */
  constructor(asked: SocketOptions = {}) {
    const options = checkOptions(asked, NAMES);
    super(options);
    if (options.signal !== undefined) this.#heed(options.signal);
  }

  /**
   * Begins an association; `'connect'` or `'error'` follows. Takes `net`'s forms, options or port and host, an address
   * such as `10.50.1.1/10.50.2.1:2904`, and a server's `address()`. A socket that has been closed may connect again.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS;
   *   ERR_SCTP_ASSOCIATION_EXISTS while the socket has an association
   */
  connect(options: ConnectSocketOptions, onConnect?: (() => void) | null): this;
  /** Begins an association with an SCTP port of a host, or with the address of a server, as text or its `address()`. */
  connect(
    to: ConnectSocketOptions | ServerAddress | number | string,
    host?: string | (() => void) | null,
    onConnect?: () => void,
  ): this;
  connect(
    to: ConnectSocketOptions | ServerAddress | number | string,
    host?: string | (() => void) | null,
    onConnect?: () => void,
  ): this {
    const callback = connectListener(to, host, onConnect);
    const plan = planConnect(connectOptions(to, host));
    const isTaken = this.#asked || this.#association !== undefined;
    if (this.destroyed ? this.#again !== undefined : isTaken) {
      throw new SctpError(
        SctpErrorCode.AssociationExists,
        "this socket has its association, or is about to: wait for 'close', or make a new one",
      );
    }
    if (this.isClosing) this.#again = () => this.#begin(plan, callback);
    else this.#begin(plan, callback);
    return this;
  }

  /** @param error goes to `'error'`; what was accepted is still delivered */
  override destroy(error?: Error): this {
    this.#again = undefined;
    return super.destroy(error);
  }

  #begin(plan: ConnectPlan, callback: (() => void) | undefined): void {
    if (this.destroyed) this.#renew();
    const { signal, timeout } = plan.options;
    if (timeout !== undefined) this.setTimeout(timeout);
    this.#asked = true;
    if (callback !== undefined) this.once("connect", callback);
    if (signal !== undefined) this.#heed(signal);
    void openAssociation(this, plan);
  }

  /** As Node's addAbortSignal() does, but for the one listener. */
  #heed(signal: AbortSignal): void {
    const onAbort = (): void => void this.destroy(abortError(signal));
    if (signal.aborted) onAbort();
    else whenOver(this, whenAborted(signal, onAbort));
  }

  protected override onClosing(): void {
    const begin = this.#again;
    this.#again = undefined;
    begin?.();
  }

  /**
   * Sends one message. The bytes are not copied: leave them alone until they have been acknowledged.
   * @returns a promise that resolves when the message has been accepted, after waiting for room if need be; with
   *   `until: "delivered"` when the peer has acknowledged all of it
   * @throws (rejects) SctpError ERR_SCTP_SEND_FAILED if it was to be delivered and was not; ERR_SCTP_INVALID_STREAM, ERR_SCTP_EMPTY_MESSAGE, ERR_SCTP_MESSAGE_TOO_LARGE,
   *   ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_NOT_CONNECTED, ERR_SCTP_CLOSED, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION;
   *   or the signal's reason
   */
  send(data: Uint8Array | string, info: SendInfo = NO_SEND_INFO): Promise<void> {
    if (this.writableEnded && !this.destroyed && this.#association?.state !== "CLOSED") {
      return Promise.reject(
        new SctpError(SctpErrorCode.NotConnected, "end() has been called: nothing more can be sent"),
      );
    }
    return this.outgoing.send(data, info ?? NO_SEND_INFO);
  }

  /**
   * One stream as a channel of its own: what arrives on it goes there from now on. Asked for again, it is the same one.
   * @param id 0 to 65534, below the number of streams once the association is established
   * @param defaults what its `send` says where the caller does not
   * @throws SctpError ERR_SCTP_INVALID_STREAM
   */
  stream(id: number, defaults?: StreamDefaults): SctpStream {
    return this.channels.open(id, defaults);
  }

  /** The ids of the streams that are channels now. */
  get openStreams(): readonly number[] {
    return this.channels.ids;
  }

  /** Resolves when the association is established, rejects if it fails before. */
  get opened(): Promise<this> {
    this.#opened ??= new Promise((resolve, reject) => {
      if (this.isConnected) return resolve(this);
      if (this.destroyed) return reject(this.errored ?? closedError());
      const settle = (act: () => void): void => {
        this.off("error", onError).off("close", onClose).off("connect", onConnect);
        act();
      };
      const onConnect = (): void => settle(() => resolve(this));
      // Whoever waits here hears of a failure here: until then 'error' needs no listener of its own.
      const onError = (error: Error): void => settle(() => reject(error));
      const onClose = (): void => {
        if (this.destroyed) settle(() => reject(this.errored ?? closedError())); // Else that of an association before this one.
      };
      this.on("error", onError).on("close", onClose).on("connect", onConnect);
    });
    return this.#opened;
  }

  /**
   * Ends the association at once by ABORT; the reason goes to the peer (RFC 9260 9.1), 60,000 bytes of it at most.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT for what is no reason
   */
  abort(reason: string | Uint8Array = ""): this {
    const bytes = bytesOf(reason, "the reason");
    this.#association?.abort(bytes, this.nowMs());
    this.#driver?.scheduleFlush();
    return this.destroy();
  }

  /** Ends the association at once by ABORT, as `net.Socket` does by RST. */
  resetAndDestroy(): this {
    return this.abort();
  }

  /** Ends the association gracefully, and destroys the socket then. */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once("finish", () => this.destroy());
  }

  /** Ends the association gracefully and resolves when that is done; what is unread is dropped, byte streams are ended. */
  override async [Symbol.asyncDispose](): Promise<void> {
    if (this.closed) return;
    const closed = new Promise<void>((resolve) => this.once("close", () => resolve()));
    if (this.#association === undefined) this.destroy();
    else if (!this.destroyed) {
      this.channels.abandon();
      this.end();
      this.resume();
    }
    await closed;
  }

  /**
   * `'timeout'` comes when nothing has been sent or received for `ms` milliseconds; 0 turns it off. Nothing is closed.
   * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
   */
  setTimeout(ms: number, onTimeout?: () => void): this {
    this.idleTimer.set(ms, onTimeout);
    return this;
  }

  /** Whether small messages go out at once instead of waiting while others are under way; `true` is the default. */
  setNoDelay(noDelay = true): this {
    return this.#wish({ noDelay: Boolean(noDelay) });
  }

  /**
   * As `net` has it, by heartbeats (RFC 9260 8.3), which are sent unless they are turned off.
   * @param enable false turns heartbeats off: a path that is dead is then noticed only by what is sent on it
   * @param initialDelayMs idle time before a HEARTBEAT, which is `heartbeatIntervalMs`; 0 leaves it as it is
   */
  setKeepAlive(enable = false, initialDelayMs = 0): this {
    if (!enable) return this.#wish({ heartbeatIntervalMs: 0 });
    const delayMs = Math.min(Number(initialDelayMs), LONGEST_HEARTBEAT_MS);
    if (delayMs > 0) return this.#wish({ heartbeatIntervalMs: delayMs });
    const current = this.#wishes?.heartbeatIntervalMs ?? this.#association?.options.heartbeatIntervalMs;
    if (current !== 0) return this;
    return this.#wish({ heartbeatIntervalMs: ASSOCIATION_OPTIONS.heartbeatIntervalMs.default });
  }

  #wish(wish: AssociationOptionsInput): this {
    this.#wishes = { ...this.#wishes, ...wish };
    this.#association?.setOptions(wish, this.nowMs());
    this.#driver?.scheduleFlush();
    return this;
  }

  /**
   * An option of RFC 6458 or of an extension, by its RFC name; docs/socket-options.md lists them. `SCTP_EVENT` subscribes
   * to a notification, which comes as the event `'notification'`.
   * @throws SctpError ERR_SCTP_NOT_CONNECTED before `connect` has an association, ERR_SCTP_INVALID_ARGUMENT,
   *   ERR_SCTP_INVALID_OPTION, ERR_SCTP_NOT_SUPPORTED
   */
  declare setOption: SetOption<this>;
  /** An option of RFC 6458 or of an extension, by its RFC name. @throws SctpError as `setOption` */
  declare getOption: GetOption;

  // A method would have to repeat what is made from the table: one call for each option.
  static {
    watchListeners(Socket, (socket, event) => socket.#onListeners(event));
    Socket.prototype.setOption = function setOption<K extends WritableOption>(
      this: Socket,
      name: K,
      value: OptionInput<K>,
    ): Socket {
      const view = this.#requireView();
      unwrap(view, view.setsockopt(name, value), SET_OPTION_CODES);
      this.#driver?.scheduleFlush();
      return this;
    } as SetOption<Socket>;
    Socket.prototype.getOption = function getOption<K extends ReadableOption>(
      this: Socket,
      name: K,
      ...rest: GetArguments<K>
    ): OptionValue<K> {
      const view = this.#requireView();
      return unwrap(view, view.getsockopt(name, ...rest));
    } as GetOption;
  }

  #requireView(): AssociationView {
    const association = this.#requireAssociation();
    if (this.#view === undefined && this.#driver !== undefined)
      this.#view = new AssociationView(this.#driver, association);
    if (this.#view === undefined) throw closedError();
    return this.#view;
  }

  /**
   * Asks for streams to begin at SSN 0 again (RFC 6525). What was sent on outgoing ones before comes before the reset, what is sent
   * from now on after it. Requests are made one after the other.
   * @param direction `"outgoing"`: what this side sends on; `"incoming"`: the peer is asked to reset what it sends on
   * @param ids all streams if absent
   * @returns a promise that resolves when the peer has done it; of incoming streams `'streamsReset'` tells when they have been
   * @throws (rejects) SctpError ERR_SCTP_RECONFIGURATION_DENIED where the peer does not allow it;
   *   ERR_SCTP_RECONFIGURATION_FAILED, ERR_SCTP_NOT_SUPPORTED where it does not know RFC 6525, ERR_SCTP_NOT_CONNECTED,
   *   ERR_SCTP_INVALID_STREAM, ERR_SCTP_CLOSED
   */
  resetStreams(direction: ResetDirection, ids: readonly number[] = []): Promise<void> {
    return this.reconfigure((association, nowMs) => association.resetStreams(direction, ids, nowMs));
  }

  /**
   * Asks for all stream and transmission sequence numbers to begin anew (RFC 6525), once all that was sent has been acknowledged;
   * what is sent meanwhile waits.
   * @throws (rejects) SctpError as `resetStreams`; ERR_SCTP_IN_PROGRESS within 30 s of the time before
   */
  resetAssociation(): Promise<void> {
    return this.reconfigure((association, nowMs) => association.resetAssociation(nowMs));
  }

  /**
   * Asks for more streams (RFC 6525): `outbound` that this side may use, `inbound` that the peer may. They can be used when the
   * promise has resolved; of inbound ones `'streamsChanged'` tells when.
   * @throws (rejects) SctpError as `resetStreams`; ERR_SCTP_INVALID_ARGUMENT
   */
  addStreams(counts: AddedStreamCounts): Promise<void> {
    return this.reconfigure((association, nowMs) => association.addStreams(counts, nowMs));
  }

  /**
   * Gives the association one more address of this host while it lives (RFC 5061): opens a UDP socket there, at the number that the
   * UDP port has, and asks the peer to take it up. Needs the option `dynamicAddresses` at both ends.
   * @returns a promise that resolves when the peer has taken it up: it may send there from now on, once it has confirmed the address
   * @throws (rejects) SctpError ERR_SCTP_INVALID_ADDRESS for what is none, or is bound already; ERR_SCTP_UDP_SOCKET (as
   *   EADDRNOTAVAIL) if this host does not have it, ERR_SCTP_UDP_PORT_IN_USE (as EADDRINUSE) if another program has the UDP port there;
   *   ERR_SCTP_NOT_SUPPORTED if the option is off, the peer does not know it, or the UDP port is not on UDP sockets of its own;
   *   ERR_SCTP_ADDRESS_CHANGE_DENIED if the peer refuses; ERR_SCTP_ADDRESS_CHANGE_FAILED, ERR_SCTP_NOT_CONNECTED, ERR_SCTP_CLOSED
   */
  async bindAddress(address: string): Promise<void> {
    await this.addressChanges.bind(address);
  }

  /**
   * Asks the peer to forget a local address (RFC 5061), from which nothing is sent any more. Its UDP socket is closed a little later, unless
   * others use it. The last address stays; one for another is `bindAddress()` of the new one, then `unbindAddress()` of the old one, whether
   * or not the first promise has resolved. On a port that is bound to a wildcard this is for an address that the host has lost: while it
   * still sends from there, the peer refuses (ERR_SCTP_ADDRESS_CHANGE_DENIED).
   * @throws (rejects) SctpError as `bindAddress`; ERR_SCTP_INVALID_ADDRESS if it is none of the association's, or the last one
   */
  async unbindAddress(address: string): Promise<void> {
    await this.addressChanges.unbind(address);
  }

  /**
   * Asks the peer to send to a local address of this side rather than to others (RFC 5061 4.2.4).
   * @throws (rejects) SctpError as `unbindAddress`
   */
  async setPeerPrimary(address: string): Promise<void> {
    await this.addressChanges.setPeerPrimary(address);
  }

  /** Sends DATA to this address of the peer from now on. @throws SctpError ERR_SCTP_INVALID_ADDRESS */
  setPrimary(address: string): void {
    this.#requireAssociation().setPrimary(address);
  }

  /** Probes an address of the peer now. @throws SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_NOT_CONNECTED */
  requestHeartbeat(address: string): void {
    this.#requireAssociation().requestHeartbeat(address, this.nowMs());
    this.#driver?.scheduleFlush();
  }

  /** @throws SctpError ERR_SCTP_NOT_CONNECTED before there is an association */
  status(): AssociationStatus {
    return this.#requireAssociation().status();
  }
  /** @throws SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_NOT_CONNECTED */
  pathInfo(address: string): PathInfo {
    return this.#requireAssociation().path(address);
  }
  /** Every path to the peer. */
  paths(): readonly PathInfo[] {
    return this.#association?.paths() ?? [];
  }
  /** Counters since the association began. @throws SctpError ERR_SCTP_NOT_CONNECTED before there is one */
  stats(): Readonly<AssociationStats> {
    return { ...this.#requireAssociation().stats };
  }

  /** Unique in its UDP port; 0 before there is an association. */
  get associationId(): number {
    return this.#association?.id ?? 0;
  }
  /** True from `connect()` until `'connect'`. */
  get connecting(): boolean {
    return this.#again !== undefined || (this.#asked && !this.isConnected && !this.destroyed);
  }
  /** True until `'connect'`, also before `connect()` was called. */
  get pending(): boolean {
    return !this.isConnected && !this.destroyed;
  }
  /** What `net` says of a connection: whether it is being set up, and which sides are open. */
  get readyState(): "opening" | "open" | "readOnly" | "writeOnly" | "closed" {
    if (this.connecting) return "opening";
    if (this.readable) return this.writable ? "open" : "readOnly";
    return this.writable ? "writeOnly" : "closed";
  }
  /** Milliseconds given to `setTimeout`; undefined if there is no timeout. */
  get timeout(): number | undefined {
    return this.idleTimer.ms === 0 ? undefined : this.idleTimer.ms;
  }
  /** The first local address, and the local SCTP port; empty before there is an association. */
  address(): AddressInfo | Record<string, never> {
    const { localAddress: address, localFamily: family, localPort: port } = this;
    return address === undefined || family === undefined || port === undefined
      ? {}
      : { address, family, port };
  }
  /** Addresses of this side; empty before there is an association. */
  get localAddresses(): readonly string[] {
    return this.#association?.localAddresses ?? [];
  }
  /** Addresses of the peer; empty before there is an association. */
  get remoteAddresses(): readonly string[] {
    return this.#association?.remoteAddresses ?? [];
  }
  /** The first of `localAddresses`; a wildcard if the UDP port is bound to one. */
  get localAddress(): string | undefined {
    return this.localAddresses[0];
  }
  /** Family of `localAddress`. */
  get localFamily(): IpFamily | undefined {
    return familyOf(this.localAddress);
  }
  /** SCTP port of this side. */
  get localPort(): number | undefined {
    return this.#association?.localPort;
  }
  /** UDP port of this side. */
  get localUdpPort(): number | undefined {
    return this.#driver?.localUdpPort;
  }
  /** The primary path. */
  get remoteAddress(): string | undefined {
    return this.#association?.primaryAddress;
  }
  /** Family of `remoteAddress`. */
  get remoteFamily(): IpFamily | undefined {
    return familyOf(this.remoteAddress);
  }
  /** SCTP port of the peer. */
  get remotePort(): number | undefined {
    return this.#association?.remotePort;
  }
  /** UDP port by which the primary path is reached. */
  get remoteUdpPort(): number | undefined {
    return this.#association?.paths().find(({ isPrimary }) => isPrimary)?.remoteUdpPort;
  }
  /**
   * What the peer says that stands between SCTP and its user (Adaptation Layer Indication, RFC 5061 4.2.6); undefined where it
   * says nothing, and before there is an association.
   */
  get peerAdaptationIndication(): number | undefined {
    return this.#association?.peerAdaptationIndication;
  }
  /** Streams that the peer may use. */
  get inboundStreams(): number {
    return this.#association?.inboundStreams ?? 0;
  }
  /** Streams that this side may use. */
  get outboundStreams(): number {
    return this.#association?.outboundStreams ?? 0;
  }

  // ---- For association-duplex.ts -----------------------------------------------------------------------------

  protected override onAttach(): void {
    if (this.#wishes !== undefined) this.#wish(this.#wishes);
  }

  protected override notificationsOf(event: AssociationEvent): readonly Notification[] {
    return this.#view?.notificationsOf(event) ?? NONE;
  }

  protected override get receiveContext(): number {
    return this.#view?.receiveContext ?? 0;
  }

  protected override get facts(): SocketFacts {
    return this;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #renew(): void {
    this.renew();
    this.#asked = false;
    this.#opened = undefined;
    this.#view = undefined;
  }

  get #association(): Association | undefined {
    return insideOf(this).association;
  }

  get #driver(): PortDriver | undefined {
    return insideOf(this).driver;
  }

  #requireAssociation(): Association {
    return requireAssociation(insideOf(this));
  }

  #onListeners(event: string | symbol | undefined): void {
    if (event === "bufferedAmountLow") this.bufferedAmountLowThreshold = this.bufferedAmountLowThreshold;
    if (event !== "message" && event !== "data" && event !== undefined) return;
    const isWanted = this.listenerCount("message") > 0;
    const teller = this.#messageTeller;
    if (isWanted === (teller !== undefined && this.listeners("data").includes(teller))) return;
    // As long as somebody listens, and no longer: what listens for 'data' makes messages flow.
    if (isWanted) {
      this.#messageTeller ??= this.emit.bind(this, "message");
      this.on("data", this.#messageTeller);
    } else if (teller !== undefined) this.off("data", teller);
  }
}
