/**
 * Our own addresses as the peer knows them, while they change (RFC 5061 5.3).
 * Owns: which of them the peer knows, which packets may not leave from, which may be named to it.
 * Does not own: what it is asked (requester.ts), which address a path leaves from (paths/local-sources.ts).
 */
import { isBehindNat } from "../../../base/dynamic-addresses.ts";
import { isBehindWildcard, isInScope } from "../../../platform/address.ts";
import type { ExtensionHost } from "../association-extension.ts";

export class OwnAddresses {
  readonly #host: ExtensionHost;
  /** Those that the peer does not know yet. */
  readonly #coming = new Set<string>();
  /** Those that it is asked to forget, or has forgotten while this host still has them. */
  readonly #leaving = new Set<string>();

  constructor(host: ExtensionHost) {
    this.#host = host;
  }

  /** Those that the peer knows, whether or not they are being removed. */
  get known(): readonly string[] {
    const { seat, paths } = this.#host;
    const { told } = seat;
    return told.length > 0 ? told : [...new Set(paths.all.map(({ localAddress }) => localAddress))];
  }

  /** Those of them that packets may leave from. */
  get usable(): readonly string[] {
    return this.known.filter((address) => !this.#leaving.has(address) && this.isThere(address));
  }

  /** Whether this host has the address now. */
  isThere(address: string): boolean {
    return this.#host.seat.hasAddress(address);
  }

  isComing(address: string): boolean {
    return this.#coming.has(address);
  }

  isLeaving(address: string): boolean {
    return this.#leaving.has(address);
  }

  isWithheld(address: string): boolean {
    return this.#coming.has(address) || this.#leaving.has(address);
  }

  /**
   * Whether it is one of those that a wildcard stands for, from which the host may have sent: then the peer knows it, and this side does
   * not know that.
   */
  isBehindWildcard(address: string): boolean {
    const means = this.mayBeNamed(address) || isBehindNat(this.#host.settings.options);
    return means && isBehindWildcard(address, this.known);
  }

  /** Whether the address means to the peer what it means to this side (RFC 6951 3.2, 5.7). */
  mayBeNamed(address: string): boolean {
    const { settings, paths } = this.#host;
    return !isBehindNat(settings.options) && paths.all.some((path) => isInScope(address, path.address));
  }

  // ---- They come and go --------------------------------------------------------------------------------------

  /** It is asked to be added: until then nothing leaves from it but the question (F1). */
  begin(address: string): void {
    if (this.known.includes(address) && !this.#leaving.has(address)) return;
    this.#coming.add(address);
  }

  /** The peer knows it (F2). */
  adopt(address: string, nowMs: number): void {
    this.#coming.delete(address);
    this.#leaving.delete(address);
    this.#tell(address, nowMs);
    this.#prune();
  }

  /** It has not been added: to the peer, what leaves from there is somebody else's (F10). */
  refuse(): void {
    this.#prune();
  }

  /** It is asked to be removed: nothing leaves from it any more (F4). */
  leave(address: string, nowMs: number): void {
    this.#leaving.add(address);
    this.#withdraw(address);
    this.#host.sources.remove(address, nowMs);
  }

  /** The peer has forgotten it. */
  forget(address: string): void {
    this.#withdraw(address);
    this.#prune();
  }

  /** It has not been removed. What a wildcard stands for is the host's business again. */
  keep(address: string, nowMs: number): void {
    this.#leaving.delete(address);
    if (this.isThere(address) || !this.isBehindWildcard(address)) this.#tell(address, nowMs);
  }

  /** Paths that left from an address that is gone leave from this one; what was on its way goes out again. */
  #tell(address: string, nowMs: number): void {
    const { seat, sources, outbound } = this.#host;
    if (!this.isThere(address)) return seat.tell([address]);
    for (const path of sources.adopt(address, nowMs)) {
      path.stopT3();
      outbound.onPathRemoved(path);
      outbound.onPathAdded(path);
    }
  }

  #withdraw(address: string): void {
    const { seat } = this.#host;
    const rest = this.known.filter((known) => known !== address);
    if (rest.length > 0) seat.tell(rest, true);
  }

  /** What this host has lost, and the peer does not know, is not remembered. */
  #prune(): void {
    const { known } = this;
    for (const addresses of [this.#coming, this.#leaving])
      for (const address of addresses)
        if (!this.isThere(address) && !known.includes(address)) addresses.delete(address);
  }
}
