/**
 * CUBIC (RFC 9438), with HyStart++ (RFC 9406) in the first slow start and Proportional Rate Reduction (RFC 9937) in recovery.
 * Owns: cwnd and ssthresh of one path; when they grow and by what they are reduced.
 * Does not own: growth in congestion avoidance (cubic-growth.ts), the end of the first slow start (hystart-plus-plus.ts), the way
 * from one window to the next in Fast Recovery (proportional-rate-reduction.ts), the initial windows and their decay
 * (windows.ts), when a loss counts as an event of its own (Fast Recovery: src/association/sending/fast-recovery.ts).
 *
 * What the RFCs leave open: reductions are of cwnd and not of what was in flight, since no window grows that is not used (4.6).
 * Ssthresh falls to four full chunks at least, as RFC 9260 7.2.3 has it, and not to two. What turns out to have been no loss is taken
 * back (4.9), a timeout as well. There is no ECN.
 */
import type { AckEvent, CongestionController, LossEvent } from "../base/congestion-control.ts";
import { BETA, type BeforeReduction, CubicGrowth } from "./cubic-growth.ts";
import { HystartPlusPlus } from "./hystart-plus-plus.ts";
import { ProportionalRateReduction } from "./proportional-rate-reduction.ts";
import { decayedCwndBytes, INITIAL_SSTHRESH_BYTES, initialCwndBytes, leastSsthreshBytes } from "./windows.ts";

/** RFC 9406 4.3, for a sender that does not pace: by so many full chunks the window grows at a SACK, at most. */
const L = 8;
/** After a timeout a SACK may stand for much that arrived long ago (RFC 3465 2.3). */
const L_AFTER_TIMEOUT = 1;

export class CubicController implements CongestionController {
  cwndBytes: number;
  ssthreshBytes: number = INITIAL_SSTHRESH_BYTES;
  #pmdcsBytes: number;
  /** What the window follows: HyStart++ in the first slow start, the curve from then on. Made when it is needed. */
  #guide: HystartPlusPlus | CubicGrowth<HystartPlusPlus> | undefined = undefined;
  /** There from a loss on this path to the end of Fast Recovery. */
  #reduction: ProportionalRateReduction | undefined = undefined;

  /** @param pmdcsBytes largest DATA chunk, header included, that fits in a packet on the path */
  constructor(pmdcsBytes: number) {
    this.#pmdcsBytes = pmdcsBytes;
    this.cwndBytes = initialCwndBytes(pmdcsBytes);
  }

  get partialBytesAcked(): number {
    return 0;
  }

  /** The window is on its way to what a loss leaves of it. */
  get isReducing(): boolean {
    return this.#reduction !== undefined;
  }

  onSent(sentBytes: number, flightBytes: number, nowMs: number): void {
    this.#reduction?.onSent(sentBytes);
    if (flightBytes === sentBytes) this.#skipTime(nowMs); // Nothing was in flight before.
  }

  onAck(event: AckEvent): void {
    if (this.#reduction !== undefined) return this.#reduce(this.#reduction, event);
    const mayGrow = event.windowFilled && !event.inFastRecovery;
    if (this.ssthreshBytes === INITIAL_SSTHRESH_BYTES) this.#startFirst(event, mayGrow);
    else if (!mayGrow) this.#skipTime(event.nowMs);
    else if (this.cwndBytes <= this.ssthreshBytes) this.#growSlowly(event.ackedBytes, 1);
    else this.avoidCongestion(event, this.#pmdcsBytes);
  }

  onFastRetransmit({ lostBytes, flightBytesBefore, flightBytes }: LossEvent): void {
    const before = this.#snapshot();
    this.#growth.onReduction(this.cwndBytes);
    this.#growth.before = before;
    this.#setSsthresh();
    const targetBytes = Math.min(this.cwndBytes, this.ssthreshBytes);
    const reduction = new ProportionalRateReduction(targetBytes, flightBytesBefore);
    const ackedBytes = Math.max(0, flightBytesBefore - flightBytes - lostBytes);
    this.cwndBytes = reduction.cwndAfter(ackedBytes, flightBytes, false, this.#pmdcsBytes);
    this.#reduction = reduction;
  }

  onFastRecoveryEnd(): void {
    if (this.#reduction === undefined) return;
    this.cwndBytes = this.#reduction.targetBytes;
    this.#reduction = undefined;
  }

  /** RFC 9438 4.9.2: the window, and what it follows, are as if there had been no reduction, unless it has grown beyond that. */
  onSpuriousReduction(): void {
    const before = this.#guide instanceof CubicGrowth ? this.#guide.before : undefined;
    if (before === undefined || this.cwndBytes >= before.cwndBytes) return;
    this.#reduction = undefined;
    this.cwndBytes = before.cwndBytes;
    this.ssthreshBytes = before.ssthreshBytes;
    this.#guide = before.guide;
  }

  onTimeout(): void {
    const before = this.#snapshot();
    this.#growth.onTimeout(this.cwndBytes);
    this.#growth.before = before;
    this.#setSsthresh();
    this.cwndBytes = this.#pmdcsBytes;
  }

  /** A pause teaches nothing about the network: ssthresh stays where it is higher than the window was. */
  onIdle(rtoCount: number): void {
    this.onFastRecoveryEnd();
    if (this.#guide instanceof CubicGrowth) this.#guide.before = undefined;
    const floorBytes = Math.max(initialCwndBytes(this.#pmdcsBytes), leastSsthreshBytes(this.#pmdcsBytes));
    const decayedBytes = decayedCwndBytes(this.cwndBytes, floorBytes, rtoCount);
    if (decayedBytes === this.cwndBytes) return;
    this.ssthreshBytes = Math.max(this.ssthreshBytes, this.cwndBytes);
    this.cwndBytes = decayedBytes;
    this.#beginAnew();
  }

  setPmdcs(pmdcsBytes: number): void {
    this.#pmdcsBytes = pmdcsBytes;
    if (this.#guide instanceof CubicGrowth) this.#guide.endStage(); // Its curve is drawn in chunks of that size.
  }

  reset(): void {
    this.cwndBytes = initialCwndBytes(this.#pmdcsBytes);
    this.ssthreshBytes = INITIAL_SSTHRESH_BYTES;
    this.#guide = undefined;
    this.#reduction = undefined;
  }

  get #growth(): CubicGrowth<HystartPlusPlus> {
    if (this.#guide instanceof CubicGrowth) return this.#guide;
    const growth = new CubicGrowth<HystartPlusPlus>();
    this.#guide = growth;
    return growth;
  }

  get #hystart(): HystartPlusPlus {
    if (!(this.#guide instanceof HystartPlusPlus)) this.#guide = new HystartPlusPlus(this.endsStartByRate);
    return this.#guide;
  }

  #skipTime(nowMs: number): void {
    if (this.#guide instanceof CubicGrowth) this.#guide.skipTime(nowMs);
  }

  /** After a pause rounds of before it say nothing, nor does a curve that was drawn for another window. */
  #beginAnew(): void {
    if (this.#guide instanceof CubicGrowth) this.#guide.endStage();
    else this.#guide = undefined;
  }

  #snapshot(): BeforeReduction<HystartPlusPlus> {
    const { cwndBytes, ssthreshBytes } = this;
    const guide = this.#guide instanceof CubicGrowth ? this.#guide.copy() : this.#guide;
    return { cwndBytes, ssthreshBytes, guide };
  }

  #startFirst(event: AckEvent, mayGrow: boolean): void {
    const hystart = this.#hystart;
    if (mayGrow) this.#growSlowly(event.ackedBytes, hystart.growthDivisor);
    hystart.onAck(event, this.cwndBytes);
    // No loss has told of a maximum: K will be 0, and growth at least Reno's (RFC 9438 4.10).
    if (hystart.isOver) this.ssthreshBytes = this.cwndBytes;
  }

  /** RFC 9260 7.2.1, RFC 9406 4.2: bounded by what was acknowledged; the step that ends slow start is one full chunk at most. */
  #growSlowly(ackedBytes: number, divisor: number): void {
    const hasTimedOut = this.#guide instanceof CubicGrowth && this.#guide.hasTimedOut;
    const limit = hasTimedOut ? L_AFTER_TIMEOUT : L;
    const growthBytes = Math.floor(Math.min(ackedBytes, limit * this.#pmdcsBytes) / divisor);
    this.cwndBytes = Math.min(this.cwndBytes + growthBytes, this.ssthreshBytes + this.#pmdcsBytes);
  }

  #reduce(reduction: ProportionalRateReduction, event: AckEvent): void {
    const isSafe = event.cumulativeAckAdvanced && event.lostBytes === 0;
    const { ackedBytes, flightBytes } = event;
    this.cwndBytes = reduction.cwndAfter(ackedBytes, flightBytes, isSafe, this.#pmdcsBytes);
  }

  protected avoidCongestion({ ackedBytes, srttMs, nowMs }: AckEvent, pmdcsBytes: number): void {
    this.cwndBytes = this.#growth.grow(this.cwndBytes, ackedBytes, pmdcsBytes, srttMs, nowMs);
  }

  /** Whether the first slow start ends as soon as the window holds what the path does, before a queue tells of it. */
  protected get endsStartByRate(): boolean {
    return true;
  }

  /** What a reduction leaves of the window (RFC 9438 4.6). */
  protected get leftShare(): number {
    return BETA;
  }

  /** The first slow start is over. */
  #setSsthresh(): void {
    const reducedBytes = Math.floor(this.cwndBytes * this.leftShare);
    this.ssthreshBytes = Math.max(reducedBytes, leastSsthreshBytes(this.#pmdcsBytes));
  }
}
