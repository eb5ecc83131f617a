/**
 * What leaves this host whole towards an address, by the MTU of the interface that it leaves by.
 * Owns: finding that interface and its MTU. Does not own: what the rest of the way carries (the search of RFC 8899, in
 * src/association), what a UDP socket refuses (packet-size.ts).
 *
 * No UDP socket of Node can be told not to let its datagrams be cut. Linux lets what fits the interface go whole, with DF set, and cuts
 * what does not, without a word: a size above that would be found to arrive although no link carries it.
 */
import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { type PacketLimits, payloadOfMtu, USUAL_MTU_BYTES } from "../../association/model/packet-limits.ts";
import { addressFamily, canonicalAddress, isLoopbackAddress, zoneOf } from "../../platform/address.ts";
import { MAX_DATAGRAM_BYTES } from "../transport/transport.ts";
import { sourceTowards } from "./source-towards.ts";

/** The largest datagram that macOS lets out by default, on its loopback interface as well. */
const MACOS_DATAGRAM_BYTES = 9_216;
/** The largest packet that is tried unasked: on the loopback interface, and on another one, where it is what links of jumbo frames carry. */
const UNASKED_LOOPBACK_BYTES = 65_000;
const UNASKED_MTU_BYTES = 9_000;

/** What is asked of a host. */
export interface InterfaceFacts {
  readonly platform: string;
  /** The local address from which a packet to that one would leave; undefined where that is not known. */
  sourceTowards(remoteAddress: string): string | undefined;
  /** The name of the interface with that address. */
  interfaceOf(localAddress: string): string | undefined;
  /** In bytes, the IP header included. */
  mtuOf(interfaceName: string): number | undefined;
}

const THIS_HOST: InterfaceFacts = { platform: process.platform, sourceTowards, interfaceOf, mtuOf };

/**
 * Looks at the host's routes and interfaces: not for every packet.
 * @param roomBytes nothing larger than what Ethernet carries is tried unasked where it is larger than that: what the other end has
 *   room for is not known, what this end has stands for it
 */
export function interfaceLimitsTo(
  remoteAddress: string,
  host: InterfaceFacts = THIS_HOST,
  roomBytes = 0,
): PacketLimits {
  const family = addressFamily(remoteAddress);
  const staysOnHost = isLoopbackAddress(remoteAddress);
  const usualBytes = payloadOfMtu(USUAL_MTU_BYTES, family);
  const jumboBytes = staysOnHost ? UNASKED_LOOPBACK_BYTES : payloadOfMtu(UNASKED_MTU_BYTES, family);
  const unaskedBytes = (maxBytes: number): number =>
    Math.min(maxBytes, jumboBytes, Math.max(usualBytes, Math.floor(roomBytes)));
  if (host.platform === "darwin" && staysOnHost) {
    const maxBytes = MACOS_DATAGRAM_BYTES;
    return { maxBytes, cutFromBytes: undefined, unaskedMaxBytes: unaskedBytes(maxBytes), staysOnHost };
  }
  const mtuBytes = host.platform === "linux" ? mtuTowards(remoteAddress, host) : undefined;
  const maxBytes = Math.min(payloadOfMtu(mtuBytes ?? USUAL_MTU_BYTES, family), MAX_DATAGRAM_BYTES);
  const isCut = mtuBytes !== undefined && family === 4 && maxBytes < MAX_DATAGRAM_BYTES;
  const cutFromBytes = isCut ? maxBytes + 1 : undefined;
  const unaskedMaxBytes = mtuBytes === undefined ? undefined : unaskedBytes(maxBytes); // Whose MTU is not known may cut it.
  return { maxBytes, cutFromBytes, unaskedMaxBytes, staysOnHost };
}

function mtuTowards(remoteAddress: string, host: InterfaceFacts): number | undefined {
  const source = host.sourceTowards(remoteAddress);
  const name = source === undefined ? undefined : host.interfaceOf(source);
  return name === undefined ? undefined : host.mtuOf(name);
}

function interfaceOf(localAddress: string): string | undefined {
  const bare = localAddress.slice(0, localAddress.length - zoneOf(localAddress).length);
  for (const [name, addresses = []] of Object.entries(networkInterfaces()))
    if (addresses.some(({ address }) => canonicalAddress(address) === bare)) return name;
  return undefined;
}

function mtuOf(interfaceName: string): number | undefined {
  try {
    const bytes = Number(readFileSync(`/sys/class/net/${interfaceName}/mtu`, "latin1"));
    return Number.isInteger(bytes) && bytes > 0 ? bytes : undefined;
  } catch {
    return undefined; // An alias of an interface has no entry there.
  }
}
