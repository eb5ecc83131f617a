/**
 * What the way to an address does to packets by their length.
 * Owns: its shape, what of an MTU is left for a packet. Does not own: who knows it (src/stack asks whoever drives it), the search for
 * what the rest of the way carries (paths/packet-size-search.ts).
 */

export interface PacketLimits {
  /** Larger ones do not leave whole, 512 to 65,507 bytes. */
  readonly maxBytes: number;
  /**
   * From this length on they are sure to leave in pieces, and what fragments cross carries them; undefined where none are cut, or it
   * is not known from where on.
   */
  readonly cutFromBytes: number | undefined;
  /** How far a search goes that nobody has asked for; undefined where it is not worth one. */
  readonly unaskedMaxBytes?: number | undefined;
  /** Packets never leave the host: nobody cuts them on their way, and what is lost is lost for want of room. */
  readonly staysOnHost?: boolean | undefined;
}

/** The MTU of Ethernet, which few links are below. */
export const USUAL_MTU_BYTES = 1_500;
/** Of IP and UDP. */
const HEADER_BYTES = { 4: 28, 6: 48 } as const;

/** The UDP payload, which is the packet, that leaves whole over an MTU. */
export function payloadOfMtu(mtuBytes: number, family: 4 | 6): number {
  return mtuBytes - HEADER_BYTES[family];
}
