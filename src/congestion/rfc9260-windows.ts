/**
 * The rules for windows of RFC 9260 section 7.2.1 that every controller here keeps.
 * Owns: the initial window, the initial ssthresh, how a window decays in a pause.
 * Does not own: growth and reduction (rfc9260.ts, cubic.ts), when a pause has ended (src/association/paths/path.ts).
 */

/** The byte bound of the initial window, by the family of the destination address. */
const INITIAL_WINDOW_BYTES = { 4: 4404, 6: 4344 } as const;
/** "Arbitrarily high". */
export const INITIAL_SSTHRESH_BYTES = 0xffff_ffff;
/** No pause and no loss makes ssthresh smaller than so many full DATA chunks (RFC 9260 7.2.1, 7.2.3). */
const LEAST_CHUNKS = 4;

export function initialCwndBytes(pmdcsBytes: number, family: 4 | 6): number {
  return Math.min(4 * pmdcsBytes, Math.max(2 * pmdcsBytes, INITIAL_WINDOW_BYTES[family]));
}

/** What is left of a window after so many whole RTOs without DATA: half of it for each, four full chunks at least. */
export function decayedCwndBytes(cwndBytes: number, pmdcsBytes: number, rtoCount: number): number {
  const floorBytes = leastSsthreshBytes(pmdcsBytes);
  let decayedBytes = cwndBytes;
  for (let i = 0; i < rtoCount && decayedBytes > floorBytes; i++)
    decayedBytes = Math.max(decayedBytes >>> 1, floorBytes);
  return decayedBytes;
}

export function leastSsthreshBytes(pmdcsBytes: number): number {
  return LEAST_CHUNKS * pmdcsBytes;
}
