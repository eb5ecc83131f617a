/**
 * Everything that the core needs of its host, in one object.
 * Owns: the list of seams. Does not own: any implementation.
 */
import type { HmacProvider } from "./hmac.ts";
import type { RandomSource } from "./random.ts";

export interface Platform {
  readonly random: RandomSource;
  readonly hmac: HmacProvider;
  /** Memory for messages that were reassembled from several fragments; a Node host gives a Buffer. */
  allocate(lengthBytes: number): Uint8Array;
}
