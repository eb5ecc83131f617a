/**
 * What a user of a socket or stream sends and receives.
 * Owns: the shapes. Does not own: their transport.
 */

/** What the sender says about a message; all of it may be left out. */
export interface SendOptions {
  /** Stream id, 0 to `outboundStreams - 1`; 0 if absent. */
  readonly streamId?: number | undefined;
  /** Payload Protocol Identifier, host order; 0 if absent (RFC 9260 3.3.1). */
  readonly ppid?: number | undefined;
  /** Deliver without waiting for earlier messages of the stream (RFC 9260 6.6). */
  readonly unordered?: boolean | undefined;
  /** Ask the peer to acknowledge at once (the I bit). */
  readonly sackImmediately?: boolean | undefined;
  /** A number of yours that comes back with `'sendFailed'`. */
  readonly context?: number | undefined;
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
}

/** A message that arrived. */
export interface Message {
  readonly data: Buffer;
  readonly info: ReceiveInfo;
}
