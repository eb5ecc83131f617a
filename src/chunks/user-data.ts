/**
 * User data as it is read, whichever chunk brings it: DATA (RFC 9260 3.3.1), and I-DATA (RFC 8260 2.1) beside it.
 * Owns: what every such chunk tells the receiving half. Does not own: where it lies in the chunk (data.ts, i-data.ts).
 *
 * A view is bound anew for every chunk: nothing of it may be kept beyond the call that it is passed to.
 */

export interface UserDataChunk {
  readonly tsn: number;
  readonly streamId: number;
  /** The place of its message in the stream: the SSN of DATA, the Message Identifier of I-DATA. */
  readonly sequenceNumber: number;
  /** Payload Protocol Identifier, host order; only the first fragment's counts. */
  readonly ppid: number;
  /** Fragment Sequence Number, from 0; only that of I-DATA says anything. */
  readonly fragmentNumber: number;
  readonly isBeginning: boolean;
  readonly isEnding: boolean;
  readonly isUnordered: boolean;
  /** The sender asks for an acknowledgement at once (RFC 9260 6.2, the I bit). */
  readonly isImmediate: boolean;
  /** Where the payload begins in the datagram. */
  readonly payloadStart: number;
  readonly payloadBytes: number;
}
