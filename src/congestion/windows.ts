/**
 * What windows are to begin with, and what is left of them in a pause.
 * Owns: the initial window of RFC 9260 7.2.1 and the larger one of those who deviate from it, the initial ssthresh, the decay.
 * Does not own: growth and reduction (rfc9260.ts, cubic.ts, bbr-control.ts), when a pause has ended (src/association/paths/path.ts).
 */

/** RFC 9260: the byte bound of the initial window, by the family of the destination address. */
const RFC9260_BYTES = { 4: 4404, 6: 4344 } as const;
/** RFC 6928 2, RFC 9002 7.2. */
const PACKETS = 10;
const LEAST_PACKETS = 2;
/** Ten packets of a common size: of large ones fewer. */
const COMMON_BYTES = 14_600;
/** "Arbitrarily high". */
export const INITIAL_SSTHRESH_BYTES = 0xffff_ffff;
/** No pause and no loss makes ssthresh smaller than so many full DATA chunks (RFC 9260 7.2.1, 7.2.3). */
const LEAST_CHUNKS = 4;

/** RFC 9260 7.2.1. */
export function rfc9260InitialCwndBytes(pmdcsBytes: number, family: 4 | 6): number {
  return Math.min(4 * pmdcsBytes, Math.max(2 * pmdcsBytes, RFC9260_BYTES[family]));
}

/** As TCP and QUIC begin: whoever grows and falls as they do would be behind them by two round trips else. */
export function initialCwndBytes(pmdcsBytes: number): number {
  return Math.min(PACKETS * pmdcsBytes, Math.max(LEAST_PACKETS * pmdcsBytes, COMMON_BYTES));
}

/** RFC 9260 7.2.1: what is left of a window after so many whole RTOs without DATA is half of it for each, down to a floor. */
export function decayedCwndBytes(cwndBytes: number, floorBytes: number, rtoCount: number): number {
  let decayedBytes = cwndBytes;
  for (let i = 0; i < rtoCount && decayedBytes > floorBytes; i++)
    decayedBytes = Math.max(decayedBytes >>> 1, floorBytes);
  return decayedBytes;
}

export function leastSsthreshBytes(pmdcsBytes: number): number {
  return LEAST_CHUNKS * pmdcsBytes;
}
