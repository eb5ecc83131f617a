/**
 * Users write all options side by side; the core wants its own apart.
 * Owns: telling them apart, refusing what is neither, and the checks that connect and listen share.
 * Does not own: the ranges of the core's options (src/base/options.ts).
 */
import type { BlockList } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { ASSOCIATION_OPTIONS, type AssociationOptions, associationOptions } from "../../base/options.ts";
import { addressFamily } from "../../platform/address.ts";

/** Options of `net` that SCTP has no use for, and what to do instead. */
const NOT_HERE: Readonly<Record<string, string>> = {
  allowHalfOpen: "an SCTP association has no half-closed state: leave it out",
  keepAlive: "heartbeats keep an association alive: say how often with heartbeatIntervalMs",
  keepAliveInitialDelay: "say how often heartbeats are sent with heartbeatIntervalMs",
  path: "SCTP has ports and addresses, no paths of the file system",
  pauseOnConnect: "messages wait until somebody reads them: leave it out",
  onread: "read with 'message', messages() or read()",
};

/**
 * @param hostOptions the names of the options that the caller itself takes
 * @throws SctpError ERR_SCTP_INVALID_OPTION for an option that does not exist or is out of range
 */
export function associationPart(
  options: object,
  hostOptions: ReadonlySet<string>,
): Partial<AssociationOptions> {
  const association: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(ASSOCIATION_OPTIONS, name)) association[name] = value;
    else if (!hostOptions.has(name) && value !== undefined) {
      const instead =
        NOT_HERE[name] ??
        "see ConnectSocketOptions, ServerOptions, ServerListenOptions and AssociationOptions";
      throw new SctpError(SctpErrorCode.InvalidOption, `there is no option "${name}": ${instead}`);
    }
  }
  associationOptions(association as Partial<AssociationOptions>);
  return association as Partial<AssociationOptions>;
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT unless `port` is a whole number from `min` to 65535 */
export function checkPort(port: unknown, name: string, min: 0 | 1): void {
  if (Number.isInteger(port) && (port as number) >= min && (port as number) <= 65_535) return;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${name} must be a whole number from ${min} to 65535, not ${String(port)}`,
  );
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT unless `family` is 0, 4 or 6 */
export function checkFamily(family: unknown): void {
  if (family === undefined || family === 0 || family === 4 || family === 6) return;
  throw new SctpError(SctpErrorCode.InvalidArgument, `family must be 4, 6 or 0, not ${String(family)}`);
}

/** The first of some canonical addresses that a block list names. */
export function blockedAddress(
  list: BlockList | undefined,
  addresses: readonly string[],
): string | undefined {
  if (list === undefined) return undefined;
  return addresses.find((address) => list.check(address, addressFamily(address) === 4 ? "ipv4" : "ipv6"));
}
