/**
 * HMACs for hosts without an implementation of their own: the simulator, a browser page.
 * Owns: which hash is behind which key. Does not own: the hashes (sha1.ts, sha256.ts), Node's own (src/node/common/platform.ts).
 */
import type { HmacKey, HmacProvider } from "./hmac.ts";
import { SHA1 } from "./sha1.ts";
import { SHA256 } from "./sha256.ts";

export class PortableHmac implements HmacProvider {
  createKey(secret: Uint8Array): HmacKey {
    return SHA256.createKey(secret);
  }

  createSha1Key(secret: Uint8Array): HmacKey {
    return SHA1.createKey(secret);
  }
}
