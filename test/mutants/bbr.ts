/**
 * Mistakes that somebody could make in pacing and in BBR; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const PACING = "association/sending/pacing.ts";
const OUTBOUND = "association/sending/outbound.ts";
const SAMPLER = "association/paths/delivery-sampler.ts";
const SENT = "association/sending/sent-log.ts";

export const BBR_MUTANTS: readonly Mutant[] = [
  // ---- When packets leave ----
  mutant(
    "pc-late",
    PACING,
    "pace.isHeld ? -MAX_LATENESS_MS * pace.bytesPerMs : 0",
    "0",
    "a late host loses its rate",
  ),
  mutant(
    "pc-pause",
    PACING,
    "pace.isHeld ? -MAX_LATENESS_MS * pace.bytesPerMs : 0",
    "-MAX_LATENESS_MS * pace.bytesPerMs",
    "a pause earns a burst",
  ),
  mutant("pc-worn-off", PACING, "pace.askedAtMs = nowMs;\n    }", "}", "time counts again at each packet"),
  mutant(
    "pc-fits",
    PACING,
    "pace.debtBytes + path.maxPacketBytes >",
    "pace.debtBytes >",
    "a quantum is exceeded",
  ),
  mutant(
    "pc-deadline",
    PACING,
    "Math.min(this.deadlineMs, nowMs + pace.debtBytes / rate)",
    "nowMs",
    "the host is asked for packets without a pause",
  ),
  mutant(
    "pc-two",
    PACING,
    "Math.max(bytes, MIN_QUANTUM_PACKETS * maxPacketBytes)",
    "Math.max(bytes, maxPacketBytes)",
    "a slow path sends a single packet at a time",
  ),
  mutant("pc-old-rate", PACING, "    pace.bytesPerMs = rate;\n", "", "the first rate holds for ever"),
  mutant(
    "pc-burst",
    OUTBOUND,
    "this.#burst?.isSpent === true && !Pacing.isPaced(path)",
    "this.#burst?.isSpent === true",
    "Max.Burst bounds what is paced",
  ),
  mutant(
    "pc-lost",
    OUTBOUND,
    "this.#recovery?.retransmitDue === true || this.#hasCwnd(path);",
    "this.#recovery?.retransmitDue === true || this.#hasCwnd(path);\n      if (may) return path;",
    "what is sent again is not paced",
  ),
  mutant(
    "pc-asked",
    OUTBOUND,
    "this.#pacing === undefined ? deadlineMs : Math.min(deadlineMs, this.#pacing.deadlineMs)",
    "deadlineMs",
    "nobody comes back for what was held back",
  ),
  // ---- What a SACK tells of the delivery rate ----
  mutant(
    "ds-rate",
    SAMPLER,
    "Math.max(sendMs, ackMs)",
    "ackMs",
    "SACKs in a bunch show a rate that there never was",
  ),
  mutant(
    "ds-send-rate",
    SAMPLER,
    "Math.max(sendMs, ackMs)",
    "sendMs",
    "the rate of sending passes for that of delivery",
  ),
  mutant(
    "ds-round-trip",
    SAMPLER,
    "intervalMs > 0 && intervalMs >= this.#minRttMs",
    "intervalMs > 0",
    "a SACK for a first transmission shows a rate by the second one",
  ),
  mutant(
    "ds-newest",
    SAMPLER,
    "(this.#newest !== undefined && sentAtMs < this.#newestSentAtMs)",
    "this.#newest !== undefined",
    "the first chunk of a SACK is sampled, and not the one sent last",
  ),
  mutant(
    "ds-bubble",
    SAMPLER,
    "this.#deliveredBytes > this.#limitedThroughBytes",
    "true",
    "a bubble is over at the next SACK",
  ),
  mutant(
    "ds-for-ever",
    SAMPLER,
    "if (this.#deliveredBytes > this.#limitedThroughBytes) this.#limitedThroughBytes = 0;",
    "",
    "who once ran dry is limited for ever",
  ),
  mutant(
    "ds-idle",
    SAMPLER,
    "    if (flightBytes === chunkBytes) {\n      this.#firstSentAtMs = nowMs;\n      this.#deliveredAtMs = nowMs;\n    }\n",
    "",
    "a pause counts as time of delivery",
  ),
  mutant(
    "ds-first",
    SAMPLER,
    "    this.#firstSentAtMs = this.#newestSentAtMs;\n",
    "",
    "the time of sending begins with the first chunk ever",
  ),
  mutant(
    "ds-lost",
    SAMPLER,
    "SAMPLE.lostBytes = this.#lostBytes - newest.lostBytes",
    "SAMPLE.lostBytes = this.#lostBytes",
    "losses of long ago count",
  ),
  mutant(
    "ds-told",
    SENT,
    "    chunk.flight?.sampler?.onLost(chunk.snapshot, chunk.chunkBytes);\n",
    "",
    "nobody hears of a loss",
  ),
  mutant(
    "ds-dry",
    OUTBOUND,
    "if (this.queue.pendingBytes < this.#maxPayloadBytes) this",
    "if (this.queue.isEmpty) this",
    "Nagle's rest passes for enough data",
  ),
  mutant(
    "ds-full",
    OUTBOUND,
    "flight.sampler !== undefined && flight.flightBytes < congestion.cwndBytes",
    "flight.sampler !== undefined",
    "a full window passes for a want of data",
  ),
  mutant(
    "ds-refused",
    OUTBOUND,
    "if (probing) onlyChunk.snapshot = undefined;",
    "",
    "a closed window passes for a loss",
  ),
];
