/**
 * Finding the association that a packet is for.
 * Owns: the look-up by verification tag and by ports and address, and which SCTP ports are in use.
 * Does not own: what is done with packets (stack.ts, special-packets.ts).
 */
import type { AssociationEngine } from "../association/engine.ts";
import { PassingMap } from "../base/places.ts";
import type { SharedPort } from "./shared-port.ts";

export class AssociationTable {
  readonly #byTag = new PassingMap<number, AssociationEngine>();
  /** For what carries no tag of ours: local port, remote port and remote address. */
  readonly #byAddress = new PassingMap<string, AssociationEngine>();
  readonly #portUsers = new Map<number, number>();
  readonly #shared: SharedPort | undefined;

  /** @param shared hears of every address, and may refuse it */
  constructor(shared?: SharedPort) {
    this.#shared = shared;
  }

  get size(): number {
    return this.#byTag.size;
  }
  get all(): Iterable<AssociationEngine> {
    return this.#byTag.values();
  }

  byTag(tag: number): AssociationEngine | undefined {
    return this.#byTag.get(tag);
  }

  hasTag(tag: number): boolean {
    return this.#byTag.has(tag);
  }

  byAddress(localPort: number, remotePort: number, remoteAddress: string): AssociationEngine | undefined {
    return this.#byAddress.get(addressKey(localPort, remotePort, remoteAddress));
  }

  /** Whether any association uses the local SCTP port. */
  isPortUsed(port: number): boolean {
    return this.#portUsers.has(port);
  }

  add(engine: AssociationEngine): void {
    this.#byTag.set(engine.identity.localTag, engine);
    const { localPort } = engine.identity;
    this.#portUsers.set(localPort, (this.#portUsers.get(localPort) ?? 0) + 1);
  }

  /** The association has another local port from now on. @returns false if an address there is another one's */
  move(engine: AssociationEngine, localPort: number): boolean {
    const { remoteAddresses } = engine.association;
    this.remove(engine);
    engine.identity.changeLocalPort(localPort);
    this.add(engine);
    return remoteAddresses.every((address) => this.claim(engine, address));
  }

  /** The association answers to another tag from now on: its peer restarted. */
  retag(engine: AssociationEngine, tag: number): void {
    this.#byTag.delete(engine.identity.localTag);
    this.#byTag.set(tag, engine);
  }

  /** @returns false if the address is another association's */
  claim(engine: AssociationEngine, address: string): boolean {
    const { localPort, remotePort } = engine.identity;
    const key = addressKey(localPort, remotePort, address);
    const owner = this.#byAddress.get(key);
    if (owner !== undefined) return owner === engine;
    if (this.#shared?.claim(localPort, remotePort, address) === false) return false;
    this.#byAddress.set(key, engine);
    return true;
  }

  unclaim(engine: AssociationEngine, address: string): void {
    const { localPort, remotePort } = engine.identity;
    const key = addressKey(localPort, remotePort, address);
    if (this.#byAddress.get(key) !== engine) return;
    this.#byAddress.delete(key);
    this.#shared?.unclaim(localPort, remotePort, address);
  }

  remove(engine: AssociationEngine): void {
    this.#byTag.delete(engine.identity.localTag);
    for (const address of engine.association.remoteAddresses) this.unclaim(engine, address);
    const { localPort } = engine.identity;
    const users = (this.#portUsers.get(localPort) ?? 1) - 1;
    if (users > 0) this.#portUsers.set(localPort, users);
    else this.#portUsers.delete(localPort);
  }
}

function addressKey(localPort: number, remotePort: number, remoteAddress: string): string {
  return `${localPort},${remotePort},${remoteAddress}`;
}
