/**
 * A flow controlled by BBR on a simulated bottleneck, and what can be seen of it from outside.
 * Owns: a path of 20 Mbit/s, 40 ms, a queue of four products, unless told otherwise; the states that the flow goes through.
 * Does not own: the bottleneck (test/inside/paced-bottleneck.ts), what is expected.
 */
import { expect } from "vitest";
import { BbrController } from "../../../src/congestion/bbr.ts";
import type { BbrState } from "../../../src/congestion/bbr-machine.ts";
import { type LinkConditions, PacedBottleneck } from "../../inside/paced-bottleneck.ts";

const PACKET_BYTES = 1_440;
const SHORT: LinkConditions = { megabitsPerSecond: 20, roundTripMs: 40, queueShare: 4 };

export class BbrCase {
  readonly bbr: BbrController;
  readonly link: PacedBottleneck;
  /** States that were entered since this was emptied. */
  entered: BbrState[] = [];
  #state: BbrState = "Startup";

  constructor(conditions: Partial<LinkConditions> = {}, lossThreshold = 0.02, seed = 1) {
    this.bbr = new BbrController(PACKET_BYTES, lossThreshold);
    this.link = new PacedBottleneck(this.bbr, { ...SHORT, ...conditions }, seed);
  }

  run(forMs: number, isDone: () => boolean = () => false): boolean {
    return this.link.run(forMs, () => {
      if (this.bbr.state !== this.#state) {
        this.#state = this.bbr.state;
        this.entered.push(this.#state);
      }
      return isDone();
    });
  }

  /** From now on, until a state is entered. */
  until(state: BbrState, limitMs = 30_000): void {
    this.entered = [];
    expect(this.run(limitMs, () => this.entered.includes(state))).toBe(true);
  }

  /** The pacing rate, and what is in flight, against those of the link. */
  get pace(): number {
    return this.bbr.pacingBytesPerMs / this.link.bytesPerMs;
  }
  get inFlight(): number {
    return this.link.flightBytes / this.link.productBytes;
  }
  get cwnd(): number {
    return this.bbr.cwndBytes / this.link.productBytes;
  }

  /** How much of the link is used for so long. */
  share(forMs: number): number {
    const { nowMs, deliveredBytes } = this.link;
    this.run(forMs);
    return this.link.shareSince(nowMs, deliveredBytes);
  }
}
