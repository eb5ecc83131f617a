/**
 * The addresses of this side.
 * Owns: which there are, and how large a packet they carry; which of them an INIT lists (RFC 6951 5.7), from which one a peer
 * is reached; refusing what the user takes for an address of ours, or of a peer's, and is none.
 * Does not own: sockets (src/node).
 */
import type { PacketLimits } from "../association/model/packet-limits.ts";
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { type AssociationOptions, associationOptions } from "../base/options.ts";
import { SLAB_BYTES } from "../chunks/slab.ts";
import {
  type AddressFamily,
  addressBytes,
  addressFamily,
  canonicalAddress,
  isInScope,
  isUnicastAddress,
  isWildcardAddress,
  Scope,
  scopeOf,
} from "../platform/address.ts";
import type { LowerLayer } from "./types.ts";

const NONE: readonly string[] = [];
const FAMILIES: readonly AddressFamily[] = [4, 6];
const MAX_PREFIX_BITS = 128;

export class LocalAddresses {
  readonly #addresses: string[] = [];
  readonly #lowerLayers = new Map<string, LowerLayer>();

  get all(): readonly string[] {
    return this.#addresses;
  }

  /**
   * With packets that can leave from every address: what has been cut for larger ones could never be sent.
   * @throws SctpError ERR_SCTP_INVALID_OPTION if a lower layer takes less than any association needs
   */
  bounded(options: AssociationOptions): AssociationOptions {
    let { maxPacketBytes } = options;
    for (const layer of this.#lowerLayers.values())
      maxPacketBytes = Math.min(maxPacketBytes, layer.maxPacketBytes);
    return maxPacketBytes === options.maxPacketBytes
      ? options
      : associationOptions({ maxPacketBytes }, options);
  }

  /** What becomes of packets by their length on the way between two addresses. */
  packetLimits(localAddress: string, remoteAddress: string): PacketLimits {
    const layer = this.#lowerLayers.get(localAddress);
    const maxBytes = layer?.maxPacketBytes ?? SLAB_BYTES;
    const limits = layer?.limitsTo?.(remoteAddress);
    if (limits === undefined) return { maxBytes, cutFromBytes: undefined };
    const { cutFromBytes, unaskedMaxBytes, staysOnHost } = limits;
    const canBeCut = cutFromBytes !== undefined && cutFromBytes <= maxBytes;
    return {
      maxBytes: Math.min(maxBytes, limits.maxBytes),
      cutFromBytes: canBeCut ? cutFromBytes : undefined,
      unaskedMaxBytes,
      staysOnHost,
    };
  }

  add(address: string, lowerLayer: LowerLayer): void {
    if (!this.#addresses.includes(address)) this.#addresses.push(address);
    this.#lowerLayers.set(address, lowerLayer);
  }

  remove(address: string): void {
    this.#lowerLayers.delete(address);
    const index = this.#addresses.indexOf(address);
    if (index !== -1) this.#addresses.splice(index, 1);
  }

  /**
   * Addresses for INIT and INIT ACK: those that reach as far as one of the peer's does. None where that is but one, or where
   * there is a wildcard, so that NATs do no harm.
   * @param peerAddresses as far as they are known
   * @param among those that an endpoint is bound to
   */
  advertised(
    peerAddresses: readonly string[],
    among: readonly string[] = this.#addresses,
  ): readonly string[] {
    if (among.length < 2 || among.some(isWildcardAddress)) return NONE;
    const reaching = among.filter(
      (address) =>
        this.#addresses.includes(address) && peerAddresses.some((peer) => isInScope(address, peer)),
    );
    return reaching.length > 1 ? reaching : NONE;
  }

  /** The families that any of the addresses is of. @param among those that an endpoint is bound to */
  families(among: readonly string[] = this.#addresses): readonly AddressFamily[] {
    return FAMILIES.filter((family) => among.some((address) => addressFamily(address) === family));
  }

  /**
   * Of the addresses of the right family that reach as far as the peer's, or if none does of that family, the one with the
   * longest common prefix; the first where nothing fits.
   * @param among those that an endpoint is bound to
   */
  towards(remoteAddress: string, among: readonly string[] = this.#addresses): string {
    let best = "";
    let bestRank = -1;
    for (const address of among) {
      if (!this.#addresses.includes(address)) continue;
      if (addressFamily(address) !== addressFamily(remoteAddress)) continue;
      const rank = closeness(address, remoteAddress);
      if (rank <= bestRank) continue;
      best = address;
      bestRank = rank;
    }
    return best === "" ? (among[0] ?? this.#addresses[0] ?? "") : best;
  }

  /** @returns the canonical form. @throws SctpError ERR_SCTP_INVALID_ADDRESS if it is none of these */
  requireOwn(text: string): string {
    const address = requireAddress(text);
    if (this.#addresses.includes(address)) return address;
    const own = this.#addresses.join(", ");
    throw new SctpError(
      SctpErrorCode.InvalidAddress,
      `${address} is none of this stack's addresses (${own})`,
    );
  }

  /**
   * @param among those that an endpoint is bound to
   * @throws SctpError ERR_SCTP_INVALID_ADDRESS if no peer has such an address, or none of ours is of its family
   */
  requireReachable(remoteAddress: string, among: readonly string[] = this.#addresses): void {
    if (isWildcardAddress(remoteAddress) || !isUnicastAddress(remoteAddress)) {
      throw new SctpError(
        SctpErrorCode.InvalidAddress,
        `${remoteAddress} is not an address that a peer can have`,
      );
    }
    if (among.some((address) => addressFamily(address) === addressFamily(remoteAddress))) return;
    const own = among.join(", ");
    throw new SctpError(
      SctpErrorCode.InvalidAddress,
      `no local address (${own}) is of the family of ${remoteAddress}`,
    );
  }
}

/** @returns the canonical form. @throws SctpError ERR_SCTP_INVALID_ADDRESS */
export function requireAddress(text: string): string {
  const address = canonicalAddress(text);
  if (address === undefined)
    throw new SctpError(SctpErrorCode.InvalidAddress, `"${text}" is not an IPv4 or IPv6 literal`);
  return address;
}

/** What reaches far enough is closer than what does not, and that the closer the further it reaches; then counts the prefix. */
function closeness(address: string, remoteAddress: string): number {
  const step = MAX_PREFIX_BITS + 1;
  if (isWildcardAddress(address)) return (Scope.Global + 1) * step;
  const level = isInScope(address, remoteAddress) ? Scope.Global + 1 : scopeOf(address);
  return level * step + commonPrefixBits(address, remoteAddress);
}

function commonPrefixBits(a: string, b: string): number {
  const left = addressBytes(a) ?? new Uint8Array(0);
  const right = addressBytes(b) ?? new Uint8Array(0);
  for (let i = 0; i < left.length; i++) {
    const difference = (left[i] ?? 0) ^ (right[i] ?? 0);
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24;
  }
  return 8 * left.length;
}
