/**
 * Samples of the delivery rate of one path (draft-ietf-ccwg-bbr-06 4.1), for a controller that asks for them.
 * Owns: what has been delivered and lost in all, what is kept of each chunk from its sending to its acknowledgement, the sample of
 * the SACK at hand, whether the path runs short of data.
 * Does not own: when chunks are sent, acknowledged or lost (sending/sent-log.ts), what is made of a sample (src/congestion).
 *
 * A chunk is the draft's packet. The rate of a sample is the lower one of two: at which data was sent, and at which it was
 * acknowledged, so that SACKs which come in a bunch show no rate that the path never had.
 */
import type { DeliverySample, LostData } from "../../base/congestion-control.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const INITIAL_CAPACITY = 16;

/** What was so when a chunk was sent last. */
class SendSnapshot {
  /** Whose it is; -1: nobody's. */
  tsn = -1;
  /** P.delivered and P.delivered_time. */
  deliveredBytes = 0;
  deliveredAtMs = 0;
  /** P.first_send_time: when that was sent which was the last to be delivered. */
  firstSentAtMs = 0;
  /** P.lost. */
  lostBytes = 0;
  /** P.tx_in_flight, the chunk included. */
  flightBytes = 0;
  isAppLimited = false;
}

/** Told to one controller after another, of whatever association. */
const SAMPLE: Mutable<DeliverySample> = {
  totalBytes: 0,
  priorBytes: 0,
  bytesPerMs: 0,
  isAppLimited: false,
  flightBytes: 0,
  lostBytes: 0,
};
const LOST: Mutable<LostData> = {
  chunkBytes: 0,
  totalBytes: 0,
  flightBytes: 0,
  lostBytes: 0,
  isAppLimited: false,
};

export class DeliverySampler {
  #deliveredBytes = 0;
  #deliveredAtMs = 0;
  #firstSentAtMs = 0;
  #lostBytes = 0;
  /** C.app_limited: until more than that has been delivered, samples may tell of the application; 0: they do not. */
  #limitedThroughBytes = 0;
  /** C.min_rtt. */
  #minRttMs: number = Number.POSITIVE_INFINITY;
  readonly #onLost: (lost: LostData) => void;
  /**
   * By TSN: made once and used again, as the slots of the sent log are, of which there may be as many. Their number is a power
   * of two, so that `tsn & mask` is right across a wrap.
   */
  #snapshots: SendSnapshot[] = [];

  // Of the SACK at hand: what the chunk tells that was sent last of those acknowledged.
  #newest: SendSnapshot | undefined = undefined;
  #newestSentAtMs = 0;

  /** @param onLost is told of each chunk that counts as lost; the object is used again */
  constructor(onLost: (lost: LostData) => void) {
    this.#onLost = onLost;
  }

  /** There was nothing to send, some time within the last round trip (4.1.1.3). */
  get isAppLimited(): boolean {
    return this.#limitedThroughBytes > 0;
  }

  /**
   * A chunk is sent, for the first time or again (4.1.2.2).
   * @param outstandingCount TSNs that are outstanding, on all paths
   * @param flightBytes in flight on the path, the chunk included
   */
  onSent(
    tsn: number,
    outstandingCount: number,
    chunkBytes: number,
    flightBytes: number,
    nowMs: number,
  ): void {
    while (outstandingCount > this.#snapshots.length) this.#grow();
    const snapshot = this.#snapshots[tsn & (this.#snapshots.length - 1)] as SendSnapshot;
    snapshot.tsn = tsn;
    if (flightBytes === chunkBytes) {
      this.#firstSentAtMs = nowMs;
      this.#deliveredAtMs = nowMs;
    }
    snapshot.deliveredBytes = this.#deliveredBytes;
    snapshot.deliveredAtMs = this.#deliveredAtMs;
    snapshot.firstSentAtMs = this.#firstSentAtMs;
    snapshot.lostBytes = this.#lostBytes;
    snapshot.flightBytes = flightBytes;
    snapshot.isAppLimited = this.isAppLimited;
  }

  /** What becomes of the chunk tells nothing, until it is sent again. */
  forget(tsn: number): void {
    const snapshot = this.#of(tsn);
    if (snapshot !== undefined) snapshot.tsn = -1;
  }

  beginSack(): void {
    this.#newest = undefined;
  }

  /**
   * A chunk is acknowledged for the first time since it was sent last (4.1.2.3).
   * @param isSentOnce so that it tells of the round trip
   */
  onAcked(tsn: number, chunkBytes: number, sentAtMs: number, isSentOnce: boolean, nowMs: number): void {
    const snapshot = this.#of(tsn);
    this.#deliveredBytes += chunkBytes;
    this.#deliveredAtMs = nowMs;
    if (isSentOnce) this.#minRttMs = Math.min(this.#minRttMs, nowMs - sentAtMs);
    if (snapshot === undefined || (this.#newest !== undefined && sentAtMs < this.#newestSentAtMs)) return;
    this.#newest = snapshot;
    this.#newestSentAtMs = sentAtMs;
  }

  /** A chunk counts as lost, which was in flight. */
  onLost(tsn: number, chunkBytes: number): void {
    const snapshot = this.#of(tsn);
    this.#lostBytes += chunkBytes;
    if (snapshot === undefined) return;
    LOST.chunkBytes = chunkBytes;
    LOST.totalBytes = this.#deliveredBytes;
    LOST.flightBytes = snapshot.flightBytes;
    LOST.lostBytes = this.#lostBytes - snapshot.lostBytes;
    LOST.isAppLimited = snapshot.isAppLimited;
    this.#onLost(LOST);
  }

  /** The window has room, and there is nothing to send (4.1.2.4). */
  onRanDry(flightBytes: number): void {
    this.#limitedThroughBytes = Math.max(this.#deliveredBytes + flightBytes, 1);
  }

  /** What the SACK at hand tells; undefined if nothing. The object is used again. */
  takeSample(): DeliverySample | undefined {
    if (this.#deliveredBytes > this.#limitedThroughBytes) this.#limitedThroughBytes = 0;
    const newest = this.#newest;
    if (newest === undefined) return undefined;
    this.#newest = undefined;
    const sendMs = this.#newestSentAtMs - newest.firstSentAtMs;
    const ackMs = this.#deliveredAtMs - newest.deliveredAtMs;
    this.#firstSentAtMs = this.#newestSentAtMs;
    const intervalMs = Math.max(sendMs, ackMs);
    const isReliable = intervalMs > 0 && intervalMs >= this.#minRttMs;
    SAMPLE.totalBytes = this.#deliveredBytes;
    SAMPLE.priorBytes = newest.deliveredBytes;
    SAMPLE.bytesPerMs = isReliable ? (this.#deliveredBytes - newest.deliveredBytes) / intervalMs : 0;
    SAMPLE.isAppLimited = newest.isAppLimited;
    SAMPLE.flightBytes = newest.flightBytes;
    SAMPLE.lostBytes = this.#lostBytes - newest.lostBytes;
    return SAMPLE;
  }

  /** Undefined for what was sent before anybody asked for samples. */
  #of(tsn: number): SendSnapshot | undefined {
    const snapshot = this.#snapshots[tsn & (this.#snapshots.length - 1)];
    return snapshot?.tsn === tsn ? snapshot : undefined;
  }

  /** Doubles the number of snapshots; each moves to its place among them. */
  #grow(): void {
    const old = this.#snapshots;
    const capacity = old.length === 0 ? INITIAL_CAPACITY : 2 * old.length;
    this.#snapshots = [];
    for (let i = 0; i < capacity; i++) this.#snapshots.push(new SendSnapshot());
    for (const snapshot of old)
      if (snapshot.tsn >= 0) this.#snapshots[snapshot.tsn & (capacity - 1)] = snapshot;
  }
}
