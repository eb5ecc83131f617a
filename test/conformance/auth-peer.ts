/**
 * The other end's part of RFC 4895: key vectors, keys and AUTH chunks, computed from bytes and by node:crypto.
 * Owns: that second opinion; it shares nothing with the stack but the codec of chunks. Does not own: what is expected (the tests).
 */
import { createHmac } from "node:crypto";
import type { Chunk } from "../../src/chunks/chunk.ts";
import { sealPacket } from "../../src/chunks/common-header.ts";
import { encodePacket } from "../../src/chunks/packet.ts";
import type { Parameter } from "../../src/chunks/parameters.ts";
import { OUR_PORT, PEER_PORT, type SentPacket } from "./lab.ts";

export const SHA1 = 1;
export const SHA256 = 3;
/** A Random Number that is larger than nearly all, and one that is smaller. */
export const LARGE_RANDOM = new Uint8Array(32).fill(0xff);
export const SMALL_RANDOM = new Uint8Array(32);
export const NO_SECRET = new Uint8Array(0);

const HASHES: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  [SHA1]: { name: "sha1", bytes: 20 },
  [SHA256]: { name: "sha256", bytes: 32 },
};

export const random = (bytes: Uint8Array): Parameter => ({ kind: "RANDOM", type: 0x8002, random: bytes });
export const chunks = (...chunkTypes: readonly number[]): Parameter => ({
  kind: "CHUNKS",
  type: 0x8003,
  chunkTypes,
});
export const hmacs = (...hmacIds: readonly number[]): Parameter => ({
  kind: "HMAC-ALGO",
  type: 0x8004,
  hmacIds,
});

/** What a peer says that authenticates. @param types that it wants authenticated; no CHUNKS parameter where there are none */
export function authParameters(
  types: readonly number[],
  hmacIds = [SHA256, SHA1],
  bytes = LARGE_RANDOM,
): Parameter[] {
  return [random(bytes), ...(types.length > 0 ? [chunks(...types)] : []), hmacs(...hmacIds)];
}

/** RFC 4895 6.1: the parameters one behind the other, without padding, in the order RANDOM, CHUNKS, HMAC-ALGO. */
function keyVector(parameters: readonly Parameter[]): Buffer {
  const parts: Buffer[] = [];
  const add = (type: number, value: readonly number[]): void => {
    const length = 4 + value.length;
    parts.push(Buffer.from([type >> 8, type & 0xff, length >> 8, length & 0xff, ...value]));
  };
  // What is said twice does not count again.
  const find = (kind: Parameter["kind"]): Parameter | undefined =>
    parameters.find((each) => each.kind === kind);
  const [ofRandom, ofChunks, ofHmacs] = [find("RANDOM"), find("CHUNKS"), find("HMAC-ALGO")];
  if (ofRandom?.kind === "RANDOM") add(0x8002, [...ofRandom.random]);
  if (ofChunks?.kind === "CHUNKS") add(0x8003, ofChunks.chunkTypes);
  if (ofHmacs?.kind === "HMAC-ALGO")
    add(
      0x8004,
      ofHmacs.hmacIds.flatMap((id) => [id >> 8, id & 0xff]),
    );
  return Buffer.concat(parts);
}

/** How an AUTH chunk is made. */
export interface AuthStyle {
  readonly keyId?: number;
  readonly secret?: Uint8Array;
  readonly hmacId?: number;
  readonly flags?: number;
  /** Of the HMAC: it is cut off, or has zeros behind it. */
  readonly hmacBytes?: number;
  /** Bits of the first byte of the HMAC that are wrong. */
  readonly damage?: number;
}

export class AuthPeer {
  readonly #vectors: readonly [Buffer, Buffer];

  /** @param ours what the stack said in its INIT or INIT ACK. @param theirs what the test's peer said */
  constructor(ours: readonly Parameter[], theirs: readonly Parameter[]) {
    const [a, b] = [keyVector(ours), keyVector(theirs)];
    const asNumber = (bytes: Buffer): bigint => BigInt(`0x0${bytes.toString("hex")}`);
    this.#vectors = asNumber(a) <= asNumber(b) ? [a, b] : [b, a];
  }

  /** RFC 4895 6.1: the association shared key. */
  keyOf(secret: Uint8Array): Buffer {
    return Buffer.concat([secret, ...this.#vectors]);
  }

  mac(covered: Uint8Array, hmacId: number, secret: Uint8Array): Buffer {
    return createHmac(HASHES[hmacId]?.name ?? "sha512", this.keyOf(secret))
      .update(covered)
      .digest();
  }

  /** A packet with an AUTH chunk before some of its chunks. */
  packet(tag: number, before: readonly Chunk[], behind: readonly Chunk[], style: AuthStyle = {}): Uint8Array {
    const { keyId = 0, secret = NO_SECRET, hmacId = SHA256, flags = 0, damage = 0 } = style;
    const { hmacBytes = HASHES[hmacId]?.bytes ?? 64 } = style;
    const hmac = new Uint8Array(hmacBytes);
    const auth: Chunk = { kind: "AUTH", sharedKeyId: keyId, hmacId, hmac };
    const encode = (all: readonly Chunk[]): Uint8Array =>
      encodePacket({
        sourcePort: PEER_PORT,
        destinationPort: OUR_PORT,
        verificationTag: tag,
        chunks: all,
      });
    const packet = encode([...before, auth, ...behind]);
    const at = encode(before).length;
    packet[at + 1] = flags;
    packet.set(this.mac(packet.subarray(at), hmacId, secret).subarray(0, hmacBytes), at + 8);
    packet[at + 8] = (packet[at + 8] ?? 0) ^ damage;
    sealPacket(packet);
    return packet;
  }

  /** Whether the one AUTH chunk of a packet of the stack's is right, and made so. */
  accepts({ bytes, chunks: sent }: SentPacket, style: AuthStyle = {}): boolean {
    const { keyId = 0, secret = NO_SECRET, hmacId = SHA256 } = style;
    const auths = sent.filter(({ kind }) => kind === "AUTH");
    const [auth] = auths;
    if (auths.length !== 1 || auth?.kind !== "AUTH") return false;
    if (auth.sharedKeyId !== keyId || auth.hmacId !== hmacId) return false;
    const at = offsetOfAuth(bytes);
    const covered = bytes.slice(at);
    covered.fill(0, 8, 8 + auth.hmac.length);
    return Buffer.from(auth.hmac).equals(this.mac(covered, hmacId, secret));
  }
}

function offsetOfAuth(bytes: Uint8Array): number {
  let at = 12;
  while (at + 4 <= bytes.length && bytes[at] !== 15)
    at += (((bytes[at + 2] ?? 0) << 8) + (bytes[at + 3] ?? 0) + 3) & ~3;
  return at;
}
