/**
 * Mistakes that somebody could make in the limits on what a peer can make grow, one line each; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

export const LIMIT_MUTANTS: readonly Mutant[] = [
  mutant(
    "scheduler-oversize",
    "association/packets/packet-scheduler.ts",
    "control.shift(); // It fits into no packet at all",
    "break; // It fits into no packet at all",
    "a chunk larger than any packet blocks all control chunks behind it",
  ),
  mutant(
    "stack-oversize",
    "stack/outbox.ts",
    "if (packet.bytes.length > slab.bytes.length) continue;",
    "",
    "an answer larger than the driver's packets throws",
  ),
  mutant(
    "control-bytes",
    "association/model/control-queue.ts",
    "|| this.#queuedReplyBytes + replyBytes > this.#maxReplyBytes",
    "",
    "answers that wait take any memory",
  ),
  mutant(
    "control-error-size",
    "association/model/control-queue.ts",
    'if (replyBytes > roomBytes && !(isFirst && chunk.kind === "HEARTBEAT ACK")) return false;',
    "if (replyBytes > roomBytes && !isFirst) return false;",
    "a report is larger than the path's packets",
  ),
  mutant(
    "inbound-pinning",
    "association/receiving/inbound.ts",
    " || datagram.length > LARGE_DATAGRAM_BYTES",
    "",
    "small messages keep large datagrams",
  ),
  mutant(
    "reassembly-partial",
    "association/receiving/data-assembler.ts",
    "const run = this.#runEndingAt(cumulativeTsn);",
    "const [run] = this.#runsByLast.values();",
    "messages beyond a gap are handed out in pieces, any number of them",
  ),
  mutant(
    "reassembly-charge",
    "association/receiving/data-assembler.ts",
    "const chargedBytes = Math.max(payload.length, this.#minChargeBytes);",
    "const chargedBytes = payload.length;",
    "small fragments cost nothing",
  ),
  mutant(
    "ordering-charge",
    "association/receiving/stream-ordering.ts",
    "return Math.max(message.data.length, this.#minChargeBytes);",
    "return message.data.length;",
    "small messages that came too early cost nothing",
  ),
  mutant(
    "tracker-remove",
    "association/receiving/tsn-tracker.ts",
    "if (tsn === this.#highestTsn) this.#highestTsn = this.#highestReceivedBelow(tsn);",
    "if (tsn === this.#highestTsn) this.#highestTsn = tsnAdd(tsn, -1);",
    "the highest TSN is one that was not received",
  ),
  mutant(
    "init-loopback",
    "association/procedures/init-parameters.ts",
    "if (isLoopbackAddress(address)) return isLoopbackAddress(source);",
    "if (isLoopbackAddress(address)) return true;",
    "a stranger has services on this host probed",
  ),
  mutant(
    "init-report-bytes",
    "association/procedures/init-parameters.ts",
    "if (padded(encoded.length) <= reportBytesLeft) {",
    "{",
    "an INIT ACK can be larger than a datagram",
  ),
  mutant(
    "probe-burst",
    "association/procedures/path-monitor.ts",
    "this.#probesLeft === 0 || ",
    "",
    "all addresses of an INIT are probed at once",
  ),
  mutant(
    "probe-order",
    "association/procedures/path-monitor.ts",
    "path.heartbeatSentAtMs < next.heartbeatSentAtMs",
    "false",
    "the first address is probed again before the last has had its turn",
  ),
  mutant(
    "queue-credited",
    "association/sending/sent-log.ts",
    "if (!chunk.credited) {",
    "{",
    "reneging and acknowledging in turn counts as progress",
  ),
  mutant(
    "queue-miss-hint",
    "association/sending/rfc9260-loss-detector.ts",
    "chunk.resentBefore = nextTsn;\n    this.#countAlone(chunk, 0);",
    "chunk.resentBefore = nextTsn;",
    "a chunk that was sent again counts no misses",
  ),
  mutant(
    "gaps-rebase",
    "association/model/gap-reports.ts",
    "Math.max(1, (ranges[i] as number) - shift)",
    "(ranges[i] as number) - shift",
    "what has been acknowledged cumulatively is taken back",
  ),
  mutant(
    "stack-events",
    "stack/stack.ts",
    ">= this.options.maxQueuedEvents",
    "> this.options.maxQueuedEvents",
    "one event too many waits for the user",
  ),
  mutant(
    "stack-answers",
    "stack/outbox.ts",
    ">= this.#maxQueuedAnswers",
    "> this.#maxQueuedAnswers",
    "one answer too many waits to be sent",
  ),
];
