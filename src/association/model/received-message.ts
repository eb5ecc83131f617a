/**
 * A message on its way to the user.
 * Owns: its bytes and what the peer said about them. Does not own: queues.
 */

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
