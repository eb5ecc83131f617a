/**
 * The seam for message authentication codes.
 * Owns: the interface through which State Cookies are signed (RFC 9260 5.1.3), and packets authenticated (RFC 4895).
 * Does not own: the portable implementation (portable-hmac.ts) and the host's (src/node/common/platform.ts).
 */

/** One key of an HMAC, ready to sign. */
export interface HmacKey {
  /** The HMAC of `data`: 32 bytes where it is made of SHA-256, 20 where it is made of SHA-1. */
  sign(data: Uint8Array): Uint8Array;
}

export interface HmacProvider {
  /** Prepares a key of HMAC-SHA-256; `secret` may be of any length, 32 bytes are advised. */
  createKey(secret: Uint8Array): HmacKey;
  /** Prepares a key of HMAC-SHA-1, for peers that have nothing better (RFC 4895 3.3); `secret` may be of any length. */
  createSha1Key(secret: Uint8Array): HmacKey;
}
