/**
 * Mistakes that somebody could make in partial reliability, in what gives messages up and in what skips them; the tests must find
 * every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const POLICY = "association/extensions/partial-reliability.ts";
const POINT = "association/extensions/partial-reliability/advanced-ack-point.ts";
const EVICTION = "association/extensions/partial-reliability/eviction-queue.ts";
const RELIABILITY = "association/model/reliability.ts";
const SENT = "association/sending/sent-log.ts";
const OUTBOUND = "association/sending/outbound.ts";
const RECOVERY = "association/sending/loss-recovery.ts";
const QUEUE = "association/sending/send-queue.ts";
const INBOUND = "association/receiving/inbound.ts";
const ASSEMBLER = "association/receiving/data-assembler.ts";
const ORDERING = "association/receiving/stream-ordering.ts";
const TRACKER = "association/receiving/tsn-tracker.ts";
const AT_WORK = "association/extensions/extensions-at-work.ts";

export const PARTIAL_RELIABILITY_MUTANTS: readonly Mutant[] = [
  // ---- What is agreed, and when a message is given up ----
  mutant(
    "pr-listed",
    POLICY,
    " || chunkTypes.includes(ChunkType.ForwardTsn)",
    "",
    "who only lists FORWARD TSN does not know it",
  ),
  mutant(
    "pr-wanted",
    POLICY,
    "isWanted: ({ partialReliability }) => partialReliability",
    "isWanted: () => true",
    "the option is not heeded",
  ),
  mutant(
    "pr-count",
    POLICY,
    "transmitCount > limit.value",
    "transmitCount >= limit.value",
    "the first transmission counts",
  ),
  mutant(
    "pr-agreed",
    POLICY,
    "limit === undefined || !this.#isAgreed) return false;",
    "limit === undefined) return false;",
    "messages are given up after a restart of a peer that does not know of it",
  ),
  mutant(
    "pr-half-sent",
    POLICY,
    "    this.#reviewHalfSent(nowMs);\n",
    "",
    "the rest of what is half sent outlives its life",
  ),
  mutant("pr-news", POLICY, "    events.onBufferFreed();\n", "", "who waits for room does not hear of it"),
  mutant(
    "pr-rank",
    POLICY,
    "const RELIABLE_RANK = -1;",
    "const RELIABLE_RANK = 0;",
    "what is reliable gives way to the first priority",
  ),
  mutant(
    "pr-room",
    POLICY,
    "outbound.bufferedBytes + neededBytes > outbound.sendBufferBytes",
    "outbound.bufferedBytes > outbound.sendBufferBytes",
    "room is made for what is there alone",
  ),
  mutant(
    "pr-data-state",
    POLICY,
    "    host.data.countAsData(); // 3.6: it is acknowledged as DATA is.\n",
    "",
    "FORWARD TSN is not acknowledged",
  ),
  mutant(
    "pr-counts",
    POLICY,
    "if (sentBytes === 0) counts.unsent++;",
    "if (sentBytes > 0) counts.unsent++;",
    "sent and unsent change places",
  ),
  mutant(
    "pr-early",
    POLICY,
    "join(host) {\n",
    "join(host) {\n    if (host.outbound.queue.limited.length > 0) return undefined;\n",
    "what was queued before the set-up is never given up",
  ),
  // ---- What the peer is told ----
  mutant(
    "pr-repeat",
    POLICY,
    "this.#timedOut || (this.#sackCame && nowMs - this.#forwardedAtMs >= repeatMs)",
    "this.#timedOut",
    "only T3-rtx repeats a FORWARD TSN",
  ),
  mutant(
    "pr-flood",
    POLICY,
    "this.#sackCame && nowMs - this.#forwardedAtMs >= repeatMs",
    "this.#sackCame",
    "each SACK is answered with a FORWARD TSN",
  ),
  mutant(
    "pr-t3",
    POLICY,
    "    if (!paths.all.some(({ t3Running }) => t3Running)) path.startT3(nowMs);\n",
    "",
    "nothing repeats a FORWARD TSN that is lost",
  ),
  mutant(
    "pr-timeout",
    POLICY,
    "    this.#timedOut = this.#forwardedTsn !== undefined;\n",
    "",
    "T3-rtx repeats nothing",
  ),
  mutant(
    "pr-errors",
    POLICY,
    'paths.clearErrors(this.#forwardedTo, "FORWARD TSN acknowledged");',
    "return;",
    "errors of the path stay though the peer has answered",
  ),
  mutant(
    "pr-point-gap",
    POINT,
    "if (state !== SentState.Abandoned) return;",
    "if (state !== SentState.Abandoned && state !== SentState.Acked) return;",
    "the point passes what may be taken back",
  ),
  mutant(
    "pr-point-unordered",
    POINT,
    "if (isInterleaved || !unordered) {",
    "if (flags >= 0) {",
    "unordered messages are listed",
  ),
  mutant(
    "pr-point-room",
    POINT,
    "if (!isListed && this.#skipped.size >= maxStreams) return;",
    "",
    "a FORWARD TSN is larger than a packet",
  ),
  mutant(
    "pr-point-old",
    POINT,
    "      this.#skipped.delete(key);\n    }\n  }",
    "    }\n  }",
    "streams are listed long after they were skipped",
  ),
  mutant(
    "pr-point-ack",
    POINT,
    "if (tsnLt(this.#point, cumulativeAckPoint)) this.#point = cumulativeAckPoint;",
    "",
    "the point falls behind what was acknowledged",
  ),
  mutant(
    "pr-point-far",
    POINT,
    "const MAX_SKIPPED_TSNS = 0x7fff;",
    "const MAX_SKIPPED_TSNS = 0x1_ffff;",
    "so many numbers of a stream are skipped that the last one looks old",
  ),
  // ---- Who makes room ----
  mutant(
    "pr-evict-order",
    EVICTION,
    "a.value > b.value ||",
    "a.value < b.value ||",
    "the most important goes first",
  ),
  mutant("pr-evict-age", EVICTION, "a.number < b.number", "a.number > b.number", "the newest goes first"),
  mutant(
    "pr-evict-equal",
    EVICTION,
    "first.value <= value",
    "first.value < value",
    "equals make room for one another",
  ),
  mutant(
    "pr-evict-gone",
    EVICTION,
    "if (isWaiting) return first.message;",
    "return first.message;",
    "what has been sent makes room",
  ),
  mutant(
    "pr-evict-clear",
    EVICTION,
    "if (this.#heap.length >= this.#clearAt) this.#dropGone();",
    "",
    "what is gone stays in the heap for ever",
  ),
  mutant(
    "pr-evict-heap",
    EVICTION,
    "right !== undefined && goesBefore(right, heap[below] as Entry) ? below + 1 : below",
    "below",
    "the heap falls out of order",
  ),
  // ---- What may be asked for ----
  mutant(
    "pr-one",
    RELIABILITY,
    "first === undefined || given.length > 1",
    "first === undefined",
    "two limits are taken",
  ),
  mutant(
    "pr-none",
    RELIABILITY,
    "first === undefined || given.length > 1",
    "given.length > 1",
    "no limit is taken",
  ),
  mutant("pr-life", RELIABILITY, "value > 0)) {", "value >= 0)) {", "a life of 0 is taken"),
  mutant("pr-whole", RELIABILITY, "Number.isInteger(value) && ", "", "half a retransmission is taken"),
  mutant(
    "pr-top",
    RELIABILITY,
    "value <= 0xffff_ffff",
    "value <= 0x1_ffff_ffff",
    "more than 32 bits are taken",
  ),
  mutant(
    "pr-policy",
    RELIABILITY,
    'maxRetransmits !== undefined ? "retransmissions" : "priority"',
    '"priority"',
    "limits of retransmissions count as priorities",
  ),
  // ---- What giving up does ----
  mutant(
    "pr-sent-flight",
    SENT,
    "if (chunk.state === SentState.InFlight) this.#leaveFlight(chunk);",
    "if (chunk.state === SentState.InFlight) {}",
    "what is given up stays in flight",
  ),
  mutant(
    "pr-sent-timing",
    SENT,
    "if (flight.timedTsn === tsn) flight.isTiming = false;",
    "",
    "what is given up is timed",
  ),
  mutant(
    "pr-sent-renege",
    SENT,
    "  #renege(chunk: SentChunk, nowMs: number): void {\n    if (chunk.state === SentState.Abandoned) return;\n",
    "  #renege(chunk: SentChunk, nowMs: number): void {\n",
    "what was given up comes back to life",
  ),
  mutant(
    "pr-sent-rest",
    SENT,
    "    if (hasRest) this.#standInFor(message);\n",
    "",
    "nothing stands for what was not sent",
  ),
  mutant(
    "pr-sent-acked",
    SENT,
    "Math.min(message.acknowledgedBytes, chunk.payloadStart)",
    "message.acknowledgedBytes",
    "all that was sent counts as acknowledged",
  ),
  mutant(
    "pr-sent-heard",
    SENT,
    "        this.newlyAckedChunkCount++; // The peer has heard",
    "        // The peer has heard",
    "an answer to FORWARD TSN is none",
  ),
  mutant(
    "pr-out-rest",
    OUTBOUND,
    "this.#free(message, restBytes + this.sent.abandon",
    "this.#free(message, this.sent.abandon",
    "the rest stays in the send buffer",
  ),
  mutant(
    "pr-out-reset",
    OUTBOUND,
    "    this.abandonment?.reset();\n",
    "",
    "a restarted peer is told of TSNs of before",
  ),
  mutant(
    "pr-out-resend",
    RECOVERY,
    "while (chunk !== undefined && abandonment?.givesUp(chunk, nowMs) === true)",
    "while (chunk !== undefined && false)",
    "lives are not looked at before each retransmission",
  ),
  mutant(
    "pr-queue-count",
    QUEUE,
    "      this.#messageCount++; // It was counted off",
    "      // It was counted off",
    "the queue forgets messages",
  ),
  mutant(
    "pr-queue-ranks",
    QUEUE,
    "stream?.closeRanks();\n    for (const hold",
    "stream?.shift();\n    for (const hold",
    "ranks close, and what waits or is half sent is forgotten",
  ),
  mutant(
    "pr-queue-bytes",
    QUEUE,
    'is not next in its stream");\n    this.#pendingBytes -= message.data.length - message.sentBytes;',
    'is not next in its stream");\n    this.#pendingBytes -= message.data.length;',
    "pending bytes go wrong",
  ),
  // ---- What skipping does ----
  mutant(
    "pr-in-stale",
    INBOUND,
    "      this.sackPolicy.requestNow(); // Out of date",
    "      // Out of date",
    "an old FORWARD TSN is not answered",
  ),
  mutant(
    "pr-in-unknown",
    INBOUND,
    "if (streamId >= this.streamCount || unordered === true) continue;",
    "if (unordered === true) continue;",
    "streams that there are not are skipped",
  ),
  mutant(
    "pr-in-rest",
    INBOUND,
    "if (this.isInterleaved ? skipped.length > 0 : !this.tsns.has(throughTsn)) this.#assemblerInUse();",
    "if (this.isInterleaved) this.#assemblerInUse();",
    "the rest of a message that was given up is a breach",
  ),
  mutant(
    "pr-in-gate",
    INBOUND,
    "    for (const { messageKey } of aborted) this.#gate.abort(messageKey);\n    for (",
    "    for (",
    "what waits behind a half delivered message waits for ever",
  ),
  mutant(
    "pr-in-held",
    INBOUND,
    "    this.#deliverHeld(streamId);\n  }\n\n  #acknowledge",
    "  }\n\n  #acknowledge",
    "what follows what was skipped is not delivered",
  ),
  mutant(
    "pr-asm-orphan",
    ASSEMBLER,
    "    if (this.#dropOrphan(joined)) return undefined;\n",
    "",
    "the rest of a message that was given up is kept",
  ),
  mutant(
    "pr-asm-contradict",
    ASSEMBLER,
    "previous !== this.#orphanThrough && ",
    "",
    "the rest of a message that was given up is a breach",
  ),
  mutant(
    "pr-asm-open",
    ASSEMBLER,
    "    if (open !== undefined) found.push(open);\n",
    "",
    "what the cumulative TSN lies in is not dropped",
  ),
  mutant(
    "pr-asm-end",
    ASSEMBLER,
    "if (!tsnGt(throughTsn, run.lastTsn)) this.#orphanThrough = run.ends ? undefined : run.lastTsn;",
    "",
    "where a message goes on is forgotten",
  ),
  mutant(
    "pr-order-old",
    ORDERING,
    "if (distance > skippedTsnCount && !this.space.gt(throughNumber, next)) return [];",
    "",
    "an old number takes a stream back",
  ),
  mutant(
    "pr-order-sort",
    ORDERING,
    "        .sort((a, b) => beyond(a) - beyond(b));",
    "        .sort((a, b) => beyond(b) - beyond(a));",
    "what has waited comes in the wrong order",
  ),
  mutant(
    "pr-tsn-far",
    TRACKER,
    "        this.#bitmap?.fill(0);\n",
    "",
    "bits of before are read as TSNs of now",
  ),
  mutant(
    "pr-tsn-advance",
    TRACKER,
    "    this.#cumulativeTsn = throughTsn;\n    this.#advanceOverReceived();",
    "    this.#cumulativeTsn = throughTsn;",
    "the cumulative TSN stays before what has come",
  ),
  mutant(
    "pr-shared",
    AT_WORK,
    "if (parts.length === 0) return sharedBy(site.negotiation, capabilities);",
    "if (parts.length === 0) return NO_EXTENSIONS;",
    "what has been agreed on is forgotten",
  ),
];
