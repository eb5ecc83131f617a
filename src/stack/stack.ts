/**
 * Many associations behind one UDP port: what a kernel would be.
 * Owns: demultiplexing, the verification tag rules (RFC 9260 8.5), ports, the timer wheel, the queue of events, the
 * order in which associations send.
 * Does not own: packets that belong to no association (out-of-the-blue.ts), INITs (init-responder.ts), anything within
 * an association (src/association).
 *
 * The contract: call `receive`, `handleTimeout` and the user's calls with the time, then `pollEvent` and `pollTransmit`
 * until they give undefined, then wait until `nextDeadlineMs`. Nothing here throws, whatever the bytes.
 */
import { Association } from "../association/association.ts";
import type { AssociationEvent } from "../association/events.ts";
import { type AssociationHost, type Route, Scratch } from "../association/host.ts";
import type { Agreement } from "../association/tcb.ts";
import { type Chunk, decodeChunk, type InitAckChunk } from "../chunks/chunk.ts";
import { ChunkType } from "../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  checksumIsValid,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../chunks/common-header.ts";
import { ParseError } from "../chunks/errors.ts";
import { encodePacket } from "../chunks/packet.ts";
import type { PacketSlab } from "../chunks/slab.ts";
import { padded } from "../chunks/tlv.ts";
import { SctpError, SctpErrorCode } from "../errors.ts";
import { type AssociationOptions, associationOptions, type StackOptions, stackOptions } from "../options.ts";
import {
  canonicalAddress,
  isUnicastAddress,
  isWildcardAddress,
  type TransportAddress,
} from "../platform/address.ts";
import type { Platform } from "../platform/platform.ts";
import { TimerWheel } from "../timer/timer-wheel.ts";
import type { DropReason, TraceSink } from "../trace/sink.ts";
import { InitResponder } from "./init-responder.ts";
import { LocalAddresses } from "./local-addresses.ts";
import { answerOutOfTheBlue, type FirstChunk, firstChunkOf, RateLimit } from "./out-of-the-blue.ts";
import { CookieJar, type StateCookie } from "./state-cookie.ts";
import type { ConnectOptions, ListenOptions, Transmit } from "./types.ts";

/** SCTP ports that are picked when the user leaves the choice (RFC 6335). */
const EPHEMERAL_PORTS = { first: 49_152, count: 16_384 } as const;
/** The shortest packet: a common header and a chunk header. */
const MIN_PACKET_BYTES = COMMON_HEADER_BYTES + 4;

export interface StackConfig {
  readonly platform: Platform;
  /** The local UDP port, for traces; the stack itself does not need it. */
  readonly udpPort: number;
  readonly options?: Partial<StackOptions>;
  readonly trace?: TraceSink | undefined;
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

export class Stack implements AssociationHost {
  readonly platform: Platform;
  readonly udpPort: number;
  readonly options: StackOptions;
  readonly trace: TraceSink | undefined;
  readonly scratch: Scratch = new Scratch();
  readonly #counters: Record<string, number> = { "received-packets": 0, "sent-packets": 0 };
  readonly #local: LocalAddresses = new LocalAddresses();
  readonly #byTag = new Map<number, Association>();
  /** For what carries no tag of ours: local port, remote port and remote address. */
  readonly #byAddress = new Map<string, Association>();
  readonly #listeners = new Map<number, AssociationOptions>();
  readonly #portUsers = new Map<number, number>();
  readonly #wheel: TimerWheel<Association> = new TimerWheel();
  readonly #dirty: Association[] = [];
  readonly #detached: DetachedPacket[] = [];
  readonly #events: AssociationEvent[] = [];
  #eventsHead = 0;
  readonly #jar: CookieJar;
  readonly #responder: InitResponder;
  readonly #ootbLimit: RateLimit;
  readonly #initLimit: RateLimit;
  readonly #transmit: TransmitRecord = {
    lengthBytes: 0,
    localAddress: "",
    remoteAddress: "",
    remoteUdpPort: 0,
  };
  #nextId = 1;
  #nowMs = 0;

  /** @throws SctpError ERR_SCTP_INVALID_OPTION */
  constructor(config: StackConfig) {
    this.platform = config.platform;
    this.udpPort = config.udpPort;
    this.options = stackOptions(config.options);
    this.trace = config.trace;
    this.#jar = new CookieJar(config.platform, this.options.cookieSecretLifeMs);
    this.#responder = new InitResponder(
      this.#jar,
      config.platform.random,
      this.options,
      () => this.#local.advertised,
    );
    this.#ootbLimit = new RateLimit(this.options.maxOotbAnswersPerSecond);
    this.#initLimit = new RateLimit(this.options.maxInitAnswersPerSecond);
  }

  // ---- For the user ------------------------------------------------------------------------------------------

  get localAddresses(): readonly string[] {
    return this.#local.all;
  }
  get associations(): Iterable<Association> {
    return this.#byTag.values();
  }
  get associationCount(): number {
    return this.#byTag.size;
  }
  /** Packets received and sent, and drops by reason. */
  get counters(): Readonly<Record<string, number>> {
    return this.#counters;
  }

  /** @param address canonical IP literal, or a wildcard; one for every UDP socket */
  addLocalAddress(address: string): void {
    this.#local.add(requireAddress(address));
  }

  /** A local address is gone: paths that left from it leave from another one. */
  removeLocalAddress(address: string, nowMs: number): void {
    this.#local.remove(address);
    for (const association of this.#byTag.values()) association.leaveLocalAddress(address, nowMs);
  }

  /**
   * Accepts associations on an SCTP port; returns the port.
   * @throws SctpError ERR_SCTP_PORT_IN_USE, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION
   */
  listen(listen: ListenOptions): number {
    const options = associationOptions(listen.options);
    const port = listen.port === 0 ? this.#freePort() : requirePort(listen.port, "port");
    if (this.#listeners.has(port)) {
      throw new SctpError(
        SctpErrorCode.PortInUse,
        `SCTP port ${port} is taken on this UDP port: choose another, or 0`,
      );
    }
    this.#listeners.set(port, options);
    return port;
  }

  /** Accepts no more associations on the port; those that exist live on. */
  unlisten(port: number): void {
    this.#listeners.delete(port);
  }

  /**
   * Begins an association.
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_OPTION,
   *   ERR_SCTP_ASSOCIATION_EXISTS, ERR_SCTP_PORT_IN_USE
   */
  connect(connect: ConnectOptions, nowMs: number): Association {
    this.#nowMs = nowMs;
    const addresses = [...new Set(connect.remoteAddresses.map(requireAddress))];
    for (const address of addresses) this.#requireReachable(address);
    if (addresses.length === 0)
      throw new SctpError(SctpErrorCode.InvalidAddress, "connect needs at least one peer address");
    const remotePort = requirePort(connect.remotePort, "remotePort");
    const remoteUdpPort = requirePort(connect.remoteUdpPort, "remoteUdpPort");
    const options = associationOptions(connect.options);
    const localPort =
      connect.localPort === undefined || connect.localPort === 0
        ? this.#freePort()
        : requirePort(connect.localPort, "localPort");
    for (const address of addresses) {
      if (!this.#byAddress.has(addressKey(localPort, remotePort, address))) continue;
      throw new SctpError(
        SctpErrorCode.AssociationExists,
        `there is an association between SCTP port ${localPort} and ${address} port ${remotePort} already`,
      );
    }
    const association = this.#create(
      options,
      localPort,
      remotePort,
      this.#newTag(),
      this.platform.random.uint32(),
    );
    for (const address of addresses) this.claimAddress(association, address);
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
    this.#count("received-packets");
    this.trace?.packet("received", datagram, { address: to, port: this.udpPort }, from, nowMs);
    if (datagram.length < MIN_PACKET_BYTES)
      return this.countDrop(undefined, "too-short", `${datagram.length} bytes`);
    const view = new DataView(datagram.buffer, datagram.byteOffset, datagram.byteLength);
    const association = this.#byTag.get(verificationTag(view));
    if (!checksumIsValid(view, datagram.length)) return this.countDrop(association?.id, "bad-checksum", "");
    const type = view.getUint8(COMMON_HEADER_BYTES);
    if (association !== undefined && isOrdinary(type) && this.#belongsTo(association, view, from)) {
      association.receive(datagram, view, COMMON_HEADER_BYTES, from, this.options.maxChunksPerPacket, nowMs);
      return;
    }
    try {
      this.#receiveSpecial(datagram, view, from, to, association, nowMs);
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

  /** Writes the next datagram into the slab; undefined where there is none. The result is reused by the next call. */
  pollTransmit(slab: PacketSlab, nowMs: number): Transmit | undefined {
    this.#nowMs = nowMs;
    const detached = this.#detached.shift();
    if (detached !== undefined) {
      slab.bytes.set(detached.bytes);
      return this.#transmitting(slab, detached.bytes.length, detached, nowMs);
    }
    for (let association = this.#dirty[0]; association !== undefined; association = this.#dirty[0]) {
      const lengthBytes = association.pollTransmit(slab, nowMs);
      const { route } = association;
      if (lengthBytes > 0 && route !== undefined) return this.#transmitting(slab, lengthBytes, route, nowMs);
      this.#dirty.shift();
      association.isDirty = false;
      if (association.state !== "CLOSED") this.#wheel.set(association.timer, association.deadlineMs, nowMs);
    }
    return undefined;
  }

  /** What the user must hear of next; undefined where there is nothing. */
  pollEvent(): AssociationEvent | undefined {
    const event = this.#events[this.#eventsHead];
    if (event === undefined) return undefined;
    this.#eventsHead++;
    if (this.#eventsHead === this.#events.length) {
      this.#events.length = 0;
      this.#eventsHead = 0;
    }
    return event;
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
    this.#sendPacket(association.localPort, association.remotePort, tag, chunks, route);
  }

  claimAddress(association: Association, address: string): boolean {
    const key = addressKey(association.localPort, association.remotePort, address);
    const owner = this.#byAddress.get(key);
    if (owner === undefined) this.#byAddress.set(key, association);
    return owner === undefined || owner === association;
  }

  unclaimAddress(association: Association, address: string): void {
    const key = addressKey(association.localPort, association.remotePort, address);
    if (this.#byAddress.get(key) === association) this.#byAddress.delete(key);
  }

  release(association: Association): void {
    this.#wheel.cancel(association.timer);
    this.#byTag.delete(association.localTag);
    for (const address of association.remoteAddresses) this.unclaimAddress(association, address);
    const users = (this.#portUsers.get(association.localPort) ?? 1) - 1;
    if (users > 0) this.#portUsers.set(association.localPort, users);
    else this.#portUsers.delete(association.localPort);
  }

  countDrop(association: number | undefined, reason: DropReason, detail: string): void {
    this.#count(reason);
    this.trace?.event({ kind: "drop", association, reason, detail }, this.#nowMs);
  }

  localAddressFor(remoteAddress: string): string {
    return this.#local.towards(remoteAddress);
  }

  advertisedAddresses(): readonly string[] {
    return this.#local.advertised;
  }

  // ---- Packets that need a closer look -----------------------------------------------------------------------

  /** INIT, INIT ACK, COOKIE ECHO, the T bit, tags and addresses that do not match (RFC 9260 8.4, 8.5). */
  #receiveSpecial(
    datagram: Uint8Array,
    view: DataView,
    from: TransportAddress,
    to: string,
    tagged: Association | undefined,
    nowMs: number,
  ): void {
    if (!isUnicastAddress(from.address)) return this.countDrop(undefined, "not-unicast", from.address); // 8.4 rule 1
    const first = firstChunkOf(view, datagram.length);
    if (first === undefined)
      return this.countDrop(tagged?.id, "malformed-chunk", "the first chunk does not fit");
    const key = addressKey(destinationPort(view), sourcePort(view), from.address);
    const atAddress = this.#byAddress.get(key);
    switch (first.type) {
      case ChunkType.Init:
        return this.#receiveInit(datagram, view, first, from, to, atAddress, nowMs);
      case ChunkType.InitAck:
        if (tagged !== undefined && this.#portsMatch(tagged, view)) {
          tagged.receiveInitAck(
            decodeChunk(datagram, view, first.start, first.lengthBytes) as InitAckChunk,
            from,
            to,
            nowMs,
          );
          return;
        }
        break;
      case ChunkType.CookieEcho:
        return this.#receiveCookieEcho(datagram, view, first, from, to, atAddress, nowMs);
    }
    if (atAddress === undefined) return this.#receiveOutOfTheBlue(datagram, view, from, to, nowMs);
    if (!acceptsTag(atAddress, view, first)) {
      if (first.type === ChunkType.ShutdownAck && isHandshaking(atAddress)) {
        return this.#receiveOutOfTheBlue(datagram, view, from, to, nowMs); // 8.5.1 E
      }
      return this.countDrop(atAddress.id, "bad-verification-tag", "");
    }
    if (first.type === ChunkType.ShutdownAck && isHandshaking(atAddress)) {
      return this.#receiveOutOfTheBlue(datagram, view, from, to, nowMs);
    }
    atAddress.receive(datagram, view, COMMON_HEADER_BYTES, from, this.options.maxChunksPerPacket, nowMs);
  }

  #receiveOutOfTheBlue(
    datagram: Uint8Array,
    view: DataView,
    from: TransportAddress,
    to: string,
    nowMs: number,
  ): void {
    this.countDrop(undefined, "no-association", "");
    const answer = answerOutOfTheBlue(view, datagram.length, this.options.maxChunksPerPacket);
    if (answer === undefined || verificationTag(view) === 0) return;
    if (!this.#ootbLimit.take(nowMs))
      return this.countDrop(undefined, "limit-reached", "answers out of the blue");
    this.#answer(view, verificationTag(view), [answer], from, to);
  }

  #receiveInit(
    datagram: Uint8Array,
    view: DataView,
    first: FirstChunk,
    from: TransportAddress,
    to: string,
    atAddress: Association | undefined,
    nowMs: number,
  ): void {
    // 8.5.1 A: tag 0, and alone in its packet.
    if (verificationTag(view) !== 0 || first.start + padded(first.lengthBytes) < datagram.length) {
      return this.countDrop(atAddress?.id, "bad-verification-tag", "an INIT with a tag, or with company");
    }
    const chunk = decodeChunk(datagram, view, first.start, first.lengthBytes);
    if (chunk.kind !== "INIT" || chunk.initiateTag === 0)
      return this.countDrop(undefined, "malformed-chunk", "INIT with tag 0");
    const localPort = destinationPort(view);
    const remotePort = sourcePort(view);
    const existing = atAddress ?? this.#existingByListedAddress(chunk.parameters, localPort, remotePort);
    const options = existing?.options ?? this.#listeners.get(localPort);
    if (options === undefined) {
      this.countDrop(undefined, "no-association", `nobody listens on SCTP port ${localPort}`);
      if (this.#ootbLimit.take(nowMs)) {
        this.#answer(view, chunk.initiateTag, [{ kind: "ABORT", tagReflected: false, causes: [] }], from, to); // 8.4 rule 3
      }
      return;
    }
    if (!this.#initLimit.take(nowMs)) return this.countDrop(undefined, "limit-reached", "INITs");
    const answer = this.#responder.answer(
      { chunk, localPort, remotePort, from, to },
      options,
      existing,
      nowMs,
    );
    if (answer.kind === "shutdown-ack") existing?.repeatShutdownAck(from.address, false, nowMs);
    else this.#answer(view, answer.verificationTag, [answer.chunk], from, to);
  }

  /** RFC 9260 5.1.2 D: any listed address may show that the INIT is about an association that exists. */
  #existingByListedAddress(
    parameters: ReadonlyArray<{ readonly kind: string; readonly address?: unknown }>,
    localPort: number,
    remotePort: number,
  ): Association | undefined {
    for (const parameter of parameters) {
      if (typeof parameter.address !== "string") continue;
      const existing = this.#byAddress.get(addressKey(localPort, remotePort, parameter.address));
      if (existing !== undefined) return existing;
    }
    return undefined;
  }

  #receiveCookieEcho(
    datagram: Uint8Array,
    view: DataView,
    first: FirstChunk,
    from: TransportAddress,
    to: string,
    atAddress: Association | undefined,
    nowMs: number,
  ): void {
    const cookie = this.#jar.open(datagram.subarray(first.start + 4, first.start + first.lengthBytes), nowMs);
    if (cookie === undefined || !cookieFits(cookie, view, from)) {
      return this.countDrop(atAddress?.id, "invalid-cookie", ""); // 5.1.5 steps 2 and 3
    }
    const existing =
      atAddress ?? this.#byAddress.get(addressKey(cookie.localPort, cookie.remotePort, cookie.source));
    const staleMs = nowMs - cookie.createdAtMs - cookie.lifeMs;
    const current =
      existing !== undefined && existing.localTag === cookie.localTag && existing.peerTag === cookie.peerTag;
    if (staleMs > 0 && !current) {
      this.countDrop(existing?.id, "stale-cookie", `${Math.ceil(staleMs)} ms over its life`);
      const stalenessUs = Math.min(Math.ceil(staleMs * 1_000), 0xffff_ffff);
      this.#answer(
        view,
        cookie.peerTag,
        [{ kind: "ERROR", causes: [{ kind: "Stale Cookie", code: 3, stalenessUs }] }],
        from,
        to,
      );
      return;
    }
    const source: Route = { localAddress: to, address: from.address, remoteUdpPort: from.port };
    const association =
      existing === undefined
        ? this.#accept(cookie, source, nowMs)
        : this.#meet(existing, cookie, source, nowMs);
    if (association === undefined) return;
    const rest = first.start + padded(first.lengthBytes);
    association.receive(
      datagram,
      view,
      Math.min(rest, datagram.length),
      from,
      this.options.maxChunksPerPacket,
      nowMs,
    );
  }

  /** RFC 9260 5.1.5 step 5: the association comes into being. */
  #accept(cookie: StateCookie, source: Route, nowMs: number): Association | undefined {
    const options = this.#listeners.get(cookie.localPort);
    if (
      options === undefined ||
      this.#byTag.size >= this.options.maxAssociations ||
      this.#byTag.has(cookie.localTag)
    ) {
      this.countDrop(
        undefined,
        options === undefined ? "no-association" : "limit-reached",
        "a valid cookie, but no room",
      );
      const abort: Chunk = {
        kind: "ABORT",
        tagReflected: false,
        causes: [{ kind: "Out of Resource", code: 4 }],
      };
      this.#sendPacket(cookie.localPort, cookie.remotePort, cookie.peerTag, [abort], source);
      return undefined;
    }
    const association = this.#create(
      options,
      cookie.localPort,
      cookie.remotePort,
      cookie.localTag,
      cookie.localInitialTsn,
    );
    association.accept(
      agreementOf(cookie),
      cookie.addresses,
      this.#initAckRoute(cookie, source),
      source,
      nowMs,
    );
    return association;
  }

  /**
   * RFC 9260 5.2.4, Table 12: a cookie meets an association.
   * @returns the association that the rest of the packet is for
   */
  #meet(existing: Association, cookie: StateCookie, source: Route, nowMs: number): Association | undefined {
    const localMatches = cookie.localTag === existing.localTag;
    const peerMatches = cookie.peerTag === existing.peerTag;
    const tiesMatch =
      cookie.localTieTag !== 0 &&
      cookie.localTieTag === existing.localTieTag &&
      cookie.peerTieTag === existing.peerTieTag;
    if (localMatches && peerMatches) {
      existing.established(source.address, nowMs); // D
    } else if (localMatches) {
      existing.adopt(agreementOf(cookie), cookie.addresses, source, nowMs); // B
    } else if (!peerMatches && tiesMatch) {
      if (existing.state === "SHUTDOWN-ACK-SENT") {
        existing.repeatShutdownAck(source.address, true, nowMs);
        return undefined;
      }
      if (this.#byTag.has(cookie.localTag)) return undefined;
      this.#byTag.delete(existing.localTag); // A
      this.#byTag.set(cookie.localTag, existing);
      existing.restart(agreementOf(cookie), source, nowMs);
    } else {
      this.countDrop(existing.id, "invalid-cookie", "it fits no case of RFC 9260 Table 12"); // C and the rest
      return undefined;
    }
    return existing;
  }

  // ---- Our own -----------------------------------------------------------------------------------------------

  /** Where the INIT ACK of a cookie went; the UDP port of the COOKIE ECHO is the newer one for the same address. */
  #initAckRoute(cookie: StateCookie, source: Route): Route {
    if (cookie.source === source.address) return source;
    return { localAddress: cookie.localAddress, address: cookie.source, remoteUdpPort: cookie.remoteUdpPort };
  }

  #create(
    options: AssociationOptions,
    localPort: number,
    remotePort: number,
    tag: number,
    tsn: number,
  ): Association {
    const association = new Association(this, this.#nextId++, options, localPort, remotePort, tag, tsn);
    this.#byTag.set(tag, association);
    this.#portUsers.set(localPort, (this.#portUsers.get(localPort) ?? 0) + 1);
    return association;
  }

  #belongsTo(association: Association, view: DataView, from: TransportAddress): boolean {
    return this.#portsMatch(association, view) && association.hasAddress(from.address);
  }

  #portsMatch(association: Association, view: DataView): boolean {
    return association.localPort === destinationPort(view) && association.remotePort === sourcePort(view);
  }

  /** Answers a packet to where it came from, its ports swapped. */
  #answer(view: DataView, tag: number, chunks: readonly Chunk[], from: TransportAddress, to: string): void {
    const route: Route = { localAddress: to, address: from.address, remoteUdpPort: from.port };
    this.#sendPacket(destinationPort(view), sourcePort(view), tag, chunks, route);
  }

  #sendPacket(
    localPort: number,
    remotePort: number,
    tag: number,
    chunks: readonly Chunk[],
    route: Route,
  ): void {
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
    this.#count("sent-packets");
    if (this.trace !== undefined) {
      const local = { address: route.localAddress, port: this.udpPort };
      const remote = { address: route.address, port: route.remoteUdpPort };
      this.trace.packet("sent", slab.bytes.subarray(0, lengthBytes), local, remote, nowMs);
    }
    return transmit;
  }

  #newTag(): number {
    for (;;) {
      const tag = this.platform.random.uint32();
      if (tag !== 0 && !this.#byTag.has(tag)) return tag; // 5.3.1
    }
  }

  #freePort(): number {
    const offset = this.platform.random.uint32() % EPHEMERAL_PORTS.count;
    for (let i = 0; i < EPHEMERAL_PORTS.count; i++) {
      const port = EPHEMERAL_PORTS.first + ((offset + i) % EPHEMERAL_PORTS.count);
      if (!this.#listeners.has(port) && !this.#portUsers.has(port)) return port;
    }
    throw new SctpError(SctpErrorCode.PortInUse, "all ephemeral SCTP ports are in use");
  }

  #requireReachable(address: string): void {
    if (isWildcardAddress(address) || !isUnicastAddress(address)) {
      throw new SctpError(SctpErrorCode.InvalidAddress, `${address} is not an address that a peer can have`);
    }
    if (!this.#local.reaches(address)) {
      const own = this.#local.all.join(", ");
      throw new SctpError(
        SctpErrorCode.InvalidAddress,
        `no local address (${own}) is of the family of ${address}`,
      );
    }
  }

  #count(name: string): void {
    this.#counters[name] = (this.#counters[name] ?? 0) + 1;
  }
}

/** Chunks whose packets follow the plain tag rule of RFC 9260 8.5. */
function isOrdinary(firstType: number): boolean {
  switch (firstType) {
    case ChunkType.Init:
    case ChunkType.InitAck:
    case ChunkType.CookieEcho:
    case ChunkType.Abort:
    case ChunkType.ShutdownAck:
    case ChunkType.ShutdownComplete:
      return false;
    default:
      return true;
  }
}

/** RFC 9260 8.5.1 B and C: our own tag, or with the T bit the peer's. */
function acceptsTag(association: Association, view: DataView, first: FirstChunk): boolean {
  const tag = verificationTag(view);
  const reflectable = first.type === ChunkType.Abort || first.type === ChunkType.ShutdownComplete;
  if (reflectable && (first.flags & 1) === 1) return association.peerTag !== 0 && tag === association.peerTag;
  return tag === association.localTag;
}

function isHandshaking(association: Association): boolean {
  return association.state === "COOKIE-WAIT" || association.state === "COOKIE-ECHOED";
}

/** RFC 9260 5.1.5 step 3, and the address: the cookie comes back from where it was sent, or from a listed address. */
function cookieFits(cookie: StateCookie, view: DataView, from: TransportAddress): boolean {
  return (
    cookie.localPort === destinationPort(view) &&
    cookie.remotePort === sourcePort(view) &&
    cookie.localTag === verificationTag(view) &&
    (cookie.source === from.address || cookie.addresses.includes(from.address))
  );
}

function agreementOf(cookie: StateCookie): Agreement {
  const {
    localTag,
    peerTag,
    localInitialTsn,
    peerInitialTsn,
    peerRwndBytes,
    outboundStreams,
    inboundStreams,
  } = cookie;
  return {
    localTag,
    peerTag,
    localInitialTsn,
    peerInitialTsn,
    peerRwndBytes,
    outboundStreams,
    inboundStreams,
  };
}

function addressKey(localPort: number, remotePort: number, remoteAddress: string): string {
  return `${localPort},${remotePort},${remoteAddress}`;
}

function requireAddress(text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined)
    throw new SctpError(SctpErrorCode.InvalidAddress, `"${text}" is not an IPv4 or IPv6 literal`);
  return address;
}

function requirePort(port: number, name: string): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${name} must be a whole number from 1 to 65535, not ${port}`,
  );
}
