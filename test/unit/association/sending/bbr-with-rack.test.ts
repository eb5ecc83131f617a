/**
 * BBR in a whole association whose losses a real detector finds: what turns out to be none is undone (draft-ietf-ccwg-bbr-06 5.5.11, A.18,
 * A.19), and what is sent again without being lost counts as no loss.
 * Owns: a peer behind a bottleneck that can hold packets back. Does not own: what BBR makes of losses (test/unit/congestion).
 */
import { describe, expect, it } from "vitest";
import type { LossEvent, LostData } from "../../../../src/base/congestion-control.ts";
import { BbrController } from "../../../../src/congestion/bbr.ts";
import type { BbrState } from "../../../../src/congestion/bbr-machine.ts";
import { chunksOf, FULL_PAYLOAD, Lab, type Link, type SentPacket } from "../../../conformance/lab.ts";
import { gapBlocksOf } from "../../../sack-view.ts";

const BYTES_PER_MS = 625;
const RTT_MS = 40;
const MINUTE_MS = 60_000;

class Watched extends BbrController {
  lostBytes = 0;
  undone = 0;
  timeouts = 0;
  /** When it was told that all was late. */
  cwndWhenUndone: number = Number.NaN;

  override onLost(lost: LostData): void {
    this.lostBytes += lost.chunkBytes;
    super.onLost(lost);
  }
  override onTimeout(event: LossEvent): void {
    this.timeouts++;
    super.onTimeout(event);
  }
  override onSpuriousReduction(): void {
    this.cwndWhenUndone = this.cwndBytes;
    this.undone++;
    super.onSpuriousReduction();
  }
}

interface Arrival {
  readonly atMs: number;
  readonly numbers: readonly number[];
}

/** Our sender, and a peer at the other end of 5 Mbit/s that acknowledges each packet. */
class BbrFlow {
  readonly bbr: Watched;
  readonly link: Link;
  /** So many packets of what is sent from now on arrive so much later; Infinity: when they are let go. */
  holdsNext = 0;
  heldMs = 0;
  /** States that were entered since this was emptied. */
  entered: BbrState[] = [];
  #state: BbrState = "Startup";
  #arrivals: Arrival[] = [];
  #freeMs = 0;
  #next = 0;
  #beyond = new Set<number>();

  constructor() {
    let bbr: Watched | undefined;
    this.link = new Lab().accepted({
      congestionControl: ({ pmdcsBytes }) => {
        bbr = new Watched(pmdcsBytes, 0.02);
        return bbr;
      },
      heartbeatIntervalMs: 0,
      sendBufferBytes: 1_000_000,
    });
    this.bbr = bbr as unknown as Watched;
  }

  get nowMs(): number {
    return this.link.lab.nowMs;
  }

  /** With more to send at any time, until that is so or a minute has passed. */
  bulk(isDone: () => boolean, limitMs: number = MINUTE_MS): void {
    const endMs = this.nowMs + limitMs;
    while (!isDone()) {
      if (this.nowMs > endMs) throw new Error(`that does not come; the states were ${this.entered.join()}`);
      while (this.link.association.bufferedBytes < 400_000) this.#carry(this.link.send(10 * FULL_PAYLOAD));
      this.step();
    }
  }

  /** To whatever is next. */
  step(): void {
    const { lab } = this.link;
    const arrival = this.#arrivals[0];
    const atMs = Math.min(arrival?.atMs ?? Number.POSITIVE_INFINITY, lab.stack.nextDeadlineMs());
    this.#carry(lab.run(Math.max(0, atMs - lab.nowMs)));
    if (arrival !== undefined && arrival.atMs <= lab.nowMs) {
      this.#arrivals.shift();
      this.#carry(this.#acknowledge(arrival));
    }
    const { state } = this.bbr;
    if (state !== this.#state) this.entered.push(state);
    this.#state = state;
  }

  /** What was held arrives, one packet in two milliseconds. */
  release(afterMs: number): void {
    this.holdsNext = 0;
    this.#freeMs = this.nowMs;
    this.#arrivals = this.#arrivals.map(({ numbers }, i) => ({
      atMs: this.nowMs + afterMs + 2 * i,
      numbers,
    }));
  }

  #carry(packets: readonly SentPacket[]): void {
    for (const packet of packets) {
      const numbers = chunksOf([packet], "DATA").map(({ tsn }) => (tsn - this.link.ourTsn) >>> 0);
      if (numbers.length === 0) continue;
      this.#freeMs = Math.max(this.#freeMs, packet.atMs) + packet.lengthBytes / BYTES_PER_MS;
      const lateMs = this.holdsNext > 0 ? this.heldMs : 0;
      if (this.holdsNext > 0) this.holdsNext--;
      this.#arrivals.push({ atMs: this.#freeMs + RTT_MS + lateMs, numbers });
    }
    this.#arrivals.sort((a, b) => a.atMs - b.atMs);
  }

  #acknowledge({ numbers }: Arrival): SentPacket[] {
    for (const number of numbers) if (number >= this.#next) this.#beyond.add(number);
    while (this.#beyond.delete(this.#next)) this.#next++;
    const gapBlocks = gapBlocksOf(this.#beyond, this.#next).map(([start, end]) => ({ start, end }));
    return this.link.receive([this.link.sack(this.#next - 1, { gapBlocks, aRwndBytes: 1_000_000 })]);
  }
}

describe("draft-ietf-ccwg-bbr-06 5.5.11", () => {
  it("A.18: probes for bandwidth again where it was reordering that ended that", () => {
    const flow = new BbrFlow();
    flow.bulk(() => flow.entered.includes("ProbeBW_UP"));
    flow.entered = [];
    const { cwndBytes, lostBytes } = flow.bbr;
    flow.holdsNext = 6;
    flow.heldMs = 16;
    flow.bulk(() => flow.entered.includes("ProbeBW_DOWN"));
    const leftMs = flow.nowMs;
    expect(flow.bbr.lostBytes).toBeGreaterThan(lostBytes);
    flow.bulk(() => flow.bbr.undone > 0);
    flow.step();
    expect(flow.nowMs - leftMs).toBeLessThan(RTT_MS);
    expect(flow.entered).toEqual(["ProbeBW_DOWN", "ProbeBW_REFILL"]);
    expect(flow.bbr.cwndBytes).toBeGreaterThanOrEqual(0.9 * cwndBytes);
  });

  it("A.19: has the window back that a timeout took, where all was late", () => {
    const flow = new BbrFlow();
    flow.bulk(() => flow.entered.includes("ProbeBW_CRUISE"));
    flow.entered = [];
    const { cwndBytes } = flow.bbr;
    flow.holdsNext = Number.POSITIVE_INFINITY;
    flow.heldMs = Number.POSITIVE_INFINITY;
    flow.bulk(() => flow.bbr.timeouts > 0, 2_000);
    flow.release(5);
    flow.bulk(() => flow.bbr.undone > 0, 100);
    expect(flow.bbr.cwndWhenUndone).toBeLessThan(0.5 * cwndBytes);
    expect(flow.bbr.cwndBytes).toBeGreaterThanOrEqual(cwndBytes);
  });
});

describe("draft-ietf-ccwg-bbr-06 2.2, C.lost", () => {
  it("is not raised by what probes a tail, for nobody has marked that as lost (RFC 8985 7.3)", () => {
    const flow = new BbrFlow();
    flow.bulk(() => flow.entered.includes("ProbeBW_CRUISE"));
    while (flow.link.association.bufferedBytes > 0) flow.step();
    const { lostBytes } = flow.bbr;
    const before = flow.link.lab.sent.length;
    flow.link.send(FULL_PAYLOAD);
    const again = chunksOf(flow.link.lab.run(400), "DATA");
    expect(chunksOf(flow.link.lab.sent.slice(before), "DATA")).toHaveLength(2);
    expect(again).toHaveLength(1);
    expect(flow.bbr.lostBytes).toBe(lostBytes);
  });
});
