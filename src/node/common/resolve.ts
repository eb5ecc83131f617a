/**
 * From host names to addresses.
 * Owns: the lookup. Does not own: which address is used when (the association).
 */
import { lookup as dnsLookup } from "node:dns";
import type { LookupFunction } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { addressFamily, canonicalAddress } from "../../platform/address.ts";
import { hostError } from "./host-error.ts";

export interface ResolveOptions {
  /** In the manner of `dns.lookup`, which it stands in for. */
  readonly lookup?: LookupFunction | undefined;
  /** 4 or 6 looks names up in one family only; 0, or absent, in both, and takes IPv4 where there is a choice. */
  readonly family?: 0 | 4 | 6 | undefined;
}

/** What became of one name; as the arguments of the `'lookup'` event. */
export type OnLookup = (
  error: Error | null,
  address: string | undefined,
  family: 4 | 6 | undefined,
  host: string,
) => void;

/**
 * The canonical addresses of hosts, one for each name, in order; an IP literal is its own address.
 * @throws (rejects) SctpError ERR_SCTP_LOOKUP_FAILED with the host's code, ERR_SCTP_INVALID_ADDRESS for a name without addresses
 */
export async function resolveHosts(
  hosts: readonly string[],
  options: ResolveOptions,
  onLookup: OnLookup = () => {},
): Promise<string[]> {
  return await Promise.all(hosts.map((host) => resolveHost(host, options, onLookup)));
}

/**
 * All canonical addresses of one host, in the order in which they are worth trying: the families in turn (RFC 8305 4), IPv4
 * first, which the wildcard socket of a peer has on every host.
 * @throws (rejects) the error of the lookup, SctpError ERR_SCTP_INVALID_ADDRESS for a name without addresses
 */
export async function resolveAlternatives(
  host: string,
  options: ResolveOptions,
  onLookup: OnLookup = () => {},
): Promise<string[]> {
  const literal = canonicalAddress(host);
  if (literal !== undefined) return [literal];
  try {
    const found = interleaved(await lookUpAll(host, options));
    for (const address of found) onLookup(null, address, addressFamily(address), host);
    return found;
  } catch (error) {
    onLookup(error as Error, undefined, undefined, host);
    throw error;
  }
}

function interleaved(addresses: readonly string[]): string[] {
  const [four, six] = [4, 6].map((family) =>
    addresses.filter((address) => addressFamily(address) === family),
  ) as [string[], string[]];
  const turns = Array.from({ length: Math.max(four.length, six.length) }, (_, i) => [four[i], six[i]]);
  return turns.flat().filter((address) => address !== undefined);
}

/** The canonical addresses of hosts that are literals all of them; undefined if one is a name. */
export function literalsOf(hosts: readonly string[]): readonly string[] | undefined {
  const literals = hosts.map(canonicalAddress).filter((address) => address !== undefined);
  return literals.length === hosts.length ? literals : undefined;
}

async function resolveHost(host: string, options: ResolveOptions, onLookup: OnLookup): Promise<string> {
  const literal = canonicalAddress(host);
  if (literal !== undefined) return literal;
  try {
    const [address = ""] = interleaved(await lookUpAll(host, options));
    onLookup(null, address, addressFamily(address), host);
    return address;
  } catch (error) {
    onLookup(error as Error, undefined, undefined, host);
    throw error;
  }
}

/** At least one. */
function lookUpAll(
  host: string,
  { lookup = dnsLookup as LookupFunction, family = 0 }: ResolveOptions,
): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      const why = error instanceof Error ? error.message : String(error);
      const about = { syscall: "getaddrinfo", hostname: host };
      reject(hostError(SctpErrorCode.LookupFailed, `"${host}" could not be looked up: ${why}`, error, about));
    };
    const onFound: Parameters<LookupFunction>[2] = (error, found) => {
      if (error !== null && error !== undefined) return fail(error);
      const addresses = new Set(addressesIn(found));
      if (addresses.size > 0) return resolve([...addresses]);
      reject(new SctpError(SctpErrorCode.InvalidAddress, `"${host}" has no address`, { hostname: host }));
    };
    try {
      lookup(host, { all: true, family, verbatim: true }, onFound);
    } catch (error) {
      fail(error);
    }
  });
}

/** A stand-in for `dns.lookup` may answer as for one address although all were asked for, or with anything. */
function addressesIn(found: unknown): string[] {
  const entries: readonly unknown[] = Array.isArray(found) ? found : [found];
  return entries.flatMap((entry) => {
    const text =
      typeof entry === "object" && entry !== null ? (entry as { address?: unknown }).address : entry;
    const address = typeof text === "string" ? canonicalAddress(text) : undefined;
    return address === undefined ? [] : [address];
  });
}
