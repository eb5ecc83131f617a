/**
 * Addresses that come and go while the association lives (RFC 5061).
 * Owns: what INIT and INIT ACK say of it; which ASCONF and ASCONF-ACK are heeded; where answers go; what the user may ask for.
 * Does not own: the requests of this side (requester.ts), those of the peer (responder.ts), its wish for a primary path in the set-up
 * (initial-primary.ts), which of our addresses the peer knows (own-addresses.ts), authentication (authentication.ts), finding the
 * association by an ASCONF (src/stack/packet-subject.ts).
 */

import { wantsAuthenticatedAddresses, wantsBareAddresses } from "../../base/dynamic-addresses.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { received } from "../../base/option-check.ts";
import type { TimerName } from "../../base/trace-sink.ts";
import type { Chunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, ParameterType } from "../../chunks/codes.ts";
import { COMMON_HEADER_BYTES } from "../../chunks/common-header.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import { canonicalAddress, isUnicastAddress, isWildcardAddress } from "../../platform/address.ts";
import type { AddressChanges } from "../model/address-changes.ts";
import { ExtensionId } from "../model/capabilities.ts";
import type { ChunkHandler, ChunkOutcome } from "../model/chunk-handler.ts";
import type { TimedPart } from "../model/deadlines.ts";
import type { AddressChange } from "../model/events.ts";
import { offerOf } from "../model/extension.ts";
import type { Route } from "../model/seat.ts";
import type { Path } from "../paths/path.ts";
import type { AssociationExtension, ExtensionHost } from "./association-extension.ts";
import { type AddressChangeCounts, Announcer } from "./dynamic-addresses/announcer.ts";
import { staying } from "./dynamic-addresses/batch.ts";
import { heedWishForPrimary, primaryWishedFor } from "./dynamic-addresses/initial-primary.ts";
import { OwnAddresses } from "./dynamic-addresses/own-addresses.ts";
import { maySendAsconf, Requester } from "./dynamic-addresses/requester.ts";
import { type Answer, answerBytes, Responder } from "./dynamic-addresses/responder.ts";

const OUR_CHUNKS: readonly number[] = [ChunkType.Asconf, ChunkType.AsconfAck];
const OFFER = offerOf(...OUR_CHUNKS);
const CHUNK_TYPES: readonly number[] = [...OUR_CHUNKS, ChunkType.Error];
/** To an address that is not verified goes no more than so many times what came from there (RFC 5062 6.3, as RFC 9000 8.1 has it). */
const MAX_AMPLIFICATION = 3;

/** With authentication, as 4.1.1 demands. */
export const DYNAMIC_ADDRESSES: AssociationExtension = {
  id: ExtensionId.DynamicAddresses,
  parameterTypes: [ParameterType.Random, ParameterType.ChunkList, ParameterType.SetPrimaryAddress],
  isWanted: wantsAuthenticatedAddresses,
  offer: () => OFFER,
  review(_ours, theirs, agreed) {
    const authenticated = theirs.parameters.flatMap((each) =>
      each.kind === "CHUNKS" ? each.chunkTypes : [],
    );
    const isSafe = agreed.has(ExtensionId.Authentication) && listsAll(authenticated);
    return isSafe && listsAll(theirs.chunkTypes) ? primaryWishedFor(theirs) : undefined;
  },
  breachOf({ parameters, chunkTypes }) {
    const authenticates = parameters.some(({ kind }) => kind === "RANDOM");
    return chunkTypes.includes(ChunkType.Asconf) && !authenticates
      ? "ASCONF is supported, and AUTH is not" // 6
      : undefined;
  },
  join,
  onEstablished: heedWishForPrimary,
};

/** For tests: nothing is authenticated, unless authentication itself is wanted. */
export const BARE_DYNAMIC_ADDRESSES: AssociationExtension = {
  id: ExtensionId.DynamicAddresses,
  parameterTypes: [ParameterType.SetPrimaryAddress],
  isWanted: wantsBareAddresses,
  offer: () => OFFER,
  review: (_ours, theirs) => (listsAll(theirs.chunkTypes) ? primaryWishedFor(theirs) : undefined),
  join,
  onEstablished: heedWishForPrimary,
};

function listsAll(chunkTypes: readonly number[]): boolean {
  return OUR_CHUNKS.every((type) => chunkTypes.includes(type));
}

function join(host: ExtensionHost): ReturnType<AssociationExtension["join"]> {
  const addresses = new DynamicAddresses(host);
  return {
    handlers: [addresses],
    timed: [addresses],
    dynamicAddresses: addresses,
    leave: () => addresses.leave(),
  };
}

/** Undefined where it has not been agreed on. */
export function dynamicAddressesOf({
  extensions,
}: Pick<ExtensionHost, "extensions">): DynamicAddresses | undefined {
  const { dynamicAddresses } = extensions;
  return dynamicAddresses instanceof DynamicAddresses ? dynamicAddresses : undefined;
}

export class DynamicAddresses implements AddressChanges, ChunkHandler<Path>, TimedPart {
  readonly chunkTypes: readonly number[] = CHUNK_TYPES;
  readonly #host: ExtensionHost;
  readonly #own: OwnAddresses;
  readonly #announcer: Announcer;
  readonly #requester: Requester;
  readonly #responder: Responder;
  #requestCount = 0;
  /** Where the packet at hand came from, if that is no address of the peer's. */
  #origin: Route | undefined = undefined;
  /** The answers to the packet at hand, where they go, how many bytes they may have. */
  #answers: Answer[] = [];
  #answersGoTo: Route | undefined = undefined;
  #asconfBytes = 0;

  constructor(host: ExtensionHost) {
    this.#host = host;
    this.#own = new OwnAddresses(host);
    this.#announcer = new Announcer(host);
    this.#requester = new Requester(host, this.#own, this.#announcer);
    this.#responder = new Responder(host, this.#announcer);
  }

  /** A request of this side is under way, or waits to be. */
  get isBusy(): boolean {
    return !this.#requester.isIdle;
  }
  /** The addresses of this side that the peer will know once all that it has been asked for is done. */
  get knownAddresses(): readonly string[] {
    return staying(this.#requester.pending, this.#own);
  }
  /** Whether the peer can be asked to forget the address: it knows it, or may have been sent to from there. */
  mayRemove(address: string): boolean {
    if (!isUnicastAddress(address)) return false;
    return this.knownAddresses.includes(address) || this.#own.isBehindWildcard(address);
  }
  get counts(): AddressChangeCounts {
    return this.#announcer;
  }
  get deadlineMs(): number {
    return this.#requester.deadlineMs;
  }

  get timer(): TimerName {
    return "T4-rto";
  }

  isWithheld(localAddress: string): boolean {
    return this.#own.isWithheld(localAddress);
  }
  isLeaving(localAddress: string): boolean {
    return this.#own.isLeaving(localAddress);
  }

  hasRemoved(peerAddress: string): boolean {
    return this.#responder.hasRemoved(peerAddress);
  }

  onTimeout(nowMs: number): void {
    this.#requester.onTimeout(nowMs);
  }

  review(nowMs: number): void {
    this.#requester.review(nowMs);
  }

  /** Another agreement takes the place of the one that this belongs to. */
  leave(): void {
    this.#requester.leave();
  }

  // ---- What the user asks for --------------------------------------------------------------------------------

  /** @returns the number by which `address-change` tells what has become of it. @throws SctpError */
  request(kind: AddressChange, text: string): number {
    const address = canonicalAddress(text);
    if (address !== undefined && isWildcardAddress(address))
      throw invalidAddress(`${address} stands for all addresses of this host: name the one that is meant`);
    if (address === undefined || !isUnicastAddress(address))
      throw invalidAddress(`${received(text)} is not an address that a host can have`);
    if (this.#requester.isUnknownToPeer(kind))
      throw new SctpError(SctpErrorCode.NotSupported, `the peer does not understand how to ${WORDS[kind]}`);
    const { pending } = this.#requester;
    const known = staying(pending, this.#own);
    if (kind === "add") this.#requireOwn(address);
    else if (!known.includes(address) && !(kind === "remove" && this.#own.isBehindWildcard(address)))
      throw invalidAddress(`${address} is none of the addresses of this side (${known.join(", ")})`);
    const change = { kind, address, request: this.#requestCount + 1 };
    if (kind === "remove") this.#requireRest(address, staying([...pending, change], this.#own));
    this.#requester.add(change);
    return ++this.#requestCount;
  }

  #requireOwn(address: string): void {
    const { seat } = this.#host;
    if (!seat.hasAddress(address)) throw invalidAddress(`${address} is none of this stack's addresses`);
    const { boundAddresses } = this.#host;
    if (boundAddresses?.includes(address) === false) this.#host.boundAddresses = [...boundAddresses, address];
  }

  /** 5.3 F5. */
  #requireRest(address: string, rest: readonly string[]): void {
    if (rest.length === 0)
      throw invalidAddress(`${address} is the last address of this side: add another one first`);
    // Behind a wildcard, the packet leaves from wherever the host is now.
    const named = this.#own.isBehindWildcard(address)
      ? rest.filter((each) => !isWildcardAddress(each))
      : rest;
    if (named.length > 1 && !this.#own.mayBeNamed(address))
      throw new SctpError(
        SctpErrorCode.NotSupported,
        `${address} cannot be named to the peer: only all addresses but one can be removed at once (RFC 5061 4.2.2)`,
      );
  }

  // ---- What the peer says ------------------------------------------------------------------------------------

  comesFrom(origin: Route): void {
    this.#origin = origin;
  }

  onChunk(chunk: Chunk, source: Path, nowMs: number): ChunkOutcome {
    if (chunk.kind === "ERROR") {
      const isUnknown = chunk.causes.some(
        (cause) => cause.kind === "Unrecognized Chunk Type" && cause.chunk[0] === ChunkType.Asconf,
      );
      if (isUnknown) this.#requester.onChunkUnknown(nowMs);
      return "continue";
    }
    if (chunk.kind !== "ASCONF" && chunk.kind !== "ASCONF-ACK") return "continue";
    const { seat, extensions, settings, lifecycle } = this.#host;
    // 5.2 D5. Where the user wants none, authentication itself has seen to what was agreed on.
    if (
      wantsAuthenticatedAddresses(settings.options) &&
      extensions.authentication?.isAuthenticated !== true
    ) {
      seat.countDrop("unauthenticated-chunk", chunk.kind);
      return "stop";
    }
    if (!maySendAsconf(lifecycle.state)) {
      seat.countDrop("unexpected-chunk", `${chunk.kind} in ${lifecycle.state}`);
      return "continue";
    }
    return chunk.kind === "ASCONF" ? this.#onAsconf(chunk, source, nowMs) : this.#onAnswer(chunk, nowMs);
  }

  #onAsconf(chunk: Answer, source: Path, nowMs: number): ChunkOutcome {
    const { seat, paths } = this.#host;
    const [lookup, ...parameters] = chunk.parameters;
    if (!isLookup(lookup)) {
      seat.countDrop("malformed-chunk", "ASCONF without the address of its sender");
      return "continue";
    }
    const origin = this.#routeBack(source);
    const isFirst = this.#answersGoTo === undefined;
    this.#answersGoTo = origin;
    this.#asconfBytes += answerBytes(chunk);
    const answer = this.#responder.answer(
      chunk.serialNumber,
      parameters,
      isFirst,
      origin,
      this.#answerRoomBytes(source),
      nowMs,
    );
    if (answer !== undefined) this.#answers.push(answer);
    // What else is in a packet that named a path which is none any more has nobody to answer to.
    return paths.all.includes(source) ? "continue" : "stop";
  }

  #onAnswer({ serialNumber, parameters }: Answer, nowMs: number): ChunkOutcome {
    const { seat, termination } = this.#host;
    switch (this.#requester.onAnswer(serialNumber, parameters, nowMs)) {
      case "heeded":
        return "continue";
      case "late":
        seat.countDrop("unexpected-chunk", `ASCONF-ACK ${serialNumber}, which is not awaited`);
        return "continue";
      case "illegal":
        termination.abortWith(
          [{ kind: "Association Aborted Due to Illegal ASCONF-ACK", code: CauseCode.IllegalAsconfAck }],
          "the peer has answered an ASCONF that was not sent",
        );
        return "stop";
    }
  }

  /** 5.2 E6, E7: all in one packet, back to where the packet came from; what does not fit is asked for again. */
  endPacket(nowMs: number): void {
    const [answers, route, asconfBytes] = [this.#answers, this.#answersGoTo, this.#asconfBytes];
    this.#origin = undefined;
    if (route === undefined) return;
    this.#answersGoTo = undefined;
    this.#asconfBytes = 0;
    this.#answers = [];
    const { seat, identity, extensions, paths, lifecycle } = this.#host;
    if (answers.length === 0 || lifecycle.state === "CLOSED") return;
    const path = paths.byAddress(route.address);
    const isVerified = path?.confirmed === true;
    let bytesLeft = this.#answerRoomBytes(path);
    if (!isVerified) bytesLeft = Math.min(bytesLeft, MAX_AMPLIFICATION * asconfBytes);
    const chunks: Chunk[] = [];
    for (const answer of answers) {
      bytesLeft -= answerBytes(answer);
      if (bytesLeft < 0) break;
      chunks.push(answer);
    }
    if (chunks.length === 0 || (!isVerified && !seat.mayProbe(nowMs))) {
      seat.countDrop("limit-reached", "answers to an address that is not verified");
      return;
    }
    seat.sendDetached(identity.peerTag, extensions.authentication?.covered(chunks) ?? chunks, route);
  }

  #answerRoomBytes(path: Path | undefined): number {
    const { extensions, paths, settings } = this.#host;
    const maxPacketBytes =
      path?.maxPacketBytes ?? paths.all[0]?.maxPacketBytes ?? settings.options.maxPacketBytes;
    return maxPacketBytes - COMMON_HEADER_BYTES - (extensions.authentication?.authBytes ?? 0);
  }

  /** Back to where the packet at hand came from, from where it came to: unless the peer is to forget that one (5.3 F4). */
  #routeBack(source: Path): Route {
    const { cameTo } = this.#host.seat.scratch;
    const { address, remoteUdpPort } = this.#origin ?? source;
    return { address, remoteUdpPort, localAddress: this.isWithheld(cameTo) ? source.localAddress : cameTo };
  }
}

const WORDS: Readonly<Record<AddressChange, string>> = {
  add: "add addresses (RFC 5061)",
  remove: "remove addresses (RFC 5061)",
  "set-primary": "set its primary path (RFC 5061)",
};

/** 4.1.1; a host name stands for no address, but it is read over. */
function isLookup(parameter: Parameter | undefined): boolean {
  const kind = parameter?.kind;
  return kind === "IPv4 Address" || kind === "IPv6 Address" || kind === "Host Name Address";
}

function invalidAddress(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.InvalidAddress, sentence);
}
