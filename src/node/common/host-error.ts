/**
 * What the host refused, as an error of the library's.
 * Owns: carrying the host's own words over: errno name and number, call, address, port, name.
 * Does not own: the error (src/base/errors.ts), what is said of each (those who asked the host).
 */
import { SctpError, type SctpErrorCode, type SctpErrorDetails } from "../../base/errors.ts";

/**
 * @param error what the host said; anything else that was thrown in its place is kept as the cause
 * @param about what it was about, where the host did not say so itself
 */
export function hostError(
  code: SctpErrorCode,
  message: string,
  error: unknown,
  about: Pick<SctpErrorDetails, "syscall" | "address" | "port" | "hostname"> = {},
): SctpError {
  const said = (typeof error === "object" && error !== null ? error : {}) as NodeJS.ErrnoException;
  return new SctpError(code, message, {
    cause: error,
    hostCode: typeof said.code === "string" ? said.code : undefined,
    errno: typeof said.errno === "number" ? said.errno : undefined,
    syscall: said.syscall ?? about.syscall,
    address: about.address,
    port: about.port,
    hostname: about.hostname,
  });
}
