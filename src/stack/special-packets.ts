/**
 * Packets that the plain rule of the verification tag does not cover (RFC 9260 8.4, 8.5.1).
 * Owns: INIT and INIT ACK; telling what is out of the blue from what is merely wrong.
 * Does not own: whom a packet is for (packet-subject.ts), COOKIE ECHO (cookie-receiver.ts), the answer to an INIT
 * (init-responder.ts), ordinary packets (stack.ts).
 */
import type { AssociationEngine } from "../association/engine.ts";
import type { Route } from "../association/model/seat.ts";
import { isSettingUp } from "../association/model/state.ts";
import { uint32At } from "../base/network-order.ts";
import type { StackOptions } from "../base/options.ts";
import type { DropReason } from "../base/trace-sink.ts";
import { protocolViolation } from "../chunks/causes.ts";
import { type Chunk, decodeChunk, type InitChunk } from "../chunks/chunk.ts";
import { ChunkType } from "../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../chunks/common-header.ts";
import { ParseError } from "../chunks/errors.ts";
import { padded } from "../chunks/tlv.ts";
import { isUnicastAddress, isWildcardAddress } from "../platform/address.ts";
import type { CookieReceiver } from "./cookie-receiver.ts";
import type { InitResponder } from "./init-responder.ts";
import { answerOutOfTheBlue } from "./out-of-the-blue.ts";
import {
  acceptsTag,
  type FirstChunk,
  firstChunkOf,
  type IncomingPacket,
  isBehindAuth,
  listedAddresses,
  lookupAddressesIn,
  portsMatch,
  subjectAt,
  subjectOfInit,
} from "./packet-subject.ts";
import { RateLimit } from "./rate-limit.ts";
import type { Residents } from "./residents.ts";
import type { SctpPorts } from "./sctp-ports.ts";

export interface SpecialPacketsInit {
  readonly options: StackOptions;
  readonly residents: Residents;
  readonly ports: SctpPorts;
  readonly responder: InitResponder;
  readonly cookies: CookieReceiver;
}

export class SpecialPackets {
  readonly #options: StackOptions;
  readonly #residents: Residents;
  readonly #ports: SctpPorts;
  readonly #responder: InitResponder;
  readonly #cookies: CookieReceiver;
  readonly #ootbLimit: RateLimit;
  readonly #initLimit: RateLimit;

  constructor(init: SpecialPacketsInit) {
    this.#options = init.options;
    this.#residents = init.residents;
    this.#ports = init.ports;
    this.#responder = init.responder;
    this.#cookies = init.cookies;
    this.#ootbLimit = new RateLimit(init.options.maxOotbAnswersPerSecond);
    this.#initLimit = new RateLimit(init.options.maxInitAnswersPerSecond);
  }

  /**
   * @param tagged the association whose tag the packet carries
   * @throws ParseError if the first chunk is malformed
   */
  receive(packet: IncomingPacket, tagged: AssociationEngine | undefined): void {
    const { datagram, source } = packet;
    if (!isUnicastAddress(source.address)) return this.#drop(undefined, "not-unicast", source.address); // 8.4 rule 1
    const to = source.localAddress;
    if (!isUnicastAddress(to) && !isWildcardAddress(to)) return this.#drop(undefined, "not-unicast", to);
    if (sourcePort(datagram) === 0 || destinationPort(datagram) === 0)
      return this.#drop(tagged, "port-zero", ""); // 3.1
    const first = firstChunkOf(datagram);
    if (first === undefined) return this.#drop(tagged, "malformed-chunk", "the first chunk does not fit");
    const atAddress = subjectAt(this.#residents.table, datagram, source.address);
    switch (first.type) {
      case ChunkType.Init:
        this.#residents.scratch.arrivals.controlChunks++;
        return this.#receiveInit(packet, first, atAddress);
      case ChunkType.InitAck:
        if (tagged === undefined || !portsMatch(tagged.identity, datagram)) break;
        if (isBehindAuth(first))
          return this.#drop(tagged, "unexpected-chunk", "an INIT ACK behind an AUTH chunk");
        this.#residents.scratch.arrivals.controlChunks++;
        return this.#receiveInitAck(packet, first, tagged);
      case ChunkType.CookieEcho:
        this.#residents.scratch.arrivals.controlChunks++;
        return this.#cookies.receive(packet, first, atAddress);
    }
    // 8.5.1 E: to an association that is being set up, a SHUTDOWN ACK comes out of the blue.
    const stray =
      first.type === ChunkType.ShutdownAck && atAddress !== undefined && isSettingUp(atAddress.state);
    if (atAddress === undefined && tagged !== undefined && first.type === ChunkType.Asconf) {
      const via = portsMatch(tagged.identity, datagram)
        ? tagged.pathForAsconf(lookupAddressesIn(datagram, first))
        : undefined;
      const { maxChunksPerPacket } = this.#options;
      if (via !== undefined)
        return tagged.receiveAsconf(datagram, source, via, maxChunksPerPacket, packet.nowMs);
    }
    if (atAddress === undefined || stray) return this.#receiveOutOfTheBlue(packet);
    if (!acceptsTag(atAddress.identity, datagram, first))
      return this.#drop(atAddress, "bad-verification-tag", "");
    if (first.type === ChunkType.Abort && atAddress.ignoresAbortAt(to))
      return this.#drop(atAddress, "no-association", `the peer is to forget ${to}`);
    const path = atAddress.pathTo(source.address);
    if (path === undefined) return;
    // 8.4: a tag of its own came back to the peer from an address of ours that it has not taken up. It knows the others.
    if (first.type === ChunkType.Abort && (first.flags & 1) === 1 && !atAddress.isKnownToPeer(to, path))
      return this.#drop(atAddress, "no-association", `the peer does not know ${to}`);
    const { maxChunksPerPacket } = this.#options;
    const { remoteUdpPort } = source;
    atAddress.receive(datagram, COMMON_HEADER_BYTES, path, remoteUdpPort, maxChunksPerPacket, packet.nowMs);
  }

  #receiveInitAck(packet: IncomingPacket, first: FirstChunk, engine: AssociationEngine): void {
    const { source, nowMs } = packet;
    const chunk = readInit(packet, first);
    if (chunk === undefined) {
      this.#drop(engine, "malformed-chunk", PARAMETER_LENGTH);
      engine.refuseInitAck(
        initiateTagOf(packet, first),
        [protocolViolation(PARAMETER_LENGTH)],
        source,
        nowMs,
      );
    } else if (chunk.kind === "INIT ACK") {
      engine.receiveInitAck(chunk, source, nowMs);
    }
  }

  #receiveOutOfTheBlue(packet: IncomingPacket): void {
    const { datagram } = packet;
    this.#drop(undefined, "no-association", "");
    const answer = answerOutOfTheBlue(datagram, this.#options.maxChunksPerPacket);
    if (answer !== undefined && verificationTag(datagram) !== 0)
      this.#answerStranger(packet, verificationTag(datagram), answer);
  }

  #receiveInit(packet: IncomingPacket, first: FirstChunk, atAddress: AssociationEngine | undefined): void {
    const { datagram, source, nowMs } = packet;
    // 8.5.1 A, 12.3: tag 0, and alone in its packet.
    const isAlone = !isBehindAuth(first) && first.start + padded(first.lengthBytes) >= datagram.length;
    if (verificationTag(datagram) !== 0 || !isAlone) {
      return this.#drop(atAddress, "bad-verification-tag", "an INIT with a tag, or with company");
    }
    const chunk = readInit(packet, first);
    if (chunk === undefined && initiateTagOf(packet, first) !== 0) {
      this.#drop(atAddress, "malformed-chunk", PARAMETER_LENGTH);
      const causes = [protocolViolation(PARAMETER_LENGTH)]; // 5.1; an association that exists stays as it is
      return this.#answerStranger(packet, initiateTagOf(packet, first), {
        kind: "ABORT",
        tagReflected: false,
        causes,
      });
    }
    if (chunk?.kind !== "INIT" || chunk.initiateTag === 0) {
      return this.#drop(atAddress, "malformed-chunk", "an INIT with the Initiate Tag 0"); // 3.3.2
    }
    const localPort = destinationPort(datagram);
    const remotePort = sourcePort(datagram);
    const existing = subjectOfInit(this.#residents.table, datagram, source.address, chunk);
    const options = existing?.association.options ?? this.#ports.optionsAt(localPort, source.localAddress);
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
    if (answer.kind === "shutdown-ack") existing?.repeatShutdownAck(source, false, nowMs);
    else {
      const route = answer.chunk.kind === "INIT ACK" ? collisionRoute(chunk, existing, source) : source;
      const header = { localPort, remotePort, verificationTag: answer.verificationTag };
      this.#residents.outbox.answer({ ...header, chunks: [answer.chunk], route });
    }
  }

  /** Answers whoever has no association here, as often a second as is allowed. */
  #answerStranger({ datagram, source, nowMs }: IncomingPacket, verificationTag: number, chunk: Chunk): void {
    if (!this.#ootbLimit.take(nowMs))
      return this.#drop(undefined, "limit-reached", "answers out of the blue");
    this.#residents.outbox.answer({
      localPort: destinationPort(datagram),
      remotePort: sourcePort(datagram),
      verificationTag,
      chunks: [chunk],
      route: source,
    });
  }

  #drop(engine: AssociationEngine | undefined, reason: DropReason, detail: string): void {
    this.#residents.drops.count(engine?.id, reason, detail);
  }
}

/** The end of an INIT or INIT ACK whose parameters cannot be told apart. */
const PARAMETER_LENGTH = "the length of a parameter cannot be right";

/**
 * The INIT or INIT ACK that a packet begins with; undefined if its parameters cannot be read, which is answered.
 * @throws ParseError if there is nobody to answer: it has no fixed part; or if it has more parameters than are read
 */
function readInit({ datagram }: IncomingPacket, first: FirstChunk): Chunk | undefined {
  try {
    return decodeChunk(datagram, first.start, first.lengthBytes);
  } catch (error) {
    const isAnswered =
      error instanceof ParseError &&
      (error.code === "MALFORMED_TLV" || error.code === "BAD_PARAMETER_LENGTH");
    if (!isAnswered) throw error;
    return undefined;
  }
}

function initiateTagOf({ datagram }: IncomingPacket, first: FirstChunk): number {
  return uint32At(datagram, first.start + 4);
}

/**
 * Back to where the INIT came from; in a collision, only to an address that the user passed and that the INIT lists
 * (RFC 9260 5.2.1 rules 1 to 3).
 */
function collisionRoute(init: InitChunk, existing: AssociationEngine | undefined, source: Route): Route {
  if (existing?.state !== "COOKIE-WAIT" || existing.pathTo(source.address) !== undefined) return source;
  for (const address of listedAddresses(init)) {
    const known = existing.pathTo(address);
    if (known !== undefined) return known;
  }
  return source;
}
