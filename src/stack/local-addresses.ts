/**
 * The addresses of this side.
 * Owns: which there are, which of them an INIT lists (RFC 6951 5.7), from which one a peer is reached.
 * Does not own: sockets (src/node).
 */
import { type AddressFamily, addressBytes, addressFamily, isWildcardAddress } from "../platform/address.ts";

export class LocalAddresses {
  readonly #addresses: string[] = [];

  get all(): readonly string[] {
    return this.#addresses;
  }

  add(address: string): void {
    if (!this.#addresses.includes(address)) this.#addresses.push(address);
  }

  remove(address: string): void {
    const index = this.#addresses.indexOf(address);
    if (index !== -1) this.#addresses.splice(index, 1);
  }

  /** Addresses for INIT and INIT ACK: none where there is but one, or a wildcard, so that NATs do no harm. */
  get advertised(): readonly string[] {
    const concrete = this.#addresses.filter((address) => !isWildcardAddress(address));
    return concrete.length > 1 && concrete.length === this.#addresses.length ? concrete : [];
  }

  /** The families that any of the addresses is of. */
  get families(): readonly AddressFamily[] {
    return [...new Set(this.#addresses.map(addressFamily))].sort();
  }

  /** The address of the right family with the longest common prefix; the first where nothing fits. */
  towards(remoteAddress: string): string {
    let best = "";
    let bestBits = -1;
    for (const address of this.#addresses) {
      if (addressFamily(address) !== addressFamily(remoteAddress)) continue;
      const bits = isWildcardAddress(address) ? 0 : commonPrefixBits(address, remoteAddress);
      if (bits <= bestBits) continue;
      best = address;
      bestBits = bits;
    }
    return best === "" ? (this.#addresses[0] ?? "") : best;
  }

  /** Whether any socket can reach an address of that family. */
  reaches(remoteAddress: string): boolean {
    return this.#addresses.some((address) => addressFamily(address) === addressFamily(remoteAddress));
  }
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
