/**
 * What BBR's model allows to be sent (draft-ietf-ccwg-bbr-06 5.6): how fast, and how much may be in flight.
 * Owns: pacing rate and cwnd, the best cwnd of before a recovery or ProbeRTT, volumes by bandwidth and round trip.
 * Does not own: the model (bbr-model.ts, bbr-bounds.ts), in which state the flow is and its gains (bbr-machine.ts).
 */
import type { BbrBounds } from "./bbr-bounds.ts";
import type { BbrModel } from "./bbr-model.ts";
import { initialCwndBytes } from "./windows.ts";

const PACING_SHARE = 0.99;
const MIN_PIPE_PACKETS = 4;
const MAX_QUANTUM_BYTES = 65_536;
/** A quantum is gathered, one is under way, one waits for its SACK (5.5.8.1): timers have a millisecond's grain here. */
const BUDGET_QUANTA = 3;

/** What of the state of the flow counts here. */
export interface BbrGait {
  readonly pacingGain: number;
  readonly cwndGain: number;
  /** Which bound cwnd has: inflight_longterm, that less what is left to others, or none. */
  readonly cap: "longterm" | "headroom" | "none";
  readonly isProbingUp: boolean;
  readonly isProbingRtt: boolean;
}

export class BbrControl {
  cwndBytes: number;
  pacingBytesPerMs: number;
  /** Fast Recovery, or what a timeout gave up is not made good yet. */
  isInRecovery = false;
  packetBytes: number;
  readonly #model: BbrModel;
  readonly #bounds: BbrBounds;
  readonly #initialCwndBytes: number;
  readonly #deliveredBefore: number;
  #priorCwndBytes = 0;
  #hasRoundTrip = false;

  /** @param startupGain what the first rate is multiplied by */
  constructor(model: BbrModel, bounds: BbrBounds, packetBytes: number, startupGain: number) {
    this.#model = model;
    this.#bounds = bounds;
    this.#deliveredBefore = model.deliveredBytes;
    this.packetBytes = packetBytes;
    this.#initialCwndBytes = initialCwndBytes(packetBytes);
    this.cwndBytes = this.#initialCwndBytes;
    this.pacingBytesPerMs = startupGain * this.#initialCwndBytes; // As if a round trip took 1 ms (5.6.2).
  }

  /** BBR.bw. */
  get bytesPerMs(): number {
    return Math.min(this.#model.maxBytesPerMs, this.#bounds.bytesPerMs);
  }

  get leastCwndBytes(): number {
    return MIN_PIPE_PACKETS * this.packetBytes;
  }

  /** TargetInflight. */
  get targetInflightBytes(): number {
    return Math.min(this.#product(1, this.bytesPerMs), this.cwndBytes);
  }

  /** The bandwidth-delay product, as far as it is known. */
  get productBytes(): number {
    return this.#product(1, this.bytesPerMs);
  }

  /** Inflight(bw, 1.0): what fills the path without a queue. */
  inflightBytes(bytesPerMs: number, gait: BbrGait): number {
    return this.#budgeted(this.#product(1, bytesPerMs), gait);
  }

  /** ProbeRTTCwnd. */
  probeRttCwndBytes({ cwndGain }: BbrGait): number {
    return Math.max(this.#product(cwndGain, this.bytesPerMs), this.leastCwndBytes);
  }

  /** The first round trip has been measured: what was assumed of it no longer counts (5.6.2). */
  onFirstRoundTrip(roundTripMs: number, startupGain: number): void {
    if (this.#hasRoundTrip || !(roundTripMs > 0)) return;
    this.#hasRoundTrip = true;
    this.pacingBytesPerMs = (startupGain * this.#initialCwndBytes) / roundTripMs;
  }

  /** SetPacingRateWithGain: before the pipe has been filled once, the rate only grows. */
  setPacingRate(gain: number, hasFilledPipe: boolean): void {
    const rate = gain * this.bytesPerMs * PACING_SHARE;
    if (rate > this.pacingBytesPerMs || (hasFilledPipe && rate > 0)) this.pacingBytesPerMs = rate;
  }

  /** SetCwnd. */
  setCwnd(ackedBytes: number, gait: BbrGait, hasFilledPipe: boolean): void {
    const product = this.#product(gait.cwndGain, this.bytesPerMs) + this.#model.extraAckedBytes;
    const maxBytes = this.#budgeted(product, gait);
    const deliveredBytes = this.#model.deliveredBytes - this.#deliveredBefore;
    if (hasFilledPipe) this.cwndBytes = Math.min(this.cwndBytes + ackedBytes, maxBytes);
    else if (this.cwndBytes < maxBytes || deliveredBytes < this.#initialCwndBytes)
      this.cwndBytes += ackedBytes;
    this.cwndBytes = Math.max(this.cwndBytes, this.leastCwndBytes);
    this.boundCwnd(gait);
  }

  /** BoundCwndForProbeRTT and BoundCwndForModel. */
  boundCwnd(gait: BbrGait): void {
    const { cap } = gait;
    let capBytes = Number.POSITIVE_INFINITY;
    if (gait.isProbingRtt) this.cwndBytes = Math.min(this.cwndBytes, this.probeRttCwndBytes(gait));
    if (cap === "longterm") capBytes = this.#bounds.inflightLongtermBytes;
    else if (cap === "headroom") capBytes = this.#bounds.withHeadroom(this.packetBytes, this.leastCwndBytes);
    capBytes = Math.max(Math.min(capBytes, this.#bounds.inflightBytes), this.leastCwndBytes);
    this.cwndBytes = Math.floor(Math.min(this.cwndBytes, capBytes));
  }

  /** SaveCwnd: the last window that neither a recovery nor ProbeRTT had made smaller. */
  saveCwnd({ isProbingRtt }: BbrGait): void {
    const isModulated = this.isInRecovery || isProbingRtt;
    this.#priorCwndBytes = isModulated ? Math.max(this.#priorCwndBytes, this.cwndBytes) : this.cwndBytes;
  }

  /** RestoreCwnd. */
  restoreCwnd(): void {
    this.cwndBytes = Math.max(this.cwndBytes, this.#priorCwndBytes);
  }

  /** BDPMultiple. */
  #product(gain: number, bytesPerMs: number): number {
    const { minRttMs } = this.#model;
    return minRttMs === Number.POSITIVE_INFINITY ? this.#initialCwndBytes : gain * bytesPerMs * minRttMs;
  }

  /** QuantizationBudget. */
  #budgeted(inflightBytes: number, { isProbingUp }: BbrGait): number {
    const quantumBytes = Math.max(Math.min(this.pacingBytesPerMs, MAX_QUANTUM_BYTES), 2 * this.packetBytes);
    const leastBytes = Math.max(BUDGET_QUANTA * quantumBytes, this.leastCwndBytes);
    return Math.max(inflightBytes, leastBytes) + (isProbingUp ? 2 * this.packetBytes : 0);
  }
}
