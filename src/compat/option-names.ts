/**
 * Options in the interface of npm's `sctp`, which ignores those that it does not know.
 * Owns: refusing what is surely a slip of the finger, and ports that are none. Does not own: what the options do.
 */
import { SctpError, SctpErrorCode } from "../base/errors.ts";
import { nearestName } from "../base/nearest-name.ts";
import { received } from "../base/option-check.ts";
import { portOf } from "../node/common/option-names.ts";

/** What that package knows, with what its documentation has for servers and sockets alike. */
const KNOWN = [
  "port",
  "host",
  "localPort",
  "localAddress",
  "backlog",
  "MIS",
  "OS",
  "ppid",
  "stream_id",
  "unordered",
  "no_bundle",
  "passive",
  "protocol",
  "udpTransport",
  "udpPeer",
  "logger",
] as const;

/**
 * The options, which may have more names than are known, but none that is nearly one of them.
 * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT
 */
export function checkedOptions<T extends object>(options: T, of: string): T {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw new SctpError(
      SctpErrorCode.InvalidArgument,
      `the options of ${of} must be an object, not ${received(options)}`,
    );
  }
  const known: readonly string[] = KNOWN;
  for (const name of Object.keys(options)) {
    const near = known.includes(name) ? undefined : nearestName(name, known);
    if (near === undefined) continue;
    throw new SctpError(
      SctpErrorCode.InvalidOption,
      `there is no option "${name}" of ${of}: it is called ${near}`,
    );
  }
  return options;
}

/** Where to, or where: options, or a port as a number or as digits. @throws SctpError as `checkedOptions` */
export function optionsWithPort<T extends { readonly port?: number | string | undefined }>(
  where: T | number | string,
  of: string,
  min: 0 | 1,
): T & { readonly port: number } {
  const options = typeof where === "number" || typeof where === "string" ? ({ port: where } as T) : where;
  const { port = min === 0 ? 0 : undefined } = checkedOptions(options, of);
  return { ...options, port: portOf(port ?? undefined, "port", min) };
}
