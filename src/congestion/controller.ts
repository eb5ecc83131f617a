/**
 * The seam between an association and its congestion control.
 * Owns: what a controller is told, in numbers, and what it answers.
 * Does not own: chunks, SACKs, timers, the Fast Recovery state (src/association); the algorithm (the files beside this).
 *
 * There is one controller per path. To try another algorithm, implement this interface and return it from
 * `createController` in src/congestion/create.ts.
 */

export interface CongestionController {
  /** Bytes of DATA chunks, headers and padding included, that may be in flight on the path. */
  readonly cwndBytes: number;
  readonly ssthreshBytes: number;
  /** Progress towards the next growth in congestion avoidance (partial_bytes_acked, RFC 9260 7.2.2). */
  readonly partialBytesAcked: number;

  /**
   * A SACK newly acknowledged DATA that had been sent on this path. Called before any reduction that the same SACK
   * causes (RFC 9260 7.2.4, note).
   * @param ackedBytes bytes newly acknowledged by the cumulative ack and the gap blocks
   * @param wasFull whether cwnd or more bytes were in flight when packets could last be sent before the SACK
   * @param flightBytesAfter bytes in flight on the path after it
   * @param inFastRecovery whether the association was in Fast Recovery when the SACK arrived
   */
  onAck(ackedBytes: number, wasFull: boolean, flightBytesAfter: number, inFastRecovery: boolean): void;

  /** Gap reports showed a loss on this path; not called again before Fast Recovery has ended (RFC 9260 7.2.4). */
  onFastRetransmit(): void;

  /** T3-rtx expired on this path (RFC 9260 7.2.3). */
  onTimeout(): void;

  /** `rtoCount` whole RTOs went by without DATA on this path (RFC 9260 7.2.1). */
  onIdle(rtoCount: number): void;

  /** The largest DATA chunk that fits on the path changed (PMDCS). */
  setPmdcs(pmdcsBytes: number): void;

  /** Back to the initial values: a restart or a new route (RFC 9260 7.2.5, 5.2.4). */
  reset(): void;
}
