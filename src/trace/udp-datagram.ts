/**
 * The IP and UDP headers that a capture shows around a datagram.
 * Owns: building an IPv4 or IPv6 packet with a UDP header, lengths and checksums right (RFC 791, 8200, 768, 1071).
 * Does not own: sending; what really went over the wire had the host's own headers, which a program does not see.
 */
import {
  addressBytes,
  addressFamily,
  isWildcardAddress,
  type TransportAddress,
} from "../platform/address.ts";

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const UDP_HEADER_BYTES = 8;
const UDP_PROTOCOL = 17;
const HOP_LIMIT = 64;
const MAX_UDP_PAYLOAD_BYTES = 65_507;

/**
 * An IP packet that carries `payload` as a UDP datagram. An address that is unknown because a socket was bound to a
 * wildcard is written as the wildcard of the other side's family.
 *
 * @param identification the IPv4 Identification field, 0 .. 65535
 * @throws RangeError if `payload` is longer than UDP over IPv4 can carry
 */
export function ipPacketOf(
  source: TransportAddress,
  destination: TransportAddress,
  payload: Uint8Array,
  identification: number,
): Uint8Array {
  if (payload.length > MAX_UDP_PAYLOAD_BYTES)
    throw new RangeError("a UDP datagram holds at most 65,507 bytes");
  const known = isWildcardAddress(source.address) ? destination.address : source.address;
  const family = addressFamily(known);
  const sourceBytes = addressBytesOf(source.address, family);
  const destinationBytes = addressBytesOf(destination.address, family);
  const headerBytes = family === 4 ? IPV4_HEADER_BYTES : IPV6_HEADER_BYTES;
  const packet = new Uint8Array(headerBytes + UDP_HEADER_BYTES + payload.length);
  const view = new DataView(packet.buffer);
  const udpBytes = UDP_HEADER_BYTES + payload.length;
  if (family === 4) writeIpv4Header(packet, view, sourceBytes, destinationBytes, identification);
  else writeIpv6Header(packet, view, sourceBytes, destinationBytes, udpBytes);

  view.setUint16(headerBytes, source.port);
  view.setUint16(headerBytes + 2, destination.port);
  view.setUint16(headerBytes + 4, udpBytes);
  packet.set(payload, headerBytes + UDP_HEADER_BYTES);
  const pseudoHeader = sumOf(sourceBytes, 0) + sumOf(destinationBytes, 0) + UDP_PROTOCOL + udpBytes;
  const checksum = folded(sumOf(packet, headerBytes) + pseudoHeader);
  view.setUint16(headerBytes + 6, checksum === 0 ? 0xffff : checksum); // RFC 768: a zero field means "none".
  return packet;
}

function addressBytesOf(address: string, family: 4 | 6): Uint8Array {
  const bytes = addressBytes(address);
  const lengthBytes = family === 4 ? 4 : 16;
  return bytes?.length === lengthBytes ? bytes : new Uint8Array(lengthBytes);
}

function writeIpv4Header(
  packet: Uint8Array,
  view: DataView,
  source: Uint8Array,
  destination: Uint8Array,
  identification: number,
): void {
  view.setUint8(0, 0x45);
  view.setUint16(2, packet.length);
  view.setUint16(4, identification);
  view.setUint8(8, HOP_LIMIT);
  view.setUint8(9, UDP_PROTOCOL);
  packet.set(source, 12);
  packet.set(destination, 16);
  view.setUint16(10, folded(sumOf(packet.subarray(0, IPV4_HEADER_BYTES), 0)));
}

function writeIpv6Header(
  packet: Uint8Array,
  view: DataView,
  source: Uint8Array,
  destination: Uint8Array,
  payloadBytes: number,
): void {
  view.setUint8(0, 0x60);
  view.setUint16(4, payloadBytes);
  view.setUint8(6, UDP_PROTOCOL);
  view.setUint8(7, HOP_LIMIT);
  packet.set(source, 8);
  packet.set(destination, 24);
}

/** The plain sum of the 16-bit words from `start`; an odd last byte is the high half of a word (RFC 1071). */
function sumOf(bytes: Uint8Array, start: number): number {
  let sum = 0;
  for (let i = start; i < bytes.length; i++)
    sum += (i - start) % 2 === 0 ? (bytes[i] ?? 0) * 256 : (bytes[i] ?? 0);
  return sum;
}

/** The ones' complement of a sum folded into 16 bits. */
function folded(sum: number): number {
  let rest = sum;
  while (rest > 0xffff) rest = (rest % 0x1_0000) + Math.floor(rest / 0x1_0000);
  return 0xffff - rest;
}
