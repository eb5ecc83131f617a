/**
 * The AUTH chunk where it stands in a packet (RFC 4895 5.1, 6.2), and the chunk behind it.
 * Owns: its layout, the computation over a packet, which chunk says whom a packet is for; the seam to whoever signs.
 * Does not own: keys (src/association/extensions/authentication.ts), which chunks stand behind it.
 */
import { equalInConstantTime } from "../base/constant-time.ts";
import { uint16At } from "../base/network-order.ts";
import type { HmacKey } from "../platform/hmac.ts";
import { ChunkType } from "./codes.ts";
import { COMMON_HEADER_BYTES } from "./common-header.ts";
import { padded } from "./tlv.ts";

const CHUNK_HEADER_BYTES = 4;
/** Before the HMAC. */
export const AUTH_HEADER_BYTES = 8;

/** Signs packets of one association. */
export interface PacketSigner {
  /** Of an AUTH chunk; a multiple of four. */
  readonly authBytes: number;
  /** Whether the peer takes chunks of a type only behind an AUTH chunk. */
  requires(chunkType: number): boolean;
  /** The key that is used where that one is asked for; undefined asks for the active one. */
  keyIdFor(keyId: number | undefined): number;
  /** Writes an AUTH chunk at `authAt`, for which there is room: it covers all from there to `end`. */
  sign(packet: Uint8Array, authAt: number, end: number, keyId: number): void;
}

/** The fields of an AUTH chunk in place. */
export interface AuthFields {
  readonly sharedKeyId: number;
  readonly hmacId: number;
  readonly hmacBytes: number;
}

/** Undefined if it is too short to have its fixed part. */
export function authFieldsAt(packet: Uint8Array, at: number, lengthBytes: number): AuthFields | undefined {
  if (lengthBytes < AUTH_HEADER_BYTES) return undefined;
  return {
    sharedKeyId: uint16At(packet, at + 4),
    hmacId: uint16At(packet, at + 6),
    hmacBytes: lengthBytes - AUTH_HEADER_BYTES,
  };
}

/** Writes the chunk at `at`, with the HMAC over all from there to `end`. */
export function writeAuth(
  packet: Uint8Array,
  at: number,
  end: number,
  { sharedKeyId, hmacId, hmacBytes }: AuthFields,
  key: HmacKey,
): void {
  const lengthBytes = AUTH_HEADER_BYTES + hmacBytes;
  packet[at] = ChunkType.Auth;
  packet[at + 1] = 0;
  packet[at + 2] = lengthBytes >>> 8;
  packet[at + 3] = lengthBytes;
  packet[at + 4] = sharedKeyId >>> 8;
  packet[at + 5] = sharedKeyId;
  packet[at + 6] = hmacId >>> 8;
  packet[at + 7] = hmacId;
  const hmacAt = at + AUTH_HEADER_BYTES;
  packet.fill(0, hmacAt, at + padded(lengthBytes));
  packet.set(key.sign(packet.subarray(at, end)), hmacAt);
}

/**
 * Whether the HMAC of the chunk at `at`, which fits into the packet, is right for all from there to the packet's end: one that is
 * shorter or longer than the key makes it never is. The packet is as it was afterwards.
 */
export function hmacIsRight(
  packet: Uint8Array,
  at: number,
  { hmacBytes }: AuthFields,
  key: HmacKey,
): boolean {
  const field = packet.subarray(at + AUTH_HEADER_BYTES, at + AUTH_HEADER_BYTES + hmacBytes);
  const told = new Uint8Array(field); // A Buffer's slice() is no copy.
  field.fill(0); // In place: a copy of the packet would cost more than the computation.
  const right = key.sign(packet.subarray(at));
  field.set(told);
  return equalInConstantTime(told, right);
}

/**
 * Where the chunk begins that says whom a packet is for: behind the AUTH chunk, if that comes first (RFC 4895 6.3). Hot: any
 * other packet costs the look at a byte.
 */
export function subjectChunkAt(packet: Uint8Array): number {
  if (packet[COMMON_HEADER_BYTES] !== ChunkType.Auth) return COMMON_HEADER_BYTES;
  const lengthBytes = uint16At(packet, COMMON_HEADER_BYTES + 2);
  const next = COMMON_HEADER_BYTES + padded(lengthBytes);
  const isThere = lengthBytes >= CHUNK_HEADER_BYTES && next + CHUNK_HEADER_BYTES <= packet.length;
  return isThere ? next : COMMON_HEADER_BYTES;
}
