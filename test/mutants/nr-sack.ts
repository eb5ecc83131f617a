/**
 * Mistakes in NR-SACK (draft-tuexen-tsvwg-sctp-multipath 4).
 * Owns: the list. Does not own: the chunk as the codec has it (multipath.ts), trying them (run.ts).
 */
import { type Mutant, mutant } from "./mutant.ts";

const EXTENSION = "association/extensions/non-renegable-sack.ts";
const RECEIVER = "association/packets/chunk-receiver.ts";
const SCHEDULER = "association/packets/packet-scheduler.ts";
const TRACKER = "association/receiving/tsn-tracker.ts";
const INBOUND = "association/receiving/inbound.ts";
const ORDERING = "association/receiving/stream-ordering.ts";
const ASSEMBLER = "association/receiving/i-data-assembler.ts";
const SENT = "association/sending/sent-log.ts";
const RECOVERY = "association/sending/loss-recovery.ts";
const CHUNK = "association/sending/sent-chunk.ts";
const REPORTS = "association/model/gap-reports.ts";
const VIEW = "chunks/sack.ts";
const WRITER = "chunks/packet-writer.ts";
const CHECKER = "sim/checks/packet-checker.ts";

export const NR_SACK_MUTANTS: readonly Mutant[] = [
  // ---- What is agreed ----
  mutant(
    "nr-wanted",
    EXTENSION,
    "isWanted: ({ nrSack }) => nrSack",
    "isWanted: () => true",
    "it is offered unasked",
  ),
  mutant(
    "nr-agreed",
    EXTENSION,
    "theirs.chunkTypes.includes(ChunkType.NrSack) ?",
    "theirs.chunkTypes.includes(ChunkType.NrSack) || theirs.chunkTypes.length === 0 ?",
    "it is used with a peer that does not know it",
  ),
  mutant(
    "nr-unknown",
    RECEIVER,
    "(chunkType === ChunkType.NrSack && this.#knowsNrSack)",
    "chunkType === ChunkType.NrSack",
    "an NR-SACK is heeded that nobody agreed on",
  ),
  // ---- What is told ----
  mutant(
    "nr-ride",
    SCHEDULER,
    "tsns.tellsKept ? NR_SACK_HEADER_BYTES : SACK_HEADER_BYTES",
    "SACK_HEADER_BYTES",
    "an NR-SACK rides along where there is no room for DATA behind it",
  ),
  mutant("nr-keep-held", INBOUND, "!isHeld && isNext)", "!isHeld)", "what waits for its turn is promised"),
  mutant(
    "nr-keep-deferred",
    INBOUND,
    "    if (this.tsns.tellsKept) keepAll(waiting, this.tsns);\n",
    "",
    "what has waited for its stream to begin anew is never promised",
  ),
  mutant(
    "nr-keep-turn",
    ORDERING,
    "    if (this.#tsns.tellsKept)\n",
    "    if (false as boolean)\n",
    "what has waited for its turn is never promised",
  ),
  mutant(
    "nr-keep-scattered",
    ORDERING,
    "if (tsns !== undefined) for (const tsn of tsns) received.keep(tsn);",
    "if (tsns !== undefined) received.keep(lastTsn);",
    "of a scattered message only the last TSN is promised",
  ),
  mutant(
    "nr-keep-piece",
    ASSEMBLER,
    "      for (const { tsn } of taken) this.#tsns.keep(tsn);\n",
    "",
    "a piece that the user has is not promised",
  ),
  mutant(
    "nr-kept-cleared",
    TRACKER,
    "    if (this.#kept !== undefined) clearIn(this.#kept, tsn);\n",
    "",
    "a promise holds for the TSN that has its bit a ring further on",
  ),
  mutant(
    "nr-kept-skipped",
    TRACKER,
    "        this.#kept?.fill(0);\n",
    "",
    "a promise from before a jump holds for TSNs behind it",
  ),
  mutant(
    "nr-kept-moved",
    TRACKER,
    "if (this.#kept !== undefined) this.#kept = this.#moved(this.#kept, capacity);",
    "if (this.#kept !== undefined) this.#kept = new Uint32Array(capacity >>> 5);",
    "promises are forgotten where the bitmap grows",
  ),
  mutant(
    "nr-blocks-both",
    TRACKER,
    "offset <= span && renegable + kept.length / 2 < maxBlocks",
    "offset <= span && renegable < maxBlocks",
    "more blocks are written than there is room for",
  ),
  mutant(
    "nr-blocks-split",
    TRACKER,
    "this.#nextInState(start, span, !isKept, this.#kept ?? NO_BITS),",
    "span + 1,",
    "a run is taken for all of one kind",
  ),
  mutant(
    "nr-written-auth",
    WRITER,
    "this.#authBytesBefore(chunkType)",
    "this.#authBytesBefore(ChunkType.Sack)",
    "an NR-SACK goes without the AUTH chunk that the peer wants",
  ),
  // ---- What is heard ----
  mutant(
    "nr-read-duplicates",
    VIEW,
    "isNonRenegable ? uint16At(datagram, start + OFF_NR_DUPLICATE_COUNT) : secondCount",
    "secondCount",
    "non-renegable blocks are counted as duplicates",
  ),
  mutant(
    "nr-read-from",
    REPORTS,
    "let i = from; i < count",
    "let i = 0; i < count",
    "all that is told is let go",
  ),
  mutant(
    "nr-release",
    SENT,
    "        this.#release(chunk);\n        chunk.payloadBytes = 0;",
    "        chunk.payloadBytes = 0;",
    "what is let go stays in the send buffer for ever",
  ),
  mutant(
    "nr-release-twice",
    SENT,
    "        chunk.payloadBytes = 0;\n        chunk.message = undefined;\n      }",
    "        chunk.message = undefined;\n      }",
    "what is let go leaves the send buffer twice",
  ),
  mutant(
    "nr-taken-back",
    SENT,
    "      if (this.#gaps !== undefined) this.#gaps.leavesOutKept = true;\n      return;\n",
    "",
    "what is let go counts as in flight where a report leaves it out",
  ),
  mutant(
    "nr-window",
    RECOVERY,
    "isWhole && !sent.leavesOutKept",
    "isWhole",
    "the window of a report is believed that another one has overtaken",
  ),
  mutant(
    "nr-window-long",
    REPORTS,
    "    this.leavesOutKept = false;\n",
    "",
    "no report that opens the window is believed once one was old",
  ),
  mutant(
    "nr-acked-again",
    SENT,
    "        if (chunk.isLetGo) continue; // Acknowledged",
    "        // Acknowledged",
    "what is let go is acknowledged once more where a report has it again",
  ),
  mutant(
    "nr-news-again",
    SENT,
    "        if (chunk.isLetGo) continue; // Acknowledged",
    "        if (chunk.isLetGo) {\n          this.highestNewlyAckedTsn = chunk.tsn;\n          continue;\n        } // Acknowledged",
    "what is let go is news where a report has it again, and what is missing below counts as missed once more",
  ),
  mutant(
    "nr-promise",
    SENT,
    "tsnLt(tsn, this.#nextTsn) && this.#ring.at(tsn).isLetGo;",
    "tsnLt(tsn, this.#nextTsn) && false;",
    "an association waits for ever for what nobody has any more",
  ),
  mutant(
    "nr-flips",
    SENT,
    "        if (chunk.isLetGo) this.#countReneged(nowMs); // It was told before, and not between.\n",
    "",
    "promises that come and go cost a peer nothing",
  ),
  mutant(
    "nr-abandoned-part",
    CHUNK,
    "if (this.message !== undefined || this.state !== SentState.Acked) return this.message === message;",
    "if (this.state !== SentState.Free) return this.message === message;",
    "what is let go of a message that is given up stands in the way of the rest",
  ),
  mutant(
    "nr-abandoned-prefix",
    SENT,
    "if (!chunk.isLetGo) message",
    "message",
    "what the peer has for good of a message that is given up counts as not acknowledged",
  ),
  // ---- The checkers ----
  mutant(
    "nr-check-again",
    CHECKER,
    "!flow.isKnownKept(tsn),",
    "true,",
    "nobody sees that what is promised is sent again",
  ),
];
