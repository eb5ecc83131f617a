/**
 * What both sides said of authentication in the handshake, byte for byte, since keys are made of it (RFC 4895 6.1).
 * Owns: the key vectors, how a State Cookie carries them, their order, what they ask for.
 * Does not own: the keys (association-keys.ts), when they are asked for (src/association/extensions/authentication.ts).
 */
import { HmacId, NEVER_AUTHENTICATED } from "../../../base/authentication.ts";
import { uint16At } from "../../../base/network-order.ts";
import { ByteBuilder } from "../../../chunks/byte-builder.ts";
import { ParameterType } from "../../../chunks/codes.ts";
import { encodeParameter, type Parameter } from "../../../chunks/parameters.ts";
import type { Offer } from "../../model/extension.ts";

/** In the order in which a vector has them, whatever the order was in the chunk. */
const TYPES = [ParameterType.Random, ParameterType.ChunkList, ParameterType.HmacAlgorithm] as const;
const SUPPORTED: ReadonlySet<number> = new Set(Object.values(HmacId));

/** RANDOM, CHUNKS and HMAC-ALGO of one side, without padding; undefined where that says too little to authenticate anything. */
export function vectorOf({ parameters }: Offer): Uint8Array | undefined {
  // Each is to come once (3.1 to 3.3): what is said again does not count.
  const [random, chunks, hmacs] = TYPES.map((type) => parameters.find((each) => each.type === type));
  if (random === undefined || hmacs === undefined) return undefined;
  const out = new ByteBuilder();
  for (const parameter of [random, chunks, hmacs] as ReadonlyArray<Parameter | undefined>)
    if (parameter !== undefined) out.raw(encodeParameter(parameter));
  return out.build();
}

/** The first of the peer's HMACs that this side has, too (6.1); undefined where there is none. */
export function hmacFor(vector: Uint8Array): number | undefined {
  return listed(vector, ParameterType.HmacAlgorithm, 2).find((id) => SUPPORTED.has(id));
}

export function hmacsIn(vector: Uint8Array): readonly number[] {
  return listed(vector, ParameterType.HmacAlgorithm, 2);
}

/** The chunk types that whoever sent it wants authenticated; what it must not list is passed over (3.2). */
export function chunksIn(vector: Uint8Array): readonly number[] {
  return listed(vector, ParameterType.ChunkList, 1).filter((type) => !NEVER_AUTHENTICATED.has(type));
}

function listed(vector: Uint8Array, type: number, itemBytes: 1 | 2): number[] {
  const items: number[] = [];
  for (let at = 0; at + 4 <= vector.length; at += uint16At(vector, at + 2)) {
    if (uint16At(vector, at) !== type) continue;
    const end = at + uint16At(vector, at + 2);
    for (let item = at + 4; item + itemBytes <= end; item += itemBytes)
      items.push(itemBytes === 1 ? (vector[item] as number) : uint16At(vector, item));
    break;
  }
  return items;
}

/** Both vectors as a State Cookie carries them: the length of ours (2), ours, the peer's. */
export function savedVectors(ours: Uint8Array, theirs: Uint8Array): Uint8Array {
  return new ByteBuilder().u16(ours.length).raw(ours).raw(theirs).build();
}

export function vectorsFrom(saved: Uint8Array): { readonly ours: Uint8Array; readonly theirs: Uint8Array } {
  const end = 2 + uint16At(saved, 0);
  return { ours: saved.subarray(2, end), theirs: saved.subarray(end) };
}

/**
 * One behind the other, the smaller number first. All begin with the type of RANDOM, which is not 0: so of two lengths the
 * longer one is the larger number, and none are equal that differ in length.
 */
export function inOrder(a: Uint8Array, b: Uint8Array): Uint8Array {
  const isLarger = a.length === b.length ? firstDifference(a, b) > 0 : a.length > b.length;
  const [first, second] = isLarger ? [b, a] : [a, b];
  return new ByteBuilder().raw(first).raw(second).build();
}

/** Of equal lengths: positive where the first one is larger. */
function firstDifference(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
