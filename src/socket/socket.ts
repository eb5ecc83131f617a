/**
 * A socket of the RFC 6458 model: both styles, every call, nothing that waits.
 * Owns: the calls, as thin as they can be. Does not own: the socket's state (socket-core.ts), sending (send.ts),
 * receiving (receive.ts), options (options.ts).
 *
 * A call returns its result, or the name of an errno (errno.ts) where C would return -1; it never throws and never
 * blocks. `onReady` tells when it is worth trying again. Ids, messages and notifications are those of the core.
 */
import type { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/association-event.ts";
import { checkArgument, isObject } from "../base/option-check.ts";
import { getOption, setOption } from "./options/options.ts";
import type {
  GetArguments,
  OptionInput,
  OptionName,
  OptionQuery,
  OptionValue,
  ReadableOption,
  WritableOption,
} from "./options/options-table.ts";
import { type Received, type ReceiveOptions, Receiver, type Recvv } from "./receive.ts";
import { type SendAllResult, Sender } from "./send.ts";
import { bindAddresses, localAddressesOf, unbindAddresses } from "./state/binding.ts";
import type { AssociationUser } from "./state/host.ts";
import { SocketCore, type SocketDomain, type SocketStyle } from "./state/socket-core.ts";
import type {
  AssociationTarget,
  InitInfo,
  SendMessage,
  SendvInfo,
  SocketAddress,
} from "./terms/ancillary.ts";
import { isSocketAddress, isSocketAddresses } from "./terms/arguments.ts";
import { type Errno, Fault, faultOf } from "./terms/errno.ts";

/** What `bindx` does with the addresses. */
export type BindxFlag = "SCTP_BINDX_ADD_ADDR" | "SCTP_BINDX_REM_ADDR";
/** How `shutdown` ends a one-to-one socket's association. */
export type ShutdownHow = "SHUT_RD" | "SHUT_WR" | "SHUT_RDWR";

export class SctpSocket {
  readonly #core: SocketCore;
  readonly #sender: Sender;
  readonly #receiver: Receiver;
  #errorText = "";

  /** For `SocketLayer.socket`, `accept` and `peeloff`. */
  constructor(core: SocketCore) {
    this.#core = core;
    this.#sender = new Sender(core);
    this.#receiver = new Receiver(core);
  }

  get style(): SocketStyle {
    return this.#core.style;
  }
  get domain(): SocketDomain {
    return this.#core.domain;
  }
  /** A sentence about the last call that failed. */
  get errorText(): string {
    return this.#errorText;
  }
  /** Whether `recvmsg` would give something, or `accept` a socket. */
  get isReadable(): boolean {
    if (this.#core.isClosed) return false;
    return (
      this.#receiver.isReadable || this.#core.acceptQueue.length > 0 || this.#core.own?.isClosed === true
    );
  }
  /** The associations that live, by id. */
  get associationIds(): readonly number[] {
    return this.#core.entries.keys();
  }
  /**
   * Called when something may have become readable or writable; at most one. It runs while the stack is being driven:
   * calls of this socket are allowed in it.
   */
  get onReady(): (() => void) | undefined {
    return this.#core.onReady;
  }
  set onReady(listener: (() => void) | undefined) {
    this.#core.onReady = listener;
  }

  /**
   * Hears of every event of the socket's associations as it happens, not in line with the data, and after `close` too:
   * for wrappers that keep promises. It runs while the stack is being driven, as `onReady` does.
   */
  get onAssociationEvent(): ((event: AssociationEvent) => void) | undefined {
    return this.#core.observer;
  }
  set onAssociationEvent(listener: ((event: AssociationEvent) => void) | undefined) {
    this.#core.observer = listener;
  }

  // ---- Addresses ---------------------------------------------------------------------------------------------

  /**
   * RFC 6458 3.1.2. A wildcard address means all of the host's; port 0 takes a free one.
   * @returns 0; EINVAL if the socket is bound already; EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EBADF
   */
  bind(name: SocketAddress): 0 | Errno {
    return this.#call(() => {
      checkArgument("name", name, isSocketAddress);
      if (this.#core.port !== 0) throw new Fault("EINVAL", "the socket is bound already: use bindx");
      bindAddresses(this.#core, [name]);
      return 0;
    });
  }

  /**
   * RFC 6458 9.1. Adds addresses to those of an unbound or bound socket, or takes some away. Living associations that have
   * agreed on RFC 5061 ask their peers for the same; SCTP_PEER_ADDR_CHANGE tells those. Others keep what they have.
   * @returns 0; EINVAL for mixed ports, a wildcard among others, the last address; EADDRINUSE, EADDRNOTAVAIL,
   *   EAFNOSUPPORT, EOPNOTSUPP, EBADF
   */
  bindx(names: readonly SocketAddress[], flag: BindxFlag): 0 | Errno {
    return this.#call(() => {
      checkArgument("names", names, isSocketAddresses);
      if (names.length === 0) throw new Fault("EINVAL", "bindx needs at least one address");
      if (flag === "SCTP_BINDX_REM_ADDR") unbindAddresses(this.#core, names);
      else bindAddresses(this.#core, names);
      return 0;
    });
  }

  /** RFC 6458 7.4: one local address and the port; port 0 while the socket is not bound. */
  getsockname(): SocketAddress | Errno {
    return this.#call(() => {
      const core = this.#core;
      const [address = "0.0.0.0"] = core.own?.association.localAddresses ?? localAddressesOf(core);
      return { address: core.shown(address), port: core.port };
    });
  }

  /** RFC 6458 4.1.9: the peer's primary address. ENOTCONN; EOPNOTSUPP on a one-to-many socket. */
  getpeername(): SocketAddress | Errno {
    return this.#call(() => {
      const core = this.#core;
      if (core.isOneToMany)
        throw new Fault("EOPNOTSUPP", "a one-to-many socket has many peers: use getpaddrs");
      if (core.own === undefined || core.own.isClosed) throw new Fault("ENOTCONN");
      const { primaryAddress, remotePort } = core.own.association;
      return { address: core.shown(primaryAddress), port: remotePort };
    });
  }

  /** RFC 6458 9.3: all addresses of the peer. ENOENT for an unknown id, ENOTCONN. */
  getpaddrs(associationId?: number): readonly SocketAddress[] | Errno {
    return this.#call(() => {
      const { association } = this.#core.entryOf(associationId);
      const { remoteAddresses, remotePort } = association;
      return remoteAddresses.map((address) => ({ address: this.#core.shown(address), port: remotePort }));
    });
  }

  /** RFC 6458 9.5: the addresses that the socket is bound to, or with an id those that the association uses. */
  getladdrs(associationId = 0): readonly SocketAddress[] | Errno {
    return this.#call(() => {
      const core = this.#core;
      const addresses =
        associationId === 0 ? localAddressesOf(core) : core.entryOf(associationId).association.localAddresses;
      return core.port === 0
        ? []
        : addresses.map((address) => ({ address: core.shown(address), port: core.port }));
    });
  }

  /** The id of the association with a peer. ENOENT. */
  getassocid(peer: SocketAddress): number | Errno {
    return this.#call(() => {
      checkArgument("peer", peer, isSocketAddress);
      const entry = this.#core.entryAt(peer);
      if (entry === undefined)
        throw new Fault("ENOENT", `no association with ${peer.address} port ${peer.port}`);
      return entry.id;
    });
  }

  // ---- Associations ------------------------------------------------------------------------------------------

  /**
   * RFC 6458 3.1.3, 4.1.3. 0 stops listening.
   * @param backlog one-to-one: how many associations may wait for `accept`; more are aborted
   * @returns 0; EADDRINUSE, EINVAL on a connected one-to-one socket, EBADF
   */
  listen(backlog: number): 0 | Errno {
    return this.#call(() => {
      const core = this.#core;
      if (!core.isOneToMany && core.own !== undefined)
        throw new Fault("EINVAL", "a connected socket cannot listen");
      if (!Number.isInteger(backlog) || backlog < 0) throw new Fault("EINVAL", "backlog is 0 or above");
      core.bindIfNeeded();
      const wasListening = core.isListening;
      if (!wasListening && backlog > 0) {
        const { port, localAddresses, settings } = core;
        core.host.listen({ port, options: settings.future, localAddresses }, core);
      }
      core.backlog = backlog;
      if (wasListening && backlog === 0) core.host.unlisten(core.port);
      return 0;
    });
  }

  /** RFC 6458 4.1.4. EAGAIN while none waits, EINVAL if the socket does not listen, EOPNOTSUPP on a one-to-many one. */
  accept(): SctpSocket | Errno {
    return this.#call(() => {
      const core = this.#core;
      if (core.isOneToMany) throw new Fault("EOPNOTSUPP", "one-to-many sockets accept by themselves");
      const child = core.acceptQueue.shift();
      if (child !== undefined) return new SctpSocket(child);
      if (!core.isListening) throw new Fault("EINVAL", "call listen first");
      return "EAGAIN";
    });
  }

  /**
   * RFC 6458 3.1.6, 4.1.5.
   * @returns EINPROGRESS once the set-up has begun; EALREADY, EISCONN, EOPNOTSUPP on a listening one-to-one socket,
   *   EINVAL, EAFNOSUPPORT, ENETUNREACH, EBADF
   */
  connect(name: SocketAddress): Errno {
    const started = this.connectx([name]);
    return typeof started === "number" ? "EINPROGRESS" : started;
  }

  /**
   * RFC 6458 9.9: begins an association with a peer of several addresses, which share a port.
   * @returns the id of the association, whose outcome SCTP_ASSOC_CHANGE tells; or as `connect`
   */
  connectx(names: readonly SocketAddress[], init?: InitInfo): number | Errno {
    return this.#call(() => {
      checkArgument("names", names, isSocketAddresses);
      if (init !== undefined) checkArgument("init", init, isObject);
      return this.#core.connect(names, init).id;
    });
  }

  /**
   * RFC 6458 9.2: an association gets a one-to-one socket of its own, with what of it waits to be read and the choices
   * made for it.
   * @returns EOPNOTSUPP on a one-to-one socket, ENOENT, ENOTCONN while it is being set up, EBADF
   */
  peeloff(associationId: number): SctpSocket | Errno {
    return this.#call(() => {
      const core = this.#core;
      const entry = this.#peelable(associationId);
      const child = new SocketCore(
        core.ports,
        "one-to-one",
        core.domain,
        core.settings.inherit(entry.settings),
      );
      child.port = core.port;
      child.localAddresses = core.localAddresses;
      const peeled = new SctpSocket(child);
      core.removeEntry(entry);
      child.addEntry(entry, entry.association);
      core.queue.move(entry, child.queue);
      peeled.#receiver.setRest(this.#receiver.takeRest(entry));
      return peeled;
    });
  }

  /**
   * Gives an association to a user outside of this model, as `peeloff` gives it to a socket. Its notifications that
   * wait are dropped; its messages wait in the association.
   * @returns as `peeloff`
   */
  detach(associationId: number, user: AssociationUser): Association | Errno {
    return this.#call(() => {
      const entry = this.#peelable(associationId);
      this.#core.removeEntry(entry);
      this.#core.queue.drop(entry);
      entry.association.userData = user;
      return entry.association;
    });
  }

  /**
   * RFC 6458 4.1.7: one-to-one sockets only; SHUT_WR and SHUT_RDWR begin the graceful shutdown.
   * @returns 0; EOPNOTSUPP, ENOTCONN, EBADF
   */
  shutdown(how: ShutdownHow): 0 | Errno {
    return this.#call(() => {
      const core = this.#core;
      if (core.isOneToMany) throw new Fault("EOPNOTSUPP", "shut one association down by sending SCTP_EOF");
      if (core.own === undefined || core.own.isClosed) throw new Fault("ENOTCONN");
      if (how !== "SHUT_WR") core.shutReading();
      if (how !== "SHUT_RD") core.shutdownEntry(core.own);
      return 0;
    });
  }

  /** RFC 6458 3.1.5, 4.1.6: shuts every association down, or aborts them (SO_LINGER). EBADF the second time. */
  close(): 0 | Errno {
    return this.#call(() => {
      this.#core.close();
      return 0;
    });
  }

  // ---- Messages ----------------------------------------------------------------------------------------------

  /**
   * RFC 6458 3.1.4. The bytes are not copied and must not change until they have been acknowledged.
   * @returns the number of bytes taken; EAGAIN without room, EMSGSIZE, EINVAL, ENOENT, ENOTCONN, EPIPE after a shutdown
   *   of this side or the end, ESHUTDOWN after one of the peer, EOPNOTSUPP, EBADF; those of `connectx` when the message
   *   sets an association up; on a one-to-one socket once what ended it: ECONNRESET, ECONNREFUSED, ETIMEDOUT
   */
  sendmsg(message: SendMessage): number | Errno {
    return this.#call(() => this.#sender.sendmsg(message));
  }

  /** RFC 6458 9.12. @returns as `sendmsg` */
  sendv(data: Uint8Array | readonly Uint8Array[], info: SendvInfo = {}): number | Errno {
    return this.#call(() => this.#sender.sendv(data, info));
  }

  /** SCTP_SENDALL with an account of who took the message. EOPNOTSUPP on a one-to-one socket, EBADF. */
  sendall(
    data: Uint8Array | readonly Uint8Array[],
    info: Omit<SendvInfo, "to" | "init"> = {},
  ): SendAllResult | Errno {
    return this.#call(() => this.#sender.sendAll(data, info));
  }

  /**
   * RFC 6458 3.1.4. A message, a part of one without MSG_EOR, or a notification.
   * @returns EAGAIN while there is none; on a one-to-one socket 0 once the association has ended, and before it once
   *   what ended it (ECONNRESET, ECONNREFUSED, ECONNABORTED, ETIMEDOUT); ENOTCONN, EINVAL, EBADF
   */
  recvmsg(options: ReceiveOptions = {}): Received | 0 | Errno {
    return this.#call(() => this.#receiver.recvmsg(options));
  }

  /** RFC 6458 9.13. @returns as `recvmsg` */
  recvv(options: ReceiveOptions = {}): Recvv | 0 | Errno {
    return this.#call(() => this.#receiver.recvv(options));
  }

  /** RFC 6458 7.1: a message on stream 0 of a connected one-to-one socket. @returns as `sendmsg`; EOPNOTSUPP */
  send(data: Uint8Array): number | Errno {
    return this.#call(() => {
      this.#requireOneToOne();
      return this.#sender.sendmsg({ data });
    });
  }

  /** RFC 6458 7.1: a message on stream 0; sets an association up where there is none. @returns as `sendmsg` */
  sendto(data: Uint8Array, name: SocketAddress): number | Errno {
    return this.#call(() => this.#sender.sendmsg({ data, name }));
  }

  /** RFC 6458 7.1: as `recvfrom`, without the peer's name. */
  recv(maxBytes?: number): Uint8Array | 0 | Errno {
    const received = this.recvfrom(maxBytes);
    return typeof received === "object" ? received.data : received;
  }

  /**
   * RFC 6458 7.1: user data of a one-to-one socket, of whatever stream, and at most so much of it. There is no way to tell
   * where a message ends; notifications are passed over.
   * @returns as `recvmsg`; EOPNOTSUPP on a one-to-many socket
   */
  recvfrom(maxBytes?: number): { readonly data: Uint8Array; readonly name: SocketAddress } | 0 | Errno {
    return this.#call(() => {
      this.#requireOneToOne();
      for (;;) {
        const received = this.#receiver.recvmsg({ maxBytes });
        if (typeof received !== "object") return received;
        if (received.notification === undefined) return { data: received.data, name: received.name };
      }
    });
  }

  /** Why a message to an association would be refused now: EAGAIN, EPIPE, ESHUTDOWN, ...; undefined if it would not. */
  refusal(associationId?: number): Errno | undefined {
    const result = this.#call(() => {
      const entry = this.#core.entryOf(associationId);
      return this.#sender.refusal(entry) ?? (entry.association.isWritable ? 0 : "EAGAIN");
    });
    return result === 0 ? undefined : result;
  }

  // ---- Options -----------------------------------------------------------------------------------------------

  /**
   * RFC 6458 7.2, 8; docs/socket-options.md lists the options.
   * @param target one-to-many: whose option; future associations' if absent and allowed
   * @returns 0; ENOPROTOOPT; EOPNOTSUPP if it can only be read, is of the other style, or is not built in; EINVAL for
   *   values and targets; ENOENT, ENOTCONN, EBADF
   */
  setsockopt<K extends WritableOption>(
    name: K,
    value: OptionInput<K>,
    target?: AssociationTarget,
  ): 0 | Errno {
    return this.#call(() => {
      setOption(this.#core, name, value, target);
      return 0;
    });
  }

  /**
   * RFC 6458 7.2, 8.
   * @returns the value; otherwise as `setsockopt`
   */
  getsockopt<K extends ReadableOption>(name: K, ...rest: GetArguments<K>): OptionValue<K> | Errno {
    const [target, query] = rest as [target?: AssociationTarget, query?: OptionQuery<OptionName>];
    return this.#call(() => getOption(this.#core, name, target, query as OptionQuery<K>));
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #call<T>(operation: () => T): T | Errno {
    try {
      if (this.#core.isClosed) throw new Fault("EBADF");
      return operation();
    } catch (error) {
      const fault = faultOf(error);
      if (fault === undefined) throw error;
      this.#errorText = fault.message;
      return fault.errno;
    }
  }

  #requireOneToOne(): void {
    if (this.#core.isOneToMany)
      throw new Fault("EOPNOTSUPP", "on a one-to-many socket nobody could tell whose message it is");
  }

  #peelable(associationId: number): ReturnType<SocketCore["entryOf"]> {
    const core = this.#core;
    if (!core.isOneToMany) throw new Fault("EOPNOTSUPP", "a one-to-one socket has nothing to branch off");
    const entry = core.entryOf(associationId);
    if (!entry.wasEstablished) throw new Fault("ENOTCONN", `association ${associationId} is being set up`);
    return entry;
  }
}
