/**
 * Samples of the delivery rate of one path (draft-ietf-ccwg-bbr-06 4.1), for a controller that asks for them.
 * Owns: what has been delivered and lost in all, what is kept of each chunk from its sending to its acknowledgement, the sample of
 * the SACK at hand, whether the path runs short of data.
 * Does not own: when chunks are sent, acknowledged or lost (sending/sent-log.ts), what is made of a sample (src/congestion).
 *
 * A chunk is the draft's packet. The rate of a sample is the lower one of two: at which data was sent, and at which it was
 * acknowledged, so that SACKs which come in a bunch show no rate that the path never had. For the same reason all SACKs of one moment
 * count as one, which the draft need not say of a sender that takes the time for each: what is sent between two of them is sent after
 * all of them. Else a sample would hold the bunch at its beginning and the one at its end, in a time that has room for one.
 */
import type { DeliverySample, LostData } from "../../base/congestion-control.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const INITIAL_CAPACITY = 16;

/** When something was acknowledged last: as long as that is now, more may follow. What is sent meanwhile shares it. */
interface Moment {
  /** C.delivered_time and C.delivered. */
  readonly atMs: number;
  deliveredBytes: number;
  /** C.first_send_time: when that was sent which was the last to be delivered. */
  firstSentAtMs: number;
}

/** What was so when a chunk was sent last. */
class SendSnapshot {
  /** Whose it is; -1: nobody's. */
  tsn = -1;
  /** P.delivered, P.delivered_time and P.first_send_time. */
  moment: Moment | undefined = undefined;
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
  #moment: Moment = { atMs: 0, deliveredBytes: 0, firstSentAtMs: 0 };
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
    if (flightBytes === chunkBytes) this.#beginMoment(nowMs, nowMs);
    snapshot.moment = this.#moment;
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
    if (nowMs > this.#moment.atMs) this.#beginMoment(nowMs, this.#moment.firstSentAtMs);
    this.#moment.deliveredBytes += chunkBytes;
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
    LOST.totalBytes = this.#moment.deliveredBytes;
    LOST.flightBytes = snapshot.flightBytes;
    LOST.lostBytes = this.#lostBytes - snapshot.lostBytes;
    LOST.isAppLimited = snapshot.isAppLimited;
    this.#onLost(LOST);
  }

  /** The window has room, and there is nothing to send (4.1.2.4). */
  onRanDry(flightBytes: number): void {
    this.#limitedThroughBytes = Math.max(this.#moment.deliveredBytes + flightBytes, 1);
  }

  /** What the SACK at hand tells; undefined if nothing. The object is used again. */
  takeSample(): DeliverySample | undefined {
    const now = this.#moment;
    if (now.deliveredBytes > this.#limitedThroughBytes) this.#limitedThroughBytes = 0;
    const newest = this.#newest;
    const before = newest?.moment;
    if (newest === undefined || before === undefined) return undefined;
    this.#newest = undefined;
    const sendMs = this.#newestSentAtMs - before.firstSentAtMs;
    const intervalMs = Math.max(sendMs, now.atMs - before.atMs);
    now.firstSentAtMs = this.#newestSentAtMs;
    const isReliable = intervalMs > 0 && intervalMs >= this.#minRttMs;
    SAMPLE.totalBytes = now.deliveredBytes;
    SAMPLE.priorBytes = before.deliveredBytes;
    SAMPLE.bytesPerMs = isReliable ? (now.deliveredBytes - before.deliveredBytes) / intervalMs : 0;
    SAMPLE.isAppLimited = newest.isAppLimited;
    SAMPLE.flightBytes = newest.flightBytes;
    SAMPLE.lostBytes = this.#lostBytes - newest.lostBytes;
    return SAMPLE;
  }

  #beginMoment(atMs: number, firstSentAtMs: number): void {
    this.#moment = { atMs, deliveredBytes: this.#moment.deliveredBytes, firstSentAtMs };
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
