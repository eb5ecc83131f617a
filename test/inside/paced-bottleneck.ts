/**
 * One paced flow over one bottleneck, in virtual time: packets are numbers, so that minutes cost little.
 * Owns: a rate, a queue that drops what does not fit, a round trip, random losses, SACKs that come in bunches; a sender with an
 * application that may be slower than the path, loss by three later packets and by a timeout.
 * Does not own: the controller, samples and pacing, which are the stack's own.
 */
import { DeliverySampler } from "../../src/association/paths/delivery-sampler.ts";
import type { Path } from "../../src/association/paths/path.ts";
import { Pacing } from "../../src/association/sending/pacing.ts";
import type { AckEvent, CongestionController, LossEvent } from "../../src/base/congestion-control.ts";
import { SeededRandom } from "../../src/platform/random.ts";

const REPORTS = 3;
const RTO_MS = 1_000;
const NEVER = Number.POSITIVE_INFINITY;

interface Packet {
  readonly number: number;
  readonly sentAtMs: number;
}

interface Arrival {
  readonly packet: Packet;
  readonly ackAtMs: number;
}

export interface LinkConditions {
  readonly megabitsPerSecond: number;
  readonly roundTripMs: number;
  /** Of a bandwidth-delay product. */
  readonly queueShare: number;
  readonly lossRate?: number;
}

export class PacedBottleneck {
  nowMs = 0;
  readonly packetBytes = 1_440;
  bytesPerMs: number;
  roundTripMs: number;
  queueBytes: number;
  lossRate: number;
  /** SACKs come together, once in so many milliseconds; 0: each by itself. */
  bunchMs = 0;
  /** What the application writes; Infinity: it always has more. */
  appBytesPerMs: number = NEVER;
  /** Tokens of a policer that drops whatever exceeds them, and their most; undefined: there is none. */
  policer: { tokens: number; readonly most: number; atMs: number } | undefined = undefined;
  /** The next packets that are lost on their way. */
  losesNext = 0;

  deliveredBytes = 0;
  sentPackets = 0;
  lostPackets = 0;
  inFastRecovery = false;
  flightBytes = 0;
  /** How long each packet waited in the queue, since this was emptied. */
  waitsMs: number[] = [];

  readonly controller: CongestionController;
  readonly #random: SeededRandom;
  readonly #pacing = new Pacing();
  readonly #path: Path;
  readonly #sampler: DeliverySampler;
  readonly #outstanding = new Map<number, Packet>();
  #arrivals: Arrival[] = [];
  #head = 0;
  #nextNumber = 0;
  #exitNumber = 0;
  #freeMs = 0;
  #writtenBytes = 0;
  #srttMs: number = Number.NaN;
  #windowFilled = false;
  #rtoAtMs: number = NEVER;

  constructor(controller: CongestionController, conditions: LinkConditions, seed = 1) {
    this.controller = controller;
    this.bytesPerMs = (conditions.megabitsPerSecond * 1_000) / 8;
    this.roundTripMs = conditions.roundTripMs;
    this.queueBytes = conditions.queueShare * this.bytesPerMs * this.roundTripMs;
    this.lossRate = conditions.lossRate ?? 0;
    this.#random = new SeededRandom(seed);
    this.#path = { congestion: controller, maxPacketBytes: this.packetBytes + 12 } as unknown as Path;
    this.#sampler = new DeliverySampler((lost) => controller.onLost?.(lost));
  }

  get productBytes(): number {
    return this.bytesPerMs * this.roundTripMs;
  }

  /** Until then, or until that is true after a SACK. @returns whether it became true */
  run(forMs: number, isDone: () => boolean = () => false): boolean {
    const untilMs = this.nowMs + forMs;
    this.#send();
    for (;;) {
      const arrival = this.#arrivals[this.#head];
      const atMs = Math.min(
        arrival?.ackAtMs ?? NEVER,
        this.#pacing.deadlineMs,
        this.#rtoAtMs,
        this.#nextWriteMs,
      );
      if (atMs > untilMs) break;
      this.#advance(atMs);
      if (arrival !== undefined && arrival.ackAtMs <= atMs) this.#acknowledge(arrival);
      else if (atMs >= this.#rtoAtMs) this.#timeOut();
      this.#send();
      if (isDone()) return true;
    }
    this.#advance(untilMs);
    return false;
  }

  /** The share of the link that was used since then. */
  shareSince(sinceMs: number, deliveredBefore: number): number {
    return (this.deliveredBytes - deliveredBefore) / ((this.nowMs - sinceMs) * this.bytesPerMs);
  }

  get #nextWriteMs(): number {
    if (this.appBytesPerMs === NEVER || this.appBytesPerMs === 0 || this.#writtenBytes >= this.packetBytes)
      return NEVER;
    return this.nowMs + (this.packetBytes - this.#writtenBytes) / this.appBytesPerMs + 1e-6;
  }

  #advance(toMs: number): void {
    if (this.appBytesPerMs < NEVER) this.#writtenBytes += this.appBytesPerMs * (toMs - this.nowMs);
    this.nowMs = toMs;
  }

  #send(): void {
    this.#pacing.begin();
    for (;;) {
      const { controller } = this;
      this.#windowFilled = this.flightBytes >= controller.cwndBytes;
      if (this.#windowFilled) return;
      if (this.appBytesPerMs < NEVER && this.#writtenBytes < this.packetBytes) {
        this.#sampler.onRanDry(this.flightBytes);
        return;
      }
      if (this.#pacing.holds(this.#path, this.nowMs)) return;
      this.#sendPacket();
    }
  }

  #sendPacket(): void {
    const { controller, packetBytes, nowMs } = this;
    const number = this.#nextNumber++;
    this.sentPackets++;
    this.flightBytes += packetBytes;
    if (this.appBytesPerMs < NEVER) this.#writtenBytes -= packetBytes;
    const packet = { number, sentAtMs: nowMs };
    this.#outstanding.set(number, packet);
    this.#sampler.onSent(number, 2 * this.#outstanding.size, packetBytes, this.flightBytes, nowMs);
    if (this.#rtoAtMs === NEVER) this.#rtoAtMs = nowMs + RTO_MS;
    controller.onSent?.(packetBytes, this.flightBytes, nowMs, this.#sampler.isAppLimited);
    this.#pacing.onPacket(this.#path, packetBytes, controller.pacingBytesPerMs ?? NEVER, nowMs);
    const startMs = Math.max(nowMs, this.#freeMs);
    const isDropped =
      (startMs - nowMs) * this.bytesPerMs + packetBytes > this.queueBytes || this.#isPoliced();
    if (isDropped || this.losesNext > 0 || this.#random.fraction() < this.lossRate) {
      if (this.losesNext > 0) this.losesNext--;
      return;
    }
    this.waitsMs.push(startMs - nowMs);
    this.#freeMs = startMs + packetBytes / this.bytesPerMs;
    let ackAtMs = this.#freeMs + this.roundTripMs;
    if (this.bunchMs > 0) ackAtMs = Math.ceil(ackAtMs / this.bunchMs) * this.bunchMs;
    this.#arrivals.push({ packet, ackAtMs: Math.max(ackAtMs, this.#arrivals.at(-1)?.ackAtMs ?? 0) });
  }

  #isPoliced(): boolean {
    const { policer } = this;
    if (policer === undefined) return false;
    policer.tokens = Math.min(policer.tokens + (this.nowMs - policer.atMs) * this.bytesPerMs, policer.most);
    policer.atMs = this.nowMs;
    if (policer.tokens < this.packetBytes) return true;
    policer.tokens -= this.packetBytes;
    return false;
  }

  #acknowledge({ packet, ackAtMs }: Arrival): void {
    const flightBytesBefore = this.flightBytes;
    const wasInFastRecovery = this.inFastRecovery;
    this.#sampler.beginSack();
    let newest = packet;
    let ackedBytes = 0;
    for (;;) {
      const next = this.#arrivals[this.#head];
      if (next === undefined || next.ackAtMs !== ackAtMs || (this.bunchMs === 0 && next.packet !== packet))
        break;
      this.#head++;
      newest = next.packet;
      if (!this.#outstanding.delete(newest.number)) continue; // A timeout gave it up.
      this.flightBytes -= this.packetBytes;
      ackedBytes += this.packetBytes;
      this.#sampler.onAcked(newest.number, this.packetBytes, newest.sentAtMs, true, this.nowMs);
    }
    if (this.#head > 65_536) this.#arrivals = this.#arrivals.splice(this.#head);
    if (this.#head > 65_536) this.#head = 0;
    if (ackedBytes === 0) return;
    this.deliveredBytes += ackedBytes;
    const rttMs = this.nowMs - newest.sentAtMs;
    this.#srttMs = Number.isNaN(this.#srttMs) ? rttMs : this.#srttMs + (rttMs - this.#srttMs) / 8;
    const lostBytes = this.#lose(newest.number - REPORTS);
    this.#rtoAtMs = this.#outstanding.size > 0 ? this.nowMs + RTO_MS : NEVER;
    const ack: AckEvent = {
      nowMs: this.nowMs,
      ackedBytes,
      flightBytesBefore,
      flightBytes: this.flightBytes,
      windowFilled: this.#windowFilled,
      inFastRecovery: wasInFastRecovery,
      lostBytes,
      cumulativeAckAdvanced: !wasInFastRecovery,
      rttMs,
      srttMs: this.#srttMs,
      deliveredBytes: ackedBytes,
      intervalMs: rttMs,
      sample: this.#sampler.takeSample(),
    };
    this.controller.onAck(ack);
    if (wasInFastRecovery && newest.number >= this.#exitNumber) {
      this.inFastRecovery = false;
      this.controller.onFastRecoveryEnd?.();
    }
    if (lostBytes === 0 || this.inFastRecovery) return;
    this.controller.onFastRetransmit(this.#loss(lostBytes, flightBytesBefore));
    this.inFastRecovery = true;
    this.#exitNumber = this.#nextNumber - 1;
  }

  /** What was sent up to there and is outstanding counts as lost. @returns bytes */
  #lose(throughNumber: number): number {
    let lostBytes = 0;
    for (const number of this.#outstanding.keys()) {
      if (number > throughNumber) break;
      this.#outstanding.delete(number);
      this.lostPackets++;
      this.flightBytes -= this.packetBytes;
      if (this.appBytesPerMs < NEVER) this.#writtenBytes += this.packetBytes; // It is sent again.
      lostBytes += this.packetBytes;
      this.#sampler.onLost(number, this.packetBytes);
    }
    return lostBytes;
  }

  #timeOut(): void {
    const flightBytesBefore = this.flightBytes;
    const lostBytes = this.#lose(NEVER);
    this.#rtoAtMs = NEVER;
    if (this.inFastRecovery) this.controller.onFastRecoveryEnd?.();
    this.inFastRecovery = false;
    this.controller.onTimeout(this.#loss(lostBytes, flightBytesBefore));
  }

  #loss(lostBytes: number, flightBytesBefore: number): LossEvent {
    const { nowMs, flightBytes } = this;
    return { nowMs, lostBytes, flightBytesBefore, flightBytes, srttMs: this.#srttMs };
  }
}
