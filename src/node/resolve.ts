/**
 * From host names to addresses.
 * Owns: the lookup. Does not own: which address is used when (the association).
 */
import { lookup as dnsLookup, type LookupAddress } from "node:dns";
import { SctpError, SctpErrorCode } from "../errors.ts";
import { canonicalAddress } from "../platform/address.ts";

/** `dns.lookup`, or a stand-in for it. */
export type LookupFunction = (
  hostname: string,
  options: { readonly all: true; readonly family?: 0 | 4 | 6; readonly verbatim: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * The canonical addresses of hosts, one for each name, in order; an IP literal is its own address.
 * @throws (rejects) the error of the lookup, SctpError ERR_SCTP_INVALID_ADDRESS for a name without addresses
 */
export async function resolveHosts(
  hosts: readonly string[],
  lookup: LookupFunction = dnsLookup,
  family: 0 | 4 | 6 = 0,
): Promise<string[]> {
  return await Promise.all(hosts.map((host) => resolveHost(host, lookup, family)));
}

function resolveHost(host: string, lookup: LookupFunction, family: 0 | 4 | 6): Promise<string> {
  const literal = canonicalAddress(host);
  if (literal !== undefined) return Promise.resolve(literal);
  return new Promise((resolve, reject) => {
    lookup(host, { all: true, family, verbatim: true }, (error, found) => {
      if (error !== null) return reject(error);
      // IPv4 first: the peer's wildcard socket has it on every host.
      const chosen = found.find((entry) => entry.family === 4) ?? found[0];
      const address = chosen === undefined ? undefined : canonicalAddress(chosen.address);
      if (address !== undefined) return resolve(address);
      reject(new SctpError(SctpErrorCode.InvalidAddress, `"${host}" has no address`));
    });
  });
}
