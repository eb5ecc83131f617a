/**
 * `connect`, as `net` has it.
 * Owns: making the socket. Does not own: anything that the socket does.
 */
import type { ServerAddress } from "../common/server-address.ts";
import { type ConnectSocketOptions, connectListener, connectOptions } from "./connect-options.ts";
import { Socket } from "./socket.ts";

/**
 * Begins an association and returns its socket at once; `'connect'` or `'error'` follows. `await socket.opened` waits.
 * Takes `net`'s forms, options or port and host, an address such as `10.50.1.1/10.50.2.1:2904`, and a server's `address()`.
 * @throws SctpError ERR_SCTP_INVALID_OPTION, ERR_SCTP_INVALID_ARGUMENT, ERR_SCTP_INVALID_ADDRESS
 */
export function connect(options: ConnectSocketOptions, onConnect?: (() => void) | null): Socket;
/** Begins an association with the address of a server: text such as `10.50.1.1/10.50.2.1:2904`, or its `address()`. */
export function connect(
  to: ConnectSocketOptions | ServerAddress | string,
  onConnect?: (() => void) | null,
): Socket;
/** Begins an association with an SCTP port of a host, "localhost" if absent. */
export function connect(port: number, host?: string, onConnect?: () => void): Socket;
/** Begins an association with an SCTP port of this host. */
export function connect(port: number, onConnect?: () => void): Socket;
export function connect(
  to: ConnectSocketOptions | ServerAddress | number | string,
  host?: string | (() => void) | null,
  onConnect?: () => void,
): Socket {
  const options = connectOptions(to, host);
  const { highWaterMark, readableHighWaterMark, writableHighWaterMark } = options;
  const socket = new Socket({ highWaterMark, readableHighWaterMark, writableHighWaterMark });
  return socket.connect(options, connectListener(to, host, onConnect));
}
