/**
 * Binding a socket to addresses and a port (RFC 6458 9.1).
 * Owns: the rules for lists of addresses, and which peers are asked to take them up or to forget them. Does not own: whose port is whose (socket-layer.ts), listening (socket-core.ts).
 */
import type { Association } from "../../association/association.ts";
import { addressFamily, isBehindWildcard, isWildcardAddress } from "../../platform/address.ts";
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
  if (core.port !== 0 && core.entries.size > 0) {
    if (changeable(core).length === 0)
      throw new Fault(
        "EOPNOTSUPP",
        "no living association has agreed on addresses that come and go (RFC 5061)",
      );
    if (isWildcard) throw new Fault("EINVAL", "a living association gets one address after the other");
    askToAdd(core, addresses);
  }
  if (core.port === 0) core.port = core.ports.reserve(core, port);
  else if (core.localAddresses === undefined) return;
  core.localAddresses = isWildcard ? undefined : [...new Set([...(core.localAddresses ?? []), ...addresses])];
  core.refreshListener();
}

/**
 * RFC 6458 9.1, SCTP_BINDX_REM_ADDR. A socket with a wildcard stays bound to it: peers are asked to forget an address that the host had.
 * @throws Fault
 */
export function unbindAddresses(core: SocketCore, names: readonly SocketAddress[]): void {
  if (core.port === 0) throw new Fault("EINVAL", "the socket is not bound");
  commonPort(core, names);
  const gone = names.map(({ address }) => core.literal(address));
  const bound = localAddressesOf(core);
  const left = bound.filter((address) => !gone.includes(address));
  if (left.length === 0) throw new Fault("EINVAL", "a socket keeps one address at least (RFC 6458 9.1)");
  if (gone.some(isWildcardAddress) && changeable(core).length > 0)
    throw new Fault("EINVAL", "no peer can be asked to forget a wildcard: name the address that is meant");
  const isLost = (address: string): boolean => isBehindWildcard(address, bound);
  if (gone.some((address) => !bound.includes(address) && !isLost(address)))
    throw new Fault("EINVAL", `the socket is bound to ${bound.join(", ")}`);
  if (gone.some(isLost) && changeable(core).length === 0)
    throw new Fault(
      "EINVAL",
      `the socket is bound to ${bound.join(", ")}, and has no living association that could ask a peer to forget another address`,
    );
  askToRemove(core, gone);
  if (!gone.every(isLost)) core.localAddresses = left;
  core.refreshListener();
}

/** The living associations whose addresses can change. */
function changeable({ entries }: SocketCore): readonly Association[] {
  return entries
    .values()
    .flatMap(({ association, isClosed }) =>
      !isClosed && association.state === "ESTABLISHED" && association.dynamicAddresses ? [association] : [],
    );
}

/** Peers that do not know the addresses are asked to take them up. @throws SctpError as `Association.addLocalAddress` */
export function askToAdd(core: SocketCore, addresses: readonly string[]): void {
  const nowMs = core.nowMs();
  for (const association of changeable(core))
    for (const address of addresses)
      if (!association.knownLocalAddresses.includes(address)) association.addLocalAddress(address, nowMs);
  core.host.scheduleFlush();
}

/** Peers that know the addresses, or may, are asked to forget them. @throws SctpError as `Association.removeLocalAddress` */
export function askToRemove(core: SocketCore, addresses: readonly string[]): void {
  const nowMs = core.nowMs();
  for (const association of changeable(core))
    for (const address of addresses)
      if (association.mayRemoveLocalAddress(address)) association.removeLocalAddress(address, nowMs);
  core.host.scheduleFlush();
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
