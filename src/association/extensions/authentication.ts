/**
 * Authentication of chunks by keys that both sides know (RFC 4895).
 * Owns: what INIT and INIT ACK say of it; which chunks are dropped for want of it; what an AUTH chunk that is wrong does; the
 * AUTH chunks of this side; what the user hears of keys.
 * Does not own: the keys of an association (authentication/association-keys.ts), those of the user (src/base/authentication.ts),
 * where an AUTH chunk stands in a packet (src/chunks/packet-writer.ts), a COOKIE ECHO behind one (src/stack/cookie-receiver.ts).
 */
import {
  type AuthenticationTerms,
  authenticationTermsOf,
  PLAIN_TERMS,
  type SharedKey,
} from "../../base/authentication.ts";
import { wantsAuthenticatedAddresses } from "../../base/dynamic-addresses.ts";
import { uint16At } from "../../base/network-order.ts";
import type { AssociationOptions } from "../../base/options.ts";
import { AUTH_HEADER_BYTES, writeAuth } from "../../chunks/auth.ts";
import { ByteBuilder } from "../../chunks/byte-builder.ts";
import type { Cause } from "../../chunks/causes.ts";
import { addChunk, type Chunk, decodeChunk, typeOfChunk } from "../../chunks/chunk.ts";
import { CauseCode, ChunkType, chunkTypeName, ParameterType } from "../../chunks/codes.ts";
import type { Parameter } from "../../chunks/parameters.ts";
import { padded } from "../../chunks/tlv.ts";
import type { HmacProvider } from "../../platform/hmac.ts";
import { ExtensionId } from "../model/capabilities.ts";
import type { ChunkOutcome } from "../model/chunk-handler.ts";
import type { Offer, OfferContext } from "../model/extension.ts";
import type { PacketAuthentication } from "../model/packet-authentication.ts";
import { maySendData } from "../model/state.ts";
import type { Path } from "../paths/path.ts";
import type { AssociationExtension, ExtensionHost } from "./association-extension.ts";
import { AssociationKeys, hmacBytesOf } from "./authentication/association-keys.ts";
import { chunksIn, hmacFor, savedVectors, vectorOf, vectorsFrom } from "./authentication/key-vectors.ts";

/** RFC 4895 6.1. */
const RANDOM_BYTES = 32;

export const AUTHENTICATION: AssociationExtension = {
  id: ExtensionId.Authentication,
  parameterTypes: [ParameterType.Random, ParameterType.ChunkList, ParameterType.HmacAlgorithm],
  isWanted: (options) => options.authentication !== false || wantsAuthenticatedAddresses(options),
  offer,
  review(ours, theirs) {
    const [our, their] = [vectorOf(ours), vectorOf(theirs)];
    if (our === undefined || their === undefined || hmacFor(their) === undefined) return undefined;
    return savedVectors(our, their);
  },
  breachOf({ parameters }) {
    const isWrong = (parameter: Parameter): boolean =>
      parameter.kind === "RANDOM" && parameter.random.length !== RANDOM_BYTES;
    return parameters.some(isWrong) ? "the Random Number has not 32 bytes" : undefined;
  },
  join(host, saved) {
    const authentication = new Authentication(host, saved);
    if (authentication.requires(host.outbound.userDataType)) host.outbound.reserve(authentication.authBytes);
    return { handlers: [], timed: [], authentication };
  },
};

/** What both INIT and INIT ACK say; a State Cookie keeps it, and nothing else does (6.1). */
function offer({ options, random }: OfferContext): Offer {
  const { hmacIds } = authenticationTermsOf(options) ?? PLAIN_TERMS;
  const chunkTypes = authenticatedChunkTypes(options);
  const bytes = new Uint8Array(RANDOM_BYTES);
  random.fill(bytes);
  const parameters: Parameter[] = [{ kind: "RANDOM", type: ParameterType.Random, random: bytes }];
  if (chunkTypes.length > 0) parameters.push({ kind: "CHUNKS", type: ParameterType.ChunkList, chunkTypes });
  parameters.push({ kind: "HMAC-ALGO", type: ParameterType.HmacAlgorithm, hmacIds });
  return { parameters, chunkTypes: [ChunkType.Auth] };
}

/** The chunk types that this side wants authenticated: those that its user names, and those that change addresses. */
export function authenticatedChunkTypes(options: AssociationOptions): readonly number[] {
  const { chunkTypes } = authenticationTermsOf(options) ?? PLAIN_TERMS;
  if (!wantsAuthenticatedAddresses(options)) return chunkTypes;
  return [...new Set([...chunkTypes, ChunkType.Asconf, ChunkType.AsconfAck])];
}

/** What an association that a State Cookie describes will ask of a packet with its COOKIE ECHO (6.3). */
export interface CookieTerms {
  /** What it saved of authentication. */
  readonly saved: Uint8Array;
  readonly terms: AuthenticationTerms | undefined;
  readonly hmac: HmacProvider;
}

/** Whether a COOKIE ECHO is taken only behind an AUTH chunk. */
export function cookieMustBeAuthenticated({ saved }: CookieTerms): boolean {
  return chunksIn(vectorsFrom(saved).ours).includes(ChunkType.CookieEcho);
}

/** Whether the AUTH chunk before a COOKIE ECHO is right. */
export function cookieIsAuthenticated(
  { saved, terms, hmac }: CookieTerms,
  packet: Uint8Array,
  authAt: number,
): boolean {
  return new AssociationKeys(saved, hmac).judge(packet, authAt, terms ?? PLAIN_TERMS).kind === "right";
}

class Authentication implements PacketAuthentication<Path> {
  readonly authBytes: number;
  readonly ourChunkTypes: readonly number[];
  readonly peerChunkTypes: readonly number[];
  isAuthenticated = false;
  readonly #host: ExtensionHost;
  readonly #keys: AssociationKeys;
  /** Of what is sent. */
  readonly #hmacId: number;
  readonly #ours: ReadonlySet<number>;
  readonly #theirs: ReadonlySet<number>;
  #sawAuth = false;
  /** Keys that the peer has used. */
  readonly #usedIds: Set<number> = new Set([0]);
  /** Keys of which the user has heard that they are used no more. */
  readonly #freed: WeakSet<SharedKey> = new WeakSet();

  constructor(host: ExtensionHost, saved: Uint8Array) {
    const { ours, theirs } = vectorsFrom(saved);
    this.#host = host;
    this.#keys = new AssociationKeys(saved, host.seat.platform.hmac);
    this.#hmacId = hmacFor(theirs) ?? 0;
    this.authBytes = padded(AUTH_HEADER_BYTES + hmacBytesOf(this.#hmacId));
    this.ourChunkTypes = chunksIn(ours);
    this.peerChunkTypes = chunksIn(theirs);
    this.#ours = new Set(this.ourChunkTypes);
    this.#theirs = new Set(this.peerChunkTypes);
  }

  get #terms(): AuthenticationTerms {
    return authenticationTermsOf(this.#host.settings.options) ?? PLAIN_TERMS;
  }

  // ---- What comes --------------------------------------------------------------------------------------------

  mustBeAuthenticated(chunkType: number): boolean {
    return this.#ours.has(chunkType);
  }

  beginPacket(isAuthenticated: boolean): void {
    this.isAuthenticated = isAuthenticated;
    this.#sawAuth = isAuthenticated;
  }

  review(packet: Uint8Array, start: number, source: Path): ChunkOutcome {
    const type = packet[start] as number;
    if (type === ChunkType.Auth) return this.#onAuth(packet, start, source);
    if (this.isAuthenticated || !this.mustBeAuthenticated(type)) return "continue";
    this.#host.seat.countDrop("unauthenticated-chunk", chunkTypeName(type));
    return type === ChunkType.Asconf || type === ChunkType.AsconfAck ? "stop" : "skip"; // RFC 5061 5.2 D5
  }

  /** 5.1: one in a packet. 6.3: behind one that is wrong nothing counts; what stands before it does. */
  #onAuth(packet: Uint8Array, start: number, source: Path): "skip" | "stop" {
    const { seat } = this.#host;
    seat.scratch.arrivals.controlChunks++;
    if (this.#sawAuth) {
      seat.countDrop("bad-authentication", "a second AUTH chunk");
      return "stop";
    }
    this.#sawAuth = true;
    const verdict = this.#keys.judge(packet, start, this.#terms);
    if (verdict.kind === "right") {
      this.isAuthenticated = true;
      this.#onKeyUsed(verdict.keyId);
      return "skip";
    }
    if (verdict.kind === "wrong") seat.countDrop("bad-authentication", verdict.detail);
    else {
      seat.countDrop("bad-authentication", `HMAC ${verdict.hmacId} was not offered`);
      this.#reportHmac(verdict.hmacId, source);
    }
    return "stop";
  }

  /** 4.1. */
  #reportHmac(hmacId: number, source: Path): void {
    const { control, replyPaths, lifecycle, seat } = this.#host;
    if (!maySendData(lifecycle.state)) return;
    const cause: Cause = { kind: "Unsupported HMAC Identifier", code: CauseCode.UnsupportedHmac, hmacId };
    const path = replyPaths.to(source);
    const localAddress = replyPaths.leavesFrom(path, source, seat.scratch.cameTo);
    control.reply({ kind: "ERROR", causes: [cause] }, path, localAddress);
  }

  /** RFC 6458 6.1.8: the first use by the peer. */
  #onKeyUsed(keyId: number): void {
    if (this.#usedIds.has(keyId)) return;
    this.#usedIds.add(keyId);
    this.#host.seat.emit({ kind: "shared-key", news: "used-by-peer", keyId });
  }

  accepts(packet: Uint8Array, authAt: number): boolean {
    return this.#keys.judge(packet, authAt, this.#terms).kind === "right";
  }

  // ---- What is sent ------------------------------------------------------------------------------------------

  requires(chunkType: number): boolean {
    return this.#theirs.has(chunkType);
  }

  keyIdFor(keyId: number | undefined): number {
    const terms = this.#terms;
    return keyId !== undefined && terms.key(keyId) !== undefined ? keyId : terms.activeKeyId;
  }

  sign(packet: Uint8Array, authAt: number, end: number, sharedKeyId: number): void {
    const shared = this.#terms.key(sharedKeyId);
    if (shared === undefined) return; // `keyIdFor` has named it: there is one.
    const hmacId = this.#hmacId;
    const fields = { sharedKeyId, hmacId, hmacBytes: hmacBytesOf(hmacId) };
    writeAuth(packet, authAt, end, fields, this.#keys.keyFrom(shared, hmacId));
  }

  covered(chunks: readonly Chunk[]): readonly Chunk[] {
    if (!chunks.some((chunk) => this.requires(typeOfChunk(chunk)))) return chunks;
    const out = new ByteBuilder().raw(new Uint8Array(this.authBytes));
    for (const chunk of chunks) addChunk(out, chunk).pad();
    const packet = out.build();
    this.sign(packet, 0, packet.length, this.keyIdFor(undefined));
    return [decodeChunk(packet, 0, uint16At(packet, 2)), ...chunks];
  }

  // ---- The user's keys ---------------------------------------------------------------------------------------

  reviewKeys(): void {
    const { deactivatedIds } = this.#terms;
    if (deactivatedIds.length === 0) return;
    for (const keyId of deactivatedIds) {
      const key = this.#terms.key(keyId);
      if (key === undefined || this.#freed.has(key) || this.#host.outbound.usesKey(keyId)) continue;
      this.#freed.add(key);
      this.#host.seat.emit({ kind: "shared-key", news: "free", keyId });
    }
  }
}
