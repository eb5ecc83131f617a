/**
 * Packets that the plain rule of the verification tag does not cover (RFC 9260 8.4, 8.5.1).
 * Owns: INIT, INIT ACK and the T bit; telling what is out of the blue from what is merely wrong.
 * Does not own: COOKIE ECHO (cookie-receiver.ts), the answer to an INIT (init-responder.ts), ordinary packets (stack.ts).
 */
import type { Association } from "../association/association.ts";
import type { Route } from "../association/model/host.ts";
import { isSettingUp } from "../association/model/state.ts";
import type { AssociationOptions, StackOptions } from "../base/options.ts";
import type { DropReason } from "../base/trace-sink.ts";
import { type Chunk, decodeChunk, type InitChunk } from "../chunks/chunk.ts";
import { ChunkType } from "../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../chunks/common-header.ts";
import { padded } from "../chunks/tlv.ts";
import { isUnicastAddress, isWildcardAddress } from "../platform/address.ts";
import type { AssociationTable } from "./association-table.ts";
import type { CookieReceiver } from "./cookie-receiver.ts";
import type { InitResponder } from "./init-responder.ts";
import { answerOutOfTheBlue, type FirstChunk, firstChunkOf } from "./out-of-the-blue.ts";
import { RateLimit } from "./rate-limit.ts";

/** A packet whose checksum is right, and the way it came. */
export interface IncomingPacket {
  readonly datagram: Uint8Array;
  readonly view: DataView;
  /** Back to where it came from. */
  readonly source: Route;
  readonly nowMs: number;
}

/** What the stack does for those who look at special packets. */
export interface SpecialPacketsOwner {
  readonly options: StackOptions;
  readonly table: AssociationTable;
  listenerOptions(port: number, to: string): AssociationOptions | undefined;
  isTagTaken(tag: number, nowMs: number): boolean;
  countDrop(association: number | undefined, reason: DropReason, detail: string): void;
  sendPacket(
    localPort: number,
    remotePort: number,
    tag: number,
    chunks: readonly Chunk[],
    route: Route,
  ): void;
}

export class SpecialPackets {
  readonly #owner: SpecialPacketsOwner;
  readonly #responder: InitResponder;
  readonly #cookies: CookieReceiver;
  readonly #ootbLimit: RateLimit;
  readonly #initLimit: RateLimit;

  constructor(owner: SpecialPacketsOwner, responder: InitResponder, cookies: CookieReceiver) {
    this.#owner = owner;
    this.#responder = responder;
    this.#cookies = cookies;
    this.#ootbLimit = new RateLimit(owner.options.maxOotbAnswersPerSecond);
    this.#initLimit = new RateLimit(owner.options.maxInitAnswersPerSecond);
  }

  /**
   * @param tagged the association whose tag the packet carries
   * @throws ParseError if the first chunk is malformed
   */
  receive(packet: IncomingPacket, tagged: Association | undefined): void {
    const { datagram, view, source } = packet;
    if (!isUnicastAddress(source.address)) return this.#drop(undefined, "not-unicast", source.address); // 8.4 rule 1
    const to = source.localAddress;
    if (!isUnicastAddress(to) && !isWildcardAddress(to)) return this.#drop(undefined, "not-unicast", to);
    if (sourcePort(view) === 0 || destinationPort(view) === 0) return this.#drop(tagged, "port-zero", ""); // 3.1
    const first = firstChunkOf(view, datagram.length);
    if (first === undefined) return this.#drop(tagged, "malformed-chunk", "the first chunk does not fit");
    const atAddress = this.#owner.table.byAddress(destinationPort(view), sourcePort(view), source.address);
    switch (first.type) {
      case ChunkType.Init:
        return this.#receiveInit(packet, first, atAddress);
      case ChunkType.InitAck:
        if (tagged !== undefined && portsMatch(tagged, view))
          return this.#receiveInitAck(packet, first, tagged);
        break;
      case ChunkType.CookieEcho:
        return this.#cookies.receive(packet, first, atAddress);
    }
    // 8.5.1 E: to an association that is being set up, a SHUTDOWN ACK comes out of the blue.
    const stray =
      first.type === ChunkType.ShutdownAck && atAddress !== undefined && isSettingUp(atAddress.state);
    if (atAddress === undefined || stray) return this.#receiveOutOfTheBlue(packet);
    if (!acceptsTag(atAddress, view, first)) return this.#drop(atAddress, "bad-verification-tag", "");
    const from = { address: source.address, port: source.remoteUdpPort };
    atAddress.receive(
      datagram,
      view,
      COMMON_HEADER_BYTES,
      from,
      this.#owner.options.maxChunksPerPacket,
      packet.nowMs,
    );
  }

  #receiveInitAck(packet: IncomingPacket, first: FirstChunk, association: Association): void {
    const { datagram, view, source, nowMs } = packet;
    const chunk = decodeChunk(datagram, view, first.start, first.lengthBytes);
    if (chunk.kind === "INIT ACK") association.receiveInitAck(chunk, source, nowMs);
  }

  #receiveOutOfTheBlue(packet: IncomingPacket): void {
    const { datagram, view } = packet;
    this.#drop(undefined, "no-association", "");
    const answer = answerOutOfTheBlue(view, datagram.length, this.#owner.options.maxChunksPerPacket);
    if (answer !== undefined && verificationTag(view) !== 0)
      this.#answerStranger(packet, verificationTag(view), answer);
  }

  #receiveInit(packet: IncomingPacket, first: FirstChunk, atAddress: Association | undefined): void {
    const { datagram, view, source, nowMs } = packet;
    // 8.5.1 A, 12.3: tag 0, and alone in its packet.
    if (verificationTag(view) !== 0 || first.start + padded(first.lengthBytes) < datagram.length) {
      return this.#drop(atAddress, "bad-verification-tag", "an INIT with a tag, or with company");
    }
    const chunk = decodeChunk(datagram, view, first.start, first.lengthBytes);
    if (chunk.kind !== "INIT" || chunk.initiateTag === 0) {
      return this.#drop(atAddress, "malformed-chunk", "an INIT with the Initiate Tag 0"); // 3.3.2
    }
    const localPort = destinationPort(view);
    const remotePort = sourcePort(view);
    const existing = atAddress ?? this.#existingByListedAddress(chunk, localPort, remotePort);
    const options = existing?.options ?? this.#owner.listenerOptions(localPort, source.localAddress);
    if (options === undefined) {
      this.#drop(undefined, "no-association", `nobody listens on SCTP port ${localPort}`);
      return this.#answerStranger(packet, chunk.initiateTag, {
        kind: "ABORT",
        tagReflected: false,
        causes: [],
      }); // 8.4 rule 3
    }
    if (!this.#initLimit.take(nowMs)) return this.#drop(undefined, "limit-reached", "INITs");
    const from = { address: source.address, port: source.remoteUdpPort };
    const init = { chunk, localPort, remotePort, from, to: source.localAddress };
    const answer = this.#responder.answer(init, options, existing, nowMs);
    if (answer.kind === "shutdown-ack") existing?.repeatShutdownAck(source.address, false, nowMs);
    else {
      const route = answer.chunk.kind === "INIT ACK" ? collisionRoute(chunk, existing, source) : source;
      this.#owner.sendPacket(localPort, remotePort, answer.verificationTag, [answer.chunk], route);
    }
  }

  /** RFC 9260 5.1.2 D: any listed address may show that the INIT is about an association that exists. */
  #existingByListedAddress(chunk: InitChunk, localPort: number, remotePort: number): Association | undefined {
    for (const address of listedAddresses(chunk)) {
      const existing = this.#owner.table.byAddress(localPort, remotePort, address);
      if (existing !== undefined) return existing;
    }
    return undefined;
  }

  /** Answers whoever has no association here, as often a second as is allowed. */
  #answerStranger({ view, source, nowMs }: IncomingPacket, tag: number, chunk: Chunk): void {
    if (!this.#ootbLimit.take(nowMs))
      return this.#drop(undefined, "limit-reached", "answers out of the blue");
    this.#owner.sendPacket(destinationPort(view), sourcePort(view), tag, [chunk], source);
  }

  #drop(association: Association | undefined, reason: DropReason, detail: string): void {
    this.#owner.countDrop(association?.id, reason, detail);
  }
}

/** Chunks whose packets follow the plain tag rule of RFC 9260 8.5 when they come first. */
export function isOrdinary(firstType: number): boolean {
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

export function portsMatch(association: Association, view: DataView): boolean {
  return association.localPort === destinationPort(view) && association.remotePort === sourcePort(view);
}

/**
 * Back to where the INIT came from; in a collision, only to an address that the user passed and that the INIT lists
 * (RFC 9260 5.2.1 rules 1 to 3).
 */
function collisionRoute(init: InitChunk, existing: Association | undefined, source: Route): Route {
  if (existing?.state !== "COOKIE-WAIT" || existing.hasAddress(source.address)) return source;
  for (const address of listedAddresses(init)) {
    const known = existing.routeTo(address);
    if (known !== undefined) return known;
  }
  return source;
}

/** The addresses that an INIT lists, in its order, whatever they are. */
function* listedAddresses({ parameters }: InitChunk): Generator<string> {
  for (const parameter of parameters) {
    if (parameter.kind === "IPv4 Address" || parameter.kind === "IPv6 Address") yield parameter.address;
  }
}

/** RFC 9260 8.5.1 B and C: our own tag, or with the T bit the peer's. */
function acceptsTag(association: Association, view: DataView, first: FirstChunk): boolean {
  const tag = verificationTag(view);
  const reflectable = first.type === ChunkType.Abort || first.type === ChunkType.ShutdownComplete;
  if (reflectable && (first.flags & 1) === 1) return association.peerTag !== 0 && tag === association.peerTag;
  return tag === association.localTag;
}
