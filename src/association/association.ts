/**
 * One association as its user sees it.
 * Owns: the calls of RFC 9260 11.1, and what can be asked. Does not own: what the parts do and who they are (assembly.ts); what
 * the stack calls (engine.ts).
 *
 * Where to look: a SACK is handled in sending/outbound.ts, received DATA in receiving/inbound.ts, packets are read in
 * packets/chunk-receiver.ts and composed in packets/packet-scheduler.ts; set-up, shutdown, ABORT and heartbeats have a file
 * each in procedures/, and what the user is told is in reporting/user-events.ts.
 */
import { authenticationTermsOf, PLAIN_TERMS, requireUsable } from "../base/authentication.ts";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import {
  type AssociationOptions,
  type AssociationOptionsInput,
  associationOptions,
} from "../base/options.ts";
import type { AssociationParts } from "./assembly.ts";
import { adaptationIndicationIn } from "./extensions/adaptation-indication.ts";
import { authenticatedChunkTypes } from "./extensions/authentication.ts";
import { type DynamicAddresses, dynamicAddressesOf } from "./extensions/dynamic-addresses.ts";
import {
  type AbandonedCounts,
  PARTIAL_RELIABILITY,
  partialReliabilityOf,
} from "./extensions/partial-reliability.ts";
import {
  type AddedStreamCounts,
  begun,
  type ResetDirection,
  STREAM_RECONFIGURATION,
  type StreamReconfiguration,
  streamReconfigurationOf,
} from "./extensions/stream-reconfiguration.ts";
import type { AddressChange } from "./model/events.ts";
import { OutboundMessage } from "./model/outbound-message.ts";
import type { ReceivedMessage } from "./model/received-message.ts";
import type { ReliabilityPolicy } from "./model/reliability.ts";
import { checkMessage, checkStreamId, type SendInfo } from "./model/send-info.ts";
import { type AssociationState, isSettingUp } from "./model/state.ts";
import { checkShare, type StreamShare } from "./model/stream-share.ts";
import {
  considerPathMtuDiscovery,
  followPathMtuChange,
  followPathMtuOptions,
  UNASKED_FROM_BYTES,
} from "./procedures/path-mtu-discovery.ts";
import { type PathChanges, tunePath } from "./procedures/path-tuning.ts";
import { considerReceiveBufferGrowth } from "./procedures/receive-buffer-growth.ts";
import { type AssociationInspection, inspect } from "./reporting/inspection.ts";
import type { AssociationStats, AssociationStatus, PathInfo } from "./reporting/status.ts";

/** One UDP datagram holds it. */
const LONGEST_REASON_BYTES = 60_000;
const NONE_RECONFIGURED: StreamReconfiguration["counts"] = {
  outgoingResetCount: 0,
  incomingResetCount: 0,
  refusedCount: 0,
  retransmittedCount: 0,
};
const NONE_CHANGED: DynamicAddresses["counts"] = {
  addedCount: 0,
  removedCount: 0,
  refusedCount: 0,
  retransmittedCount: 0,
};
const NONE_ABANDONED: AbandonedCounts = { unsent: 0, sent: 0 };

export class Association {
  /** A slot for whoever drives the stack. */
  userData: unknown = undefined;
  readonly #parts: AssociationParts;

  /** @param parts what it stands in front of; nobody reaches them through it */
  constructor(parts: AssociationParts) {
    this.#parts = parts;
  }

  // ---- What can be asked -------------------------------------------------------------------------------------

  /** Unique in its stack, above 0. */
  get id(): number {
    return this.#parts.id;
  }
  get state(): AssociationState {
    return this.#parts.lifecycle.state;
  }
  get options(): AssociationOptions {
    return this.#parts.settings.options;
  }
  /** SCTP port of this side. */
  get localPort(): number {
    return this.#parts.identity.localPort;
  }
  /** SCTP port of the peer. */
  get remotePort(): number {
    return this.#parts.identity.remotePort;
  }
  /** The verification tag of what is received, 1 to 2^32 - 1. */
  get localTag(): number {
    return this.#parts.identity.localTag;
  }
  /** The verification tag of what is sent; 0 until the peer has told it. */
  get peerTag(): number {
    return this.#parts.identity.peerTag;
  }
  /** The TSN of the first DATA chunk of this side. */
  get localInitialTsn(): number {
    return this.#parts.identity.localInitialTsn;
  }
  /** The local addresses that its endpoint is bound to; undefined for all of the stack's. */
  get boundAddresses(): readonly string[] | undefined {
    return this.#parts.boundAddresses;
  }
  /** The local addresses that its paths leave from. */
  get localAddresses(): readonly string[] {
    return this.#parts.facts.localAddresses;
  }
  get remoteAddresses(): readonly string[] {
    return this.#parts.facts.remoteAddresses;
  }
  get primaryAddress(): string {
    return this.#parts.facts.primaryAddress;
  }
  /** Whether it is an address of the peer. */
  hasAddress(address: string): boolean {
    return this.#parts.paths.byAddress(address) !== undefined;
  }
  /** Streams that the peer may use; what this side offers until the handshake has settled it. */
  get inboundStreams(): number {
    return this.#parts.inbound.streamCount;
  }
  /** Streams that this side may use; what it asks for until the handshake has settled it. */
  get outboundStreams(): number {
    return this.#parts.outbound.streamCount;
  }
  /** Payload bytes accepted by `send` and not yet acknowledged by the peer. */
  get bufferedBytes(): number {
    return this.#parts.outbound.bufferedBytes;
  }
  /** `bufferedBytes` of one stream: looks at all that is queued and outstanding. */
  bufferedBytesOn(streamId: number): number {
    return this.#parts.outbound.bufferedBytesOn(streamId);
  }
  /** Whether `bufferedBytes` is below what the send buffer has room for now (`status().sendBufferBytes`). */
  get isWritable(): boolean {
    const { outbound } = this.#parts;
    return outbound.bufferedBytes < outbound.sendBufferBytes;
  }
  /** Whether both sides know partial reliability (RFC 3758 4.2): only then is a message given up that has been sent. */
  get partialReliability(): boolean {
    return this.#parts.extensions.capabilities.has(PARTIAL_RELIABILITY.id);
  }
  /** Whether both sides have agreed on I-DATA: fragments of several messages may be mixed (RFC 8260 2.2.1). */
  get isInterleaved(): boolean {
    return this.#parts.outbound.isInterleaved;
  }
  /** Whether both sides have agreed on NR-SACK (draft-tuexen-tsvwg-sctp-multipath 4.1): they acknowledge by it, not by SACK. */
  get nrSack(): boolean {
    return this.#parts.inbound.tsns.tellsKept;
  }

  /** Whether both sides know stream reconfiguration (RFC 6525 5.1.1). */
  get streamReconfiguration(): boolean {
    return this.#parts.extensions.capabilities.has(STREAM_RECONFIGURATION.id);
  }
  /** Whether both sides have agreed on addresses that come and go (RFC 5061). */
  get dynamicAddresses(): boolean {
    return this.#parts.extensions.dynamicAddresses !== undefined;
  }
  /**
   * The local addresses that the peer knows, or will know once it has done what it has been asked for; where addresses cannot change,
   * those that paths leave from.
   */
  get knownLocalAddresses(): readonly string[] {
    return dynamicAddressesOf(this.#parts)?.knownAddresses ?? this.localAddresses;
  }
  /**
   * Whether the peer can be asked to forget a local address (`removeLocalAddress`), by its canonical form: it is one of
   * `knownLocalAddresses`, or one that a wildcard among them stands for. Which of those it knows, the host alone could tell.
   */
  mayRemoveLocalAddress(address: string): boolean {
    return dynamicAddressesOf(this.#parts)?.mayRemove(address) ?? false;
  }
  /** Whether a request of this side about addresses is under way, or waits to be. */
  get isChangingAddresses(): boolean {
    return dynamicAddressesOf(this.#parts)?.isBusy ?? false;
  }
  /** Whether both sides have agreed on authentication (RFC 4895): chunks of the types that either asks for are authenticated. */
  get authentication(): boolean {
    return this.#parts.extensions.authentication !== undefined;
  }
  /** The chunk types that the peer wants authenticated (RFC 6458 8.2.3); none where it has not been agreed on. */
  get peerAuthenticatedChunks(): readonly number[] {
    return this.#parts.extensions.authentication?.peerChunkTypes ?? [];
  }
  /** The chunk types that this side wants authenticated (RFC 6458 8.2.4); until the handshake has settled it, those it asks for. */
  get localAuthenticatedChunks(): readonly number[] {
    const asked = isSettingUp(this.state) ? authenticatedChunkTypes(this.options) : undefined;
    return this.#parts.extensions.authentication?.ourChunkTypes ?? asked ?? [];
  }
  /** What the peer says that stands between SCTP and its user (RFC 5061 4.2.6); undefined where it says nothing. */
  get peerAdaptationIndication(): number | undefined {
    return adaptationIndicationIn(this.#parts.extensions.capabilities);
  }
  /** Whether a message that is not acknowledged is authenticated with the key: looks at all that is queued and outstanding. */
  usesSharedKey(keyId: number): boolean {
    return this.#parts.outbound.usesKey(keyId);
  }
  /** Whether a request of this side to reset or to add streams is under way, or waits to be. */
  get isReconfiguring(): boolean {
    return streamReconfigurationOf(this.#parts.outbound)?.isBusy ?? false;
  }
  /** What counts against the receive buffer: messages that wait, and what they wait for. */
  get heldBytes(): number {
    return this.#parts.inbound.buffer.usedBytes;
  }
  /** Messages that `receiveMessage` would give. */
  get readableCount(): number {
    return this.#parts.inbound.buffer.readyCount;
  }
  /** The message that `receiveMessage` would give. */
  get nextMessage(): ReceivedMessage | undefined {
    return this.#parts.inbound.buffer.peek();
  }
  /** The Cumulative TSN Ack Point: all TSNs of the peer up to this one have been received. */
  get cumulativeTsn(): number {
    return this.#parts.inbound.tsns.cumulativeTsn;
  }
  /** Nothing is queued and everything sent has been acknowledged. */
  get isDry(): boolean {
    return this.#parts.outbound.isIdle;
  }
  /** Messages up to this size travel in one chunk. */
  get fragmentationPointBytes(): number {
    return this.#parts.outbound.fragmentationPointBytes;
  }
  /** Counters as they are now. */
  get stats(): AssociationStats {
    const { unsent, sent } = this.abandoned();
    const { stats, inbound } = this.#parts;
    const heldBytes = inbound.buffer.usedBytes;
    const sctpAssocRtxChunks = stats.retransmittedChunks;
    const reconfiguration = streamReconfigurationOf(this.#parts.outbound)?.counts ?? NONE_RECONFIGURED;
    const addresses = dynamicAddressesOf(this.#parts)?.counts ?? NONE_CHANGED;
    return {
      ...stats,
      abandonedUnsent: unsent,
      abandonedSent: sent,
      outgoingStreamResets: reconfiguration.outgoingResetCount,
      incomingStreamResets: reconfiguration.incomingResetCount,
      refusedReconfigurations: reconfiguration.refusedCount,
      retransmittedReconfigurations: reconfiguration.retransmittedCount,
      addedPeerAddresses: addresses.addedCount,
      removedPeerAddresses: addresses.removedCount,
      refusedAddressChanges: addresses.refusedCount,
      retransmittedAddressChanges: addresses.retransmittedCount,
      heldBytes,
      sctpAssocRtxChunks,
    };
  }

  /**
   * Messages that were given up for their `reliability` (RFC 7496 4.3, 4.4), each counted once.
   * @param streamId of one stream; of all if absent
   * @param policy by one policy; by all if absent
   */
  abandoned(streamId?: number, policy?: ReliabilityPolicy): Readonly<AbandonedCounts> {
    return partialReliabilityOf(this.#parts.outbound)?.abandoned(streamId, policy) ?? NONE_ABANDONED;
  }

  /** The STATUS primitive, RFC 9260 11.1.8. */
  status(): AssociationStatus {
    return this.#parts.facts.status();
  }

  /** @throws SctpError ERR_SCTP_INVALID_ADDRESS if the address is none of the peer's */
  path(address: string): PathInfo {
    const { facts } = this.#parts;
    return facts.pathInfo(facts.pathOf(address));
  }

  paths(): readonly PathInfo[] {
    const { facts, paths } = this.#parts;
    return paths.all.map((path) => facts.pathInfo(path));
  }

  /**
   * What goes on inside at this moment, for those who watch it at work: TSNs, timers, outstanding chunks, and what each stream waits for.
   * Looks at all that is queued, outstanding and held.
   */
  inspect(): AssociationInspection {
    return inspect(this.#parts);
  }

  // ---- What can be done --------------------------------------------------------------------------------------

  /**
   * Queues a message (the SEND primitive, RFC 9260 11.1.5). The bytes are not copied and must not change until they
   * have been acknowledged. It never refuses for lack of room: whoever calls heeds `isWritable`, or asks `makeRoom`.
   * @throws SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_EMPTY_MESSAGE,
   *   ERR_SCTP_MESSAGE_TOO_LARGE, ERR_SCTP_NOT_CONNECTED; ERR_SCTP_INVALID_ADDRESS if `to` is none of the peer's;
   *   ERR_SCTP_NOT_SUPPORTED for `authKeyId` without authentication
   */
  send(data: Uint8Array, info: SendInfo, nowMs: number): void {
    const { outbound, idleCloser, events, stats } = this.#parts;
    this.check(data, info);
    if (info.reliability !== undefined) this.#parts.extensions.onLimitedMessage(this.#parts);
    partialReliabilityOf(outbound)?.makeRoom(data.length, info.reliability);
    // RFC 6458 8.1.18: a message has the key that is the active one when it is sent.
    const keyId = this.options.authentication === false ? undefined : this.#activeKeyId;
    const message = new OutboundMessage(data, info, nowMs, keyId);
    outbound.enqueue(message);
    this.#parts.tracer.onMessage("queued", message, nowMs);
    idleCloser.onActivity(true, nowMs);
    stats.sentMessages++;
    stats.sentBytes += data.length;
    events.onQueued();
    this.#parts.touch(nowMs);
    if (stats.sentBytes >= UNASKED_FROM_BYTES && this.options.pathMtuDiscovery === "auto")
      considerPathMtuDiscovery(this.#parts, nowMs);
  }

  /**
   * Whether a message may be sent without waiting: `isWritable`, or what is less important has just been given up for it (RFC 7496
   * 3.2): for none that `send` would refuse.
   * @throws SctpError as `send`
   */
  makeRoom(data: Uint8Array, info: SendInfo): boolean {
    if (this.isWritable) return true;
    this.check(data, info);
    const partialReliability = partialReliabilityOf(this.#parts.outbound);
    if (partialReliability === undefined) return false;
    partialReliability.makeRoom(data.length, info.reliability);
    return this.isWritable;
  }

  /**
   * Asks for the event `buffered-low`, each time that `bufferedBytes` has come down to a mark from above.
   * @param streamId of one stream; of all if undefined
   * @param thresholdBytes the mark; undefined to ask no longer. A mark that is moved remembers that it was exceeded
   */
  watchBuffered(streamId: number | undefined, thresholdBytes: number | undefined): void {
    const { outbound } = this.#parts;
    const { releaseWatch } = outbound;
    if (thresholdBytes === undefined) releaseWatch.removeMark(streamId);
    else {
      const held = streamId === undefined ? outbound.bufferedBytes : outbound.bufferedBytesOn(streamId);
      releaseWatch.setMark(streamId, thresholdBytes, held);
    }
  }

  /** What share a stream gets, where `streamScheduler` heeds it. */
  streamShare(streamId: number): StreamShare {
    const { priority, weight } = this.#parts.outbound.queue.shareOf(streamId);
    return { priority, weight };
  }

  /**
   * Gives a stream another share, for what waits as well (RFC 8260 3.4, 3.6).
   * @throws SctpError ERR_SCTP_INVALID_STREAM, ERR_SCTP_INVALID_ARGUMENT
   */
  setStreamShare(streamId: number, share: Partial<StreamShare>): void {
    const { outbound } = this.#parts;
    checkStreamId(streamId, outbound.streamCount);
    checkShare(share);
    outbound.queue.setShare(streamId, share);
  }

  /** Tells of marks that have been reached because they moved: a caller who counts more than is held here moves them. */
  tellBuffered(): void {
    if (this.state !== "CLOSED") this.#parts.events.onBufferFreed();
  }

  /** The next message from the peer; taking it opens the receive window (the RECEIVE primitive, 11.1.7). */
  receiveMessage(nowMs: number): ReceivedMessage | undefined {
    const { inbound, events, stats } = this.#parts;
    const message = inbound.buffer.shift();
    if (message === undefined) {
      events.onEmptied();
      return undefined;
    }
    stats.receivedMessages++;
    stats.receivedBytes += message.data.length;
    if (inbound.growth !== undefined) inbound.growth.onRead(message.data.length, message.tsn, nowMs);
    else considerReceiveBufferGrowth(this.#parts, nowMs);
    inbound.onTaken();
    this.#parts.tracer.onMessage("delivered", message, nowMs);
    if (inbound.sackPolicy.isDue) this.#parts.touch(nowMs);
    return message;
  }

  /** Ends the association once everything queued has been acknowledged (the SHUTDOWN primitive, 11.1.3). */
  shutdown(nowMs: number): void {
    this.#parts.tracer.nowMs = nowMs;
    this.#parts.shutdown.request(nowMs);
    this.#parts.touch(nowMs);
  }

  /** Ends the association at once (the ABORT primitive, 11.1.4). The reason is sent to the peer, 60,000 bytes of it at most. */
  abort(reason: Uint8Array, nowMs: number): void {
    if (this.state === "CLOSED") return;
    this.#parts.tracer.nowMs = nowMs;
    this.#parts.termination.abort(reason.subarray(0, LONGEST_REASON_BYTES));
    this.#parts.touch(nowMs);
  }

  /**
   * Makes an address of the peer the primary path (RFC 9260 11.1.6).
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if it is none of the peer's
   */
  setPrimary(address: string): void {
    const { facts, paths, events } = this.#parts;
    const path = facts.pathOf(address);
    if (path === paths.primary) return;
    paths.setPrimary(path);
    events.primaryChanged(path);
  }

  /**
   * Changes options of the living association. Those of the set-up (streams, INIT) count only while it lasts; a path
   * whose parameters were changed by themselves keeps them unless the same option changes here.
   * @throws SctpError ERR_SCTP_INVALID_OPTION, and nothing changes
   */
  setOptions(changes: AssociationOptionsInput, nowMs: number): void {
    const { settings, addresses, inbound, outbound, monitor, paths, idleCloser, events } = this.#parts;
    const before = settings.options;
    const options = associationOptions({ ...changes, multipath: before.multipath }, before);
    settings.replace(options);
    addresses.configure(options, before);
    inbound.growth?.onOptions(nowMs);
    inbound.setOptions(options);
    outbound.setOptions(options);
    if (
      options.heartbeatIntervalMs !== before.heartbeatIntervalMs ||
      options.potentiallyFailedMaxRetrans !== before.potentiallyFailedMaxRetrans
    ) {
      for (const path of paths.all) monitor.reschedule(path, nowMs);
    }
    followPathMtuOptions(this.#parts, before, nowMs);
    if (options.autoCloseMs !== before.autoCloseMs) idleCloser.onActivity(true, nowMs);
    events.onOptionsChanged();
    this.#parts.touch(nowMs);
  }

  /**
   * Changes parameters of the path to one address of the peer.
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if it is none of the peer's, ERR_SCTP_INVALID_OPTION
   */
  setPathOptions(address: string, changes: PathChanges, nowMs: number): void {
    const path = this.#parts.facts.pathOf(address);
    tunePath(this.#parts, path, changes, nowMs);
    const { pathMtuDiscovery, maxPacketBytes } = changes;
    followPathMtuChange(this.#parts, path, pathMtuDiscovery, maxPacketBytes, nowMs);
    this.#parts.touch(nowMs);
  }

  /**
   * Asks for streams to begin at SSN 0 again (RFC 6525 5.1.2, 5.1.3). What is sent on outgoing ones from now on follows the reset;
   * what was sent before comes before it. The event `reconfigured` tells the outcome. Requests are made one after the other.
   * @param streamIds none: all
   * @returns the number of the request
   * @throws SctpError ERR_SCTP_NOT_CONNECTED unless established; ERR_SCTP_NOT_SUPPORTED where the peer does not know of it;
   *   ERR_SCTP_INVALID_STREAM
   */
  resetStreams(direction: ResetDirection, streamIds: readonly number[], nowMs: number): number {
    const number = this.#reconfiguration().resetStreams(direction, streamIds);
    this.#parts.touch(nowMs);
    return number;
  }

  /**
   * Asks for all SSNs and TSNs to begin anew (RFC 6525 5.1.4), once everything that has been sent is acknowledged; what has not
   * been sent by then waits, and follows.
   * @returns the number of the request
   * @throws SctpError as `resetStreams`; ERR_SCTP_IN_PROGRESS within 30 s of the one before
   */
  resetAssociation(nowMs: number): number {
    const number = this.#reconfiguration().resetAssociation(nowMs);
    this.#parts.touch(nowMs);
    return number;
  }

  /**
   * Asks for more streams (RFC 6525 5.1.5, 5.1.6), 65,535 in either direction at most.
   * @returns the number of the request
   * @throws SctpError as `resetStreams`; ERR_SCTP_INVALID_ARGUMENT
   */
  addStreams(counts: AddedStreamCounts, nowMs: number): number {
    const number = this.#reconfiguration().addStreams(counts);
    this.#parts.touch(nowMs);
    return number;
  }

  #reconfiguration(): StreamReconfiguration {
    if (this.state !== "ESTABLISHED")
      throw new SctpError(
        SctpErrorCode.NotConnected,
        `streams are reset and added in ESTABLISHED: the association is in ${this.state}`,
      );
    if (this.streamReconfiguration) return begun(this.#parts);
    const by = this.options.streamReconfiguration
      ? "the peer does not know"
      : "the option streamReconfiguration forbids";
    throw new SctpError(SctpErrorCode.NotSupported, `${by} stream reconfiguration (RFC 6525)`);
  }

  /**
   * Asks the peer to take up one more address of this side (RFC 5061 4.2.1), which the stack must have by then
   * (`Stack.addLocalAddress`). Nothing leaves from it until the peer has agreed. The event `address-change` tells the outcome; none
   * follows `closed`. What is asked for at one moment travels together: one address for another is `addLocalAddress` of the new one,
   * then `removeLocalAddress` of the old one, whether or not the stack still has that.
   * @returns the number of the request
   * @throws SctpError ERR_SCTP_NOT_CONNECTED unless established; ERR_SCTP_NOT_SUPPORTED where the peer, or the option
   *   `dynamicAddresses`, does not allow it; ERR_SCTP_INVALID_ADDRESS if it is none of the stack's
   */
  addLocalAddress(address: string, nowMs: number): number {
    return this.#askAbout("add", address, nowMs);
  }

  /**
   * Asks the peer to forget an address of this side (RFC 5061 4.2.2). Nothing leaves from it from the moment on when the peer is asked;
   * what comes to it is taken until the outcome is known: only then let the stack lose it, if it works. One that works, and is the only one that
   * the peer knows, is removed once another one has been added. Behind a wildcard, an address is removed that the host has lost: while it
   * sends from there, the peer refuses.
   * @returns as `addLocalAddress`
   * @throws SctpError as `addLocalAddress`; ERR_SCTP_INVALID_ADDRESS if it is none of this side's, or the last one;
   *   ERR_SCTP_NOT_SUPPORTED if it cannot be named to the peer, for a NAT is in between, and several others stay
   */
  removeLocalAddress(address: string, nowMs: number): number {
    return this.#askAbout("remove", address, nowMs);
  }

  /**
   * Asks the peer to make an address of this side its primary path (RFC 5061 4.2.4, 5.4).
   * @returns as `addLocalAddress`
   * @throws SctpError as `addLocalAddress`; ERR_SCTP_INVALID_ADDRESS if it is none of this side's
   */
  setPeerPrimaryAddress(address: string, nowMs: number): number {
    return this.#askAbout("set-primary", address, nowMs);
  }

  #askAbout(change: AddressChange, address: string, nowMs: number): number {
    const number = this.#addressChanges().request(change, address);
    this.#parts.touch(nowMs);
    return number;
  }

  #addressChanges(): DynamicAddresses {
    if (this.state !== "ESTABLISHED")
      throw new SctpError(
        SctpErrorCode.NotConnected,
        `addresses change in ESTABLISHED: the association is in ${this.state}`,
      );
    const agreed = dynamicAddressesOf(this.#parts);
    if (agreed !== undefined) return agreed;
    const by =
      this.options.dynamicAddresses === false
        ? "the option dynamicAddresses forbids"
        : "the peer does not know, or does not authenticate,";
    throw new SctpError(SctpErrorCode.NotSupported, `${by} changes of addresses (RFC 5061)`);
  }

  /**
   * Sends a HEARTBEAT on demand (RFC 9260 11.1.10).
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if the address is none of the peer's, ERR_SCTP_NOT_CONNECTED
   */
  requestHeartbeat(address: string, nowMs: number): void {
    const path = this.#parts.facts.pathOf(address);
    if (this.state !== "ESTABLISHED")
      throw new SctpError(SctpErrorCode.NotConnected, "the association is not established");
    this.#parts.monitor.sendHeartbeat(path, nowMs);
    this.#parts.touch(nowMs);
  }

  /** Whether `send` would take a message as things are, room aside: a mistake need not wait. @throws SctpError as `send` */
  check(data: Uint8Array, info: SendInfo): void {
    const { outbound, shutdown } = this.#parts;
    const { state } = this;
    if (state !== "ESTABLISHED" && (!isSettingUp(state) || shutdown.isRequested)) {
      throw new SctpError(
        SctpErrorCode.NotConnected,
        `no message can be sent: the association is in ${state}`,
      );
    }
    checkMessage(data, info, outbound.streamCount, this.options.maxMessageBytes);
    if (info.to !== undefined) this.#parts.facts.pathOf(info.to);
    if (info.authKeyId !== undefined) this.#checkKey(info.authKeyId);
  }

  get #activeKeyId(): number | undefined {
    return authenticationTermsOf(this.options)?.activeKeyId;
  }

  #checkKey(keyId: number): void {
    if (this.options.authentication === false || (!isSettingUp(this.state) && !this.authentication)) {
      throw new SctpError(
        SctpErrorCode.NotSupported,
        "authKeyId needs authentication (RFC 4895): the option `authentication`, and a peer that knows it",
      );
    }
    requireUsable(authenticationTermsOf(this.options) ?? PLAIN_TERMS, keyId);
  }
}
