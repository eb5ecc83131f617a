/**
 * Whose a packet is, as far as the packet itself says.
 * Owns: telling packets that carry a tag of ours from those that do not, and the peer's addresses that those name.
 * Does not own: checking anything (src/stack): a packet that lies here is dropped where it arrives.
 *
 * Hot: `carriesOurTag` runs once per datagram.
 */
import { uint16At } from "../base/network-order.ts";
import { subjectChunkAt } from "../chunks/auth.ts";
import { ChunkType, ParameterType } from "../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../chunks/common-header.ts";
import { TlvCursor } from "../chunks/tlv.ts";
import { formatAddress } from "../platform/address.ts";
import type { TagLayout } from "./tag-layout.ts";

/** Shorter ones have no chunk. */
export const MIN_PACKET_BYTES: number = COMMON_HEADER_BYTES + 4;
/** Where the parameters of an INIT begin. */
const INIT_PARAMETERS_AT = COMMON_HEADER_BYTES + 20;
/** Addresses of an INIT that are looked at; an INIT that lists more is treated as if it did not. */
const MAX_LISTED_ADDRESSES = 32;

/**
 * Whether the Verification Tag alone says whose a packet of at least `MIN_PACKET_BYTES` is. That of an INIT is 0, that
 * of an ABORT or SHUTDOWN COMPLETE with the T bit is the peer's (RFC 9260 8.5.1). A COOKIE ECHO carries the tag of who
 * answered the INIT, but belongs to an association of the peer's where there is one by now (5.2.4).
 */
export function carriesOurTag(datagram: Uint8Array): boolean {
  const at = subjectChunkAt(datagram); // An AUTH chunk that comes first says nothing of it (RFC 4895 6.3).
  switch (datagram[at]) {
    case ChunkType.Init:
    case ChunkType.CookieEcho:
      return false;
    case ChunkType.Abort:
    case ChunkType.ShutdownComplete:
      return ((datagram[at + 1] ?? 0) & 1) === 0;
    default:
      return true;
  }
}

export const isInit = (datagram: Uint8Array): boolean => datagram[COMMON_HEADER_BYTES] === ChunkType.Init;
export const isCookieEcho = (datagram: Uint8Array): boolean =>
  datagram[subjectChunkAt(datagram)] === ChunkType.CookieEcho;

/** The addresses by which an association may be known that the packet is about: its source, and what an INIT lists. */
export function addressesNamed(datagram: Uint8Array, source: string): readonly string[] {
  if (!isInit(datagram)) return [source];
  const chunkEnd = COMMON_HEADER_BYTES + uint16At(datagram, COMMON_HEADER_BYTES + 2);
  if (chunkEnd > datagram.length) return [source];
  const addresses = new Set([source]);
  const cursor = new TlvCursor().bind(datagram, INIT_PARAMETERS_AT, chunkEnd);
  while (addresses.size <= MAX_LISTED_ADDRESSES && cursor.next()) {
    const { type, start, lengthBytes } = cursor;
    if (type === ParameterType.Ipv4Address && lengthBytes === 8)
      addresses.add(formatAddress(datagram, start + 4, 4));
    if (type === ParameterType.Ipv6Address && lengthBytes === 20)
      addresses.add(formatAddress(datagram, start + 4, 16));
  }
  return [...addresses];
}

/** The homes of some addresses of a peer, each once, in the order in which they are to be asked. */
export function homesOf(
  layout: TagLayout,
  datagram: Uint8Array,
  addresses: readonly string[],
  down: ReadonlySet<number>,
): readonly number[] {
  const [localPort, remotePort] = [destinationPort(datagram), sourcePort(datagram)];
  return [...new Set(addresses.map((address) => layout.homeOf(localPort, remotePort, address, down)))];
}

/**
 * The worker that a datagram goes to first, chosen by one who keeps no account of associations. It may not be the last:
 * what is about an address is passed on by the address's home.
 * @param source canonical address that it came from
 * @param down workers that do not live
 */
export function firstWorkerFor(
  layout: TagLayout,
  datagram: Uint8Array,
  source: string,
  down: ReadonlySet<number>,
): number {
  if (datagram.length < MIN_PACKET_BYTES) return layout.standIn(0, down); // Anybody may count it.
  if (carriesOurTag(datagram)) return layout.standIn(layout.workerOf(verificationTag(datagram)), down);
  return layout.homeOf(destinationPort(datagram), sourcePort(datagram), source, down);
}
