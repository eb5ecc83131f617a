/**
 * Many associations behind one UDP port: what a kernel would be.
 * Owns: the contract with the driver and the user; the way of packets to which the plain verification tag rule applies
 * (RFC 9260 8.5).
 * Does not own: all other packets (special-packets.ts), the associations (residents.ts), SCTP ports (sctp-ports.ts), what is
 * sent in what order (outbox.ts), anything within an association (src/association).
 *
 * The contract: call `receive`, `handleTimeout` and the user's calls with the time, then `pollEvent` and `pollTransmit`
 * until they give undefined, then wait until `nextDeadlineMs`. Nothing here throws, whatever the bytes.
 */
import type { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/association-event.ts";
import type { AssociationEngine } from "../association/engine.ts";
import { EXTENSIONS } from "../association/extensions/all.ts";
import type { AssociationExtension } from "../association/extensions/association-extension.ts";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import {
  associationOptions,
  type StackOptions,
  type StackOptionsInput,
  stackOptions,
} from "../base/options.ts";
import type { TraceSink } from "../base/trace-sink.ts";
import { COMMON_HEADER_BYTES, checksumIsValid, verificationTag } from "../chunks/common-header.ts";
import { ParseError } from "../chunks/errors.ts";
import { type PacketSlab, SLAB_BYTES } from "../chunks/slab.ts";
import type { TransportAddress } from "../platform/address.ts";
import type { Platform } from "../platform/platform.ts";
import { CookieReceiver } from "./cookie-receiver.ts";
import { InitResponder } from "./init-responder.ts";
import { requireAddress } from "./local-addresses.ts";
import { followsTagRule, portsMatch } from "./packet-subject.ts";
import { Residents } from "./residents.ts";
import { requirePort, SctpPorts } from "./sctp-ports.ts";
import type { SharedPort } from "./shared-port.ts";
import { SpecialPackets } from "./special-packets.ts";
import type { SctpStats } from "./stack-stats.ts";
import { CookieJar } from "./state-cookie.ts";
import type { ConnectOptions, ListenOptions, LowerLayer, Transmit } from "./types.ts";

/** The shortest packet: a common header and a chunk header. */
const MIN_PACKET_BYTES = COMMON_HEADER_BYTES + 4;
/** RFC 3873, sctpCurrEstab. */
const COUNTS_AS_ESTABLISHED: ReadonlySet<string> = new Set([
  "ESTABLISHED",
  "SHUTDOWN-RECEIVED",
  "SHUTDOWN-PENDING",
]);

/** Takes whatever a UDP datagram holds. */
const ANY_DATAGRAM: LowerLayer = { maxPacketBytes: SLAB_BYTES };

export interface StackConfig {
  readonly platform: Platform;
  /** The local UDP port, for traces; the stack itself does not need it. */
  readonly udpPort: number;
  readonly options?: StackOptionsInput;
  readonly trace?: TraceSink | undefined;
  /** Where the UDP port is shared with other stacks (src/cluster). */
  readonly shared?: SharedPort | undefined;
}

export class Stack {
  readonly platform: Platform;
  readonly udpPort: number;
  readonly options: StackOptions;
  readonly trace: TraceSink | undefined;
  readonly #residents: Residents;
  readonly #ports: SctpPorts;
  readonly #special: SpecialPackets;
  readonly #tellsDetails: boolean;
  #receivedPackets = 0;
  /** Of the datagram that came last, if it made a SACK due. */
  #acknowledging: AssociationEngine | undefined = undefined;

  /**
   * @param extensions for tests: others than those that are built in
   * @throws SctpError ERR_SCTP_INVALID_OPTION
   */
  constructor(
    { platform, udpPort, options: given, trace, shared }: StackConfig,
    extensions: readonly AssociationExtension[] = EXTENSIONS,
  ) {
    const options = stackOptions(given);
    this.platform = platform;
    this.udpPort = udpPort;
    this.options = options;
    this.trace = trace;
    this.#tellsDetails = trace?.detail !== undefined;
    const residents = new Residents({ platform, options, udpPort, trace, shared, extensions });
    const ports = new SctpPorts(residents.table, residents.local, platform.random, shared);
    const jar = new CookieJar(platform, options.cookieSecretLifeMs, shared);
    const responder = new InitResponder({ options, residents, ports, jar });
    const cookies = new CookieReceiver({ options, residents, ports, jar });
    this.#residents = residents;
    this.#ports = ports;
    this.#special = new SpecialPackets({ options, residents, ports, responder, cookies });
  }

  // ---- For the user ------------------------------------------------------------------------------------------

  get localAddresses(): readonly string[] {
    return this.#residents.local.all;
  }
  get associations(): Iterable<Association> {
    return this.#residents.associations();
  }
  get associationCount(): number {
    return this.#residents.table.size;
  }
  /** The association between two SCTP ports that knows the peer by an address. */
  associationAt(localPort: number, remotePort: number, remoteAddress: string): Association | undefined {
    return this.#residents.table.byAddress(localPort, remotePort, remoteAddress)?.association;
  }
  /** Counters under the names of RFC 3873. */
  stats(): SctpStats {
    const { table, drops, outbox, stats, scratch } = this.#residents;
    const { writer, arrivals } = scratch;
    let sctpCurrEstab = 0;
    for (const { association } of table.all)
      if (COUNTS_AS_ESTABLISHED.has(association.state)) sctpCurrEstab++;
    return stats.with({
      sctpCurrEstab,
      sctpOutOfBlues: drops.counts["no-association"] ?? 0,
      sctpChecksumErrors: drops.counts["bad-checksum"] ?? 0,
      sctpOutCtrlChunks: writer.controlChunkCount + outbox.detachedChunks,
      sctpOutOrderChunks: writer.orderedChunkCount,
      sctpOutUnorderChunks: writer.unorderedChunkCount,
      sctpInCtrlChunks: arrivals.controlChunks,
      sctpInOrderChunks: arrivals.orderedChunks,
      sctpInUnorderChunks: arrivals.unorderedChunks,
      sctpFragUsrMsgs: writer.fragmentedMessageCount,
      sctpReasmUsrMsgs: arrivals.reassembledMessages,
      sctpOutSCTPPacks: outbox.sentPackets,
      sctpInSCTPPacks: this.#receivedPackets,
    });
  }
  /** Packets received and sent, and drops by reason. */
  get counters(): Readonly<Record<string, number>> {
    return {
      "received-packets": this.#receivedPackets,
      "sent-packets": this.#residents.outbox.sentPackets,
      ...this.#residents.drops.counts,
    };
  }

  /**
   * Before `listen` and `connect`: no association that comes of them makes larger packets than every lower layer takes.
   * @param address IP literal, or a wildcard; one for every UDP socket
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS
   */
  addLocalAddress(address: string, lowerLayer: LowerLayer = ANY_DATAGRAM): void {
    const canonical = requireAddress(address);
    // Associations that exist do not use it: their peers do not know it (Association.addLocalAddress tells them).
    for (const engine of this.#residents.table.all) engine.beforeLocalChange();
    this.#residents.local.add(canonical, lowerLayer);
  }

  /** A local address is gone: paths that left from it leave from another one. */
  removeLocalAddress(address: string, nowMs: number): void {
    this.#residents.nowMs = nowMs;
    for (const engine of this.#residents.table.all) engine.beforeLocalChange();
    this.#residents.local.remove(address);
    for (const engine of this.#residents.table.all) engine.leaveLocalAddress(address, nowMs);
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
    const residents = this.#residents;
    const { local, table } = residents;
    residents.nowMs = nowMs;
    const addresses = [...new Set(connect.remoteAddresses.map(requireAddress))];
    const boundAddresses = connect.localAddresses?.map((address) => local.requireOwn(address));
    for (const address of addresses) local.requireReachable(address, boundAddresses);
    if (addresses.length === 0)
      throw new SctpError(SctpErrorCode.InvalidAddress, "connect needs at least one peer address");
    const remotePort = requirePort(connect.remotePort, "remotePort");
    const remoteUdpPort = requirePort(connect.remoteUdpPort, "remoteUdpPort");
    const options = local.bounded(associationOptions(connect.options));
    const localPort = this.#ports.choose(connect.localPort ?? 0, "localPort");
    for (const address of addresses) {
      if (table.byAddress(localPort, remotePort, address) === undefined) continue;
      throw new SctpError(
        SctpErrorCode.AssociationExists,
        `there is an association between SCTP port ${localPort} and ${address} port ${remotePort} already: ` +
          "choose another localPort, or leave it out; another UDP port does not tell two associations apart",
      );
    }
    const localTag = residents.newTag();
    const localInitialTsn = this.platform.random.uint32();
    const identity = { localPort, remotePort, localTag, localInitialTsn };
    const engine = residents.create(identity, options, boundAddresses);
    this.#claimAll(engine, addresses);
    try {
      const isPicked = (connect.localPort ?? 0) === 0;
      const changePort = (): boolean => this.#changePort(engine);
      engine.open(addresses, remoteUdpPort, nowMs, isPicked ? changePort : undefined);
    } catch (error) {
      for (const address of addresses) table.unclaim(engine, address);
      table.remove(engine);
      throw error;
    }
    return engine.association;
  }

  // ---- For the driver ----------------------------------------------------------------------------------------

  /**
   * A UDP payload arrived. Views into `datagram` are kept: its memory must not be reused.
   * @param from canonical address and UDP port
   * @param to the local address that the socket is bound to, maybe a wildcard
   */
  receive(datagram: Uint8Array, from: TransportAddress, to: string, nowMs: number): void {
    const residents = this.#residents;
    const { table, drops } = residents;
    residents.nowMs = nowMs;
    residents.scratch.cameTo = to;
    this.#receivedPackets++;
    this.trace?.packet("received", datagram, { address: to, port: this.udpPort }, from, nowMs);
    if (residents.events.length >= this.options.maxQueuedEvents)
      return drops.count(undefined, "limit-reached", "events that the user has not taken");
    if (datagram.length < MIN_PACKET_BYTES)
      return drops.count(undefined, "too-short", `${datagram.length} bytes`);
    const tagged = table.byTag(verificationTag(datagram));
    if (!checksumIsValid(datagram)) return drops.count(tagged?.id, "bad-checksum", "");
    if (tagged !== undefined && followsTagRule(datagram) && portsMatch(tagged.identity, datagram)) {
      const path = tagged.pathTo(from.address);
      if (path !== undefined) {
        const { maxChunksPerPacket } = this.options;
        tagged.receive(datagram, COMMON_HEADER_BYTES, path, from.port, maxChunksPerPacket, nowMs);
        this.#acknowledging = tagged.sackIsDue ? tagged : undefined;
        return;
      }
    }
    try {
      const source = { localAddress: to, address: from.address, remoteUdpPort: from.port };
      this.#special.receive({ datagram, source, nowMs }, tagged);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      drops.count(tagged?.id, "malformed-chunk", error.message);
    }
  }

  /** Does what is due. */
  handleTimeout(nowMs: number): void {
    const { wheel, outbox } = this.#residents;
    this.#residents.nowMs = nowMs;
    for (let engine = wheel.takeDue(nowMs); engine !== undefined; engine = wheel.takeDue(nowMs)) {
      engine.handleTimeout(nowMs);
      outbox.touch(engine);
    }
  }

  /** When `handleTimeout` is to be called at the latest; Infinity where nothing is waited for. */
  nextDeadlineMs(): number {
    return this.#residents.wheel.nextDeadlineMs();
  }

  /** Writes the next datagram into the slab; undefined where there is none. The result is reused by the next call. */
  pollTransmit(slab: PacketSlab, nowMs: number): Transmit | undefined {
    this.#residents.nowMs = nowMs;
    this.#acknowledging = undefined;
    const { outbox } = this.#residents;
    const detached = outbox.takeDetached(slab, nowMs);
    if (detached !== undefined) return detached;
    for (let engine = outbox.first; engine !== undefined; engine = outbox.first) {
      const { lengthBytes, path, localAddress } = engine.packets.next(slab, nowMs);
      if (lengthBytes > 0 && path !== undefined) {
        if (this.#tellsDetails) engine.tellSending(slab.bytes.subarray(0, lengthBytes), path, nowMs);
        return outbox.transmitting(slab, lengthBytes, localAddress, path, nowMs);
      }
      if (this.#tellsDetails) engine.tellSettled(nowMs);
      outbox.dismissFirst(nowMs);
    }
    return undefined;
  }

  /**
   * The datagram that `receive` was given last has made a SACK due. Who has more datagrams at hand, and wants to poll after
   * the last of them only, asks `pollSack` now: a SACK stands for no more packets than it should (RFC 9260 6.2, 6.7).
   */
  get sackIsDue(): boolean {
    return this.#acknowledging !== undefined;
  }

  /** Writes one datagram as `pollTransmit` does, up to the one with the SACK that is due: then `sackIsDue` is false. All else waits. */
  pollSack(slab: PacketSlab, nowMs: number): Transmit | undefined {
    const engine = this.#acknowledging;
    if (engine === undefined) return undefined;
    const { lengthBytes, path, localAddress } = engine.packets.next(slab, nowMs);
    const isWritten = lengthBytes > 0 && path !== undefined;
    if (!isWritten || !engine.sackIsDue) this.#acknowledging = undefined; // Else an answer for elsewhere went first.
    if (!isWritten) return undefined;
    if (this.#tellsDetails) engine.tellSending(slab.bytes.subarray(0, lengthBytes), path, nowMs);
    return this.#residents.outbox.transmitting(slab, lengthBytes, localAddress, path, nowMs);
  }

  /** Whether `pollEvent` would give something: a message may have been given up while packets were asked for. */
  get hasEvents(): boolean {
    return this.#residents.events.length > 0;
  }

  /** What the user must hear of next; undefined where there is nothing. */
  pollEvent(): AssociationEvent | undefined {
    return this.#residents.events.shift();
  }

  // ---- For whoever shares the UDP port with others ------------------------------------------------------------

  /** Whether an association of this stack answers to the Verification Tag. */
  hasTag(tag: number): boolean {
    return this.#residents.table.hasTag(tag);
  }

  /** An address turned out to be the peer's of an association of another stack: the one that has it here yields. */
  yieldAddress(localPort: number, remotePort: number, address: string, nowMs: number): void {
    this.#residents.nowMs = nowMs;
    this.#residents.table.byAddress(localPort, remotePort, address)?.yieldAddress(address, nowMs);
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  #changePort(engine: AssociationEngine): boolean {
    try {
      return this.#residents.table.move(engine, this.#ports.choose(0, "localPort"));
    } catch {
      return false; // None is free.
    }
  }

  /** Only where the UDP port is shared can one be refused here: by a stack that is no business of the caller's. */
  #claimAll(engine: AssociationEngine, addresses: readonly string[]): void {
    const { table } = this.#residents;
    const refused = addresses.find((address) => !table.claim(engine, address));
    if (refused === undefined) return;
    for (const address of addresses) table.unclaim(engine, address);
    table.remove(engine);
    throw new SctpError(
      SctpErrorCode.AssociationExists,
      `another stack of this UDP port has an association between these ports and ${refused}`,
    );
  }
}
