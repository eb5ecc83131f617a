/**
 * BBR's states and what leads from one to another (draft-ietf-ccwg-bbr-06 5.3).
 * Owns: Startup, Drain, the four states of ProbeBW, ProbeRTT; their gains, what the SACKs at hand tell of a probe, when the next
 * one is due. Does not own: the model (bbr-model.ts), the estimate of a full pipe (bbr-full-pipe.ts), what losses bound
 * (bbr-bounds.ts), what may be sent (bbr-control.ts).
 */
import type { LostData } from "../base/congestion-control.ts";
import type { BbrAck } from "./bbr-ack.ts";
import { BBR_BETA, type BbrBounds, type BoundsBefore } from "./bbr-bounds.ts";
import type { BbrControl, BbrGait } from "./bbr-control.ts";
import type { BbrFullPipe } from "./bbr-full-pipe.ts";
import type { BbrModel } from "./bbr-model.ts";

/** 4 * ln 2: with less the rate would not double in a round. */
export const STARTUP_PACING_GAIN = 2.77;
const STARTUP_FULL_LOSS_COUNT = 6;
const MAX_DRAIN_ROUNDS = 3;
const PROBE_RTT_DURATION_MS = 200;
const MIN_PROBE_WAIT_MS = 2_000;
const MAX_RANDOM_PROBE_WAIT_MS = 1_000;
const MAX_RENO_ROUNDS = 63;
const MAX_GROWTH_ROUNDS = 30;

const PLAIN = {
  pacingGain: 1,
  cwndGain: 2,
  cap: "longterm",
  isProbingUp: false,
  isProbingRtt: false,
} as const;
/** 5.6.1, and the cap of cwnd of 5.6.4.7. */
export const BBR_GAITS = {
  Startup: { ...PLAIN, pacingGain: STARTUP_PACING_GAIN, cap: "none" },
  Drain: { ...PLAIN, pacingGain: 0.5, cap: "none" },
  ProbeBW_DOWN: { ...PLAIN, pacingGain: 0.9 },
  ProbeBW_CRUISE: { ...PLAIN, cap: "headroom" },
  ProbeBW_REFILL: PLAIN,
  ProbeBW_UP: { ...PLAIN, pacingGain: 1.25, cwndGain: 2.25, isProbingUp: true },
  ProbeRTT: { ...PLAIN, cwndGain: 0.5, cap: "headroom", isProbingRtt: true },
} as const satisfies Record<string, BbrGait>;

export type BbrState = keyof typeof BBR_GAITS;

/** What the SACKs at hand tell of a bandwidth probe. */
type AckPhase = "none" | "refilling" | "starting" | "feedback" | "stopping";

export class BbrMachine {
  state: BbrState = "Startup";
  readonly #model: BbrModel;
  readonly #bounds: BbrBounds;
  readonly #pipe: BbrFullPipe;
  readonly #control: BbrControl;
  /** The time of the last event. */
  #nowMs = 0;
  #drainStartRound = 0;

  #ackPhase: AckPhase = "none";
  /** The SACKs are about data of a probe that losses have not ended. */
  #isProbeSample = false;
  #probeUpRounds = 0;
  #probeUpAckedBytes = 0;
  /** So much has to be acknowledged for inflight_longterm to grow by a packet. */
  #ackedPerGrowthBytes: number = Number.POSITIVE_INFINITY;
  #wasTooHigh = false;
  #wasPrecautionary = false;
  #cycleBeganMs = 0;
  #probeWaitMs = 0;
  /** `roundCount` of the model from which the rounds since the last probe count. */
  #probedInRound = 0;

  #isIdleRestart = false;
  /** When ProbeRTT may end; NaN until what is in flight has become small. */
  #probeRttEndsMs: number = Number.NaN;
  #hasProbedForRound = false;
  /** What the losses have ended that may turn out to be none (BBR.undo_state). */
  #endedByLoss: "Startup" | "ProbeBW_UP" | undefined = undefined;

  constructor(model: BbrModel, bounds: BbrBounds, pipe: BbrFullPipe, control: BbrControl) {
    this.#model = model;
    this.#bounds = bounds;
    this.#pipe = pipe;
    this.#control = control;
  }

  get gait(): BbrGait {
    return BBR_GAITS[this.state];
  }

  get isInProbeBw(): boolean {
    return this.state.startsWith("ProbeBW");
  }

  /** UpdateModelAndState (5.2.3). */
  onAck(ack: BbrAck): void {
    const [model, bounds, control] = [this.#model, this.#bounds, this.#control];
    this.#nowMs = ack.nowMs;
    bounds.updateLatest(ack, model.deliveredBytes);
    model.updateMaxBw(ack, !this.#pipe.wasFilled || this.state === "ProbeBW_UP");
    bounds.adapt(this.#isProbingBw || ack.isSlowed, model.maxBytesPerMs, control.cwndBytes);
    model.updateExtraAcked(ack, control.bytesPerMs, control.cwndBytes, this.#pipe.wasFilled);
    this.#pipe.update(ack, model.isRoundStart);
    this.#checkStartupDone(ack);
    this.#checkDrainDone(ack);
    if (this.#pipe.wasFilled) this.#updateCycle(ack);
    model.updateMinRtt(ack);
    this.#checkProbeRtt(ack);
    bounds.advanceLatest(ack);
  }

  /** SaveStateUponLoss: whatever losses end from here on may be taken back. */
  saveState(): BoundsBefore {
    this.#endedByLoss = undefined;
    return this.#bounds.saved;
  }

  /** HandleSpuriousLossDetection, but for cwnd (5.5.11.2). */
  onSpuriousLoss(before: BoundsBefore): void {
    this.#bounds.restore(before);
    this.#pipe.reset(0);
    const ended = this.#endedByLoss;
    this.#endedByLoss = undefined;
    if (ended === "Startup" && this.state !== "Startup") {
      this.#pipe.wasFilled = false;
      if (this.state !== "ProbeRTT") this.state = "Startup"; // Else once that is over.
    } else if (ended === "ProbeBW_UP" && this.state !== "ProbeBW_UP" && this.state !== "ProbeRTT") {
      this.#startRefill();
    }
  }

  /** HandleLostPacket, of a chunk of a probe (5.5.10.2). */
  onLost(lost: LostData): void {
    this.#bounds.onLost(lost.totalBytes);
    if (!this.#isProbeSample || !this.#bounds.isTooHigh(lost.lostBytes, lost.flightBytes)) return;
    this.#wasTooHigh = true;
    this.#isProbeSample = false; // Once per probe.
    if (!lost.isAppLimited) {
      const leastBytes = this.#control.targetInflightBytes * BBR_BETA;
      this.#bounds.inflightLongtermBytes = Math.max(this.#bounds.inflightAtLoss(lost), leastBytes);
    }
    if (this.state !== "ProbeBW_UP") return;
    this.#endedByLoss = "ProbeBW_UP";
    this.#startDown();
  }

  /** HandleRestartFromIdle (5.4.1). */
  onRestartFromIdle(nowMs: number): void {
    this.#nowMs = nowMs;
    this.#isIdleRestart = true;
    this.#model.restartExtraAcked(nowMs);
    if (this.isInProbeBw) this.#control.setPacingRate(1, this.#pipe.wasFilled);
    else if (this.state === "ProbeRTT") this.#checkProbeRttDone();
  }

  get #isProbingBw(): boolean {
    return this.state === "Startup" || this.state === "ProbeBW_REFILL" || this.state === "ProbeBW_UP";
  }

  // ---- Startup and Drain (5.3.1, 5.3.2) ----

  #checkStartupDone({ inFastRecovery, lostBytes, flightBytesWhenSent }: BbrAck): void {
    if (this.state !== "Startup") return;
    const bounds = this.#bounds;
    const isLossHigh =
      bounds.isLossRoundStart &&
      inFastRecovery &&
      bounds.lossEvents >= STARTUP_FULL_LOSS_COUNT &&
      bounds.isTooHigh(lostBytes, flightBytesWhenSent);
    if (isLossHigh) {
      this.#endedByLoss = "Startup";
      this.#pipe.onFilled();
      bounds.inflightLongtermBytes = Math.max(this.#control.productBytes, bounds.latestInflightBytes);
    }
    if (!this.#pipe.wasFilled) return;
    this.state = "Drain";
    this.#drainStartRound = this.#model.roundCount;
  }

  #checkDrainDone({ flightBytes }: BbrAck): void {
    if (this.state !== "Drain") return;
    const isDrained = flightBytes <= this.#control.inflightBytes(this.#control.bytesPerMs, this.gait);
    if (isDrained || this.#model.roundCount > this.#drainStartRound + MAX_DRAIN_ROUNDS) this.#startDown();
  }

  // ---- ProbeBW (5.3.3) ----

  #updateCycle(ack: BbrAck): void {
    if (this.#adaptLongTerm(ack)) return;
    switch (this.state) {
      case "ProbeBW_DOWN":
        if (this.#isTimeToProbe()) this.#startRefill();
        else if (this.#isTimeToCruise(ack)) this.state = "ProbeBW_CRUISE";
        break;
      case "ProbeBW_CRUISE":
        if (this.#isTimeToProbe()) this.#startRefill();
        break;
      case "ProbeBW_REFILL":
        if (this.#model.isRoundStart) this.#startUp(ack);
        break;
      case "ProbeBW_UP":
        if (!this.#isTimeToGoDown(ack)) break;
        this.#wasTooHigh = false;
        this.#startDown();
    }
  }

  /** AdaptLongTermModel. @returns whether the next state has been decided */
  #adaptLongTerm(ack: BbrAck): boolean {
    const { isRoundStart } = this.#model;
    if (this.#ackPhase === "starting" && isRoundStart) this.#ackPhase = "feedback";
    if (this.#ackPhase === "stopping" && isRoundStart) {
      this.#isProbeSample = false;
      this.#ackPhase = "none";
      if (this.isInProbeBw && !ack.isAppLimited) this.#model.advanceMaxBwFilter();
      if (this.isInProbeBw && this.#wasPrecautionary && !this.#wasTooHigh) {
        this.#startRefill();
        return true;
      }
    }
    const bounds = this.#bounds;
    if (bounds.isTooHigh(ack.lostBytes, ack.flightBytesWhenSent)) return false;
    if (bounds.inflightLongtermBytes === Number.POSITIVE_INFINITY) return false;
    bounds.inflightLongtermBytes = Math.max(bounds.inflightLongtermBytes, ack.flightBytesWhenSent);
    if (this.state === "ProbeBW_UP") this.#growLongTerm(ack);
    return false;
  }

  #startDown(): void {
    this.#bounds.resetSignals();
    this.#ackedPerGrowthBytes = Number.POSITIVE_INFINITY;
    this.#pickProbeWait();
    this.#cycleBeganMs = this.#nowMs;
    this.#ackPhase = "stopping";
    this.#model.endProbe();
    this.#model.startRound();
    this.state = "ProbeBW_DOWN";
  }

  #startRefill(): void {
    this.#bounds.resetShortTerm();
    this.#probeUpRounds = 0;
    this.#probeUpAckedBytes = 0;
    this.#wasPrecautionary = false;
    this.#ackPhase = "refilling";
    this.#model.startRound();
    this.state = "ProbeBW_REFILL";
  }

  #startUp({ bytesPerMs }: BbrAck): void {
    this.#isProbeSample = true;
    this.#ackPhase = "starting";
    this.#model.startRound();
    this.#pipe.reset(bytesPerMs);
    this.state = "ProbeBW_UP";
    this.#raiseGrowth();
  }

  /** By bits that no two flows share: when, and after how much, is as good as random (5.3.3.8). */
  #pickProbeWait(): void {
    const noise = mixed(this.#nowMs * 1_000, this.#model.deliveredBytes);
    this.#probedInRound = this.#model.roundCount - (noise & 1);
    this.#probeWaitMs = MIN_PROBE_WAIT_MS + ((noise >>> 1) / 0x8000_0000) * MAX_RANDOM_PROBE_WAIT_MS;
  }

  /** By the clock, or as often as a Reno flow would see a loss. */
  #isTimeToProbe(): boolean {
    if (this.#nowMs > this.#cycleBeganMs + this.#probeWaitMs) return true;
    const renoRounds = this.#control.targetInflightBytes / this.#control.packetBytes;
    return this.#model.roundCount - this.#probedInRound >= Math.min(renoRounds, MAX_RENO_ROUNDS);
  }

  #isTimeToCruise({ flightBytes }: BbrAck): boolean {
    const { packetBytes, leastCwndBytes } = this.#control;
    if (flightBytes > this.#bounds.withHeadroom(packetBytes, leastCwndBytes)) return false;
    return flightBytes <= this.#control.inflightBytes(this.#model.maxBytesPerMs, this.gait);
  }

  #isTimeToGoDown({ flightBytesBefore, isCwndLimited, bytesPerMs }: BbrAck): boolean {
    const limitBytes = Math.floor(this.#bounds.inflightLongtermBytes);
    if (this.#wasTooHigh && flightBytesBefore >= limitBytes) {
      this.#wasPrecautionary = true;
      return true;
    }
    if (isCwndLimited && this.#control.cwndBytes >= limitBytes) {
      this.#pipe.reset(bytesPerMs); // That bound limits the rate, and not the path.
      return false;
    }
    return this.#pipe.isFull;
  }

  /** RaiseInflightLongtermSlope: growth by 1, 2, 4, ... packets a round. */
  #raiseGrowth(): void {
    const packets = 2 ** this.#probeUpRounds;
    this.#probeUpRounds = Math.min(this.#probeUpRounds + 1, MAX_GROWTH_ROUNDS);
    const { cwndBytes, packetBytes } = this.#control;
    this.#ackedPerGrowthBytes = Math.max(cwndBytes / packets, packetBytes);
  }

  /** ProbeInflightLongtermUpward. */
  #growLongTerm({ ackedBytes, isCwndLimited }: BbrAck): void {
    const bounds = this.#bounds;
    if (!isCwndLimited || this.#control.cwndBytes < Math.floor(bounds.inflightLongtermBytes)) return;
    this.#probeUpAckedBytes += ackedBytes;
    const packets = Math.floor(this.#probeUpAckedBytes / this.#ackedPerGrowthBytes);
    if (packets > 0) {
      this.#probeUpAckedBytes -= packets * this.#ackedPerGrowthBytes;
      bounds.inflightLongtermBytes += packets * this.#control.packetBytes;
    }
    if (this.#model.isRoundStart) this.#raiseGrowth();
  }

  // ---- ProbeRTT (5.3.4) ----

  #checkProbeRtt(ack: BbrAck): void {
    if (this.state !== "ProbeRTT" && this.#model.isProbeRttDue && !this.#isIdleRestart) {
      this.state = "ProbeRTT";
      this.#control.saveCwnd(this.gait);
      this.#probeRttEndsMs = Number.NaN;
      this.#ackPhase = "stopping";
      this.#model.startRound();
    }
    if (this.state === "ProbeRTT") this.#handleProbeRtt(ack);
    if (ack.deliveredBytes > 0) this.#isIdleRestart = false;
  }

  #handleProbeRtt({ flightBytes }: BbrAck): void {
    if (Number.isNaN(this.#probeRttEndsMs)) {
      if (flightBytes > this.#control.probeRttCwndBytes(this.gait)) return;
      this.#probeRttEndsMs = this.#nowMs + PROBE_RTT_DURATION_MS;
      this.#hasProbedForRound = false;
      this.#model.startRound();
      return;
    }
    if (this.#model.isRoundStart) this.#hasProbedForRound = true;
    if (this.#hasProbedForRound) this.#checkProbeRttDone();
  }

  #checkProbeRttDone(): void {
    if (!(this.#nowMs > this.#probeRttEndsMs)) return;
    this.#model.onProbedRtt(this.#nowMs);
    this.#control.restoreCwnd();
    this.#bounds.resetShortTerm();
    if (this.#pipe.wasFilled) {
      this.#startDown();
      this.state = "ProbeBW_CRUISE"; // What is in flight is small already.
    } else {
      this.state = "Startup";
    }
  }
}

/** 32 bits that depend on every bit of two numbers. */
function mixed(a: number, b: number): number {
  let bits = Math.imul((a | 0) ^ Math.imul(b | 0, 0x9e37_79b1), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
