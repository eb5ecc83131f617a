/**
 * Where a server listens.
 * Owns: the shape, and making it. Does not own: whether it listens (server.ts, cluster-server.ts).
 */
import { type AddressInfo, familyOf } from "./socket-facts.ts";

export interface ServerAddress extends AddressInfo {
  readonly udpPort: number;
  /** All local addresses, wildcards included; `address` is the first. */
  readonly addresses: readonly string[];
}

/** @param udp the UDP port with its addresses; null without one, or where it has no address */
export function serverAddress(
  udp: { readonly addresses: readonly string[]; readonly port: number } | undefined,
  port: number,
): ServerAddress | null {
  if (udp === undefined) return null;
  const { addresses, port: udpPort } = udp;
  const [address] = addresses;
  const family = familyOf(address);
  if (address === undefined || family === undefined) return null;
  return { address, family, port, udpPort, addresses };
}
