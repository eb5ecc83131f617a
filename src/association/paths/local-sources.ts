/**
 * Our own addresses as sources of packets to the peer: coming, going, and what is known of them all.
 * Owns: making a path's table of sources where it may leave from several addresses; which addresses the peer knows; a local
 * address that is gone.
 * Does not own: the table (source-addresses.ts), the choice (next-pair.ts), which addresses there are (src/stack/local-addresses.ts).
 */
import { addressFamily, isInScope, isWildcardAddress } from "../../platform/address.ts";
import type { AddressChanges } from "../model/address-changes.ts";
import type { Identity } from "../model/identity.ts";
import type { Seat } from "../model/seat.ts";
import { leaveFromBest, nextPair } from "./next-pair.ts";
import type { Path } from "./path.ts";
import type { PathSet } from "./path-set.ts";
import { type SourceAddress, SourceAddresses } from "./source-addresses.ts";

export interface LocalSourcesParts {
  readonly seat: Seat;
  readonly identity: Identity;
  readonly paths: PathSet;
  /** Undefined for all of the stack's. */
  readonly boundAddresses: readonly string[] | undefined;
  /** Asked anew each time: another agreement brings another. */
  readonly extensions: { readonly dynamicAddresses: AddressChanges | undefined };
}

const NO_SOURCES: readonly never[] = [];

export class LocalSources {
  readonly #parts: LocalSourcesParts;

  constructor(parts: LocalSourcesParts) {
    this.#parts = parts;
  }

  /** The sources of a path, made now where there may be several; undefined where there is one. */
  of(path: Path): SourceAddresses | undefined {
    if (path.sources === undefined && !isWildcardAddress(path.localAddress)) {
      for (const address of this.#listedTowards(path))
        if (address !== path.localAddress) this.#tableOf(path).add(address, false);
    }
    for (const source of path.sources?.all ?? [])
      source.isKnownToPeer ||= this.#isProvenKnown(source.address);
    return path.sources;
  }

  /**
   * A packet came to another of our addresses than its path leaves from, which the peer therefore knows. Where that is a
   * wildcard, it is unknown which one it came to, and nothing is learned.
   */
  onCameTo(source: Path, localAddress: string): void {
    if (isWildcardAddress(localAddress)) return;
    if (this.#parts.boundAddresses?.includes(localAddress) === false) return;
    if (this.#parts.extensions.dynamicAddresses?.isWithheld(localAddress) === true) return;
    this.#parts.seat.tell([localAddress]);
    for (const path of this.#parts.paths.all) {
      if (isWildcardAddress(path.localAddress) || path.localAddress === localAddress) continue;
      if (path === source || mayLeave(localAddress, path)) this.#tableOf(path).add(localAddress, true);
    }
  }

  /** The path leaves from now on from where the peer has written to: what was sent from there has been answered. */
  answerFrom(path: Path, localAddress: string, nowMs: number): void {
    this.onCameTo(path, localAddress);
    const source = path.sources?.of(localAddress);
    if (source === undefined) return;
    this.#parts.paths.sourceAnswered(path, source, Number.NaN, nowMs);
    path.leaveFrom(localAddress, nowMs);
  }

  /** A HEARTBEAT was answered. A path that leaves from where an answer is missing leaves from a better address from now on. */
  onAnswered(path: Path, source: SourceAddress, rttMs: number, nowMs: number): void {
    this.#parts.paths.sourceAnswered(path, source, rttMs, nowMs);
    const current = path.sources?.of(path.localAddress);
    if (current !== undefined && current.failureCount > 0) leaveFromBest(path, path.localAddress, nowMs);
  }

  /**
   * HEARTBEATs were not answered in time. A path that leaves from where one of them left does so from a better address now.
   * @returns whether the destination is reached all the same, from where the path leaves
   */
  onHeartbeatsUnanswered(path: Path, nowMs: number): boolean {
    const { localAddress } = path;
    const sources = this.of(path);
    let currentFailed = sources === undefined;
    for (const source of sources?.all ?? NO_SOURCES) {
      if (!source.isProbed) continue;
      this.#parts.paths.sourceUnanswered(path, source);
      currentFailed ||= source.address === localAddress;
    }
    if (currentFailed) leaveFromBest(path, localAddress, nowMs);
    return !currentFailed && sources?.anyReaches === true;
  }

  /**
   * What was sent on the path, and is to be sent again, was not answered in time.
   * @returns the path to send it on next: its source has been chosen anew, and that of the one that failed (RFC 9260 6.4.1)
   */
  onTimeout(path: Path, nowMs: number): Path {
    const { paths } = this.#parts;
    paths.sourceUnanswered(path, this.of(path)?.of(path.localAddress));
    this.of(paths.alternateTo(path));
    return nextPair(paths, path, nowMs);
  }

  /**
   * Where the next HEARTBEATs on the path leave from.
   * @param isBusy DATA tells of that one
   */
  toProbe(path: Path, isBusy: boolean): readonly SourceAddress[] {
    return path.sources?.nextToProbe(path.localAddress, isBusy) ?? NO_SOURCES;
  }

  /**
   * Whether the peer is known to take packets from the address for ours; true where no other address is in question.
   * @param path from a wildcard the host chooses where packets on each path leave from
   */
  isKnownToPeer(localAddress: string, path: Path): boolean {
    if (isWildcardAddress(localAddress)) return this.#isAnswered(path);
    for (const { sources } of this.#parts.paths.all) {
      const source = sources?.of(localAddress);
      if (source !== undefined) return source.isKnownToPeer || this.#isProvenKnown(localAddress);
    }
    return true;
  }

  /** A local address is gone: paths that left from it leave from another one, under new conditions (RFC 9260 7.2.5.2). */
  remove(localAddress: string, nowMs: number): void {
    for (const path of this.#parts.paths.all) {
      path.sources?.remove(localAddress);
      if (path.localAddress !== localAddress) continue;
      if (path.sources?.all.length === 0) path.sources = undefined;
      if (path.sources === undefined) path.leaveFrom(this.#nextAfter(localAddress, path), nowMs);
      else leaveFromBest(path, localAddress, nowMs);
    }
  }

  /**
   * Where one address of ours is all that there was. A peer with which addresses can change hears of another one first: until then the
   * path stays where it is, even if nothing can leave from there any more (RFC 5061 5.3 F1).
   */
  #nextAfter(localAddress: string, { address }: Path): string {
    const { seat, extensions } = this.#parts;
    const next = seat.localAddressFor(address);
    return extensions.dynamicAddresses === undefined || seat.isTold(next) ? next : localAddress;
  }

  /**
   * The peer has taken up an address of ours (RFC 5061 5.3 F2).
   * @returns the paths that had nothing left to leave from, and leave from there now
   */
  adopt(localAddress: string, nowMs: number): readonly Path[] {
    const { seat, paths } = this.#parts;
    seat.tell([localAddress]);
    const moved: Path[] = [];
    for (const path of paths.all) {
      const { localAddress: current } = path;
      if (isWildcardAddress(current) || current === localAddress) continue;
      if (addressFamily(current) !== addressFamily(localAddress)) continue;
      const isStuck = !seat.hasAddress(current) || !seat.isTold(current);
      if (!isStuck || path.sources !== undefined) this.#tableOf(path).add(localAddress, true);
      if (!isStuck) continue;
      path.sources?.remove(current);
      path.leaveFrom(localAddress, nowMs);
      moved.push(path);
    }
    return moved;
  }

  /** What the peer was told that may be a source of packets to one of its addresses. */
  #listedTowards(path: Path): readonly string[] {
    const peerAddresses = this.#parts.paths.all.map(({ address }) => address);
    const { seat } = this.#parts;
    return seat.advertisedAddresses(peerAddresses).filter((own) => mayLeave(own, path) && seat.isTold(own));
  }

  #tableOf(path: Path): SourceAddresses {
    if (path.sources === undefined) {
      path.sources = new SourceAddresses();
      // While the peer has not said a word, it knows none of our addresses.
      const current = path.sources.add(
        path.localAddress,
        this.#parts.identity.peerTag !== 0,
        path.rto.srttMs,
      );
      current.isProbed = path.heartbeatOutstanding;
    }
    return path.sources;
  }

  /** What left on the path has been answered; or nothing has been on any, which says nothing against one that was confirmed. */
  #isAnswered(path: Path): boolean {
    if (!Number.isNaN(path.rto.srttMs)) return true;
    return path.confirmed && this.#parts.paths.all.every(({ rto }) => Number.isNaN(rto.srttMs));
  }

  /** Something that left from the address has been answered, on whatever path. */
  #isProvenKnown(address: string): boolean {
    return this.#parts.paths.all.some(({ localAddress, rto, sources }) =>
      sources === undefined
        ? localAddress === address && !Number.isNaN(rto.srttMs)
        : sources.of(address)?.isKnownToPeer,
    );
  }
}

function mayLeave(localAddress: string, { address }: Path): boolean {
  return addressFamily(localAddress) === addressFamily(address) && isInScope(localAddress, address);
}
