/**
 * CUBIC (RFC 9438), HyStart++ (RFC 9406) and Proportional Rate Reduction (RFC 9937) once more, written down from the RFCs'
 * formulas: windows in segments, with fractions; times in seconds; rounds by sequence numbers.
 * Owns: these second opinions, which share no code with the stack.
 * Does not own: what they are compared with (rfc9438.test.ts, rfc9406.test.ts, rfc9937.test.ts).
 */

const C = 0.4;
const BETA = 0.7;
const ALPHA = 3 * ((1 - BETA) / (1 + BETA));

/** RFC 9438, from the end of the first slow start on. */
export class CubicModel {
  cwnd: number;
  ssthresh: number;
  /** Of the current stage; undefined between two. */
  tEpoch: number | undefined = undefined;
  region: "slow start" | "Reno-friendly" | "concave" | "convex" = "slow start";
  #wMax: number | undefined = undefined;
  #cwndPrior: number;
  #wEst = 0;
  #k = 0;
  #lastSeconds = 0;
  #slowStartLimit = 8;

  /** The first slow start ended without loss (4.10). */
  constructor(cwnd: number) {
    this.cwnd = cwnd;
    this.ssthresh = cwnd;
    this.#cwndPrior = cwnd;
  }

  /** @param used the window was in use, and the sender not in Fast Recovery */
  ack(segments: number, seconds: number, rtt: number, used: boolean): void {
    const passed = seconds - this.#lastSeconds;
    this.#lastSeconds = seconds;
    if (!used) {
      if (this.tEpoch !== undefined) this.tEpoch += passed;
      return;
    }
    if (this.cwnd <= this.ssthresh) {
      this.region = "slow start";
      const grown = this.cwnd + Math.min(segments, this.#slowStartLimit);
      this.cwnd = Math.min(grown, Math.max(this.cwnd, this.ssthresh + 1));
      return;
    }
    if (this.tEpoch === undefined) this.#begin(seconds);
    this.#avoid(segments, seconds - (this.tEpoch ?? seconds), rtt);
  }

  /** DATA goes out, and nothing was in flight before. */
  resume(seconds: number): void {
    if (this.tEpoch !== undefined) this.tEpoch += seconds - this.#lastSeconds;
    this.#lastSeconds = seconds;
  }

  lose(): void {
    this.#wMax = this.cwnd < (this.#wMax ?? 0) ? (this.cwnd * (1 + BETA)) / 2 : this.cwnd;
    this.#reduce();
    this.#slowStartLimit = 8;
    this.cwnd = Math.min(this.cwnd, this.ssthresh);
  }

  timeOut(): void {
    this.#wMax = undefined;
    this.#reduce();
    this.cwnd = 1;
    this.#slowStartLimit = 1;
  }

  idle(rtos: number): void {
    let decayed = this.cwnd;
    for (let i = 0; i < rtos; i++) decayed = Math.min(decayed, Math.max(decayed / 2, 10));
    if (decayed === this.cwnd) return;
    this.ssthresh = Math.max(this.ssthresh, this.cwnd);
    this.cwnd = decayed;
    this.tEpoch = undefined;
  }

  #reduce(): void {
    this.#cwndPrior = this.cwnd;
    this.ssthresh = Math.max(this.cwnd * BETA, 4);
    this.tEpoch = undefined;
  }

  #begin(seconds: number): void {
    this.tEpoch = seconds;
    this.#slowStartLimit = 8;
    if (this.#wMax === undefined || this.#wMax < this.cwnd) this.#wMax = this.cwnd;
    this.#k = Math.cbrt((this.#wMax - this.cwnd) / C);
    this.#wEst = this.cwnd;
  }

  #avoid(segments: number, t: number, rtt: number): void {
    const wMax = this.#wMax ?? 0;
    const wCubic = (at: number): number => C * (at - this.#k) ** 3 + wMax;
    const share = Math.min(segments / this.cwnd, 1);
    this.#wEst += (this.#wEst >= this.#cwndPrior ? 1 : ALPHA) * share;
    if (wCubic(t) < this.#wEst) {
      this.region = "Reno-friendly";
      this.cwnd = Math.max(this.cwnd, this.#wEst);
      return;
    }
    this.region = this.cwnd < wMax ? "concave" : "convex";
    const ahead = wCubic(t + rtt);
    let target = ahead;
    if (ahead < this.cwnd) target = this.cwnd;
    else if (ahead > 1.5 * this.cwnd) target = 1.5 * this.cwnd;
    this.cwnd += (target - this.cwnd) * share;
  }
}

/** RFC 9406 4.2, as its pseudocode has it; sequence numbers count bytes. */
export class HystartModel {
  phase: "slow start" | "CSS" | "congestion avoidance" = "slow start";
  cssRounds = 0;
  #windowEnd: number;
  #lastRoundMinRtt = Number.POSITIVE_INFINITY;
  #currentRoundMinRtt = Number.POSITIVE_INFINITY;
  #rttSampleCount = 0;
  #cssBaselineMinRtt = Number.POSITIVE_INFINITY;

  constructor(sndNxt: number) {
    this.#windowEnd = sndNxt;
  }

  /**
   * @param ackedTo the sequence number after the last one acknowledged
   * @returns by how much the window grows
   */
  ack(newBytes: number, smss: number, ackedTo: number, sndNxt: number, rttMs: number): number {
    const growth = Math.min(newBytes, 8 * smss) / (this.phase === "CSS" ? 4 : 1);
    if (ackedTo > this.#windowEnd) this.#startRound(sndNxt);
    this.#currentRoundMinRtt = Math.min(this.#currentRoundMinRtt, rttMs);
    this.#rttSampleCount += 1;
    if (this.#rttSampleCount >= 8) this.#check();
    if (this.cssRounds >= 5) this.phase = "congestion avoidance";
    return growth;
  }

  #startRound(sndNxt: number): void {
    this.#windowEnd = sndNxt;
    this.#lastRoundMinRtt = this.#currentRoundMinRtt;
    this.#currentRoundMinRtt = Number.POSITIVE_INFINITY;
    this.#rttSampleCount = 0;
    if (this.phase === "CSS") this.cssRounds += 1;
  }

  #check(): void {
    if (this.phase === "CSS") {
      if (this.#currentRoundMinRtt >= this.#cssBaselineMinRtt) return;
      this.#cssBaselineMinRtt = Number.POSITIVE_INFINITY;
      this.phase = "slow start";
      this.cssRounds = 0;
      return;
    }
    if (this.#lastRoundMinRtt === Number.POSITIVE_INFINITY) return;
    const rttThresh = Math.max(4, Math.min(this.#lastRoundMinRtt / 8, 16));
    if (this.#currentRoundMinRtt < this.#lastRoundMinRtt + rttThresh) return;
    this.#cssBaselineMinRtt = this.#currentRoundMinRtt;
    this.phase = "CSS";
  }
}

/** RFC 9937 6, as its pseudocode has it; one episode, whole numbers. */
export class PrrModel {
  readonly #ssthresh: bigint;
  readonly #recoverFs: bigint;
  #prrDelivered = 0n;
  #prrOut = 0n;

  /** @param notSacked SND.NXT - SND.UNA when the episode begins, less what was SACKed before */
  constructor(ssthresh: number, notSacked: number) {
    this.#ssthresh = BigInt(ssthresh);
    this.#recoverFs = BigInt(notSacked);
  }

  /** @returns cwnd */
  ack(deliveredData: number, inflight: number, safeAck: boolean, smss: number): number {
    this.#prrDelivered += BigInt(deliveredData);
    const flight = BigInt(inflight);
    let sndCnt: bigint;
    if (flight > this.#ssthresh) {
      const divided = (this.#prrDelivered * this.#ssthresh + this.#recoverFs - 1n) / this.#recoverFs;
      sndCnt = divided - this.#prrOut;
    } else {
      const catchingUp = this.#prrDelivered - this.#prrOut;
      sndCnt = catchingUp > BigInt(deliveredData) ? catchingUp : BigInt(deliveredData);
      if (safeAck) sndCnt += BigInt(smss);
      const permitted = this.#ssthresh - flight;
      if (permitted < sndCnt) sndCnt = permitted;
    }
    if (this.#prrOut === 0n && sndCnt === 0n) sndCnt = BigInt(smss);
    return Number(flight + (sndCnt > 0n ? sndCnt : 0n));
  }

  transmit(bytes: number): void {
    this.#prrOut += BigInt(bytes);
  }
}
