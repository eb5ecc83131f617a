/**
 * How losses bound what BBR's model allows (draft-ietf-ccwg-bbr-06 5.5.10).
 * Owns: bw_shortterm, inflight_shortterm and inflight_longterm; the rounds in which losses are looked at, what was delivered in
 * the last one. Does not own: which state the flow is in (bbr-machine.ts), the model without losses (bbr-model.ts).
 */
import type { LostData } from "../base/congestion-control.ts";
import type { BbrAck } from "./bbr-ack.ts";

const NONE = Number.POSITIVE_INFINITY;
export const BBR_BETA = 0.7;
const HEADROOM_SHARE = 0.15;

/** What losses may tighten, as it was before them (5.5.11.1). */
export interface BoundsBefore {
  readonly bytesPerMs: number;
  readonly inflightBytes: number;
  readonly inflightLongtermBytes: number;
}

export class BbrBounds {
  /** Infinity: none, as with the others. */
  bytesPerMs: number = NONE;
  inflightBytes: number = NONE;
  inflightLongtermBytes: number = NONE;
  /** A round ended in which losses are looked at. */
  isLossRoundStart = false;
  /** SACKs that showed losses in the current one. */
  lossEvents = 0;
  /** inflight_latest. */
  latestInflightBytes = 0;

  readonly #lossThreshold: number;
  #hasLossInRound = false;
  #lossRoundEndBytes = 0;
  #latestBytesPerMs = 0;

  /** @param lossThreshold BBR.LossThresh */
  constructor(lossThreshold: number) {
    this.#lossThreshold = lossThreshold;
  }

  /** A chunk counts as lost (NoteLoss). @param deliveredBytes C.delivered */
  onLost(deliveredBytes: number): void {
    if (!this.#hasLossInRound) this.#lossRoundEndBytes = deliveredBytes;
    this.#hasLossInRound = true;
  }

  get saved(): BoundsBefore {
    const { bytesPerMs, inflightBytes, inflightLongtermBytes } = this;
    return { bytesPerMs, inflightBytes, inflightLongtermBytes };
  }

  /** There was no loss since then: nothing is bounded more than it was (5.5.11.2). */
  restore(before: BoundsBefore): void {
    this.#hasLossInRound = false;
    this.bytesPerMs = Math.max(this.bytesPerMs, before.bytesPerMs);
    this.inflightBytes = Math.max(this.inflightBytes, before.inflightBytes);
    this.inflightLongtermBytes = Math.max(this.inflightLongtermBytes, before.inflightLongtermBytes);
  }

  /** Of what was in flight when a chunk was sent, more was lost than may be. */
  isTooHigh(lostBytes: number, flightBytes: number): boolean {
    return lostBytes > flightBytes * this.#lossThreshold;
  }

  /** At how much in flight the losses crossed the threshold (InflightAtLoss). */
  inflightAtLoss({ chunkBytes, flightBytes, lostBytes }: LostData): number {
    const flightBefore = flightBytes - chunkBytes;
    const lostBefore = lostBytes - chunkBytes;
    return flightBefore + (this.#lossThreshold * flightBefore - lostBefore) / (1 - this.#lossThreshold);
  }

  /** Near the start of a SACK (UpdateLatestDeliverySignals). */
  updateLatest({ bytesPerMs, deliveredBytes, priorBytes, lostNowBytes }: BbrAck, totalBytes: number): void {
    this.#latestBytesPerMs = Math.max(this.#latestBytesPerMs, bytesPerMs);
    this.latestInflightBytes = Math.max(this.latestInflightBytes, deliveredBytes);
    if (lostNowBytes > 0) this.lossEvents++;
    this.isLossRoundStart = priorBytes >= this.#lossRoundEndBytes;
    if (this.isLossRoundStart) this.#lossRoundEndBytes = totalBytes;
  }

  /**
   * Once per round: slows down towards what was delivered in a round with losses.
   * @param isExpected losses were to be found out, or it was the flow itself that let little be delivered
   * @param maxBytesPerMs BBR.max_bw
   */
  adapt(isExpected: boolean, maxBytesPerMs: number, cwndBytes: number): void {
    if (!this.isLossRoundStart) return;
    if (!isExpected && this.#hasLossInRound) {
      const bytesPerMs = this.bytesPerMs === NONE ? maxBytesPerMs : this.bytesPerMs;
      const inflightBytes = this.inflightBytes === NONE ? cwndBytes : this.inflightBytes;
      this.bytesPerMs = Math.max(this.#latestBytesPerMs, BBR_BETA * bytesPerMs);
      this.inflightBytes = Math.max(this.latestInflightBytes, BBR_BETA * inflightBytes);
    }
    this.#hasLossInRound = false;
  }

  /** Near the end of a SACK (AdvanceLatestDeliverySignals). */
  advanceLatest({ bytesPerMs, deliveredBytes }: BbrAck): void {
    if (!this.isLossRoundStart) return;
    this.#latestBytesPerMs = bytesPerMs;
    this.latestInflightBytes = deliveredBytes;
    this.lossEvents = 0;
  }

  /** ResetCongestionSignals. */
  resetSignals(): void {
    this.#hasLossInRound = false;
    this.#latestBytesPerMs = 0;
    this.latestInflightBytes = 0;
  }

  /** ResetShortTermModel. */
  resetShortTerm(): void {
    this.bytesPerMs = NONE;
    this.inflightBytes = NONE;
  }

  /** What leaves some of the long-term bound to others (InflightWithHeadroom). */
  withHeadroom(packetBytes: number, leastBytes: number): number {
    if (this.inflightLongtermBytes === NONE) return NONE;
    const headroomBytes = Math.max(packetBytes, HEADROOM_SHARE * this.inflightLongtermBytes);
    return Math.max(this.inflightLongtermBytes - headroomBytes, leastBytes);
  }
}
