/**
 * Mistakes that somebody could make in sending on all paths at once; the tests must find every one of them.
 * Owns: this part of the list. Does not own: running the tests on them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const SCHEDULER = "association/paths/multipath-scheduler.ts";
const RECOVERY = "association/sending/split-recovery.ts";
const BY_TIME = "association/sending/rack-loss-detector.ts";
const MISSES = "association/sending/split-miss-detector.ts";
const RACK = "association/sending/split-rack-detector.ts";
const AGAIN = "association/sending/chunk-rescheduling.ts";
const LOG = "association/sending/sent-log.ts";
const OUTBOUND = "association/sending/outbound.ts";
const NR_SACK = "chunks/nr-sack.ts";
const LINKED = "congestion/linked-increases.ts";
const CONTROLLERS = "congestion/linked-controllers.ts";

export const MULTIPATH_MUTANTS: readonly Mutant[] = [
  // ---- Where new DATA goes ----
  mutant(
    "mp-share",
    SCHEDULER,
    "flightBytes + maxPacketBytes <= shareBytes",
    "true",
    "a path fills the whole buffer",
  ),
  mutant(
    "mp-share-all",
    SCHEDULER,
    "if (usable) count++;",
    "count++;",
    "a path that has failed keeps its share of the buffers",
  ),
  mutant("mp-first-packet", SCHEDULER, "flight.flightBytes === 0 ||", "", "a closed window is never probed"),
  mutant(
    "mp-block",
    SCHEDULER,
    "return awaitsAnswer && outstandingBytes > this.#room.windowBytes;",
    "return false;",
    "a slow path fills the buffer that the fast one needs",
  ),
  mutant(
    "mp-block-idle",
    SCHEDULER,
    "return awaitsAnswer && outstandingBytes",
    "return outstandingBytes",
    "a path waits for one that nothing comes by",
  ),
  mutant(
    "mp-queue",
    SCHEDULER,
    "rto.srttMs * (1 + Math.min(1, flightBytes / congestion.cwndBytes))",
    "rto.srttMs",
    "what is in flight on the slow path delays nothing",
  ),
  mutant(
    "mp-slowest",
    SCHEDULER,
    "rto.srttMs < than.rto.srttMs ||",
    "rto.srttMs > than.rto.srttMs ||",
    "the slowest path comes first",
  ),
  mutant(
    "mp-named",
    SCHEDULER,
    "if (this.#isNamed(message) ||",
    "if (",
    "nobody asks where the user wants a message to go",
  ),
  mutant(
    "mp-join",
    SCHEDULER,
    "return !this.#isNamed(message) ||",
    "return true ||",
    "a message for another address goes along",
  ),
  // ---- Where lost DATA goes ----
  mutant("mp-same", SCHEDULER, "      !timedOut &&\n", "", "what timed out goes the same way again"),
  mutant(
    "mp-room",
    SCHEDULER,
    "      this.#room.mayResend(last, nowMs) &&\n",
    "",
    "one window that is full holds up what all other paths could carry",
  ),
  // ---- Recovery ----
  mutant(
    "mp-exit",
    RECOVERY,
    "earliest !== undefined && !tsnGt(earliest, each.exitTsn)",
    "true",
    "the recovery of a path never ends",
  ),
  mutant(
    "mp-one",
    RECOVERY,
    "return this.#of(path)?.isActive === true;",
    "return this.isActive;",
    "all paths recover together",
  ),
  mutant(
    "mp-due",
    RECOVERY,
    "return this.#of(path)?.retransmitDue === true;",
    "return this.#paths.some(({ retransmitDue }) => retransmitDue);",
    "another path may exceed its window for a loss that is not its own",
  ),
  mutant(
    "mp-forget",
    RECOVERY,
    "    const index = this.#paths",
    "    this.cancelRetransmit();\n    const index = this.#paths",
    "a path that goes away takes the first retransmission of another one along",
  ),
  // ---- Losses ----
  mutant(
    "mp-miss-reneged",
    MISSES,
    "    view?.onReneged(chunk.tsn);\n",
    "",
    "what the peer has taken back counts against what is missing",
  ),
  mutant(
    "mp-miss-twice",
    "association/sending/miss-queue.ts",
    "if (this.#tsns.has(tsn)) return;",
    "",
    "a chunk that comes back to a path has each miss counted as often as it was there",
  ),
  mutant(
    "mp-elsewhere",
    MISSES,
    "chunk?.flight === this.path.flight ? chunk : ELSEWHERE",
    "chunk ?? ELSEWHERE",
    "what one path has brought tells of what another one carries",
  ),
  mutant(
    "mp-covered",
    MISSES,
    "this.highestReportedTsn = this.#highestAckedTsn ?? base;",
    "this.highestReportedTsn = sent.highestReportedTsn;",
    "in Fast Recovery a path misses all that others have brought",
  ),
  mutant(
    "mp-news",
    MISSES,
    "    this.#newlyAckedTsn = undefined;\n",
    "",
    "the news of one SACK count again in the next one",
  ),
  mutant(
    "mp-both-ways",
    MISSES,
    "if (!sentElsewhere) this",
    "this",
    "what went two ways tells of the second one",
  ),
  mutant(
    "mp-moved",
    MISSES,
    "chunk.sentElsewhere ? chunk.resentBefore : super.countsFrom(chunk)",
    "super.countsFrom(chunk)",
    "what a path was sent before counts against what came from another one",
  ),
  mutant(
    "mp-rack-moved",
    RACK,
    "if (!chunk.sentElsewhere) super",
    "super",
    "what a slow path has brought makes the fast one lose what is under way",
  ),
  mutant(
    "mp-duplicate-moved",
    RACK,
    "return !sentElsewhere;",
    "return true;",
    "the fast path waits longer for what is late because a slow one was late",
  ),
  mutant(
    "mp-lost-again",
    BY_TIME,
    "rack.path === path && rack.hasLostAgain",
    "rack.hasLostAgain",
    "a retransmission that is lost on one path reduces the windows of all that recover",
  ),
  mutant(
    "mp-reports",
    RACK,
    "ackedEarliest === true ? 0 : this.#reportsOn(path) + 1",
    "this.#reportsOn(path) + 1",
    "SACKs that found no gap on a path leave it no time for what is late",
  ),
  mutant(
    "mp-reports-reset",
    RACK,
    "    this.#reports = new WeakMap();\n",
    "",
    "what was told before a restart leaves no time for what is late after it",
  ),
  // ---- What blocks ----
  mutant(
    "mp-sooner",
    AGAIN,
    "&& otherwiseMs < sentAtMs + path.rto.srttMs",
    "",
    "it is sent again though it will be there sooner",
  ),
  mutant(
    "mp-once",
    AGAIN,
    "SentState.InFlight && !sentElsewhere &&",
    "SentState.InFlight &&",
    "it is sent again and again, on one path after another",
  ),
  mutant(
    "mp-give-up",
    AGAIN,
    "    if (abandonment?.wouldGiveUp(chunk, nowMs) === true) continue;\n",
    "",
    "what is under way on a slow path is given up for being sent again, and nobody hears of it",
  ),
  mutant(
    "mp-t3",
    AGAIN,
    "if (slow.flight.flightChunkCount === 0) slow.stopT3();",
    "",
    "T3-rtx of a path expires that nothing is in flight on",
  ),
  mutant(
    "mp-blocked",
    OUTBOUND,
    "=== undefined || !this.#isBlocked)",
    "=== undefined)",
    "something is sent again while there is room",
  ),
  mutant(
    "mp-timing",
    LOG,
    "if (isSplit && other !== flight && other.timedTsn !== chunk.tsn) continue;",
    "if (isSplit && other !== flight) continue;",
    "a path that times what has left it times nothing else any more",
  ),
  // ---- NR-SACK ----
  mutant(
    "nr-sack-blocks",
    NR_SACK,
    "const nonRenegableBlocks = readGapBlocks(reader, nonRenegableCount);",
    "const nonRenegableBlocks = readGapBlocks(reader, 0);",
    "the blocks of what is kept are read as duplicates",
  ),
  mutant(
    "nr-sack-reserved",
    NR_SACK,
    "reader.u16(); // Reserved.",
    "",
    "the reserved field is read as a block",
  ),
  mutant(
    "nr-sack-counts",
    NR_SACK,
    "const gapCount = reader.u16();\n  const nonRenegableCount = reader.u16();",
    "const nonRenegableCount = reader.u16();\n  const gapCount = reader.u16();",
    "what may be dropped is read as kept",
  ),
  mutant(
    "nr-sack-arrived",
    NR_SACK,
    "[...gapBlocks, ...nonRenegableBlocks]",
    "[...gapBlocks]",
    "what is kept is told as missing",
  ),
  mutant("nr-sack-order", NR_SACK, ".sort((a, b) => a.start - b.start)", "", "blocks are told in no order"),
  mutant(
    "nr-sack-written",
    NR_SACK,
    "u16(chunk.duplicateTsns.length).u16(0)",
    "u16(0).u16(chunk.duplicateTsns.length)",
    "duplicates are counted where nobody looks",
  ),
  // ---- Linked increases ----
  mutant(
    "mp-lia-cap",
    LINKED,
    "Math.min(this.#alphaPerByte, 1 / cwndBytes)",
    "this.#alphaPerByte",
    "a small window grows faster than alone",
  ),
  mutant(
    "mp-lia-alone",
    LINKED,
    "Math.min(this.#alphaPerByte, 1 / cwndBytes)",
    "1 / cwndBytes",
    "each window grows as if it were alone",
  ),
  mutant(
    "mp-lia-rtt",
    LINKED,
    "windowBytes / (srttMs * srttMs)",
    "windowBytes / srttMs",
    "round trips count once where they count twice",
  ),
  mutant("mp-lia-idle", LINKED, "flight.flightBytes === 0 || ", "", "a path that is not used counts"),
  mutant(
    "mp-lia-reducing",
    LINKED,
    "isReducing === true ? Math.min(cwndBytes, ssthreshBytes) : cwndBytes",
    "cwndBytes",
    "a window in recovery counts as it is",
  ),
  mutant(
    "mp-lia-loss",
    LINKED,
    "this.#validUntilMs = Number.NEGATIVE_INFINITY;\n  }",
    "}",
    "alpha is of before the loss",
  ),
  mutant(
    "mp-lia-beta",
    CONTROLLERS,
    "return HALF;",
    "return super.leftShare;",
    "CUBIC's smaller reductions go with the full increase",
  ),
];
