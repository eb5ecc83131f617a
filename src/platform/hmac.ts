/**
 * The seam for message authentication codes.
 * Owns: the interface through which State Cookies are signed (RFC 9260 5.1.3).
 * Does not own: the portable implementation (src/platform/sha256.ts) and the host's (src/node/common/platform.ts).
 */

/** One HMAC-SHA-256 key, ready to sign. */
export interface HmacKey {
  /** The 32-byte HMAC-SHA-256 of `data`. */
  sign(data: Uint8Array): Uint8Array;
}

export interface HmacProvider {
  /** Prepares a key; `secret` may be of any length, 32 bytes are advised. */
  createKey(secret: Uint8Array): HmacKey;
}
