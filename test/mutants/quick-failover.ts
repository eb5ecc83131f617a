/**
 * Mistakes that somebody could make in quick failover (RFC 7829) and in the presets of options; the tests must find every one of
 * them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const RULES = "association/paths/quick-failover.ts";
const PATH = "association/paths/path.ts";
const PATHS = "association/paths/path-set.ts";
const FLIGHT = "association/paths/path-flight.ts";
const MONITOR = "association/procedures/path-monitor.ts";
const HEARTBEATS = "association/procedures/heartbeats.ts";
const TUNING = "association/procedures/path-tuning.ts";
const FEEDBACK = "association/sending/path-feedback.ts";
const SENT = "association/sending/sent-log.ts";
const OUTBOUND = "association/sending/outbound.ts";
const RECOVERY = "association/sending/loss-recovery.ts";
const THRESHOLDS = "association/model/path-thresholds.ts";
const OPTIONS = "base/options.ts";
const PRESETS = "base/presets.ts";
const SOCKET = "socket/options/failover-options.ts";
const ANNOUNCE = "socket/state/announce.ts";

export const QUICK_FAILOVER_MUTANTS: readonly Mutant[] = [
  // ---- When a path is potentially failed ----
  mutant(
    "qf-threshold",
    PATH,
    "this.errorCount > this.thresholds.potentiallyFailedMaxRetrans",
    "this.errorCount >= this.thresholds.potentiallyFailedMaxRetrans",
    "a path is suspected one error too early",
  ),
  mutant(
    "qf-unconfirmed",
    PATH,
    "return this.isReachable && !this.usable;",
    "return this.active && !this.usable;",
    "an address that nobody has confirmed counts as potentially failed",
  ),
  mutant(
    "qf-told-twice",
    PATHS,
    "else if (!wasSuspected && path.isPotentiallyFailed)",
    "else if (path.isPotentiallyFailed)",
    "each error is told as if it were the first",
  ),
  mutant(
    "qf-not-told-back",
    PATHS,
    "if (path.active && !wasSuspected) return;",
    "if (path.active) return;",
    "nobody hears that a suspected path works again",
  ),
  mutant(
    "qf-probe-errors",
    PATHS,
    "    path.errorCount = 0; // Those of the probes.\n",
    "",
    "an address is suspected for what happened before it was confirmed",
  ),
  mutant(
    "qf-new-threshold",
    PATHS,
    "if (wasSuspected !== path.isPotentiallyFailed)",
    "if (!wasSuspected && path.isPotentiallyFailed)",
    "a threshold that is raised is not told to have changed the state",
  ),

  // ---- Which path is used ----
  mutant(
    "qf-least",
    PATHS,
    "(fallback === undefined || isLessDoubtful(path, fallback))",
    "fallback === undefined",
    "with no path active, DATA stays on the primary one",
  ),
  mutant(
    "qf-inactive-first",
    RULES,
    "return INACTIVE + (hasQuickFailover(path) ? path.errorCount : 0);",
    "return path.errorCount;",
    "an inactive path is as good as a suspected one",
  ),
  mutant(
    "qf-dormant-off",
    RULES,
    "(hasQuickFailover(path) ? path.errorCount : 0)",
    "path.errorCount",
    "the rules of the dormant state work with quick failover off",
  ),
  mutant(
    "qf-same-again",
    RULES,
    "if (isAsGood || isLessDoubtful(other, best)) best = other;",
    "if (isLessDoubtful(other, best)) best = other;",
    "what timed out goes to the same destination although another one is as good",
  ),
  mutant(
    "qf-alternate-unconfirmed",
    RULES,
    "if (other === undefined || !other.confirmed || !hasQuickFailover(other)) continue;",
    "if (other === undefined || !hasQuickFailover(other)) continue;",
    "DATA goes to an address that nobody has confirmed",
  ),
  mutant(
    "qf-frozen",
    RULES,
    "return hasQuickFailover(path) ? DORMANT_FACTOR * inactiveAt : inactiveAt;",
    "return inactiveAt;",
    "inactive destinations cannot be told apart by their errors",
  ),

  // ---- What proves that a path works ----
  mutant(
    "qf-ambiguous",
    FEEDBACK,
    "if (provesReachable(path)) this.#paths.clearErrors",
    "this.#paths.clearErrors",
    "a chunk that reached the peer by another path clears the errors of a suspected one",
  ),
  mutant(
    "qf-elsewhere",
    SENT,
    "if (chunk.flight !== flight) chunk.sentElsewhere = true;",
    "chunk.sentElsewhere = true;",
    "a chunk that was sent again on the same path proves nothing",
  ),
  mutant(
    "qf-elsewhere-kept",
    SENT,
    "    chunk.sentElsewhere = false;\n",
    "",
    "what a slot of the ring held before is taken for its chunk's",
  ),
  mutant(
    "qf-again",
    FLIGHT,
    "if (!elsewhere && this.newestSentAtMs < 0) this.newestSentAtMs = SENT_HERE_AGAIN;",
    "if (this.newestSentAtMs < 0) this.newestSentAtMs = SENT_HERE_AGAIN;",
    "a chunk that was sent elsewhere, too, proves that its last path works",
  ),
  mutant(
    "qf-rate-sample",
    FLIGHT,
    "if (!elsewhere && this.newestSentAtMs < 0) this.newestSentAtMs",
    "if (!elsewhere) this.newestSentAtMs",
    "a retransmission takes away the sample of a chunk that was sent once",
  ),

  // ---- Heartbeats ----
  mutant(
    "qf-hb-interval",
    HEARTBEATS,
    "    path.heartbeatDeadlineMs = nowMs + path.rto.rtoMs;\n    return;",
    "    path.heartbeatDeadlineMs = nowMs + path.rto.rtoMs + path.heartbeatIntervalMs;\n    return;",
    "a suspected path is probed by HB.interval",
  ),
  mutant(
    "qf-hb-at-once",
    MONITOR,
    "if (path.isPotentiallyFailed && path.heartbeatDeadlineMs !== NEVER) path.heartbeatDeadlineMs = nowMs;",
    "",
    "a path that has become suspected is not probed at once",
  ),
  mutant(
    "qf-hb-off",
    MONITOR,
    "if (path.isPotentiallyFailed && path.heartbeatDeadlineMs !== NEVER)",
    "if (path.isPotentiallyFailed)",
    "a suspected path is probed although its heartbeats are off",
  ),
  mutant(
    "qf-hb-data",
    MONITOR,
    "const idle = isIdle(path, nowMs) && !this.#isTestedByData(path);",
    "const idle = isIdle(path, nowMs);",
    "a suspected path is probed beside the DATA that is in flight there",
  ),
  mutant(
    "qf-hb-ignored",
    MONITOR,
    "if (isReached || this.#isTestedByData(path)) return;",
    "if (isReached) return;",
    "one failure counts twice: as that of DATA and as that of a HEARTBEAT",
  ),
  mutant(
    "qf-peer-in-use",
    MONITOR,
    "return forData?.usable !== true && primary?.confirmed === true ? primary : forData;",
    "return forData;",
    "the probes of a path that carries DATA no longer, by the errors that they have, are never counted against the peer",
  ),

  // ---- Primary path switchover ----
  mutant(
    "qf-switchover",
    PATHS,
    "primary.errorCount <= primary.thresholds.primarySwitchoverMaxRetrans",
    "primary.errorCount < primary.thresholds.primarySwitchoverMaxRetrans",
    "the primary path gives way one error too early",
  ),
  mutant(
    "qf-switchover-silent",
    PATHS,
    "    this.observer?.primaryChanged(next);\n",
    "",
    "nobody hears of another primary path",
  ),
  mutant(
    "qf-switchover-check",
    OPTIONS,
    "const least = isQuick ? potentiallyFailedMaxRetrans : pathMaxRetrans;",
    "const least = potentiallyFailedMaxRetrans;",
    "without quick failover the primary path may never give way",
  ),

  // ---- Options ----
  mutant(
    "qf-sack",
    OUTBOUND,
    "|| mayOutrunSack(path);",
    ";",
    "a peer that may delay its SACK for longer than the RTO is taken for dead",
  ),
  mutant(
    "qf-sack-again",
    RECOVERY,
    "    if (wrote && mayOutrunSack(path)) writer.askForSack();\n",
    "",
    "a peer may delay the SACK for what was sent again for longer than the RTO",
  ),
  mutant(
    "qf-kept",
    THRESHOLDS,
    "options[name] === before[name] ? own[name] : options[name];",
    "options[name];",
    "a path's own thresholds go when any option changes",
  ),
  mutant(
    "qf-shared",
    THRESHOLDS,
    "  if (own === before) return options;\n",
    "",
    "each path gets a copy of its association's thresholds",
  ),
  mutant(
    "qf-tuning",
    TUNING,
    "potentiallyFailedMaxRetrans ?? own.potentiallyFailedMaxRetrans,",
    "potentiallyFailedMaxRetrans ?? own.pathMaxRetrans,",
    "a path's threshold changes with another one of it",
  ),
  mutant(
    "qf-preset-wins",
    PRESETS,
    "{ ...PRESETS[preset], ...(Object.fromEntries(own) as T) }",
    "{ ...(Object.fromEntries(own) as T), ...PRESETS[preset] }",
    "a preset wins over what is given beside it",
  ),
  mutant(
    "qf-preset-undefined",
    PRESETS,
    ".filter(([, value]) => value !== undefined && value !== null)",
    "",
    "what is only mentioned takes a preset's value away",
  ),
  mutant(
    "qf-wildcard",
    SOCKET,
    "literal === undefined || isWildcardAddress(literal) ? undefined : literal",
    "literal",
    "a wildcard address is taken for a path",
  ),
  mutant(
    "qf-hidden-back",
    ANNOUNCE,
    'return hiddenFailures.delete(address) && state === "active";',
    'return hiddenFailures.delete(address) && state !== "removed";',
    "who is not told of suspected paths is not told of dead ones either",
  ),
  mutant(
    "qf-hidden-once",
    ANNOUNCE,
    "  hiddenFailures.add(address);\n",
    "",
    "who was not told that a path is suspected is told that it works again",
  ),
];
