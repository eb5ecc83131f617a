/**
 * Finding the association that a packet is for.
 * Owns: the look-up by verification tag and by ports and address, and which SCTP ports are in use.
 * Does not own: what is done with packets (stack.ts, special-packets.ts).
 */
import type { Association } from "../association/association.ts";
import type { SharedPort } from "./shared-port.ts";

export class AssociationTable {
  readonly #byTag = new Map<number, Association>();
  /** For what carries no tag of ours: local port, remote port and remote address. */
  readonly #byAddress = new Map<string, Association>();
  readonly #portUsers = new Map<number, number>();
  readonly #shared: SharedPort | undefined;

  /** @param shared hears of every address, and may refuse it */
  constructor(shared?: SharedPort) {
    this.#shared = shared;
  }

  get size(): number {
    return this.#byTag.size;
  }
  get all(): Iterable<Association> {
    return this.#byTag.values();
  }

  byTag(tag: number): Association | undefined {
    return this.#byTag.get(tag);
  }

  hasTag(tag: number): boolean {
    return this.#byTag.has(tag);
  }

  byAddress(localPort: number, remotePort: number, remoteAddress: string): Association | undefined {
    return this.#byAddress.get(addressKey(localPort, remotePort, remoteAddress));
  }

  /** Whether any association uses the local SCTP port. */
  isPortUsed(port: number): boolean {
    return this.#portUsers.has(port);
  }

  add(association: Association): void {
    this.#byTag.set(association.localTag, association);
    this.#portUsers.set(association.localPort, (this.#portUsers.get(association.localPort) ?? 0) + 1);
  }

  /** The association answers to another tag from now on: its peer restarted. */
  retag(association: Association, tag: number): void {
    this.#byTag.delete(association.localTag);
    this.#byTag.set(tag, association);
  }

  /** @returns false if the address is another association's */
  claim(association: Association, address: string): boolean {
    const key = addressKey(association.localPort, association.remotePort, address);
    const owner = this.#byAddress.get(key);
    if (owner !== undefined) return owner === association;
    const { localPort, remotePort } = association;
    if (this.#shared?.claim(localPort, remotePort, address) === false) return false;
    this.#byAddress.set(key, association);
    return true;
  }

  unclaim(association: Association, address: string): void {
    const key = addressKey(association.localPort, association.remotePort, address);
    if (this.#byAddress.get(key) !== association) return;
    this.#byAddress.delete(key);
    this.#shared?.unclaim(association.localPort, association.remotePort, address);
  }

  remove(association: Association): void {
    this.#byTag.delete(association.localTag);
    for (const address of association.remoteAddresses) this.unclaim(association, address);
    const users = (this.#portUsers.get(association.localPort) ?? 1) - 1;
    if (users > 0) this.#portUsers.set(association.localPort, users);
    else this.#portUsers.delete(association.localPort);
  }
}

function addressKey(localPort: number, remotePort: number, remoteAddress: string): string {
  return `${localPort},${remotePort},${remoteAddress}`;
}
