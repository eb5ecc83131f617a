/**
 * What a user of a socket, a stream or an endpoint sends and receives.
 * Owns: the shapes. Does not own: their transport, what the core makes of them (src/association).
 */
import type { MessageInfo } from "../../association/model/send-info.ts";
import { SctpError, SctpErrorCode } from "../../base/errors.ts";
import { isSignal, type OptionNames, received } from "../../base/option-check.ts";

/** What the sender says about a message; all of it may be left out. */
export interface SendInfo extends MessageInfo {
  /** Gives up waiting for room; a message that has been accepted is not taken back. */
  readonly signal?: AbortSignal | undefined;
  /**
   * What the promise waits for: "accepted", the default, until the message has been taken over; "delivered" until the peer has
   * acknowledged all of it. That rejects with ERR_SCTP_SEND_FAILED if the message was given up or its association ended before:
   * `error.transmitted` says whether the peer may have it.
   */
  readonly until?: "accepted" | "delivered" | undefined;
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

/** What those who read message by message may say. */
export interface MessagesOptions {
  /** Aborting it ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

export const MESSAGES_NAMES: OptionNames<MessagesOptions> = {
  of: "messages() and items()",
  see: "MessagesOptions",
  kinds: { signal: isSignal },
};

/** Text as UTF-8. @throws SctpError ERR_SCTP_INVALID_ARGUMENT for what is no message */
export function bytesOf(data: Uint8Array | string, what = "a message"): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof Uint8Array) return data;
  throw new SctpError(
    SctpErrorCode.InvalidArgument,
    `${what} must be a Uint8Array or a string, not ${received(data)}`,
  );
}
