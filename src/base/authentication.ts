/**
 * What a user wants of authentication (RFC 4895): chunk types, HMACs, shared keys.
 * Owns: the option `authentication`, its check, what is kept of it; that no secret can be read from it by chance.
 * Does not own: what is done with it (src/association/extensions/authentication.ts).
 *
 * What is kept never changes: another set of keys is another object.
 */
import type { HmacKey } from "../platform/hmac.ts";
import { SctpError, SctpErrorCode } from "./errors.ts";
import { checkOptions, isObject, isWhole, type OptionNames, received } from "./option-check.ts";

/** The HMACs of RFC 4895 3.3 by the names of their hashes. */
export type HmacName = "SHA-1" | "SHA-256";

/** What authentication is to be like; what is left out has its default. */
export interface AuthenticationInput {
  /**
   * The chunk types that the peer must authenticate, by their numbers (`ChunkType`); those that move user data, reset streams and
   * change addresses if absent: 0, 64, 128, 130, 192, 193, 194. Not INIT, INIT ACK, SHUTDOWN COMPLETE and AUTH.
   */
  readonly chunks?: readonly number[] | undefined;
  /** The HMACs that the peer may use, the preferred one first; SHA-256, then SHA-1 if absent. SHA-1 must be among them. */
  readonly hmacs?: readonly HmacName[] | undefined;
  /**
   * The secrets that both sides know, by their ids, 0 to 65,535; they are copied. Nothing else is taken from the peer then. If
   * absent there is one, empty, of the id 0: that keeps off whoever has not seen the handshake, and nobody else.
   */
  readonly keys?: Readonly<Record<number, Uint8Array>> | undefined;
  /** The id of the key that is used for what is sent. 0 if absent, or the only one. */
  readonly activeKeyId?: number | undefined;
}

/** `true`: with all defaults. */
export type AuthenticationOption = boolean | AuthenticationInput | AuthenticationTerms;

/** RFC 4895 3.3, Table 2. */
export const HmacId: Readonly<Record<HmacName, number>> = { "SHA-1": 1, "SHA-256": 3 };
/** INIT, INIT ACK, SHUTDOWN COMPLETE and AUTH itself (RFC 4895 3.2). */
export const NEVER_AUTHENTICATED: ReadonlySet<number> = new Set([1, 2, 14, 15]);
const DEFAULT_CHUNKS: readonly number[] = [0, 64, 128, 130, 192, 193, 194];
const DEFAULT_HMACS: readonly HmacName[] = ["SHA-256", "SHA-1"];
const MAX_KEY_ID = 65_535;
const MAX_SECRET_BYTES = 65_535;

const isChunkType = isWhole(0, 255);
const isKeyId = isWhole(0, MAX_KEY_ID);

const NAMES: OptionNames<AuthenticationInput> = {
  of: "authentication",
  see: "AuthenticationInput",
  kinds: {
    chunks: (value) => (Array.isArray(value) ? undefined : "a list of chunk types"),
    hmacs: (value) => (Array.isArray(value) ? undefined : "a list of names of HMACs"),
    keys: isObject,
    activeKeyId: isKeyId,
  },
  meant: { chunkTypes: "chunks", algorithms: "hmacs", sharedKeys: "keys", activeKey: "activeKeyId" },
};

/** An endpoint pair shared key. */
export class SharedKey {
  readonly #secret: Uint8Array;
  /** RFC 6458 8.3.4: the user sends no more messages with it. What the peer sends with it is still taken. */
  readonly isDeactivated: boolean;

  constructor(secret: Uint8Array, isDeactivated = false) {
    this.#secret = new Uint8Array(secret); // A Buffer's slice() is no copy.
    this.isDeactivated = isDeactivated;
  }

  deactivated(): SharedKey {
    return new SharedKey(this.#secret, true);
  }

  /**
   * The key of an association that is made of it (RFC 4895 6.1).
   * @param vectors both key vectors, the smaller one first
   * @param prepare of the platform; it is given memory that is overwritten afterwards
   */
  associationKey(vectors: Uint8Array, prepare: (secret: Uint8Array) => HmacKey): HmacKey {
    const joined = new Uint8Array(this.#secret.length + vectors.length);
    joined.set(this.#secret);
    joined.set(vectors, this.#secret.length);
    const key = prepare(joined);
    joined.fill(0);
    return key;
  }
}

interface TermsInit {
  readonly chunkTypes: readonly number[];
  readonly hmacIds: readonly number[];
  readonly keys: ReadonlyMap<number, SharedKey>;
  readonly activeKeyId: number;
}

/** What was wanted, checked. */
export class AuthenticationTerms {
  /** That the peer must authenticate, each once. */
  readonly chunkTypes: readonly number[];
  /** That the peer may use, the preferred one first. */
  readonly hmacIds: readonly number[];
  /** Of what is sent; there is such a key. */
  readonly activeKeyId: number;
  /** Ids of keys that are not to be used for new messages. */
  readonly deactivatedIds: readonly number[];
  readonly #keys: ReadonlyMap<number, SharedKey>;

  constructor({ chunkTypes, hmacIds, keys, activeKeyId }: TermsInit) {
    this.chunkTypes = chunkTypes;
    this.hmacIds = hmacIds;
    this.activeKeyId = activeKeyId;
    this.#keys = keys;
    this.deactivatedIds = [...keys].filter(([, key]) => key.isDeactivated).map(([id]) => id);
  }

  /** Undefined where there is none of the id. */
  key(id: number): SharedKey | undefined {
    return this.#keys.get(id);
  }

  /** @throws SctpError ERR_SCTP_INVALID_OPTION for a type that is never authenticated */
  withChunk(type: number): AuthenticationTerms {
    return this.#with({ chunkTypes: checkedChunks([...this.chunkTypes, type]) });
  }

  /** @throws SctpError ERR_SCTP_INVALID_OPTION without SHA-1 */
  withHmacs(names: readonly HmacName[]): AuthenticationTerms {
    return this.#with({ hmacIds: checkedHmacs(names) });
  }

  /** A key more, or another one of the same id. */
  withKey(id: number, secret: Uint8Array): AuthenticationTerms {
    return this.#with({ keys: new Map(this.#keys).set(id, new SharedKey(secret)) });
  }

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT where there is no such key, or it has been deactivated */
  withActiveKey(id: number): AuthenticationTerms {
    requireUsable(this, id);
    return this.#with({ activeKeyId: id });
  }

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT where there is no such key, or it is the active one */
  withoutUseOf(id: number): AuthenticationTerms {
    const key = this.#keys.get(id);
    if (key === undefined) throw refusal(`there is no key ${id}`);
    if (id === this.activeKeyId) throw refusal(`key ${id} is the active one: make another one active first`);
    return this.#with({ keys: new Map(this.#keys).set(id, key.deactivated()) });
  }

  /** @throws SctpError ERR_SCTP_INVALID_ARGUMENT where there is no such key, or it has not been deactivated */
  without(id: number): AuthenticationTerms {
    const key = this.#keys.get(id);
    if (key === undefined) throw refusal(`there is no key ${id}`);
    if (!key.isDeactivated) throw refusal(`key ${id} must be deactivated first`);
    const keys = new Map(this.#keys);
    keys.delete(id);
    return this.#with({ keys });
  }

  #with(change: Partial<TermsInit>): AuthenticationTerms {
    const { chunkTypes, hmacIds, activeKeyId } = this;
    return new AuthenticationTerms({ chunkTypes, hmacIds, activeKeyId, keys: this.#keys, ...change });
  }
}

/** What holds where nothing was wanted: nothing is asked of the peer, and there is the empty key. */
export const PLAIN_TERMS: AuthenticationTerms = termsFrom({ chunks: [] });

/** Of an association's options; undefined where authentication is off. */
export function authenticationTermsOf({
  authentication,
}: {
  readonly authentication: AuthenticationOption;
}): AuthenticationTerms | undefined {
  return authentication instanceof AuthenticationTerms ? authentication : undefined;
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT where there is no such key, or it has been deactivated */
export function requireUsable(terms: AuthenticationTerms, id: number): void {
  const key = isKeyId(id) === undefined ? terms.key(id) : undefined;
  if (key === undefined) throw refusal(`there is no key ${received(id)}`);
  if (key.isDeactivated) throw refusal(`key ${id} has been deactivated`);
}

/**
 * What is kept of the option.
 * @throws SctpError ERR_SCTP_INVALID_OPTION; it says nothing of secrets
 */
export function checkedAuthentication(value: unknown): AuthenticationOption {
  if (value === false || value instanceof AuthenticationTerms) return value;
  if (value === true) return termsFrom({});
  if (isObject(value) !== undefined)
    throw invalid(`authentication must be true, false or an object, not ${received(value)}`);
  return termsFrom(checkOptions<AuthenticationInput>(value as AuthenticationInput, NAMES));
}

function termsFrom({
  chunks = DEFAULT_CHUNKS,
  hmacs = DEFAULT_HMACS,
  keys: given,
  activeKeyId,
}: AuthenticationInput): AuthenticationTerms {
  const keys = given === undefined ? new Map([[0, new SharedKey(new Uint8Array(0))]]) : checkedKeys(given);
  const [onlyId] = keys.size === 1 ? keys.keys() : [];
  const active = activeKeyId ?? (keys.has(0) ? 0 : onlyId);
  if (active === undefined) throw invalid("say which of the keys is to be used: activeKeyId");
  if (!keys.has(active)) throw invalid(`activeKeyId is ${active}, and there is no such key`);
  return new AuthenticationTerms({
    chunkTypes: checkedChunks(chunks),
    hmacIds: checkedHmacs(hmacs),
    keys,
    activeKeyId: active,
  });
}

function checkedChunks(types: readonly number[]): readonly number[] {
  for (const type of types) {
    if (isChunkType(type) !== undefined)
      throw invalid(`a chunk type is a whole number from 0 to 255, not ${received(type)}`);
    if (NEVER_AUTHENTICATED.has(type))
      throw invalid(`chunks of the type ${type} are never authenticated (RFC 4895 3.2)`);
  }
  return [...new Set(types)];
}

function checkedHmacs(names: readonly HmacName[]): readonly number[] {
  for (const name of names)
    if (!Object.hasOwn(HmacId, name)) throw invalid(`there is no HMAC ${received(name)}: SHA-1, SHA-256`);
  if (!names.includes("SHA-1")) throw invalid("SHA-1 must be among the HMACs (RFC 4895 6.1)");
  return [...new Set(names)].map((name) => HmacId[name]);
}

function checkedKeys(given: Readonly<Record<number, Uint8Array>>): Map<number, SharedKey> {
  const keys = new Map<number, SharedKey>();
  for (const [name, secret] of Object.entries(given)) {
    const id = Number(name);
    if (isKeyId(id) !== undefined) throw invalid(`the id of a key is a whole number from 0 to ${MAX_KEY_ID}`);
    if (!(secret instanceof Uint8Array) || secret.length > MAX_SECRET_BYTES)
      throw invalid(`key ${id} must be a Uint8Array of at most ${MAX_SECRET_BYTES} bytes`);
    keys.set(id, new SharedKey(secret));
  }
  if (keys.size === 0) throw invalid("keys must not be empty: leave them out for the empty key");
  return keys;
}

function invalid(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.InvalidOption, sentence);
}

function refusal(sentence: string): SctpError {
  return new SctpError(SctpErrorCode.InvalidArgument, sentence);
}
