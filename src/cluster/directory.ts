/**
 * Which worker has the association with given ports and an address of the peer, for the addresses whose home is here.
 * Owns: that account, and that the first who claims an address keeps it. Does not own: which addresses these are
 * (tag-layout.ts), what follows from a refusal (member.ts).
 */

/** The name of an address of a peer, as seen from one pair of SCTP ports. */
export function addressKey(localPort: number, remotePort: number, address: string): string {
  return `${localPort},${remotePort},${address}`;
}

export interface PeerAddress {
  readonly localPort: number;
  readonly remotePort: number;
  readonly address: string;
}

/** What `addressKey` was made of. */
export function peerAddressOf(key: string): PeerAddress {
  const [localPort, remotePort, address = ""] = key.split(",");
  return { localPort: Number(localPort), remotePort: Number(remotePort), address };
}

export class Directory {
  readonly #owners = new Map<string, number>();

  get size(): number {
    return this.#owners.size;
  }

  ownerOf(key: string): number | undefined {
    return this.#owners.get(key);
  }

  /** @returns false if another worker has it */
  claim(key: string, worker: number): boolean {
    const owner = this.#owners.get(key);
    if (owner === undefined) this.#owners.set(key, worker);
    return owner === undefined || owner === worker;
  }

  /** Forgets a claim of this worker's; another's stays. */
  release(key: string, worker: number): void {
    if (this.#owners.get(key) === worker) this.#owners.delete(key);
  }

  /** Forgets every key that is no business of this worker's any more. */
  keepOnly(isOurs: (key: string) => boolean): void {
    for (const key of this.#owners.keys()) if (!isOurs(key)) this.#owners.delete(key);
  }

  /** The worker died, and its associations with it. */
  forgetWorker(worker: number): void {
    for (const [key, owner] of this.#owners) if (owner === worker) this.#owners.delete(key);
  }
}
