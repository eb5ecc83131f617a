/**
 * The events of a socket.
 * Owns: their names, arguments and texts. Does not own: those of every byte stream (src/node/common/duplex-events.ts), when
 * they come (association-duplex.ts).
 */

import type {
  AddressChange,
  AddressChangeOutcome,
  PathNewsName,
  UnsentMessage,
} from "../../association/model/events.ts";
import type { SctpError } from "../../base/errors.ts";
import type { Notification } from "../../socket/terms/notifications.ts";
import type { SctpStream } from "../channels/sctp-stream.ts";
import type { DuplexEventName, OnDuplexEvent } from "../common/duplex-events.ts";
import type { Message } from "../common/message.ts";

/** A path to the peer has another state, or is reached from other addresses. */
export interface PathChange {
  /** The peer's address. */
  readonly address: string;
  /** "added" and "removed" where the peer has done that with the address (RFC 5061). */
  readonly state: PathNewsName;
  /** The local addresses that reach it, as far as is known; none while it is not active. */
  readonly reachedFrom: readonly string[];
}

/** What has become of a change of a local address (RFC 5061). */
export interface LocalAddressChange {
  readonly change: AddressChange;
  /** Of this side. */
  readonly address: string;
  readonly outcome: AddressChangeOutcome;
  /** Why it was not performed; empty where it was. */
  readonly reason: string;
}

/** Streams that begin at SSN 0 again. */
export interface StreamsReset {
  readonly direction: "incoming" | "outgoing";
  /** None: all streams. */
  readonly streamIds: readonly number[];
}

/** How many streams there are now. */
export interface StreamCounts {
  /** That the peer may use. */
  readonly inboundStreams: number;
  /** That this side may use. */
  readonly outboundStreams: number;
}

/** `on`, `once` and their like: one call for each event. */
export interface OnSocketEvent<Self> extends OnDuplexEvent<Self> {
  /**
   * A message: its bytes in `data`, its stream, PPID and the like in `info`; `'message'` is `'data'` by another name. Listening
   * makes the messages flow.
   */
  (event: "data" | "message", listener: (message: Message) => void): Self;
  /** The first message on a stream that has no channel yet: while anybody listens, every stream becomes a channel. */
  (event: "stream", listener: (stream: SctpStream) => void): Self;
  /**
   * The association, or the way to it, has failed; `'close'` follows. Without a listener Node ends the process, as with `net`: the
   * sockets that a server accepts need one, too, since a peer may abort at any time. Told apart by `error.code`. An error that
   * `destroy(error)` was given, and the AbortError of a signal, come as they are.
   */
  (event: "error", listener: (error: SctpError) => void): Self;
  /** A name has been looked up, or could not be. */
  (
    event: "lookup",
    listener: (
      error: Error | null,
      address: string | undefined,
      family: 4 | 6 | undefined,
      host: string,
    ) => void,
  ): Self;
  /** The peer began a graceful shutdown: what is queued still goes out, nothing new is taken. */
  (event: "shutdown", listener: () => void): Self;
  /** A notification of RFC 6458 that `setOption("SCTP_EVENT", ...)` has subscribed to. */
  (event: "notification", listener: (notification: Notification) => void): Self;
  /** The peer began anew (RFC 9260 5.2.4 A). */
  (event: "restart", listener: () => void): Self;
  /** A path to the peer changed its state. */
  (event: "path", listener: (change: PathChange) => void): Self;
  /** A local address was added or removed, or made the peer's primary path, or was not (RFC 5061), whoever asked for it. */
  (event: "addressChange", listener: (change: LocalAddressChange) => void): Self;
  /**
   * Streams begin at SSN 0 again (RFC 6525): outgoing ones at the request of either side; incoming ones, told behind the messages
   * from before, and their channels have ended.
   */
  (event: "streamsReset", listener: (reset: StreamsReset) => void): Self;
  /** All stream and transmission sequence numbers begin anew (RFC 6525), at the request of either side. */
  (event: "associationReset", listener: () => void): Self;
  /** Streams were added (RFC 6525), at the request of either side. */
  (event: "streamsChanged", listener: (counts: StreamCounts) => void): Self;
  /** A message that had been accepted came back. */
  (event: "sendFailed", listener: (message: UnsentMessage) => void): Self;
  /** `bufferedAmount` has fallen to `bufferedAmountLowThreshold` from above: a good time to send more. */
  (event: "bufferedAmountLow", listener: () => void): Self;
  /** The peer reported error causes that do not end the association. */
  (event: "remoteError", listener: (causeCodes: readonly number[]) => void): Self;
  /** One of several events, where nothing matters but that it came. */
  (event: SocketEventName, listener: () => void): Self;
}

type SocketEventName =
  | DuplexEventName
  | "data"
  | "message"
  | "stream"
  | "error"
  | "lookup"
  | "shutdown"
  | "notification"
  | "restart"
  | "path"
  | "addressChange"
  | "streamsReset"
  | "associationReset"
  | "streamsChanged"
  | "sendFailed"
  | "bufferedAmountLow"
  | "remoteError";
