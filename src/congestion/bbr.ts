/**
 * BBRv3 (draft-ietf-ccwg-bbr-06): a model of the path decides how fast DATA leaves and how much may be in flight, not each loss.
 * Owns: the order of its steps, what counts as limited by the application, recovery from losses as far as cwnd goes.
 * Does not own: the model (bbr-model.ts), bounds by loss (bbr-bounds.ts), the states (bbr-machine.ts), rate and window
 * (bbr-control.ts), delivery-rate samples and pacing, which the association does (src/association).
 *
 * What the draft leaves open: the initial window is that of RFC 6928. A pause leaves cwnd as it is (5.4), for what follows is paced. A
 * SACK that shows losses stands for one range of them in Startup. Recovery from a timeout ends when as much has been delivered as
 * was given up. What was saved of the state before a loss (5.5.11.1) is from before the first chunk of it was marked; a timeout in
 * the midst of Fast Recovery is not taken back, for that had begun with other losses.
 */
import type {
  AckEvent,
  CongestionController,
  DeliverySample,
  LossEvent,
  LostData,
} from "../base/congestion-control.ts";
import { bbrAck } from "./bbr-ack.ts";
import { BbrBounds, type BoundsBefore } from "./bbr-bounds.ts";
import { BbrControl } from "./bbr-control.ts";
import { BbrFullPipe } from "./bbr-full-pipe.ts";
import { BbrMachine, type BbrState, STARTUP_PACING_GAIN } from "./bbr-machine.ts";
import { BbrModel } from "./bbr-model.ts";
import { INITIAL_SSTHRESH_BYTES } from "./windows.ts";

const NEVER = Number.POSITIVE_INFINITY;

/** What begins anew with a new route. */
interface Flow {
  readonly model: BbrModel;
  readonly pipe: BbrFullPipe;
  readonly control: BbrControl;
  readonly machine: BbrMachine;
}

/** As it was before losses that may turn out to be none (5.5.11.1). */
interface BeforeLoss {
  readonly cwndBytes: number;
  readonly bounds: BoundsBefore;
}

export class BbrController implements CongestionController {
  readonly samplesDelivery = true;
  readonly #lossThreshold: number;
  #flow: Flow;
  #inFastRecovery = false;
  /** Recovery from a timeout lasts until so much has been delivered; Infinity outside of it. */
  #recoveredAtBytes: number = NEVER;
  /** What was sent when so much had been delivered, and what followed until then, tells no rate: that was in ProbeRTT. */
  #slowFromBytes: number = NEVER;
  #slowThroughBytes = 0;
  #beforeLoss: BeforeLoss | undefined = undefined;
  /** Nothing has been sent since that was saved: what is lost meanwhile belongs to it. */
  #isSavedNow = false;

  /**
   * @param pmdcsBytes largest DATA chunk, header included, that fits in a packet on the path
   * @param lossThreshold BBR.LossThresh: which share may be lost in a round while more bandwidth is looked for
   */
  constructor(pmdcsBytes: number, lossThreshold: number) {
    this.#lossThreshold = lossThreshold;
    this.#flow = this.#begin(pmdcsBytes, 0);
  }

  get cwndBytes(): number {
    return this.#flow.control.cwndBytes;
  }
  get pacingBytesPerMs(): number {
    return this.#flow.control.pacingBytesPerMs;
  }
  get ssthreshBytes(): number {
    return INITIAL_SSTHRESH_BYTES;
  }
  get partialBytesAcked(): number {
    return 0;
  }
  /** Which of its states the flow is in. */
  get state(): BbrState {
    return this.#flow.machine.state;
  }

  onSent(sentBytes: number, flightBytes: number, nowMs: number, isAppLimited: boolean): void {
    this.#isSavedNow = false;
    if (flightBytes !== sentBytes) return; // Something was in flight before.
    if (isAppLimited || this.#slowFromBytes < NEVER) this.#flow.machine.onRestartFromIdle(nowMs);
  }

  onLost(lost: LostData): void {
    if (!this.#inFastRecovery && !this.#isSavedNow) this.#saveState();
    this.#flow.machine.onLost(lost);
  }

  onAck(event: AckEvent): void {
    const { model, pipe, control, machine } = this.#flow;
    const { sample } = event;
    model.deliveredBytes = sample?.totalBytes ?? model.deliveredBytes + event.ackedBytes;
    control.onFirstRoundTrip(event.srttMs, STARTUP_PACING_GAIN);
    machine.onAck(bbrAck(event, sample !== undefined && this.#isSlowed(sample)));
    this.#noteProbeRtt(event.flightBytes, sample?.priorBytes ?? 0);
    if (model.deliveredBytes >= this.#recoveredAtBytes) this.#endTimeoutRecovery();
    control.setPacingRate(machine.gait.pacingGain, pipe.wasFilled);
    control.setCwnd(event.ackedBytes, machine.gait, pipe.wasFilled);
  }

  onFastRetransmit(): void {
    this.#flow.control.saveCwnd(this.#flow.machine.gait);
    this.#inFastRecovery = true;
    this.#setRecovery();
  }

  onFastRecoveryEnd(): void {
    if (!this.#inFastRecovery) return;
    this.#inFastRecovery = false;
    this.#setRecovery();
    const { control, machine } = this.#flow;
    control.restoreCwnd();
    control.boundCwnd(machine.gait);
  }

  onTimeout({ flightBytes, lostBytes }: LossEvent): void {
    const { control, machine, model } = this.#flow;
    if (!this.#isSavedNow) this.#beforeLoss = undefined;
    control.saveCwnd(machine.gait);
    this.#recoveredAtBytes = model.deliveredBytes + lostBytes;
    this.#setRecovery();
    control.cwndBytes = flightBytes + control.packetBytes;
  }

  /** HandleSpuriousLossDetection (5.5.11.2). */
  onSpuriousReduction(): void {
    const before = this.#beforeLoss;
    if (before === undefined) return;
    this.#beforeLoss = undefined;
    this.#inFastRecovery = false;
    this.#recoveredAtBytes = NEVER;
    this.#setRecovery();
    const { control, machine, pipe } = this.#flow;
    control.cwndBytes = Math.max(control.cwndBytes, before.cwndBytes);
    machine.onSpuriousLoss(before.bounds);
    control.setPacingRate(machine.gait.pacingGain, pipe.wasFilled);
    control.boundCwnd(machine.gait);
  }

  onIdle(): void {}

  setPmdcs(pmdcsBytes: number): void {
    this.#flow.control.packetBytes = pmdcsBytes;
  }

  reset(): void {
    const { control, model } = this.#flow;
    this.#flow = this.#begin(control.packetBytes, model.deliveredBytes);
    this.#inFastRecovery = false;
    this.#recoveredAtBytes = NEVER;
    this.#slowFromBytes = NEVER;
    this.#beforeLoss = undefined;
  }

  #begin(packetBytes: number, deliveredBytes: number): Flow {
    const model = new BbrModel(deliveredBytes);
    const bounds = new BbrBounds(this.#lossThreshold);
    const pipe = new BbrFullPipe();
    const control = new BbrControl(model, bounds, packetBytes, STARTUP_PACING_GAIN);
    return { model, pipe, control, machine: new BbrMachine(model, bounds, pipe, control) };
  }

  #saveState(): void {
    const { control, machine } = this.#flow;
    this.#beforeLoss = { cwndBytes: control.cwndBytes, bounds: machine.saveState() };
    this.#isSavedNow = true;
  }

  #isSlowed({ priorBytes }: DeliverySample): boolean {
    return priorBytes >= this.#slowFromBytes && priorBytes <= this.#slowThroughBytes;
  }

  /** MarkConnectionAppLimited, at each SACK in ProbeRTT (5.3.4.3). */
  #noteProbeRtt(flightBytes: number, priorBytes: number): void {
    const { machine, model } = this.#flow;
    if (machine.state === "ProbeRTT") {
      this.#slowFromBytes = Math.min(this.#slowFromBytes, model.deliveredBytes);
      this.#slowThroughBytes = model.deliveredBytes + flightBytes;
    } else if (priorBytes > this.#slowThroughBytes) {
      this.#slowFromBytes = NEVER;
    }
  }

  #endTimeoutRecovery(): void {
    this.#recoveredAtBytes = NEVER;
    this.#setRecovery();
    this.#flow.control.restoreCwnd();
  }

  #setRecovery(): void {
    this.#flow.control.isInRecovery = this.#inFastRecovery || this.#recoveredAtBytes < NEVER;
  }
}
