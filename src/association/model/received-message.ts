/**
 * A message on its way to the user.
 * Owns: its bytes and what the peer said about them. Does not own: queues.
 */
import type { UserDataChunk } from "../../chunks/user-data.ts";

export interface ReceivedMessage {
  /** The user data; a view into the datagram it came in, or memory of its own if it came in fragments. */
  readonly data: Uint8Array;
  readonly streamId: number;
  /** Payload Protocol Identifier, host order. */
  readonly ppid: number;
  readonly unordered: boolean;
  /** Stream Sequence Number as the peer sent it; where `unordered` it says nothing. */
  readonly ssn: number;
  /** TSN of the first fragment in `data`. */
  readonly tsn: number;
  /** A whole number: the same in all pieces of one message, and another in any message that is delivered meanwhile. */
  readonly messageKey: number;
  /** False for a piece of a message that is too large for the receive buffer; the last piece is true (RFC 9260 6.9). */
  readonly endOfMessage: boolean;
}

/**
 * The key of the message whose first fragment has this TSN. Signed: numbers of 31 bits and a sign take no memory of their
 * own in V8, and this one is kept for every message.
 */
export const messageKeyOf = (firstTsn: number): number => firstTsn | 0;

/** The message that came in one chunk. */
export function wholeMessage(chunk: UserDataChunk, data: Uint8Array): ReceivedMessage {
  const { tsn } = chunk;
  return {
    data,
    streamId: chunk.streamId,
    ppid: chunk.ppid,
    unordered: chunk.isUnordered,
    ssn: chunk.sequenceNumber,
    tsn,
    messageKey: messageKeyOf(tsn),
    endOfMessage: true,
  };
}
