/**
 * Transport addresses as the core sees them.
 * Owns: the shape of an address, its one canonical text form, the classes of address that SCTP must tell apart, and how far
 * each of them reaches.
 * Does not own: name resolution, sockets (src/node).
 */

/** An IP literal in canonical form (see `canonicalAddress`) and a UDP port. */
export interface TransportAddress {
  readonly address: string;
  readonly port: number;
}

export type AddressFamily = 4 | 6;

/** The family of a canonical address. */
export function addressFamily(address: string): AddressFamily {
  return address.includes(":") ? 6 : 4;
}

/**
 * The one form in which the core compares addresses: dotted decimal for IPv4 (and for IPv4-mapped IPv6), RFC 5952 for
 * IPv6. A zone (`%eth0`) is kept. Returns undefined if `text` is not an IP literal.
 */
export function canonicalAddress(text: string): string | undefined {
  if (typeof text !== "string") return undefined; // Users without types ask, too.
  if (!text.includes(":")) {
    return parseIpv4(text) === undefined ? undefined : text;
  }
  const percent = text.indexOf("%");
  const zone = percent === -1 ? "" : text.slice(percent);
  const bytes = parseIpv6(percent === -1 ? text : text.slice(0, percent));
  if (bytes === undefined || zone === "%") return undefined;
  return formatIpv6(bytes) + (addressFamilyOfBytes(bytes) === 4 ? "" : zone);
}

/** The 4 or 16 bytes of an IP literal, in network order; undefined if `text` is none. A zone is dropped. */
export function addressBytes(text: string): Uint8Array | undefined {
  if (!text.includes(":")) return parseIpv4(text);
  const percent = text.indexOf("%");
  return parseIpv6(percent === -1 ? text : text.slice(0, percent));
}

/** The canonical text of 4 or 16 address bytes at `start`. */
export function formatAddress(bytes: Uint8Array, start: number, lengthBytes: 4 | 16): string {
  return lengthBytes === 4 ? formatIpv4(bytes, start) : formatIpv6(bytes.subarray(start, start + 16));
}

/** `0.0.0.0` and `::`: bound to, never sent to. */
export function isWildcardAddress(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** Whether the wildcard of its family is among those, and stands for it: it is not listed beside it. */
export function isBehindWildcard(address: string, among: readonly string[]): boolean {
  return among.includes(addressFamily(address) === 4 ? "0.0.0.0" : "::") && !among.includes(address);
}

/** Whether a packet may come from this address: not multicast, broadcast or unspecified (RFC 9260 8.4 rule 1). */
export function isUnicastAddress(address: string): boolean {
  if (address.includes(":")) return address !== "::" && !address.startsWith("ff");
  const first = Number.parseInt(address, 10);
  return first !== 0 && first < 224;
}

/** Loopback addresses: only a peer on this host can use them. */
export function isLoopbackAddress(address: string): boolean {
  return address === "::1" || address.startsWith("127.");
}

/** How far an address reaches: this host, this link, the private network of a site, everywhere. A number for comparing. */
export const Scope = { Loopback: 0, Link: 1, Site: 2, Global: 3 } as const;

/** @returns one of `Scope` */
export function scopeOf(address: string): number {
  if (isLoopbackAddress(address)) return Scope.Loopback;
  if (isLinkLocalAddress(address)) return Scope.Link;
  const [first = 0, second = 0] = addressBytes(address) ?? [];
  if (address.includes(":")) {
    const isUniqueLocal = (first & 0xfe) === 0xfc; // RFC 4193
    return isUniqueLocal || (first === 0xfe && second >= 0xc0) ? Scope.Site : Scope.Global;
  }
  const isPrivate =
    first === 10 || // RFC 1918
    (first === 172 && second >> 4 === 1) ||
    (first === 192 && second === 168) ||
    (first === 100 && second >> 6 === 1); // RFC 6598
  return isPrivate ? Scope.Site : Scope.Global;
}

/** Addresses that mean something on one link only; in IPv6 they need a zone to say which. */
export function isLinkLocalAddress(address: string): boolean {
  if (!address.includes(":")) return address.startsWith("169.254.");
  const [first = 0, second = 0] = addressBytes(address) ?? [];
  return first === 0xfe && (second & 0xc0) === 0x80;
}

/** The zone of an address (`%eth0`); empty where there is none. */
export function zoneOf(address: string): string {
  const percent = address.indexOf("%");
  return percent === -1 ? "" : address.slice(percent);
}

/**
 * Whether packets of a host that has `remote` find their way to `address`: one that reaches less far than `remote` may be
 * another host's there, or nobody's; a link-local one counts on its own link alone.
 */
export function isInScope(address: string, remote: string): boolean {
  const [scope, remoteScope] = [scopeOf(address), scopeOf(remote)];
  if (scope !== Scope.Link) return scope >= remoteScope;
  return remoteScope === Scope.Link && zoneOf(address) === zoneOf(remote);
}

/** Four numbers up to 255 without leading zeros, by hand: every packet of a set-up comes by here. */
function parseIpv4(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(4);
  let index = 0;
  let digits = 0;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && value === 0) return undefined;
      value = 10 * value + digit;
      if (value > 255) return undefined;
      digits++;
      continue;
    }
    if (digit !== DOT || digits === 0 || index === 3) return undefined;
    bytes[index++] = value;
    digits = 0;
    value = 0;
  }
  if (index !== 3 || digits === 0) return undefined;
  bytes[3] = value;
  return bytes;
}

const DOT = 0x2e - 0x30;

function formatIpv4(bytes: Uint8Array, start: number): string {
  return `${bytes[start]}.${bytes[start + 1]}.${bytes[start + 2]}.${bytes[start + 3]}`;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const head = groupsOf(halves[0] ?? "", halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "", true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const bytes = new Uint8Array(16);
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  groups.forEach((group, i) => {
    bytes[2 * i] = group >>> 8;
    bytes[2 * i + 1] = group & 0xff;
  });
  return bytes;
}

/** The 16-bit groups of one side of `::`; an IPv4 tail counts as two, at the end of the address only (RFC 4291 2.2). */
function groupsOf(text: string, endsAddress: boolean): number[] | undefined {
  if (text === "") return [];
  const parts = text.split(":");
  const groups: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] ?? "";
    if (endsAddress && i === parts.length - 1 && part.includes(".")) {
      const v4 = parseIpv4(part);
      if (v4 === undefined) return undefined;
      groups.push(((v4[0] ?? 0) << 8) | (v4[1] ?? 0), ((v4[2] ?? 0) << 8) | (v4[3] ?? 0));
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return undefined;
    }
  }
  return groups;
}

/** IPv4-mapped addresses (::ffff:a.b.c.d) count as IPv4: a dual-stack socket reports its IPv4 peers so. */
function addressFamilyOfBytes(bytes: Uint8Array): AddressFamily {
  for (let i = 0; i < 10; i++) if (bytes[i] !== 0) return 6;
  return bytes[10] === 0xff && bytes[11] === 0xff ? 4 : 6;
}

function formatIpv6(bytes: Uint8Array): string {
  if (addressFamilyOfBytes(bytes) === 4) return formatIpv4(bytes, 12);
  const groups: number[] = [];
  for (let i = 0; i < 16; i += 2) groups.push(((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0));
  let bestStart = -1;
  let bestLength = 1; // RFC 5952 4.2.2: a single zero group is not shortened.
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && groups[i + length] === 0) length++;
    if (length > bestLength) {
      bestStart = i;
      bestLength = length;
    }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(":");
  if (bestStart === -1) return hex(groups);
  return `${hex(groups.slice(0, bestStart))}::${hex(groups.slice(bestStart + bestLength))}`;
}
