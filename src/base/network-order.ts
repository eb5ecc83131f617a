/**
 * Numbers as they stand in packets: most significant byte first.
 * Owns: reading them out of bytes. Does not own: bounds, which the caller has checked; writing, which goes through the one
 * DataView of a packet that is being made (src/chunks/slab.ts).
 *
 * Hot: a DataView for each datagram that comes would cost more than all that is read of it.
 */

/** @returns 0 to 65,535 */
export function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}

/** @returns 0 to 2^32 - 1 */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number)) >>>
    0
  );
}
