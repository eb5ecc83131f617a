/**
 * A COOKIE ECHO (RFC 9260 5.1.5, 5.2.4).
 * Owns: the checks of the cookie against the packet and the clock, and Table 12: what a cookie does to an association
 * that exists. Does not own: the MAC (state-cookie.ts), what follows in the association (src/association/procedures/acceptance.ts).
 */
import type { Association } from "../association/association.ts";
import type { Route } from "../association/model/host.ts";
import type { Agreement } from "../association/tcb.ts";
import type { AssociationOptions } from "../base/options.ts";
import type { Cause } from "../chunks/causes.ts";
import { CauseCode } from "../chunks/codes.ts";
import { destinationPort, sourcePort, verificationTag } from "../chunks/common-header.ts";
import { padded } from "../chunks/tlv.ts";
import type { FirstChunk } from "./out-of-the-blue.ts";
import type { IncomingPacket, SpecialPacketsOwner } from "./special-packets.ts";
import type { CookieJar, StateCookie } from "./state-cookie.ts";

export interface CookieReceiverOwner extends SpecialPacketsOwner {
  create(
    options: AssociationOptions,
    localPort: number,
    remotePort: number,
    tag: number,
    tsn: number,
  ): Association;
  /** The association answers to another tag; the one it had stays taken for as long as a cookie may carry it. */
  retag(association: Association, tag: number): void;
}

export class CookieReceiver {
  readonly #owner: CookieReceiverOwner;
  readonly #jar: CookieJar;

  constructor(owner: CookieReceiverOwner, jar: CookieJar) {
    this.#owner = owner;
    this.#jar = jar;
  }

  /** @param atAddress the association with these ports and this address of the peer */
  receive(packet: IncomingPacket, first: FirstChunk, atAddress: Association | undefined): void {
    const { datagram, view, source, nowMs } = packet;
    const { table, options } = this.#owner;
    const cookie = this.#jar.open(datagram.subarray(first.start + 4, first.start + first.lengthBytes), nowMs);
    if (cookie === undefined || !cookieFits(cookie, view, source)) {
      return this.#owner.countDrop(atAddress?.id, "invalid-cookie", ""); // 5.1.5 steps 2 and 3
    }
    const existing = atAddress ?? table.byAddress(cookie.localPort, cookie.remotePort, cookie.source);
    if (this.#isStale(cookie, existing, nowMs)) return this.#answerStale(cookie, existing, packet);
    const association =
      existing === undefined
        ? this.#accept(cookie, source, nowMs)
        : this.#meet(existing, cookie, source, nowMs);
    if (association === undefined) return;
    const rest = Math.min(first.start + padded(first.lengthBytes), datagram.length);
    const from = { address: source.address, port: source.remoteUdpPort };
    association.receive(datagram, view, rest, from, options.maxChunksPerPacket, nowMs);
  }

  /** 5.1.5 step 4; 5.2.4 step 3: a cookie with both tags of the association is never too old. */
  #isStale(cookie: StateCookie, existing: Association | undefined, nowMs: number): boolean {
    const current = existing?.localTag === cookie.localTag && existing.peerTag === cookie.peerTag;
    return nowMs - cookie.createdAtMs > cookie.lifeMs && !current;
  }

  #answerStale(
    cookie: StateCookie,
    existing: Association | undefined,
    { source, nowMs }: IncomingPacket,
  ): void {
    const staleMs = nowMs - cookie.createdAtMs - cookie.lifeMs;
    this.#owner.countDrop(existing?.id, "stale-cookie", `${Math.ceil(staleMs)} ms over its life`);
    const stalenessUs = Math.min(Math.ceil(staleMs * 1_000), 0xffff_ffff);
    const cause: Cause = { kind: "Stale Cookie", code: CauseCode.StaleCookie, stalenessUs };
    const { localPort, remotePort, peerTag } = cookie;
    this.#owner.sendPacket(localPort, remotePort, peerTag, [{ kind: "ERROR", causes: [cause] }], source);
  }

  /** RFC 9260 5.1.5 step 5: the association comes into being. */
  #accept(cookie: StateCookie, source: Route, nowMs: number): Association | undefined {
    const { localPort, remotePort, localTag, peerTag, localInitialTsn } = cookie;
    const options = this.#owner.listenerOptions(localPort, source.localAddress);
    const { table } = this.#owner;
    if (
      options === undefined ||
      table.size >= this.#owner.options.maxAssociations ||
      this.#owner.isTagTaken(localTag, nowMs)
    ) {
      const reason = options === undefined ? "no-association" : "limit-reached";
      this.#owner.countDrop(undefined, reason, "a valid cookie, but no room for it, or used already");
      const cause: Cause = { kind: "Out of Resource", code: CauseCode.OutOfResource };
      this.#owner.sendPacket(
        localPort,
        remotePort,
        peerTag,
        [{ kind: "ABORT", tagReflected: false, causes: [cause] }],
        source,
      );
      return undefined;
    }
    const association = this.#owner.create(options, localPort, remotePort, localTag, localInitialTsn);
    association.accept(agreementOf(cookie), cookie.addresses, initAckRoute(cookie, source), source, nowMs);
    return association;
  }

  /**
   * RFC 9260 5.2.4, Table 12.
   * @returns the association that the rest of the packet is for
   */
  #meet(existing: Association, cookie: StateCookie, source: Route, nowMs: number): Association | undefined {
    const localMatches = cookie.localTag === existing.localTag;
    const peerMatches = cookie.peerTag === existing.peerTag;
    if (localMatches) {
      if (peerMatches)
        existing.meetDuplicateCookie(source.address, nowMs); // D
      else existing.adopt(agreementOf(cookie), cookie.addresses, source, nowMs); // B
      return existing;
    }
    const tiesMatch =
      cookie.localTieTag !== 0 &&
      cookie.localTieTag === existing.localTieTag &&
      cookie.peerTieTag === existing.peerTieTag;
    if (peerMatches || !tiesMatch || this.#owner.table.hasTag(cookie.localTag)) {
      this.#owner.countDrop(existing.id, "invalid-cookie", "it fits no case of RFC 9260 Table 12"); // C and the rest
      return undefined;
    }
    if (existing.state === "SHUTDOWN-ACK-SENT") {
      existing.repeatShutdownAck(source.address, true, nowMs);
      return undefined;
    }
    this.#owner.retag(existing, cookie.localTag); // A
    existing.restart(agreementOf(cookie), cookie.addresses, cookie.source, source, nowMs);
    return existing;
  }
}

/** RFC 9260 5.1.5 step 3, and the address: the cookie comes back from where it was sent, or from a listed address. */
function cookieFits(cookie: StateCookie, view: DataView, source: Route): boolean {
  return (
    cookie.localPort === destinationPort(view) &&
    cookie.remotePort === sourcePort(view) &&
    cookie.localTag === verificationTag(view) &&
    (cookie.source === source.address || cookie.addresses.includes(source.address))
  );
}

/** Where the INIT ACK of a cookie went; for the same address, the UDP port of the COOKIE ECHO is the newer one. */
function initAckRoute(cookie: StateCookie, source: Route): Route {
  if (cookie.source === source.address) return source;
  return { localAddress: cookie.localAddress, address: cookie.source, remoteUdpPort: cookie.remoteUdpPort };
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
