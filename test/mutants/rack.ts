/**
 * Mistakes that somebody could make in finding losses by time (RFC 8985); the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const RACK = "association/sending/rack-loss-detector.ts";
const ORDER = "association/sending/send-order.ts";
const WINDOW = "association/sending/reordering-window.ts";
const MINIMUM = "association/sending/recent-minimum.ts";
const OUTBOUND = "association/sending/outbound.ts";
const FEEDBACK = "association/sending/path-feedback.ts";
const LOG = "association/sending/sent-log.ts";

export const RACK_MUTANTS: readonly Mutant[] = [
  // ---- What is lost ----
  mutant(
    "rk-sooner",
    RACK,
    "!(rttMs >= rack.minRtt.valueMs)",
    "false",
    "an early acknowledgement counts for the retransmission",
  ),
  mutant("rk-any", RACK, "if (place >= rack.newestPlace) break;", "", "what was sent last is lost, too"),
  mutant("rk-at-once", RACK, "if (dueMs > nowMs) {", "if (false) {", "nothing is waited for"),
  mutant(
    "rk-no-timer",
    RACK,
    "        rack.deadlineMs = dueMs;\n",
    "",
    "what is waited for is looked at with the next SACK only",
  ),
  mutant(
    "rk-measured",
    RACK,
    "      rack.measuredPlace = 0;\n",
    "",
    "the round trip is that of the newest SACK that told of later ones",
  ),
  mutant(
    "rk-newest",
    RACK,
    "if (place > rack.newestPlace) rack.newestPlace = place;",
    "rack.newestPlace = place;",
    "what is acknowledged last counts as sent last",
  ),
  mutant(
    "rk-seen",
    RACK,
    "else if (wasSentOnce && tsnLt(",
    "else if (tsnLt(",
    "a retransmission counts as reordered",
  ),
  mutant(
    "rk-min",
    RACK,
    "if (wasSentOnce) rack.minRtt",
    "rack.minRtt",
    "retransmissions tell the least round trip",
  ),
  mutant(
    "rk-reports",
    RACK,
    "if (sent.cumulativeAckAdvanced) this.#reports = 0;",
    "",
    "SACKs of long ago count as packets beyond what is missing",
  ),
  mutant(
    "rk-chunks",
    RACK,
    "Math.ceil(sent.gapAckedBytes / path.maxPacketBytes)",
    "sent.gapAckedBytes",
    "chunks of one packet count as three packets",
  ),
  mutant(
    "rk-one-sack",
    RACK,
    "Math.max(this.#reports, Math.ceil(sent.gapAckedBytes / path.maxPacketBytes))",
    "this.#reports",
    "a SACK counts once, whatever it tells",
  ),
  mutant(
    "rk-timeout",
    RACK,
    "rack.timedOutThroughTsn = tsnAdd(nextTsn, -1);",
    ";",
    "what follows a timeout is no recovery",
  ),
  mutant("rk-again", RACK, "this.hasLostAgain = true;", "", "a lost retransmission is no sign of congestion"),
  mutant(
    "rk-again-once",
    RACK,
    "chunk.transmitCount > 1 && place > answeredPlace",
    "chunk.transmitCount > 1",
    "each retransmission of a round that is lost reduces the window",
  ),
  mutant(
    "rk-prr",
    FEEDBACK,
    " || congestion.onFastRecoveryEnd !== undefined",
    "",
    "a reduction that is spread is made twice",
  ),
  mutant(
    "rk-lost-bytes",
    RACK,
    "path.flight.lostBytes += chunk.chunkBytes;",
    "",
    "the path does not hear of its loss",
  ),
  mutant(
    "rk-renege",
    RACK,
    "  onReneged(chunk: SentChunk): void {\n    const rack = this.#rackOf(chunk.flight);\n    if (rack !== undefined)",
    "  onReneged(chunk: SentChunk): void {\n    const rack = this.#rackOf(chunk.flight);\n    if (rack === undefined)",
    "what the peer takes back is never lost",
  ),
  mutant(
    "rk-beginning",
    OUTBOUND,
    "for (const { flight } of this.#paths.all) flight.beginSack();",
    "",
    "a loss that is waited for counts what the last SACK lost",
  ),
  // ---- The order of sending ----
  mutant(
    "rk-first",
    ORDER,
    "if (earlier === NO_TSN) ends.firstTsn = later;",
    "if (earlier === NO_TSN) ends.firstTsn = NO_TSN;",
    "all behind the first chunk is forgotten with it",
  ),
  mutant(
    "rk-last",
    ORDER,
    "if (later === NO_TSN) ends.lastTsn = earlier;",
    "if (later === NO_TSN) ends.lastTsn = NO_TSN;",
    "what is sent next stands alone",
  ),
  mutant(
    "rk-link",
    ORDER,
    "else this.#earlier[later & this.#mask] = earlier;",
    "",
    "a chunk that was taken out is met again",
  ),
  mutant("rk-twice", ORDER, "if (this.#isListed[at] !== 1) return;", "", "a chunk is taken out twice"),
  mutant(
    "rk-grow",
    ORDER,
    "this.#places[to] = places[from] as number;",
    "",
    "the order is lost when there is more",
  ),
  mutant(
    "rk-compact",
    LOG,
    "    this.#detector.compact?.();\n",
    "",
    "an idle association keeps the memory of its largest window",
  ),
  // ---- The window ----
  mutant(
    "rk-three",
    WINDOW,
    "PACKETS_FOR_NO_WINDOW = 3",
    "PACKETS_FOR_NO_WINDOW = 2",
    "two packets are enough",
  ),
  mutant(
    "rk-sixteen",
    WINDOW,
    "RECOVERIES_KEPT = 16",
    "RECOVERIES_KEPT = 15",
    "a grown window is given up sooner",
  ),
  mutant("rk-quarter", WINDOW, "SHARE_OF_RTT = 1 / 4", "SHARE_OF_RTT = 1 / 3", "the window begins larger"),
  mutant("rk-bound", WINDOW, "Math.min(widthMs, srttMs)", "widthMs", "the window grows without bound"),
  mutant(
    "rk-round",
    WINDOW,
    "sentTooOften && this.#grownForTsn === undefined",
    "sentTooOften",
    "the window grows with each report",
  ),
  mutant(
    "rk-recovery",
    WINDOW,
    "(recovering || packets",
    "(packets",
    "a recovery waits for what never was reordered",
  ),
  mutant(
    "rk-own",
    WINDOW,
    "      this.#wasRecovering = false;",
    "      ;",
    "the recovery that ends with the report counts as one without",
  ),
  // ---- The least round trip ----
  mutant(
    "rk-half",
    MINIMUM,
    "if (nowMs >= this.#endsAtMs) {",
    "if (Number.isNaN(this.#current)) {",
    "a round trip is remembered for ever",
  ),
  mutant(
    "rk-previous",
    MINIMUM,
    "nowMs < this.#endsAtMs + HALF_MS ? this.#current : Number.POSITIVE_INFINITY",
    "Number.POSITIVE_INFINITY",
    "the round trip of a moment ago is forgotten",
  ),
];
