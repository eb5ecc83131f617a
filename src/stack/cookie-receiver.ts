/**
 * A COOKIE ECHO (RFC 9260 5.1.5, 5.2.4).
 * Owns: the checks of the cookie against the packet and the clock, with whose keys a packet is authenticated that brings one
 * (RFC 4895 6.3), and Table 12: what a cookie does to an association that exists.
 * Does not own: the MAC (state-cookie.ts), what follows in the association (src/association/procedures/acceptance.ts).
 */
import type { AssociationEngine } from "../association/engine.ts";
import {
  type CookieTerms,
  cookieIsAuthenticated,
  cookieMustBeAuthenticated,
} from "../association/extensions/authentication.ts";
import type { Agreement } from "../association/model/agreement.ts";
import { ExtensionId } from "../association/model/capabilities.ts";
import type { Route } from "../association/model/seat.ts";
import { isSettingUp } from "../association/model/state.ts";
import type { AcceptedCookie } from "../association/procedures/acceptance.ts";
import { authenticationTermsOf } from "../base/authentication.ts";
import type { StackOptions } from "../base/options.ts";
import type { Cause } from "../chunks/causes.ts";
import type { Chunk } from "../chunks/chunk.ts";
import { CauseCode, ChunkType } from "../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../chunks/common-header.ts";
import { padded } from "../chunks/tlv.ts";
import { type FirstChunk, type IncomingPacket, isBehindAuth } from "./packet-subject.ts";
import type { Residents } from "./residents.ts";
import type { SctpPorts } from "./sctp-ports.ts";
import type { CookieJar, StateCookie } from "./state-cookie.ts";

export interface CookieReceiverInit {
  readonly options: StackOptions;
  readonly residents: Residents;
  readonly ports: SctpPorts;
  readonly jar: CookieJar;
}

export class CookieReceiver {
  readonly #options: StackOptions;
  readonly #residents: Residents;
  readonly #ports: SctpPorts;
  readonly #jar: CookieJar;

  constructor({ options, residents, ports, jar }: CookieReceiverInit) {
    this.#options = options;
    this.#residents = residents;
    this.#ports = ports;
    this.#jar = jar;
  }

  /** @param atAddress the association with these ports and this address of the peer */
  receive(packet: IncomingPacket, first: FirstChunk, atAddress: AssociationEngine | undefined): void {
    const { datagram, source, nowMs } = packet;
    const { drops, negotiation } = this.#residents;
    const cookie = this.#jar.open(datagram.subarray(first.start + 4, first.start + first.lengthBytes), nowMs);
    if (cookie === undefined || !cookieFits(cookie, datagram, source)) {
      return drops.count(atAddress?.id, "invalid-cookie", ""); // 5.1.5 steps 2 and 3
    }
    // Only where another version of this stack signs with the same secret; the peer counts on what was promised to it.
    if (!negotiation.knows(cookie.capabilities))
      return drops.count(atAddress?.id, "invalid-cookie", "it speaks of an extension that is not built in");
    const existing = atAddress ?? this.#subjectOf(cookie);
    const isAuthenticated = isBehindAuth(first);
    if (!this.#passes(cookie, existing, packet, isAuthenticated)) return;
    if (this.#isStale(cookie, existing, nowMs)) return this.#answerStale(cookie, existing, packet);
    const engine =
      existing === undefined
        ? this.#accept(cookie, source, nowMs)
        : this.#meet(existing, cookie, source, nowMs);
    const path = engine?.pathTo(source.address);
    if (engine === undefined || path === undefined || engine.state === "CLOSED") return;
    const rest = Math.min(first.start + padded(first.lengthBytes), datagram.length);
    const { maxChunksPerPacket } = this.#options;
    const { remoteUdpPort } = source;
    engine.receive(datagram, rest, path, remoteUdpPort, maxChunksPerPacket, nowMs, isAuthenticated);
  }

  /**
   * RFC 4895 6.3: whether the packet is authenticated, where it is or must be. The association that exists says so by its keys, and
   * if it does not know any, or is being set up (then the cookie's random numbers hold, as its tags do), the cookie. What does not
   * pass is dropped.
   */
  #passes(
    cookie: StateCookie,
    existing: AssociationEngine | undefined,
    { datagram, source }: IncomingPacket,
    hasAuth: boolean,
  ): boolean {
    const isKnown = existing !== undefined && !isSettingUp(existing.state);
    const known = isKnown ? existing.authentication : undefined;
    const terms = known === undefined ? this.#termsOf(cookie, existing, source) : undefined;
    let isRight = true;
    if (hasAuth)
      isRight = known?.accepts(datagram, COMMON_HEADER_BYTES) ?? isAuthenticatedBy(terms, datagram);
    else if (known !== undefined) isRight = !known.mustBeAuthenticated(ChunkType.CookieEcho);
    else if (terms !== undefined) isRight = !cookieMustBeAuthenticated(terms);
    if (isRight) return true;
    const reason = hasAuth ? "bad-authentication" : "unauthenticated-chunk";
    this.#residents.drops.count(existing?.id, reason, "COOKIE ECHO");
    return false;
  }

  /** What the association of the cookie has agreed on; undefined where it authenticates nothing. */
  #termsOf(
    { capabilities, localPort }: StateCookie,
    existing: AssociationEngine | undefined,
    source: Route,
  ): CookieTerms | undefined {
    const saved = capabilities.stateOf(ExtensionId.Authentication);
    if (saved === undefined) return undefined;
    const options = existing?.association.options ?? this.#ports.optionsAt(localPort, source.localAddress);
    const terms = options === undefined ? undefined : authenticationTermsOf(options);
    return { saved, terms, hmac: this.#residents.platform.hmac };
  }

  /**
   * The association that the INIT of a cookie was about: it may have been found by any address that the INIT listed, and the
   * one that packets come from now may be one that the association has given up.
   */
  #subjectOf(cookie: StateCookie): AssociationEngine | undefined {
    const { table } = this.#residents;
    // In a collision the INIT ACK repeated our tag, which no other cookie carries (5.2.1).
    const tagged = table.byTag(cookie.localTag);
    if (tagged?.identity.localPort === cookie.localPort && tagged.identity.remotePort === cookie.remotePort)
      return tagged;
    // Else without tie-tags there was none, and what has come up since is not this peer's.
    const listed = cookie.localTieTag === 0 ? [] : cookie.addresses;
    for (const address of [cookie.source, ...listed]) {
      const engine = table.byAddress(cookie.localPort, cookie.remotePort, address);
      if (engine !== undefined) return engine;
    }
    return undefined;
  }

  /** 5.1.5 step 4; 5.2.4 step 3: a cookie with both tags of the association is never too old. */
  #isStale(cookie: StateCookie, existing: AssociationEngine | undefined, nowMs: number): boolean {
    const identity = existing?.identity;
    const current = identity?.localTag === cookie.localTag && identity.peerTag === cookie.peerTag;
    return nowMs - cookie.createdAtMs > cookie.lifeMs && !current;
  }

  #answerStale(
    cookie: StateCookie,
    existing: AssociationEngine | undefined,
    { source, nowMs }: IncomingPacket,
  ): void {
    const staleMs = nowMs - cookie.createdAtMs - cookie.lifeMs;
    this.#residents.drops.count(existing?.id, "stale-cookie", `${Math.ceil(staleMs)} ms over its life`);
    const stalenessUs = Math.min(Math.ceil(staleMs * 1_000), 0xffff_ffff);
    const cause: Cause = { kind: "Stale Cookie", code: CauseCode.StaleCookie, stalenessUs };
    this.#answer(cookie, { kind: "ERROR", causes: [cause] }, source);
  }

  /** RFC 9260 5.1.5 step 5: the association comes into being. */
  #accept(cookie: StateCookie, source: Route, nowMs: number): AssociationEngine | undefined {
    const { localPort, remotePort, localTag, localInitialTsn } = cookie;
    const options = this.#ports.optionsAt(localPort, source.localAddress);
    const { table, drops } = this.#residents;
    const isTaken = this.#residents.isTagTaken(localTag);
    if (isTaken && !table.hasTag(localTag)) {
      drops.count(undefined, "invalid-cookie", "what came of it has ended");
      this.#tellEnded(cookie, source);
      return undefined;
    }
    if (options === undefined || isTaken || table.size >= this.#options.maxAssociations) {
      const reason = options === undefined ? "no-association" : "limit-reached";
      drops.count(undefined, reason, "a valid cookie, but no room for it");
      this.#refuse(cookie, source);
      return undefined;
    }
    const boundAddresses = this.#ports.boundAddresses(localPort);
    const identity = { localPort, remotePort, localTag, localInitialTsn };
    const engine = this.#residents.create(identity, options, boundAddresses);
    engine.accept(accepted(cookie, initAckRoute(cookie, source), source), nowMs);
    if (engine.association.remoteAddresses.length === 0) this.#refuse(cookie, source); // It has no path to say so on.
    return engine;
  }

  /**
   * Whoever sent it has an association with us that we have no more, or a packet of its comes late: so it is answered as out
   * of the blue (RFC 9260 8.4), which ends gracefully what was waiting for our SHUTDOWN COMPLETE.
   */
  #tellEnded({ localPort, remotePort, localTag }: StateCookie, route: Route): void {
    const chunks: Chunk[] = [{ kind: "ABORT", tagReflected: true, causes: [] }];
    this.#residents.outbox.answer({ localPort, remotePort, verificationTag: localTag, chunks, route });
  }

  #refuse(cookie: StateCookie, source: Route): void {
    const cause: Cause = { kind: "Out of Resource", code: CauseCode.OutOfResource };
    this.#answer(cookie, { kind: "ABORT", tagReflected: false, causes: [cause] }, source);
  }

  /**
   * RFC 9260 5.2.4, Table 12.
   * @returns the association that the rest of the packet is for
   */
  #meet(
    existing: AssociationEngine,
    cookie: StateCookie,
    source: Route,
    nowMs: number,
  ): AssociationEngine | undefined {
    const { identity } = existing;
    const localMatches = cookie.localTag === identity.localTag;
    const peerMatches = cookie.peerTag === identity.peerTag;
    if (localMatches && peerMatches) {
      existing.meetDuplicateCookie(source, nowMs); // D
      return existing;
    }
    if (localMatches && isSettingUp(existing.state)) {
      existing.adopt(accepted(cookie, vouchedFor(existing, cookie, source), source), nowMs); // B
      return existing;
    }
    const tiesMatch =
      cookie.localTieTag !== 0 &&
      cookie.localTieTag === identity.localTieTag &&
      cookie.peerTieTag === identity.peerTieTag;
    // B after the set-up: whoever we set it up with is gone, and its TSNs with it. So as A, but under the tag that we had.
    const isRestart =
      localMatches || (!peerMatches && tiesMatch && !this.#residents.table.hasTag(cookie.localTag));
    if (!isRestart) {
      this.#residents.drops.count(existing.id, "invalid-cookie", "it fits no case of RFC 9260 Table 12"); // C and the rest
      return undefined;
    }
    if (existing.state === "SHUTDOWN-ACK-SENT") {
      existing.repeatShutdownAck(source, true, nowMs);
      return undefined;
    }
    if (!localMatches) this.#residents.retag(existing, cookie.localTag); // A
    existing.restart(accepted(cookie, initAckRoute(cookie, source), source), nowMs);
    return existing;
  }

  #answer({ localPort, remotePort, peerTag }: StateCookie, chunk: Chunk, route: Route): void {
    const verificationTag = peerTag;
    this.#residents.outbox.answer({ localPort, remotePort, verificationTag, chunks: [chunk], route });
  }
}

/** Where nothing was agreed on, an AUTH chunk is unknown, and nothing behind it is heeded (RFC 9260 3.2). */
function isAuthenticatedBy(terms: CookieTerms | undefined, datagram: Uint8Array): boolean {
  return terms !== undefined && cookieIsAuthenticated(terms, datagram, COMMON_HEADER_BYTES);
}

/** RFC 9260 5.1.5 step 3, and the address: the cookie comes back from where it was sent, or from a listed address. */
function cookieFits(cookie: StateCookie, datagram: Uint8Array, source: Route): boolean {
  return (
    cookie.localPort === destinationPort(datagram) &&
    cookie.remotePort === sourcePort(datagram) &&
    cookie.localTag === verificationTag(datagram) &&
    (cookie.source === source.address || cookie.addresses.includes(source.address))
  );
}

/** Where the INIT ACK of a cookie went; for the same address, the UDP port of the COOKIE ECHO is the newer one. */
function initAckRoute(cookie: StateCookie, source: Route): Route {
  if (cookie.source === source.address) return source;
  return { localAddress: cookie.localAddress, address: cookie.source, remoteUdpPort: cookie.remoteUdpPort };
}

/**
 * What the cookie of a collision vouches for: its INIT ACK may have gone to a path that there was (RFC 9260 5.2.1), and not to
 * where the INIT came from.
 */
function vouchedFor(existing: AssociationEngine, cookie: StateCookie, source: Route): Route {
  if (existing.pathTo(cookie.source) === undefined) {
    for (const address of cookie.addresses) {
      const known = existing.pathTo(address);
      if (known !== undefined) return known;
    }
  }
  return initAckRoute(cookie, source);
}

function accepted(cookie: StateCookie, confirmed: Route, source: Route): AcceptedCookie {
  return { agreement: agreementOf(cookie), addresses: cookie.addresses, confirmed, source };
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
    capabilities,
  } = cookie;
  return {
    localTag,
    peerTag,
    localInitialTsn,
    peerInitialTsn,
    peerRwndBytes,
    outboundStreams,
    inboundStreams,
    capabilities,
  };
}
