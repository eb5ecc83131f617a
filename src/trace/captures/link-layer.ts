/**
 * What stands around an IP packet in a capture.
 * Owns: finding the IP packet behind the header of Ethernet, VLAN tags, Linux cooked capture, loopback, or none.
 * Does not own: IP itself (ip-packet.ts). A frame never makes it throw or read beyond its end.
 */
import { uint16At } from "../../base/network-order.ts";

/** The LINKTYPE_ values that are understood, as tcpdump.org lists them; 12 and 14 are what raw IP is called on some systems. */
const LinkType = { Null: 0, Ethernet: 1, RawBsd: 12, RawOpenBsd: 14, Raw: 101, Loop: 108, Sll: 113 } as const;
const LinkTypeIpv4 = 228;
const LinkTypeIpv6 = 229;
const LinkTypeSll2 = 276;

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
const VLAN_TAGS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100]); // 802.1Q, 802.1ad, and QinQ before that
const ETHERNET_HEADER_BYTES = 14;
const LOOPBACK_HEADER_BYTES = 4;
const SLL_HEADER_BYTES = 16;
const SLL2_HEADER_BYTES = 20;
/** AF_INET, and what AF_INET6 is on Linux, NetBSD, FreeBSD and macOS. */
const ADDRESS_FAMILIES: ReadonlySet<number> = new Set([2, 10, 24, 28, 30]);

/**
 * The IP packet in a frame, with whatever follows it there.
 * @returns a view into `frame`; or, in a few words, what it holds instead
 */
export function ipPacketIn(linkType: number, frame: Uint8Array): Uint8Array | string {
  switch (linkType) {
    case LinkType.Ethernet:
      return behindEtherType(frame, ETHERNET_HEADER_BYTES - 2, ETHERNET_HEADER_BYTES);
    case LinkType.Sll:
      return behindEtherType(frame, SLL_HEADER_BYTES - 2, SLL_HEADER_BYTES);
    case LinkTypeSll2:
      return behindEtherType(frame, 0, SLL2_HEADER_BYTES);
    case LinkType.Null:
    case LinkType.Loop:
      return behindAddressFamily(frame);
    case LinkType.Raw:
    case LinkType.RawBsd:
    case LinkType.RawOpenBsd:
    case LinkTypeIpv4:
    case LinkTypeIpv6:
      return frame;
    default:
      return `a frame of link type ${linkType}`;
  }
}

/** @param typeAt where the type stands; `dataAt`, what it is the type of */
function behindEtherType(frame: Uint8Array, typeAt: number, dataAt: number): Uint8Array | string {
  if (frame.length < dataAt) return "a frame that is cut in its header";
  let type = uint16At(frame, typeAt);
  let at = dataAt;
  for (; VLAN_TAGS.has(type); at += 4) {
    if (frame.length < at + 4) return "a frame that is cut in its VLAN tag";
    type = uint16At(frame, at + 2);
  }
  if (type === ETHERTYPE_IPV4 || type === ETHERTYPE_IPV6) return frame.subarray(at);
  return `EtherType 0x${type.toString(16).padStart(4, "0")}`;
}

/** The family stands in the byte order of whoever captured, and fits into one byte: it is the first or the last. */
function behindAddressFamily(frame: Uint8Array): Uint8Array | string {
  if (frame.length < LOOPBACK_HEADER_BYTES) return "a frame that is cut in its header";
  const family = (frame[0] as number) + (frame[3] as number);
  if (frame[1] === 0 && frame[2] === 0 && ADDRESS_FAMILIES.has(family))
    return frame.subarray(LOOPBACK_HEADER_BYTES);
  return "a loopback frame that is not IP";
}
