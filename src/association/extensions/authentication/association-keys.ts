/**
 * The keys of one association, or of one that a State Cookie describes (RFC 4895 6.1, 6.3).
 * Owns: the association shared keys, each made when it is used for the first time; whether an AUTH chunk is right.
 * Does not own: what they are made of (key-vectors.ts, src/base/authentication.ts), what follows from the verdict.
 */
import { type AuthenticationTerms, HmacId, type SharedKey } from "../../../base/authentication.ts";
import { uint16At } from "../../../base/network-order.ts";
import { authFieldsAt, hmacIsRight } from "../../../chunks/auth.ts";
import type { HmacKey, HmacProvider } from "../../../platform/hmac.ts";
import { hmacsIn, inOrder, vectorsFrom } from "./key-vectors.ts";

/** By their ids. */
const HMAC_BYTES: ReadonlyMap<number, number> = new Map([
  [HmacId["SHA-1"], 20],
  [HmacId["SHA-256"], 32],
]);

export function hmacBytesOf(hmacId: number): number {
  return HMAC_BYTES.get(hmacId) ?? 0;
}

/** What is to be said of an AUTH chunk. */
export type AuthVerdict =
  | { readonly kind: "right"; readonly keyId: number }
  | { readonly kind: "unsupported-hmac"; readonly hmacId: number }
  | { readonly kind: "wrong"; readonly detail: string };

export class AssociationKeys {
  readonly #hmac: HmacProvider;
  readonly #vectors: Uint8Array;
  readonly #ourHmacIds: readonly number[];
  /** By endpoint pair shared key, then by HMAC. */
  readonly #made: WeakMap<SharedKey, Map<number, HmacKey>> = new WeakMap();

  /** @param saved both key vectors, as a State Cookie carries them */
  constructor(saved: Uint8Array, hmac: HmacProvider) {
    const { ours, theirs } = vectorsFrom(saved);
    this.#hmac = hmac;
    this.#vectors = inOrder(ours, theirs);
    this.#ourHmacIds = hmacsIn(ours);
  }

  /** The association shared key that is made of an endpoint pair shared key. */
  keyFrom(shared: SharedKey, hmacId: number): HmacKey {
    const made = this.#made.get(shared) ?? new Map<number, HmacKey>();
    const known = made.get(hmacId);
    if (known !== undefined) return known;
    const key = shared.associationKey(this.#vectors, (secret) =>
      hmacId === HmacId["SHA-1"] ? this.#hmac.createSha1Key(secret) : this.#hmac.createKey(secret),
    );
    this.#made.set(shared, made.set(hmacId, key));
    return key;
  }

  /** The AUTH chunk at `at`, and all behind it (6.3). */
  judge(packet: Uint8Array, at: number, terms: AuthenticationTerms): AuthVerdict {
    const fields = authFieldsAt(packet, at, uint16At(packet, at + 2));
    if (fields === undefined) return { kind: "wrong", detail: "an AUTH chunk without its fixed part" };
    const { hmacId, sharedKeyId } = fields;
    if (!this.#ourHmacIds.includes(hmacId)) return { kind: "unsupported-hmac", hmacId };
    const shared = terms.key(sharedKeyId);
    if (shared === undefined) return { kind: "wrong", detail: `there is no key ${sharedKeyId}` };
    return hmacIsRight(packet, at, fields, this.keyFrom(shared, hmacId))
      ? { kind: "right", keyId: sharedKeyId }
      : { kind: "wrong", detail: `the HMAC is wrong, key ${sharedKeyId}` };
  }
}
