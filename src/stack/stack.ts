/**
 * Many associations behind one UDP port: what a kernel would be.
 * Owns: the contract with the driver, the plain verification tag rule (RFC 9260 8.5), the timer wheel, the queue of
 * events, the order in which associations send.
 * Does not own: packets to which that rule does not apply (special-packets.ts), SCTP ports (sctp-ports.ts), anything
 * within an association (src/association).
 *
 * The contract: call `receive`, `handleTimeout` and the user's calls with the time, then `pollEvent` and `pollTransmit`
 * until they give undefined, then wait until `nextDeadlineMs`. Nothing here throws, whatever the bytes.
 */
import { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/model/events.ts";
import { type AssociationHost, type Route, Scratch } from "../association/model/host.ts";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { Fifo } from "../base/fifo.ts";
import {
  type AssociationOptions,
  associationOptions,
  type StackOptions,
  stackOptions,
} from "../base/options.ts";
import type { DropReason, TraceSink } from "../base/trace-sink.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { COMMON_HEADER_BYTES, checksumIsValid, verificationTag } from "../chunks/common-header.ts";
import { ParseError } from "../chunks/errors.ts";
import { encodePacket } from "../chunks/packet.ts";
import type { PacketSlab } from "../chunks/slab.ts";
import type { AddressFamily, TransportAddress } from "../platform/address.ts";
import type { Platform } from "../platform/platform.ts";
import { TimerWheel } from "../timer/timer-wheel.ts";
import { AssociationTable } from "./association-table.ts";
import { ClosedTags } from "./closed-tags.ts";
import { CookieReceiver, type CookieReceiverOwner } from "./cookie-receiver.ts";
import { InitResponder } from "./init-responder.ts";
import { LocalAddresses, requireAddress } from "./local-addresses.ts";
import { RateLimit } from "./rate-limit.ts";
import { requirePort, SctpPorts } from "./sctp-ports.ts";
import type { SharedPort } from "./shared-port.ts";
import { isOrdinary, portsMatch, SpecialPackets } from "./special-packets.ts";
import { CookieJar } from "./state-cookie.ts";
import type { ConnectOptions, ListenOptions, Transmit } from "./types.ts";

/** The shortest packet: a common header and a chunk header. */
const MIN_PACKET_BYTES = COMMON_HEADER_BYTES + 4;

export interface StackConfig {
  readonly platform: Platform;
  /** The local UDP port, for traces; the stack itself does not need it. */
  readonly udpPort: number;
  readonly options?: Partial<StackOptions>;
  readonly trace?: TraceSink | undefined;
  /** Where the UDP port is shared with other stacks (src/cluster). */
  readonly shared?: SharedPort | undefined;
}

interface DetachedPacket extends Route {
  readonly bytes: Uint8Array;
}

/** Mutable twin of `Transmit`. */
interface TransmitRecord {
  lengthBytes: number;
  localAddress: string;
  remoteAddress: string;
  remoteUdpPort: number;
}

export class Stack implements AssociationHost, CookieReceiverOwner {
  readonly platform: Platform;
  readonly udpPort: number;
  readonly options: StackOptions;
  readonly trace: TraceSink | undefined;
  readonly scratch: Scratch = new Scratch();
  readonly allocate = (lengthBytes: number): Uint8Array => this.platform.allocate(lengthBytes);
  readonly table: AssociationTable;
  readonly #closedTags: ClosedTags;
  readonly #drops: Record<string, number> = {};
  #receivedPackets = 0;
  #sentPackets = 0;
  readonly #local: LocalAddresses = new LocalAddresses();
  readonly #ports: SctpPorts;
  readonly #wheel: TimerWheel<Association> = new TimerWheel();
  readonly #dirty = new Fifo<Association>();
  readonly #gathering = new Fifo<Association>();
  readonly #detached = new Fifo<DetachedPacket>();
  readonly #events = new Fifo<AssociationEvent>();
  readonly #special: SpecialPackets;
  readonly #probeLimit: RateLimit;
  readonly #shared: SharedPort | undefined;
  readonly #transmit: TransmitRecord = {
    lengthBytes: 0,
    localAddress: "",
    remoteAddress: "",
    remoteUdpPort: 0,
  };
  #nextId = 1;
  /**
   * Ask `pollTransmit` before the next `receive`, however many datagrams have come: the peer counts the SACKs that report
   * a gap (RFC 9260 6.7, 7.2.4), and one SACK for all of a small window would be all that there is to lose.
   */
  sackCannotWait = false;
  #nowMs = 0;

  /** @throws SctpError ERR_SCTP_INVALID_OPTION */
  constructor(config: StackConfig) {
    this.platform = config.platform;
    this.udpPort = config.udpPort;
    this.options = stackOptions(config.options);
    this.trace = config.trace;
    this.#shared = config.shared;
    this.table = new AssociationTable(config.shared);
    this.#ports = new SctpPorts(this.table, this.#local, config.platform.random, config.shared);
    const { cookieLifeMs, maxCookiePreservativeMs, maxClosedTags } = this.options;
    this.#closedTags = new ClosedTags(cookieLifeMs + maxCookiePreservativeMs, maxClosedTags);
    this.#probeLimit = new RateLimit(this.options.maxProbesPerSecond);
    const jar = new CookieJar(config.platform, this.options.cookieSecretLifeMs, config.shared);
    const responder = new InitResponder(
      jar,
      config.platform.random,
      () => this.#newTag(),
      this.options,
      (port) => this.#local.advertised(this.#ports.boundAddresses(port)),
    );
    this.#special = new SpecialPackets(this, responder, new CookieReceiver(this, jar));
  }

  // ---- For the user ------------------------------------------------------------------------------------------

  get localAddresses(): readonly string[] {
    return this.#local.all;
  }
  get associations(): Iterable<Association> {
    return this.table.all;
  }
  get associationCount(): number {
    return this.table.size;
  }
  /** Packets received and sent, and drops by reason. */
  get counters(): Readonly<Record<string, number>> {
    return {
      "received-packets": this.#receivedPackets,
      "sent-packets": this.#sentPackets,
      ...this.#drops,
    };
  }

  /** @param address canonical IP literal, or a wildcard; one for every UDP socket */
  addLocalAddress(address: string): void {
    this.#local.add(requireAddress(address));
  }

  /** A local address is gone: paths that left from it leave from another one. */
  removeLocalAddress(address: string, nowMs: number): void {
    this.#local.remove(address);
    for (const association of this.table.all) association.leaveLocalAddress(address, nowMs);
  }

  /**
   * Accepts associations on an SCTP port; returns the port.
   * @throws SctpError ERR_SCTP_PORT_IN_USE, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ADDRESS
   */
  listen(listen: ListenOptions): number {
    return this.#ports.listen(listen);
  }

  /** Accepts no more associations on the port; those that exist live on. */
  unlisten(port: number): void {
    this.#ports.unlisten(port);
  }

  /**
   * Begins an association.
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION,
   *   ERR_SCTP_ASSOCIATION_EXISTS, ERR_SCTP_PORT_IN_USE
   */
  connect(connect: ConnectOptions, nowMs: number): Association {
    this.#nowMs = nowMs;
    const addresses = [...new Set(connect.remoteAddresses.map(requireAddress))];
    const localAddresses = connect.localAddresses?.map((address) => this.#local.requireOwn(address));
    for (const address of addresses) this.#local.requireReachable(address, localAddresses);
    if (addresses.length === 0)
      throw new SctpError(SctpErrorCode.InvalidAddress, "connect needs at least one peer address");
    const remotePort = requirePort(connect.remotePort, "remotePort");
    const remoteUdpPort = requirePort(connect.remoteUdpPort, "remoteUdpPort");
    const options = associationOptions(connect.options);
    const { localPort: wantedPort = 0 } = connect;
    const localPort = this.#ports.choose(wantedPort, "localPort");
    for (const address of addresses) {
      if (this.table.byAddress(localPort, remotePort, address) === undefined) continue;
      throw new SctpError(
        SctpErrorCode.AssociationExists,
        `there is an association between SCTP port ${localPort} and ${address} port ${remotePort} already`,
      );
    }
    const association = this.create(
      options,
      localPort,
      remotePort,
      this.#newTag(),
      this.platform.random.uint32(),
    );
    association.boundAddresses = localAddresses;
    this.#claimAll(association, addresses);
    association.open(addresses, remoteUdpPort, nowMs);
    return association;
  }

  // ---- For the driver ----------------------------------------------------------------------------------------

  /**
   * A UDP payload arrived. Views into `datagram` are kept: its memory must not be reused.
   * @param from canonical address and UDP port
   * @param to the local address that the socket is bound to, maybe a wildcard
   */
  receive(datagram: Uint8Array, from: TransportAddress, to: string, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#receivedPackets++;
    this.trace?.packet("received", datagram, { address: to, port: this.udpPort }, from, nowMs);
    if (this.#events.length >= this.options.maxQueuedEvents)
      return this.countDrop(undefined, "limit-reached", "events that the user has not taken");
    if (datagram.length < MIN_PACKET_BYTES)
      return this.countDrop(undefined, "too-short", `${datagram.length} bytes`);
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const association = this.table.byTag(verificationTag(view));
    if (!checksumIsValid(datagram, view)) return this.countDrop(association?.id, "bad-checksum", "");
    const type = view.getUint8(COMMON_HEADER_BYTES);
    if (
      association !== undefined &&
      isOrdinary(type) &&
      portsMatch(association, view) &&
      association.hasAddress(from.address)
    ) {
      association.receive(datagram, view, COMMON_HEADER_BYTES, from, this.options.maxChunksPerPacket, nowMs);
      this.sackCannotWait = association.sackCannotWait;
      return;
    }
    try {
      const source = { localAddress: to, address: from.address, remoteUdpPort: from.port };
      this.#special.receive({ datagram, view, source, nowMs }, association);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.countDrop(association?.id, "malformed-chunk", error.message);
    }
  }

  /** Does what is due. */
  handleTimeout(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#wheel.advance(nowMs, (association) => {
      association.handleTimeout(nowMs);
      this.touch(association);
    });
  }

  /** When `handleTimeout` is to be called at the latest; Infinity where nothing is waited for. */
  nextDeadlineMs(): number {
    return this.#wheel.nextDeadlineMs();
  }

  /**
   * Writes the next datagram into the slab; undefined where there is none. The result is reused by the next call.
   * @param gathering SACKs may wait for more packets, one call after the other; heed `isGathering`
   */
  pollTransmit(slab: PacketSlab, nowMs: number, gathering = false): Transmit | undefined {
    this.#nowMs = nowMs;
    this.sackCannotWait = false;
    for (let detached = this.#detached.shift(); detached !== undefined; detached = this.#detached.shift()) {
      if (detached.bytes.length > slab.bytes.length) continue; // It fits into no packet.
      slab.bytes.set(detached.bytes);
      return this.#transmitting(slab, detached.bytes.length, detached, nowMs);
    }
    for (let association = this.#dirty.peek(); association !== undefined; association = this.#dirty.peek()) {
      const lengthBytes = association.pollTransmit(slab, nowMs, gathering);
      const { route } = association;
      if (lengthBytes > 0 && route !== undefined) return this.#transmitting(slab, lengthBytes, route, nowMs);
      this.#dirty.shift();
      if (association.holdsSack) {
        this.#gathering.push(association);
        continue;
      }
      association.isDirty = false;
      if (association.state !== "CLOSED") this.#wheel.set(association.timer, association.deadlineMs, nowMs);
    }
    for (let each = this.#gathering.shift(); each !== undefined; each = this.#gathering.shift())
      this.#dirty.push(each);
    return undefined;
  }

  /** SACKs wait for more packets: call `pollTransmit` again as soon as there can be any, and at once if there are none. */
  get isGathering(): boolean {
    return this.#dirty.length > 0;
  }

  /** What the user must hear of next; undefined where there is nothing. */
  pollEvent(): AssociationEvent | undefined {
    return this.#events.shift();
  }

  // ---- For associations --------------------------------------------------------------------------------------

  touch(association: Association): void {
    if (association.isDirty || association.state === "CLOSED") return;
    association.isDirty = true;
    this.#dirty.push(association);
  }

  emit(event: AssociationEvent): void {
    this.#events.push(event);
  }

  sendDetached(association: Association, tag: number, chunks: readonly Chunk[], route: Route): void {
    this.#sendNow(association.localPort, association.remotePort, tag, chunks, route);
  }

  claimAddress(association: Association, address: string): boolean {
    return this.table.claim(association, address);
  }

  unclaimAddress(association: Association, address: string): void {
    this.table.unclaim(association, address);
  }

  release(association: Association): void {
    this.#wheel.cancel(association.timer);
    this.table.remove(association);
    this.#closedTags.add(association.localTag, this.#nowMs);
  }

  countDrop(association: number | undefined, reason: DropReason, detail: string): void {
    this.#drops[reason] = (this.#drops[reason] ?? 0) + 1;
    this.trace?.event({ kind: "drop", association, reason, detail }, this.#nowMs);
  }

  mayProbe(nowMs: number): boolean {
    return this.#probeLimit.take(nowMs);
  }

  localAddressFor(association: Association, remoteAddress: string): string {
    return this.#local.towards(remoteAddress, association.boundAddresses);
  }

  advertisedAddresses(association: Association): readonly string[] {
    return this.#local.advertised(association.boundAddresses);
  }

  addressFamilies(association: Association): readonly AddressFamily[] {
    return this.#local.families(association.boundAddresses);
  }

  // ---- For those who look at special packets -----------------------------------------------------------------

  /** Whether a tag is an association's, or was one's not long ago. */
  isTagTaken(tag: number, nowMs: number): boolean {
    return this.table.hasTag(tag) || this.#closedTags.has(tag, nowMs);
  }

  /** @param to the local address that was written to; a wildcard is every one */
  listenerOptions(port: number, to: string): AssociationOptions | undefined {
    return this.#ports.optionsAt(port, to);
  }

  create(
    options: AssociationOptions,
    localPort: number,
    remotePort: number,
    tag: number,
    tsn: number,
  ): Association {
    const association = new Association(this, this.#nextId++, options, localPort, remotePort, tag, tsn);
    association.boundAddresses = this.#ports.boundAddresses(localPort);
    this.table.add(association);
    return association;
  }

  retag(association: Association, tag: number): void {
    this.#closedTags.add(association.localTag, this.#nowMs);
    this.table.retag(association, tag);
  }

  /** Answers somebody who has no association, or one packet of somebody's: what cannot be sent soon is dropped. */
  sendPacket(
    localPort: number,
    remotePort: number,
    tag: number,
    chunks: readonly Chunk[],
    route: Route,
  ): void {
    if (this.#detached.length >= this.options.maxQueuedAnswers)
      return this.countDrop(undefined, "limit-reached", "answers that wait to be sent");
    this.#sendNow(localPort, remotePort, tag, chunks, route);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #sendNow(localPort: number, remotePort: number, tag: number, chunks: readonly Chunk[], route: Route): void {
    const { localAddress, address, remoteUdpPort } = route;
    const bytes = encodePacket({
      sourcePort: localPort,
      destinationPort: remotePort,
      verificationTag: tag,
      chunks,
    });
    this.#detached.push({ bytes, localAddress, address, remoteUdpPort });
  }

  #transmitting(slab: PacketSlab, lengthBytes: number, route: Route, nowMs: number): Transmit {
    const transmit = this.#transmit;
    transmit.lengthBytes = lengthBytes;
    transmit.localAddress = route.localAddress;
    transmit.remoteAddress = route.address;
    transmit.remoteUdpPort = route.remoteUdpPort;
    this.#sentPackets++;
    if (this.trace !== undefined) {
      const local = { address: route.localAddress, port: this.udpPort };
      const remote = { address: route.address, port: route.remoteUdpPort };
      this.trace.packet("sent", slab.bytes.subarray(0, lengthBytes), local, remote, nowMs);
    }
    return transmit;
  }

  #newTag(): number {
    for (;;) {
      const tag = this.#shared?.newTag() ?? this.platform.random.uint32();
      if (tag !== 0 && !this.isTagTaken(tag, this.#nowMs)) return tag; // 5.3.1
    }
  }

  /** Only where the UDP port is shared can one be refused here: by a stack that is no business of the caller's. */
  #claimAll(association: Association, addresses: readonly string[]): void {
    const refused = addresses.find((address) => !this.claimAddress(association, address));
    if (refused === undefined) return;
    for (const address of addresses) this.unclaimAddress(association, address);
    this.table.remove(association);
    throw new SctpError(
      SctpErrorCode.AssociationExists,
      `another stack of this UDP port has an association between these ports and ${refused}`,
    );
  }
}
