/**
 * A NAT in front of one host of the simulation (RFC 6951 3.2): what the world sees of its UDP port.
 * Owns: the mapping of an inner address to an outer address and port, and its changes. Does not own: links, hosts.
 */

/** The first outer port; each new binding takes the next one. */
const FIRST_PORT = 20_000;

interface Binding {
  readonly innerAddress: string;
  readonly outerAddress: string;
  outerPort: number;
}

export class NatTable {
  readonly #byInner = new Map<string, Binding>();
  readonly #byOuter = new Map<string, Binding>();
  #nextPort = FIRST_PORT;

  /** From now on `innerAddress` is seen as `outerAddress`, under a port of the NAT's choice. */
  add(innerAddress: string, outerAddress: string): void {
    const binding = { innerAddress, outerAddress, outerPort: this.#nextPort++ };
    this.#byInner.set(innerAddress, binding);
    this.#byOuter.set(outerAddress, binding);
  }

  /** The NAT forgets its binding: what the host sends next gets another port; the old one leads nowhere. */
  rebind(innerAddress: string): void {
    const binding = this.#byInner.get(innerAddress);
    if (binding !== undefined) binding.outerPort = this.#nextPort++;
  }

  /** How the world sees a sender. */
  outward(address: string, port: number): { readonly address: string; readonly port: number } {
    const binding = this.#byInner.get(address);
    return binding === undefined
      ? { address, port }
      : { address: binding.outerAddress, port: binding.outerPort };
  }

  /** Whom a datagram from the world reaches; undefined where the NAT has no binding for the port. */
  inward(
    address: string,
    port: number,
  ): { readonly address: string; readonly isTranslated: boolean } | undefined {
    const binding = this.#byOuter.get(address);
    if (binding === undefined) return { address, isTranslated: false };
    return binding.outerPort === port ? { address: binding.innerAddress, isTranslated: true } : undefined;
  }
}
