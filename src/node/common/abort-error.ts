/**
 * The error of an operation that an `AbortSignal` gave up, as Node's own.
 * Owns: its shape. Does not own: which operations listen to a signal.
 */

/** Node exports no class for it. */
export function abortError(signal: AbortSignal): Error {
  const error = new Error("The operation was aborted", { cause: signal.reason });
  return Object.assign(error, { name: "AbortError", code: "ABORT_ERR" });
}
