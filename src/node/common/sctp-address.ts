/**
 * The address syntax of the field: all addresses of a multihomed end, then its SCTP port, `10.50.1.1/10.50.2.1:2904`.
 * Owns: reading and writing that text. Does not own: looking names up (resolve.ts), which address is used when.
 */
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { checkArgument, isObject, isText, isTexts, isWhole } from "../../base/option-check.ts";
import { canonicalAddress } from "../../platform/address.ts";

/** One end of an association: where it is and which service of it is meant. */
export interface SctpAddress {
  /** Addresses or host names, the primary one first; empty where the text began with the port. */
  readonly hosts: readonly string[];
  /** SCTP port, 0 to 65535; undefined where the text has none. */
  readonly port: number | undefined;
}

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?\.?$/;

/**
 * Reads `host/host:port`. A host is an IPv4 address, an IPv6 address (in brackets wherever a port follows it), or a name;
 * the port may be left out, and so may the hosts of a local address (`:2904`).
 *
 * @throws SctpError ERR_SCTP_INVALID_ADDRESS with what is wrong and how it is written; ERR_SCTP_INVALID_ARGUMENT for what is
 *   no string
 */
export function parseSctpAddress(text: string): SctpAddress {
  checkArgument("an SCTP address", text, isText);
  const { list, port } = splitPort(text);
  if (list === "" && port !== undefined) return { hosts: [], port };
  const hosts = list.split("/").map((part) => parseHost(part, text));
  const repeated = hosts.find((host, i) => hosts.indexOf(host) !== i);
  if (repeated !== undefined) throw invalid(text, `${repeated} is in it twice`);
  return { hosts, port };
}

/**
 * Writes what `parseSctpAddress` reads: IPv6 addresses in brackets, addresses in their canonical form.
 * @param port left out of the text if it is undefined
 * @throws SctpError ERR_SCTP_INVALID_ADDRESS for a host that is neither an address nor a name; ERR_SCTP_INVALID_ARGUMENT for
 *   hosts or a port of another type
 */
export function formatSctpAddress(end: SctpAddress): string {
  checkArgument("an SCTP address", end, isObject);
  const { hosts, port } = end;
  checkArgument("hosts", hosts, isTexts);
  if (port !== undefined) checkArgument("port", port, isWhole(0, 65_535));
  const list = hosts.map((host) => {
    const address = canonicalAddress(host);
    if (address === undefined && !HOST_NAME.test(host)) throw invalid(host, "it is not an address or a name");
    return address?.includes(":") === true ? `[${address}]` : (address ?? host);
  });
  return list.join("/") + (port === undefined ? "" : `:${port}`);
}

/** The hosts of an option that takes one host or several in the syntax above, without a port. */
export function parseHosts(text: string): readonly string[] {
  const { hosts, port } = parseSctpAddress(text);
  if (port !== undefined) throw invalid(text, "a port does not belong here: give it as `port`");
  return hosts;
}

/**
 * Hosts and port of an end of which both must be said.
 * @throws SctpError ERR_SCTP_INVALID_ADDRESS
 */
export function parseWithPort(text: string): { readonly hosts: readonly string[]; readonly port: number } {
  const { hosts, port } = parseSctpAddress(text);
  if (port !== undefined) return { hosts, port };
  const bare = formatSctpAddress({ hosts, port });
  throw new SctpError(SctpErrorCode.InvalidAddress, `"${text}" has no port: write ${bare}:PORT`);
}

function splitPort(text: string): { list: string; port: number | undefined } {
  const last = text.slice(text.lastIndexOf("/") + 1);
  // Without brackets the colons of an IPv6 address are its own: "2001:db8::1" has no port.
  const bracket = last.indexOf("]");
  const colon = last.startsWith("[") && bracket !== -1 ? last.indexOf(":", bracket) : last.indexOf(":");
  if (colon === -1 || colon !== last.lastIndexOf(":")) return { list: text, port: undefined };
  const digits = last.slice(colon + 1);
  const port = /^[0-9]{1,5}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(port <= 65_535)) throw invalid(text, `"${digits}" is not a port from 0 to 65535`);
  return { list: text.slice(0, text.length - digits.length - 1), port };
}

function parseHost(part: string, text: string): string {
  if (part === "") {
    const isPath = text.startsWith("/");
    throw invalid(
      text,
      isPath ? "a host is missing, and SCTP has no paths of the file system" : "a host is missing",
    );
  }
  const bracketed = part.startsWith("[") && part.endsWith("]");
  const inner = bracketed ? part.slice(1, -1) : part;
  const address = canonicalAddress(inner);
  if (bracketed && (address === undefined || !inner.includes(":"))) {
    throw invalid(text, `"${inner}" is not an IPv6 address`);
  }
  if (address !== undefined) return address;
  if (/^[0-9.]+$/.test(inner)) throw invalid(text, `"${inner}" is not an IPv4 address`);
  if (!HOST_NAME.test(inner)) throw invalid(text, `"${inner}" is not an address or a name`);
  return inner;
}

function invalid(text: string, what: string): SctpError {
  return new SctpError(
    SctpErrorCode.InvalidAddress,
    `"${text}": ${what}; it goes like 192.0.2.1/[2001:db8::1]/host.example:2904`,
  );
}
