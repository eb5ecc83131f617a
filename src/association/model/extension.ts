/**
 * The seam between the handshake and an extension of the protocol.
 * Owns: the shape of what an extension says and hears before there is an association. Does not own: when it is asked
 * (negotiation.ts), what it does once it has been agreed on (src/association/extensions).
 *
 * How the known extensions fit: partial reliability (RFC 3758) has a parameter and a chunk type; stream reconfiguration
 * (RFC 6525) and I-DATA (RFC 8260) are chunk types and nothing else; authentication (RFC 4895) saves its own RANDOM, CHUNKS and
 * HMAC-ALGO and the peer's, whole, for they make the key; address changes (RFC 5061) ask whether authentication has been agreed on; a zero
 * checksum (RFC 9653) goes in one direction, so its verdict is not undefined where only one side accepts it.
 */
import type { AssociationOptions } from "../../base/options.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import type { RandomSource } from "../../platform/random.ts";

/** What one side says of an extension in its INIT or INIT ACK. */
export interface Offer {
  /** Of its types; `encodeParameter` gives the bytes of a received one as they were sent, without the padding. */
  readonly parameters: readonly Parameter[];
  /** Those of the one Supported Extensions parameter (RFC 5061 4.2.7): what it adds there, or all that the peer listed. */
  readonly chunkTypes: readonly number[];
}

/** What an extension wants to know later on that wants to know nothing but that it was agreed on. */
export const NOTHING_SAVED: Uint8Array = new Uint8Array(0);

/** An offer of an extension that is known by the types of its chunks alone. */
export function offerOf(...chunkTypes: readonly number[]): Offer {
  return { parameters: [], chunkTypes };
}

/** What an offer depends on. */
export interface OfferContext {
  readonly options: AssociationOptions;
  readonly random: RandomSource;
  /** What the INIT said that an INIT ACK is to answer; undefined for an INIT. */
  readonly asked: Offer | undefined;
}

export interface Extension {
  /** The number of its RFC, or another where that one is taken: what a State Cookie calls it. 1 to 65535. */
  readonly id: number;
  /** Types of parameters in INIT and INIT ACK that it reads. While it is wanted, they do not count as unrecognized. */
  readonly parameterTypes: readonly number[];
  /** Whether this side offers it, and agrees to it. */
  isWanted(options: AssociationOptions): boolean;
  /** Asked once for an INIT, whose repetitions say the same, and for each INIT ACK. */
  offer(context: OfferContext): Offer;
  /**
   * Whether both sides agree, by what they said. An INIT ACK says only what has been agreed on, but for a collision.
   * @param agreed on those that stand before it in the list
   * @returns what it wants to know of this later on, which a State Cookie may have to carry; undefined if it is not agreed on
   */
  review(ours: Offer, theirs: Offer, agreed: { has(id: number): boolean }): Uint8Array | undefined;
  /** What an INIT or INIT ACK says against its RFC: the end of the set-up, by ABORT; undefined where nothing is wrong. In US-ASCII. */
  breachOf?(theirs: Offer): string | undefined;
}
