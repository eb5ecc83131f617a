/**
 * Congestion controllers on one bottleneck, in virtual time: packets are numbers, so that minutes cost little.
 * Owns: a rate, a queue that drops what does not fit, and on request some before, a round trip; senders that always have data, their acknowledgements, loss
 * by three later ones, one reduction per recovery. Does not own: the controllers, the stack (test/sim has both).
 */
import type { AckEvent, CongestionController, LossEvent } from "../../src/base/congestion-control.ts";

/** Of packets, where the queue is nearly full. */
const MAX_EARLY_DROPS = 0.005;

interface Packet {
  readonly flow: Flow;
  readonly number: number;
  readonly sentAtMs: number;
  readonly deliveredBefore: number;
  /** When the sender hears that it arrived. */
  readonly ackAtMs: number;
}

/** One sender. A loss is made good by the next packet: what is lost is sent again at once. */
export class Flow {
  readonly controller: CongestionController;
  deliveredBytes = 0;
  lostPackets = 0;
  flightBytes = 0;
  inFastRecovery = false;
  /** The next packet is lost on its way. */
  losesNext = false;
  nextNumber = 0;
  readonly missing: number[] = [];
  exitNumber = 0;
  srttMs: number = Number.NaN;

  constructor(controller: CongestionController) {
    this.controller = controller;
  }
}

export class SharedBottleneck {
  nowMs = 0;
  readonly packetBytes: number;
  droppedByQueue = 0;
  longestQueueMs = 0;
  readonly #bytesPerMs: number;
  readonly #roundTripMs: number;
  readonly #queueBytes: number;
  readonly #random: (() => number) | undefined;
  readonly #underWay: Packet[] = [];
  #head = 0;
  #freeMs = 0;

  /**
   * @param queueShare of a bandwidth-delay product
   * @param random from 0 to 1: packets are dropped at random, the more the fuller the queue is, so that each flow loses its share of them
   */
  constructor(
    megabitsPerSecond: number,
    roundTripMs: number,
    queueShare: number,
    packetBytes: number,
    random?: () => number,
  ) {
    this.#random = random;
    this.packetBytes = packetBytes;
    this.#bytesPerMs = (megabitsPerSecond * 1_000) / 8;
    this.#roundTripMs = roundTripMs;
    this.#queueBytes = queueShare * this.#bytesPerMs * roundTripMs;
  }

  get productBytes(): number {
    return this.#bytesPerMs * this.#roundTripMs;
  }

  /** Sends whatever the flow's window allows. */
  load(flow: Flow): void {
    while (flow.flightBytes < flow.controller.cwndBytes) this.#send(flow);
  }

  /** Until then, or until that is true. @returns whether it became true */
  run(untilMs: number, isDone: () => boolean = () => false): boolean {
    for (;;) {
      const packet = this.#underWay[this.#head];
      if (packet === undefined || packet.ackAtMs > untilMs) break;
      this.#head++;
      if (this.#head === 65_536) this.#underWay.splice(0, this.#head);
      this.#head %= 65_536;
      this.nowMs = packet.ackAtMs;
      this.#acknowledge(packet);
      this.load(packet.flow);
      if (isDone()) return true;
    }
    this.nowMs = untilMs;
    return false;
  }

  #send(flow: Flow): void {
    const number = flow.nextNumber++;
    flow.flightBytes += this.packetBytes;
    flow.controller.onSent?.(this.packetBytes, flow.flightBytes, this.nowMs, false);
    const startMs = Math.max(this.nowMs, this.#freeMs);
    const waitMs = startMs - this.nowMs;
    const fill = (waitMs * this.#bytesPerMs + this.packetBytes) / this.#queueBytes;
    const isFull = fill > 1 || (this.#random !== undefined && this.#random() < MAX_EARLY_DROPS * fill);
    if (isFull || flow.losesNext) {
      if (isFull) this.droppedByQueue++;
      flow.losesNext = false;
      flow.missing.push(number);
      return;
    }
    this.longestQueueMs = Math.max(this.longestQueueMs, waitMs);
    this.#freeMs = startMs + this.packetBytes / this.#bytesPerMs;
    const deliveredBefore = flow.deliveredBytes;
    const ackAtMs = this.#freeMs + this.#roundTripMs;
    this.#underWay.push({ flow, number, sentAtMs: this.nowMs, deliveredBefore, ackAtMs });
  }

  #acknowledge({ flow, number, sentAtMs, deliveredBefore }: Packet): void {
    const flightBytesBefore = flow.flightBytes;
    const rttMs = this.nowMs - sentAtMs;
    flow.srttMs = Number.isNaN(flow.srttMs) ? rttMs : flow.srttMs + (rttMs - flow.srttMs) / 8;
    flow.deliveredBytes += this.packetBytes;
    flow.flightBytes -= this.packetBytes;
    const wasInFastRecovery = flow.inFastRecovery;
    let lostBytes = 0;
    while ((flow.missing[0] ?? Number.POSITIVE_INFINITY) <= number - 3) {
      flow.missing.shift();
      flow.lostPackets++;
      lostBytes += this.packetBytes;
    }
    flow.flightBytes -= lostBytes;
    const ack: AckEvent = {
      nowMs: this.nowMs,
      ackedBytes: this.packetBytes,
      flightBytesBefore,
      flightBytes: flow.flightBytes,
      windowFilled: true,
      inFastRecovery: wasInFastRecovery,
      lostBytes,
      cumulativeAckAdvanced: !wasInFastRecovery,
      rttMs,
      srttMs: flow.srttMs,
      deliveredBytes: flow.deliveredBytes - deliveredBefore,
      intervalMs: rttMs,
    };
    flow.controller.onAck(ack);
    if (wasInFastRecovery && number >= flow.exitNumber) {
      flow.inFastRecovery = false;
      flow.controller.onFastRecoveryEnd?.();
    }
    if (lostBytes === 0 || flow.inFastRecovery) return;
    const { srttMs, flightBytes } = flow;
    const loss: LossEvent = { nowMs: this.nowMs, lostBytes, flightBytesBefore, flightBytes, srttMs };
    flow.controller.onFastRetransmit(loss);
    flow.inFastRecovery = true;
    flow.exitNumber = flow.nextNumber;
  }
}
