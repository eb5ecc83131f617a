/**
 * A message on its way to the user.
 * Owns: its bytes and what the peer said about them, what it counts for. Does not own: queues.
 */

/**
 * Counted against the receive buffer for every message that waits, so that many small ones cannot take unbounded memory.
 */
const OVERHEAD_BYTES_PER_MESSAGE = 64;

/** What a message that waits, for its turn or for the user, counts against the receive buffer. */
export function bufferedBytesOf(message: ReceivedMessage): number {
  return message.data.length + OVERHEAD_BYTES_PER_MESSAGE;
}

export interface ReceivedMessage {
  /** The user data; a view into the datagram it came in, or memory of its own if it came in fragments. */
  readonly data: Uint8Array;
  readonly streamId: number;
  /** Payload Protocol Identifier, host order. */
  readonly ppid: number;
  readonly unordered: boolean;
  /** Stream Sequence Number; 0 where `unordered`. */
  readonly ssn: number;
  /** TSN of the first fragment in `data`. */
  readonly tsn: number;
  /** TSN of the last fragment in `data`. */
  readonly lastTsn: number;
  /** False for a piece of a message that is too large for the receive buffer; the last piece is true (RFC 9260 6.9). */
  readonly endOfMessage: boolean;
}
