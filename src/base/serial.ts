/**
 * RFC 1982 serial-number arithmetic on plain unsigned numbers (RFC 9260 1.6).
 * Owns: comparison and addition of TSNs and other 32-bit numbers across their wrap, and addition of 16-bit SSNs.
 * Does not own: numbers of which the caller does not know how many bits they have (sequence-space.ts), rings indexed by a TSN (their size is a power of two, so `tsn & mask` needs no help).
 *
 * Numbers, not a class: a boxed serial number costs 4.7 times as much (docs/architecture.md).
 */

/** `a + n` modulo 2^32; `n` may be negative. */
export const tsnAdd = (a: number, n: number): number => (a + n) >>> 0;
/** The signed distance from `b` to `a`, in -2^31 .. 2^31 - 1. */
export const tsnDiff = (a: number, b: number): number => (a - b) | 0;
/** Whether `a` is newer than `b`. */
export const tsnGt = (a: number, b: number): boolean => ((a - b) | 0) > 0;
/** Whether `a` is newer than `b`, or the same. */
export const tsnGte = (a: number, b: number): boolean => ((a - b) | 0) >= 0;
/** Whether `a` is older than `b`. */
export const tsnLt = (a: number, b: number): boolean => ((a - b) | 0) < 0;
/** Whether `a` is older than `b`, or the same. */
export const tsnLte = (a: number, b: number): boolean => ((a - b) | 0) <= 0;

/** `a + n` modulo 2^16; `n` may be negative. */
export const ssnAdd = (a: number, n: number): number => (a + n) & 0xffff;
