/**
 * Mistakes that somebody could make in authentication (RFC 4895); the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const SHA1 = "platform/sha1.ts";
const HASH = "platform/block-hash.ts";
const TERMS = "base/authentication.ts";
const AUTH = "chunks/auth.ts";
const EQUAL = "base/constant-time.ts";
const WRITER = "chunks/packet-writer.ts";
const VECTORS = "association/extensions/authentication/key-vectors.ts";
const KEYS = "association/extensions/authentication/association-keys.ts";
const EXTENSION = "association/extensions/authentication.ts";
const COOKIES = "stack/cookie-receiver.ts";
const OPTIONS = "socket/options/authentication-options.ts";
const RULES = "sim/checks/auth-rules.ts";

export const AUTHENTICATION_MUTANTS: readonly Mutant[] = [
  // ---- SHA-1 ----
  mutant("auth-sha-tail", HASH, "left + 9 > BLOCK_BYTES", "left + 8 > BLOCK_BYTES", "no room for the length"),
  mutant(
    "auth-sha-long-key",
    HASH,
    "secret.length > BLOCK_BYTES ? this.hash(secret)",
    "secret.length > BLOCK_BYTES + 64 ? this.hash(secret)",
    "a key of two blocks is no key",
  ),
  mutant("auth-sha-round", SHA1, "if (round < 60)", "if (round < 59)", "a round too few"),
  mutant("auth-sha-outer", HASH, "byte ^ 0x5c", "byte ^ 0x36", "both pads are the same"),
  mutant(
    "auth-sha-before",
    HASH,
    "this.#finish(inner, data, BLOCK_BYTES), BLOCK_BYTES)",
    "this.#finish(inner, data, BLOCK_BYTES), 0)",
    "the pad does not count",
  ),

  // ---- What the user wants ----
  mutant(
    "auth-copy",
    TERMS,
    "this.#secret = new Uint8Array(secret);",
    "this.#secret = secret.slice();",
    "the user's memory is the key",
  ),
  mutant(
    "auth-joined",
    TERMS,
    "joined.set(vectors, this.#secret.length);",
    "joined.set(vectors);",
    "the vectors stand on the secret",
  ),
  mutant(
    "auth-no-null",
    TERMS,
    "given === undefined ? new Map([[0, new SharedKey(new Uint8Array(0))]]) : checkedKeys(given)",
    "new Map([[0, new SharedKey(new Uint8Array(0))], ...(given === undefined ? [] : checkedKeys(given))])",
    "the empty key is always taken",
  ),
  mutant(
    "auth-sha1-must",
    TERMS,
    'if (!names.includes("SHA-1")) throw',
    "if (names.length === 0) throw",
    "SHA-256 alone will do",
  ),
  mutant(
    "auth-never",
    TERMS,
    "new Set([1, 2, 14, 15])",
    "new Set([1, 2, 15])",
    "SHUTDOWN COMPLETE may be asked for",
  ),
  mutant(
    "auth-active",
    TERMS,
    "if (id === this.activeKeyId) throw",
    "if (id === -1) throw",
    "the active key is deactivated",
  ),
  mutant(
    "auth-delete",
    TERMS,
    "if (!key.isDeactivated) throw",
    "if (id === -1) throw",
    "a key in use is deleted",
  ),
  mutant(
    "auth-deactivated",
    TERMS,
    "if (key.isDeactivated) throw",
    "if (id === -1) throw",
    "a deactivated key is used",
  ),

  // ---- In the packet ----
  mutant("auth-zero", AUTH, "field.fill(0); //", "//", "the HMAC covers itself"),
  mutant("auth-restore", AUTH, "  field.set(told);\n", "", "the packet is another one afterwards"),
  mutant("auth-compare", EQUAL, "return difference === 0;", "return difference < 256;", "any HMAC is right"),
  mutant(
    "auth-length",
    EQUAL,
    "if (a.length !== b.length) return false;",
    "if (a.length > b.length) return false;",
    "half an HMAC is one",
  ),
  mutant(
    "auth-subject",
    AUTH,
    "COMMON_HEADER_BYTES + padded(lengthBytes)",
    "COMMON_HEADER_BYTES + 28",
    "every HMAC is one of SHA-1",
  ),
  mutant(
    "auth-subject-end",
    AUTH,
    "next + CHUNK_HEADER_BYTES <= packet.length",
    "next <= packet.length",
    "nothing is a chunk",
  ),
  mutant(
    "auth-writer-room",
    WRITER,
    "this.#authAt === 0 ? room - authBytes : room",
    "room",
    "no room for AUTH",
  ),
  mutant(
    "auth-writer-once",
    WRITER,
    "signer !== undefined && this.#authAt === 0 && signer.requires",
    "signer !== undefined && signer.requires",
    "an AUTH chunk for each chunk",
  ),
  mutant(
    "auth-writer-key",
    WRITER,
    "if (this.#authAt !== 0) return this.#authKeyId === this.#signer.keyIdFor(keyId);",
    "if (this.#authAt !== 0) return true;",
    "messages with different keys share a packet",
  ),
  mutant(
    "auth-writer-begin",
    WRITER,
    "    this.#signer = signer;\n    this.#authAt = 0;",
    "    this.#signer = signer;",
    "the AUTH chunk of the packet before",
  ),

  // ---- Keys ----
  mutant(
    "auth-order",
    VECTORS,
    "const [first, second] = isLarger ? [b, a] : [a, b];",
    "const [first, second] = [a, b];",
    "ours comes first",
  ),
  mutant(
    "auth-longer",
    VECTORS,
    ": a.length > b.length;",
    ": a.length < b.length;",
    "the longer one is the smaller",
  ),
  mutant(
    "auth-vector",
    VECTORS,
    "[random, chunks, hmacs] as",
    "[random, hmacs, chunks] as",
    "another order of the parameters",
  ),
  mutant(
    "auth-first-hmac",
    VECTORS,
    ".find((id) => SUPPORTED.has(id))",
    ".findLast((id) => SUPPORTED.has(id))",
    "the last HMAC is the preferred one",
  ),
  mutant(
    "auth-ignored",
    VECTORS,
    ".filter((type) => !NEVER_AUTHENTICATED.has(type))",
    "",
    "SHUTDOWN COMPLETE is authenticated",
  ),
  mutant(
    "auth-split",
    VECTORS,
    "saved.subarray(2, end)",
    "saved.subarray(0, end)",
    "the length is part of the vector",
  ),
  mutant(
    "auth-hmac-kind",
    KEYS,
    'hmacId === HmacId["SHA-1"] ? this',
    'hmacId !== HmacId["SHA-1"] ? this',
    "one HMAC for the other",
  ),
  mutant(
    "auth-hmac-cache",
    KEYS,
    "const known = made.get(hmacId);",
    "const [known] = made.values();",
    "a key is one of the HMAC that came first",
  ),
  mutant(
    "auth-offered",
    KEYS,
    "if (!this.#ourHmacIds.includes(hmacId))",
    "if (hmacBytesOf(hmacId) === 0)",
    "an HMAC that was not offered is taken",
  ),
  mutant(
    "auth-unknown-key",
    KEYS,
    "const shared = terms.key(sharedKeyId);",
    "const shared = terms.key(sharedKeyId) ?? terms.key(terms.activeKeyId);",
    "any id is that of the active key",
  ),

  // ---- What comes ----
  mutant(
    "auth-random",
    EXTENSION,
    "parameter.random.length !== RANDOM_BYTES",
    "parameter.random.length > RANDOM_BYTES",
    "a short Random Number will do",
  ),
  mutant(
    "auth-reserve",
    EXTENSION,
    "host.outbound.reserve(authentication.authBytes);",
    "host.outbound.reserve(0);",
    "DATA is not authenticated",
  ),
  mutant(
    "auth-second",
    EXTENSION,
    "    if (this.#sawAuth) {",
    "    if (this.#sawAuth && !this.isAuthenticated) {",
    "AUTH may stand in a packet twice",
  ),
  mutant(
    "auth-stop",
    EXTENSION,
    '    }\n    return "stop";\n  }\n\n  /** 4.1. */',
    '    }\n    return "skip";\n  }\n\n  /** 4.1. */',
    "what follows a wrong AUTH chunk is heeded",
  ),
  mutant(
    "auth-packet",
    EXTENSION,
    "    this.isAuthenticated = isAuthenticated;\n",
    "    this.isAuthenticated ||= isAuthenticated;\n",
    "once authenticated, always authenticated",
  ),
  mutant(
    "auth-used",
    EXTENSION,
    "    this.#usedIds.add(keyId);\n",
    "",
    "each packet is the first with its key",
  ),
  mutant(
    "auth-free",
    EXTENSION,
    "|| this.#host.outbound.usesKey(keyId)) continue;",
    ") continue;",
    "a key is free while messages need it",
  ),
  mutant("auth-free-twice", EXTENSION, "      this.#freed.add(key);\n", "", "a key is free again and again"),
  mutant(
    "auth-cookie-must",
    EXTENSION,
    "chunksIn(vectorsFrom(saved).ours).includes(ChunkType.CookieEcho)",
    "chunksIn(vectorsFrom(saved).theirs).includes(ChunkType.CookieEcho)",
    "the peer's list is ours",
  ),
  mutant(
    "auth-report",
    EXTENSION,
    "this.#reportHmac(verdict.hmacId, source);",
    "void source;",
    "nobody hears that an HMAC is not supported",
  ),
  mutant(
    "auth-named",
    EXTENSION,
    "return keyId !== undefined && terms.key(keyId) !== undefined ? keyId : terms.activeKeyId;",
    "return terms.activeKeyId;",
    "a message's key is the active one",
  ),
  mutant(
    "auth-abort",
    "association/procedures/termination.ts",
    "authentication?.covered(chunks) ?? chunks",
    "chunks",
    "an ABORT goes bare",
  ),

  // ---- The COOKIE ECHO ----
  mutant(
    "auth-restart",
    COOKIES,
    "const known = isKnown ? existing.authentication : undefined;",
    'const known = undefined as AssociationEngine["authentication"];',
    "a restart is authenticated by its own keys",
  ),
  mutant(
    "auth-bare-cookie",
    COOKIES,
    "else if (terms !== undefined) isRight = !cookieMustBeAuthenticated(terms);",
    "",
    "a bare COOKIE ECHO is taken",
  ),
  mutant(
    "auth-bare-restart",
    COOKIES,
    "isRight = !known.mustBeAuthenticated(ChunkType.CookieEcho);",
    "isRight = true;",
    "a bare COOKIE ECHO restarts",
  ),
  mutant(
    "auth-rest",
    COOKIES,
    "engine.receive(datagram, rest, path, remoteUdpPort, maxChunksPerPacket, nowMs, isAuthenticated);",
    "engine.receive(datagram, rest, path, remoteUdpPort, maxChunksPerPacket, nowMs);",
    "what follows an authenticated COOKIE ECHO is not",
  ),
  mutant(
    "auth-collision",
    COOKIES,
    "existing !== undefined && !isSettingUp(existing.state)",
    'existing !== undefined && existing.state !== "COOKIE-WAIT"',
    "in COOKIE-ECHOED the first Random Number holds",
  ),

  // ---- Options, and the simulation's own eyes ----
  mutant(
    "auth-in-use",
    OPTIONS,
    "scope.entry?.association.usesSharedKey(keyNumber) === true",
    "false as boolean",
    "a key is deleted under messages that need it",
  ),
  mutant(
    "auth-local",
    OPTIONS,
    "entry?.association.localAuthenticatedChunks ?? authenticationTermsOf(options)?.chunkTypes",
    "authenticationTermsOf(options)?.chunkTypes",
    "a living association's list changes",
  ),
  mutant(
    "auth-message",
    "association/association.ts",
    "new OutboundMessage(data, info, nowMs, keyId)",
    "new OutboundMessage(data, info, nowMs)",
    "a message has the key that is active when it leaves",
  ),
  mutant(
    "auth-retransmit",
    "association/sending/sent-log.ts",
    "if (message !== undefined && isSuch(message)) return true;",
    "if (message !== undefined && isSuch(message)) return false;",
    "nothing outstanding needs a key",
  ),
  mutant("auth-rule-before", RULES, "(at === -1 || i < at)", "at === -1", "AUTH anywhere is enough"),
  mutant(
    "auth-rule-two",
    RULES,
    "if (at !== types.lastIndexOf(AUTH))",
    "if (at > types.lastIndexOf(AUTH))",
    "two AUTH chunks are fine",
  ),
  mutant(
    "auth-rule-unknown",
    RULES,
    "return at === -1 ? undefined :",
    "return at !== 0 ? undefined :",
    "AUTH to anybody",
  ),
  mutant("auth-rule-last", RULES, "at === types.length - 1", "at === types.length", "AUTH for nothing"),
  mutant(
    "auth-rule-wanted",
    RULES,
    "wanted.has(type) &&",
    "wanted.has(type + 1) &&",
    "another chunk is looked at",
  ),
];
