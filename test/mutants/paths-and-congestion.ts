/**
 * Mistakes that somebody could make in congestion control, timers, paths and faults, one line each; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const PATH_MUTANTS: readonly Mutant[] = [
  // ---- Congestion, timers ----
  mutant(
    "cwnd-split",
    "congestion/rfc9260.ts",
    "this.cwndBytes += Math.min(ackedBytes, this.#pmdcsBytes);",
    "this.cwndBytes += this.#pmdcsBytes;",
    "split acknowledgements open the window",
  ),
  mutant(
    "cwnd-slow-start",
    "congestion/rfc9260.ts",
    "if (this.cwndBytes <= this.ssthreshBytes) {",
    "if (this.cwndBytes < this.ssthreshBytes) {",
    "slow start ends one step early",
  ),
  mutant(
    "cwnd-utilized",
    "congestion/rfc9260.ts",
    "if (windowFilled && !inFastRecovery)",
    "if (!inFastRecovery)",
    "an unused window grows",
  ),
  mutant(
    "cwnd-recovery",
    "congestion/rfc9260.ts",
    "if (windowFilled && !inFastRecovery)",
    "if (windowFilled)",
    "the window grows in Fast Recovery",
  ),
  mutant(
    "cwnd-timeout",
    "congestion/rfc9260.ts",
    "    this.cwndBytes = this.#pmdcsBytes;",
    "    this.cwndBytes = this.ssthreshBytes;",
    "a timeout does not begin slow start",
  ),
  mutant(
    "cwnd-floor",
    "congestion/rfc9260.ts",
    "  onFastRetransmit(): void {\n    this.ssthreshBytes = Math.max(this.cwndBytes >>> 1, 4 * this.#pmdcsBytes);",
    "  onFastRetransmit(): void {\n    this.ssthreshBytes = this.cwndBytes >>> 1;",
    "ssthresh falls below four PMDCS",
  ),
  mutant(
    "cwnd-pba",
    "congestion/rfc9260.ts",
    "this.partialBytesAcked -= this.cwndBytes;",
    "this.partialBytesAcked = 0;",
    "what exceeds the window is forgotten",
  ),
  mutant(
    "rate-ambiguous",
    "association/paths/path-flight.ts",
    "if (!sentOnce || sentAtMs",
    "if (sentAtMs",
    "the delivery rate is sampled on chunks that were sent twice",
  ),
  mutant(
    "rate-oldest",
    "association/paths/path-flight.ts",
    "sentAtMs < this.newestSentAtMs) return;",
    "sentAtMs > this.newestSentAtMs) return;",
    "the delivery rate is sampled on the chunk that was sent first",
  ),
  mutant(
    "rto-order",
    "association/paths/rto.ts",
    "this.rttvarMs = (1 - BETA) * this.rttvarMs + BETA * Math.abs(this.srttMs - rttMs);\n      this.srttMs = (1 - ALPHA) * this.srttMs + ALPHA * rttMs;",
    "this.srttMs = (1 - ALPHA) * this.srttMs + ALPHA * rttMs;\n      this.rttvarMs = (1 - BETA) * this.rttvarMs + BETA * Math.abs(this.srttMs - rttMs);",
    "RTTVAR is computed with the new SRTT",
  ),
  mutant(
    "rto-max",
    "association/paths/rto.ts",
    "this.rtoMs = Math.min(this.rtoMs * 2, this.#maxMs);",
    "this.rtoMs *= 2;",
    "the back-off has no bound",
  ),
  mutant(
    "wheel-late",
    "timer/timer-wheel.ts",
    "const due = Math.max(Math.ceil(node.deadlineMs), earliestTick);",
    "const due = Math.max(Math.ceil(node.deadlineMs) + 1, earliestTick);",
    "timers are late",
  ),
  mutant(
    "wheel-early",
    "timer/timer-wheel.ts",
    "if (Math.ceil(node.deadlineMs) > this.#tick) {",
    "if (Math.floor(node.deadlineMs) > this.#tick) {",
    "timers are early",
  ),
  mutant(
    "wheel-moved",
    "timer/timer-wheel.ts",
    "this.#link(node, this.#tick + 1); // It has moved since it was filed.",
    "return node;",
    "a timer that was moved to a later time fires at the earlier one",
  ),
  mutant(
    "wheel-sooner",
    "timer/timer-wheel.ts",
    "!(isSet && deadlineMs >= node.filedTick)",
    "!isSet",
    "a timer that is moved to an earlier time fires at the later one",
  ),

  // ---- Paths, faults ----
  mutant(
    "path-limit",
    "association/paths/path-set.ts",
    "if (path.errorCount <= path.maxErrors || !path.active) return;",
    "if (path.errorCount < path.maxErrors || !path.active) return;",
    "a path is given up one error too early",
  ),
  mutant(
    "path-unconfirmed",
    "association/paths/path.ts",
    "return this.confirmed && this.active;",
    "return this.active;",
    "data goes to addresses that nobody has confirmed",
  ),
  mutant(
    "peer-limit",
    "association/procedures/path-monitor.ts",
    "if (++this.#errorCount > this.#parts.settings.options.associationMaxRetrans)",
    "if (++this.#errorCount >= this.#parts.settings.options.associationMaxRetrans)",
    "the peer is given up one error too early",
  ),
  mutant(
    "peer-other-path",
    "association/procedures/path-monitor.ts",
    "if (path.confirmed && path === this.#parts.paths.forData) this.#countAssociationError();",
    "this.#countAssociationError();",
    "heartbeats of idle paths end the association",
  ),
  mutant(
    "peer-reset",
    "association/procedures/acknowledgements.ts",
    "if (this.#parts.outbound.sent.newlyAckedChunkCount > 0) this.#parts.monitor.onPeerHeard(); // 8.1",
    "",
    "acknowledgements do not clear the error count",
  ),
  mutant(
    "heartbeat-nonce",
    "association/procedures/heartbeats.ts",
    "return view.getUint32(0) === path.heartbeatNonceHigh && view.getUint32(4) === path.heartbeatNonceLow;",
    "return view.getUint32(0) === path.heartbeatNonceHigh;",
    "half of the nonce is not checked",
  ),
  mutant(
    "heartbeat-jitter",
    "association/procedures/heartbeats.ts",
    "path.rto.rtoMs * jitter;",
    "path.rto.rtoMs;",
    "heartbeats are not jittered",
  ),
  mutant(
    "heartbeat-backoff",
    "association/procedures/path-monitor.ts",
    "    path.heartbeatOutstanding = false;\n    path.rto.backOff();",
    "    path.heartbeatOutstanding = false;",
    "unanswered heartbeats do not back off",
  ),
];
