/**
 * A message on its way out.
 * Owns: the user's bytes and what the user said about them, and how far they have been cut into fragments.
 * Does not own: the order in which messages leave (send-queue.ts), the fragments (retransmission-queue.ts).
 */

export class OutboundMessage {
  readonly data: Uint8Array;
  readonly streamId: number;
  readonly ppid: number;
  readonly unordered: boolean;
  readonly sackImmediately: boolean;
  readonly context: number;
  /** Assigned when the first fragment is cut (RFC 9260 6.5). */
  ssn = 0;
  /** Bytes that have been cut into fragments. */
  sentBytes = 0;

  constructor(
    data: Uint8Array,
    streamId: number,
    ppid: number,
    unordered: boolean,
    sackImmediately: boolean,
    context: number,
  ) {
    this.data = data;
    this.streamId = streamId;
    this.ppid = ppid;
    this.unordered = unordered;
    this.sackImmediately = sackImmediately;
    this.context = context;
  }

  /** What was cut counts for nothing: the message starts anew, under other numbers. */
  rewind(): void {
    this.ssn = 0;
    this.sentBytes = 0;
  }
}
