/**
 * What BBR hears of a SACK, in the draft's terms (draft-ietf-ccwg-bbr-06 2.3): the rate sample RS and the state of the path.
 * Owns: reading it off what the seam tells. Does not own: what follows from it (the files beside this that begin with bbr).
 */
import type { AckEvent } from "../base/congestion-control.ts";

export interface BbrAck {
  readonly nowMs: number;
  /** RS.newly_acked and RS.newly_lost. */
  readonly ackedBytes: number;
  readonly lostNowBytes: number;
  /** C.inflight, after the SACK and before it. */
  readonly flightBytes: number;
  readonly flightBytesBefore: number;
  /** C.is_cwnd_limited. */
  readonly isCwndLimited: boolean;
  readonly inFastRecovery: boolean;
  /** RS.rtt; NaN where there is none. */
  readonly rttMs: number;
  /** RS.prior_delivered, RS.delivered, RS.delivery_rate. */
  readonly priorBytes: number;
  readonly deliveredBytes: number;
  readonly bytesPerMs: number;
  readonly isAppLimited: boolean;
  /** The sample is about what was sent in ProbeRTT: it tells what that allowed, and not what the path does. */
  readonly isSlowed: boolean;
  /** RS.tx_in_flight and RS.lost. */
  readonly flightBytesWhenSent: number;
  readonly lostBytes: number;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const ACK: Mutable<BbrAck> = {
  nowMs: Number.NaN,
  ackedBytes: 0,
  lostNowBytes: 0,
  flightBytes: 0,
  flightBytesBefore: 0,
  isCwndLimited: false,
  inFastRecovery: false,
  rttMs: Number.NaN,
  priorBytes: 0,
  deliveredBytes: 0,
  bytesPerMs: 0,
  isAppLimited: false,
  isSlowed: false,
  flightBytesWhenSent: 0,
  lostBytes: 0,
};

/**
 * The object is used again. Without a sample the SACK is about data that was sent under another controller: it ends no round
 * and tells no rate.
 */
export function bbrAck(event: AckEvent, isSlowed: boolean): BbrAck {
  const ack = ACK;
  const { sample } = event;
  ack.nowMs = event.nowMs;
  ack.ackedBytes = event.ackedBytes;
  ack.lostNowBytes = event.lostBytes;
  ack.flightBytes = event.flightBytes;
  ack.flightBytesBefore = event.flightBytesBefore;
  ack.isCwndLimited = event.windowFilled;
  ack.inFastRecovery = event.inFastRecovery;
  ack.rttMs = event.intervalMs;
  ack.priorBytes = sample?.priorBytes ?? -1;
  ack.deliveredBytes = sample === undefined ? 0 : sample.totalBytes - sample.priorBytes;
  ack.bytesPerMs = sample?.bytesPerMs ?? 0;
  ack.isAppLimited = isSlowed || sample?.isAppLimited !== false;
  ack.isSlowed = isSlowed;
  ack.flightBytesWhenSent = sample?.flightBytes ?? 0;
  ack.lostBytes = sample?.lostBytes ?? 0;
  return ack;
}
