/**
 * Users write all options side by side; the core wants its own apart.
 * Owns: telling them apart, and refusing what is neither. Does not own: their ranges (src/options.ts).
 */
import { SctpError, SctpErrorCode } from "../errors.ts";
import { ASSOCIATION_OPTIONS, type AssociationOptions, associationOptions } from "../options.ts";

/** Options that belong to the socket, the server or the UDP port. */
const HOST_OPTIONS: ReadonlySet<string> = new Set([
  "port",
  "host",
  "hosts",
  "udpPort",
  "localPort",
  "localUdpPort",
  "localAddress",
  "localAddresses",
  "family",
  "lookup",
  "signal",
  "readableHighWaterMark",
  "trace",
  "stack",
  "udp",
  "createSocket",
]);

/** @throws SctpError ERR_SCTP_INVALID_OPTION for an option that does not exist or is out of range */
export function splitOptions(options: object): { readonly association: Partial<AssociationOptions> } {
  const association: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(ASSOCIATION_OPTIONS, name)) association[name] = value;
    else if (!HOST_OPTIONS.has(name)) {
      throw new SctpError(SctpErrorCode.InvalidOption, `there is no option "${name}"`);
    }
  }
  associationOptions(association as Partial<AssociationOptions>);
  return { association: association as Partial<AssociationOptions> };
}
