/**
 * What a user of a socket, a stream or an endpoint sends and receives.
 * Owns: the shapes. Does not own: their transport, what the core makes of them (src/association).
 */
import type { SendInfo as CoreSendInfo } from "../../association/model/send-info.ts";

/** What the sender says about a message; all of it may be left out. */
export interface SendInfo extends CoreSendInfo {
  /** Gives up waiting for room; a message that has been accepted is not taken back. */
  readonly signal?: AbortSignal | undefined;
}

/** What is known about a message that arrived. */
export interface ReceiveInfo {
  readonly associationId: number;
  readonly streamId: number;
  /** Host order. */
  readonly ppid: number;
  readonly unordered: boolean;
  /** Stream Sequence Number; 0 where `unordered`. */
  readonly ssn: number;
  /** TSN of the first chunk of the message. */
  readonly tsn: number;
  /** Up to here every TSN has arrived. */
  readonly cumulativeTsn: number;
  /** What the option SCTP_CONTEXT was set to; 0 otherwise (RFC 6458 8.1.25). */
  readonly context: number;
}

/** A message that arrived. */
export interface Message {
  readonly data: Buffer;
  readonly info: ReceiveInfo;
}
