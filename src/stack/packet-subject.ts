/**
 * Whom a packet is for, whatever chunk it begins with (RFC 9260 8.4, 8.5, 5.1.2 D).
 * Owns: the look-ups by tag, by source address and by the addresses of an INIT; which packets the plain tag rule covers, and
 * the exceptions to it.
 * Does not own: the tables (association-table.ts), what is done with the packet (stack.ts, special-packets.ts).
 *
 * An AUTH chunk that comes first says nothing of that: the chunk behind it does (RFC 4895 6.3).
 *
 * Hot: the plain rule is asked for every datagram; what it needs is in the common header and one byte behind it.
 */
import type { AssociationEngine } from "../association/engine.ts";
import type { Identity } from "../association/model/identity.ts";
import type { Route } from "../association/model/seat.ts";
import { uint16At } from "../base/network-order.ts";
import { subjectChunkAt } from "../chunks/auth.ts";
import type { InitChunk } from "../chunks/chunk.ts";
import { ChunkType, ParameterType } from "../chunks/codes.ts";
import {
  COMMON_HEADER_BYTES,
  destinationPort,
  sourcePort,
  verificationTag,
} from "../chunks/common-header.ts";
import { TlvCursor } from "../chunks/tlv.ts";
import { formatAddress } from "../platform/address.ts";
import type { AssociationTable } from "./association-table.ts";

/** Behind the chunk header and the sequence number (RFC 5061 4.1.1). */
const ASCONF_LOOKUP_AT = 8;
const ADDRESS_HEADER_BYTES = 4;
/** Nobody sends more of them in one packet. */
const MAX_ASCONF_ADDRESSES = 8;

/** A packet whose checksum is right, and the way it came. */
export interface IncomingPacket {
  readonly datagram: Uint8Array;
  /** Back to where it came from. */
  readonly source: Route;
  readonly nowMs: number;
}

/** The chunk that a packet begins with, or that stands behind an AUTH chunk there. */
export interface FirstChunk {
  readonly type: number;
  readonly flags: number;
  readonly start: number;
  readonly lengthBytes: number;
}

/** The first chunk of a packet, but for an AUTH chunk before it; undefined if its length cannot be right. */
export function firstChunkOf(datagram: Uint8Array): FirstChunk | undefined {
  const cursor = new TlvCursor().bind(datagram, subjectChunkAt(datagram), datagram.length);
  if (!cursor.next()) return undefined;
  return {
    type: cursor.chunkType,
    flags: cursor.chunkFlags,
    start: cursor.start,
    lengthBytes: cursor.lengthBytes,
  };
}

/** Whether an AUTH chunk stands before it. */
export function isBehindAuth({ start }: FirstChunk): boolean {
  return start > COMMON_HEADER_BYTES;
}

/** Whether the plain tag rule of RFC 9260 8.5 holds for a packet, by its first chunk. */
export function followsTagRule(datagram: Uint8Array): boolean {
  switch (datagram[subjectChunkAt(datagram)]) {
    case ChunkType.Init:
    case ChunkType.InitAck:
    case ChunkType.CookieEcho:
    case ChunkType.Abort:
    case ChunkType.ShutdownAck:
    case ChunkType.ShutdownComplete:
      return false;
    default:
      return true;
  }
}

/** Whether a packet goes between the ports of an association. */
export function portsMatch({ localPort, remotePort }: Identity, datagram: Uint8Array): boolean {
  return localPort === destinationPort(datagram) && remotePort === sourcePort(datagram);
}

/** RFC 9260 8.5.1 B and C: our own tag, or with the T bit the peer's. */
export function acceptsTag(
  { localTag, peerTag }: Identity,
  datagram: Uint8Array,
  first: FirstChunk,
): boolean {
  const tag = verificationTag(datagram);
  const reflectable = first.type === ChunkType.Abort || first.type === ChunkType.ShutdownComplete;
  if (reflectable && (first.flags & 1) === 1) return peerTag !== 0 && tag === peerTag;
  return tag === localTag;
}

/** The association between the ports of a packet that knows the peer by this address. */
export function subjectAt(
  table: AssociationTable,
  datagram: Uint8Array,
  address: string,
): AssociationEngine | undefined {
  return table.byAddress(destinationPort(datagram), sourcePort(datagram), address);
}

/** RFC 9260 5.1.2 D: any listed address may show that an INIT is about an association that exists. */
export function subjectOfInit(
  table: AssociationTable,
  datagram: Uint8Array,
  source: string,
  init: InitChunk,
): AssociationEngine | undefined {
  const atSource = subjectAt(table, datagram, source);
  if (atSource !== undefined) return atSource;
  for (const address of listedAddresses(init)) {
    const existing = subjectAt(table, datagram, address);
    if (existing !== undefined) return existing;
  }
  return undefined;
}

/**
 * The addresses by which the ASCONFs of a packet say whose they are: of the first one, and of those that follow at once (RFC 5061
 * 5.2 D2, D2-ext).
 */
export function lookupAddressesIn(datagram: Uint8Array, first: FirstChunk): readonly string[] {
  const addresses = new Set<string>();
  const cursor = new TlvCursor().bind(datagram, first.start, datagram.length);
  while (addresses.size < MAX_ASCONF_ADDRESSES && cursor.next()) {
    if (cursor.chunkType !== ChunkType.Asconf) break;
    const at = cursor.start + ASCONF_LOOKUP_AT;
    const room = cursor.lengthBytes - ASCONF_LOOKUP_AT;
    if (room < ADDRESS_HEADER_BYTES) continue;
    const [type, lengthBytes] = [uint16At(datagram, at), uint16At(datagram, at + 2)];
    if (type === ParameterType.Ipv4Address && lengthBytes === 8 && room >= 8)
      addresses.add(formatAddress(datagram, at + ADDRESS_HEADER_BYTES, 4));
    if (type === ParameterType.Ipv6Address && lengthBytes === 20 && room >= 20)
      addresses.add(formatAddress(datagram, at + ADDRESS_HEADER_BYTES, 16));
  }
  return [...addresses];
}

/** The addresses that an INIT lists, in its order, whatever they are. */
export function* listedAddresses({ parameters }: InitChunk): Generator<string> {
  for (const parameter of parameters) {
    if (parameter.kind === "IPv4 Address" || parameter.kind === "IPv6 Address") yield parameter.address;
  }
}
