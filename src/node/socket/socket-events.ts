/**
 * The events of a socket.
 * Owns: their names and arguments. Does not own: when they come (association-duplex.ts).
 */

import type { UnsentMessage } from "../../association/model/events.ts";
import type { PathInfo } from "../../association/reporting/status.ts";
import type { SctpError } from "../../base/errors.ts";
import type { Notification } from "../../socket/terms/notifications.ts";
import type { SctpStream } from "../channels/sctp-stream.ts";
import type { Message } from "../common/message.ts";

export interface SocketEvents {
  /** A name has been looked up, or could not be. */
  lookup: [error: Error | null, address: string | undefined, family: 4 | 6 | undefined, host: string];
  /** The association is established. */
  connect: [];
  /** Comes with `'connect'`. */
  ready: [];
  /** A message; like `'data'` by another name. Listening makes the messages flow. */
  message: [message: Message];
  data: [message: Message];
  /** The first message on a stream that has no channel yet: while anybody listens, every stream becomes a channel. */
  stream: [stream: SctpStream];
  drain: [];
  /** Everything has been read and the association has ended gracefully. */
  end: [];
  finish: [];
  readable: [];
  pause: [];
  resume: [];
  pipe: [source: NodeJS.ReadableStream];
  unpipe: [source: NodeJS.ReadableStream];
  /** Nothing was sent or received for as long as `setTimeout` said. */
  timeout: [];
  /**
   * The association, or the way to it, has failed; `'close'` follows. Without a listener Node ends the process, as with `net`: the
   * sockets that a server accepts need one, too, since a peer may abort at any time. Told apart by `error.code`. An error that
   * `destroy(error)` was given, and the AbortError of a signal, come as they are.
   */
  error: [error: SctpError];
  close: [hadError: boolean];
  /** The peer began a graceful shutdown: what is queued still goes out, nothing new is taken. */
  shutdown: [];
  /** A notification of RFC 6458 that `setOption("SCTP_EVENT", ...)` has subscribed to. */
  notification: [notification: Notification];
  /** The peer began anew (RFC 9260 5.2.4 A). */
  restart: [];
  /** A path to the peer changed its state. */
  path: [
    change: {
      readonly address: string;
      readonly state: PathInfo["state"];
      /** The local addresses that reach it, as far as is known; none while it is not active. */
      readonly reachedFrom: readonly string[];
    },
  ];
  /** A message that had been accepted came back. */
  sendFailed: [message: UnsentMessage];
  /** The peer reported error causes that do not end the association. */
  remoteError: [causeCodes: readonly number[]];
  newListener: [event: string | symbol, listener: (...args: never[]) => void];
  removeListener: [event: string | symbol, listener: (...args: never[]) => void];
}
