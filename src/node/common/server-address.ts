/**
 * Where a server listens.
 * Owns: the shape, and making it. Does not own: whether it listens (server.ts, cluster-server.ts).
 */
import { type AddressInfo, familyOf, type IpFamily } from "./socket-facts.ts";

/** What `address()` of a server gives; `connect()` takes it to reach that server on this host. */
export interface ServerAddress extends AddressInfo {
  /** The server's UDP port. */
  readonly localUdpPort: number;
  /** All of them, wildcards included; `address` is the first. */
  readonly localAddresses: readonly string[];
}

/** What `address()` of a server or a socket gives, where a call takes options; others may stand beside it. */
export interface AddressObject {
  readonly address: string;
  readonly family: IpFamily;
  readonly port: number;
  readonly localUdpPort?: number;
  readonly localAddresses?: readonly string[];
}

/** Whether it is that, and no options of somebody's own. */
export function isAddressObject(options: object): options is AddressObject {
  const { address, family } = options as Partial<AddressObject>;
  return typeof address === "string" && (family === "IPv4" || family === "IPv6");
}

/**
 * @param udp the UDP port with its addresses
 * @returns null without a UDP port, or where it has no address
 */
export function serverAddress(
  udp: { readonly localAddresses: readonly string[]; readonly localUdpPort: number } | undefined,
  port: number,
): ServerAddress | null {
  if (udp === undefined) return null;
  const { localAddresses, localUdpPort } = udp;
  const [address] = localAddresses;
  const family = familyOf(address);
  if (address === undefined || family === undefined) return null;
  return { address, family, port, localUdpPort, localAddresses };
}
