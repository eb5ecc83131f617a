/**
 * The controllers of paths whose windows grow together (RFC 6356): RFC 9260's and CUBIC's, with linked increases.
 * Owns: what takes the place of their congestion avoidance. Does not own: the increase (linked-increases.ts); slow start and
 * pauses, which RFC 6356 3 leaves as they are, and the way down in Fast Recovery (rfc9260.ts, cubic.ts).
 *
 * CUBIC's curve is the way of one window back to where it was too large, and cannot be shared: RFC 6356 couples additive increases, and
 * leaves reductions as they are in standard TCP, to half. So CUBIC's windows grow and are halved by that here; HyStart++ and Proportional
 * Rate Reduction stay. CUBIC's own smaller reductions, with an increase that fits them (RFC 9438 4.3), are as fair where each packet is
 * lost as easily as any other; but a full queue drops what a window has grown by, and then it is the reductions alone that decide
 * who has how much.
 */
import type { AckEvent, LossEvent } from "../base/congestion-control.ts";
import { CubicController } from "./cubic.ts";
import { type LinkedFlows, LinkedIncreases } from "./linked-increases.ts";
import { Rfc9260Controller } from "./rfc9260.ts";

/** RFC 6356 3: of the window, as in standard TCP. */
const HALF = 0.5;

export class LinkedRfc9260Controller extends Rfc9260Controller {
  readonly #increases: LinkedIncreases;

  constructor(pmdcsBytes: number, family: 4 | 6, flows: LinkedFlows) {
    super(pmdcsBytes, family);
    this.#increases = new LinkedIncreases(flows);
  }

  /** RFC 9260 7.2.2 counts up to a window, and RFC 6356 4.2 to a larger one: here less is counted. */
  protected override avoidCongestion(event: AckEvent): void {
    const { ackedBytes, srttMs, nowMs } = event;
    const chunks = this.#increases.chunksFor(this.cwndBytes, ackedBytes, srttMs, nowMs);
    this.countAcked(chunks * this.cwndBytes, event.windowFilled);
  }

  override onFastRetransmit(): void {
    super.onFastRetransmit();
    this.#increases.onReduction();
  }

  override onTimeout(): void {
    super.onTimeout();
    this.#increases.onReduction();
  }
}

export class LinkedCubicController extends CubicController {
  readonly #increases: LinkedIncreases;
  /** What the window grew by and cannot show, as it is counted in whole bytes. */
  #restBytes = 0;

  constructor(pmdcsBytes: number, flows: LinkedFlows) {
    super(pmdcsBytes);
    this.#increases = new LinkedIncreases(flows);
  }

  protected override get leftShare(): number {
    return HALF;
  }

  /** A window that holds no more than the path is half of that after its first loss, and grows by a chunk a round trip at most. */
  protected override get endsStartByRate(): boolean {
    return false;
  }

  protected override avoidCongestion({ ackedBytes, srttMs, nowMs }: AckEvent, pmdcsBytes: number): void {
    const chunks = this.#increases.chunksFor(this.cwndBytes, ackedBytes, srttMs, nowMs);
    this.#restBytes += chunks * pmdcsBytes;
    const wholeBytes = Math.floor(this.#restBytes);
    this.#restBytes -= wholeBytes;
    this.cwndBytes += wholeBytes;
  }

  override onFastRetransmit(event: LossEvent): void {
    super.onFastRetransmit(event);
    this.#increases.onReduction();
  }

  override onTimeout(): void {
    super.onTimeout();
    this.#increases.onReduction();
  }
}
