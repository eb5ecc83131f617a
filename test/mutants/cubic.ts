/**
 * Mistakes that somebody could make in CUBIC, HyStart++ and Proportional Rate Reduction; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const CUBIC = "congestion/cubic.ts";
const GROWTH = "congestion/cubic-growth.ts";
const HYSTART = "congestion/hystart-plus-plus.ts";
const REDUCTION = "congestion/proportional-rate-reduction.ts";
const WINDOWS = "congestion/windows.ts";

export const CUBIC_MUTANTS: readonly Mutant[] = [
  // ---- The window and its reductions ----
  mutant("cu-unused", CUBIC, "event.windowFilled && !event", "!event", "an unused window grows"),
  mutant(
    "cu-recovery",
    CUBIC,
    "event.windowFilled && !event.inFastRecovery",
    "event.windowFilled",
    "the window grows in Fast Recovery",
  ),
  mutant(
    "cu-rest",
    CUBIC,
    "    else if (!mayGrow) this.#skipTime(event.nowMs);",
    "    else if (!mayGrow) return;",
    "time in which the window was not used moves the curve on",
  ),
  mutant(
    "cu-pause",
    CUBIC,
    "if (flightBytes === sentBytes) this.#skipTime(nowMs);",
    "",
    "a pause moves the curve on",
  ),
  mutant(
    "cu-busy",
    CUBIC,
    "if (flightBytes === sentBytes) this",
    "this",
    "no time counts: every packet stops the clock",
  ),
  mutant(
    "cu-slow-start",
    CUBIC,
    "this.cwndBytes <= this.ssthreshBytes",
    "this.cwndBytes < this.ssthreshBytes",
    "slow start ends before ssthresh is exceeded",
  ),
  mutant(
    "cu-grows",
    CUBIC,
    "const targetBytes = Math.min(this.cwndBytes, this.ssthreshBytes);",
    "const targetBytes = this.ssthreshBytes;",
    "a loss makes a small window larger",
  ),
  mutant(
    "cu-timeout",
    CUBIC,
    "this.#growth.onTimeout(this.cwndBytes);",
    "this.#growth.onReduction(this.cwndBytes);",
    "after a timeout the curve returns to where the window was",
  ),
  mutant(
    "cu-limit",
    CUBIC,
    "hasTimedOut ? L_AFTER_TIMEOUT : L",
    "L",
    "a SACK after a timeout opens the window for all that arrived long ago",
  ),
  mutant(
    "cu-limit-stays",
    GROWTH,
    "return this.#wMaxBytes === 0;",
    "return true;",
    "one reduction slows down every later slow start",
  ),
  mutant(
    "cu-idle-end",
    CUBIC,
    "Math.max(this.ssthreshBytes, this.cwndBytes)",
    "this.cwndBytes",
    "a pause ends the first slow start",
  ),
  mutant(
    "cu-idle-stage",
    CUBIC,
    "    if (this.#guide instanceof CubicGrowth) this.#guide.endStage();\n    else ",
    "    if (!(this.#guide instanceof CubicGrowth)) ",
    "the curve goes on where it was before a pause that took the window away",
  ),
  mutant(
    "cu-idle-rounds",
    CUBIC,
    "    else this.#guide = undefined;\n",
    "",
    "round trips of before a pause are compared with",
  ),
  mutant(
    "cu-pmdcs",
    CUBIC,
    "    if (this.#guide instanceof CubicGrowth) this.#guide.endStage(); // Its",
    "    // Its",
    "a curve in chunks of another size",
  ),
  mutant(
    "cu-overshoot",
    CUBIC,
    "this.cwndBytes = Math.min(this.cwndBytes + growthBytes, this.ssthreshBytes + this.#pmdcsBytes);",
    "this.cwndBytes += growthBytes;",
    "slow start runs eight chunks beyond ssthresh",
  ),
  mutant(
    "cu-reset",
    CUBIC,
    "    this.#guide = undefined;\n    this.#reduction",
    "    this.#reduction",
    "another route inherits the rounds",
  ),
  mutant(
    "cu-floor",
    CUBIC,
    "Math.max(reducedBytes, leastSsthreshBytes(this.#pmdcsBytes))",
    "reducedBytes",
    "ssthresh falls to nothing",
  ),

  // ---- Proportional Rate Reduction ----
  mutant(
    "pr-sent",
    CUBIC,
    "    this.#reduction?.onSent(sentBytes);\n",
    "",
    "what was sent in recovery is not counted",
  ),
  mutant(
    "pr-end",
    CUBIC,
    "    this.cwndBytes = this.#reduction.targetBytes;\n",
    "",
    "recovery ends with whatever window it had last",
  ),
  mutant(
    "pr-safe",
    CUBIC,
    "event.cumulativeAckAdvanced && event.lostBytes === 0",
    "event.cumulativeAckAdvanced",
    "a window grows at SACKs that show further losses",
  ),
  mutant(
    "pr-progress",
    CUBIC,
    "event.cumulativeAckAdvanced && event.lostBytes === 0",
    "event.lostBytes === 0",
    "a window grows at SACKs that move nothing",
  ),
  mutant(
    "pr-idle",
    CUBIC,
    "    this.onFastRecoveryEnd();\n",
    "",
    "a pause in recovery takes nothing of the window",
  ),
  mutant(
    "pr-first",
    REDUCTION,
    "    if (this.#sentBytes === 0 && sendableBytes === 0) sendableBytes = pmdcsBytes;\n",
    "",
    "the first retransmission waits",
  ),
  mutant(
    "pr-target",
    REDUCTION,
    "Math.min(this.targetBytes - flightBytes, sendableBytes)",
    "sendableBytes",
    "recovery goes beyond what the loss leaves",
  ),
  mutant(
    "pr-conserve",
    REDUCTION,
    "Math.max(this.#deliveredBytes - this.#sentBytes, ackedBytes)",
    "this.targetBytes",
    "heavy losses are answered by a burst",
  ),
  mutant(
    "pr-negative",
    REDUCTION,
    "flightBytes + Math.max(0, sendableBytes)",
    "flightBytes + sendableBytes",
    "what was sent too early is taken from what is in flight",
  ),
  mutant(
    "cu-t3",
    "association/sending/loss-recovery.ts",
    "    recovery.reset(path);\n    this.#feedback.onFastRecoveryEnd(recovery);\n",
    "    recovery.reset(path);\n",
    "a timeout reduces the window that recovery had just then",
  ),
  mutant(
    "pr-told",
    "association/sending/loss-recovery.ts",
    "    if (recovery !== undefined) this.#feedback.onFastRecoveryEnd(recovery);\n",
    "",
    "no controller hears that recovery has ended",
  ),

  // ---- The curve ----
  mutant(
    "cu-convergence",
    GROWTH,
    "isConverging ? (cwndBytes * (1 + BETA)) / 2 : cwndBytes",
    "cwndBytes",
    "no fast convergence",
  ),
  mutant(
    "cu-forgotten",
    GROWTH,
    "const isConverging = cwndBytes < this.#wMaxBytes;",
    "const isConverging = true;",
    "every loss converges",
  ),
  mutant(
    "cu-k",
    GROWTH,
    "Math.cbrt((this.#wMaxBytes - cwndBytes) / (C * pmdcsBytes))",
    "0",
    "no concave region",
  ),
  mutant("cu-ahead", GROWTH, "(srttMs || 0)", "0", "the window lags a round trip behind the curve"),
  mutant(
    "cu-share",
    GROWTH,
    "Math.min(1, ackedBytes / cwndBytes)",
    "1",
    "every SACK brings a round trip's growth",
  ),
  mutant(
    "cu-share-bound",
    GROWTH,
    "Math.min(1, ackedBytes / cwndBytes)",
    "ackedBytes / cwndBytes",
    "a SACK for more than the window overshoots the target",
  ),
  mutant(
    "cu-alpha",
    GROWTH,
    "this.#renoBytes < this.#priorBytes ? ALPHA : 1",
    "ALPHA",
    "slower than Reno beyond the last maximum",
  ),
  mutant(
    "cu-reno",
    GROWTH,
    "this.#renoBytes < this.#priorBytes ? ALPHA : 1",
    "1",
    "faster than Reno below the last maximum",
  ),
  mutant(
    "cu-shrink",
    GROWTH,
    "return Math.max(cwndBytes, Math.floor(this.#renoBytes));",
    "return Math.floor(this.#renoBytes);",
    "Reno's window takes away what the curve has given",
  ),
  mutant(
    "cu-cap",
    GROWTH,
    "Math.min(Math.max(aheadBytes, cwndBytes), MAX_GROWTH * cwndBytes)",
    "Math.max(aheadBytes, cwndBytes)",
    "the window jumps to the curve",
  ),
  mutant(
    "cu-fraction",
    GROWTH,
    "    this.#restBytes -= wholeBytes;\n",
    "    this.#restBytes = 0;\n",
    "what is less than a byte is lost at each SACK",
  ),
  mutant(
    "cu-plateau",
    GROWTH,
    "this.#wMaxBytes = Math.max(this.#wMaxBytes, cwndBytes);",
    "this.#wMaxBytes ||= cwndBytes;",
    "a window beyond the maximum has a curve below itself",
  ),

  // ---- HyStart++ ----
  mutant(
    "hy-sample",
    HYSTART,
    "    if (Number.isNaN(intervalMs)) return;\n",
    "",
    "what was sent twice counts as a round trip",
  ),
  mutant(
    "hy-count",
    HYSTART,
    "++this.#sampleCount < N_RTT_SAMPLE",
    "++this.#sampleCount <= N_RTT_SAMPLE",
    "nine round trips are asked for",
  ),
  mutant(
    "hy-round",
    HYSTART,
    "deliveredBytes >= this.#roundStartBytes",
    "deliveredBytes > this.#roundStartBytes",
    "a round does not end with what was sent first in it",
  ),
  mutant("hy-reset", HYSTART, "    this.#sampleCount = 0;\n", "", "round trips of earlier rounds count"),
  mutant(
    "hy-least",
    HYSTART,
    "Math.max(MIN_RTT_THRESH_MS, shareMs)",
    "shareMs",
    "the jitter of a short path ends slow start",
  ),
  mutant(
    "hy-most",
    HYSTART,
    "Math.min(this.#lastRoundMinMs / MIN_RTT_DIVISOR, MAX_RTT_THRESH_MS)",
    "this.#lastRoundMinMs / MIN_RTT_DIVISOR",
    "a long path has a long queue before it is seen",
  ),
  mutant("hy-back", HYSTART, "this.#roundMinMs < this.#cssBaselineMs", "false", "slow start never resumes"),
  mutant(
    "hy-rounds",
    HYSTART,
    "++this.#cssRoundCount >= CSS_ROUNDS",
    "++this.#cssRoundCount > CSS_ROUNDS",
    "CSS lasts six rounds",
  ),
  mutant("hy-recount", HYSTART, "    this.#cssRoundCount = 0;\n", "", "rounds of an earlier CSS count"),
  mutant(
    "hy-divisor",
    CUBIC,
    "this.#growSlowly(event.ackedBytes, hystart.growthDivisor)",
    "this.#growSlowly(event.ackedBytes, 1)",
    "CSS grows like slow start",
  ),

  // ---- A pause ----
  mutant("wi-decay", WINDOWS, "decayedBytes > floorBytes", "false", "no window decays"),
];
