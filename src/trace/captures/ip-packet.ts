/**
 * IP packets of a capture.
 * Owns: reading the headers of IPv4, with options, and IPv6, with extension headers (RFC 791, 8200, 4302, 6275), and of UDP.
 * Does not own: writing them (udp-datagram.ts), joining fragments, which nobody does here. Bytes never make it throw.
 */
import { uint16At, uint32At } from "../../base/network-order.ts";
import { formatAddress } from "../../platform/address.ts";

export const UDP_PROTOCOL = 17;
export const SCTP_PROTOCOL = 132;

const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;
const FRAGMENT_HEADER = 44;
const AUTHENTICATION_HEADER = 51;
/** Hop-by-hop options, routing, destination options, mobility, HIP, shim6: a length in units of 8 bytes, the first not counted. */
const OTHER_EXTENSION_HEADERS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);
const UDP_HEADER_BYTES = 8;

export interface IpFragment {
  /** What all fragments of a packet have in common. */
  readonly identification: number;
  /** Where in the packet's payload it stands. */
  readonly offsetBytes: number;
}

export interface IpPacket {
  readonly source: string;
  readonly destination: string;
  /** Of the payload: what follows the last extension header. */
  readonly protocol: number;
  readonly payload: Uint8Array;
  /** How much of the payload the capture cut off. */
  readonly missingBytes: number;
  /** Where this is a part of a packet only. */
  readonly fragment: IpFragment | undefined;
}

/**
 * Reads an IP packet.
 * @param bytes may be longer than the packet: short Ethernet frames are padded
 * @param cutBytes how much of the frame the capture cut off; matters only where the packet does not tell its own length
 * @returns a few words instead where it cannot be read
 */
export function readIpPacket(bytes: Uint8Array, cutBytes: number): IpPacket | string {
  const version = (bytes[0] ?? 0) >>> 4;
  if (version === 4) return readIpv4(bytes, cutBytes);
  if (version === 6) return readIpv6(bytes, cutBytes);
  return bytes.length === 0 ? "a frame that is cut before its IP header" : `IP of version ${version}`;
}

function readIpv4(bytes: Uint8Array, cutBytes: number): IpPacket | string {
  if (bytes.length < IPV4_HEADER_BYTES) return "IPv4, cut in its header";
  const headerBytes = ((bytes[0] as number) & 0x0f) * 4;
  const totalBytes = uint16At(bytes, 2);
  // A host that leaves the cutting to its network card writes 0.
  const isTold = totalBytes !== 0;
  if (headerBytes < IPV4_HEADER_BYTES || (isTold && totalBytes < headerBytes))
    return "IPv4 with a wrong length";
  if (bytes.length < headerBytes) return "IPv4, cut in its options";
  const flagsAndOffset = uint16At(bytes, 6);
  const offsetBytes = (flagsAndOffset & 0x1fff) * 8;
  const isFragment = offsetBytes > 0 || (flagsAndOffset & 0x2000) !== 0;
  return {
    source: formatAddress(bytes, 12, 4),
    destination: formatAddress(bytes, 16, 4),
    protocol: bytes[9] as number,
    payload: bytes.subarray(headerBytes, isTold ? totalBytes : bytes.length),
    missingBytes: isTold ? Math.max(0, totalBytes - bytes.length) : cutBytes,
    fragment: isFragment ? { identification: uint16At(bytes, 4), offsetBytes } : undefined,
  };
}

function readIpv6(bytes: Uint8Array, cutBytes: number): IpPacket | string {
  if (bytes.length < IPV6_HEADER_BYTES) return "IPv6, cut in its header";
  const payloadBytes = uint16At(bytes, 4);
  const isTold = payloadBytes !== 0; // Not in a jumbogram (RFC 2675), nor where the network card cuts.
  const totalBytes = isTold ? IPV6_HEADER_BYTES + payloadBytes : bytes.length;
  const end = Math.min(totalBytes, bytes.length);
  let protocol = bytes[6] as number;
  let at = IPV6_HEADER_BYTES;
  let fragment: IpFragment | undefined;
  while (isExtensionHeader(protocol) && fragment === undefined) {
    if (at + 8 > end) return "IPv6, cut in an extension header";
    const next = bytes[at] as number;
    if (protocol === FRAGMENT_HEADER) {
      const offsetAndMore = uint16At(bytes, at + 2);
      if ((offsetAndMore & 0xfff9) !== 0)
        fragment = { identification: uint32At(bytes, at + 4), offsetBytes: offsetAndMore & 0xfff8 };
      at += 8;
    } else {
      const length = bytes[at + 1] as number;
      at += protocol === AUTHENTICATION_HEADER ? (length + 2) * 4 : (length + 1) * 8;
    }
    protocol = next;
  }
  if (at > end) return "IPv6, cut in an extension header";
  return {
    source: formatAddress(bytes, 8, 16),
    destination: formatAddress(bytes, 24, 16),
    protocol,
    payload: bytes.subarray(at, end),
    missingBytes: isTold ? totalBytes - end : cutBytes,
    fragment,
  };
}

function isExtensionHeader(protocol: number): boolean {
  return (
    protocol === FRAGMENT_HEADER ||
    protocol === AUTHENTICATION_HEADER ||
    OTHER_EXTENSION_HEADERS.has(protocol)
  );
}

export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
  /** How much of the payload the capture cut off. */
  readonly missingBytes: number;
}

/**
 * Reads the UDP datagram in an IP packet; of the first fragment of one, what is there.
 * @returns a few words instead where it cannot be read
 */
export function readUdp({ payload, missingBytes, fragment }: IpPacket): UdpDatagram | string {
  if (payload.length < UDP_HEADER_BYTES) return "UDP, cut in its header";
  const lengthBytes = uint16At(payload, 4);
  const thereBytes = payload.length + missingBytes;
  const wantedBytes = lengthBytes === 0 || fragment !== undefined ? thereBytes : lengthBytes; // 0: RFC 2675
  if (wantedBytes < UDP_HEADER_BYTES || wantedBytes > thereBytes) return "UDP with a wrong length";
  const end = Math.min(wantedBytes, payload.length);
  return {
    sourcePort: uint16At(payload, 0),
    destinationPort: uint16At(payload, 2),
    payload: payload.subarray(UDP_HEADER_BYTES, end),
    missingBytes: wantedBytes - end,
  };
}
