/**
 * The names of options: what users write side by side, and what the core wants apart.
 * Owns: telling the core's options from the others, refusing a name that does not exist with the one that was meant, and
 * the checks that connect and listen share. Does not own: which names a call takes (beside its options' interface), the
 * ranges of the core's options (src/base/options.ts).
 */
import type { BlockList } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { ASSOCIATION_OPTIONS, type AssociationOptions, associationOptions } from "../../base/options.ts";
import { addressFamily } from "../../platform/address.ts";
import { nearestName } from "./nearest-name.ts";

/** What a call takes. */
export interface OptionNames<T extends object> {
  /** What the options are of, as in "there is no option x of connect()". */
  readonly of: string;
  /** The interface that describes them all. */
  readonly see: string;
  /** The call's own options. */
  readonly names: ReadonlyArray<keyof T & string>;
  /** Names that it used to have, or that others would give it, and which one was meant. */
  readonly meant: Readonly<Record<string, keyof T & string>>;
}

/** Options of `net` that SCTP has no use for, and what to do instead. */
const NOT_HERE: Readonly<Record<string, string>> = {
  allowHalfOpen: "an SCTP association has no half-closed state: leave it out",
  keepAlive: "heartbeats keep an association alive: say how often with heartbeatIntervalMs",
  keepAliveInitialDelay: "say how often heartbeats are sent with heartbeatIntervalMs",
  path: "SCTP has ports and addresses, no paths of the file system",
  pauseOnConnect: "messages wait until somebody reads them: leave it out",
  onread: "read with 'message', messages() or read()",
};

const ASSOCIATION_NAMES: readonly string[] = Object.keys(ASSOCIATION_OPTIONS);

/**
 * Refuses names that the call does not take. An option whose value is undefined is as good as absent.
 * @throws SctpError ERR_SCTP_INVALID_OPTION that says which name was meant
 */
export function checkNames<T extends object>(options: T, taken: OptionNames<T>): void {
  for (const name in options) {
    if (!(taken.names as readonly string[]).includes(name) && options[name] !== undefined)
      throw unknownName(name, taken, taken.names);
  }
}

/**
 * The options of the association among all that were given.
 * @throws SctpError ERR_SCTP_INVALID_OPTION for an option that does not exist or is out of range
 */
export function associationPart<T extends object>(
  options: T,
  taken: OptionNames<T>,
): Partial<AssociationOptions> {
  const association: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    if (Object.hasOwn(ASSOCIATION_OPTIONS, name)) association[name] = value;
    else if (value !== undefined && !(taken.names as readonly string[]).includes(name))
      throw unknownName(name, taken, [...taken.names, ...ASSOCIATION_NAMES]);
  }
  associationOptions(association as Partial<AssociationOptions>);
  return association as Partial<AssociationOptions>;
}

function unknownName<T extends object>(
  name: string,
  { of, see, meant }: OptionNames<T>,
  known: readonly string[],
): SctpError {
  const complaint = `there is no option "${name}" of ${of}`;
  const better = Object.hasOwn(meant, name) ? meant[name] : undefined;
  const foreign = Object.hasOwn(NOT_HERE, name) ? NOT_HERE[name] : undefined;
  const near = better ?? (foreign === undefined ? nearestName(name, known) : undefined);
  const instead = near === undefined ? (foreign ?? `see ${see}`) : `it is called ${near}`;
  return new SctpError(SctpErrorCode.InvalidOption, `${complaint}: ${instead}`);
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
