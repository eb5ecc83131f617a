/**
 * The state of one socket, and what the associations' events do to it.
 * Owns: the binding, the associations and how they are found, the queue of accepted ones, notifications, the end.
 * Does not own: the calls of the user (socket.ts, send.ts, receive.ts, options.ts), SCTP ports (socket-layer.ts).
 */
import type { Association } from "../../association/association.ts";
import type { AssociationEvent } from "../../association/association-event.ts";
import type { CloseReason, UnsentMessage } from "../../association/model/events.ts";
import { received } from "../../base/option-check.ts";
import { type AssociationOptionsInput, associationOptions } from "../../base/options.ts";
import { PassingMap } from "../../base/places.ts";
import { addressFamily, canonicalAddress, isWildcardAddress } from "../../platform/address.ts";
import type { AssociationTarget, InitInfo, SndInfo, SocketAddress } from "../terms/ancillary.ts";
import { type Errno, Fault } from "../terms/errno.ts";
import type { Notification } from "../terms/notifications.ts";
import { SocketSettings } from "../terms/settings.ts";
import { announce, sendFailure } from "./announce.ts";
import { AssociationEntry, type EntryOwner } from "./association-entry.ts";
import type { Acceptor, AssociationUser, SocketHost } from "./host.ts";
import type { OpenRecord } from "./open-record.ts";
import { ReceiveQueue } from "./receive-queue.ts";

export type SocketStyle = "one-to-one" | "one-to-many";
/** PF_INET: IPv4 alone; PF_INET6: both. */
export type SocketDomain = "PF_INET" | "PF_INET6";

/** What a socket asks of all sockets of its stack. */
export interface Ports {
  readonly host: SocketHost;
  readonly defaultRemoteUdpPort: number;
  /** Options of associations to come, until they are changed; the core's defaults if absent. */
  readonly defaultOptions: AssociationOptionsInput | undefined;
  readonly maxNotifications: number;
  /** @throws Fault EADDRINUSE */
  reserve(core: SocketCore, port: number): number;
  release(core: SocketCore): void;
}

const EMPTY = new Uint8Array(0);

/** Aborts what nobody wants, and hears no more of it. */
const NOBODY: AssociationUser = { onAssociationEvent: () => {} };

export class SocketCore implements EntryOwner, Acceptor {
  readonly ports: Ports;
  readonly style: SocketStyle;
  readonly domain: SocketDomain;
  readonly settings: SocketSettings;
  readonly queue: ReceiveQueue;
  /** Associations that live, by id. */
  readonly entries: PassingMap<number, AssociationEntry> = new PassingMap();
  /** The one association of a one-to-one socket, dead or alive. */
  own: AssociationEntry | undefined = undefined;
  /** The SCTP port; 0 while the socket is not bound. */
  port = 0;
  /** Undefined: all of the host's. */
  localAddresses: readonly string[] | undefined = undefined;
  /** Ends following the host's addresses; undefined where the socket does not (following.ts). */
  stopFollowing: (() => void) | undefined = undefined;
  /** Associations that may wait to be accepted; 0 while the socket does not listen. */
  backlog = 0;
  readonly acceptQueue: SocketCore[] = [];
  isClosed = false;
  /** SHUT_RD: what arrives is read by nobody. */
  isReadShut = false;
  /** Told when something may have become readable or writable. */
  onReady: (() => void) | undefined = undefined;
  /** Hears of every event, whatever is subscribed to, and after `close` too. */
  observer: ((event: AssociationEvent) => void) | undefined = undefined;
  readonly #index = new PassingMap<string, AssociationEntry>();
  /** What the next call is to report (SO_ERROR). */
  #pendingError: Errno | undefined = undefined;

  constructor(ports: Ports, style: SocketStyle, domain: SocketDomain, settings?: SocketSettings) {
    this.ports = ports;
    this.style = style;
    this.domain = domain;
    const level = style === "one-to-many" ? 1 : 0;
    const { defaultOptions } = ports;
    const future = defaultOptions === undefined ? undefined : associationOptions(defaultOptions);
    this.settings = settings ?? new SocketSettings(ports.defaultRemoteUdpPort, level, future);
    this.queue = new ReceiveQueue(this.settings.fragmentInterleave);
  }

  get isOneToMany(): boolean {
    return this.style === "one-to-many";
  }
  get isListening(): boolean {
    return this.backlog > 0;
  }
  get host(): SocketHost {
    return this.ports.host;
  }

  nowMs(): number {
    return this.ports.host.nowMs();
  }

  /** How an address is shown to the user (SCTP_I_WANT_MAPPED_V4_ADDR). */
  shown(address: string): string {
    return this.settings.mappedV4 && addressFamily(address) === 4 ? `::ffff:${address}` : address;
  }

  // ---- Addresses and ports -----------------------------------------------------------------------------------

  /** @throws Fault EINVAL, EAFNOSUPPORT */
  literal(text: string): string {
    const address = canonicalAddress(text);
    if (address === undefined) throw new Fault("EINVAL", `${received(text)} is not an IPv4 or IPv6 literal`);
    if (this.domain === "PF_INET" && addressFamily(address) === 6)
      throw new Fault("EAFNOSUPPORT", `${address} is an IPv6 address, the socket takes IPv4 ones`);
    return address;
  }

  /** Binds to all addresses and a free port, if the socket is not bound yet. */
  bindIfNeeded(): void {
    if (this.port === 0) this.port = this.ports.reserve(this, 0);
  }

  /** Tells the stack of another set of options, addresses or of the wish to listen. @throws Fault, SctpError */
  refreshListener(): void {
    const { host } = this.ports;
    if (!this.isListening) return;
    host.unlisten(this.port);
    const { localAddresses, port } = this;
    host.listen({ port, options: this.settings.future, localAddresses }, this);
  }

  // ---- Associations ------------------------------------------------------------------------------------------

  /** The associations that a target means, among those that live. @throws Fault ENOENT, ENOTCONN */
  entryOf(target: AssociationTarget | undefined): AssociationEntry {
    if (!this.isOneToMany) {
      if (this.own === undefined) throw new Fault("ENOTCONN");
      return this.own;
    }
    const entry = typeof target === "number" ? this.entries.get(target) : undefined;
    if (entry !== undefined) return entry;
    throw new Fault(
      "ENOENT",
      `the socket has no association ${target === undefined ? "without an id" : received(target)}`,
    );
  }

  /** The living association with a peer. */
  entryAt({ address, port }: SocketAddress): AssociationEntry | undefined {
    return this.#index.get(keyOf(canonicalAddress(address) ?? address, port));
  }

  /**
   * Begins an association (RFC 6458 9.9).
   * @throws Fault EINVAL, EALREADY, EISCONN, EOPNOTSUPP, EAFNOSUPPORT, ENETUNREACH, EADDRINUSE; SctpError
   */
  connect(addresses: readonly SocketAddress[], init: InitInfo | undefined): AssociationEntry {
    const [first] = addresses;
    if (first === undefined)
      throw new Fault("EINVAL", "an association needs at least one address of the peer");
    if (addresses.some(({ port }) => port !== first.port))
      throw new Fault("EINVAL", "all addresses of a peer have the same port");
    this.#requireConnectable(addresses);
    const remoteAddresses = addresses.map(({ address }) => this.literal(address));
    for (const address of remoteAddresses) this.#requireReachable(address);
    const options = associationOptions(initOptions(init), this.settings.future);
    this.bindIfNeeded();
    const entry = new AssociationEntry(this, this.settings.defaults.clone());
    const { port: localPort, localAddresses } = this;
    const { remoteUdpPort } = this.settings;
    const remotePort = first.port;
    const association = this.host.connect(
      { remoteAddresses, remotePort, remoteUdpPort, localPort, localAddresses, options },
      entry,
    );
    this.addEntry(entry, association);
    this.host.scheduleFlush();
    return entry;
  }

  addEntry(entry: AssociationEntry, association: Association): void {
    entry.attach(association);
    for (const [streamId, share] of entry.settings.streamShares)
      if (streamId < association.outboundStreams) association.setStreamShare(streamId, share);
    entry.owner = this;
    this.entries.set(association.id, entry);
    if (!this.isOneToMany) this.own = entry;
    this.#file(entry);
  }

  /** The socket has the association no more; what of it is queued stays queued. */
  removeEntry(entry: AssociationEntry): void {
    this.entries.delete(entry.id);
    this.#unfile(entry);
  }

  onAccept(association: Association): AssociationUser {
    if (this.isOneToMany) {
      const entry = new AssociationEntry(this, this.settings.defaults.clone());
      this.addEntry(entry, association);
      return entry;
    }
    if (this.acceptQueue.length >= this.backlog) {
      association.abort(EMPTY, this.nowMs());
      return NOBODY;
    }
    const child = new SocketCore(
      this.ports,
      "one-to-one",
      this.domain,
      this.settings.inherit(this.settings.defaults),
    );
    child.port = this.port;
    child.localAddresses = this.localAddresses;
    const entry = new AssociationEntry(child, child.settings.defaults);
    child.addEntry(entry, association);
    this.acceptQueue.push(child);
    this.onReady?.();
    return entry;
  }

  onEntryEvent(entry: AssociationEntry, event: AssociationEvent): void {
    if (event.kind === "readable") entry.hasToldReadable = true;
    if (event.kind === "established") {
      entry.wasEstablished = true;
      this.#file(entry);
    }
    if (event.kind === "path" || event.kind === "restarted") this.#file(entry);
    if (event.kind === "delivery-aborted") entry.abortedKey = event.delivery.messageKey;
    if (endsRecords(event)) this.#failRecords(entry);
    if (event.kind === "closed") this.#onClosed(entry, event.reason);
    if (this.isClosed || this.isReadShut) this.#discard(entry);
    if (!this.isClosed) {
      this.queue.sync(entry, waitingBefore(event));
      for (const notification of announce(entry, event, this.isOneToMany)) this.notify(entry, notification);
    }
    this.observer?.(event);
    this.onReady?.();
  }

  /** Queues a notification for those who want it (RFC 6458 6.1.10 bounds how many wait). */
  notify(entry: AssociationEntry, notification: Notification): void {
    if (!entry.wants(notification.type)) return;
    this.queue.pushNotification(entry, notification);
    if (this.queue.notificationCount < this.ports.maxNotifications) return;
    this.queue.pushNotification(undefined, { type: "SCTP_NOTIFICATIONS_STOPPED_EVENT" });
    this.settings.defaults.events.clear();
    for (const other of this.entries.values()) other.settings.events.clear();
    entry.settings.events.clear();
  }

  /** SEND FAILURE for what has never reached the association. */
  notifyUnsent(
    entry: AssociationEntry,
    unsent: Pick<UnsentMessage, "data" | "streamId" | "ppid" | "unordered" | "context">,
    flags: SndInfo["flags"],
  ): void {
    const message = { ...unsent, transmitted: false, acknowledgedBytes: 0, causeCode: 0 };
    const failure = sendFailure(message, entry.id, flags);
    this.notify(entry, failure);
    this.notify(entry, { ...failure, type: "SCTP_SEND_FAILED" });
  }

  /** What has been written of a record comes back, since it will not be ended (RFC 6458 8.1.26). */
  failRecord(entry: AssociationEntry, streamId: number, record: OpenRecord): void {
    const { ppid, context, flags } = record.info;
    const unordered = flags.includes("SCTP_UNORDERED");
    this.notifyUnsent(entry, { data: record.endedWith(), streamId, ppid, unordered, context }, flags);
    entry.records.delete(streamId);
  }

  #failRecords(entry: AssociationEntry): void {
    for (const [streamId, record] of entry.records) this.failRecord(entry, streamId, record);
  }

  /** What went wrong with the association of a one-to-one socket; told once. */
  takeError(): Errno | undefined {
    const error = this.#pendingError;
    this.#pendingError = undefined;
    return error;
  }

  /** SHUT_RD: what waits and what arrives is dropped. */
  shutReading(): void {
    this.isReadShut = true;
    this.queue.clear();
    if (this.own !== undefined) this.#discard(this.own);
  }

  shutdownEntry(entry: AssociationEntry): void {
    entry.shutdownRequested = true;
    this.#failRecords(entry);
    entry.association.shutdown(this.nowMs());
    this.host.scheduleFlush();
  }

  /** Ends everything: the SHUTDOWN primitive on each association, or ABORT with SO_LINGER on and 0. */
  close(): void {
    const aborts = this.settings.lingerEnabled && this.settings.lingerSeconds === 0;
    this.isClosed = true;
    this.onReady = undefined;
    this.queue.clear();
    const nowMs = this.nowMs();
    for (const { association } of this.entries.values()) {
      if (aborts) association.abort(EMPTY, nowMs);
      else association.shutdown(nowMs);
    }
    for (const entry of this.entries.values()) this.#discard(entry);
    for (const child of this.acceptQueue) child.close();
    this.acceptQueue.length = 0;
    if (this.isListening) this.host.unlisten(this.port);
    this.stopFollowing?.();
    this.backlog = 0;
    this.ports.release(this);
    this.host.scheduleFlush();
  }

  // ---- Options of the associations ---------------------------------------------------------------------------

  /**
   * Changes options of associations to come, of those that are, or of both.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, and nothing has changed
   */
  changeOptions(
    changes: AssociationOptionsInput,
    future: boolean,
    entries: Iterable<AssociationEntry>,
  ): void {
    const targets = [...entries];
    for (const { association } of targets) associationOptions(changes, association.options);
    if (future) {
      this.settings.future = associationOptions(changes, this.settings.future);
      this.refreshListener();
    }
    const nowMs = this.nowMs();
    for (const { association } of targets) association.setOptions(changes, nowMs);
    this.host.scheduleFlush();
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #requireConnectable(addresses: readonly SocketAddress[]): void {
    if (this.isListening && !this.isOneToMany)
      throw new Fault("EOPNOTSUPP", "a listening one-to-one socket cannot connect");
    const existing = this.own ?? addresses.map((address) => this.entryAt(address)).find(Boolean);
    if (existing === undefined) return;
    if (existing.isClosed) throw new Fault("EISCONN", "a one-to-one socket connects once: open another one");
    const { state } = existing.association;
    throw new Fault(state === "COOKIE-WAIT" || state === "COOKIE-ECHOED" ? "EALREADY" : "EISCONN");
  }

  #requireReachable(address: string): void {
    if (isWildcardAddress(address)) throw new Fault("EINVAL", `${address} is not an address that a peer has`);
    const own = this.localAddresses ?? this.host.localAddresses;
    if (own.some((local) => addressFamily(local) === addressFamily(address))) return;
    throw new Fault("ENETUNREACH", `no local address (${own.join(", ")}) is of the family of ${address}`);
  }

  /** Finds the association under every address that its peer has now. */
  #file(entry: AssociationEntry): void {
    const { remoteAddresses, remotePort } = entry.association;
    this.#unfile(entry);
    for (const address of remoteAddresses) {
      const key = keyOf(address, remotePort);
      entry.keys.add(key);
      this.#index.set(key, entry);
    }
  }

  #unfile(entry: AssociationEntry): void {
    for (const key of entry.keys) if (this.#index.get(key) === entry) this.#index.delete(key);
    entry.keys.clear();
  }

  #onClosed(entry: AssociationEntry, reason: CloseReason): void {
    entry.isClosed = true;
    this.removeEntry(entry);
    if (!this.isOneToMany) this.#pendingError = errorOf(reason, entry.wasEstablished);
  }

  /** Nobody reads any more, and the peer is to be able to end what it has begun to send. */
  #discard(entry: AssociationEntry): void {
    const nowMs = this.nowMs();
    while (entry.association.receiveMessage(nowMs) !== undefined);
    entry.hasToldReadable = false;
    entry.queuedCount = 0;
  }
}

/** The messages that wait and came before an event that tells of those behind it; undefined where that is no matter. */
function waitingBefore(event: AssociationEvent): number | undefined {
  if (event.kind === "restarted") return event.waitingCount;
  if (event.kind !== "streams-reset" && event.kind !== "association-reset") return undefined;
  return event.position - event.association.stats.receivedMessages;
}

/** Whether what has been written of records can be ended no more, or would end at a peer that does not know its beginning. */
function endsRecords({ kind }: AssociationEvent): boolean {
  return kind === "closed" || kind === "restarted" || kind === "shutdown-received";
}

/** RFC 6458 5.3.1: 0 keeps the socket's value. */
export function initOptions(init: InitInfo | undefined): AssociationOptionsInput {
  const { outboundStreams, maxInboundStreams, maxAttempts, maxInitTimeoutMs } = init ?? {};
  return {
    ...(outboundStreams ? { outboundStreams } : {}),
    ...(maxInboundStreams ? { maxInboundStreams } : {}),
    ...(maxAttempts ? { maxInitRetransmits: maxAttempts } : {}),
    ...(maxInitTimeoutMs ? { initTimeoutMaxMs: maxInitTimeoutMs } : {}),
  };
}

function errorOf(reason: CloseReason, wasEstablished: boolean): Errno | undefined {
  switch (reason.kind) {
    case "shutdown":
      return undefined;
    case "unreachable":
      return "ETIMEDOUT";
    case "aborted":
      if (reason.by === "local") return "ECONNABORTED";
      return wasEstablished ? "ECONNRESET" : "ECONNREFUSED";
  }
}

function keyOf(address: string, port: number): string {
  return `${address} ${port}`;
}
