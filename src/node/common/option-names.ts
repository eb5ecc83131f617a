/**
 * The options of `net` and the core's, side by side, as users write them.
 * Owns: telling the core's options from the others, what becomes of `net`'s that SCTP has no use for, and the kinds of values
 * that several calls share. Does not own: the check (src/base/option-check.ts), which names a call takes (beside its options'
 * interface), the ranges of the core's options (src/base/options.ts).
 */
import type { BlockList } from "node:net";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import {
  checkOptions,
  hasMethods,
  isFlag,
  isNumber,
  isOneOf,
  isWhole,
  type Kind,
  type OptionNames,
  received,
} from "../../base/option-check.ts";
import { ASSOCIATION_OPTIONS, type AssociationOptionsInput, associationOptions } from "../../base/options.ts";
import { addressFamily } from "../../platform/address.ts";
import { isTraceFile } from "./trace-file.ts";

/** Names of the association's options, which are checked by themselves. */
export const ASSOCIATION_NAMES: readonly string[] = Object.keys(ASSOCIATION_OPTIONS);

/** Options of `net` that change nothing here, so that programs may go on saying them. */
export interface NetOptions {
  /** An SCTP association has no half-closed state. */
  readonly allowHalfOpen?: false | undefined;
  /** Of TCP in `net`: there is no need to choose a family here. */
  readonly autoSelectFamily?: boolean | undefined;
  /** Of TCP in `net`: the addresses of a name are tried 250 ms apart. */
  readonly autoSelectFamilyAttemptTimeout?: number | undefined;
  /** Of `dns.lookup`: addresses are asked for in every family. */
  readonly hints?: number | undefined;
}

/** Keeping an association alive, in `net`'s words; the core's are `heartbeatIntervalMs`. */
export interface KeepAliveOptions {
  /** As `setKeepAlive` from the beginning; heartbeats are sent also without it. */
  readonly keepAlive?: boolean | undefined;
  /** With `keepAlive`: idle milliseconds before a HEARTBEAT, in place of `heartbeatIntervalMs`; 0 leaves that as it is. */
  readonly keepAliveInitialDelay?: number | undefined;
}

const LONGEST_TIMEOUT_MS = 2_147_483_647;
export const isTimeout: Kind = isNumber(0, LONGEST_TIMEOUT_MS);
export const isByteCount: Kind = isWhole(0, Number.MAX_SAFE_INTEGER);
export const isFamily: Kind = isOneOf(4, 6, 0, "IPv4", "IPv6");
export const isTraceSink: Kind = (value) =>
  hasMethods(value, ["packet", "event"]) ? undefined : "a TraceSink, with the methods packet and event";
export const isTrace: Kind = (value) =>
  isTraceSink(value) === undefined || isTraceFile(value) === undefined
    ? undefined
    : `${isTraceSink(undefined)}, or ${isTraceFile(undefined)}`;
const TRANSPORT_METHODS = ["send", "ref", "unref", "close"];
export const isTransports: Kind = (value) =>
  (Array.isArray(value) ? value : [value]).every((each) => hasMethods(each, TRANSPORT_METHODS))
    ? undefined
    : `a Transport, with the methods ${TRANSPORT_METHODS.join(", ")}, or a list of them`;
export const isBlockList: Kind = (value) =>
  typeof (value as { check?: unknown }).check === "function" ? undefined : "a BlockList";

export const BUFFER_KINDS = {
  highWaterMark: isByteCount,
  readableHighWaterMark: isByteCount,
  writableHighWaterMark: isByteCount,
} as const;
export const KEEP_ALIVE_KINDS = { keepAlive: isFlag, keepAliveInitialDelay: isTimeout } as const;
type Foreign = NonNullable<OptionNames<object>["foreign"]>;
const changesNothing = (): undefined => undefined;

/** What becomes of options of `net` that are none here. */
export const NET_FOREIGN: Foreign = {
  allowHalfOpen: (value) =>
    value === true
      ? "an SCTP association has no half-closed state; a stream of it has, with `stream(id).toNode({ allowHalfOpen: true })`"
      : undefined,
  autoSelectFamily: changesNothing,
  autoSelectFamilyAttemptTimeout: changesNothing,
  hints: changesNothing,
  readable: changesNothing,
  writable: changesNothing,
  path: () => "SCTP has ports and addresses, no paths of the file system",
  fd: () => "an association is not a file: hand in UDP sockets by `createSocket` or `transport`",
  handle: () => "an association is not a file: hand in UDP sockets by `createSocket` or `transport`",
  onread: () => "read with 'message', messages() or read()",
};
export const NET_LISTEN_FOREIGN: Foreign = {
  ...NET_FOREIGN,
  exclusive: changesNothing,
  readableAll: changesNothing,
  writableAll: changesNothing,
  reusePort: (value) =>
    value === true ? "processes and threads share a UDP port by createClusterServer()" : undefined,
};

/**
 * All that was given, and the options of the association among it.
 * @throws SctpError as `checkOptions`; ERR_SCTP_INVALID_OPTION for an option of the association that is out of range
 */
export function checkWithAssociation<T extends object, But extends PropertyKey>(
  options: T,
  taken: OptionNames<T, But>,
): { readonly options: T; readonly association: AssociationOptionsInput } {
  const given = checkOptions(options, { ...taken, more: ASSOCIATION_NAMES });
  const association: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given))
    if (Object.hasOwn(ASSOCIATION_OPTIONS, name)) association[name] = value;
  const { keepAlive, keepAliveInitialDelay } = given as KeepAliveOptions;
  if (keepAlive === true && keepAliveInitialDelay !== undefined && keepAliveInitialDelay > 0)
    association["heartbeatIntervalMs"] ??= keepAliveInitialDelay;
  associationOptions(association as AssociationOptionsInput);
  return { options: given, association: withDefaults(association as AssociationOptionsInput) };
}

/** What Node's sockets have by default beyond the core's defaults, for they know the interface. A size that was given wins. */
export const NODE_DEFAULTS: AssociationOptionsInput = Object.freeze({ pathMtuDiscovery: "auto" });

function withDefaults(given: AssociationOptionsInput): AssociationOptionsInput {
  if (Object.keys(given).length === 0) return NODE_DEFAULTS; // One object of options for all.
  return given.maxPacketBytes === undefined ? { ...NODE_DEFAULTS, ...given } : given;
}

/**
 * The port that a number or digits stand for; undefined where it is none. Digits as `net` takes them: whoever reads a port from
 * the environment has a string.
 */
export function portFrom(value: unknown): number | undefined {
  if (typeof value !== "number" && (typeof value !== "string" || value.trim() === "")) return undefined;
  const port = Number(value);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined;
}

/** @throws SctpError ERR_SCTP_INVALID_ARGUMENT unless `value` is a port from `min` to 65535, as a number or as digits */
export function portOf(value: unknown, name: string, min: 0 | 1): number {
  const port = portFrom(value);
  if (port !== undefined && port >= min) return port;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${name} must be a whole number from ${min} to 65535, not ${received(value)}`,
  );
}

/** The family that is meant, in numbers. */
export function familyNumber(family: 0 | 4 | 6 | "IPv4" | "IPv6" | undefined): 0 | 4 | 6 | undefined {
  if (family === "IPv4") return 4;
  return family === "IPv6" ? 6 : family;
}

/** The first of some canonical addresses that a block list names. */
export function blockedAddress(
  list: BlockList | undefined,
  addresses: readonly string[],
): string | undefined {
  if (list === undefined) return undefined;
  return addresses.find((address) => list.check(address, addressFamily(address) === 4 ? "ipv4" : "ipv6"));
}
