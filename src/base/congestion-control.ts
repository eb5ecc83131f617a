/**
 * The seam between an association and its congestion control.
 * Owns: what a controller is told, in numbers, and what it answers; the names of the controllers that are built in.
 * Does not own: the algorithms (src/congestion), chunks, SACKs, timers, the Fast Recovery state (src/association).
 *
 * It stands here because the option that chooses a controller does (options.ts). There is one controller per path. A user's
 * own is made by a function that the option `congestionControl` is given. All byte counts are of DATA chunks, headers and
 * padding included; all times are in the clock of `nowMs`, in milliseconds and fractions of them.
 */

/** The controllers that are built in, by the names that the option `congestionControl` takes. */
export const CONGESTION_CONTROLS = ["rfc9260", "cubic", "bbr"] as const;
export type CongestionControlName = (typeof CONGESTION_CONTROLS)[number];

/** What is known of a path when its controller is made. */
export interface CongestionInit {
  /** The largest DATA chunk that fits in a packet on the path, header included (PMDCS, RFC 9260 7.2), 500 to 65,495. */
  readonly pmdcsBytes: number;
  /** Of the destination address: the initial window depends on it (RFC 9260 7.2.1). */
  readonly family: 4 | 6;
}

/** Makes the controller of one path. It is called for each new path, within a call of the stack, and must not throw. */
export type CongestionControllerFactory = (init: CongestionInit) => CongestionController;

/** A SACK newly acknowledged DATA that had been sent on the path. The object is used again: valid within the call only. */
export interface AckEvent {
  readonly nowMs: number;
  /** Newly acknowledged by the cumulative ack and the gap blocks; above 0. */
  readonly ackedBytes: number;
  /** In flight on the path when the SACK came, and after it. */
  readonly flightBytesBefore: number;
  readonly flightBytes: number;
  /** Cwnd or more was in flight when packets could last be sent before the SACK. */
  readonly windowFilled: boolean;
  /** The association was in Fast Recovery when the SACK came (RFC 9260 7.2.4). */
  readonly inFastRecovery: boolean;
  /** Of what was in flight on the path, found to be lost by this SACK; no longer part of `flightBytes`. */
  readonly lostBytes: number;
  /** The SACK moved the cumulative ack of the association. */
  readonly cumulativeAckAdvanced: boolean;
  /** The round trip that this SACK measured, one at a time (RFC 9260 6.3.1 C4); NaN for most SACKs. */
  readonly rttMs: number;
  /** The smoothed round trip with it (RFC 9260 6.3.1); NaN before the first measurement. */
  readonly srttMs: number;
  /**
   * A sample of the delivery rate: so much was acknowledged on the path while the chunk was under way that was sent last of
   * those acknowledged now, that chunk included; and how long that was, the peer's delay of the SACK included. Chunks that
   * were sent more than once give no sample: 0 and NaN where there are no others.
   */
  readonly deliveredBytes: number;
  readonly intervalMs: number;
  /** More of the same, for a controller that asks for it (`samplesDelivery`); undefined where nothing tells. */
  readonly sample?: DeliverySample | undefined;
}

/**
 * What the chunk tells that was sent last of those that a SACK newly acknowledged, even if it was sent more than once
 * (draft-ietf-ccwg-bbr-06 4.1.2.3). The object is used again: valid within the call only.
 */
export interface DeliverySample {
  /** Acknowledged on the path so far, since the first packet. */
  readonly totalBytes: number;
  /** The same when the chunk was sent: the difference is what was delivered meanwhile. */
  readonly priorBytes: number;
  /** The rate of that, and not above the rate at which it was sent; 0 where it is less than a round trip that was sampled. */
  readonly bytesPerMs: number;
  /** The chunk was sent within a round trip after there was nothing to send though the window had room. */
  readonly isAppLimited: boolean;
  /** In flight on the path when it was sent, itself included. */
  readonly flightBytes: number;
  /** Found to be lost since it was sent. */
  readonly lostBytes: number;
}

/** A chunk counts as lost. The object is used again: valid within the call only. */
export interface LostData {
  readonly chunkBytes: number;
  /** Acknowledged on the path so far. */
  readonly totalBytes: number;
  /** In flight on the path when it was sent last, itself included. */
  readonly flightBytes: number;
  /** Found to be lost since it was sent last, itself included. */
  readonly lostBytes: number;
  /** As of `DeliverySample`. */
  readonly isAppLimited: boolean;
}

/** DATA that had been sent on the path counts as lost. The object is used again: valid within the call only. */
export interface LossEvent {
  readonly nowMs: number;
  /** Found to be lost now; above 0 for a Fast Retransmit. */
  readonly lostBytes: number;
  /** In flight on the path before the SACK or the timeout that told of it, and after. */
  readonly flightBytesBefore: number;
  readonly flightBytes: number;
  /** The smoothed round trip; NaN before the first measurement. */
  readonly srttMs: number;
}

/** The congestion control of one path. Its methods must not throw. */
export interface CongestionController {
  /** So much may be in flight; the packet that crosses the line may exceed it (RFC 9260 6.1 B). Nothing is sent at 0. */
  readonly cwndBytes: number;
  /** For those who watch: where slow start ends, 0 to 2^32 - 1. */
  readonly ssthreshBytes: number;
  /** For those who watch: progress towards the next growth in congestion avoidance (RFC 9260 7.2.2); 0 if there is none. */
  readonly partialBytesAcked: number;
  /**
   * So many bytes of DATA leave in a millisecond at most, new or sent again, in bursts of a millisecond's worth or two packets;
   * above 0. Where it is Infinity or left out, packets leave as soon as they may, bounded by Max.Burst (RFC 9260 6.1 D).
   */
  readonly pacingBytesPerMs?: number;
  /** Asks for samples of the delivery rate (`AckEvent.sample`, `onLost`): more is kept of each chunk then. */
  readonly samplesDelivery?: boolean;

  /**
   * A packet with DATA was written, whether new or sent again. Left out by a controller that does not care.
   * @param sentBytes its DATA
   * @param flightBytes in flight on the path, that packet included
   * @param isAppLimited there was nothing to send within the last round trip; only with `samplesDelivery`
   */
  onSent?(sentBytes: number, flightBytes: number, nowMs: number, isAppLimited: boolean): void;

  /**
   * A chunk that was sent on the path counts as lost, by reports or by T3-rtx: called for each, before `onAck` of the SACK that
   * showed it, `onFastRetransmit` and `onTimeout`. Only with `samplesDelivery`.
   */
  onLost?(lost: LostData): void;

  /** Called before the reduction that the same SACK may cause (RFC 9260 7.2.4, note). */
  onAck(event: AckEvent): void;

  /**
   * A loss was found on this path; not called again before Fast Recovery has ended (RFC 9260 7.2.4), except for retransmissions
   * that were lost, by `lossDetection: "rack"`, of a controller without `onFastRecoveryEnd` (RFC 8985 9.3).
   */
  onFastRetransmit(event: LossEvent): void;

  /**
   * The Fast Recovery of the association has ended: all that was outstanding when it began is acknowledged, or T3-rtx expired
   * on some path. Called before what the same SACK or timeout leads to. Left out by a controller that does not care.
   */
  onFastRecoveryEnd?(): void;

  /** T3-rtx expired on this path (RFC 9260 7.2.3): all that was in flight there counts as lost. */
  onTimeout(event: LossEvent): void;

  /**
   * What the last `onFastRetransmit` or `onTimeout` was called for has turned out to be late, and not lost: the peer reports that it
   * has all of it twice, or acknowledged it sooner than what was sent again can have come. Called with `lossDetection: "rack"` only.
   * Left out by a controller that does not take back what it did (RFC 9438 4.9).
   */
  onSpuriousReduction?(): void;

  /** `rtoCount` whole RTOs, 1 or more, went by without DATA on this path (RFC 9260 7.2.1). Called once, when the pause ends. */
  onIdle(rtoCount: number, nowMs: number): void;

  /** The largest DATA chunk that fits on the path changed (PMDCS). */
  setPmdcs(pmdcsBytes: number): void;

  /** Back to the initial values: a restart or a new route (RFC 9260 7.2.5, 5.2.4). */
  reset(): void;
}
