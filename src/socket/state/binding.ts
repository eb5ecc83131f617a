/**
 * Binding a socket to addresses and a port (RFC 6458 9.1).
 * Owns: the rules for lists of addresses. Does not own: whose port is whose (socket-layer.ts), listening (socket-core.ts).
 */
import { addressFamily, isWildcardAddress } from "../../platform/address.ts";
import type { SocketAddress } from "../terms/ancillary.ts";
import { Fault } from "../terms/errno.ts";
import type { SocketCore } from "./socket-core.ts";

/** The addresses that a socket is bound to, or would be. */
export function localAddressesOf({ domain, localAddresses, host }: SocketCore): readonly string[] {
  if (localAddresses !== undefined) return localAddresses;
  return domain === "PF_INET"
    ? host.localAddresses.filter((address) => addressFamily(address) === 4)
    : host.localAddresses;
}

/** RFC 6458 9.1: all addresses or none. @throws Fault */
export function bindAddresses(core: SocketCore, names: readonly SocketAddress[]): void {
  const port = commonPort(core, names);
  const addresses = names.map(({ address }) => core.literal(address));
  const isWildcard = addresses.some(isWildcardAddress);
  if (isWildcard && addresses.length > 1)
    throw new Fault("EINVAL", "a wildcard address stands alone (RFC 6458 9.1)");
  for (const address of addresses) {
    if (isWildcard || core.host.localAddresses.includes(address)) continue;
    const own = core.host.localAddresses.join(", ");
    throw new Fault("EADDRNOTAVAIL", `${address} is none of the addresses of the UDP port (${own})`);
  }
  if (core.port !== 0 && core.entries.size > 0)
    throw new Fault("EOPNOTSUPP", "addresses of living associations cannot change without RFC 5061");
  if (core.port === 0) core.port = core.ports.reserve(core, port);
  else if (core.localAddresses === undefined) return;
  core.localAddresses = isWildcard ? undefined : [...new Set([...(core.localAddresses ?? []), ...addresses])];
  core.refreshListener();
}

/** RFC 6458 9.1, SCTP_BINDX_REM_ADDR. @throws Fault */
export function unbindAddresses(core: SocketCore, names: readonly SocketAddress[]): void {
  if (core.port === 0) throw new Fault("EINVAL", "the socket is not bound");
  commonPort(core, names);
  const gone = names.map(({ address }) => core.literal(address));
  const bound = localAddressesOf(core);
  const left = bound.filter((address) => !gone.includes(address));
  if (left.length === 0) throw new Fault("EINVAL", "a socket keeps one address at least (RFC 6458 9.1)");
  if (gone.some((address) => !bound.includes(address)))
    throw new Fault("EINVAL", `the socket is bound to ${bound.join(", ")}`);
  core.localAddresses = left;
  core.refreshListener();
}

/** RFC 6458 9.1: the first port, which the others repeat or leave at 0. */
function commonPort({ port: bound }: SocketCore, names: readonly SocketAddress[]): number {
  const port = bound === 0 ? (names[0]?.port ?? 0) : bound;
  for (const name of names) {
    const isPort = Number.isInteger(name.port) && name.port >= 0 && name.port <= 65_535;
    if (isPort && (name.port === 0 || name.port === port)) continue;
    throw new Fault("EINVAL", `the addresses of a socket share one port: ${port}, not ${name.port}`);
  }
  return port;
}
