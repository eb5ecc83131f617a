/**
 * Mistakes that somebody could make with addresses: which are told to a peer, which pair of them a packet travels between; the
 * tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const ADDRESS_MUTANTS: readonly Mutant[] = [
  // ---- Scope ----
  mutant(
    "scope-listed",
    "stack/local-addresses.ts",
    "this.#addresses.includes(address) && peerAddresses.some((peer) => isInScope(address, peer)),",
    "this.#addresses.includes(address),",
    "addresses are listed to peers that they do not reach",
  ),
  mutant(
    "scope-zone",
    "platform/address.ts",
    "return remoteScope === Scope.Link && zoneOf(address) === zoneOf(remote);",
    "return remoteScope === Scope.Link;",
    "one link is as good as another",
  ),
  mutant(
    "scope-site",
    "platform/address.ts",
    "(first === 172 && second >> 4 === 1)",
    "first === 172",
    "public addresses count as private",
  ),
  mutant(
    "scope-source",
    "stack/local-addresses.ts",
    "const level = isInScope(address, remoteAddress) ? Scope.Global + 1 : scopeOf(address);",
    "const level = 0;",
    "the source is chosen by its prefix alone",
  ),
  mutant(
    "scope-collision",
    "stack/init-responder.ts",
    "    return existing === undefined\n",
    "    return existing !== undefined\n",
    "an INIT ACK lists other addresses than the association is bound to",
  ),
  mutant(
    "listed-zone",
    "association/procedures/init-parameters.ts",
    "return needsZone ? address + zoneOf(source) : address;",
    "return address;",
    "a listed link-local address has no link",
  ),
  mutant(
    "listed-link",
    "association/procedures/init-parameters.ts",
    "return !isLinkLocalAddress(address) || isLinkLocalAddress(source);",
    "return true;",
    "a link-local address of a peer elsewhere is used",
  ),
  mutant(
    "listed-family",
    "association/procedures/init-parameters.ts",
    "[...new Set(listed)].filter((address) => ourFamilies.includes(addressFamily(address)))",
    "[...new Set(listed)]",
    "addresses are used that nothing can be sent to",
  ),
];
