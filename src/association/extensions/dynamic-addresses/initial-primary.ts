/**
 * Set Primary Address in an INIT or INIT ACK: which of its addresses the sender would like to get user data at (RFC 5061 4.2.4).
 * Owns: which of several counts, its form in a State Cookie, what it does. Does not own: the requests of an ASCONF (responder.ts),
 * what a wildcard stands for there (src/association/procedures/init-parameters.ts).
 *
 * Nothing authenticates it, and nothing has to (6): who can write it could write the list of addresses as well. So it names one of
 * that list or does nothing, and user data goes there only when a HEARTBEAT has been answered (RFC 9260 5.4). It is a wish, heeded
 * as the one of an ASCONF is: the user's own choice, made later, takes its place.
 */
import { addressBytes } from "../../../platform/address.ts";
import { NOTHING_SAVED, type Offer } from "../../model/extension.ts";
import type { ExtensionHost } from "../association-extension.ts";

/** 4 or 16 bytes of an address; none where nothing is wished for. */
export function primaryWishedFor({ parameters }: Offer): Uint8Array {
  for (const parameter of parameters)
    if (parameter.kind === "Set Primary Address") return addressBytes(parameter.address) ?? NOTHING_SAVED;
  return NOTHING_SAVED;
}

export function heedWishForPrimary({ paths, events }: ExtensionHost, wished: Uint8Array): void {
  if (wished.length === 0) return;
  const path = paths.all.find(({ address }) => isSame(wished, addressBytes(address)));
  if (path === undefined || path === paths.primary) return;
  paths.setPrimary(path);
  events.primaryChanged(path);
}

/** Whichever link a link-local one is on: the association has but one peer. */
function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other?.length === one.length && other.every((byte, index) => byte === one[index]);
}
