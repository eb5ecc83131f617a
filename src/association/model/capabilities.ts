/**
 * What both sides of an association can do beyond RFC 9260: the extensions that they agreed on.
 * Owns: that value, which never changes. Does not own: how they agree (negotiation.ts), what follows (src/association/extensions).
 */

/**
 * What a State Cookie calls those extensions that others ask for by name: the numbers of their RFCs, the type of its parameter for
 * one that shares its RFC with another, that of its chunk for one without an RFC.
 */
export const ExtensionId = {
  NonRenegableSack: 0x10,
  PartialReliability: 3758,
  Authentication: 4895,
  DynamicAddresses: 5061,
  Interleaving: 8260,
  AdaptationIndication: 0xc006,
} as const;

/** One extension that was agreed on. */
export interface Capability {
  /** The extension's. */
  readonly id: number;
  /** What it saved of the handshake, in a form of its own; a State Cookie carries it as it is. */
  readonly state: Uint8Array;
}

export class Capabilities {
  /** In the order in which they were agreed on. */
  readonly all: readonly Capability[];
  /** Those that have one more, which saved nothing: made once for all associations. */
  #more: Map<number, Capabilities> | undefined = undefined;

  constructor(all: readonly Capability[]) {
    this.all = all;
  }

  get isEmpty(): boolean {
    return this.all.length === 0;
  }

  has(id: number): boolean {
    return this.all.some((capability) => capability.id === id);
  }

  /** What an extension saved; undefined where it was not agreed on. */
  stateOf(id: number): Uint8Array | undefined {
    return this.all.find((capability) => capability.id === id)?.state;
  }

  /** One more; its state is copied, for it may be a view of a packet. */
  with({ id, state }: Capability): Capabilities {
    const known = state.length === 0 ? this.#more?.get(id) : undefined;
    if (known !== undefined) return known;
    const more = new Capabilities(this.all.concat({ id, state: state.slice() }));
    if (state.length === 0) {
      this.#more ??= new Map();
      this.#more.set(id, more);
    }
    return more;
  }
}

/** RFC 9260 alone. */
export const NO_CAPABILITIES: Capabilities = new Capabilities([]);
