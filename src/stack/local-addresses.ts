/**
 * The addresses of this side.
 * Owns: which there are, and how large a packet they carry; which of them an INIT lists (RFC 6951 5.7), from which one a peer
 * is reached; refusing what the user takes for an address of ours, or of a peer's, and is none.
 * Does not own: sockets (src/node).
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { type AssociationOptions, associationOptions } from "../base/options.ts";
import {
  type AddressFamily,
  addressBytes,
  addressFamily,
  canonicalAddress,
  isUnicastAddress,
  isWildcardAddress,
} from "../platform/address.ts";
import type { LowerLayer } from "./types.ts";

const FAMILIES = [4, 6] as const;

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
   * Addresses for INIT and INIT ACK: none where there is but one, or a wildcard, so that NATs do no harm.
   * @param among those that an endpoint is bound to
   */
  advertised(among: readonly string[] = this.#addresses): readonly string[] {
    const concrete = among.filter(
      (address) => !isWildcardAddress(address) && this.#addresses.includes(address),
    );
    return concrete.length > 1 && concrete.length === among.length ? concrete : [];
  }

  /** The families that any of the addresses is of. @param among those that an endpoint is bound to */
  families(among: readonly string[] = this.#addresses): readonly AddressFamily[] {
    return FAMILIES.filter((family) => among.some((address) => addressFamily(address) === family));
  }

  /**
   * The address of the right family with the longest common prefix; the first where nothing fits.
   * @param among those that an endpoint is bound to
   */
  towards(remoteAddress: string, among: readonly string[] = this.#addresses): string {
    let best = "";
    let bestBits = -1;
    for (const address of among) {
      if (!this.#addresses.includes(address)) continue;
      if (addressFamily(address) !== addressFamily(remoteAddress)) continue;
      const bits = isWildcardAddress(address) ? 0 : commonPrefixBits(address, remoteAddress);
      if (bits <= bestBits) continue;
      best = address;
      bestBits = bits;
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

function commonPrefixBits(a: string, b: string): number {
  const left = addressBytes(a) ?? new Uint8Array(0);
  const right = addressBytes(b) ?? new Uint8Array(0);
  for (let i = 0; i < left.length; i++) {
    const difference = (left[i] ?? 0) ^ (right[i] ?? 0);
    if (difference !== 0) return 8 * i + Math.clz32(difference) - 24;
  }
  return 8 * left.length;
}
