/**
 * `sctp.connect()`.
 * Owns: making the socket. Does not own: what it does (sctp-socket.ts).
 */
import { type ConnectOptions, Socket } from "./sctp-socket.ts";

/**
 * A socket that connects, or with `passive` waits to be connected to; `'connect'` or `'error'` follows.
 * @throws SctpError ERR_SCTP_INVALID_ARGUMENT
 */
export function connect(options: ConnectOptions, onConnect?: () => void): Socket {
  return new Socket(options).connect(options, onConnect);
}
